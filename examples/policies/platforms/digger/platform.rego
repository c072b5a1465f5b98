# SPDX-License-Identifier: MPL-2.0

# Digger hands the plan over as input.terraform, and evaluates data.digger.deny.
package digger

import rego.v1

import data.juspay_policy

settings_json := `{
  "complete_plan": true,
  "accounts_required": true,
  "status_known": true,
  "active": true,
  "max_days_since_validation": 30,
  "max_hours_since_plan": 24,
  "currencies": ["INR"],
  "servers": ["production"],
  "providers": ["registry.terraform.io/juspay/juspay", "registry.opentofu.org/juspay/juspay"],
  "provider_arguments": {
    "environment": "servers",
    "base_url": "servers",
    "api_key": "reference",
    "ca_cert_pem": "reference",
    "client_cert_pem": "reference",
    "client_key_pem": "reference",
    "request_timeout": "literal",
    "max_retries": "literal",
    "max_concurrent_requests": "literal",
    "requests_per_second": "literal",
    "unknown_fields": ["error", "warn"]
  },
  "payouts": false,
  "other_resources": [],
  "registry_providers": true,
  "check_statuses": ["pass"]
}`

# Settings or a plan that cannot be read are empty, and so denied.
default platform_settings := {}

platform_settings := json.unmarshal(settings_json)

default plan := {}

plan := input.terraform

deny contains message if {
	some message in juspay_policy.deny with input as plan with data.juspay as platform_settings
}

# Without the policy, nothing would be denied.
deny contains "policy: juspay.rego is not in the directory of this file. Copy it there." if not juspay_policy.deny
