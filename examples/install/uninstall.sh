plugins=$HOME/.terraform.d/plugins
rm -r "$plugins/registry.terraform.io/juspay/juspay"
rm -r "$plugins/registry.opentofu.org/juspay/juspay"
