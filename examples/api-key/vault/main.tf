terraform {
  required_version = ">= 1.10"

  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
    vault = {
      source  = "hashicorp/vault"
      version = ">= 5.0"
    }
  }
}

# Terraform does not store ephemeral resources.
ephemeral "vault_kv_secret_v2" "juspay" {
  mount = "secret"
  name  = "juspay"
}

provider "juspay" {
  environment = "production"
  api_key     = ephemeral.vault_kv_secret_v2.juspay.data["api_key"]
}

data "juspay_customer_account" "vendor" {
  customer_id         = "cst_acme"
  customer_account_id = "banh_acme_active"
}
