clone=$HOME/terraform-provider-juspay
git clone https://github.com/juspay/terraform-provider-juspay.git "$clone"
sh "$clone/examples/install/install.sh" "$clone" 0.1.0
