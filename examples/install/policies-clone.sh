clone=$HOME/terraform-provider-juspay
cp -R "$clone/examples/policies" policies
sh policies/gate.sh -version
