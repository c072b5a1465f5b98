# Part of a configuration: variables.tf has the rest.
data "juspay_customer_account" "vendor" {
  customer_id         = var.customer_id
  customer_account_id = var.customer_account_id

  lifecycle {
    postcondition {
      condition     = self.validation_status == "ACTIVE"
      error_message = "Account ${self.customer_account_id} must be ACTIVE."
    }

    # It is false for an account that was never validated.
    postcondition {
      condition = provider::juspay::validated_within(
        self.last_validated, var.max_age, plantimestamp()
      )
      error_message = join(" ", [
        "Account ${self.customer_account_id} must have been validated",
        "within ${var.max_age}, but was",
        self.last_validated == null ? "never validated." :
        "last validated at ${self.last_validated}.",
      ])
    }
  }
}
