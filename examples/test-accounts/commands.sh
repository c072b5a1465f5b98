# SPDX-License-Identifier: MPL-2.0
git clone https://github.com/juspay/terraform-provider-juspay.git
cd terraform-provider-juspay
make mock ACCOUNTS=500 CSV=/tmp/vendors.csv
