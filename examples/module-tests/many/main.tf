terraform {
  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
  }
}

variable "vendors" {
  description = "Accounts to pay out to: customer_account_id => customer_id."
  type        = map(string)
}

data "juspay_customer_accounts" "vendors" {
  customer_ids = var.vendors

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
  input = {
    for id, account in data.juspay_customer_accounts.vendors.accounts :
    id => account.currency
  }
}

output "payouts" {
  description = "Currency of each payout, keyed by customer_account_id."
  value       = terraform_data.payouts.output
}
