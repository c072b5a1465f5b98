terraform {
  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
  }
}

data "juspay_customer_accounts" "vendors" {
  accounts = {
    acme      = { customer_id = "cst_acme", customer_account_id = "banh_acme_active" }
    blue_bank = { customer_id = "cst_blue_bank", customer_account_id = "banh_blue_bank_active" }
  }
}

output "last_validated" {
  value = { for key, account in data.juspay_customer_accounts.vendors.accounts : key => account.last_validated }
}
