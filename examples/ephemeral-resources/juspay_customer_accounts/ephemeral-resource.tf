terraform {
  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
  }
}

ephemeral "juspay_customer_accounts" "vendors" {
  customer_ids = {
    banh_acme_active      = "cst_acme"
    banh_blue_bank_active = "cst_blue_bank"
  }
}

# Placeholder for the resource that moves money.
resource "terraform_data" "payout" {
  lifecycle {
    precondition {
      condition     = ephemeral.juspay_customer_accounts.vendors.all_active
      error_message = "Some are not ACTIVE, or none is read. Plan again to see."
    }
  }
}
