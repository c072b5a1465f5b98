clone=$HOME/terraform-provider-juspay
mkdir -p test-accounts && cd test-accounts &&
  cp "$clone/examples/assertions/apply-time/main.tf" . &&
  terraform init &&
  terraform plan -var customer_id=cst_dairy \
    -var customer_account_id=banh_dairy_pending
