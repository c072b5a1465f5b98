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
    acme = { customer_id = "cst_acme", customer_account_id = "banh_acme_active" }
    bank = { customer_id = "cst_blue_bank", customer_account_id = "banh_blue_bank_active" }
  }
}

data "juspay_customer_accounts" "vendors" {
  customer_ids = { for v in var.vendors : v.customer_account_id => v.customer_id }

  lifecycle {
    postcondition {
      condition     = self.all_active
      error_message = "No accounts, or accounts that are not ACTIVE: ${jsonencode(self.not_active)}"
    }
  }
}

# A placeholder for what moves money to all vendors.
resource "terraform_data" "payouts" {
  input = keys(data.juspay_customer_accounts.vendors.accounts)
}
