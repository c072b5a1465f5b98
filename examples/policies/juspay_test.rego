# SPDX-License-Identifier: MPL-2.0

package juspay_policy_test

import rego.v1

import data.juspay_policy

now := time.parse_rfc3339_ns("2026-01-31T12:00:00Z")

switches := {name: true | some name, form in juspay_policy.setting_values; form == juspay_policy.switch}

all_on := object.union(switches, {
	"max_days_since_validation": 30,
	"max_hours_since_plan": 24,
	"currencies": ["INR", "EUR"],
	"servers": ["production"],
	"providers": ["registry.terraform.io/juspay/juspay", "registry.opentofu.org/juspay/juspay"],
	"provider_arguments": {"environment": "servers", "base_url": "servers", "api_key": "reference", "max_retries": "literal", "unknown_fields": ["error", "warn"]},
	"payouts": false,
	"other_resources": [],
	"check_statuses": ["pass"],
})

denied(plan) := denied_with(plan, {})

# denied_with returns the denials with some settings changed.
denied_with(plan, changes) := without_rules(messages) if {
	messages := juspay_policy.deny with input as plan
		with data.juspay as object.union(all_on, changes)
		with time.now_ns as now
}

# without_rules leaves out the rule at the end of each denial, which has tests of its own.
without_rules(messages) := {regex.replace(message, ` \[[a-z_]+\]$`, "") | some message in messages}

# same and includes print what they got, and what they want, if a test fails.
same(got, want) if got == want

same(got, want) if {
	got != want
	print("got:", got, "want:", want)
	false
}

includes(got, want) if want in got

includes(got, want) if {
	not want in got
	print("got:", got, "want one of them to be:", want)
	false
}

# An account, and its data source, in the ways that a plan shows them.

account := {
	"customer_account_id": "banh_a",
	"customer_id": "cst_a",
	"vpa": "4225246777@yesg",
	"validation_status": "ACTIVE",
	"currency": "INR",
	"last_validated": "2026-01-20T00:00:00Z",
}

with_status(status) := object.union(account, {"validation_status": status})

vendor(values) := {
	"address": "data.juspay_customer_account.vendor",
	"mode": "data",
	"type": "juspay_customer_account",
	"provider_name": "registry.terraform.io/juspay/juspay",
	"values": values,
}

vendors(values) := {
	"address": "data.juspay_customer_accounts.all",
	"mode": "data",
	"type": "juspay_customer_accounts",
	"provider_name": "registry.terraform.io/juspay/juspay",
	"values": {"accounts": values},
}

# The configuration of both, which may have no instance.
configured_vendor := object.union(required_vendor, {"for_each_expression": {"references": ["var.vendors"]}})

configured_vendors := object.union(configured_vendor, {
	"address": "data.juspay_customer_accounts.all",
	"type": "juspay_customer_accounts",
})

required_vendor := {
	"address": "data.juspay_customer_account.vendor",
	"mode": "data",
	"type": "juspay_customer_account",
	"provider_config_key": "juspay",
}

production := {"name": "juspay", "full_name": "registry.terraform.io/juspay/juspay", "expressions": {"environment": {"constant_value": "production"}}}

# A plan that read these data sources in the root module.
plan(resources) := {
	"format_version": "1.2",
	"complete": true,
	"timestamp": "2026-01-31T11:59:00Z",
	"errored": false,
	"prior_state": {"values": {"root_module": {"resources": resources}}},
	"configuration": {
		"provider_config": {"juspay": production},
		"root_module": {"resources": [configured_vendor, configured_vendors]},
	},
}

good := plan([vendor(account)])

# A good plan but for these attributes of its account.
plan_of(attributes) := plan([vendor(object.union(account, attributes))])

configured(blocks) := {"configuration": {"root_module": {"resources": blocks}}}

good_with(changes) := object.union(good, changes)

unread(changes) := object.remove(good_with(changes), ["prior_state"])

test_a_good_plan_is_allowed if {
	same(denied(good), set())
	juspay_policy.allow with input as good with data.juspay as all_on with time.now_ns as now
	not juspay_policy.allow with input as {} with data.juspay as all_on
}

# Settings.

vendor_address := "data.juspay_customer_account.vendor"

inactive(address, status) := sprintf("%s: account banh_a with status %s is not ACTIVE. Pay out to an account that is; or, while Juspay still validates this one, plan again later.", [address, status]) if {
	status in {"CREATED", "PENDING"}
} else := sprintf("%s: account banh_a with status %s is not ACTIVE. Pay out to an account that is.", [address, status])

test_each_setting_must_be_set if {
	missing := {message | some name in object.keys(all_on); message := sprintf("settings: juspay.%s is not set. Set it in settings.json, and pass that file with --data; or set it in platform.rego.", [name])}
	every empty in [{}, null] {
		denials := juspay_policy.deny with input as good with data.juspay as empty
		same(without_rules(denials) & missing, missing)
	}
}

test_what_is_not_set_is_on if {
	denials := juspay_policy.deny with input as plan([vendor(pending)]) with data.juspay as {}
	includes(without_rules(denials), inactive(vendor_address, "PENDING"))
	includes(without_rules(denials), foreign(vendor_address, "registry.terraform.io/juspay/juspay"))
}

test_a_misspelt_setting_is_denied if {
	same(denied_with(good, {"activ": false}), {"settings: juspay.activ does not exist. Remove it, or correct its name."})
	same(denied_with(good, {"activ": "no"}), {"settings: juspay.activ does not exist. Remove it, or correct its name."})
}

# The form of each setting, and values that it cannot have.
unusable_values := {
	"complete_plan": {"hint": "true or false", "values": ["yes", null, 1]},
	"accounts_required": {"hint": "true or false", "values": ["false", 0]},
	"status_known": {"hint": "true or false", "values": [null]},
	"active": {"hint": "true or false", "values": ["ACTIVE", ["ACTIVE"]]},
	"max_days_since_validation": {"hint": "a number of days, at most 3660, or to false", "values": [0, -1, "30", 2592000, 1e300, true, null]},
	"max_hours_since_plan": {"hint": "a number of hours, at most 8784, or to false", "values": [0, -1, "24", 8785, true, null]},
	"currencies": {"hint": currency_list, "values": ["INR", [], [1], {"INR": "INR"}, true, null]},
	"servers": {
		"hint": juspay_policy.setting_values.servers,
		"values": ["production", [], ["prod"], [""], ["production", "api.juspay.in"], ["https://"], [1], true, null],
	},
	"providers": {
		"hint": "a list of provider addresses, such as registry.terraform.io/juspay/juspay",
		"values": [false, true, [], [1], "registry.terraform.io/juspay/juspay", null],
	},
	"payouts": {
		"hint": `an object such as {"bank_payout": [["payee", "vpa"], "item.*.payee", "body|beneficiary.account"]}, or to false`,
		"values": [true, {}, [], {"a": []}, {"a": "x"}, [["x"]], {"a": {"b": "x"}}, {"a": ["x..y"]}, {"a": [""]}, {"a": ["a|b|c"]}, {"a": [1]}, {"a": [[]]}, {"a": [["x", [1]]]}, null],
	},
	"provider_arguments": {
		"hint": `an object such as {"environment": "servers", "max_retries": "literal", "api_key": "reference", "unknown_fields": ["error", "warn"]}, or to false`,
		"values": [true, [], null, {"api_key": "servers"}, {"max_retries": "any"}, {"max_retries": []}, {"max_retries": true}],
	},
	"other_resources": {"hint": "a list of types that pay nobody, of provisioners and of addresses of providers", "values": [false, true, [1], {}, null]},
	"registry_providers": {"hint": "true or false", "values": ["no", null]},
	"check_statuses": {"hint": "a list of statuses, or to false", "values": ["pass", [], true]},
}

currency_list := "a list of ISO 4217 codes, or to false"

test_unusable_settings_are_denied if {
	every name, row in unusable_values {
		every value in row.values {
			includes(denied_with(good, {name: value}), sprintf("settings: juspay.%s has a value that it cannot have. Set it to %s.", [name, row.hint]))
		}
	}
}

test_usable_settings_are_allowed if {
	every changes in [
		{"servers": ["production", "sandbox", "https://smartgateway.hdfcbank.com"]},
		{"providers": ["registry.terraform.io/juspay/juspay"]},
		{"max_hours_since_plan": 8784},
		{"provider_arguments": {"environment": "servers", "max_retries": [1, 2]}},
	] {
		same(denied_with(good, changes), set())
	}
}

# The plan as a whole.

test_unknown_formats_are_denied if {
	unknown := {"plan: this is not the JSON of a plan in a format that this policy knows (format_version 1.x). Pass what terraform show -json prints of a saved plan."}
	every version in ["2.0", "0.2", "1", "11.2", "1.2.3", "", null, 1.2] {
		same(denied(good_with({"format_version": version})), unknown)
	}
	same(denied(object.remove(good, ["format_version"])), unknown)
	same(denied(good_with({"format_version": "1.17"})), set())
}

test_what_is_no_plan_is_denied if {
	every other in [{}, null, [], "plan", 1] {
		count(denied(other)) >= 4
	}
}

test_the_json_of_a_state_is_denied if {
	same(denied({"format_version": "1.0", "values": good.prior_state.values}), {unsaid, unconfigured_plan, reads_nothing, undated})
}

undated := "plan: its timestamp is not one of RFC 3339 with a time zone, so it may be of any age. Plan with Terraform 1.5, OpenTofu 1.6 or later, and pass what terraform show -json prints, unchanged."

outdated := "plan: it was not made within the last 24 hours, by its timestamp. Plan again, or raise juspay.max_hours_since_plan."

from_the_future := "plan: it was made more than an hour in the future, by its timestamp. Correct the clock of the machine that plans, or of the one that evaluates the policy."

test_old_plans_are_denied if {
	every timestamp, reason in {
		"2026-01-30T11:59:59Z": outdated,
		"0001-01-01T00:00:00Z": outdated,
		"1600-01-01T00:00:00.5+05:30": outdated,
		"2026-01-31T13:00:01Z": from_the_future,
		"2300-01-01T00:00:00Z": from_the_future,
		"9999-12-31T23:59:59Z": from_the_future,
		"2026-01-31T11:59:00": undated,
		"now": undated,
		"": undated,
	} {
		same(denied(good_with({"timestamp": timestamp})), {reason})
		same(denied_with(good_with({"timestamp": timestamp}), {"max_hours_since_plan": false}), set())
	}
	every timestamp in [null, 1] { same(denied(good_with({"timestamp": timestamp})), {undated}) }
	same(denied(object.remove(good, ["timestamp"])), {undated})
	every timestamp in ["2026-01-30T12:00:00Z", "2026-01-31T13:00:00Z"] {
		same(denied(good_with({"timestamp": timestamp})), set())
	}
	same(denied_with(good, {"max_hours_since_plan": 0.01}), {"plan: it was not made within the last 0.01 hours, by its timestamp. Plan again, or raise juspay.max_hours_since_plan."})
}

reads_nothing := "plan: it reads no Juspay account. Read one with data juspay_customer_account; or, if the configuration may have none, set juspay.accounts_required to false."

unconfigured_plan := "plan: it has no configuration, so it does not show what should be read. Pass what terraform show -json prints of a saved plan."

unsaid := "plan: it does not say whether it is complete, so accounts may be missing or out of date. Plan with gate.sh, which refuses -target; or set juspay.complete_plan to false, and let nobody use -target or -exclude."

malformed := "plan: it is not formed as this policy knows plans, so it may hide accounts or checks. Pass what terraform show -json prints, unchanged, or update this policy."

test_malformed_parts_are_denied if {
	every part in ["resource_changes", "deferred_changes", "checks", "action_invocations", "deferred_action_invocations"] {
		every value in [null, "x", {}, {"status": "fail"}, [null], ["x"], [[]]] {
			includes(denied(good_with({part: value})), malformed)
		}
	}
	every bad_type in [null, 1, []] {
		includes(denied(plan([vendor(account), object.union(vendor(pending), {"type": bad_type})])), malformed)
	}
	includes(denied(plan([vendor(account), object.remove(vendor(pending), ["type"])])), malformed)
}

# Such a plan shows no account that is not good, and its blocks may have no instance.
test_malformed_modules_are_denied if {
	child := {"address": "module.a", "resources": [deep_vendor]}
	every change in [
		{"child_modules": [[child]]}, {"child_modules": json.marshal([child])}, {"child_modules": child}, {"child_modules": null},
		{"modules": [child]}, {"child_modules": [object.union(child, {"resources": [[deep_vendor]]})]},
		{"child_modules": [{"module": child}]}, {"resources": [vendor(account), [vendor(pending)]]}, {"resources": null},
	] {
		malformed_state := {"values": {"root_module": object.union(good.prior_state.values.root_module, change)}}
		includes(denied(good_with({"prior_state": malformed_state})), malformed)
	}
	every state in [[good.prior_state], {"values": [good.prior_state.values]}, {"values": {"root_module": [good.prior_state.values.root_module]}}] {
		includes(denied_with(good_with({"prior_state": state}), {"accounts_required": false}), malformed)
	}
}

nested_state := {"child_modules": [{"child_modules": [{"child_modules": [{"child_modules": [{"child_modules": [{"child_modules": [{"child_modules": [{"child_modules": [{"child_modules": [{"resources": [deep_vendor]}]}]}]}]}]}]}]}]}]}

deep_vendor := object.union(vendor(pending), {"address": "module.a.data.juspay_customer_account.vendor"})

nested_calls(inner) := {"module_calls": {"m": {"module": {"module_calls": {"m": {"module": {"module_calls": {"m": {"module": {"module_calls": {"m": {"module": {"module_calls": {"m": {"module": {"module_calls": {"m": {"module": {"module_calls": {"m": {"module": {"module_calls": {"m": {"module": {"module_calls": {"m": {"module": inner}}}}}}}}}}}}}}}}}}}}}}}}}}}

test_nine_levels_of_modules_are_evaluated_and_more_are_denied if {
	root := object.union({"resources": [vendor(account)]}, nested_state)
	same(denied(good_with({"prior_state": {"values": {"root_module": root}}})), {
		inactive("module.a.data.juspay_customer_account.vendor", "PENDING"),
		unconfigured("module.a.data.juspay_customer_account.vendor"),
	})
	includes(denied(good_with({"prior_state": {"values": {"root_module": {"child_modules": [nested_state]}}}})), malformed)
	nine := concat("", ["module.m." | some _ in numbers.range(1, 9)])
	same(denied(good_with({"configuration": {"root_module": nested_calls({"resources": [required_vendor]})}})), {missing(sprintf("%sdata.juspay_customer_account.vendor", [nine]))})
	same(denied(good_with({"configuration": {"root_module": nested_calls({"module_calls": {"m": {"module": {}}}})}})), {malformed})
}

test_accounts_are_evaluated_whatever_their_mode if {
	every changed in [object.remove(vendor(pending), ["mode"]), object.union(vendor(pending), {"mode": "managed"})] {
		same(denied(plan([changed])), {inactive(vendor_address, "PENDING")})
	}
}

test_an_account_without_an_id_is_denied if {
	every id in [null, 1, {}] {
		same(denied(plan_of({"customer_account_id": id})), {"data.juspay_customer_account.vendor: account unknown has no customer_account_id. Let Juspay validate the account, and plan again."})
	}
}

test_failed_plans_are_denied if {
	failed := {"plan: planning failed, so the plan may lack accounts. Correct what terraform plan reports, and plan again."}
	same(denied(good_with({"errored": true})), failed)
	same(denied(good_with({"errored": null})), failed)
	same(denied(object.remove(good, ["errored"])), set())
}

test_incomplete_plans_are_denied if {
	every value in [false, null, "true"] {
		same(denied(good_with({"complete": value})), {"plan: it is not marked as complete, as after -target, so accounts may be missing or out of date. Plan without -target."})
		same(denied_with(good_with({"complete": value}), {"complete_plan": false}), set())
	}
}

test_plans_that_do_not_say_whether_they_are_complete_need_the_gate if {
	silent := object.remove(good, ["complete"])
	same(denied(silent), {unsaid})
	same(denied_with(silent, {"complete_plan": false}), set())
	same(denied(silent), set()) with data.gate as {"refuses_partial_plans": true}
	same(denied(silent), {unsaid}) with data.gate as {"refuses_partial_plans": "true"}

	# The gate vouches for no plan that says that it is not complete.
	same(count(denied(good_with({"complete": false}))), 1) with data.gate as {"refuses_partial_plans": true}
}

test_plans_that_invoke_an_action_are_denied if {
	invoked := {"plan: it was made with -invoke, so accounts may be out of date, and the action may pay. Plan without -invoke."}
	every invocation in [
		{"address": "action.bank.pay", "invoke_action_trigger": {}},
		{"address": "action.bank.pay", "invoke_action_trigger": {}, "lifecycle_action_trigger": {}},
		{"address": "action.bank.pay", "lifecycle_action_trigger": false},
		{"address": "action.bank.pay"},
		{},
	] {
		same(denied(good_with({"action_invocations": [invocation]})), invoked)
		same(denied(good_with({"deferred_action_invocations": [{"reason": "unknown", "action_invocation": invocation}]})), invoked)
		same(denied_with(good_with({"action_invocations": [invocation]}), {"complete_plan": false}), set())
	}
	same(denied(good_with({"deferred_action_invocations": [{}]})), invoked)
}

test_actions_that_a_change_triggers_are_allowed if {
	triggered := {"address": "action.bank.note", "lifecycle_action_trigger": {"triggering_resource_address": "terraform_data.x"}}
	same(denied(good_with({"action_invocations": [triggered]})), set())
	same(denied(good_with({"action_invocations": []})), set())
}

test_a_plan_without_configuration_is_denied if {
	orphan := unconfigured(vendor_address)
	same(denied(object.remove(good, ["configuration"])), {unconfigured_plan, orphan})
	every configuration in [null, {}, {"root_module": null}] {
		same(denied(object.union(object.remove(good, ["configuration"]), {"configuration": configuration})), {unconfigured_plan, orphan})
	}
}

unconfigured(address) := sprintf("%s: the configuration does not show it, and so not which provider reads it. Pass what terraform show -json prints, unchanged.", [address])

test_a_plan_without_prior_state_is_denied if {
	every prior_state in [null, {}, {"format_version": "1.0"}, {"values": null}] {
		silent := object.union(good_with(configured([required_vendor])), {"prior_state": null})
		same(denied(object.union(silent, {"prior_state": prior_state})), {missing(vendor_address), reads_nothing})
	}
	silent := unread(configured([required_vendor]))
	same(denied_with(silent, {"accounts_required": false}), {missing(vendor_address)})
}

missing(address) := sprintf("%s: the plan does not show it, though the configuration reads it. Plan without -target and -exclude; if it may have no instance, let its count or for_each refer to a variable or a local value.", [address])

test_a_plan_that_reads_nothing_is_denied if {
	nothing := unread(configured([]))
	same(denied(nothing), {reads_nothing})
	same(denied_with(nothing, {"accounts_required": false}), set())
	same(denied(plan([vendors({})])), {reads_nothing})
	same(denied(plan([])), {reads_nothing})
}

# What the configuration reads, the plan must show.

test_a_data_source_that_the_plan_lacks_is_denied_beside_another if {
	other := object.union(required_vendor, {"address": "data.juspay_customer_account.other"})
	others := object.union(required_vendor, {"address": "data.juspay_customer_accounts.others", "type": "juspay_customer_accounts"})
	same(denied(good_with(configured([required_vendor, other, others]))), {
		missing("data.juspay_customer_account.other"),
		missing("data.juspay_customer_accounts.others"),
	})
}

test_a_data_source_that_a_module_lacks_is_denied if {
	same(denied(good_with(called_by("a", "b"))), {missing("module.a.module.b.data.juspay_customer_account.vendor")})
	there := object.union(vendor(account), {"address": "module.a[\"x[0]\"].module.b[1].data.juspay_customer_account.vendor[\"k\"]"})
	same(denied(object.union(plan([vendor(account), there]), called_by("a", "b"))), set())
}

called_by(outer, inner) := {"configuration": {"root_module": {"module_calls": {outer: {"module": {"module_calls": {inner: {"module": {"resources": [required_vendor]}}}}}}}}}

test_modules_may_have_any_name if {
	there := object.union(vendor(account), {"address": "module.module_calls.module.module.data.juspay_customer_account.vendor"})
	same(denied(object.union(plan([there]), called_by("module_calls", "module"))), set())
	same(denied(object.union(plan([vendor(account)]), called_by("module_calls", "module"))), {missing("module.module_calls.module.module.data.juspay_customer_account.vendor")})
}

test_a_data_source_may_have_no_instance_where_none_is_required if {
	every expression in ["count_expression", "for_each_expression"] {
		none := {expression: {"constant_value": 0}}
		every blocks in [
			{"resources": [object.union(required_vendor, none)]},
			{"resources": [], "module_calls": {"off": object.union(none, {"module": {"resources": [required_vendor]}})}},
			{"resources": [], "module_calls": {"off": object.union(none, {"module": {"module_calls": {"on": {"module": {"resources": [required_vendor]}}}}})}},
			{"resources": [], "module_calls": {"on": {"module": {"module_calls": {"off": object.union(none, {"module": {"resources": [required_vendor]}})}}}}},
		] {
			empty := unread({"configuration": {"root_module": blocks}})
			same(denied(empty), {reads_nothing})
			same(denied_with(empty, {"accounts_required": false}), set())
		}
	}
}

test_a_data_source_that_is_read_during_apply_is_not_missing if {
	late := unread(object.union(configured([required_vendor]), {"resource_changes": [change(null, {})]}))
	same(denied_with(late, {"status_known": false}), set())
}

test_a_data_source_that_nothing_configures_is_denied if {
	same(denied(good_with(configured([configured_vendors]))), {unconfigured(vendor_address)})
	same(denied(object.union(plan([vendor(account), vendors({"banh_a": account})]), configured([configured_vendor]))), {unconfigured("data.juspay_customer_accounts.all")})
	late := unread(object.union(configured([]), {"resource_changes": [change(null, {})]}))
	same(denied_with(late, {"status_known": false}), {unconfigured(vendor_address)})
}

test_a_block_without_an_address_is_denied if {
	every nameless in [object.remove(required_vendor, ["address"]), object.remove(required_vendor, ["address", "mode"])] {
		same(denied(good_with(configured([configured_vendor, nameless]))), {missing("a resource without an address")})
	}
	same(denied(good_with(configured([configured_vendor, object.union(required_vendor, {"address": 1})]))), {missing("1")})
}

test_what_looks_like_an_account_is_none if {
	forged := {"root_module": {"resources": [vendor(account)]}}
	denied(plan([
		{"address": "terraform_data.x", "mode": "managed", "type": "terraform_data", "values": {"input": forged}},
		{"address": "data.aws_organizations_organization.x", "mode": "data", "type": "aws_organizations_organization", "values": {"accounts": [account]}},
	])) == {reads_nothing}
	called := {"address": "module.m", "resources": [{"address": "module.m.terraform_data.x", "mode": "managed", "type": "terraform_data", "values": {"input": forged}}]}
	in_module := {"prior_state": {"values": {"root_module": {"child_modules": [called]}}}}
	same(denied(object.union(plan([]), in_module)), {reads_nothing})
}

# Statuses.

test_accounts_that_are_not_active_are_denied if {
	every status in ["CREATED", "PENDING", "FAILURE", "active", "SOMETHING_NEW"] {
		bad := plan([vendor(with_status(status))])
		same(denied(bad), {inactive(vendor_address, status)})
		same(denied_with(bad, {"active": false}), set())
	}
	same(denied(plan([vendor(with_status(""))])), {inactive(vendor_address, "unknown")})
}

test_an_account_without_a_status_is_denied_once if {
	no_status := {"data.juspay_customer_account.vendor: account banh_a has no validation_status. Let Juspay validate the account, and plan again."}
	every attributes in [{}, {"currency": null, "last_validated": null}] {
		unknown := plan_of(object.union({"validation_status": null}, attributes))
		same(denied(unknown), no_status)
		same(denied_with(unknown, {"active": false}), no_status)
	}
}

test_an_account_that_a_check_could_not_read_is_denied_once if {
	unread_one := plan_of({"validation_status": null, "currency": null, "last_validated": null})
	reading := {"resource_changes": [change("read_because_check_nested", {})]}
	same(denied(object.union(unread_one, reading)), {"data.juspay_customer_account.vendor: account banh_a has no validation_status. It is read in a check block: correct what terraform plan warns of, and plan again."})
	missing_status := "data.juspay_customer_account.vendor: account banh_a has no validation_status. Let Juspay validate the account, and plan again."
	late_one := {"resource_changes": [change("read_because_config_unknown", {})]}
	same(denied(object.union(unread_one, late_one)), {missing_status, late(vendor_address)})
	other := {"resource_changes": [object.union(change("read_because_check_nested", {}), {"address": "data.juspay_customer_account.other"})]}
	includes(denied(object.union(unread_one, other)), missing_status)
}

test_an_account_that_was_never_validated_is_denied_once if {
	never := "data.juspay_customer_account.vendor: account banh_a with status %s was never validated. Let Juspay validate it, or set juspay.max_days_since_validation to false."
	same(denied(unvalidated("PENDING")), {inactive(vendor_address, "PENDING")})
	same(denied_with(unvalidated("PENDING"), {"active": false}), {sprintf(never, ["PENDING"])})
	same(denied(unvalidated("ACTIVE")), {sprintf(never, ["ACTIVE"])})
	same(denied_with(unvalidated("ACTIVE"), {"max_days_since_validation": false}), set())
}

unvalidated(status) := plan_of({"validation_status": status, "last_validated": null})

test_missing_attributes_are_denied if {
	every name in ["customer_account_id", "validation_status", "currency", "last_validated"] {
		message := sprintf("data.juspay_customer_account.vendor: the plan does not show its %s. Update this policy to the provider's version.", [name])
		includes(denied(plan([vendor(object.remove(account, [name]))])), message)
	}
	same(count(denied(plan([vendor(null)]))), 4)
	same(count(denied(plan([object.remove(vendor(account), ["values"])]))), 4)
	same(denied(plan([object.remove(vendor(pending), ["address"])])), {
		inactive("a resource without an address", "PENDING"),
		unconfigured("a resource without an address"),
	})
}

# How many, and where.

pending := with_status("PENDING")

test_every_instance_in_every_module_is_evaluated if {
	in_modules := {"configuration": {"root_module": {
		"resources": [configured_vendor],
		"module_calls": {
			"a": {"module": {"resources": [configured_vendor]}},
			"b": {"module": {"module_calls": {"c": {"module": {"resources": [required_vendor]}}}}},
		},
	}}}
	nested := good_with(object.union(in_modules, {"prior_state": {"values": {"root_module": {
		"resources": [vendor(account)],
		"child_modules": [
			{"resources": [
				object.union(vendor(account), {"address": "module.a.data.juspay_customer_account.vendor[0]"}),
				object.union(vendor(pending), {"address": "module.a.data.juspay_customer_account.vendor[1]"}),
			]},
			{"child_modules": [{"resources": [object.union(vendor(pending), {"address": "module.b.module.c.data.juspay_customer_account.vendor[\"x\"]"})]}]},
		],
	}}}}))
	same(denied(nested), {
		inactive("module.a.data.juspay_customer_account.vendor[1]", "PENDING"),
		inactive("module.b.module.c.data.juspay_customer_account.vendor[\"x\"]", "PENDING"),
	})
}

test_every_account_of_the_plural_data_source_is_evaluated if {
	other := object.union(pending, {"customer_account_id": "banh_b"})
	same(denied(plan([vendors({"banh_a": account, "banh_b": object.union(other, {"validation_status": "ACTIVE"})})])), set())
	same(denied(plan([vendors({"banh_a": account, "banh_b": other})])), {"data.juspay_customer_accounts.all.accounts[\"banh_b\"]: account banh_b with status PENDING is not ACTIVE. Pay out to an account that is; or, while Juspay still validates this one, plan again later."})
	same(count(denied(plan([vendors({"banh_a": account, "banh_b": null})]))), 4)
}

with_ids(customer_ids) := plan([object.union(vendors({"banh_a": account}), {"values": {"customer_ids": customer_ids}})])

test_an_account_that_the_plan_lacks_is_denied_once if {
	same(denied(with_ids({"banh_a": "cst_a", "banh_c": "cst_c", "banh_b": "cst_b"})), {"data.juspay_customer_accounts.all: the plan does not show 2 accounts that its customer_ids name, such as banh_b. Update this policy to the provider's version."})
	every customer_ids in [null, {"banh_a": "cst_a"}] {
		same(denied(with_ids(customer_ids)), set())
	}
}

test_an_account_that_customer_ids_do_not_name_is_denied if {
	swapped := object.union(with_ids({}), {"prior_state": {"values": {"root_module": {"resources": [{
		"address": "data.juspay_customer_accounts.all",
		"type": "juspay_customer_accounts",
		"provider_name": "registry.terraform.io/juspay/juspay",
		"values": {"accounts": {"banh_a": account}, "customer_ids": {}},
	}]}}}})
	same(denied(swapped), {"data.juspay_customer_accounts.all: its customer_ids do not name account banh_a, which the plan shows. Pass what terraform show -json prints, unchanged."})
}

test_an_account_under_another_key_is_denied if {
	same(denied(plan([vendors({"banh_b": account})])), {"data.juspay_customer_accounts.all.accounts[\"banh_b\"]: its key is not its customer_account_id, banh_a. Pass what terraform show -json prints, unchanged."})
	hidden_key := object.union(account, {"customer_account_id": "***"})
	same(denied(plan([vendors({"***": hidden_key})])), {"data.juspay_customer_accounts.all.accounts[\"***\"]: its key is not its customer_account_id, unknown. Pass what terraform show -json prints, unchanged."})
}

test_a_plural_data_source_without_accounts_is_denied_once if {
	unshown := "data.juspay_customer_accounts.all: the plan does not show its accounts. If it is read in a check block, correct what terraform plan warns of; otherwise update this policy to the provider's version."
	every values in [null, "x"] {
		same(denied(plan([vendor(account), vendors(values)])), {unshown})
		lost := object.union(vendors(values), {"values": {"customer_ids": {"banh_a": "cst_a", "banh_b": "cst_b"}}})
		same(denied(plan([vendor(account), lost])), {unshown})
	}
	same(denied(plan([vendor(account), vendors([])])), {unshown})
	same(denied(plan([vendors("x")])), {unshown, reads_nothing})
	same(denied(plan([vendor(account), object.union(vendors({}), {"values": {"accounts": {}}})])), set())
}

test_a_type_that_the_policy_does_not_know_is_denied if {
	unknown := "data.juspay_payout.x: this policy does not know its type juspay_payout. Update this policy to the provider's version."
	other := {"address": "data.juspay_payout.x", "mode": "data", "type": "juspay_payout"}
	every changes in [
		{"prior_state": {"values": {"root_module": {"resources": [vendor(account), other]}}}},
		{"resource_changes": [other]},
		{"deferred_changes": [{"resource_change": other}]},
		configured([configured_vendor, other]),
		{"configuration": {"root_module": {"module_calls": {"a": {"module": {"resources": [other]}}}}}},
	] {
		same(denied(good_with(changes)), {unknown})
	}
	same(denied(plan([vendor(account), other, {"address": "terraform_data.x", "mode": "managed", "type": "terraform_data"}])), {unknown})
	same(denied(plan([vendor(account), object.union(other, {"mode": "ephemeral"})])), {unknown})
}

# Freshness and currency.

validation_of(reason) := {sprintf("data.juspay_customer_account.vendor: account banh_a with status ACTIVE %s", [reason])}

test_accounts_must_be_validated_recently if {
	stale := "was not validated within the last 30 days, by its last_validated, which Juspay's page also calls the recent modified date. Let Juspay validate it again, or raise juspay.max_days_since_validation."
	future := "has a last_validated that is more than an hour in the future. Correct the clock of the machine that evaluates the policy; if it is right, report the account to Juspay."
	unreadable := "has a last_validated that is not an RFC 3339 timestamp with a time zone. Update this policy to the provider's version."
	every time_of_validation, reason in {
		"2026-01-01T11:59:59Z": stale,
		"2025-01-20T00:00:00Z": stale,
		"2026-01-01T13:00:00+05:30": stale,
		"2026-01-31T12:30:00-05:00": future,
		"0001-01-01T00:00:00Z": stale,
		"2026-01-31T13:00:01Z": future,
		"9999-12-31T23:59:59Z": future,
		"2026-01-20T00:00:00": unreadable,
		"last week": unreadable,
		"": unreadable,
		1769860800: unreadable,
		false: unreadable,
	} {
		bad := plan_of({"last_validated": time_of_validation})
		same(denied(bad), validation_of(reason))
		same(denied_with(bad, {"max_days_since_validation": false}), set())
	}
	every time_of_validation in ["2026-01-01T12:00:00Z", "2026-01-31T12:00:00Z", "2026-01-31T13:00:00Z", "2026-01-31T17:30:00+05:30"] {
		same(denied(plan_of({"last_validated": time_of_validation})), set())
	}
	same(denied_with(plan_of({"last_validated": "2020-01-31T12:00:00Z"}), {"max_days_since_validation": 3660}), set())
	same(denied_with(good, {"max_days_since_validation": 0.5}), {"data.juspay_customer_account.vendor: account banh_a with status ACTIVE was not validated within the last 0.5 days, by its last_validated, which Juspay's page also calls the recent modified date. Let Juspay validate it again, or raise juspay.max_days_since_validation."})
}

# The provider passes on a text that has the form of a timestamp, and names a time that does not exist.
test_a_time_that_does_not_exist_is_unreadable if {
	unreadable := "has a last_validated that is not an RFC 3339 timestamp with a time zone. Update this policy to the provider's version."
	every time_of_validation in ["2026-01-30T24:00:00Z", "2026-01-30T23:59:60Z", "2026-01-30T12:60:00Z", "2026-01-00T12:00:00Z", "2026-00-31T12:00:00Z"] {
		bad := plan_of({"last_validated": time_of_validation})
		same(denied_with(bad, {"max_days_since_validation": 365}), validation_of(unreadable))
	}
}

test_a_validation_long_ago_is_allowed_if_the_setting_allows_it if {
	every time_of_validation in ["2025-07-01T00:00:00Z", "2026-01-01T12:00:00Z", "2026-01-31T12:30:00Z", "2026-01-31T13:00:00Z"] {
		same(denied_with(plan_of({"last_validated": time_of_validation}), {"max_days_since_validation": 365}), set())
	}
	same(denied_with(plan_of({"last_validated": "2026-01-31T11:30:00Z"}), {"max_days_since_validation": 0.02}), validation_of("was not validated within the last 0.02 days, by its last_validated, which Juspay's page also calls the recent modified date. Let Juspay validate it again, or raise juspay.max_days_since_validation."))
	same(denied_with(plan_of({"last_validated": "2026-01-31T11:40:00Z"}), {"max_days_since_validation": 0.02}), set())

	# Within the hour, and longer ago than 29 minutes.
	messages := juspay_policy.deny with input as plan_of({"last_validated": "2026-01-31T12:05:00Z"})
		with data.juspay as object.union(all_on, {"max_days_since_validation": 0.02})
		with time.now_ns as time.parse_rfc3339_ns("2026-01-31T12:50:00Z")
	same(count(messages), 1)
}

test_currencies_must_be_in_the_list if {
	no_currency := plan_of({"currency": null})
	same(denied(no_currency), {"data.juspay_customer_account.vendor: account banh_a with status ACTIVE has no currency. Let Juspay set its currency, or set juspay.currencies to false."})
	same(denied_with(no_currency, {"currencies": false}), set())
	every currency in ["USD", "inr", "", false] {
		bad := plan_of({"currency": currency})
		same(denied(bad), {"data.juspay_customer_account.vendor: account banh_a with status ACTIVE has a currency that is not allowed. Pay out to an account in one of [\"INR\", \"EUR\"], or add its currency to juspay.currencies."})
		same(denied_with(bad, {"currencies": false}), set())
	}
	same(denied(plan_of({"currency": "EUR"})), set())
}

# Reads that are deferred, and reads for a check.

change(reason, after) := {
	"address": "data.juspay_customer_account.vendor",
	"mode": "data",
	"type": "juspay_customer_account",
	"action_reason": reason,
	"change": {"actions": ["read"], "after": after, "after_unknown": {"validation_status": true}},
}

late(address) := sprintf("%s: it is read only during apply, so its status is not known yet. Give it arguments that are known when planning, and no depends_on.", [address])

test_deferred_reads_are_denied if {
	every reason in ["read_because_config_unknown", "read_because_dependency_pending", null] {
		deferred := unread({"resource_changes": [change(reason, {"customer_id": "cst_a"})]})
		same(denied(deferred), {late(vendor_address)})
		same(denied_with(deferred, {"status_known": false}), set())
	}

	# What an earlier run stored hides no deferred read.
	same(denied(good_with({"resource_changes": [change("read_because_config_unknown", {})]})), {late(vendor_address)})
	many := {"type": "juspay_customer_accounts", "address": "data.juspay_customer_accounts.all"}
	plural := object.union(change("read_because_config_unknown", {}), many)
	same(denied(good_with({"resource_changes": [plural]})), {late("data.juspay_customer_accounts.all")})
	held_back := {"reason": "provider_config_unknown", "resource_change": change(null, {})}
	same(denied(good_with({"deferred_changes": [held_back]})), {late(vendor_address)})
	same(denied(good_with({"deferred_changes": [{"resource_change": {"type": "other"}}, {}]})), set())
}

test_an_account_nested_in_a_check_is_evaluated_by_what_was_read_for_the_plan if {
	read_again := {"resource_changes": [change("read_because_check_nested", account)]}
	same(denied(good_with(read_again)), set())
	same(denied(object.union(plan([vendor(pending)]), read_again)), {inactive(vendor_address, "PENDING")})
	same(denied(unread({"resource_changes": [change("read_because_check_nested", {})]})), {late(vendor_address)})
}

test_changes_of_other_kinds_are_none_of_its_business if {
	denied(good_with({"resource_changes": [
		{"address": "terraform_data.x", "mode": "managed", "type": "terraform_data", "change": {"actions": ["create"]}},
		{"address": "data.http.x", "mode": "data", "type": "http", "change": {"actions": ["read"]}},
	]})) == set()
}

# Providers.

foreign(address, provider) := sprintf("%s: its provider is %s, which juspay.providers does not list. Set its source to one that is listed, in required_providers; or list your own mirror.", [address, provider])

test_a_provider_that_is_not_on_the_list_is_denied if {
	every name in ["evil.example/juspay/juspay", "registry.terraform.io/acme/juspay", "juspay/juspay"] {
		here := {foreign(vendor_address, name)}
		configured_so := with_provider({"juspay": object.union(production, {"full_name": name})})
		same(denied(configured_so), here | {foreign("data.juspay_customer_accounts.all", name)})
		read_so := plan([object.union(vendor(account), {"provider_name": name})])
		same(denied(read_so), here)
		same(denied_with(read_so, {"servers": false}), here)
		same(denied_with(read_so, {"providers": [name, "registry.terraform.io/juspay/juspay"]}), set())
	}
}

test_a_provider_that_the_plan_does_not_name_is_denied if {
	here := {foreign(vendor_address, "unknown")}
	same(denied(plan([object.remove(vendor(account), ["provider_name"])])), here)
	same(denied(plan([object.union(vendor(account), {"provider_name": null})])), {foreign(vendor_address, "null")})
	every config in [{"juspay": object.remove(production, ["full_name"])}, {"juspay.other": production}, {}, null] {
		nameless := object.union(with_provider(config), configured([configured_vendor]))
		same(denied_with(nameless, {"servers": false}), here)
	}
}

test_the_opentofu_registry_is_on_the_list if {
	name := "registry.opentofu.org/juspay/juspay"
	denied(object.union(
		with_provider({"juspay": object.union(production, {"full_name": name})}),
		{"prior_state": {"values": {"root_module": {"resources": [object.union(vendor(account), {"provider_name": name})]}}}},
	)) == set()
}

elsewhere(key) := sprintf("provider %s: its block does not set environment or base_url to one of [\"production\"], as a literal, so accounts may come from elsewhere. Set one of the two, or change juspay.servers.", [key])

with_provider(config) := object.union(object.remove(good, ["configuration"]), {"configuration": {
	"provider_config": config,
	"root_module": {"resources": [configured_vendor, configured_vendors]},
}})

provided(expressions) := with_provider({"juspay": {"full_name": production.full_name, "expressions": expressions}})

test_the_server_must_be_a_literal_that_is_listed if {
	every expressions in [
		{"environment": {"constant_value": "sandbox"}},
		{"environment": {"references": ["var.environment"]}},
		{"environment": {"constant_value": null}},
		{"environment": {"constant_value": "production"}, "base_url": {"constant_value": "http://127.0.0.1:8787"}},
		{"environment": {"constant_value": "production"}, "base_url": {"constant_value": "production"}},
		{"environment": {"constant_value": "production"}, "base_url": {"references": ["var.base_url"]}},
		{"base_url": {"constant_value": "https://api.juspay.in"}},
		{"max_retries": {"constant_value": 2}},
		{},
		null,
	] {
		same(denied(provided(expressions)), {elsewhere("juspay")})
		same(denied_with(provided(expressions), {"servers": false}), set())
	}
	same(denied(with_provider({"juspay": object.remove(production, ["expressions"])})), {elsewhere("juspay")})
}

test_null_sets_neither_environment_nor_base_url if {
	same(denied(provided({"environment": {"constant_value": "production"}, "base_url": {"constant_value": null}})), set())
	url := {"environment": {"constant_value": null}, "base_url": {"constant_value": "https://api.juspay.in"}}
	same(denied_with(provided(url), {"servers": ["https://api.juspay.in"]}), set())
}

test_each_block_of_a_listed_provider_must_be_on_a_listed_server if {
	unlisted := object.union(production, {"expressions": {"base_url": {"constant_value": "https://evil.example"}}})
	every key in ["juspay.evil", "module.pay:juspay", "jp"] {
		same(denied(with_provider({"juspay": production, key: unlisted})), {elsewhere(key)})
		same(denied_with(with_provider({"juspay": production, key: unlisted}), {"servers": false}), set())
		same(denied(with_provider({"juspay": production, key: object.union(unlisted, {"full_name": "registry.terraform.io/acme/bank"})})), set())
	}
}

test_servers_may_be_listed_by_name_or_by_url if {
	hdfc := "https://smartgateway.hdfcbank.com"
	same(denied_with(provided({"environment": {"constant_value": "sandbox"}}), {"servers": ["production", "sandbox"]}), set())
	same(denied_with(provided({"base_url": {"constant_value": hdfc}}), {"servers": ["production", hdfc]}), set())
	same(count(denied_with(provided({"base_url": {"constant_value": "https://api.juspay.io"}}), {"servers": ["production", hdfc]})), 1)
}

test_a_provider_that_reads_no_account_may_be_anything if {
	same(denied(with_provider({"juspay": production, "juspay.sandbox": {"expressions": {"environment": {"constant_value": "sandbox"}}}})), set())
}

# Arguments of the provider.

unlisted_argument(name) := sprintf("provider juspay: its argument %s is not one that juspay.provider_arguments lists, so the accounts may be another merchant's, or be read in another way. Remove it, or add it to juspay.provider_arguments.", [name])

variable_argument(name) := sprintf("provider juspay: its argument %s is not a literal, so the plan does not show its value. Give it a literal.", [name])

stored_argument(name) := sprintf("provider juspay: its argument %s is neither ephemeral nor a file, so it may be one of the configuration's author. Let it refer to an ephemeral resource, to an ephemeral variable of the root module without a default, or to a file below path.module.", [name])

provided_also(arguments) := provided(object.union({"environment": {"constant_value": "production"}}, arguments))

test_an_argument_that_is_not_listed_is_denied if {
	every expression in [{"constant_value": "acme"}, {"references": ["var.x"]}, {"references": ["ephemeral.x.y"]}, {}] {
		same(denied(provided_also({"merchant_id": expression})), {unlisted_argument("merchant_id")})
		same(denied_with(provided_also({"merchant_id": expression}), {"provider_arguments": false}), set())
	}
	same(denied(provided_also({"merchant_id": {"constant_value": null}})), set())
	other := {"x": {"full_name": "registry.terraform.io/acme/bank", "expressions": {"merchant_id": {"constant_value": "acme"}}}}
	same(denied(object.union(good, {"configuration": {"provider_config": other}})), set())
}

test_an_argument_may_be_any_literal_if_it_is_listed_so if {
	same(denied(provided_also({"max_retries": {"constant_value": 0}})), set())
	every expression in [{"references": ["var.x"]}, {"references": ["ephemeral.x.y"]}, {}] {
		same(denied(provided_also({"max_retries": expression})), {variable_argument("max_retries")})
	}
}

test_an_argument_may_be_one_of_a_list if {
	not_of_list := {"provider juspay: its argument unknown_fields is not a literal of [\"error\", \"warn\"]. Give it one of these, or change juspay.provider_arguments."}
	same(denied(provided_also({"unknown_fields": {"constant_value": "warn"}})), set())
	every expression in [{"constant_value": "ignore"}, {"constant_value": ["warn", "ignore"]}, {"references": ["var.x"]}, {}] {
		same(denied(provided_also({"unknown_fields": expression})), not_of_list)
	}
	fields := {"provider_arguments": {"accepted_fields": ["note", "kyc=done"]}}
	every value in [["note"], ["kyc=done", "note"], []] {
		same(denied_with(provided_also({"accepted_fields": {"constant_value": value}}), fields), set())
	}
	same(count(denied_with(provided_also({"accepted_fields": {"constant_value": ["note", "other"]}}), fields)), 1)
}

with_variables(plan, shown, declared) := object.union(plan, {"variables": shown, "configuration": {"root_module": {"variables": declared}}})

test_a_key_may_not_be_stored if {
	every references in [
		["ephemeral.vault_kv_secret_v2.juspay.data[\"api_key\"]", "ephemeral.vault_kv_secret_v2.juspay"],
		["path.module"],
		["path.root", "ephemeral.aws_secretsmanager_secret_version.key"],
	] {
		same(denied(provided_also({"api_key": {"references": references}})), set())
	}
	every references in [["local.key"], ["data.vault_kv_secret_v2.juspay"], ["var.key"], ["ephemeral.x.y", "local.key"], [], ["each.value"]] {
		same(denied(provided_also({"api_key": {"references": references}})), {stored_argument("api_key")})
	}
	every expression in [{"constant_value": "fake-key"}, {"constant_value": []}, {}] {
		same(denied(provided_also({"api_key": expression})), {stored_argument("api_key")})
	}
}

test_a_key_may_be_an_ephemeral_variable if {
	plan := provided_also({"api_key": {"references": ["var.keys[\"a\"]", "var.keys"]}})
	same(denied(with_variables(plan, {}, {"keys": {"sensitive": true}})), set())
	same(denied(object.union(plan, {"configuration": {"root_module": {"variables": {"keys": {}}}}})), set())
	every stored in [
		with_variables(plan, {"keys": {"value": {"a": "fake-key"}}}, {"keys": {}}),
		with_variables(plan, {}, {"keys": {"default": {"a": "fake-key"}}}),
		with_variables(plan, {}, {"other": {}}),
	] {
		same(denied(stored), {stored_argument("api_key")})
	}
	in_module := with_provider({"juspay": {"full_name": production.full_name, "module_address": "module.a", "expressions": {
		"environment": {"constant_value": "production"},
		"api_key": {"references": ["var.keys"]},
	}}})
	same(denied(with_variables(in_module, {}, {"keys": {}})), {stored_argument("api_key")})
	local_value := provided_also({"api_key": {"references": ["local.keys"]}})
	same(denied(with_variables(local_value, {}, {"keys": {}})), {stored_argument("api_key")})
}

# All blocks of the configuration have an alias, and the plan shows an empty one more.
all_aliases := object.union(
	with_provider({
		"juspay": object.remove(production, ["expressions"]),
		"juspay.main": object.union(production, {"alias": "main"}),
	}),
	configured([object.union(block, {"provider_config_key": "juspay.main"}) | some block in [configured_vendor, configured_vendors]]),
)

test_a_provider_block_that_only_the_plan_has_does_not_count if {
	used := [["[root] provider[\"registry.terraform.io/juspay/juspay\"].main", ""]]
	same(denied(all_aliases), set())
	same(denied(all_aliases), set()) with data.gate as gate_with(used)
}

test_an_empty_provider_block_counts_if_anything_reads_from_it if {
	read_from := [["[root] provider[\"registry.terraform.io/juspay/juspay\"]", ""]]
	same(denied(all_aliases), {elsewhere("juspay")}) with data.gate as gate_with(read_from)
	keyed := object.union(all_aliases, configured([configured_vendor, configured_vendors]))
	same(denied(keyed), {elsewhere("juspay")})

	# In a module, a key may name another block than the one that reads.
	in_module := object.union(all_aliases, {"configuration": {"root_module": {"module_calls": {"m": {"module": {"resources": [object.union(configured_vendor, {"provider_config_key": "juspay.main"})]}}}}}})
	same(denied(in_module), {elsewhere("juspay")})
	in_graph := [["[root] module.m.data.juspay_customer_account.vendor (expand)", ""]]
	same(denied(in_module), set()) with data.gate as gate_with(in_graph)
	inherited := object.union(all_aliases, {"configuration": {"root_module": {"module_calls": {"m": {"module": {"resources": [configured_vendor]}}}}}})
	same(denied(inherited), {elsewhere("juspay")})
	same(denied(inherited), set()) with data.gate as gate_with(in_graph)
	same(denied(object.union(all_aliases, configured([]))), {elsewhere("juspay"), unconfigured(vendor_address)})
	every name in ["alias", "module_address"] {
		aliased := object.union(all_aliases, {"configuration": {"provider_config": {"juspay": {name: "x"}}}})
		same(denied(aliased), {elsewhere("juspay")})
	}

	# The graph shows an alias under another name.
	unlisted := object.union(production, {"alias": "evil", "expressions": {"environment": {"constant_value": "sandbox"}}})
	evil_one := object.union(all_aliases, {"configuration": {"provider_config": {"juspay.evil": unlisted}}})
	used := [["[root] provider[\"registry.terraform.io/juspay/juspay\"].evil", ""]]
	same(denied(evil_one), {elsewhere("juspay.evil")}) with data.gate as gate_with(used)
}

test_providers_of_modules_are_evaluated if {
	in_modules := {"configuration": {
		"provider_config": {"juspay.sandbox": object.union(production, {"expressions": {"environment": {"constant_value": "sandbox"}}})},
		"root_module": {"module_calls": {"resources": {"module": {"module_calls": {"payout": {"module": {"resources": [object.union(configured_vendor, {"provider_config_key": "juspay.sandbox"})]}}}}}}},
	}}
	same(denied(good_with(in_modules)), {elsewhere("juspay.sandbox")})
}

test_a_data_source_without_a_provider_is_denied if {
	same(denied(good_with(configured([object.remove(configured_vendor, ["provider_config_key"])]))), {
		elsewhere("unknown"),
		foreign(vendor_address, "unknown"),
	})
}

# Checks.

check(status, instances) := {
	"address": {"kind": "check", "name": "c", "to_display": "check.c"},
	"status": status,
	"instances": instances,
}

instance(status) := {"address": {"to_display": "check.c[0]"}, "status": status, "problems": [{"message": "4225246777@yesg"}]}

test_checks_must_pass if {
	same(denied(checked(check("pass", [instance("pass")]))), set())
	same(denied_with(checked(check("pass", [])), {"check_statuses": ["unknown"]}), {conditions("check.c", "pass")})
	every status in ["fail", "error", "unknown"] {
		bad := checked(check(status, [instance(status)]))
		same(denied(bad), {conditions("check.c", status), conditions("check.c[0]", status)})
		same(denied_with(bad, {"check_statuses": false}), set())
		same(denied_with(bad, {"check_statuses": ["pass", status]}), set())
	}
}

conditions(address, status) := sprintf("%s: its conditions have the status %s. Make them pass, or add that status to juspay.check_statuses.", [address, status])

checked(check) := good_with({"checks": [check]})

test_a_check_and_each_instance_of_it_must_pass if {
	same(denied(checked(check("pass", [instance("pass"), instance("fail")]))), {conditions("check.c[0]", "fail")})
	same(denied(checked(check("fail", []))), {conditions("check.c", "fail")})
	every instances in [{}, null, "x", [instance("pass"), null]] {
		includes(denied(checked(check("fail", instances))), conditions("check.c", "fail"))
		includes(denied(checked(check("pass", instances))), malformed)
	}
	every nameless in [{}, {"address": {"to_display": null}, "status": null}] {
		same(denied(checked(nameless)), {conditions("a check without an address", "unknown")})
	}
}

# Ephemeral accounts.

ephemeral_address := "ephemeral.juspay_customer_account.vendor"

required_ephemeral := object.union(required_vendor, {"mode": "ephemeral", "address": ephemeral_address})

ephemeral_check(status, instances) := {
	"address": {"kind": "resource", "mode": "ephemeral", "type": "juspay_customer_account", "name": "vendor", "to_display": ephemeral_address},
	"status": status,
	"instances": instances,
}

passing := ephemeral_check("pass", [instance("pass")])

good_with_blocks(blocks, checks) := good_with(object.union(configured(blocks), {"checks": checks}))

hidden(address) := sprintf("%s: the configuration does not show it, and so not which provider reads it, since Terraform shows no ephemeral resource there. Plan with gate.sh, which reads the graph of the plan.", [address])

hidden_from_graph(address) := sprintf("%s: the graph of the plan does not show that a provider of juspay.providers reads it. Set the provider's source to one that is listed, in required_providers; or list your own mirror.", [address])

unguarded(address, type) := sprintf("%s: it depends on an ephemeral account, and has no condition of its own that passes. Give it a precondition on the account's validation_status; or, if it pays nobody, add its type %s to juspay.other_resources.", [address, type])

unknown_ephemeral(address, type) := sprintf("%s: this policy does not know its type %s. Update this policy to the provider's version.", [address, type])

test_an_ephemeral_account_is_no_evidence_by_itself if {
	alone := object.remove(good_with_blocks([required_ephemeral], [passing]), ["prior_state"])
	same(denied(alone), {reads_nothing})
	same(denied_with(alone, {"accounts_required": false}), set())
	late_one := object.union(alone, {"resource_changes": [{"address": ephemeral_address, "mode": "ephemeral", "type": "juspay_customer_account", "change": {"actions": ["open"]}}]})
	same(denied(late_one), {reads_nothing})
}

# A graph as terraform graph prints it: the data source, the ephemeral account with its
# provider, and further edges.
listed := "registry.terraform.io/juspay/juspay"

evil := "evil.example/juspay/juspay"

gate_with(graph) := {"refuses_partial_plans": true, "graph": array.concat(
	[["[root] data.juspay_customer_account.vendor (expand)", ""], ["[root] data.juspay_customer_accounts.all (expand)", ""]],
	graph,
)}

opened_by(ephemeral, provider) := [
	[sprintf("[root] %s (expand)", [ephemeral]), ""],
	[sprintf("[root] provider[%q] (close)", [provider]), sprintf("[root] %s (close)", [ephemeral])],
]

edge(from, to) := [[sprintf("[root] %s (expand)", [from]), sprintf("[root] %s (expand)", [to])]]

flat(lists) := [element | some list in lists; some element in list]

guarded(address) := {"address": {"to_display": address}, "status": "pass", "instances": [instance("pass")]}

runs(address, type) := {"address": address, "mode": "managed", "type": type, "change": {"actions": ["create"]}}

test_an_ephemeral_account_on_which_nothing_depends_is_allowed if {
	every name in ["juspay_customer_account", "juspay_customer_accounts"] {
		address := sprintf("module.a.ephemeral.%s.x", [name])
		graph := array.concat(opened_by(address, listed), edge("terraform_data.payout", "data.juspay_customer_account.vendor"))
		plan := good_with({"resource_changes": [runs("terraform_data.payout", "terraform_data")]})
		same(denied(plan), set()) with data.gate as gate_with(graph)
	}
}

test_whatever_depends_on_an_ephemeral_account_needs_a_condition if {
	through_others := flat([
		opened_by(ephemeral_address, listed),
		edge("local.status", ephemeral_address),
		[["[root] module.m.var.status (expand, reference)", "[root] local.status (expand)"]],
		[["[root] module.m.terraform_data.payout (expand)", "[root] module.m.var.status (expand, reference)"]],
		edge("output.x", "module.m.terraform_data.payout"),
	])
	address := "module.m.terraform_data.payout"
	change := runs("module.m[\"a.b\"].terraform_data.payout[0]", "terraform_data")
	changes := {"resource_changes": [change]}
	bad := {unguarded(address, "terraform_data")}
	same(denied(good_with(changes)), bad) with data.gate as gate_with(through_others)
	same(denied_with(good_with(changes), {"status_known": false}), set()) with data.gate as gate_with(through_others)
	same(denied_with(good_with(changes), {"other_resources": ["terraform_data"]}), set()) with data.gate as gate_with(through_others)
	same(denied(good_with(object.union(changes, {"checks": [guarded(address)]}))), set()) with data.gate as gate_with(through_others)
	same(denied(good_with(object.union(changes, {"checks": [passing]}))), set()) with data.gate as gate_with(through_others)

	# It counts as a dependent, and not as one without a condition, if it is bound.
	bound := {"payouts": {"terraform_data": ["input"]}}
	payout_of := object.union(change, {"change": {"after": {"input": "banh_a"}, "after_unknown": {}}})
	block := {"address": "terraform_data.payout", "mode": "managed", "type": "terraform_data", "expressions": {"input": {"references": ["x"]}}}
	in_module := {"resources": [configured_vendor, configured_vendors], "module_calls": {"m": {"module": {"resources": [block]}}}}
	same(denied_with(good_with({"resource_changes": [payout_of], "configuration": {"root_module": in_module}}), bound), set()) with data.gate as gate_with(through_others)

	# What does not run, or does not depend on it, needs none.
	every changed in [object.union(change, {"change": {"actions": ["no-op"]}}), runs("terraform_data.other", "terraform_data")] {
		same(denied(good_with({"resource_changes": [changed]})), set()) with data.gate as gate_with(through_others)
	}
	every deferred in [{"deferred_changes": [{"resource_change": change}]}] {
		same(denied(good_with(deferred)), bad) with data.gate as gate_with(through_others)
	}
}

test_a_condition_that_does_not_pass_guards_nothing if {
	graph := array.concat(opened_by(ephemeral_address, listed), edge("terraform_data.payout", ephemeral_address))
	plan := good_with({"resource_changes": [runs("terraform_data.payout", "terraform_data")]})
	every check in [
		object.union(guarded("terraform_data.payout"), {"status": "unknown"}),
		object.union(guarded("terraform_data.payout"), {"instances": [instance("pass"), instance("unknown")]}),
		object.union(guarded("terraform_data.payout"), {"instances": []}),
		object.remove(guarded("terraform_data.payout"), ["instances"]),
		guarded("terraform_data.other"),
		ephemeral_check("unknown", [instance("unknown")]),
	] {
		same(denied_with(object.union(plan, {"checks": [check]}), {"check_statuses": false}), {unguarded("terraform_data.payout", "terraform_data")}) with data.gate as gate_with(graph)
	}
}

test_data_sources_ephemeral_resources_and_actions_that_depend_on_an_ephemeral_account_need_a_condition if {
	graph := flat([
		opened_by(ephemeral_address, listed),
		opened_by("ephemeral.bank_session.x", "registry.terraform.io/acme/bank"),
		edge("ephemeral.bank_session.x", ephemeral_address),
		edge("data.http.x", ephemeral_address),
		[["[root] action.bank_pay.now (config)", "[root] ephemeral.juspay_customer_account.vendor (expand)"]],
	])
	read := {"address": "data.http.x", "mode": "data", "type": "http", "change": {"actions": ["read"]}}
	action := {"address": "action.bank_pay.now", "type": "bank_pay", "lifecycle_action_trigger": {"a": 1}}
	same(denied(good_with({"resource_changes": [read], "action_invocations": [action]})), {
		unguarded("data.http.x", "http"),
		unguarded("ephemeral.bank_session.x", "bank_session"),
		unguarded("action.bank_pay.now", "bank_pay"),
	}) with data.gate as gate_with(graph)
}

test_an_account_that_depends_on_an_ephemeral_account_needs_no_condition if {
	second := "ephemeral.juspay_customer_account.second"
	graph := flat([opened_by(ephemeral_address, listed), opened_by(second, listed), edge(second, ephemeral_address)])
	same(denied(good), set()) with data.gate as gate_with(graph)
}

test_an_ephemeral_account_of_another_provider_is_denied if {
	every graph in [
		opened_by(ephemeral_address, evil),
		array.concat(opened_by(ephemeral_address, listed), opened_by(ephemeral_address, evil)),
		[["[root] ephemeral.juspay_customer_account.vendor (expand)", "[root] data.juspay_customer_account.vendor (expand)"]],
		[["[root] ephemeral.juspay_customer_account.vendor (expand)", "[root] provider[\"registry.terraform.io/juspay/juspay\"]"]],
		[
			["[root] ephemeral.juspay_customer_account.vendor (expand)", ""],
			["[root] provider[\"registry.terraform.io/juspay/juspay\"] (close)", "[root] ephemeral.juspay_customer_account.vendor (expand)"],
		],
	] {
		same(denied(good_with({"checks": [passing]})), {hidden_from_graph(ephemeral_address)}) with data.gate as gate_with(graph)
	}
	nested := [["[root] module.a.provider[\"registry.terraform.io/juspay/juspay\"].b (close)", "[root] ephemeral.juspay_customer_account.vendor (close)"]]
	same(denied(good_with({"checks": [passing]})), set()) with data.gate as gate_with(nested)
}

# In OpenTofu's graph, the end of a provider may wait for an account that configures it.
test_an_ephemeral_account_that_is_configured_has_the_provider_of_its_block if {
	blocks := configured([configured_vendor, configured_vendors, required_ephemeral])
	same(denied(good_with(blocks)), set()) with data.gate as gate_with(opened_by(ephemeral_address, evil))
}

# Without the graph, what OpenTofu shows must be configured with a listed provider, and
# anything may depend on it.
test_without_the_graph_anything_may_depend_on_an_ephemeral_account if {
	blocks := [configured_vendor, configured_vendors, required_ephemeral]
	changes := {"resource_changes": [runs("terraform_data.payout", "terraform_data")]}
	same(denied(good_with(configured(blocks))), set())
	same(denied(object.union(good_with(configured(blocks)), changes)), {unguarded("terraform_data.payout", "terraform_data")})
	same(denied(object.union(good_with_blocks(blocks, [guarded("terraform_data.payout")]), changes)), set())
	same(denied(object.union(good_with_blocks(blocks, [passing]), changes)), set())
	foreign_one := object.union(required_ephemeral, {"provider_config_key": "other"})
	same(denied(good_with(configured([configured_vendor, configured_vendors, foreign_one]))), {foreign(ephemeral_address, "unknown"), elsewhere("other")})
	in_module := {"module_calls": {"pay": {"module": {"resources": [required_ephemeral]}}}}
	same(denied(object.union(good_with({"configuration": {"root_module": in_module}}), changes)), {unguarded("terraform_data.payout", "terraform_data")})
}

test_without_the_graph_an_ephemeral_account_that_is_not_configured_is_denied if {
	same(denied(checked(passing)), {hidden(ephemeral_address)})
	nameless := object.union(object.remove(passing, ["address"]), {"address": {"mode": "ephemeral", "type": "juspay_customer_account"}})
	same(denied(checked(nameless)), {hidden("an ephemeral resource")})
	typeless := object.union(passing, {"address": {"type": "x"}})
	same(denied(checked(typeless)), {hidden(ephemeral_address), unknown_ephemeral(ephemeral_address, "x")})
	opened := {"address": "ephemeral.juspay_customer_account.vendor[\"x\"]", "mode": "ephemeral", "type": "juspay_customer_account", "change": {"actions": ["open"]}}
	same(denied(good_with({"resource_changes": [opened]})), {hidden(ephemeral_address)})
}

test_an_ephemeral_account_that_something_refers_to_is_denied if {
	reference := {"references": ["ephemeral.juspay_customer_account.vendor[0].vpa", "ephemeral.juspay_customer_account.vendor[0]"]}
	user := {"address": "bank_payout.x", "mode": "managed", "type": "bank_payout", "expressions": {"vpa_wo": reference}}
	provisioned := {"address": "bank_payout.x", "mode": "managed", "type": "bank_payout", "provisioners": [{"type": "local-exec", "expressions": {"command": reference}}]}
	blocks := [configured_vendor, configured_vendors]
	every where in [
		{"configuration": {"root_module": {"resources": array.concat(blocks, [user])}}},
		{"configuration": {"root_module": {"resources": array.concat(blocks, [provisioned])}}},
		{"configuration": {"root_module": {"module_calls": {"pay": {"expressions": {"vpa": reference}, "module": {}}}}}},
		{"configuration": {"provider_config": {"bank": {"expressions": {"vpa": reference}}}}},
	] {
		same(denied(good_with(where)), {hidden(ephemeral_address)})

		# The graph shows whatever is opened.
		same(denied(good_with(where)), set()) with data.gate as gate_with([])
	}
	nested := {"configuration": {"root_module": {"module_calls": {"pay": {"module": {"outputs": {"x": {"expression": reference}}}}}}}}
	same(denied(good_with(nested)), {hidden("module.pay.ephemeral.juspay_customer_account.vendor")})
	other := {"address": "bank_payout.x", "mode": "managed", "type": "bank_payout", "expressions": {"x": {"references": ["var.ephemeral.juspay_customer_account.x"]}}}
	same(denied(good_with(configured(array.concat(blocks, [other])))), set())
}

test_an_ephemeral_resource_of_a_type_that_is_not_known_is_denied if {
	address := "ephemeral.juspay_payout.x"
	same(denied(good), {unknown_ephemeral(address, "juspay_payout")}) with data.gate as gate_with(opened_by(address, listed))
	block := object.union(required_ephemeral, {"address": address, "type": "juspay_payout"})
	same(denied(good_with(configured([configured_vendor, configured_vendors, block]))), {unknown_ephemeral(address, "juspay_payout")})
	opened := {"address": address, "mode": "ephemeral", "type": "juspay_payout", "change": {"actions": ["open"]}}
	same(denied(good_with({"resource_changes": [opened]})), {unknown_ephemeral(address, "juspay_payout"), hidden(address)})
	in_module := {"resources": [configured_vendor, configured_vendors], "module_calls": {"a": {"module": {"resources": [block]}}}}
	same(denied(good_with({"configuration": {"root_module": in_module}})), {unknown_ephemeral(sprintf("module.a.%s", [address]), "juspay_payout")})
}

test_a_graph_without_what_the_configuration_has_is_denied if {
	every graph in [[], [["", ""]], "graph"] {
		same(denied(good), {sprintf("%s: the graph of the plan does not show it, so ephemeral accounts may be missing there too. Update this policy to the version of Terraform.", [address]) | some address in [vendor_address, "data.juspay_customer_accounts.all"]}) with data.gate as {"graph": graph}
	}
}

# Payouts.

pays := {"payouts": {"bank_payout": ["payee", "item.*.payee", "body|to.account"]}, "other_resources": ["bank_label"]}

payout(after) := payout_with({"change": {"actions": ["create"], "after": after, "after_unknown": {}}})

payout_with(changes) := object.union(
	{"address": "bank_payout.vendor", "mode": "managed", "type": "bank_payout"},
	changes,
)

paid := {"payee": "banh_a", "item": [{"payee": "4225246777@yesg"}], "body": `{"to": {"account": "banh_a"}}`}

denied_payout(change) := denied_with(good_with(paying([change])), pays)

# What runs, with the block of the payout.
paying(changes) := object.union({"resource_changes": changes}, configured([configured_vendor, configured_vendors, payout_block({})]))

payout_block(expressions) := {"address": "bank_payout.vendor", "mode": "managed", "type": "bank_payout", "expressions": expressions}

not_read(path) := sprintf("bank_payout.vendor: its %s is neither the id nor the VPA of an account that this plan reads. Pay out to an account that is read in the same plan.", [path])

names_none(path) := sprintf("bank_payout.vendor: its %s is missing, null or empty, so it names no account. Give it the id or the VPA of an account that the plan reads, or correct juspay.payouts.", [path])

names_later(path) := sprintf("bank_payout.vendor: its %s is not known yet, so it may be any account. Give it a value that is known when planning.", [path])

in_bad_text(path) := sprintf("bank_payout.vendor: its %s is not JSON text in which each name stands once, upper and lower case alike, and is of ASCII characters. Give it such text, or correct juspay.payouts.", [path])

is_not_text(path) := sprintf("bank_payout.vendor: its %s is not a string, so it names no account. Give it the id or the VPA of an account that the plan reads, or correct juspay.payouts.", [path])

replaced(path, value) := payout(json.patch(paid, [{"op": "replace", "path": path, "value": value}]))

test_a_payout_to_accounts_that_are_read_is_allowed if {
	same(denied_payout(payout(paid)), set())
}

test_payouts_are_not_bound_where_the_setting_is_off if {
	same(denied(good_with({"resource_changes": [payout({"payee": "banh_other"})]})), set())
}

test_a_payout_to_an_account_that_is_not_read_is_denied if {
	every payee in ["banh_other", "BANH_A", "banh_a ", "cst_a", "INR"] {
		same(denied_payout(replaced("/payee", payee)), {not_read("payee")})
	}
	same(denied_payout(replaced("/item", [{"payee": "banh_a"}, {"payee": "banh_other"}])), {not_read("item.*.payee")})
	same(denied_payout(replaced("/body", `{"to": {"account": "banh_other"}}`)), {not_read("body|to.account")})
}

# A pattern of one attribute is evaluated on a path of its own.
plain := {"payouts": {"bank_payout": ["payee"]}}

denied_plainly(change) := denied_with(good_with(paying([change])), plain)

test_a_payout_with_one_attribute_is_bound if {
	same(denied_plainly(payout({"payee": "banh_a"})), set())
	same(denied_plainly(payout({"payee": "banh_other"})), {not_read("payee")})
	same(denied_plainly(payout({"payee": ""})), {names_none("payee")})
	same(denied_plainly(payout({"payee": 7})), {is_not_text("payee")})
	same(denied_plainly(payout({})), {names_none("payee")})
	later := {"change": {"actions": ["create"], "after": {"payee": "banh_a"}, "after_unknown": {"payee": true}}}
	same(denied_plainly(payout_with(later)), {names_later("payee")})
	same(denied_plainly(payout_with({"change": {"actions": ["create"], "after": {"payee": "banh_a"}}})), {names_later("payee")})
	empty := plan([vendor(object.union(account, {"vpa": ""}))])
	same(denied_with(object.union(empty, paying([payout({"payee": ""})])), plain), {names_none("payee")})
	keyed := object.union(payout({"payee": "banh_a"}), {"address": "bank_payout.vendor[\"x.y\"]"})
	same(denied_plainly(keyed), set())
}

test_a_payout_with_any_other_pattern_is_not_bound_by_one_attribute if {
	every row in [
		{"entry": ["payee", "note"], "after": {"payee": "banh_a", "note": "banh_other"}, "denials": {not_read("note")}},
		{"entry": "body|to.account", "after": {"body": "banh_a"}, "denials": {in_bad_text("body|to.account")}},
		{"entry": "item.payee", "after": {"item": "banh_a"}, "denials": {names_none("item.payee")}},
		{"entry": "*", "after": {"*": "banh_a", "payee": "banh_other"}, "denials": {not_read("*")}},
	] {
		same(denied_with(good_with(paying([payout(row.after)])), {"payouts": {"bank_payout": [row.entry]}}), row.denials)
	}
}

test_an_account_that_the_plan_hides_is_not_payable if {
	accounts := [vendor(object.union(account, {"vpa": vpa})) | some vpa in ["", "***", null]]
	same(denied_with(object.union(plan(accounts), paying([replaced("/payee", "***")])), pays), {not_read("payee"), not_read("item.*.payee")})
	every value in ["", null] {
		same(denied_with(object.union(plan(accounts), paying([replaced("/payee", value)])), pays), {names_none("payee"), not_read("item.*.payee")})
	}
}

test_a_payout_without_an_account_is_denied if {
	every payee in [null, ""] {
		same(denied_payout(replaced("/payee", payee)), {names_none("payee")})
	}
	every payee in [7, true, ["banh_a"]] {
		same(denied_payout(replaced("/payee", payee)), {is_not_text("payee")})
	}
	every item in [[], "banh_a", null, [{"payee": "banh_a"}, {}]] {
		same(denied_payout(replaced("/item", item)), {names_none("item.*.payee")})
	}
	every name, path in {"payee": "payee", "item": "item.*.payee", "body": "body|to.account"} {
		same(denied_payout(payout(object.remove(paid, [name]))), {names_none(path)})
	}
	same(denied_payout(payout(null)), {names_none("payee"), names_none("item.*.payee"), names_none("body|to.account")})
}

test_a_payout_to_an_unknown_account_is_denied if {
	update := {"actions": ["update"], "after": paid}
	every row in [
		{"change": {"after": object.remove(paid, ["payee"]), "after_unknown": {"payee": true}}, "later": {"payee"}},
		{"change": {"after_unknown": {"item": [{"payee": true}]}}, "later": {"item.*.payee"}},
		{"change": {"after_unknown": {"item": true}}, "later": {"item.*.payee"}},
		{"change": {"after_unknown": {"id": true}}, "later": set()},
		{"change": {"after_unknown": null}, "later": {"payee", "item.*.payee", "body|to.account"}},
		{"change": {}, "later": {"payee", "item.*.payee", "body|to.account"}},
	] {
		changed := object.union(object.remove(update, object.keys(row.change)), row.change)
		same(denied_payout(payout_with({"change": changed})), {names_later(path) | some path in row.later})
	}
}

either := {"payouts": {"bank_payout": [["payee", "body|to.account"], "note"]}}

denied_with_alternatives(after) := denied_with(good_with(paying([payout(after)])), either)

# A list within the list is alternatives.
test_one_of_several_places_is_enough_if_they_are_alternatives if {
	body := `{"to": {"account": "4225246777@yesg"}}`
	every after in [{"payee": "banh_a"}, {"body": body}, {"payee": null, "body": body}, {"payee": "banh_a", "body": body}] {
		same(denied_with_alternatives(object.union({"note": "banh_a"}, after)), set())
	}
	same(denied_with_alternatives({"note": "banh_a", "payee": "banh_a", "body": `{"to": {"account": "banh_other"}}`}), {not_read("body|to.account")})
	same(denied_with_alternatives({"note": "banh_a", "payee": "banh_other", "body": body}), {not_read("payee")})
	same(denied_with_alternatives({"note": "banh_a"}), {names_none("payee or body|to.account")})
	same(denied_with_alternatives({"payee": "banh_a"}), {names_none("note")})
	later := payout_with({"change": {"actions": ["create"], "after": {"note": "banh_a", "payee": "banh_a"}, "after_unknown": {"body": true}}})
	same(denied_with(good_with(paying([later])), either), {names_later("body|to.account")})
}

test_a_payout_with_text_of_several_meanings_is_denied if {
	every text in [
		"banh_a",
		`{"to": {"account": "banh_a", "account": "banh_a"}}`,
		`{"to": {"account": "banh_other"}, "to": {"account": "banh_a"}}`,
		`{"to": {"account": "banh_a"}, "To": {"account": "banh_other"}}`,
		`{"to": {"\u0061ccount": "banh_other", "account": "banh_a"}}`,
		`{"to": {"account": "banh_a"}, "deſtination": "banh_other"}`,
		`{"to": {"account": "banh_a"}, "benef\u0131ciary": "banh_other"}`,
	] {
		includes(denied_payout(replaced("/body", text)), in_bad_text("body|to.account"))
	}
	same(denied_payout(replaced("/body", `{"to": {"note": "ſ a \"quoted\" word: \\", "account": "banh_a"}}`)), set())
	every text in ["{}", `{"to": {"account": null}}`, `{"to": {"account": ""}}`] {
		same(denied_payout(replaced("/body", text)), {names_none("body|to.account")})
	}
	same(denied_payout(replaced("/body", `{"to": {"account": 7}}`)), {is_not_text("body|to.account")})
	same(denied_payout(replaced("/body", 7)), {is_not_text("body|to.account")})
	every text in [null, ""] {
		same(denied_payout(replaced("/body", text)), {names_none("body|to.account")})
	}
}

denied_payout_beside(resource, payee) := denied_with(object.union(plan([vendor(account), resource]), paying([replaced("/payee", payee)])), pays)

test_a_payout_to_a_vpa_of_many_accounts_is_allowed if {
	bulk := vendors({"banh_a": object.remove(account, ["vpa"])})
	with_vpas := object.union(bulk, {"values": {"vpas": {"banh_a": "x@upi", "banh_b": "y@upi", "banh_c": "***", "banh_d": ""}}})
	same(denied_payout_beside(with_vpas, "x@upi"), set())
	same(denied_payout_beside(with_vpas, "y@upi"), {not_read("payee")})
	others := {id: object.union(account, {"customer_account_id": id}) | some id in ["banh_c", "banh_d"]}
	hidden_one := object.union(with_vpas, {"values": {"accounts": others}})
	same(denied_payout_beside(hidden_one, "***"), {not_read("payee")})
	same(denied_payout_beside(hidden_one, ""), {names_none("payee")})
}

test_each_change_that_may_pay_is_bound if {
	after := object.union(paid, {"payee": "banh_other"})
	every actions in [["create"], ["update"], ["delete", "create"], ["create", "delete"], ["create", "forget"], ["something"], ["read"], ["open"], []] {
		same(denied_payout(payout_with({"change": {"actions": actions, "after": after, "after_unknown": {}}})), {not_read("payee")})
	}
	every actions in [["no-op"], ["delete"], ["forget"]] {
		same(denied_payout(payout_with({"change": {"actions": actions, "after": after, "after_unknown": {}}})), set())
	}
	deferred := {"deferred_changes": [{"reason": "unknown", "resource_change": replaced("/payee", "banh_other")}]}
	same(denied_with(object.union(good_with(paying([])), deferred), pays), {not_read("payee")})
}

unlisted(address, type) := sprintf("%s: its type %s is in neither juspay.payouts nor juspay.other_resources. Add it to juspay.payouts with where it names an account, or to juspay.other_resources if it pays nobody.", [address, type])

test_a_type_on_neither_list_is_denied if {
	change := payout({"payee": "banh_a"})
	same(denied_payout(object.union(change, {"type": "bank_label"})), set())
	same(denied_payout(object.union(change, {"type": "wire_transfer"})), {unlisted("bank_payout.vendor", "wire_transfer")})
	same(denied_payout(object.remove(change, ["type"])), {unlisted("bank_payout.vendor", "unknown")})
	same(denied_payout(object.union(change, {"type": null})), {unlisted("bank_payout.vendor", "null")})
	action := {"type": "bank_pay", "lifecycle_action_trigger": {"actions": ["after_create"]}}
	unlisted_action := "plan: it runs an action of type %s, which juspay.other_resources does not list. Plan without it, or add its type if it pays nobody."
	same(denied_with(good_with({"action_invocations": [action]}), pays), {sprintf(unlisted_action, ["bank_pay"])})
	same(denied_with(good_with({"action_invocations": [object.remove(action, ["type"])]}), pays), {sprintf(unlisted_action, ["unknown"])})
	same(denied_with(good_with({"action_invocations": [object.union(action, {"type": "bank_label"})]}), pays), set())
}

# What is harmless for a read of the provider, or for an ephemeral resource, is harmless
# for nothing else.
test_a_change_that_looks_like_one_of_the_provider_must_be_listed if {
	managed := runs("juspay_customer_account.x", "juspay_customer_account")
	without_late := object.union(pays, {"status_known": false})
	same(denied_with(good_with({"resource_changes": [managed]}), without_late), {
		unlisted("juspay_customer_account.x", "juspay_customer_account"),
		unconfigured("juspay_customer_account.x"),
	})
	blocks := configured([configured_vendor, configured_vendors, required_ephemeral])
	opened := {"address": ephemeral_address, "mode": "ephemeral", "type": "juspay_customer_account", "change": {"actions": ["open"]}}
	same(denied_with(good_with(object.union(blocks, {"resource_changes": [opened]})), pays), set())
	changed := object.union(opened, {"change": {"actions": ["something"]}})
	includes(denied_with(good_with(object.union(blocks, {"resource_changes": [changed]})), pays), unlisted(ephemeral_address, "juspay_customer_account"))
}

# A data source that is read during apply runs then. One that was read for the plan is
# not among the changes.
test_a_data_source_that_is_read_during_apply_must_be_listed if {
	read := {"address": "data.bank_transfer.x", "mode": "data", "type": "bank_transfer", "change": {"actions": ["read"], "after": {"payee": "banh_other"}, "after_unknown": {}}}
	block := {"address": "data.bank_transfer.x", "mode": "data", "type": "bank_transfer", "expressions": {"payee": {"constant_value": "banh_other"}}}
	plan := good_with(object.union(configured([configured_vendor, configured_vendors, block]), {"resource_changes": [read]}))
	same(denied_with(plan, pays), {unlisted("data.bank_transfer.x", "bank_transfer")})
	bound := {"payouts": {"bank_transfer": ["payee"]}}
	same(denied_with(plan, bound), {"data.bank_transfer.x: its payee is neither the id nor the VPA of an account that this plan reads. Pay out to an account that is read in the same plan."})
	same(denied_with(json.patch(plan, [{"op": "replace", "path": "/resource_changes/0/change/after/payee", "value": "banh_a"}]), bound), set())
	same(denied_with(plan, object.union(pays, {"other_resources": ["bank_transfer"]})), set())
	same(denied_with(object.remove(plan, ["resource_changes"]), pays), set())
	same(denied(plan), set())
	account_again := change("read_because_check_nested", account)
	same(denied_with(good_with({"resource_changes": [account_again]}), pays), set())
}

# An ephemeral resource is opened at apply, whether a CLI shows it or the graph does.
test_an_ephemeral_resource_must_be_listed if {
	address := "module.a.ephemeral.bank_session.x"
	unlisted_one := sprintf("%s: it runs whenever the plan is applied, no plan shows what it is given, and juspay.other_resources does not list its type bank_session. Remove it, or add its type if it pays nobody.", [address])
	graph := gate_with(opened_by(address, "registry.terraform.io/acme/bank"))
	same(denied_with(good, pays), {unlisted_one}) with data.gate as graph
	same(denied_with(good, object.union(pays, {"other_resources": ["bank_session"]})), set()) with data.gate as graph
	same(denied_with(good, {"payouts": {"bank_session": ["payee"]}}), {unlisted_one}) with data.gate as graph
	same(denied(good), set()) with data.gate as graph
	block := {"address": "ephemeral.bank_session.x", "mode": "ephemeral", "type": "bank_session"}
	in_module := {"resources": [configured_vendor, configured_vendors], "module_calls": {"a": {"module": {"resources": [block]}}}}
	same(denied_with(good_with({"configuration": {"root_module": in_module}}), pays), {unlisted_one})
	opened := {"address": sprintf("%s[0]", [address]), "mode": "ephemeral", "type": "bank_session", "change": {"actions": ["open"]}}
	same(denied_with(good_with({"resource_changes": [opened]}), pays), {unlisted_one})
	same(denied_with(good_with({"resource_changes": [opened]}), {"payouts": {"bank_session": ["payee"]}}), {unlisted_one})
	check := {"address": {"mode": "ephemeral", "type": "bank_session", "to_display": address}, "status": "pass", "instances": []}
	same(denied_with(good_with({"checks": [check]}), pays), {unlisted_one})
}

unlisted_provisioner(type) := sprintf("bank_label.x: it has a provisioner of type %s, which juspay.other_resources does not list. Remove it, or add its type if it pays nobody.", [type])

with_provisioner(actions, provisioners) := good_with(object.union(
	configured([configured_vendor, configured_vendors, {"address": "bank_label.x", "mode": "managed", "type": "bank_label", "provisioners": provisioners}]),
	{"resource_changes": [{"address": "bank_label.x[0]", "mode": "managed", "type": "bank_label", "change": {"actions": actions}}]},
))

test_a_provisioner_must_be_listed if {
	local := [{"type": "local-exec"}]
	every actions in [["create"], ["delete"], ["delete", "create"], ["something"]] {
		same(denied_with(with_provisioner(actions, local), pays), {unlisted_provisioner("local-exec")})
	}
	every actions in [["no-op"], ["read"], ["forget"]] {
		denied_provisioners := {message | some message in denied_with(with_provisioner(actions, local), pays); contains(message, "provisioner")}
		same(denied_provisioners, set())
	}
	same(denied_with(with_provisioner(["create"], [{}]), pays), {unlisted_provisioner("unknown")})
	same(denied_with(with_provisioner(["create"], local), object.union(pays, {"other_resources": ["bank_label", "local-exec"]})), set())
	same(denied(with_provisioner(["create"], local)), set())
}

with_block(name) := good_with({"configuration": {"provider_config": {"x": {"full_name": name, "expressions": {"payee": {"constant_value": "banh_other"}}}}}})

unlisted_block(name) := sprintf("provider x: its block has arguments, and neither juspay.payouts nor juspay.other_resources lists a type of %s. Remove the block; or add a type of the provider, or its address to juspay.other_resources if it pays nobody.", [name])

test_a_provider_block_must_be_of_a_provider_that_is_listed if {
	every name in ["registry.terraform.io/acme/wire", "registry.terraform.io/acme/ban", "evil.example/acme/label"] {
		same(denied_with(with_block(name), pays), {unlisted_block(name)})
		same(denied_with(with_block(name), object.union(pays, {"other_resources": [name]})), set())
		same(denied(with_block(name)), set())
	}
	every name in ["registry.terraform.io/acme/bank", "terraform.io/builtin/terraform"] {
		same(denied_with(with_block(name), pays), set())
	}
	http := object.union(pays, {"other_resources": ["http"]})
	same(denied_with(with_block("registry.terraform.io/hashicorp/http"), http), set())
	implied := {"configuration": {"provider_config": {"x": {"full_name": "registry.terraform.io/acme/wire"}}}}
	same(denied_with(good_with(implied), pays), set())
	nameless := {"configuration": {"provider_config": {"x": {"expressions": {"a": {}}}}}}
	same(denied_with(good_with(nameless), pays), {unlisted_block("unknown")})
}

not_shown(argument) := sprintf("bank_payout.vendor: the configuration sets its %s, and the plan shows null, as it does for write-only arguments, which may name an account. Remove it; or, if it names none, add bank_payout.%s to juspay.other_resources.", [argument, argument])

denied_setting(expressions, after) := denied_with(good_with(object.union(paying([payout(object.union(paid, after))]), configured([configured_vendor, configured_vendors, payout_block(expressions)]))), pays)

test_a_write_only_argument_of_a_payout_is_denied if {
	reference := {"references": ["var.x"]}
	every expression in [reference, {"constant_value": "banh_other"}, {}] {
		same(denied_setting({"payee_wo": expression}, {"payee_wo": null}), {not_shown("payee_wo")})
		same(denied_setting({"payee_wo": expression}, {}), {not_shown("payee_wo")})
		same(denied_setting({"note": expression}, {"note": "x"}), set())
	}
	every literal in [null, {}, [], {"x": [null]}] {
		same(denied_setting({"payee_wo": {"constant_value": literal}}, {"payee_wo": null}), set())
	}
	block := {"item": [{"payee": reference}, {"payee": reference, "payee_wo": reference}, {}]}
	same(denied_setting(block, {"item": [{"payee": "banh_a", "payee_wo": null}, {"payee": "banh_a", "payee_wo": null}]}), {not_shown("item.*.payee_wo")})
	nested := {"meta": {"constant_value": {"notes": ["x", null], "payee_wo": "banh_other", "empty": {}}}}
	same(denied_setting(nested, {"meta": {"notes": ["x", null], "payee_wo": null, "empty": {}}}), {not_shown("meta.payee_wo")})
	listed_too := object.union(pays, {"other_resources": ["bank_payout.pin_wo"]})
	pin := object.union(paying([payout(paid)]), configured([configured_vendor, configured_vendors, payout_block({"pin_wo": reference})]))
	same(denied_with(good_with(pin), listed_too), set())
	same(denied_with(good_with(pin), pays), {not_shown("pin_wo")})
}

test_a_write_only_argument_of_what_pays_nobody_is_allowed if {
	block := payout_block({"payee_wo": {"references": ["var.x"]}})
	of_label := {"address": "bank_label.x", "type": "bank_label"}
	labelled := good_with(object.union(
		{"resource_changes": [object.union(payout({"payee_wo": null}), of_label)]},
		configured([configured_vendor, configured_vendors, object.union(block, of_label)]),
	))
	same(denied_with(labelled, pays), set())
	same(denied(labelled), set())
}

test_a_write_only_argument_of_a_payout_that_does_not_run_is_allowed if {
	block := payout_block({"payee_wo": {"references": ["var.x"]}})
	blocks := configured([configured_vendor, configured_vendors, block])
	same(denied_with(good_with(blocks), pays), set())
	every actions in [["no-op"], ["delete"], ["forget"]] {
		change := payout_with({"change": {"actions": actions, "after": paid, "after_unknown": {}}})
		same(denied_with(good_with(object.union({"resource_changes": [change]}, blocks)), pays), set())
	}
}

test_another_type_does_not_show_the_argument_of_a_payout if {
	block := payout_block({"payee_wo": {"references": ["var.x"]}})
	every shown in [
		{"after": {"payee_wo": "banh_a"}, "after_unknown": {}},
		{"after": {}, "after_unknown": {"payee_wo": true}},
	] {
		label := {"address": "bank_label.x", "mode": "managed", "type": "bank_label", "change": object.union({"actions": ["create"]}, shown)}
		changes := {"resource_changes": [payout(paid), label]}
		same(denied_with(good_with(object.union(changes, configured([configured_vendor, configured_vendors, block]))), pays), {not_shown("payee_wo")})
	}
}

denied_setting_plainly(expressions, change) := denied_with(
	good_with(object.union(
		{"resource_changes": [payout_with({"change": object.union({"actions": ["create"]}, change)})]},
		configured([configured_vendor, configured_vendors, payout_block(expressions)]),
	)),
	plain,
)

test_a_write_only_argument_beside_one_attribute_is_denied if {
	wo := {"payee_wo": {"references": ["var.x"]}}
	same(denied_setting_plainly(wo, {"after": {"payee": "banh_a", "payee_wo": null}, "after_unknown": {}}), {not_shown("payee_wo")})
	same(denied_setting_plainly(wo, {"after": {"payee": "banh_a"}, "after_unknown": {"id": true}}), {not_shown("payee_wo")})
	same(denied_setting_plainly(wo, {"after": {"payee": "banh_a"}, "after_unknown": {"payee_wo": true}}), set())
	same(denied_setting_plainly({"item": [{}]}, {"after": {"payee": "banh_a", "item": []}, "after_unknown": {}}), set())
	same(denied_setting_plainly({"item": [wo]}, {"after": {"payee": "banh_a"}, "after_unknown": {}}), {not_shown("item.*.payee_wo")})
	same(denied_setting_plainly({"item": [wo]}, {"after": {"payee": "banh_a"}, "after_unknown": {"item": true}}), set())
}

test_a_payout_that_is_not_configured_is_denied if {
	unconfigured_payout := "plan: the configuration does not show the payouts of type bank_payout, and so not which of their arguments are write-only. Pass what terraform show -json prints, unchanged."
	every setting in [pays, plain] {
		same(denied_with(good_with({"resource_changes": [payout(paid)]}), setting), {unconfigured_payout})
	}
}

# The rules that explain a denial look only at what the first pass did not accept, since
# looking at all of a large plan would take several times as long.

test_a_first_pass_accepts_what_is_plainly_good if {
	other := object.union(account, {"customer_account_id": "banh_b"})
	resources := [vendor(account), vendors({"banh_b": other})]
	changes := [payout({"payee": "banh_a"}), runs("bank_label.x", "bank_label")]
	settled := object.union(plan(resources), {"resource_changes": changes})
	doubtful := [juspay_policy.doubtful_accounts, juspay_policy.doubtful_changes] with input as settled
		with data.juspay as object.union(all_on, {"payouts": {"bank_payout": ["payee"]}, "other_resources": ["bank_label"]})
		with time.now_ns as now
	same(doubtful, [[], []])
}

# The report.

report_of(plan, changes) := lines if {
	lines := juspay_policy.report with input as plan
		with data.juspay as object.union(all_on, changes)
		with time.now_ns as now
}

test_each_denial_carries_its_rule if {
	denials := juspay_policy.deny with input as plan([vendor(pending)]) with data.juspay as all_on with time.now_ns as now
	same(denials, {"data.juspay_customer_account.vendor: account banh_a with status PENDING is not ACTIVE. Pay out to an account that is; or, while Juspay still validates this one, plan again later. [not_active]"})
	same(report_of(plan([vendor(pending)]), {}), ["data.juspay_customer_account.vendor: account banh_a with status PENDING is not ACTIVE. Pay out to an account that is; or, while Juspay still validates this one, plan again later. [not_active]"])
}

pending_one(i) := sprintf("data.juspay_customer_accounts.all.accounts[\"banh_%d\"]: account banh_%d with status PENDING", [i, i])

test_the_report_groups_equal_reasons if {
	accounts := {id: object.union(account, {"customer_account_id": id, "validation_status": status}) |
		some i in numbers.range(100, 124)
		id := sprintf("banh_%d", [i])
		status := {true: "PENDING", false: "ACTIVE"}[i < 122]
	}
	names := concat(", ", [pending_one(i) | some i in numbers.range(100, 119)])
	same(report_of(plan([vendors(accounts)]), {}), [sprintf("22 of 25 accounts are not ACTIVE: %s, …. Pay out to an account that is; or, while Juspay still validates this one, plan again later. [not_active]", [names])])
	few := {id: object.union(a, {"validation_status": "ACTIVE", "currency": null}) | some id, a in accounts; id in {"banh_100", "banh_101"}}
	none := sprintf("2 of 2 accounts have no currency: %s, %s. Let Juspay set its currency, or set juspay.currencies to false. [no_currency]", [
		replace(pending_one(100), "PENDING", "ACTIVE"), replace(pending_one(101), "PENDING", "ACTIVE"),
	])
	same(report_of(plan([vendors(few)]), {}), [none])
	changes := {"resource_changes": [object.union(change(null, {}), {"address": sprintf("%s[%d]", [vendor_address, i])}) | some i in [0, 1]]}
	same(report_of(unread(changes), {}), ["2 times: it is read only during apply, so its status is not known yet: data.juspay_customer_account.vendor[0], data.juspay_customer_account.vendor[1]. Give it arguments that are known when planning, and no depends_on. [read_late]"])
	old := {id: object.union(a, {"last_validated": "2020-01-01T00:00:00Z"}) | some id, a in accounts; id in {"banh_122", "banh_123"}}
	every line in report_of(plan([vendors(old)]), {}) { startswith(line, "2 of 2 accounts were not validated within the last 30 days") }
}
