terraform {
  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
  }
}

ephemeral "juspay_customer_account" "vendor" {
  customer_id         = "cst_acme"
  customer_account_id = "banh_acme_active"
}

# Placeholder for the resource that moves money.
resource "terraform_data" "payout" {
  lifecycle {
    precondition {
      condition = (
        ephemeral.juspay_customer_account.vendor.validation_status == "ACTIVE"
      )
      error_message = "The vendor's account must be ACTIVE."
    }
  }
}
