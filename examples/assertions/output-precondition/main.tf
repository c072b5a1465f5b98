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

data "juspay_customer_account" "vendor" {
  customer_id         = var.customer_id
  customer_account_id = var.customer_account_id
}

locals {
  status = data.juspay_customer_account.vendor.validation_status
}

# Placeholder for the resource that moves money. It refers to the account,
# so it waits for the read.
resource "terraform_data" "payout" {
  input = data.juspay_customer_account.vendor.customer_account_id
}

output "payable_account" {
  description = "An account that may be paid out to."
  value       = data.juspay_customer_account.vendor.customer_account_id

  precondition {
    condition = (
      data.juspay_customer_account.vendor.validation_status == "ACTIVE"
    )
    error_message = join(" ", [
      "Account ${var.customer_account_id} must be ACTIVE, but is",
      "${coalesce(local.status, "without a status")}.",
    ])
  }
}
