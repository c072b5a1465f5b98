locals {
  vendors = csvdecode(file("${path.module}/vendors.csv"))
}

data "juspay_customer_accounts" "vendors" {
  customer_ids = { for v in local.vendors : v.customer_account_id => v.customer_id }

  lifecycle {
    postcondition {
      condition     = self.all_active
      error_message = "No accounts, or accounts that are not ACTIVE: ${jsonencode(self.not_active)}"
    }
  }
}

# A placeholder for what moves money. Because it refers to the accounts, it waits
# for the condition.
resource "terraform_data" "payouts" {
  input = keys(data.juspay_customer_accounts.vendors.accounts)
}
