terraform {
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

ephemeral "vault_kv_secret_v2" "juspay" {
  mount = "secret"
  name  = "juspay"
}

provider "juspay" {
  environment = "production"
  api_key     = ephemeral.vault_kv_secret_v2.juspay.data["api_key"]
}
