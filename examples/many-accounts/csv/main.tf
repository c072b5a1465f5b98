terraform {
  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
  }
}

locals {
  vendors = csvdecode(file("${path.module}/vendors.csv"))
}

data "juspay_customer_accounts" "vendors" {
  customer_ids = { for v in local.vendors : v.customer_account_id => v.customer_id }

  lifecycle {
    postcondition {
      condition     = self.all_active
      error_message = "No accounts, or accounts that are not ACTIVE: ${jsonencode(self.not_active)}"
    }
  }
}
