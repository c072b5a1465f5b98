terraform {
  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
  }
}

variable "vendors" {
  description = "The accounts to pay out to, by names of your own."
  type = map(object({
    customer_id         = string
    customer_account_id = string
  }))
  default = {
    acme = { customer_id = "cst_acme", customer_account_id = "banh_acme_active" }
    bank = { customer_id = "cst_blue_bank", customer_account_id = "banh_blue_bank_active" }
  }
}

data "juspay_customer_account" "vendor" {
  for_each = var.vendors

  customer_id         = each.value.customer_id
  customer_account_id = each.value.customer_account_id
}

locals {
  not_active = [for name, account in data.juspay_customer_account.vendor : name if account.validation_status != "ACTIVE"]
}

output "payable_vendors" {
  value = keys(data.juspay_customer_account.vendor)

  # One condition over all accounts: it stops the plan and names every bad one.
  precondition {
    condition     = length(local.not_active) == 0
    error_message = "Not ACTIVE: ${join(", ", local.not_active)}."
  }
}
