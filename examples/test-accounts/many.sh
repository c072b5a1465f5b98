mv -n vendors.csv two-vendors.csv
clone=$HOME/terraform-provider-juspay
make -C "$clone" mock ACCOUNTS=500 CSV="$PWD/vendors.csv"
