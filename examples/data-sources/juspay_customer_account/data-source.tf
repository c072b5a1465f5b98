terraform {
  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
  }
}

data "juspay_customer_account" "vendor" {
  customer_id         = "cst_acme"
  customer_account_id = "banh_acme_active"
}

output "vendor_account_status" {
  value = data.juspay_customer_account.vendor.validation_status
}
