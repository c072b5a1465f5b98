terraform {
  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
  }
}

variable "customer_id" {
  type    = string
  default = "cst_acme"
}

data "juspay_customer_accounts" "all" {
  customer_id = var.customer_id
}

output "not_active" {
  description = "Status of each account of the customer that is not ACTIVE."
  value       = data.juspay_customer_accounts.all.not_active
}
