terraform {
  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
  }
}

variable "accounts" {
  description = "Accounts to pay out to: customer_account_id by customer_id."
  type        = map(string)
  default = {
    cst_acme      = "banh_acme_active"
    cst_blue_bank = "banh_blue_bank_active"
  }
}

data "juspay_customer_account" "vendor" {
  for_each = var.accounts

  customer_id         = each.key
  customer_account_id = each.value
}

locals {
  not_active = [for customer_id, account in data.juspay_customer_account.vendor : customer_id if account.validation_status != "ACTIVE"]
}

output "payable_customers" {
  value = keys(data.juspay_customer_account.vendor)

  # One condition over all accounts: it stops the plan and names every bad one.
  precondition {
    condition     = length(local.not_active) == 0
    error_message = "Not ACTIVE: ${join(", ", local.not_active)}."
  }
}
