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

output "validation_statuses" {
  description = "Status of each account of the customer, by customer_account_id."
  value       = data.juspay_customer_accounts.all.validation_statuses
}
