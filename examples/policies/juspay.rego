# SPDX-License-Identifier: MPL-2.0

# METADATA
# title: Policy on Juspay accounts in a Terraform plan
# description: |
#   Denies a Terraform plan unless the Juspay accounts in it may be paid out to. Its
#   input is the output of terraform show -json for a saved plan; data.juspay, from
#   settings.json, switches the rules; gate.sh adds data.gate.
#
#   It fails closed: a rule says what is good, and what is not known to be good is
#   denied. That is true only as long as what stands after "not" is a rule, or a
#   comparison of a variable's field with a constant: with a missing field as the
#   argument of a call, as in "not is_object(input.x)", nothing would be denied.
#
#   A denial names what it is about, says why, what to change, and its rule. None
#   contains a VPA. Work on a plan is linear in its size: rules that explain a denial
#   look only at what a first pass did not accept.
package juspay_policy

import rego.v1

# allow is undefined, and not false, where anything is denied, so that opa eval --fail
# exits with an error; the same is true where the query is misspelt. The package has a
# name of its own, so that no rule of a team shares a name with one of these.
allow if count(denials) == 0

# deny has each denial as text. Platforms print it.
deny contains line(object.union(denial, {"abouts": [denial.about]})) if some denial in denials

# report has what gate.sh prints: a line for all denials that have the rule and the
# reason in common, in a fixed order.
report := [line(object.union(json.unmarshal(group), {"abouts": sort(abouts)})) | some group, abouts in grouped]

grouped[json.marshal(object.remove(denial, ["about"]))] contains denial.about if some denial in denials

line(group) := sprintf("%s %s. %s [%s]", [group.abouts[0], group.reason, group.remedy, group.rule]) if {
	count(group.abouts) == 1
	group.of_accounts
} else := sprintf("%d of %d accounts %s: %s. %s [%s]", [count(group.abouts), account_count, plural_verb(group.reason), listed(group.abouts), group.remedy, group.rule]) if {
	group.of_accounts
} else := sprintf("%s: %s. %s [%s]", [group.abouts[0], group.reason, group.remedy, group.rule]) if {
	count(group.abouts) == 1
} else := sprintf("%d times: %s: %s. %s [%s]", [count(group.abouts), group.reason, listed(group.abouts), group.remedy, group.rule])

# A reason about accounts begins with one of three verbs.
plural_verb(reason) := sprintf("are%s", [trim_prefix(reason, "is")]) if {
	startswith(reason, "is ")
} else := sprintf("were%s", [trim_prefix(reason, "was")]) if {
	startswith(reason, "was ")
} else := sprintf("have%s", [trim_prefix(reason, "has")])

listed(abouts) := concat(", ", array.concat(
	array.slice(abouts, 0, 20),
	["…" | count(abouts) > 20],
))

# clean hides what looks like a VPA, such as the key of an instance.
clean(name) := regex.replace(sprintf("%v", [name]), `[^"\s\[]*@[^"\s\]]*`, "***")

address(thing) := clean(object.get(thing, "address", "a resource without an address"))

# Settings.
#
# Each must be there, so that none is off because it was forgotten or misspelt; false
# switches a rule off.

default settings := {}

settings := data.juspay if is_object(data.juspay)

switch := "true or false"

# The environments of the provider.
environments := {"production", "sandbox"}

# The settings, and the values that they can have, in words. A switch is true or false alone.
setting_values := {
	"complete_plan": switch,
	"accounts_required": switch,
	"status_known": switch,
	"active": switch,
	"max_days_since_validation": "a number of days, at most 3660, or to false",
	"max_hours_since_plan": "a number of hours, at most 8784, or to false",
	"currencies": "a list of ISO 4217 codes, or to false",
	"servers": sprintf("a list of %s and base URLs, or to false", [concat(", ", [json.marshal(name) | some name in environments])]),
	"providers": "a list of provider addresses, such as registry.terraform.io/juspay/juspay",
	"provider_arguments": `an object such as {"environment": "servers", "max_retries": "literal", "api_key": "reference", "unknown_fields": ["error", "warn"]}, or to false`,
	"payouts": `an object such as {"bank_payout": [["payee", "vpa"], "item.*.payee", "body|beneficiary.account"]}, or to false`,
	"other_resources": "a list of types that pay nobody, of provisioners and of addresses of providers",
	"registry_providers": switch, # for gate.sh alone
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

usable("provider_arguments", arguments) if {
	is_object(arguments)
	every argument, allowed in arguments { usable_argument(argument, allowed) }
}

usable("payouts", payouts) if {
	is_object(payouts)
	count(payouts) > 0
	every entries in payouts {
		is_array(entries)
		count(entries) > 0
		every entry in entries { usable_patterns(alternatives(entry)) }
	}
}

usable_item(name, item) if {
	name != "servers"
	is_string(item)
}

usable_item("servers", server) if server in environments

usable_item("servers", server) if regex.match(`^https?://.+$`, server)

usable_argument(_, allowed) if allowed in {"literal", "reference"}

usable_argument(argument, "servers") if argument in {"environment", "base_url"}

usable_argument(_, allowed) if {
	is_array(allowed)
	count(allowed) > 0
}

usable_patterns(patterns) if {
	count(patterns) > 0
	every pattern in patterns { regex.match(`^[^.|]+(\.[^.|]+)*(\|[^.|]+(\.[^.|]+)*)?$`, pattern) }
}

# METADATA
# title: Each setting is set
# description: Copy the line of the setting from the settings.json of the pack.
# custom: {rule: setting_missing}
denials contains {
	"rule": "setting_missing", "about": "settings",
	"reason": sprintf("juspay.%s is not set", [name]),
	"remedy": "Set it in settings.json, and pass that file with --data; or set it in platform.rego.",
} if {
	some name, _ in setting_values
	not name in object.keys(settings)
}

# METADATA
# title: Each setting has a value that it can have
# description: Set it to a value of the form that the denial shows.
# custom: {rule: setting_unusable}
denials contains {
	"rule": "setting_unusable", "about": "settings",
	"reason": sprintf("juspay.%s has a value that it cannot have", [name]),
	"remedy": sprintf("Set it to %s.", [setting_values[name]]),
} if {
	some name, value in settings
	not usable(name, value)
}

# METADATA
# title: Each setting exists
# description: Correct its name.
# custom: {rule: setting_unknown}
denials contains {
	"rule": "setting_unknown", "about": "settings",
	"reason": sprintf("juspay.%s does not exist", [name]),
	"remedy": "Remove it, or correct its name.",
} if {
	some name in object.keys(settings)
	not setting_values[name]
}

# The plan as a whole.

# METADATA
# title: The plan is in a format that this policy knows
# description: Pass the output of terraform show -json.
# custom: {rule: plan_format}
denials contains {
	"rule": "plan_format", "about": "plan",
	"reason": "this is not the JSON of a plan in a format that this policy knows (format_version 1.x)",
	"remedy": "Pass what terraform show -json prints of a saved plan.",
} if {
	not known_format
}

known_format if regex.match(`^1\.[0-9]+$`, input.format_version)

# METADATA
# title: The plan has the form that this policy knows
# description: Pass the output of terraform show -json as it is, or update the policy.
# custom: {rule: plan_form}
denials contains {
	"rule": "plan_form", "about": "plan",
	"reason": "it is not formed as this policy knows plans, so it may hide accounts or checks",
	"remedy": "Pass what terraform show -json prints, unchanged, or update this policy.",
} if {
	not well_formed
}

well_formed if {
	every name in ["resource_changes", "deferred_changes", "checks", "action_invocations", "deferred_action_invocations"] {
		are_objects(object.get(input, name, []))
	}
	every check in object.get(input, "checks", []) { are_objects(object.get(check, "instances", [])) }
	every path in [["prior_state"], ["prior_state", "values"], ["prior_state", "values", "root_module"]] {
		type_name(object.get(input, path, null)) in {"object", "null"}
	}
	every module in modules { has_known_form(module) }
	every type in resource_types { is_string(type) }
	count(modules_at_10) == 0
	count(configured_at_10) == 0
}

has_known_form(module) if {
	are_objects(object.get(module, "resources", []))
	are_objects(object.get(module, "child_modules", []))
	object.keys(module) - {"address", "resources", "child_modules"} == set()
}

are_objects(list) if {
	is_array(list)
	count([element | some element in list; is_object(element)]) == count(list)
}

# METADATA
# title: Planning did not fail
# description: Correct the error of terraform plan.
# custom: {rule: plan_failed}
denials contains {
	"rule": "plan_failed", "about": "plan",
	"reason": "planning failed, so the plan may lack accounts",
	"remedy": "Correct what terraform plan reports, and plan again.",
} if {
	not succeeded
}

succeeded if object.get(input, "errored", false) == false

# METADATA
# title: The plan has its configuration
# description: Pass the plan, and not a state.
# custom: {rule: plan_configuration}
denials contains {
	"rule": "plan_configuration", "about": "plan",
	"reason": "it has no configuration, so it does not show what should be read",
	"remedy": "Pass what terraform show -json prints of a saved plan.",
} if {
	not has_configuration
}

has_configuration if is_object(input.configuration.root_module)

# METADATA
# title: The plan is complete
# description: |
#   Plan without -target. What it leaves out is shown as an earlier run stored it.
# custom: {rule: plan_incomplete}
denials contains {
	"rule": "plan_incomplete", "about": "plan",
	"reason": "it is not marked as complete, as after -target, so accounts may be missing or out of date",
	"remedy": "Plan without -target.",
} if {
	on("complete_plan")
	says_whether_complete
	not input.complete == true
}

# METADATA
# title: The plan shows whether it is complete
# description: |
#   Plan with gate.sh. Plans of OpenTofu, and of Terraform before 1.8, do not show it;
#   gate.sh vouches for those that it makes.
# custom: {rule: plan_completeness}
denials contains {
	"rule": "plan_completeness", "about": "plan",
	"reason": "it does not say whether it is complete, so accounts may be missing or out of date",
	"remedy": "Plan with gate.sh, which refuses -target; or set juspay.complete_plan to false, and let nobody use -target or -exclude.",
} if {
	on("complete_plan")
	not says_whether_complete
	not data.gate.refuses_partial_plans == true
}

says_whether_complete if "complete" in object.keys(input)

# METADATA
# title: The plan was not made to invoke an action
# description: |
#   Plan without -invoke. Such a plan refreshes only what the action needs, and is
#   marked as complete.
# custom: {rule: plan_invoked}
denials contains {
	"rule": "plan_invoked", "about": "plan",
	"reason": "it was made with -invoke, so accounts may be out of date, and the action may pay",
	"remedy": "Plan without -invoke.",
} if {
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

# METADATA
# title: The plan was made recently
# description: Plan again. A time in the future is one of a wrong clock.
# custom: {rule: plan_age}
denials contains {
	"rule": "plan_age", "about": "plan",
	"reason": plan_ages[age].reason,
	"remedy": plan_ages[age].remedy,
} if {
	on("max_hours_since_plan")
	age := age_of(planned_at, settings.max_hours_since_plan, hour)
}

default planned_at := null

planned_at := input.timestamp

# A recent plan has none, so that the rule denies nothing.
plan_ages := {
	"old": {
		"reason": sprintf("it was not made within the last %v hours, by its timestamp", [settings.max_hours_since_plan]),
		"remedy": "Plan again, or raise juspay.max_hours_since_plan.",
	},
	"future": {
		"reason": "it was made more than an hour in the future, by its timestamp",
		"remedy": "Correct the clock of the machine that plans, or of the one that evaluates the policy.",
	},
	"unreadable": {
		"reason": "its timestamp is not one of RFC 3339 with a time zone, so it may be of any age",
		"remedy": "Plan with Terraform 1.5, OpenTofu 1.6 or later, and pass what terraform show -json prints, unchanged.",
	},
}

# age_of returns "recent" for a time within the last hours or days, and otherwise "old",
# "future" or "unreadable". Clocks may differ by an hour; a time further in the future
# proves nothing. OPA counts only in the years from 1678 to 2261.
age_of(timestamp, number, unit) := age if {
	ns := time.parse_rfc3339_ns(timestamp)
	age := age_of_ns(now_ns - ns, number, unit)
} else := "old" if {
	regex.match(`^(0[0-9]{3}|1[0-6][0-9]{2})-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9:]+)$`, timestamp)
} else := "future" if {
	regex.match(`^(2[2-9][0-9]{2}|[3-9][0-9]{3})-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9:]+)$`, timestamp)
} else := "unreadable"

age_of_ns(ns, number, unit) := "recent" if {
	ns <= number * unit
	ns + hour >= 0
} else := "future" if {
	ns + hour < 0
} else := "old"

now_ns := time.now_ns()

hour := ((60 * 60) * 1000) * 1000000

day := 24 * hour

# METADATA
# title: The plan reads an account
# description: Read the account that is paid out to with a data source.
# custom: {rule: no_account}
denials contains {
	"rule": "no_account", "about": "plan",
	"reason": "it reads no Juspay account",
	"remedy": "Read one with data juspay_customer_account; or, if the configuration may have none, set juspay.accounts_required to false.",
} if {
	on("accounts_required")
	account_count + count(deferred) == 0
}

# Where a plan's JSON has its modules, resources and changes.
#
# Modules are listed level by level. walk would enter the values of all resources,
# and a value may look like a module.

modules_at_0 := [input.prior_state.values.root_module | is_object(input.prior_state.values.root_module)]

modules_at_1 := [child | some module in modules_at_0; some child in module.child_modules]

modules_at_2 := [child | some module in modules_at_1; some child in module.child_modules]

modules_at_3 := [child | some module in modules_at_2; some child in module.child_modules]

modules_at_4 := [child | some module in modules_at_3; some child in module.child_modules]

modules_at_5 := [child | some module in modules_at_4; some child in module.child_modules]

modules_at_6 := [child | some module in modules_at_5; some child in module.child_modules]

modules_at_7 := [child | some module in modules_at_6; some child in module.child_modules]

modules_at_8 := [child | some module in modules_at_7; some child in module.child_modules]

modules_at_9 := [child | some module in modules_at_8; some child in module.child_modules]

# Deeper ones are denied, as a form that this policy does not know.
modules_at_10 := [child | some module in modules_at_9; some child in module.child_modules]

# Arrays, and not sets, since a set compares all that its elements contain.
modules := [module |
	some level in [
		modules_at_0, modules_at_1, modules_at_2, modules_at_3, modules_at_4,
		modules_at_5, modules_at_6, modules_at_7, modules_at_8, modules_at_9,
	]
	some module in level
]

resource_types := {type |
	some module in modules
	some resource in module.resources
	type := object.get(resource, "type", null)
}

data_sources := array.concat(singles, plurals)

singles := [resource |
	some module in modules
	some resource in module.resources
	resource.type == singular
]

plurals := [resource |
	some module in modules
	some resource in module.resources
	resource.type == plural
]

singular := "juspay_customer_account"

plural := "juspay_customer_accounts"

known_types := {singular, plural}

# METADATA
# title: Everything of the provider has a type that the policy knows
# description: Update the policy to the provider's version.
# custom: {rule: type_unknown}
denials contains {
	"rule": "type_unknown", "about": address(resource),
	"reason": sprintf("this policy does not know its type %s", [clean(type)]),
	"remedy": "Update this policy to the provider's version.",
} if {
	some resource in array.concat(resources_of_unknown_types, array.concat(changes_of_provider, blocks_of_provider))
	type := resource.type
	not type in known_types
}

# Few of many types have a prefix that has to be looked at.
resources_of_unknown_types := [resource |
	some type in (resource_types - known_types)
	startswith(type, "juspay_")
	some module in modules
	some resource in module.resources
	resource.type == type
]

# Ephemeral resources among the changes and the blocks have rules of their own.
changes_of_provider := [change |
	some change in changes
	startswith(change.type, "juspay_")
	not change.mode == "ephemeral"
]

blocks_of_provider := [block.block |
	some block in configured_blocks
	startswith(block.block.type, "juspay_")
	not block.mode == "ephemeral"
]

# Changes that Terraform defers are as good as others.
changes := array.concat(object.get(input, "resource_changes", []), held_back_changes)

held_back_changes := [held_back.resource_change | some held_back in input.deferred_changes]

# The configuration, in which a call is a module that may have no instance.
configured_at_0 := [{"prefix": "", "calls": [], "module": input.configuration.root_module} | is_object(input.configuration.root_module)]

configured_at_1 := [called(parent, name, call) | some parent in configured_at_0; some name, call in parent.module.module_calls]

configured_at_2 := [called(parent, name, call) | some parent in configured_at_1; some name, call in parent.module.module_calls]

configured_at_3 := [called(parent, name, call) | some parent in configured_at_2; some name, call in parent.module.module_calls]

configured_at_4 := [called(parent, name, call) | some parent in configured_at_3; some name, call in parent.module.module_calls]

configured_at_5 := [called(parent, name, call) | some parent in configured_at_4; some name, call in parent.module.module_calls]

configured_at_6 := [called(parent, name, call) | some parent in configured_at_5; some name, call in parent.module.module_calls]

configured_at_7 := [called(parent, name, call) | some parent in configured_at_6; some name, call in parent.module.module_calls]

configured_at_8 := [called(parent, name, call) | some parent in configured_at_7; some name, call in parent.module.module_calls]

configured_at_9 := [called(parent, name, call) | some parent in configured_at_8; some name, call in parent.module.module_calls]

configured_at_10 := [called(parent, name, call) | some parent in configured_at_9; some name, call in parent.module.module_calls]

called(parent, name, call) := {
	"prefix": sprintf("%smodule.%s.", [parent.prefix, name]),
	"calls": array.concat(parent.calls, [call]),
	"module": object.get(call, "module", {}),
}

configured_modules := [module |
	some level in [
		configured_at_0, configured_at_1, configured_at_2, configured_at_3, configured_at_4,
		configured_at_5, configured_at_6, configured_at_7, configured_at_8, configured_at_9,
	]
	some module in level
]

# Each block of a resource, data source or ephemeral resource.
configured_blocks := [configured |
	some module in configured_modules
	some block in module.module.resources
	configured := {
		"address": sprintf("%s%v", [module.prefix, object.get(block, "address", "a resource without an address")]),
		"mode": object.get(block, "mode", "unknown"),
		"block": block,
		"calls": module.calls,
	}
]

configured_addresses := {block.address | some block in configured_blocks}

# The blocks of accounts.
account_blocks := [block | some block in configured_blocks; block.block.type in known_types]

# A plan shows count and for_each only if they refer to something, or are a number.
may_have_no_instance(configured_block) if {
	some block in array.concat(configured_block.calls, [configured_block.block])
	some name in {"count_expression", "for_each_expression"}
	is_object(block[name])
}

# block_address returns the address of the block that a resource is an instance of.
block_address(resource) := block if {
	block := regex.replace(resource.address, index_pattern, "")
} else := ""

index_pattern := `\["([^"\\]|\\.)*"\]|\[[0-9]+\]`

# The accounts that the plan reads.
#
# Those that were read for the plan are in prior_state alone; a policy that looks into
# resource_changes or planned_values does not see them.

account_count := count(singles) + sum([count(resource.values.accounts) |
	some resource in plurals
	shows_accounts(resource)
])

# The accounts that are not plainly good, which the rules below look at. Looking at all
# accounts in each rule would take several times as long.
doubtful_accounts := array.concat(
	[{"source": resource, "key": object.get(resource, ["values", "customer_account_id"], null), "values": object.get(resource, "values", null)} |
		some resource in singles
		not has_plain_account(resource)
	],
	[{"source": resource, "key": id, "values": values} |
		some resource in plurals
		some id, values in resource.values.accounts
		not has_its_plain_account(id, values)
	],
)

has_its_plain_account(id, values) if {
	id == values.customer_account_id
	has_plain_account({"values": values})
}

has_plain_account(resource) if {
	values := resource.values
	regex.match(`^[^*]+$`, values.customer_account_id)
	values.validation_status == "ACTIVE"
	good_currencies[values.currency]
	regex.match(`^2[0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$`, values.last_validated)
	time.parse_rfc3339_ns(values.last_validated) # undefined for a day or an hour that does not exist
	values.last_validated > oldest_validation
	values.last_validated < latest_validation
}

good_currencies := {currency | some currency in settings.currencies}

# Times of one form compare as text.
oldest_validation := time.format([now_ns - (settings.max_days_since_validation * day), "UTC", "RFC3339"])

latest_validation := time.format([now_ns + hour, "UTC", "RFC3339"])

currency_accepted(values) if values.currency in settings.currencies

# about names an account as all denials of accounts do.
about(account) := sprintf("%s: account %s with status %s", [place(account), printable(account, "customer_account_id"), printable(account, "validation_status")])

place(account) := address(account.source) if {
	account.source.type == singular
} else := clean(sprintf("%s.accounts[%q]", [address(account.source), account.key]))

printable(account, name) := account.values[name] if {
	regex.match(`^[A-Za-z0-9_.-]+$`, account.values[name])
} else := "unknown"

has_key(account, name) if name in object.keys(account.values)

has_text(account, name) if is_string(account.values[name])

# METADATA
# title: The plan shows the attributes of each account
# description: Update the policy to the provider's version.
# custom: {rule: attribute_not_shown}
denials contains {
	"rule": "attribute_not_shown", "about": place(account),
	"reason": sprintf("the plan does not show its %s", [name]),
	"remedy": "Update this policy to the provider's version.",
} if {
	some account in doubtful_accounts
	some name in {"customer_account_id", "validation_status", "currency", "last_validated"}
	not has_key(account, name)
}

# METADATA
# title: Each account has an id and a status
# description: |
#   Correct what terraform plan warns of, if a check block reads the account; otherwise
#   let Juspay validate it.
# custom: {rule: attribute_missing}
denials contains {
	"rule": "attribute_missing", "about": sprintf("%s: account %s", [place(account), printable(account, "customer_account_id")]),
	"reason": sprintf("has no %s", [name]), "of_accounts": true,
	"remedy": remedy_for_missing(account),
} if {
	some account in doubtful_accounts
	some name in {"customer_account_id", "validation_status"}
	has_key(account, name)
	not has_text(account, name)
}

# A check block reports an account that could not be read as a warning.
remedy_for_missing(account) := "It is read in a check block: correct what terraform plan warns of, and plan again." if {
	some change in changes
	change.action_reason == "read_because_check_nested"
	change.address == account.source.address
} else := "Let Juspay validate the account, and plan again."

# METADATA
# title: Each account is ACTIVE
# description: Pay out to another account, or plan again when Juspay has validated it.
# custom: {rule: not_active}
denials contains {
	"rule": "not_active", "about": about(account),
	"reason": "is not ACTIVE", "of_accounts": true,
	"remedy": remedy_for_status(account),
} if {
	on("active")
	some account in doubtful_accounts
	has_text(account, "validation_status")
	not active(account)
}

active(account) if account.values.validation_status == "ACTIVE"

remedy_for_status(account) := "Pay out to an account that is; or, while Juspay still validates this one, plan again later." if {
	account.values.validation_status in {"CREATED", "PENDING"}
} else := "Pay out to an account that is."

# METADATA
# title: Each account was validated recently
# description: |
#   Let Juspay validate it again. Juspay's page also calls last_validated the recent
#   modified date.
# custom: {rule: validation_age}
denials contains {
	"rule": "validation_age", "about": about(account),
	"reason": validation_ages[age].reason, "of_accounts": true,
	"remedy": validation_ages[age].remedy,
} if {
	on("max_days_since_validation")
	some account in doubtful_accounts
	not_null(account.values.last_validated)
	age := age_of(account.values.last_validated, settings.max_days_since_validation, day)
}

not_null(value) if value != null

# A recent validation has none, so that the rule denies nothing.
validation_ages := {
	"old": {
		"reason": sprintf("was not validated within the last %v days, by its last_validated, which Juspay's page also calls the recent modified date", [settings.max_days_since_validation]),
		"remedy": "Let Juspay validate it again, or raise juspay.max_days_since_validation.",
	},
	"future": {
		"reason": "has a last_validated that is more than an hour in the future",
		"remedy": "Correct the clock of the machine that evaluates the policy; if it is right, report the account to Juspay.",
	},
	"unreadable": {
		"reason": "has a last_validated that is not an RFC 3339 timestamp with a time zone",
		"remedy": "Update this policy to the provider's version.",
	},
}

# METADATA
# title: Each account was validated
# description: Let Juspay validate it.
# custom: {rule: never_validated}
denials contains {
	"rule": "never_validated", "about": about(account),
	"reason": "was never validated", "of_accounts": true,
	"remedy": "Let Juspay validate it, or set juspay.max_days_since_validation to false.",
} if {
	on("max_days_since_validation")
	some account in doubtful_accounts
	account.values.last_validated == null
	has_text(account, "validation_status")
	not denied_for_its_status(account)
}

# An account that was never validated is not ACTIVE, which says enough.
denied_for_its_status(account) if {
	on("active")
	not active(account)
}

# METADATA
# title: Each account has a currency
# description: Let Juspay set the account's currency.
# custom: {rule: no_currency}
denials contains {
	"rule": "no_currency", "about": about(account),
	"reason": "has no currency", "of_accounts": true,
	"remedy": "Let Juspay set its currency, or set juspay.currencies to false.",
} if {
	on("currencies")
	some account in doubtful_accounts
	account.values.currency == null
	has_text(account, "validation_status")
}

# METADATA
# title: Each account has a currency of the list
# description: Pay out to an account in a listed currency.
# custom: {rule: currency}
denials contains {
	"rule": "currency", "about": about(account),
	"reason": "has a currency that is not allowed", "of_accounts": true,
	"remedy": sprintf("Pay out to an account in one of %v, or add its currency to juspay.currencies.", [settings.currencies]),
} if {
	on("currencies")
	some account in doubtful_accounts
	not_null(account.values.currency)
	not currency_accepted(account.values)
}

# METADATA
# title: Each account stands under its own id
# description: Pass the output of terraform show -json as it is.
# custom: {rule: account_key}
denials contains {
	"rule": "account_key", "about": place(account),
	"reason": sprintf("its key is not its customer_account_id, %s", [printable(account, "customer_account_id")]),
	"remedy": "Pass what terraform show -json prints, unchanged.",
} if {
	some account in doubtful_accounts
	has_text(account, "customer_account_id")
	not has_its_key(account)
}

# Several accounts may have the key ***, and the plan then shows the last one.
has_its_key(account) if {
	account.key == account.values.customer_account_id
	account.key != "***"
}

# METADATA
# title: The plan shows the accounts that are read together
# description: |
#   Correct what terraform plan warns of, if a check block reads them; otherwise update
#   the policy to the provider's version.
# custom: {rule: accounts_not_shown}
denials contains {
	"rule": "accounts_not_shown", "about": address(resource),
	"reason": "the plan does not show its accounts",
	"remedy": "If it is read in a check block, correct what terraform plan warns of; otherwise update this policy to the provider's version.",
} if {
	some resource in plurals
	not shows_accounts(resource)
}

shows_accounts(resource) if is_object(resource.values.accounts)

# METADATA
# title: The plan shows each account that customer_ids name
# description: Update the policy to the provider's version.
# custom: {rule: account_not_shown}
denials contains {
	"rule": "account_not_shown", "about": address(resource),
	"reason": sprintf("the plan does not show %d accounts that its customer_ids name, such as %s", [count(ids), clean(first)]),
	"remedy": "Update this policy to the provider's version.",
} if {
	some resource in plurals
	ids := object.keys(resource.values.customer_ids) - object.keys(resource.values.accounts)
	first := min(ids) # undefined for an empty set
}

# METADATA
# title: customer_ids name each account that the plan shows
# description: Pass the output of terraform show -json as it is.
# custom: {rule: account_not_named}
denials contains {
	"rule": "account_not_named", "about": address(resource),
	"reason": sprintf("its customer_ids do not name account %s, which the plan shows", [clean(id)]),
	"remedy": "Pass what terraform show -json prints, unchanged.",
} if {
	some resource in plurals
	some id in (object.keys(resource.values.accounts) - object.keys(resource.values.customer_ids))
}

# Accounts that are read only during apply: after the policy has decided. One that is
# nested in a check is read for the plan, and once more during apply. An ephemeral
# resource is not evidence, whatever a CLI shows of it.
deferred := [change |
	some change in changes_of_provider
	known_types[change.type]
	not read_for_check(change)
]

read_for_check(change) if {
	change.action_reason == "read_because_check_nested"
	change.address in data_source_addresses
}

data_source_addresses := {resource.address | some resource in data_sources}

# METADATA
# title: Each account is read for the plan
# description: Give it arguments that are known when planning.
# custom: {rule: read_late}
denials contains {
	"rule": "read_late", "about": address(change),
	"reason": "it is read only during apply, so its status is not known yet",
	"remedy": "Give it arguments that are known when planning, and no depends_on.",
} if {
	on("status_known")
	some change in deferred
}

# Who reads the accounts, from where, and whose they are.
#
# What the configuration reads, with the provider that reads it, must be what the plan
# shows: nothing may be missing, and nothing may come from elsewhere.

# The blocks whose instances read accounts, each with its provider. The first form is the
# faster one. It leaves out a resource without an address or a provider; the second does not.
readers := {reader | some reader in complete_readers} if {
	count(complete_readers) == count(data_sources)
} else := {[block_address(resource), object.get(resource, "provider_name", "unknown")] | some resource in data_sources}

complete_readers := [[regex.replace(resource.address, index_pattern, ""), resource.provider_name] | some resource in data_sources]

late_readers := {block_address(change) | some change in deferred}

# The blocks whose instances read accounts, or will during apply.
reader_addresses := {reader | some [reader, _] in readers} | late_readers

# METADATA
# title: The plan shows each data source that the configuration has
# description: Plan without -target and -exclude.
# custom: {rule: data_source_missing}
denials contains {
	"rule": "data_source_missing", "about": block.address,
	"reason": "the plan does not show it, though the configuration reads it",
	"remedy": "Plan without -target and -exclude; if it may have no instance, let its count or for_each refer to a variable or a local value.",
} if {
	some block in account_blocks
	not block.mode == "ephemeral"
	not may_have_no_instance(block)
	not block.address in reader_addresses
}

# METADATA
# title: The configuration shows each data source that the plan has
# description: Pass the output of terraform show -json as it is.
# custom: {rule: data_source_not_configured}
denials contains {
	"rule": "data_source_not_configured", "about": labelled(reader),
	"reason": "the configuration does not show it, and so not which provider reads it",
	"remedy": "Pass what terraform show -json prints, unchanged.",
} if {
	some reader in reader_addresses
	not reader in {block.address | some block in account_blocks}
}

labelled(reader) := clean(reader) if {
	reader != ""
} else := "a resource without an address"

# METADATA
# title: A listed provider reads each account
# description: Take the provider from its own source, or list your own mirror.
# custom: {rule: provider}
denials contains {
	"rule": "provider", "about": labelled(reader),
	"reason": sprintf("its provider is %s, which juspay.providers does not list", [clean(provider)]),
	"remedy": "Set its source to one that is listed, in required_providers; or list your own mirror.",
} if {
	some [reader, provider] in (readers | providers_by_configuration)
	not provider_allowed(provider)
}

provider_allowed(provider) if provider in settings.providers

providers_by_configuration := {[block.address, provider] |
	some block in account_blocks
	provider := object.get(input.configuration, ["provider_config", provider_key(block), "full_name"], "unknown")
}

provider_key(block) := object.get(block.block, "provider_config_key", "unknown")

# A provider_config_key may name another block than the one that reads, so that each
# block of the provider counts, except one that is implied.
provider_keys contains key if {
	some block in account_blocks
	key := provider_key(block)
	not is_implied(key)
}

provider_keys contains key if {
	some key, block in input.configuration.provider_config
	block.full_name in settings.providers
	not is_implied(key)
}

# is_implied reports whether a block is not in the configuration: if all blocks have an
# alias, as for_each of OpenTofu demands, a plan shows one more, which is empty. It
# counts if anything reads from it. The graph shows what does; without the graph, only
# what stands in the root module shows it for sure.
is_implied(key) if {
	is_empty(key)
	count(graph_nodes) > 0
	not sprintf(`[root] provider["%s"]`, [input.configuration.provider_config[key].full_name]) in graph_nodes
}

is_implied(key) if {
	is_empty(key)
	count(graph_nodes) == 0
	count(account_blocks) > 0
	every block in account_blocks {
		block.calls == []
		provider_key(block) != key
	}
}

is_empty(key) if {
	block := input.configuration.provider_config[key]
	object.keys(block) - {"name", "full_name", "version_constraint"} == set()
}

# METADATA
# title: Each provider block reads from a listed server
# description: |
#   Set environment or base_url as a literal. A plan does not show what a variable
#   contains, nor environment variables.
# custom: {rule: server}
denials contains {
	"rule": "server", "about": sprintf("provider %s", [key]),
	"reason": sprintf("its block does not set environment or base_url to one of %v, as a literal, so accounts may come from elsewhere", [settings.servers]),
	"remedy": "Set one of the two, or change juspay.servers.",
} if {
	on("servers")
	some key in provider_keys
	not reads_from_listed_server(key)
}

reads_from_listed_server(key) if {
	expressions := input.configuration.provider_config[key].expressions
	given := {name | some name in {"environment", "base_url"}; expressions[name]; not is_null_literal(expressions[name])}
	count(given) == 1
	every name in given { expressions[name].constant_value in settings.servers }
}

is_null_literal(expression) if expression.constant_value == null

# METADATA
# title: Each argument of a provider block is listed, with a value that it may have
# description: |
#   Remove the argument, or add it to juspay.provider_arguments. Some arguments choose
#   whose accounts are read, or what counts as an error.
# custom: {rule: provider_argument}
denials contains {
	"rule": "provider_argument", "about": sprintf("provider %s", [key]),
	"reason": sprintf("its argument %s %s", [clean(name), fault.reason]),
	"remedy": fault.remedy,
} if {
	on("provider_arguments")
	some key in provider_keys
	block := input.configuration.provider_config[key]
	some name, expression in block.expressions
	not is_null_literal(expression)
	not argument_allowed(block, name, expression)
	fault := argument_fault(name)
}

argument_allowed(_, name, _) if settings.provider_arguments[name] == "servers"

argument_allowed(_, name, expression) if {
	settings.provider_arguments[name] == "literal"
	"constant_value" in object.keys(expression)
}

argument_allowed(block, name, expression) if {
	settings.provider_arguments[name] == "reference"
	count(expression.references) > 0
	every reference in expression.references { is_not_stored(block, reference) }
}

argument_allowed(_, name, expression) if {
	allowed := settings.provider_arguments[name]
	is_array(allowed)
	values := as_list(expression.constant_value)
	every value in values { value in allowed }
}

as_list(value) := value if {
	is_array(value)
} else := [value]

# The value may be ephemeral. It may also be in a file, which can be the author's: a plan
# shows neither its path nor its content.
is_not_stored(_, reference) if startswith(reference, "ephemeral.")

is_not_stored(_, reference) if reference in {"path.module", "path.root"}

# A plan lists the values of all variables but ephemeral ones. One with a default is
# listed too, and its value is a literal.
is_not_stored(block, reference) if {
	startswith(reference, "var.")
	name := regex.find_n(`[^.\[]+`, reference, 2)[1]
	not "module_address" in object.keys(block)
	declared := input.configuration.root_module.variables[name]
	not "default" in object.keys(declared)
	not name in object.keys(object.get(input, "variables", {}))
}

argument_fault(name) := {
	"reason": "is not one that juspay.provider_arguments lists, so the accounts may be another merchant's, or be read in another way",
	"remedy": "Remove it, or add it to juspay.provider_arguments.",
} if {
	not settings.provider_arguments[name]
} else := {
	"reason": "is not a literal, so the plan does not show its value",
	"remedy": "Give it a literal.",
} if {
	settings.provider_arguments[name] == "literal"
} else := {
	"reason": "is neither ephemeral nor a file, so it may be one of the configuration's author",
	"remedy": "Let it refer to an ephemeral resource, to an ephemeral variable of the root module without a default, or to a file below path.module.",
} if {
	settings.provider_arguments[name] == "reference"
} else := {
	"reason": sprintf("is not a literal of %v", [settings.provider_arguments[name]]),
	"remedy": "Give it one of these, or change juspay.provider_arguments.",
}

# The graph of the plan.
#
# A plan's JSON shows neither Terraform's ephemeral resources nor what the conditions
# of a resource refer to. gate.sh adds what terraform graph -type=plan prints, as a
# list data.gate.graph of pairs: [node, ""] for each node, and [from, to] for each
# edge. Without the gate, it is undefined.

graph_edges := [[from, to] | some [from, to] in data.gate.graph]

graph_nodes := {from | some [from, _] in graph_edges}

# What needs a node, directly. Each node is a key, even if nothing needs it.
needed_by[node] contains needing if {
	some [needing, node] in graph_edges
	node != ""
}

needed_by[node] contains "" if some node in graph_nodes

# node_address returns the address of the block that a node is of.
node_address(node) := regex.replace(trim_prefix(node, "[root] "), ` \([^)]*\)$`, "")

# METADATA
# title: The graph is the one of this plan
# description: Update the policy to the version of Terraform.
# custom: {rule: graph}
denials contains {
	"rule": "graph", "about": block.address,
	"reason": "the graph of the plan does not show it, so ephemeral accounts may be missing there too",
	"remedy": "Update this policy to the version of Terraform.",
} if {
	data.gate.graph
	some block in account_blocks
	not sprintf("[root] %s (expand)", [block.address]) in graph_nodes
}

# Ephemeral accounts.
#
# None counts as an account that was read: a plan does not show what it contains. It is
# a second look at the moment of apply. Whatever depends on one must have conditions
# that pass, or be bound by juspay.payouts, or be of a type that pays nobody. One that
# nothing depends on can pay nobody.

# Each block of an ephemeral resource that anything shows, as address and type.
ephemerals contains [block.address, object.get(block.block, "type", "unknown")] if {
	some block in configured_blocks
	block.mode == "ephemeral"
}

ephemerals contains [object.get(check.address, "to_display", "an ephemeral resource"), object.get(check.address, "type", "unknown")] if {
	some check in input.checks
	check.address.mode == "ephemeral"
}

# OpenTofu 1.11 lists those that it opened among the changes.
ephemerals contains [block_address(change), object.get(change, "type", "unknown")] if {
	some change in changes
	change.mode == "ephemeral"
}

ephemerals contains ephemeral if {
	some node in graph_nodes
	ephemeral := ephemeral_of(node_address(node))
}

# Without the graph, Terraform shows only those that something refers to.
ephemerals contains ephemeral if {
	count(graph_nodes) == 0
	some module in configured_modules
	walk(expressions_of(module.module), [_, expression])
	some reference in expression.references
	ephemeral := ephemeral_of(sprintf("%s%s", [module.prefix, regex.find_n(`^ephemeral\.[^.\[]+\.[^.\[]+`, reference, 1)[0]]))
}

ephemerals contains ephemeral if {
	count(graph_nodes) == 0
	walk(input.configuration.provider_config, [_, expression])
	some reference in expression.references
	ephemeral := ephemeral_of(regex.find_n(`^ephemeral\.[^.\[]+\.[^.\[]+`, reference, 1)[0])
}

# Expressions of a module, without the modules that it calls.
expressions_of(module) := [
	[[object.get(block, "expressions", {}), object.get(block, "provisioners", [])] | some block in module.resources],
	[object.remove(call, ["module"]) | some call in module.module_calls],
	object.get(module, "outputs", {}),
]

ephemeral_of(address) := [address, type] if {
	[[_, type]] := regex.find_all_string_submatch_n(`^(?:module\.[^.]+\.)*ephemeral\.([^.]+)\.[^.]+$`, address, 1)
}

account_ephemerals := {ephemeral | some [ephemeral, type] in ephemerals; is_of_provider(ephemeral, type)}

is_of_provider(_, type) if startswith(type, "juspay_")

is_of_provider(ephemeral, _) if contains(ephemeral, "ephemeral.juspay_")

# METADATA
# title: Each ephemeral resource of the provider has a type that the policy knows
# description: Update the policy to the provider's version.
# custom: {rule: ephemeral_type_unknown}
denials contains {
	"rule": "ephemeral_type_unknown", "about": clean(ephemeral),
	"reason": sprintf("this policy does not know its type %s", [clean(type)]),
	"remedy": "Update this policy to the provider's version.",
} if {
	some [ephemeral, type] in ephemerals
	is_of_provider(ephemeral, type)
	not type in known_types
}

# METADATA
# title: A listed provider reads each ephemeral account
# description: Take the provider from its own source, or list your own mirror.
# custom: {rule: ephemeral_provider}
denials contains {
	"rule": "ephemeral_provider", "about": clean(ephemeral),
	"reason": "the graph of the plan does not show that a provider of juspay.providers reads it",
	"remedy": "Set the provider's source to one that is listed, in required_providers; or list your own mirror.",
} if {
	count(graph_nodes) > 0
	some ephemeral in account_ephemerals
	not read_by_listed_provider(ephemeral)
}

# OpenTofu shows them in the configuration, where they have the rule of all readers.
read_by_listed_provider(ephemeral) if ephemeral in configured_addresses

# The end of a provider waits for the end of each ephemeral resource that it opened. In
# Terraform nothing else does, so that this edge is always there. One to the beginning of
# the provider is left out where another edge implies it.
read_by_listed_provider(ephemeral) if {
	providers := readers_by_graph[ephemeral]
	every provider in providers { provider in settings.providers }
}

readers_by_graph[node_address(node)] contains provider if {
	some [from, node] in graph_edges
	endswith(node, " (close)")
	[[_, provider]] := regex.find_all_string_submatch_n(`^\[root\] (?:module\.[^.]+\.)*provider\["([^"]+)"\].* \(close\)$`, from, 1)
}

# METADATA
# title: Without the graph, the configuration shows each ephemeral account
# description: Plan with gate.sh.
# custom: {rule: ephemeral_not_configured}
denials contains {
	"rule": "ephemeral_not_configured", "about": clean(ephemeral),
	"reason": "the configuration does not show it, and so not which provider reads it, since Terraform shows no ephemeral resource there",
	"remedy": "Plan with gate.sh, which reads the graph of the plan.",
} if {
	count(graph_nodes) == 0
	some ephemeral in account_ephemerals
	not ephemeral in configured_addresses
}

# METADATA
# title: Whatever depends on an ephemeral account has conditions that pass
# description: |
#   Give it a precondition on the account. Then nothing is paid at apply unless the
#   account is still ACTIVE.
# custom: {rule: ephemeral_unguarded}
denials contains {
	"rule": "ephemeral_unguarded", "about": clean(dependent.address),
	"reason": "it depends on an ephemeral account, and has no condition of its own that passes",
	"remedy": sprintf("Give it a precondition on the account's validation_status; or, if it pays nobody, add its type %s to juspay.other_resources.", [clean(dependent.type)]),
} if {
	on("status_known")
	some dependent in dependents
	not dependent.address in asserted
	not pays_an_account(dependent)
	not pays_nobody(dependent)
}

# Ephemeral accounts without a condition of their own that passes.
unasserted_ephemerals := account_ephemerals - asserted

# What the plan runs and depends on one of them. Without the graph, that may be anything.
dependents contains {"address": ran.address, "type": ran.type} if {
	count(unasserted_ephemerals) > 0
	some ran in everything_that_runs
	depends_on_ephemeral(ran.address)
}

depends_on_ephemeral(_) if count(graph_nodes) == 0

depends_on_ephemeral(block) if block in dependent_addresses

dependent_addresses := {node_address(node) | some node in graph.reachable(needed_by, opened)} - unasserted_ephemerals

opened := {sprintf("[root] %s (expand)", [ephemeral]) | some ephemeral in unasserted_ephemerals}

# Addresses of blocks all of whose conditions pass. Of no instances, all pass.
asserted contains check.address.to_display if {
	some check in input.checks
	check.status == "pass"
	count(check.instances) > 0
	every instance in check.instances { instance.status == "pass" }
}

# Payouts, and whatever else the plan runs.
#
# With juspay.payouts, whatever the plan runs is of a listed type, and each payout
# names an account that the plan reads. What a resource will be is in change.after;
# references would show neither local values, dynamic blocks, nor which branch of a
# condition was taken.

# Changes that the plan runs. A data source of another provider that is read during
# apply runs then, whatever it does; one that was read for the plan has run already.
running := [change |
	some change in changes
	not is_harmless(change)
]

is_harmless(change) if harmless_actions[change.change.actions]

is_harmless(change) if {
	change.change.actions == ["read"]
	change.type in known_types
}

# OpenTofu 1.11 lists ephemeral resources that it opened, which have rules of their own.
is_harmless(change) if {
	change.change.actions == ["open"]
	change.mode == "ephemeral"
}

harmless_actions := {["no-op"], ["delete"], ["forget"]}

# The changes that are not plainly good. Looking at all changes in each rule would take
# several times as long.
doubtful_changes := [change |
	on("payouts")
	some change in changes
	not change_is_plain(change)
	not is_harmless(change)
]

# It names one account in one attribute.
change_is_plain(change) if {
	name := plain_places[change.type]
	payee := change.change.after[name]
	payable[payee]
	regex.match(`^[^*]+$`, payee)
	object.get(change.change.after_unknown, name, false) == false
}

# It is of a type that pays nobody.
change_is_plain(change) if plain_types[change.type]

plain_types := {type | some type in settings.other_resources} - object.keys(settings.payouts)

# The blocks that run, whatever their kind.
everything_that_runs contains {"address": block_address(change), "type": object.get(change, "type", "unknown")} if {
	some change in running
}

everything_that_runs contains {"address": block_address(invocation), "type": object.get(invocation, "type", "unknown")} if {
	some invocation in invocations
}

everything_that_runs contains {"address": ephemeral, "type": type} if some [ephemeral, type] in other_ephemerals

other_ephemerals contains [ephemeral, type] if {
	some [ephemeral, type] in ephemerals
	not is_of_provider(ephemeral, type)
}

pays_an_account(thing) if settings.payouts[thing.type]

pays_nobody(thing) if other_resource(thing.type)

other_resource(name) if name in settings.other_resources

# METADATA
# title: Each resource and data source that runs is of a listed type
# description: Add its type to the list that it belongs to.
# custom: {rule: type_not_listed}
denials contains {
	"rule": "type_not_listed", "about": address(change),
	"reason": sprintf("its type %s is in neither juspay.payouts nor juspay.other_resources", [clean(object.get(change, "type", "unknown"))]),
	"remedy": "Add it to juspay.payouts with where it names an account, or to juspay.other_resources if it pays nobody.",
} if {
	some change in doubtful_changes
	not pays_an_account(change)
}

# METADATA
# title: Each action that runs is of a listed type
# description: Plan without the action, or add its type to juspay.other_resources.
# custom: {rule: action_not_listed}
denials contains {
	"rule": "action_not_listed", "about": "plan",
	"reason": sprintf("it runs an action of type %s, which juspay.other_resources does not list", [clean(object.get(invocation, "type", "unknown"))]),
	"remedy": "Plan without it, or add its type if it pays nobody.",
} if {
	on("payouts")
	some invocation in invocations
	not pays_nobody(invocation)
}

# METADATA
# title: Each ephemeral resource is of a listed type
# description: |
#   Remove it, or add its type to juspay.other_resources. It runs at plan and at apply,
#   and no plan shows its values, so that it cannot be bound to an account.
# custom: {rule: ephemeral_not_listed}
denials contains {
	"rule": "ephemeral_not_listed", "about": clean(ephemeral),
	"reason": sprintf("it runs whenever the plan is applied, no plan shows what it is given, and juspay.other_resources does not list its type %s", [clean(type)]),
	"remedy": "Remove it, or add its type if it pays nobody.",
} if {
	on("payouts")
	some [ephemeral, type] in other_ephemerals
	not other_resource(type)
}

# METADATA
# title: Each provisioner is of a listed type
# description: Remove it, or add its type, such as local-exec, to juspay.other_resources.
# custom: {rule: provisioner_not_listed}
denials contains {
	"rule": "provisioner_not_listed", "about": clean(block.address),
	"reason": sprintf("it has a provisioner of type %s, which juspay.other_resources does not list", [clean(type)]),
	"remedy": "Remove it, or add its type if it pays nobody.",
} if {
	on("payouts")
	some block in blocks_with_provisioners
	block.address in changed_addresses
	some provisioner in block.block.provisioners
	type := object.get(provisioner, "type", "unknown")
	not other_resource(type)
}

blocks_with_provisioners := [block | some block in configured_blocks; block.block.provisioners]

# Provisioners run when a resource is created or destroyed.
changed_addresses := {block_address(change) |
	some change in changes
	not runs_no_provisioner(change)
}

runs_no_provisioner(change) if change.change.actions in {["no-op"], ["read"], ["forget"]}

# METADATA
# title: Each provider block with arguments is of a provider that is listed
# description: |
#   A provider that a type of juspay.payouts or juspay.other_resources begins with is
#   listed. Add a type of it, or its address.
# custom: {rule: provider_not_listed}
denials contains {
	"rule": "provider_not_listed", "about": sprintf("provider %s", [clean(key)]),
	"reason": sprintf("its block has arguments, and neither juspay.payouts nor juspay.other_resources lists a type of %s", [clean(name)]),
	"remedy": "Remove the block; or add a type of the provider, or its address to juspay.other_resources if it pays nobody.",
} if {
	on("payouts")
	some key, block in input.configuration.provider_config
	block.expressions
	name := object.get(block, "full_name", "unknown")
	not provider_listed(name)
}

provider_listed(name) if name in settings.providers

provider_listed(name) if other_resource(name)

provider_listed("terraform.io/builtin/terraform")

provider_listed(name) if {
	parts := split(name, "/")
	some type in (object.keys(settings.payouts) | {type | some type in settings.other_resources})
	startswith(sprintf("%s_", [type]), sprintf("%s_", [parts[count(parts) - 1]]))
}

# Where each type names an account: a list of places, each a list of patterns that are
# alternatives. A pattern is a path, whose * is each element or attribute, and may go on
# within JSON text after a bar: body|beneficiary.account.
places := {type: [patterns |
	some entry in entries
	patterns := [pattern |
		some text in alternatives(entry)
		parts := split(text, "|")
		pattern := {
			"text": text,
			"outer": split(parts[0], "."),
			"inner": [split(inner, ".") | some inner in array.slice(parts, 1, 2)],
		}
	]
] |
	some type, entries in settings.payouts
}

alternatives(entry) := entry if {
	is_array(entry)
} else := [entry]

# Types that name an account in one attribute, without alternatives.
plain_places := {type: list[0][0].outer[0] |
	some type, list in places
	count(list) == 1
	count(list[0]) == 1
	list[0][0].inner == []
	count(list[0][0].outer) == 1
	list[0][0].outer[0] != "*"
}

# What names an account, or may be hidden or empty.
payable := {value |
	some resource in singles
	some name in ["customer_account_id", "vpa"]
	value := resource.values[name]
} | ({account.customer_account_id |
	some resource in plurals
	some account in resource.values.accounts
} | {vpa |
	some resource in plurals
	some id, vpa in resource.values.vpas
	resource.values.accounts[id]
})

# What a platform hides may be anything.
names_a_read_account(value) if {
	value in payable
	not contains(value, "***")
}

# METADATA
# title: A payout's account is known when planning
# description: Give the payout a value that is known.
# custom: {rule: payee_unknown}
denials contains {
	"rule": "payee_unknown", "about": address(payout),
	"reason": sprintf("its %s is not known yet, so it may be any account", [pattern.text]),
	"remedy": "Give it a value that is known when planning.",
} if {
	some payout in doubtful_changes
	some patterns in places[payout.type]
	some pattern in patterns
	names_unknown(payout, pattern)
}

names_unknown(payout, _) if not shows_what_is_unknown(payout)

shows_what_is_unknown(payout) if is_object(payout.change.after_unknown)

names_unknown(payout, pattern) if {
	walk(payout.change.after_unknown, [path, true])
	leads_to(path, pattern.outer)
}

# METADATA
# title: A payout names an account in each place
# description: Give it the id or the VPA of an account that the plan reads.
# custom: {rule: payee_missing}
denials contains {
	"rule": "payee_missing", "about": address(payout),
	"reason": sprintf("its %s is missing, null or empty, so it names no account", [concat(" or ", [pattern.text | some pattern in patterns])]),
	"remedy": "Give it the id or the VPA of an account that the plan reads, or correct juspay.payouts.",
} if {
	some payout in doubtful_changes
	some patterns in places[payout.type]
	not some_unknown(payout, patterns)
	not names_account(payout, patterns)
}

some_unknown(payout, patterns) if {
	some pattern in patterns
	names_unknown(payout, pattern)
}

names_account(payout, patterns) if {
	some pattern in patterns
	not lacks(object.get(payout.change, "after", null), pattern.outer)
	every inner in pattern.inner {
		every text in named(payout.change.after, pattern.outer) { not lacks_within(text, inner) }
	}
}

# Text that is not JSON has a rule of its own.
lacks_within(text, steps) if lacks(json.unmarshal(text), steps)

# METADATA
# title: A payout names its account as text
# description: Correct juspay.payouts, or write the id or the VPA as a string.
# custom: {rule: payee_not_text}
denials contains {
	"rule": "payee_not_text", "about": address(payout),
	"reason": sprintf("its %s is not a string, so it names no account", [pattern.text]),
	"remedy": "Give it the id or the VPA of an account that the plan reads, or correct juspay.payouts.",
} if {
	some payout in doubtful_changes
	some patterns in places[payout.type]
	some pattern in patterns
	some value in array.concat(named(object.get(payout.change, "after", null), pattern.outer), named_within(payout, pattern))
	not_null(value)
	not is_string(value)
}

# METADATA
# title: JSON text that names an account has one meaning
# description: |
#   Use each name once. A reader may take either of two equal names, and may ignore
#   their case or take a letter beyond ASCII for one of it.
# custom: {rule: payee_text}
denials contains {
	"rule": "payee_text", "about": address(payout),
	"reason": sprintf("its %s is not JSON text in which each name stands once, upper and lower case alike, and is of ASCII characters", [pattern.text]),
	"remedy": "Give it such text, or correct juspay.payouts.",
} if {
	some payout in doubtful_changes
	some patterns in places[payout.type]
	some pattern in patterns
	count(pattern.inner) > 0
	some text in named(payout.change.after, pattern.outer)
	is_string(text)
	text != ""
	not has_one_meaning(text)
}

has_one_meaning(text) if {
	object := json.unmarshal(text)
	names := [name | walk(object, [path, _]); name := path[count(path) - 1]; is_string(name)]
	strings := [leaf | walk(object, [_, leaf]); is_string(leaf)]
	count(regex.find_n(`"([^"\\]|\\.)*"`, text, -1)) == count(names) + count(strings)
	places := [path | walk(object, [path, _])]
	count({lower(json.marshal(path)) | some path in places}) == count(places)
	every name in names { regex.match(`^[ -~]*$`, name) }
}

# METADATA
# title: A payout names accounts that the plan reads
# description: Read the account with a data source of the same plan.
# custom: {rule: payee_not_read}
denials contains {
	"rule": "payee_not_read", "about": address(payout),
	"reason": sprintf("its %s is neither the id nor the VPA of an account that this plan reads", [pattern.text]),
	"remedy": "Pay out to an account that is read in the same plan.",
} if {
	some payout in doubtful_changes
	some patterns in places[payout.type]
	some pattern in patterns
	some value in values_named(payout, pattern)
	is_string(value)
	value != ""
	not names_a_read_account(value)
}

values_named(payout, pattern) := named(payout.change.after, pattern.outer) if {
	pattern.inner == []
} else := named_within(payout, pattern)

named_within(payout, pattern) := [value |
	some inner in pattern.inner
	some text in named(payout.change.after, pattern.outer)
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
	not node in {null, ""}
}

goes_on(node, steps) if {
	some key, _ in node
	steps[0] in {"*", sprintf("%v", [key])}
}

# METADATA
# title: The plan shows each argument of a payout
# description: |
#   A write-only argument may name an account, and a plan shows it as null, whatever the
#   instance. Remove it; or list it as TYPE.ARGUMENT in juspay.other_resources, if it
#   names none.
# custom: {rule: payout_argument_not_shown}
denials contains {
	"rule": "payout_argument_not_shown", "about": clean(block.address),
	"reason": sprintf("the configuration sets its %s, and the plan shows null, as it does for write-only arguments, which may name an account", [clean(argument)]),
	"remedy": sprintf("Remove it; or, if it names none, add %s.%s to juspay.other_resources.", [block.block.type, clean(argument)]),
} if {
	some block in configured_blocks
	settings.payouts[block.block.type]
	runs_type(block.block.type)
	some path in set_arguments(block.block)
	not shows_argument(block.block.type, path)
	argument := concat(".", path)
	not other_resource(sprintf("%s.%s", [block.block.type, argument]))
}

runs_type(type) if {
	some change in changes
	change.type == type
	not is_harmless(change)
}

shows_argument(type, path) if {
	some change in changes
	change.type == type
	some value in named(change.change.after, path)
	not_null(value)
}

shows_argument(type, path) if {
	some change in changes
	change.type == type
	walk(change.change.after_unknown, [at, true])
	leads_to(at, path)
}

# METADATA
# title: The configuration shows each payout
# description: Pass the output of terraform show -json as it is.
# custom: {rule: payout_not_configured}
denials contains {
	"rule": "payout_not_configured", "about": "plan",
	"reason": sprintf("the configuration does not show the payouts of type %s, and so not which of their arguments are write-only", [clean(type)]),
	"remedy": "Pass what terraform show -json prints, unchanged.",
} if {
	some type, _ in settings.payouts
	runs_type(type)
	not type in {block.block.type | some block in configured_blocks}
}

# The paths of arguments that a block sets to something, in which * is each element of a
# block or of a list.
set_arguments(block) := {path |
	walk(block.expressions, [steps, node])
	sets_something(steps, node)
	path := [step_name(step) | some step in steps; step != "constant_value"]
}

step_name(step) := step if {
	is_string(step)
} else := "*"

sets_something(_, node) if is_array(node.references)

sets_something(steps, node) if {
	node == {} # a function of literals
	is_string(steps[count(steps) - 1])
	not "constant_value" in steps
}

sets_something(steps, node) if {
	"constant_value" in steps
	not is_object(node)
	not is_array(node)
	not_null(node)
}

# Checks.
#
# Postconditions, preconditions, check blocks and validations.

# METADATA
# title: All conditions pass
# description: Correct what fails, or add the status to juspay.check_statuses.
# custom: {rule: check}
denials contains {
	"rule": "check", "about": check_name(subject),
	"reason": sprintf("its conditions have the status %s", [check_status(subject)]),
	"remedy": "Make them pass, or add that status to juspay.check_statuses.",
} if {
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
