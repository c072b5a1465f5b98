terraform {
  required_providers {
    juspay = {
      source  = "juspay/juspay"
      version = "~> 0.1"
    }
  }
}

# The API key comes from the environment variable JUSPAY_API_KEY.
provider "juspay" {
  environment = "production"
}

data "juspay_customer_account" "vendor" {
  customer_id         = "cst_acme"
  customer_account_id = "banh_acme_active"
}

output "status" {
  value = data.juspay_customer_account.vendor.validation_status
}
