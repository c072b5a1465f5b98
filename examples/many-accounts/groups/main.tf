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
}

variable "group_size" {
  type    = number
  default = 1000
}

locals {
  # The names are sorted, so that the same names are always in the same groups.
  groups = { for number, names in chunklist(keys(var.vendors), var.group_size) :
    number => { for name in names : name => var.vendors[name] }
  }

  validation_statuses = merge([for group in data.juspay_customer_accounts.vendors : group.validation_statuses]...)
}

data "juspay_customer_accounts" "vendors" {
  for_each = local.groups

  accounts = each.value
}

# Stands for what moves money to all vendors.
resource "terraform_data" "payouts" {
  input = keys(local.validation_statuses)

  lifecycle {
    precondition {
      condition     = alltrue([for status in local.validation_statuses : status == "ACTIVE"])
      error_message = "Accounts must be ACTIVE, but are not: ${join(", ", [for name, status in local.validation_statuses : name if status != "ACTIVE"])}."
    }

    # Of no accounts, all are ACTIVE; and none may be lost on the way.
    precondition {
      condition     = length(local.validation_statuses) == length(var.vendors) && length(var.vendors) > 0
      error_message = "Of ${length(var.vendors)} accounts, ${length(local.validation_statuses)} were checked."
    }
  }
}
