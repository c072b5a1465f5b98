terraform {
  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
  }
}

variable "vendors" {
  description = "Vendors to pay out to, and their accounts."
  type = map(object({
    customer_id         = string
    customer_account_id = string
  }))
  default = {
    acme = {
      customer_id         = "cst_acme"
      customer_account_id = "banh_acme_active"
    }
    bank = {
      customer_id         = "cst_blue_bank"
      customer_account_id = "banh_blue_bank_active"
    }
  }
}

data "juspay_customer_accounts" "vendors" {
  customer_ids = {
    for vendor in var.vendors : vendor.customer_account_id => vendor.customer_id
  }

  lifecycle {
    postcondition {
      condition = self.all_active
      error_message = (
        length(self.not_active) == 0
        ? "There are no accounts."
        : "Accounts that are not ACTIVE: ${jsonencode(self.not_active)}"
      )
    }
  }
}

# Placeholder for the resource that moves money.
resource "terraform_data" "payouts" {
  input = keys(data.juspay_customer_accounts.vendors.accounts)
}
