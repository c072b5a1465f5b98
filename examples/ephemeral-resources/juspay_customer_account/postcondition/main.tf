# Part of a configuration. See examples/provider for the terraform block.
ephemeral "juspay_customer_account" "vendor" {
  customer_id         = "cst_acme"
  customer_account_id = "banh_acme_active"

  lifecycle {
    postcondition {
      condition     = self.validation_status == "ACTIVE"
      error_message = "The vendor's account must be ACTIVE."
    }
  }
}
