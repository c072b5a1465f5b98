cat >each.tf <<'END'
data "juspay_customer_account" "each" {
  for_each            = local.vendors
  customer_id         = each.value.customer_id
  customer_account_id = each.key
}
END
terraform plan -no-color 2>&1 | sed -n '/^Error: /h; /each\["/{G
  s/.*each\["\(.*\)"\],\nError: Customer account not found$/\1/p; }
  /^Error: Customer account not found/!s/^Error: /Other error: /w /dev/stderr'
rm each.tf
