data "juspay_customer_accounts" "all" {
  customer_id = "cst_acme"
}

output "not_active" {
  value = data.juspay_customer_accounts.all.not_active
}
