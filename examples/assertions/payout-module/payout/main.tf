terraform {
  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
  }
}

variable "customer_id" {
  description = "Juspay's id of the vendor, or your own reference for it."
  type        = string
}

variable "customer_account_id" {
  description = "The vendor's account at Juspay."
  type        = string
}

variable "amount" {
  description = "What to pay out, in the account's currency."
  type        = number
}

# Whoever calls the module cannot forget the condition.
data "juspay_customer_account" "vendor" {
  customer_id         = var.customer_id
  customer_account_id = var.customer_account_id

  lifecycle {
    postcondition {
      condition = self.validation_status == "ACTIVE"
      error_message = join(" ", [
        "Account ${self.customer_account_id} must be ACTIVE,",
        "but is ${coalesce(self.validation_status, "without a status")}.",
      ])
    }
  }
}

# Placeholder for the resource that moves money. It refers to the data
# source and not to the variable, so it waits for the condition.
resource "terraform_data" "payout" {
  input = {
    account = data.juspay_customer_account.vendor.customer_account_id
    amount  = var.amount
  }
}

output "customer_account_id" {
  description = "The account that was paid out to."
  value       = terraform_data.payout.output.account
}
