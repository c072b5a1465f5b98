make -C "$HOME/terraform-provider-juspay" mock
