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

# The repository's .spacelift/config.yml takes precedence over the stack's settings. It
# could replace the hook, and with it the plan that the hook adds, or the program that
# plans. Add the runner image of the stack, if it has one.
runner_images := {"", null}

after_plan_hooks := {after_plan_hook, replace(after_plan_hook, "terraform show", "tofu show")}

after_plan_hook := `terraform show -json spacelift.plan | sed -E -e :a -e 's/(\\[^" ]|[^"\\ ])*@[^"\\ ]*((\\.|[^"\\])*"[],}])/***\2/g' -e ta >juspay.custom.spacelift.json`

default runtime_config := {}

runtime_config := input.spacelift.run.runtime_config

deny contains "spacelift: after_plan of the run is not the hook of this policy alone, so what it adds may be another plan. Enter that hook in the stack's settings, and none in .spacelift/config.yml of the repository. [spacelift_hook]" if {
	not hook_adds_the_plan
}

hook_adds_the_plan if {
	count(runtime_config.after_plan) == 1
	runtime_config.after_plan[0] in after_plan_hooks
}

deny contains sprintf("spacelift: the run has commands in %s, which may change what the hook adds. Remove them from .spacelift/config.yml of the repository, or from the stack's settings. [spacelift_commands]", [name]) if {
	some name, commands in runtime_config
	regex.match(`^(before|after)_`, name)
	name != "after_plan"
	not commands in {[], null}
}

deny contains "spacelift: .spacelift/config.yml of the repository sets environment, which may change what runs. Set it in the stack's settings. [spacelift_environment]" if {
	not object.get(runtime_config, "environment", {}) in [{}, null]
}

deny contains "spacelift: the runner image is not one of runner_images in platform.rego, so other programs may plan. Add the stack's own, or remove it from .spacelift/config.yml of the repository. [spacelift_image]" if {
	not object.get(runtime_config, "runner_image", null) in runner_images
}

# The hook hides what looks like a VPA, in keys of instances too.
changes_shown(changes) := {[regex.replace(change.address, `\[("([^"\\]|\\.)*"|[0-9]+)\]`, "[]"), object.get(change, ["change", "actions"], null)] | some change in changes}

deny contains "spacelift: the plan that the hook added has other changes than the run. Enter the hook of this policy in the stack's settings, unchanged. [spacelift_plan]" if {
	not plan_is_of_the_run
}

plan_is_of_the_run if changes_shown(object.get(plan, "resource_changes", [])) == changes_shown(input.terraform.resource_changes)

deny contains message if {
	some message in juspay_policy.deny with input as plan
		with data.juspay as platform_settings
		with data.juspay_now_ns as request_time # one-file.sh puts it in the place of time.now_ns()
}

# Without the policy, nothing would be denied.
deny contains "policy: juspay.rego is not in the directory of this file. Copy it there." if not juspay_policy.deny
