terraform {
  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
  }
}

provider "juspay" {
  environment = "production"
}

provider "juspay" {
  alias       = "sandbox"
  environment = "sandbox"
}

variable "vendors" {
  type    = map(string)
  default = { acme = "banh_acme_active", dairy = "banh_dairy_pending" }
}

module "vendors" {
  source   = "./vendor"
  for_each = var.vendors

  customer_id         = "cst_${each.key}"
  customer_account_id = each.value

  providers = {
    juspay         = juspay
    juspay.sandbox = juspay.sandbox
  }
}
