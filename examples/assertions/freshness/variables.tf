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
