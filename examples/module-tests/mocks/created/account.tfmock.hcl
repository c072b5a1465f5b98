# mocks/created/account.tfmock.hcl: a UPI address that is not validated yet.
mock_data "juspay_customer_account" {
  defaults = {
    routing_id        = "cst_mock"
    vpa               = "vendor@mock"
    validation_status = "CREATED"
    validation_amount = null
    currency          = null
    date_created      = "2026-01-05T09:30:00Z"
    last_validated    = null
  }
}
