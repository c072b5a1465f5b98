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

# Whether the account was validated within 30 days.
output "recently_validated" {
  value = provider::juspay::validated_within(
    data.juspay_customer_account.vendor.last_validated,
    "720h",
    plantimestamp(),
  )
}
