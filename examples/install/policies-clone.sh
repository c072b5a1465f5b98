clone=$HOME/terraform-provider-juspay
cp -R "$clone/examples/policies" policies
printf '%s\n' .terraform/ gate.plan gate.expires >>.gitignore
sh policies/gate.sh -version
