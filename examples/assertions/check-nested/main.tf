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

# Nothing stops a run here: that the account cannot be read is a warning too.
check "vendor_account_is_active" {
  data "juspay_customer_account" "vendor" {
    customer_id         = var.customer_id
    customer_account_id = var.customer_account_id
  }

  assert {
    condition = (
      data.juspay_customer_account.vendor.validation_status == "ACTIVE"
    )
    error_message = "Account ${var.customer_account_id} is not ACTIVE."
  }
}

# A placeholder for the payout. It cannot refer to a data source in a check.
resource "terraform_data" "payout" {
  input = var.customer_account_id
}
