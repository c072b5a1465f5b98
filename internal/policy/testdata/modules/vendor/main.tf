terraform {
  required_providers {
    juspay = {
      source                = "juspay/juspay"
      configuration_aliases = [juspay.sandbox]
    }
  }
}

variable "customer_id" {
  type = string
}

variable "customer_account_id" {
  type = string
}

data "juspay_customer_account" "counted" {
  count = 1

  customer_id         = var.customer_id
  customer_account_id = var.customer_account_id
}

data "juspay_customer_account" "each" {
  for_each = toset([var.customer_account_id])
  provider = juspay.sandbox

  customer_id         = var.customer_id
  customer_account_id = each.key
}
