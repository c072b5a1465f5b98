terraform {
  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
  }
}

variable "vendors" {
  description = "The accounts to pay out to, by names of your own."
  type = map(object({
    customer_id         = string
    customer_account_id = string
  }))
  default = {
    acme = { customer_id = "cst_acme", customer_account_id = "banh_acme_active" }
    bank = { customer_id = "cst_blue_bank", customer_account_id = "banh_blue_bank_active" }
  }
}

data "juspay_customer_accounts" "vendors" {
  accounts = var.vendors

  lifecycle {
    # One condition over all accounts: it stops the run and names every bad one.
    postcondition {
      condition = alltrue([for status in self.validation_statuses : status == "ACTIVE"])
      error_message = "Accounts must be ACTIVE, but are not: ${join(", ", [
        for key, status in self.validation_statuses : "${key} (${coalesce(status, "no status")})" if status != "ACTIVE"
      ])}."
    }

    # Of no accounts, all are ACTIVE.
    postcondition {
      condition     = length(self.validation_statuses) > 0
      error_message = "There are no vendors, so no account was checked."
    }
  }
}

# Stands for what moves money to all vendors.
resource "terraform_data" "payouts" {
  input = keys(data.juspay_customer_accounts.vendors.validation_statuses)
}
