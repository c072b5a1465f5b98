terraform {
  required_version = ">= 1.10"

  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.80"
    }
  }
}

# Terraform does not store ephemeral resources.
ephemeral "aws_secretsmanager_secret_version" "juspay" {
  secret_id = "juspay/api-key"
}

provider "juspay" {
  environment = "production"
  api_key     = ephemeral.aws_secretsmanager_secret_version.juspay.secret_string
}
