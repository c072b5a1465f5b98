# tests/payout.tftest.hcl

# The fake Juspay that `make mock` starts in the provider's repository.
provider "juspay" {
  base_url = "http://127.0.0.1:8787"
  api_key  = "fake-key-accepted-by-juspaytest"
}

run "an_active_account_is_paid_out_to" {
  variables {
    customer_id         = "cst_acme"
    customer_account_id = "banh_acme_active"
  }

  assert {
    condition     = terraform_data.payout.output == "banh_acme_active"
    error_message = "The payout is to ${terraform_data.payout.output}."
  }
}

run "an_account_in_failure_stops_the_plan" {
  command = plan

  variables {
    customer_id         = "cst_corner_shop"
    customer_account_id = "banh_corner_shop_failure"
  }

  expect_failures = [terraform_data.payout]
}
