terraform {
  required_version = ">= 1.10"

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

# At plan: the policy evaluates this account.
data "juspay_customer_account" "vendor" {
  customer_id         = "cst_acme"
  customer_account_id = "banh_acme_active"
  include_vpa         = false # the saved plan is passed between jobs

  lifecycle {
    postcondition {
      condition     = self.validation_status == "ACTIVE"
      error_message = "Account ${self.customer_account_id} is not ACTIVE."
    }
  }
}

# At plan and again at apply: an account may change before the approval.
ephemeral "juspay_customer_account" "vendor" {
  customer_id         = data.juspay_customer_account.vendor.customer_id
  customer_account_id = data.juspay_customer_account.vendor.customer_account_id
}

# Placeholder for the resource that moves money.
resource "terraform_data" "payout" {
  input = data.juspay_customer_account.vendor.customer_account_id

  lifecycle {
    precondition {
      condition = (
        ephemeral.juspay_customer_account.vendor.validation_status == "ACTIVE"
      )
      error_message = "The account is not ACTIVE when the plan is applied."
    }
  }
}
