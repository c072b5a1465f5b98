# Part of a configuration: variables.tf has the rest.
data "juspay_customer_account" "vendor" {
  customer_id         = var.customer_id
  customer_account_id = var.customer_account_id
}

locals {
  status = data.juspay_customer_account.vendor.validation_status
}

# Placeholder for the resource that moves money.
resource "terraform_data" "payout" {
  input = var.customer_account_id

  lifecycle {
    precondition {
      condition = (
        data.juspay_customer_account.vendor.validation_status == "ACTIVE"
      )
      error_message = join(" ", [
        "Account ${var.customer_account_id} must be ACTIVE, but is",
        "${coalesce(local.status, "without a status")}.",
      ])
    }
  }
}
