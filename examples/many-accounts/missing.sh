cat >each.tf <<'END'
data "juspay_customer_account" "each" {
  for_each            = local.vendors
  customer_id         = each.value.customer_id
  customer_account_id = each.key
}
END
terraform plan -no-color 2>&1 |
  sed -n 's/.*with data.*each\["\(.*\)"\],$/\1/p'
rm each.tf
