terraform {
  required_version = ">= 1.10"

  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
  }
}

module "payout" {
  source = "./payout"

  customer_id         = var.customer_id
  customer_account_id = var.customer_account_id
  amount              = 1250
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
