data "juspay_customer_account" "vendor" {
  customer_id         = var.customer_id
  customer_account_id = var.customer_account_id
}

# A placeholder for what moves money.
resource "terraform_data" "payout" {
  input = var.customer_account_id

  lifecycle {
    precondition {
      condition     = data.juspay_customer_account.vendor.validation_status == "ACTIVE"
      error_message = "Account ${data.juspay_customer_account.vendor.customer_account_id} must be ACTIVE, but is ${coalesce(data.juspay_customer_account.vendor.validation_status, "without a status")}."
    }
  }
}
