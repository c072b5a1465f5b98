# tests/payouts.tftest.hcl: these runs need no Juspay and no API key.

mock_provider "juspay" {
  source = "./mocks/all-active"
}

mock_provider "juspay" {
  alias  = "some_not_active"
  source = "./mocks/some-not-active"
}

variables {
  vendors = {
    banh_one = "cst_one"
    banh_two = "cst_two"
  }
}

run "active_accounts_are_paid_out_to" {
  assert {
    condition     = output.payouts == { banh_one = "INR", banh_two = "INR" }
    error_message = "The payouts are ${jsonencode(output.payouts)}."
  }
}

run "one_account_in_failure_stops_the_run" {
  command = plan

  providers = {
    juspay = juspay.some_not_active
  }

  expect_failures = [data.juspay_customer_accounts.vendors]
}
