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
  default     = "cst_acme"
}

variable "customer_account_id" {
  description = "The vendor's account at Juspay."
  type        = string
  default     = "banh_acme_active"
}

variable "max_age" {
  description = "Maximum age of the validation, such as 720h for 30 days."
  type        = string
  default     = "720h"
}

data "juspay_customer_account" "vendor" {
  customer_id         = var.customer_id
  customer_account_id = var.customer_account_id

  lifecycle {
    postcondition {
      condition     = self.validation_status == "ACTIVE"
      error_message = "Account ${self.customer_account_id} must be ACTIVE."
    }

    # An account that was never validated has no last_validated. timecmp fails
    # on null, so the condition tests for null first.
    postcondition {
      condition = (
        self.last_validated == null
        ? false
        : timecmp(
          self.last_validated,
          timeadd(plantimestamp(), "-${var.max_age}")
        ) >= 0
      )
      error_message = join(" ", [
        "Account ${self.customer_account_id} must have been validated",
        "within ${var.max_age}, but was",
        self.last_validated == null ? "never validated." :
        "last validated at ${self.last_validated}.",
      ])
    }
  }
}

# Placeholder for the resource that moves money. It refers to the account,
# so it waits for the read.
resource "terraform_data" "payout" {
  input = data.juspay_customer_account.vendor.customer_account_id
}
