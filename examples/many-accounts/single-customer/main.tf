# Part of a configuration. See examples/provider for the terraform block.
data "juspay_customer_accounts" "all" {
  customer_id = "cst_acme"
}

output "all_active" {
  value = data.juspay_customer_accounts.all.all_active
}

output "not_active" {
  value = data.juspay_customer_accounts.all.not_active
}
