terraform {
  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
  }
}

locals {
  # Spreadsheets begin a file with a byte order mark and leave blank rows.
  text    = trimprefix(file("${path.module}/vendors.csv"), "\ufeff")
  lines   = csvdecode(local.text)
  rows    = [for row in local.lines : row if join("", values(row)) != ""]
  vendors = { for row in local.rows : row.customer_account_id => row }
}

data "juspay_customer_accounts" "vendors" {
  customer_ids = { for id, vendor in local.vendors : id => vendor.customer_id }
  include_vpa  = false

  lifecycle {
    postcondition {
      condition = self.all_active
      error_message = (
        length(self.not_active) == 0
        ? "No vendors."
        : join("\n", [
          for id, status in self.not_active : format(
            "%s is %s.", coalesce(local.vendors[id].name, id),
            coalesce(status, "without a status")
          )
        ])
      )
    }
  }
}

# Placeholder for the resource that moves money. It refers to the accounts,
# so it waits for the condition.
resource "terraform_data" "payouts" {
  input = keys(data.juspay_customer_accounts.vendors.accounts)
}
