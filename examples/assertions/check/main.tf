# Part of a configuration: variables.tf has the rest.
data "juspay_customer_account" "vendor" {
  customer_id         = var.customer_id
  customer_account_id = var.customer_account_id
}

# Placeholder for the resource that moves money. It refers to the account,
# so it waits for the read.
resource "terraform_data" "payout" {
  input = data.juspay_customer_account.vendor.customer_account_id
}

# Warns at every plan and apply, and stops neither. An account that cannot be
# read stops both.
check "vendor_account_is_active" {
  assert {
    condition = (
      data.juspay_customer_account.vendor.validation_status == "ACTIVE"
    )
    error_message = "Account ${var.customer_account_id} is not ACTIVE."
  }
}
