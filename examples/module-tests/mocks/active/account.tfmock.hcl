# mocks/active/account.tfmock.hcl: a validated UPI address. A mock ignores
# arguments: set vpa to null if the module sets include_vpa = false.
mock_data "juspay_customer_account" {
  defaults = {
    routing_id        = "cst_mock"
    vpa               = "vendor@mock"
    validation_status = "ACTIVE"
    validation_amount = 1
    currency          = "INR"
    date_created      = "2026-01-05T09:30:00Z"
    last_validated    = "2026-01-05T09:30:04Z"
  }
}
