terraform {
  required_version = ">= 1.10"

  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
  }
}

variable "customer_ids" {
  description = "Accounts to pay out to: customer_account_id => customer_id."
  type        = map(string)
  default = {
    banh_acme_active      = "cst_acme"
    banh_blue_bank_active = "cst_blue_bank"
  }
}

# At plan: the condition shows in the plan, and policies can evaluate it.
data "juspay_customer_accounts" "vendors" {
  customer_ids = var.customer_ids
  include_vpa  = false # no VPA in state and plan

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

# At plan and again at apply: the accounts are read when the money moves.
ephemeral "juspay_customer_accounts" "vendors" {
  customer_ids = var.customer_ids
}

# Placeholder for the resource that moves money. The precondition refers to the
# ephemeral accounts, so the payouts wait until these are read again.
resource "terraform_data" "payout" {
  input = keys(data.juspay_customer_accounts.vendors.accounts)

  lifecycle {
    precondition {
      condition     = ephemeral.juspay_customer_accounts.vendors.all_active
      error_message = "Some are not ACTIVE, or none is read. Plan again to see."
    }
  }
}
