clone=$HOME/terraform-provider-juspay
mkdir -p many-accounts && cd many-accounts &&
  cp "$clone/examples/many-accounts/csv/main.tf" . &&
  make -C "$clone" mock ACCOUNTS=500 CSV="$PWD/vendors.csv"
