terraform {
  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
  }
}

data "juspay_customer_accounts" "vendors" {
  customer_ids = {
    banh_acme_active      = "cst_acme"
    banh_blue_bank_active = "cst_blue_bank"
  }
}

output "last_validated" {
  value = {
    for id, account in data.juspay_customer_accounts.vendors.accounts :
    id => account.last_validated
  }
}
