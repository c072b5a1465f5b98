# tests/payout.tftest.hcl: these runs need no Juspay and no API key.

mock_provider "juspay" {
  source = "./mocks/active"
}

mock_provider "juspay" {
  alias  = "bank"
  source = "./mocks/bank"
}

mock_provider "juspay" {
  alias  = "pending"
  source = "./mocks/pending"
}

variables {
  customer_id         = "cst_vendor"
  customer_account_id = "banh_vendor"
}

run "an_active_account_is_paid_out_to" {
  assert {
    condition = output.payout == {
      account  = "banh_vendor"
      currency = "INR"
      to_a_vpa = true
    }
    error_message = "The payout is ${jsonencode(output.payout)}."
  }
}

run "an_active_bank_account_is_paid_out_to" {
  providers = {
    juspay = juspay.bank
  }

  assert {
    condition = output.payout == {
      account  = "banh_vendor"
      currency = "INR"
      to_a_vpa = false
    }
    error_message = "The payout is ${jsonencode(output.payout)}."
  }
}

run "an_account_in_pending_stops_the_run" {
  command = plan

  providers = {
    juspay = juspay.pending
  }

  expect_failures = [data.juspay_customer_account.vendor]
}
