# mocked/payout.tftest.hcl

mock_provider "juspay" {
  mock_ephemeral "juspay_customer_account" {
    defaults = {
      validation_status = "ACTIVE"
    }
  }
}

mock_provider "juspay" {
  alias = "failure"

  override_ephemeral {
    target = ephemeral.juspay_customer_account.vendor
    values = {
      validation_status = "FAILURE"
    }
  }
}

variables {
  customer_id         = "cst_acme"
  customer_account_id = "banh_acme"
}

run "an_active_account_is_paid_out_to" {
  assert {
    condition     = terraform_data.payout.output == "banh_acme"
    error_message = "The payout is to ${terraform_data.payout.output}."
  }
}

run "an_account_in_failure_stops_the_plan" {
  command = plan

  providers = {
    juspay = juspay.failure
  }

  expect_failures = [terraform_data.payout]
}
