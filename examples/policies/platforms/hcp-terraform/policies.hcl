# SPDX-License-Identifier: MPL-2.0

policy "juspay" {
  description       = "Juspay accounts that are paid out to must be ACTIVE."
  query             = "data.hcp_terraform.deny"
  enforcement_level = "mandatory"
}
