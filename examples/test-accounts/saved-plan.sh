terraform plan -out=saved.plan -var customer_id=cst_turner \
  -var customer_account_id=banh_turner_fails_at_apply
terraform apply saved.plan
