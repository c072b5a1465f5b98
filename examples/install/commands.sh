# SPDX-License-Identifier: MPL-2.0
git clone https://github.com/juspay/terraform-provider-juspay.git
sh terraform-provider-juspay/examples/install/install.sh \
  terraform-provider-juspay 0.1.0
