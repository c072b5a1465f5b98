terraform {
  required_version = ">= 1.11"

  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
    aws = {
      source = "hashicorp/aws"
    }
  }
}

ephemeral "juspay_customer_account" "vendor" {
  customer_id         = "cst_acme"
  customer_account_id = "banh_acme_active"
}

# Terraform stores everything of this parameter except the VPA.
resource "aws_ssm_parameter" "vpa" {
  name             = "/payouts/acme/vpa"
  type             = "SecureString"
  value_wo         = ephemeral.juspay_customer_account.vendor.vpa
  value_wo_version = 1 # raise it to write the VPA again

  lifecycle {
    precondition {
      condition = (
        ephemeral.juspay_customer_account.vendor.validation_status == "ACTIVE"
      )
      error_message = "The vendor's account must be ACTIVE."
    }
  }
}
