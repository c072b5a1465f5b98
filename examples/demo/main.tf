terraform {
  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
  }
}

# The key and the server come from JUSPAY_API_KEY and JUSPAY_BASE_URL.
provider "juspay" {}

variable "payee" {
  description = "Vendor that the payout goes to."
  type        = string
  default     = "acme"
}

locals {
  vendors = {
    acme        = "banh_acme_active"
    blue_bank   = "banh_blue_bank_active"
    corner_shop = "banh_corner_shop_failure"
  }
}

data "juspay_customer_account" "vendor" {
  for_each = local.vendors

  customer_id         = "cst_${each.key}"
  customer_account_id = each.value
}

# The same accounts by one data source, which reads many concurrently.
data "juspay_customer_accounts" "vendors" {
  customer_ids = { for name, id in local.vendors : id => "cst_${name}" }
}

# A check warns of a status at every run, and stops none.
check "vendors_can_be_paid" {
  assert {
    condition = data.juspay_customer_accounts.vendors.all_active
    error_message = join(" ", [
      "No accounts, or accounts that are not ACTIVE:",
      jsonencode(data.juspay_customer_accounts.vendors.not_active),
    ])
  }
}

# A postcondition stops the run before all that refers to the account.
data "juspay_customer_account" "payee" {
  customer_id         = "cst_${var.payee}"
  customer_account_id = local.vendors[var.payee]

  lifecycle {
    postcondition {
      condition     = self.validation_status == "ACTIVE"
      error_message = "${var.payee} is ${self.validation_status}."
    }
  }
}

# A placeholder for a payout, which moves nothing.
resource "terraform_data" "payout" {
  input = data.juspay_customer_account.payee.customer_account_id
}

output "validation_status" {
  description = "Status of each vendor's account."
  value = {
    for name, account in data.juspay_customer_account.vendor :
    name => account.validation_status
  }
}

output "last_validated" {
  description = "When each account was last validated."
  value = {
    for id, account in data.juspay_customer_accounts.vendors.accounts :
    id => account.last_validated
  }
}
