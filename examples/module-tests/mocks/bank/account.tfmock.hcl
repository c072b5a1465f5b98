# mocks/bank/account.tfmock.hcl: a validated bank account, which has no VPA.
mock_data "juspay_customer_account" {
  defaults = {
    routing_id        = "cst_mock"
    vpa               = null
    validation_status = "ACTIVE"
    validation_amount = 1
    currency          = "INR"
    date_created      = "2026-01-05T09:30:00Z"
    last_validated    = "2026-01-05T09:30:04Z"
  }
}
