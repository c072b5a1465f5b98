git clone https://github.com/juspay/terraform-provider-juspay.git
make -C terraform-provider-juspay mock ACCOUNTS=500 CSV=/tmp/vendors.csv
