terraform {
  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
  }

  # Add a backend: the two jobs share the state.
}

provider "juspay" {
  environment = "production"
}

data "juspay_customer_account" "vendor" {
  customer_id         = "cst_acme"
  customer_account_id = "banh_acme_active"
  include_vpa         = false # the saved plan is passed between jobs
}

# Placeholder for the resource that moves money.
resource "terraform_data" "payout" {
  input = data.juspay_customer_account.vendor.customer_account_id
}
