terraform {
  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
  }
}

# Settings come from the environment, such as JUSPAY_API_KEY.
provider "juspay" {}

data "juspay_customer_account" "vendor" {
  customer_id         = "cst_acme"
  customer_account_id = "banh_acme_active"
}

output "status" {
  value = data.juspay_customer_account.vendor.validation_status
}
