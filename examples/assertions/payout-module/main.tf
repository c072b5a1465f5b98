terraform {
  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
  }
}

provider "juspay" {
  # For the fake, replace this line by base_url = "http://127.0.0.1:8787".
  environment = "production"
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

output "paid_account" {
  description = "The account that was paid out to."
  value       = module.payout.customer_account_id
}
