clone=$HOME/terraform-provider-juspay
mock='"http://127.0.0.1:8787"'
shipped=$clone/examples/policies/settings.json
main=$clone/examples/pipelines/main.tf
cd "$(mktemp -d)" &&
  cp -R "$clone/examples/policies" policies &&
  sed "s|\"production\"|$mock|" "$shipped" >policies/settings.json &&
  sed -e "s|environment = .*|base_url = $mock|" -e s/cst_acme/cst_turner/ \
    -e s/banh_acme_active/banh_turner_fails_at_apply/ "$main" >main.tf &&
  terraform init -input=false &&
  sh policies/gate.sh &&
  terraform init -input=false -lockfile=readonly &&
  terraform apply -input=false gate.plan
