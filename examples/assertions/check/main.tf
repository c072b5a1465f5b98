data "juspay_customer_account" "vendor" {
  customer_id         = var.customer_id
  customer_account_id = var.customer_account_id
}

# A placeholder for what moves money. Because it refers to the account, it is not
# touched before the account was read.
resource "terraform_data" "payout" {
  input = data.juspay_customer_account.vendor.customer_account_id
}

# Warns of the status at every plan and apply, and stops neither. An account that
# cannot be read at all stops them still.
check "vendor_account_is_active" {
  assert {
    condition     = data.juspay_customer_account.vendor.validation_status == "ACTIVE"
    error_message = "Account ${var.customer_account_id} is not ACTIVE."
  }
}
