# SPDX-License-Identifier: MPL-2.0

package juspay_policy

import rego.v1

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
