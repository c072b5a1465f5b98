# mocks/all-active/accounts.tfmock.hcl: a UPI address and a bank account, both
# validated.
mock_data "juspay_customer_accounts" {
  defaults = {
    all_active = true
    not_active = {}

    vpas = {
      banh_one = "one@mock"
      banh_two = null
    }

    accounts = {
      banh_one = {
        customer_id         = "cst_one"
        customer_account_id = "banh_one"
        routing_id          = "cst_one"
        validation_status   = "ACTIVE"
        validation_amount   = 1
        currency            = "INR"
        date_created        = "2026-01-05T09:30:00Z"
        last_validated      = "2026-01-05T09:30:04Z"
      }
      banh_two = {
        customer_id         = "cst_two"
        customer_account_id = "banh_two"
        routing_id          = "cst_two"
        validation_status   = "ACTIVE"
        validation_amount   = 1
        currency            = "INR"
        date_created        = "2026-01-05T09:30:00Z"
        last_validated      = "2026-01-05T09:30:04Z"
      }
    }
  }
}
