data "juspay_customer_account" "vendor" {
  customer_id         = var.customer_id
  customer_account_id = var.customer_account_id

  lifecycle {
    postcondition {
      condition     = self.validation_status == "ACTIVE"
      error_message = "Account ${self.customer_account_id} must be ACTIVE, but is ${coalesce(self.validation_status, "without a status")}."
    }

    # It is false for an account that was never validated.
    postcondition {
      condition     = provider::juspay::validated_within(self.last_validated, var.max_age, plantimestamp())
      error_message = "Account ${self.customer_account_id} must have been validated within ${var.max_age}, but was ${self.last_validated == null ? "never validated" : "last validated at ${self.last_validated}"}."
    }
  }
}

# A placeholder for what moves money. It refers to the account, so that it waits
# until the account was read.
resource "terraform_data" "payout" {
  input = data.juspay_customer_account.vendor.customer_account_id
}
