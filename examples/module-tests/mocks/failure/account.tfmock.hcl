# mocks/failure/account.tfmock.hcl: a UPI address that cannot be paid out to.
mock_data "juspay_customer_account" {
  defaults = {
    routing_id        = "cst_mock"
    vpa               = "vendor@mock"
    validation_status = "FAILURE"
    validation_amount = 1
    currency          = "INR"
    date_created      = "2026-01-05T09:30:00Z"
    last_validated    = "2026-01-05T09:30:04Z"
  }
}
