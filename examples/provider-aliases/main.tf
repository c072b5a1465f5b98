# Part of a configuration. See examples/provider for the terraform block.

# An ephemeral variable (Terraform 1.10) is kept in no plan file.
variable "sandbox_api_key" {
  type      = string
  sensitive = true
  ephemeral = true
}

# This one takes its key from JUSPAY_API_KEY.
provider "juspay" {
  environment = "production"
}

provider "juspay" {
  alias       = "sandbox"
  environment = "sandbox"
  api_key     = var.sandbox_api_key
}

data "juspay_customer_account" "live" {
  customer_id         = "cst_acme"
  customer_account_id = "banh_acme_active"
}

data "juspay_customer_account" "test" {
  provider = juspay.sandbox

  customer_id         = "cst_dairy"
  customer_account_id = "banh_dairy_pending"
}
