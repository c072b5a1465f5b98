terraform {
  required_version = ">= 1.10"

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

# At plan and again at apply. Neither plan nor state holds a value of it.
ephemeral "juspay_customer_account" "vendor" {
  customer_id         = var.customer_id
  customer_account_id = var.customer_account_id
}

# Placeholder for the resource that moves money. Whoever calls the module cannot
# forget the condition.
resource "terraform_data" "payout" {
  input = {
    account = var.customer_account_id
    amount  = var.amount
  }

  lifecycle {
    precondition {
      condition = (
        ephemeral.juspay_customer_account.vendor.validation_status == "ACTIVE"
      )
      error_message = "Account ${var.customer_account_id} is not ACTIVE."
    }
  }
}
