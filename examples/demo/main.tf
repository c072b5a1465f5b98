terraform {
  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
  }
}

# The key and the server come from JUSPAY_API_KEY and JUSPAY_BASE_URL.
provider "juspay" {}

variable "payout_to" {
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

# The same accounts by one data source, which reads many at the same time.
data "juspay_customer_accounts" "vendors" {
  accounts = { for name, id in local.vendors : name => { customer_id = "cst_${name}", customer_account_id = id } }
}

# A check warns of a status at every run, and stops none.
check "vendors_can_be_paid" {
  assert {
    condition     = alltrue([for account in data.juspay_customer_account.vendor : account.validation_status == "ACTIVE"])
    error_message = "Not ACTIVE: ${join(", ", [for name, account in data.juspay_customer_account.vendor : name if account.validation_status != "ACTIVE"])}."
  }
}

# A precondition stops the run before what it guards: here a stand-in for a
# payout, which moves nothing.
resource "terraform_data" "payout" {
  input = var.payout_to

  lifecycle {
    precondition {
      condition     = data.juspay_customer_account.vendor[var.payout_to].validation_status == "ACTIVE"
      error_message = "No payout to ${var.payout_to}: its account is ${data.juspay_customer_account.vendor[var.payout_to].validation_status}."
    }
  }
}

output "validation_status" {
  description = "Status of each vendor's account."
  value       = data.juspay_customer_accounts.vendors.validation_statuses
}

output "last_validated" {
  description = "When each account was last validated."
  value       = { for name, account in data.juspay_customer_account.vendor : name => account.last_validated }
}
