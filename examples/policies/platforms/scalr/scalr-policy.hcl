# SPDX-License-Identifier: MPL-2.0

version = "v1"

policy "juspay" {
  enabled           = true
  enforcement_level = "hard-mandatory"
}
