terraform {
  required_version = ">= 1.10"

  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
  }
}

variable "gateway_key" {
  type      = string
  sensitive = true
  ephemeral = true
}

provider "juspay" {
  request_headers = {
    "version"       = "2019-05-07"
    "X-Gateway-Key" = var.gateway_key
  }
}

data "juspay_customer_account" "vendor" {
  customer_id         = "cst_acme"
  customer_account_id = "banh_acme_active"
}
