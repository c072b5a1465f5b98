clone=$HOME/terraform-provider-juspay
git clone https://github.com/juspay/terraform-provider-juspay.git "$clone"
make -C "$clone" mock
