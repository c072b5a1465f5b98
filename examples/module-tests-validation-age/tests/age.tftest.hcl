# tests/age.tftest.hcl

mock_provider "juspay" {
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
}

variables {
  customer_id         = "cst_vendor"
  customer_account_id = "banh_vendor"
}

run "an_account_that_was_validated_30_days_ago_passes" {
  command = plan

  variables {
    now = "2026-02-04T09:30:04Z"
  }
}

run "an_account_that_was_validated_earlier_stops_the_run" {
  command = plan

  variables {
    now = "2026-02-04T09:30:05Z"
  }

  expect_failures = [data.juspay_customer_account.vendor]
}
