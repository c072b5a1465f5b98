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
  # What is not ACTIVE, rather than what is FAILURE: a status may be null or new.
  not_active = [
    for name, account in data.juspay_customer_account.vendor :
    "${name} (${coalesce(account.validation_status, "no status")})" if account.validation_status != "ACTIVE"
  ]
}

# Stands for what moves money to all vendors.
resource "terraform_data" "payouts" {
  input = [for account in data.juspay_customer_account.vendor : account.customer_account_id]

  lifecycle {
    # One condition over all accounts: it stops the run and names every bad one.
    precondition {
      condition     = length(local.not_active) == 0
      error_message = "Accounts must be ACTIVE, but are not: ${join(", ", local.not_active)}."
    }

    # Of no accounts, all are ACTIVE.
    precondition {
      condition     = length(var.vendors) > 0
      error_message = "There are no vendors, so no account was checked."
    }
  }
}
