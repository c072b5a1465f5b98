# SPDX-License-Identifier: MPL-2.0

# Denies a Terraform plan unless the Juspay accounts in it may be paid out to. Its
# input is the output of terraform show -json for a saved plan; data.juspay, from
# settings.json, switches the rules.
#
# It fails closed: a rule says what is good, and what is not known to be good is
# denied. That holds only as long as what stands after "not" is a rule, or a
# comparison of a variable's field with a constant: with a missing field as the
# argument of a call, as in "not is_object(input.x)", nothing would be denied.
#
# A denial names what it is about, says why, and what to change. None holds a VPA.
package juspay_policy

import rego.v1

# allow is undefined, and not false, where anything is denied, so that opa eval --fail
# exits with an error; the same holds where the query is misspelt. The package has a
# name of its own, so that no rule of a team shares a name with one of these.
allow if count(deny) == 0

# Settings. Each must be there, so that none is off because it was forgotten or
# misspelt; false switches a rule off.

default settings := {}

settings := data.juspay if is_object(data.juspay)

switch := "true or false"

# The settings, and the values that they can have.
setting_values := {
	"complete_plan": switch,
	"accounts_required": switch,
	"status_known": switch,
	"active": switch,
	"max_days_since_validation": "a number of days, at most 3660, or to false",
	"max_hours_since_plan": "a number of hours, at most 8784, or to false",
	"currencies": "a list of ISO 4217 codes, or to false",
	"servers": `a list of "production", "sandbox" and base URLs, or to false`,
	"providers": "a list of provider addresses, such as registry.terraform.io/juspay/juspay",
	"payouts": `an object such as {"bank_payout": ["payee", "item.*.payee", "body|beneficiary.account"]}, or to false`,
	"other_resources": "a list of types of resources that pay nobody",
	"registry_providers": switch, # gate.sh alone holds this one
	"check_statuses": "a list of statuses, or to false",
}

on(name) if not settings[name] == false

usable(name, true) if setting_values[name] == switch

usable(name, false) if not name in {"providers", "other_resources"}

usable("max_days_since_validation", days) if {
	days > 0
	days <= 3660 # ten years: more is a mistake in the unit
}

usable("max_hours_since_plan", hours) if {
	hours > 0
	hours <= 8784
}

usable(name, list) if {
	name in {"currencies", "servers", "providers", "check_statuses"}
	is_array(list)
	count(list) > 0
	every item in list { usable_item(name, item) }
}

usable("other_resources", list) if {
	is_array(list)
	every type in list { is_string(type) }
}

usable("payouts", payouts) if {
	is_object(payouts)
	count(payouts) > 0
	every patterns in payouts {
		is_array(patterns)
		count(patterns) > 0
		every pattern in patterns { regex.match(`^[^.|]+(\.[^.|]+)*(\|[^.|]+(\.[^.|]+)*)?$`, pattern) }
	}
}

usable_item(name, item) if {
	name != "servers"
	is_string(item)
}

usable_item("servers", server) if regex.match(`^(production|sandbox|https?://.+)$`, server)

deny contains sprintf("settings: juspay.%s is not set. Set it in settings.json, and pass that file with --data; or set it in platform.rego.", [name]) if {
	some name, _ in setting_values
	not name in object.keys(settings)
}

deny contains sprintf("settings: juspay.%s has a value that it cannot have. Set it to %s.", [name, setting_values[name]]) if {
	some name, value in settings
	not usable(name, value)
}

deny contains sprintf("settings: juspay.%s does not exist. Remove it, or correct its name.", [name]) if {
	some name in object.keys(settings)
	not setting_values[name]
}

# The plan as a whole.

deny contains "plan: this is not the JSON of a plan in a format that this policy knows (format_version 1.x). Pass what terraform show -json prints of a saved plan." if {
	not known_format
}

known_format if regex.match(`^1\.[0-9]+$`, input.format_version)

deny contains "plan: it is not formed as this policy knows plans, so it may hide accounts or checks. Pass what terraform show -json prints, unchanged, or update this policy." if {
	not well_formed
}

well_formed if {
	every name in ["resource_changes", "deferred_changes", "checks", "action_invocations", "deferred_action_invocations"] {
		are_objects(object.get(input, name, []))
	}
	every check in object.get(input, "checks", []) { are_objects(object.get(check, "instances", [])) }
	every resource in resources { is_string(resource.type) }
}

are_objects(list) if {
	is_array(list)
	every element in list { is_object(element) }
}

deny contains "plan: planning failed, so the plan may lack accounts. Correct what terraform plan reports, and plan again." if {
	not succeeded
}

succeeded if object.get(input, "errored", false) == false

deny contains "plan: it has no configuration, so it does not show what should be read. Pass what terraform show -json prints of a saved plan." if {
	not has_configuration
}

has_configuration if is_object(input.configuration.root_module)

# What -target leaves out is shown as an earlier run stored it.
deny contains "plan: it is not marked as complete, as after -target, so accounts may be missing or out of date. Plan without -target." if {
	on("complete_plan")
	says_whether_complete
	not input.complete == true
}

# Plans of OpenTofu, and of Terraform before 1.8, do not say; gate.sh vouches for
# those that it makes.
deny contains "plan: it does not say whether it is complete, so accounts may be missing or out of date. Plan with gate.sh, which refuses -target; or set juspay.complete_plan to false, and let nobody use -target or -exclude." if {
	on("complete_plan")
	not says_whether_complete
	not data.gate.refuses_partial_plans == true
}

says_whether_complete if "complete" in object.keys(input)

# A plan that is made with -invoke refreshes only what the action needs, and is
# marked as complete.
deny contains "plan: it was made with -invoke, so accounts may be out of date, and the action may pay. Plan without -invoke." if {
	on("complete_plan")
	some invocation in invocations
	not triggered_by_a_change(invocation)
}

invocations contains invocation if some invocation in input.action_invocations

invocations contains object.get(held_back, "action_invocation", {}) if some held_back in input.deferred_action_invocations

triggered_by_a_change(invocation) if {
	invocation.lifecycle_action_trigger
	not invocation.invoke_action_trigger
}

deny contains sprintf("plan: it was not made within the last %v hours, by its timestamp. Plan again, or raise juspay.max_hours_since_plan.", [settings.max_hours_since_plan]) if {
	on("max_hours_since_plan")
	not planned_recently
}

planned_recently if is_recent(input.timestamp, settings.max_hours_since_plan)

# is_recent reports whether a time was within the last hours. Clocks may differ by an
# hour; a time further in the future proves nothing.
is_recent(timestamp, hours) if {
	age := now_ns - time.parse_rfc3339_ns(timestamp)
	age <= hours * hour
	age >= 0 - hour
}

now_ns := time.now_ns()

hour := ((60 * 60) * 1000) * 1000000

deny contains "plan: it reads no Juspay account. Read one with data juspay_customer_account; or, if the configuration may have none, set juspay.accounts_required to false." if {
	on("accounts_required")
	count(accounts) + count(deferred) == 0
}

# Accounts. Those that were read for the plan are in prior_state alone; a policy
# that looks into resource_changes or planned_values does not see them.

singular := "juspay_customer_account"

plural := "juspay_customer_accounts"

# Arrays, and not sets, since a set compares all that its elements hold.
modules := array.concat(
	[module | module := input.prior_state.values.root_module],
	[module |
		walk(input.prior_state.values.root_module.child_modules, [path, module])
		every step in path { step != "resources" } # within a module's own values, nothing is an account
	],
)

resources := [resource |
	some module in modules
	some resource in module.resources
]

data_sources := [resource |
	some resource in resources
	resource.type in known_types
]

known_types := {singular, plural}

# Everything of the provider must be of a type that the policy knows.

deny contains sprintf("%s: this policy does not know its type %s. Update this policy to the provider's version.", [address(resource), clean(type)]) if {
	some resource in array.concat(resources, array.concat(changes, configured_blocks))
	type := object.get(resource, "type", "unknown")
	startswith(type, "juspay_")
	not type in known_types
}

accounts := array.concat(
	[{"address": address(resource), "key": id, "values": values} |
		some resource in data_sources
		resource.type == singular
		values := object.get(resource, "values", null)
		id := object.get(resource, ["values", "customer_account_id"], null)
	],
	[{"address": clean(sprintf("%s.accounts[%q]", [address(resource), id])), "key": id, "values": values} |
		some resource in data_sources
		some id, values in resource.values.accounts
	],
)

deny contains sprintf("%s: the plan does not show its accounts. If it is read in a check block, correct what terraform plan warns of; otherwise update this policy to the provider's version.", [address(resource)]) if {
	some resource in data_sources
	resource.type == plural
	not shows_accounts(resource)
}

shows_accounts(resource) if is_object(resource.values.accounts)

deny contains sprintf("%s: the plan does not show %d accounts that its customer_ids name, such as %s. Update this policy to the provider's version.", [address(resource), count(ids), clean(min(ids))]) if {
	some resource in data_sources
	shows_accounts(resource)
	ids := {id | some id, _ in resource.values.customer_ids; not resource.values.accounts[id]}
}

deny contains sprintf("%s: its customer_ids do not name account %s, which the plan shows. Pass what terraform show -json prints, unchanged.", [address(resource), clean(id)]) if {
	some resource in data_sources
	is_object(resource.values.customer_ids)
	some id, _ in resource.values.accounts
	not resource.values.customer_ids[id]
}

deny contains sprintf("%s: its key is not its customer_account_id, %s. Pass what terraform show -json prints, unchanged.", [account.address, shown(account, "customer_account_id")]) if {
	some account in accounts
	has(account, "customer_account_id")
	not has_its_key(account)
}

# Several accounts may have the key ***, and the plan then shows the last one.
has_its_key(account) if {
	account.key == account.values.customer_account_id
	account.key != "***"
}

address(resource) := clean(object.get(resource, "address", "a data source without an address"))

# clean hides what looks like a VPA, such as the key of an instance.
clean(name) := regex.replace(sprintf("%v", [name]), `[^"\s\[]*@[^"\s\]]*`, "***")

# account_label names an account as all messages do.
account_label(account) := sprintf("%s: account %s with status %s", [account.address, shown(account, "customer_account_id"), shown(account, "validation_status")])

shown(account, name) := account.values[name] if {
	regex.match(`^[A-Za-z0-9_.-]+$`, account.values[name])
} else := "unknown"

deny contains sprintf("%s: the plan does not show its %s. Update this policy to the provider's version.", [account.address, name]) if {
	some account in accounts
	some name in {"customer_account_id", "validation_status", "currency", "last_validated"}
	not shows(account, name)
}

shows(account, name) if name in object.keys(account.values)

deny contains sprintf("%s: account %s has no %s. Let Juspay validate the account, and plan again.", [account.address, shown(account, "customer_account_id"), name]) if {
	some account in accounts
	some name in {"customer_account_id", "validation_status"}
	shows(account, name)
	not has(account, name)
}

has(account, name) if is_string(account.values[name])

deny contains sprintf("%s is not ACTIVE. Pay out to an account that is; or, while Juspay still validates this one, plan again later.", [account_label(account)]) if {
	on("active")
	some account in accounts
	has(account, "validation_status")
	not active(account)
}

active(account) if account.values.validation_status == "ACTIVE"

deny contains sprintf("%s was not validated within the last %v days, by its last_validated, which Juspay's page also calls the recent modified date. Let Juspay validate it again, or raise juspay.max_days_since_validation.", [account_label(account), settings.max_days_since_validation]) if {
	on("max_days_since_validation")
	some account in accounts
	is_timestamp(account.values.last_validated)
	not validated_recently(account)
}

validated_recently(account) if is_recent(account.values.last_validated, settings.max_days_since_validation * 24)

deny contains sprintf("%s was never validated. Let Juspay validate it, or set juspay.max_days_since_validation to false.", [account_label(account)]) if {
	on("max_days_since_validation")
	some account in accounts
	account.values.last_validated == null
	not denied_for_its_status(account)
}

# An account that was never validated is not ACTIVE, which says enough.
denied_for_its_status(account) if {
	on("active")
	not active(account)
}

deny contains sprintf("%s has a last_validated that is not an RFC 3339 timestamp with a time zone. Update this policy to the provider's version.", [account_label(account)]) if {
	on("max_days_since_validation")
	some account in accounts
	is_shown_otherwise(account)
	not is_timestamp(account.values.last_validated)
}

is_shown_otherwise(account) if account.values.last_validated != null

is_timestamp(value) if time.parse_rfc3339_ns(value)

deny contains sprintf("%s has no currency. Let Juspay set its currency, or set juspay.currencies to false.", [account_label(account)]) if {
	on("currencies")
	some account in accounts
	account.values.currency == null
	has(account, "validation_status")
}

deny contains sprintf("%s has a currency that is not allowed. Pay out to an account in one of %v, or add its currency to juspay.currencies.", [account_label(account), settings.currencies]) if {
	on("currencies")
	some account in accounts
	account.values.currency != null
	not currency_allowed(account)
}

currency_allowed(account) if account.values.currency in settings.currencies

# Accounts that are read only during apply: after the policy has decided. One
# that is nested in a check is read for the plan, and once more during apply.

deferred := array.concat(
	[change |
		some change in input.resource_changes
		change.type in known_types
		not read_for_check(change)
	],
	[change |
		some change in held_back_changes
		change.type in known_types
	],
)

held_back_changes := [held_back.resource_change | some held_back in input.deferred_changes]

changes := array.concat(array.concat([], object.get(input, "resource_changes", [])), held_back_changes)

read_for_check(change) if {
	change.action_reason == "read_because_check_nested"
	change.address in data_source_addresses
}

data_source_addresses contains resource.address if some resource in data_sources

deny contains sprintf("%s: it is read only during apply, so its status is not known yet. Give it arguments that are known when planning, and no depends_on.", [address(change)]) if {
	on("status_known")
	some change in deferred
}

# What the configuration reads, with the provider that reads it, must be what the
# plan shows: nothing may be missing, and nothing may come from elsewhere.

configured_modules := array.concat(
	[{"path": ["root_module"], "module": module} | module := input.configuration.root_module],
	[{"path": array.concat(["root_module", "module_calls"], path), "module": module} |
		walk(input.configuration.root_module.module_calls, [path, module])
	],
)

configured_blocks := [block |
	some m in configured_modules
	some block in m.module.resources
]

configured contains resource if {
	some m in configured_modules
	some block in m.module.resources
	block.type in known_types
	resource := {
		"address": within(m.path, object.get(block, "address", "a data source without an address")),
		"mode": object.get(block, "mode", "unknown"),
		"provider": object.get(block, "provider_config_key", "unknown"),
		"blocks": array.concat(calls(m.path), [block]),
	}
}

# The path of a module is root_module, and for each level below it module_calls,
# the call's name, and module.
call_positions(path) := [i |
	some i, _ in path
	i % 3 == 2
	path[i + 1] == "module"
]

calls(path) := [object.get(input.configuration, array.slice(path, 0, i + 1), {}) | some i in call_positions(path)]

within(path, name) := concat(".", array.concat(
	[sprintf("module.%s", [path[i]]) | some i in call_positions(path)],
	[sprintf("%v", [name])],
))

configured_addresses contains resource.address if some resource in configured

# A plan shows count and for_each only if they refer to something, or are a number.
may_have_no_instance(resource) if {
	some block in resource.blocks
	some name in {"count_expression", "for_each_expression"}
	is_object(block[name])
}

without_keys(resource) := regex.replace(sprintf("%v", [object.get(resource, "address", "")]), `\["([^"\\]|\\.)*"\]|\[[0-9]+\]`, "")

# Resources of the plan that read accounts, or will.
readers := array.concat(data_sources, deferred)

reader_addresses contains without_keys(reader) if some reader in readers

deny contains sprintf("%s: the plan does not show it, though the configuration reads it. Plan without -target and -exclude; if it may have no instance, let its count or for_each refer to a variable or a local value.", [resource.address]) if {
	some resource in configured
	resource.mode != "ephemeral"
	not may_have_no_instance(resource)
	not resource.address in reader_addresses
}

deny contains sprintf("%s: the configuration does not show it, and so not which provider reads it. Pass what terraform show -json prints, unchanged.", [address(reader)]) if {
	some reader in readers
	not without_keys(reader) in configured_addresses
}

deny contains sprintf("%s: its provider is %s, which juspay.providers does not list. Set its source to one that is listed, in required_providers; or list your own mirror.", [reader.address, clean(reader.provider)]) if {
	some reader in provided
	not provider_allowed(reader)
}

provider_allowed(reader) if reader.provider in settings.providers

provided contains {"address": address(resource), "provider": object.get(resource, "provider_name", "unknown")} if {
	some resource in data_sources
}

provided contains {"address": resource.address, "provider": object.get(input.configuration, ["provider_config", resource.provider, "full_name"], "unknown")} if {
	some resource in configured
}

deny contains sprintf("provider %s: its block does not set environment or base_url to one of %v, as a literal, so accounts may come from elsewhere. Set one of the two, or change juspay.servers.", [key, settings.servers]) if {
	on("servers")
	some key in provider_keys
	not reads_from_listed_server(key)
}

# A provider_config_key may name another block than the one that reads, so that
# each block of the provider counts.
provider_keys contains resource.provider if some resource in configured

provider_keys contains key if {
	some key, block in input.configuration.provider_config
	block.full_name in settings.providers
}

# A plan does not show what a variable holds, nor environment variables.
reads_from_listed_server(key) if {
	expressions := input.configuration.provider_config[key].expressions
	given := {name | some name in {"environment", "base_url"}; expressions[name]; not is_null_literal(expressions[name])}
	count(given) == 1
	every name in given { expressions[name].constant_value in settings.servers }
}

is_null_literal(expression) if expression.constant_value == null

# Ephemeral accounts. A plan shows of them whether their conditions hold, and what
# refers to them. OpenTofu also shows their configuration; Terraform does not, so
# that gate.sh adds the edges of Terraform's graph that begin at them. None counts as
# an account that was read: a plan does not show what it holds.

ephemerals contains resource.address if {
	some resource in configured
	resource.mode == "ephemeral"
}

ephemerals contains object.get(check.address, "to_display", "an ephemeral account") if some check in ephemeral_checks

ephemerals contains within(path, name) if {
	walk(input.configuration, [path, expression])
	some reference in expression.references
	some name in regex.find_n(`^ephemeral\.juspay_[^.\[]+\.[^.\[]+`, reference, 1)
}

ephemerals contains address if some address, _ in graph_providers

# The providers at the end of an ephemeral account's edges. An account that needs
# another resource of the provider has no such edge.
graph_providers[address] contains provider if {
	some edge in data.gate.ephemerals
	[[_, address]] := regex.find_all_string_submatch_n(`^\[root\] (.+) \(expand\)$`, edge[0], 1)
	some provider in array.concat([""], [name | some [_, name] in regex.find_all_string_submatch_n(`provider\["([^"]+)"\]`, edge[1], 1)])
}

# Without an edge, every provider named juspay must be listed.
provider_of_graph_allowed(ephemeral) if {
	every provider in graph_providers[ephemeral] - {""} { provider in settings.providers }
	count(graph_providers[ephemeral]) > 1
}

provider_of_graph_allowed(ephemeral) if {
	graph_providers[ephemeral] == {""}
	named := {block.full_name | some block in input.configuration.provider_config; endswith(block.full_name, "/juspay")}
	count(named) > 0
	every name in named { name in settings.providers }
}

deny contains sprintf("%s: this policy does not know its type. Update this policy to the provider's version.", [clean(ephemeral)]) if {
	some ephemeral in ephemerals
	not known_ephemeral(ephemeral)
}

known_ephemeral(ephemeral) if {
	some type in known_types
	contains(ephemeral, sprintf("ephemeral.%s.", [type]))
}

ephemeral_checks contains check if {
	some check in input.checks
	check.address.mode == "ephemeral"
	startswith(check.address.type, "juspay_")
}

deny contains sprintf("%s: the configuration does not show it, and so not which provider reads it. Terraform shows no ephemeral resource there: plan with gate.sh, and name the provider juspay, from a source that juspay.providers lists.", [clean(ephemeral)]) if {
	some ephemeral in ephemerals
	not ephemeral in configured_addresses
	not provider_of_graph_allowed(ephemeral)
}

deny contains sprintf("%s: no condition of its own shows that it is ACTIVE. Give it a postcondition on self.validation_status.", [clean(ephemeral)]) if {
	on("status_known")
	some ephemeral in ephemerals
	not ephemeral in asserted_ephemerals
	not has_no_instance(ephemeral)
}

asserted_ephemerals contains check.address.to_display if {
	some check in ephemeral_checks
	check.status == "pass"
	count(check.instances) > 0 # of none, all pass
	every instance in check.instances { instance.status == "pass" }
}

has_no_instance(ephemeral) if {
	some check in ephemeral_checks
	check.address.to_display == ephemeral
	check.status == "pass"
	object.get(check, "instances", []) == []
	some resource in configured
	resource.address == ephemeral
	may_have_no_instance(resource)
}

# Payouts. What a resource will be is in change.after; references would show neither
# local values, dynamic blocks, nor which branch of a condition was taken.

# Changes after which money may have moved: all but these.
harmless_actions := {"no-op", "read", "delete", "forget"}

paying contains change if {
	on("payouts")
	some change in changes
	not is_harmless(change)
}

is_harmless(change) if {
	count(change.change.actions) > 0
	every action in change.change.actions { action in harmless_actions }
}

deny contains sprintf("%s: its type %s is in neither juspay.payouts nor juspay.other_resources. Add it to juspay.payouts with where it names an account, or to juspay.other_resources if it pays nobody.", [address(change), clean(object.get(change, "type", "unknown"))]) if {
	some change in paying
	not pays_an_account(change)
	not pays_nobody(change)
}

deny contains sprintf("plan: it runs an action of type %s, which juspay.other_resources does not list. Plan without it, or add its type if it pays nobody.", [clean(object.get(invocation, "type", "unknown"))]) if {
	on("payouts")
	some invocation in invocations
	not pays_nobody(invocation)
}

pays_an_account(change) if settings.payouts[change.type]

pays_nobody(thing) if thing.type in settings.other_resources

# Each place of a payout where an account is named, by the patterns of its type.
payees contains {"address": address(change), "pattern": pattern, "after": object.get(change, ["change", "after"], null), "unknown": object.get(change, ["change", "after_unknown"], true)} if {
	some change in paying
	some pattern in settings.payouts[change.type]
}

deny contains sprintf("%s: its %s is not known yet, so it may be any account. Give it a value that is known when planning.", [payee.address, payee.pattern]) if {
	some payee in payees
	names_unknown(payee)
}

names_unknown(payee) if not is_object(payee.unknown)

names_unknown(payee) if {
	walk(payee.unknown, [path, true])
	leads_to(path, outer(payee.pattern))
}

deny contains sprintf("%s: its %s is missing, null or empty, so it names no account. Give it the id or the VPA of an account that the plan reads, or correct juspay.payouts.", [payee.address, payee.pattern]) if {
	some payee in payees
	not names_unknown(payee)
	lacks(payee.after, outer(payee.pattern))
}

deny contains sprintf("%s: its %s is not JSON text in which each name stands once and the account is named. Give it such text, or correct juspay.payouts.", [payee.address, payee.pattern]) if {
	some payee in payees
	some inner in inners(payee.pattern)
	some text in named(payee.after, outer(payee.pattern))
	not is_text_with(text, inner)
}

deny contains sprintf("%s: its %s is neither the id nor the VPA of an account that this plan reads. Pay out to an account that is read in the same plan.", [payee.address, payee.pattern]) if {
	some payee in payees
	some value in named_by(payee)
	not value in payable
}

payable contains value if {
	some account in accounts
	some name in {"customer_account_id", "vpa"}
	value := account.values[name]
	not is_hidden(value)
}

payable contains vpa if {
	some resource in data_sources
	some id, vpa in resource.values.vpas
	resource.values.accounts[id]
	not is_hidden(vpa)
}

# What a platform does not see may be anything.
is_hidden(value) if contains(value, "***")

# A pattern is a path, whose * is each element or attribute, and may go on within JSON
# text after a bar: body|beneficiary.account.
outer(pattern) := split(split(pattern, "|")[0], ".")

inners(pattern) := [split(inner, ".") | some inner in array.slice(split(pattern, "|"), 1, 2)]

named_by(payee) := named(payee.after, outer(payee.pattern)) if {
	count(inners(payee.pattern)) == 0
} else := [value |
	some inner in inners(payee.pattern)
	some text in named(payee.after, outer(payee.pattern))
	some value in named(json.unmarshal(text), inner)
]

named(value, steps) := [leaf |
	walk(value, [path, leaf])
	count(path) == count(steps)
	leads_to(path, steps)
]

# leads_to reports whether a path is where steps lead, or on the way.
leads_to(path, steps) if {
	every i, step in path { steps[i] in {"*", sprintf("%v", [step])} }
}

lacks(value, steps) if {
	walk(value, [path, node])
	leads_to(path, steps)
	not goes_on(node, array.slice(steps, count(path), count(steps)))
}

goes_on(node, steps) if {
	count(steps) == 0
	is_string(node)
	node != ""
}

goes_on(node, steps) if {
	some key, _ in node
	steps[0] in {"*", sprintf("%v", [key])}
}

# A reader may take either of two equal names, and may ignore their case.
is_text_with(text, steps) if {
	object := json.unmarshal(text)
	not lacks(object, steps)
	names := [name | walk(object, [path, _]); name := path[count(path) - 1]; is_string(name)]
	strings := [leaf | walk(object, [_, leaf]); is_string(leaf)]
	count(regex.find_n(`"([^"\\]|\\.)*"`, text, -1)) == count(names) + count(strings)
	places := [path | walk(object, [path, _])]
	count({lower(json.marshal(path)) | some path in places}) == count(places)
}

# Checks: postconditions, preconditions, check blocks and validations.

deny contains sprintf("%s: its conditions have the status %s. Make them pass, or add that status to juspay.check_statuses.", [check_name(subject), check_status(subject)]) if {
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
	is_string(subject.address.to_display)
} else := "a check without an address"
