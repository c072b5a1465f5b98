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
  default     = "cst_acme"
}

variable "customer_account_id" {
  description = "The vendor's account at Juspay."
  type        = string
  default     = "banh_acme_active"
}

# At plan: the condition shows in the plan, and policies can evaluate it.
data "juspay_customer_account" "vendor" {
  customer_id         = var.customer_id
  customer_account_id = var.customer_account_id
  include_vpa         = false # no VPA in state and plan

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

# At plan and again at apply: the account is read when the money moves.
ephemeral "juspay_customer_account" "vendor" {
  customer_id         = var.customer_id
  customer_account_id = var.customer_account_id
}

# A placeholder for what moves money. The precondition refers to the ephemeral
# account, so that the payout waits until the account was read again.
resource "terraform_data" "payout" {
  input = data.juspay_customer_account.vendor.customer_account_id

  lifecycle {
    precondition {
      condition = (
        ephemeral.juspay_customer_account.vendor.validation_status == "ACTIVE"
      )
      error_message = "Account ${var.customer_account_id} is not ACTIVE."
    }
  }
}
