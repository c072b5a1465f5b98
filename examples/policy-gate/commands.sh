clone=$HOME/terraform-provider-juspay
mock='"http://127.0.0.1:8787"'
cp -R "$clone/examples/policies" policies
shipped=$clone/examples/policies/settings.json
sed "s|\"production\"|$mock|" "$shipped" >policies/settings.json
main=$clone/examples/policy-gate/main.tf
sed "s|environment = .*|base_url = $mock|" "$main" >main.tf
terraform init
sh policies/gate.sh
sh policies/gate.sh -var customer_id=cst_dairy \
  -var customer_account_id=banh_dairy_pending
bound='"payouts": {"terraform_data": ["input"]}'
sed "s|\"payouts\": false|$bound|" policies/settings.json >bound.json
mv bound.json policies/settings.json
sh policies/gate.sh
sed 's|input = .*|input = "banh_dairy_pending"|' main.tf >other.tf
mv other.tf main.tf
sh policies/gate.sh
