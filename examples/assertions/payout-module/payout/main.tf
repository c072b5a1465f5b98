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
      condition     = self.validation_status == "ACTIVE"
      error_message = "Account ${self.customer_account_id} must be ACTIVE, but is ${coalesce(self.validation_status, "without a status")}."
    }
  }
}

# A placeholder for what moves money. It refers to the data source and not to the
# variable, so that it waits for the condition.
resource "terraform_data" "payout" {
  input = {
    customer_account_id = data.juspay_customer_account.vendor.customer_account_id
    amount              = var.amount
  }
}

output "customer_account_id" {
  description = "The account that was paid out to."
  value       = terraform_data.payout.output.customer_account_id
}
