# SPDX-License-Identifier: MPL-2.0

# Spacelift hands over only a part of the plan; its hook adds what is needed as
# input.third_party_metadata.custom.juspay. It evaluates data.spacelift.deny.
package spacelift

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

plan := input.third_party_metadata.custom.juspay

# Spacelift's OPA has no clock. Without the time of its request, all is out of date.
default request_time := 0

request_time := input.spacelift.request.timestamp_ns

# What Spacelift itself shows of the changes, which the plan of the hook must have.
own_view := {"resource_changes": object.get(input, ["terraform", "resource_changes"], null)}

deny contains message if {
	some message in juspay_policy.deny with input as plan
		with data.juspay as platform_settings
		with data.juspay_now_ns as request_time
		with data.platform as own_view
}

# Without the policy, nothing would be denied.
deny contains "policy: juspay.rego is not in the directory of this file. Copy it there." if not juspay_policy.deny
