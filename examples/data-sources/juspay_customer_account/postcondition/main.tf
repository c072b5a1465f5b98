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

  lifecycle {
    postcondition {
      condition = self.validation_status == "ACTIVE"
      error_message = join(" ", [
        "Account ${self.customer_account_id} must be ACTIVE, but is",
        "${coalesce(self.validation_status, "without a status")}.",
      ])
    }
  }
}

# Placeholder for the resource that moves money. It refers to the account, so it
# waits for the condition.
resource "terraform_data" "payout" {
  input = data.juspay_customer_account.vendor.customer_account_id
}
