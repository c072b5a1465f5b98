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
