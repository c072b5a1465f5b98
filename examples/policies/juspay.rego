# SPDX-License-Identifier: MPL-2.0

# Denies a Terraform plan unless the Juspay accounts in it may be paid out to. Its
# input is what terraform show -json prints of a saved plan; data.juspay, from
# settings.json, switches the rules.
#
# It fails closed: a rule says what is good, and what is not known to be good is
# denied. That holds only as long as what stands after "not" is a rule, or a
# comparison of a variable's field with a constant: with a missing field as the
# argument of a call, as in "not is_object(input.x)", nothing would be denied.
#
# No message holds a VPA.
package main

# Conftest asks for deny; OPA may ask for allow, which a misspelt query is not.
allow if count(deny) == 0

# Settings. Each must be there, so that none is off because it was forgotten or
# misspelt; false switches a rule off.

default settings := {}

settings := data.juspay if is_object(data.juspay)

switches := {"complete_plan", "accounts_required", "status_known", "active"}

setting_names := switches | {"max_days_since_validation", "currencies", "environment", "check_statuses"}

on(name) if not settings[name] == false

usable(_, false)

usable(name, true) if name in switches

usable("max_days_since_validation", days) if {
	days > 0
	days <= 3660 # ten years: more is a mistake in the unit
}

usable(name, list) if {
	name in {"currencies", "check_statuses"}
	is_array(list)
	count(list) > 0
	every item in list { is_string(item) }
}

usable("environment", name) if name in {"production", "sandbox"}

deny contains sprintf("settings: juspay.%s is not set. Pass settings.json with --data.", [name]) if {
	some name in setting_names
	not name in object.keys(settings)
}

deny contains sprintf("settings: juspay.%s has a value that it cannot have.", [name]) if {
	some name, value in settings
	name in setting_names
	not usable(name, value)
}

deny contains sprintf("settings: there is no setting juspay.%s.", [name]) if {
	some name in object.keys(settings)
	not name in setting_names
}

# The plan as a whole.

deny contains "plan: this is not the JSON of a plan in a format that this policy knows (format_version 1.x)." if {
	not known_format
}

known_format if regex.match(`^1\.[0-9]+$`, input.format_version)

deny contains "plan: it is not formed as this policy knows plans, so it may hide accounts or checks." if {
	not well_formed
}

well_formed if {
	are_objects(object.get(input, "resource_changes", []))
	are_objects(object.get(input, "deferred_changes", []))
	are_objects(object.get(input, "checks", []))
	every check in object.get(input, "checks", []) { are_objects(object.get(check, "instances", [])) }
	every resource in resources { is_string(resource.type) }
}

are_objects(list) if {
	is_array(list)
	every element in list { is_object(element) }
}

deny contains "plan: planning failed, so the plan may lack accounts." if {
	not succeeded
}

succeeded if object.get(input, "errored", false) == false

# What -target leaves out is shown as it was stored by an earlier run.
deny contains "plan: it is not marked as complete, as after -target, so accounts may be missing or out of date." if {
	on("complete_plan")
	not complete
}

complete if input.complete == true

deny contains "plan: it has no configuration, so it does not show what should be read." if {
	not has_configuration
}

has_configuration if is_object(input.configuration)

deny contains "plan: it has no prior_state, so it does not show the accounts that it should have read." if {
	not has_prior_state
	not nothing_to_show
}

has_prior_state if is_object(input.prior_state.values)

nothing_to_show if count(deferred) > 0

nothing_to_show if {
	has_configuration
	every resource in configured { may_have_no_instance(resource) }
}

may_have_no_instance(resource) if resource.mode == "ephemeral"

may_have_no_instance(resource) if resource.count_expression

may_have_no_instance(resource) if resource.for_each_expression

deny contains "plan: it reads no Juspay account." if {
	on("accounts_required")
	(count(accounts) + count(deferred)) + count(asserted_ephemerals) == 0
}

# Accounts. Those that were read for the plan are in prior_state alone; a policy
# that looks into resource_changes or planned_values does not see them.

singular := "juspay_customer_account"

plural := "juspay_customer_accounts"

resources contains resource if {
	walk(input.prior_state.values, [path, module])
	every step in path { step != "resources" } # within a module's own values, nothing is an account
	some resource in module.resources
}

accounts contains {"address": address(resource), "values": object.get(resource, "values", null)} if {
	some resource in resources
	resource.type == singular
}

accounts contains {"address": clean(sprintf("%s.accounts[%q]", [address(resource), key])), "values": values} if {
	some resource in resources
	resource.type == plural
	some key, values in resource.values.accounts
}

deny contains sprintf("%s: the plan does not show its accounts.", [address(resource)]) if {
	some resource in resources
	resource.type == plural
	not shows_accounts(resource)
}

shows_accounts(resource) if is_object(resource.values.accounts)

address(resource) := clean(object.get(resource, "address", "a data source without an address"))

# clean hides what looks like a VPA, such as the key of an instance.
clean(text) := regex.replace(text, `[^"\s\[]*@[^"\s\]]*`, "***")

# account_label names an account as all messages do.
account_label(account) := sprintf("%s: account %s with status %s", [account.address, shown(account, "customer_account_id"), shown(account, "validation_status")])

shown(account, name) := account.values[name] if {
	regex.match(`^[A-Za-z0-9_.-]+$`, account.values[name])
} else := "unknown"

deny contains sprintf("%s: the plan does not show its %s. This policy may be too old for the provider.", [account.address, name]) if {
	some account in accounts
	some name in {"customer_account_id", "validation_status", "currency", "last_validated"}
	not shows(account, name)
}

shows(account, name) if name in object.keys(account.values)

deny contains sprintf("%s: account %s has no %s.", [account.address, shown(account, "customer_account_id"), name]) if {
	some account in accounts
	some name in {"customer_account_id", "validation_status"}
	not has(account, name)
}

has(account, name) if is_string(account.values[name])

deny contains sprintf("%s is not ACTIVE.", [account_label(account)]) if {
	on("active")
	some account in accounts
	not active(account)
}

active(account) if account.values.validation_status == "ACTIVE"

deny contains sprintf("%s was not validated within the last %v days.", [account_label(account), settings.max_days_since_validation]) if {
	on("max_days_since_validation")
	some account in accounts
	not validated_recently(account)
}

# Clocks may differ by an hour; a validation further in the future is no proof of
# anything.
validated_recently(account) if {
	age := time.now_ns() - time.parse_rfc3339_ns(account.values.last_validated)
	age <= (settings.max_days_since_validation * 24) * hour
	age >= 0 - hour
}

hour := ((60 * 60) * 1000) * 1000000

deny contains sprintf("%s has a currency that is not allowed.", [account_label(account)]) if {
	on("currencies")
	some account in accounts
	not currency_allowed(account)
}

currency_allowed(account) if account.values.currency in settings.currencies

# Accounts that are read only during apply: after the policy has decided. One
# that is nested in a check is read for the plan, and once more during apply.

deferred contains change if {
	some change in input.resource_changes
	change.type in {singular, plural}
	not read_for_check(change)
}

deferred contains change if {
	some change in [held_back.resource_change | some held_back in input.deferred_changes]
	change.type in {singular, plural}
}

read_for_check(change) if {
	change.action_reason == "read_because_check_nested"
	change.address in {resource.address | some resource in resources}
}

deny contains sprintf("%s: it is read only during apply, so its status is not known yet.", [address(change)]) if {
	on("status_known")
	some change in deferred
}

# Providers. A plan shows how the provider is configured, but not its environment
# variables.

configured contains resource if {
	walk(input.configuration, [_, module])
	some resource in module.resources
	resource.type in {singular, plural}
}

deny contains sprintf("provider %s: it is not juspay/juspay with its environment written out as %q and no base_url, so accounts may come from elsewhere.", [key, settings.environment]) if {
	on("environment")
	some resource in configured
	key := object.get(resource, "provider_config_key", "unknown")
	not reads_from_environment(key)
}

deny contains "plan: it does not show which provider reads its accounts." if {
	on("environment")
	count(accounts) + count(asserted_ephemerals) > 0
	count(configured) == 0
}

reads_from_environment(key) if {
	config := input.configuration.provider_config[key]
	endswith(config.full_name, "/juspay/juspay")
	expressions := config.expressions
	expressions.environment.constant_value == settings.environment
	not "base_url" in object.keys(expressions)
}

# Checks: postconditions, preconditions, check blocks and validations.

deny contains sprintf("%s: its conditions have the status %s.", [check_name(subject), check_status(subject)]) if {
	on("check_statuses")
	some check in input.checks
	some subject in array.concat([check], instances(check))
	not status_allowed(subject)
}

status_allowed(subject) if subject.status in settings.check_statuses

check_status(subject) := subject.status if {
	subject.status in {"fail", "error", "unknown", "pass"}
} else := "unknown"

instances(check) := check.instances if {
	is_array(check.instances)
} else := []

check_name(subject) := clean(subject.address.to_display) if {
	subject.address.to_display
} else := "a check without an address"

# Nothing of an ephemeral resource is in a plan but whether its conditions hold.
asserted_ephemerals contains check if {
	some check in input.checks
	check.address.mode == "ephemeral"
	check.address.type == singular
	check.status == "pass"
	some instance in check.instances # of none, all pass
	instance.status == "pass"
}
