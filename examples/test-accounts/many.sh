mkdir -p many-accounts && cd many-accounts
clone=$HOME/terraform-provider-juspay
cp "$clone/examples/many-accounts/csv/main.tf" .
make -C "$clone" mock ACCOUNTS=500 CSV="$PWD/vendors.csv"
