terraform {
  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
  }
}

variable "vendors" {
  description = "Vendors to pay out to: customer_id, keyed by customer_account_id."
  type        = map(string)
}

data "juspay_customer_accounts" "vendors" {
  customer_ids = var.vendors

  lifecycle {
    postcondition {
      condition     = self.all_active
      error_message = "No accounts, or accounts that are not ACTIVE: ${jsonencode(self.not_active)}"
    }
  }
}

# A placeholder for what moves money.
resource "terraform_data" "payouts" {
  input = { for id, account in data.juspay_customer_accounts.vendors.accounts : id => account.currency }
}

output "payouts" {
  description = "Currency of each payout, keyed by customer_account_id."
  value       = terraform_data.payouts.output
}
