terraform {
  required_version = ">= 1.8"

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

variable "now" {
  description = "Time of the plan if null. Tests set it, in RFC 3339."
  type        = string
  default     = null
}

data "juspay_customer_account" "vendor" {
  customer_id         = var.customer_id
  customer_account_id = var.customer_account_id

  lifecycle {
    postcondition {
      condition = provider::juspay::validated_within(
        self.last_validated, "720h", coalesce(var.now, plantimestamp())
      )
      error_message = join(" ", [
        "Account ${self.customer_account_id} must have been validated",
        "within 30 days.",
      ])
    }
  }
}
