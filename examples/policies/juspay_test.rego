# SPDX-License-Identifier: MPL-2.0

package juspay_policy_test

import rego.v1

import data.juspay_policy

now := time.parse_rfc3339_ns("2026-01-31T12:00:00Z")

all_on := {
	"complete_plan": true,
	"accounts_required": true,
	"status_known": true,
	"active": true,
	"max_days_since_validation": 30,
	"max_hours_since_plan": 24,
	"currencies": ["INR", "EUR"],
	"servers": ["production"],
	"providers": ["registry.terraform.io/juspay/juspay", "registry.opentofu.org/juspay/juspay"],
	"provider_arguments": {"environment": "servers", "base_url": "servers", "api_key": "reference", "max_retries": "literal", "unknown_fields": ["error", "warn"]},
	"payouts": false,
	"other_resources": [],
	"registry_providers": true,
	"check_statuses": ["pass"],
}

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

inactive(address, status) := sprintf("%s: account banh_a with status %s is not ACTIVE. Pay out to an account that is; or, while Juspay still validates this one, plan again later.", [address, status])

test_each_setting_must_be_set if {
	missing := {message | some name in object.keys(all_on); message := sprintf("settings: juspay.%s is not set. Set it in settings.json, and pass that file with --data; or set it in platform.rego.", [name])}
	same(juspay_policy.deny & missing, missing) with input as good with data.juspay as {}
	same(juspay_policy.deny & missing, missing) with input as good with data.juspay as null
}

test_what_is_not_set_is_on if {
	denials := juspay_policy.deny with input as plan([vendor(pending)]) with data.juspay as {}
	inactive(vendor_address, "PENDING") in denials
	foreign(vendor_address, "registry.terraform.io/juspay/juspay") in denials
}

test_a_misspelt_setting_is_denied if {
	same(denied_with(good, {"activ": false}), {"settings: juspay.activ does not exist. Remove it, or correct its name."})
	same(denied_with(good, {"activ": "no"}), {"settings: juspay.activ does not exist. Remove it, or correct its name."})
}

test_unusable_settings_are_denied if {
	list := "a list of ISO 4217 codes, or to false"
	every name, row in {
		"complete_plan": {"hint": "true or false", "values": ["yes", null, 1]},
		"accounts_required": {"hint": "true or false", "values": ["false", 0]},
		"status_known": {"hint": "true or false", "values": [null]},
		"active": {"hint": "true or false", "values": ["ACTIVE", ["ACTIVE"]]},
		"max_days_since_validation": {"hint": "a number of days, at most 3660, or to false", "values": [0, -1, "30", 2592000, 1e300, true, null]},
		"max_hours_since_plan": {"hint": "a number of hours, at most 8784, or to false", "values": [0, -1, "24", 8785, true, null]},
		"currencies": {"hint": list, "values": ["INR", [], [1], {"INR": "INR"}, true, null]},
		"servers": {
			"hint": `a list of "production", "sandbox" and base URLs, or to false`,
			"values": ["production", [], ["prod"], [""], ["production", "api.juspay.in"], ["https://"], [1], true, null],
		},
		"providers": {
			"hint": "a list of provider addresses, such as registry.terraform.io/juspay/juspay",
			"values": [false, true, [], [1], "registry.terraform.io/juspay/juspay", null],
		},
		"payouts": {
			"hint": `an object such as {"bank_payout": ["payee", "item.*.payee", "body|beneficiary.account"]}, or to false`,
			"values": [true, {}, [], {"a": []}, {"a": "x"}, [["x"]], {"a": {"b": "x"}}, {"a": ["x..y"]}, {"a": [""]}, {"a": ["a|b|c"]}, {"a": [1]}, null],
		},
		"other_resources": {"hint": "a list of types of resources that pay nobody", "values": [false, true, [1], {}, null]},
		"registry_providers": {"hint": "true or false", "values": ["no", null]},
		"check_statuses": {"hint": "a list of statuses, or to false", "values": ["pass", [], true]},
	} {
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

undated := "plan: it was not made within the last 24 hours, by its timestamp. Plan again, or raise juspay.max_hours_since_plan."

test_old_plans_are_denied if {
	every timestamp in ["2026-01-30T11:59:59Z", "2026-01-31T13:00:01Z", "2026-01-31T11:59:00", "now", "", null, 1] {
		same(denied(good_with({"timestamp": timestamp})), {undated})
		same(denied_with(good_with({"timestamp": timestamp}), {"max_hours_since_plan": false}), set())
	}
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
		same(denied(good_with(configured([configured_vendor, nameless]))), {missing("a data source without an address")})
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
		same(denied(plan_of(object.union({"validation_status": null}, attributes))), no_status)
	}
	same(denied_with(plan_of({"validation_status": null}), {"active": false}), no_status)
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
		inactive("a data source without an address", "PENDING"),
		unconfigured("a data source without an address"),
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
}

# Freshness and currency.

test_accounts_must_be_validated_recently if {
	stale := {"data.juspay_customer_account.vendor: account banh_a with status ACTIVE was not validated within the last 30 days, by its last_validated, which Juspay's page also calls the recent modified date. Let Juspay validate it again, or raise juspay.max_days_since_validation."}
	every time_of_validation in ["2026-01-01T11:59:59Z", "2025-01-20T00:00:00Z", "2026-01-31T13:00:01Z"] {
		bad := plan_of({"last_validated": time_of_validation})
		same(denied(bad), stale)
		same(denied_with(bad, {"max_days_since_validation": false}), set())
	}
	unreadable := {"data.juspay_customer_account.vendor: account banh_a with status ACTIVE has a last_validated that is not an RFC 3339 timestamp with a time zone. Update this policy to the provider's version."}
	every time_of_validation in ["2026-01-20T00:00:00", "last week", "", 1769860800, false] {
		bad := plan_of({"last_validated": time_of_validation})
		same(denied(bad), unreadable)
		same(denied_with(bad, {"max_days_since_validation": false}), set())
	}
	every time_of_validation in ["2026-01-01T12:00:00Z", "2026-01-31T12:00:00Z", "2026-01-31T13:00:00Z", "2026-01-31T17:30:00+05:30"] {
		same(denied(plan_of({"last_validated": time_of_validation})), set())
	}
	same(denied_with(plan_of({"last_validated": "2020-01-31T12:00:00Z"}), {"max_days_since_validation": 3660}), set())
	same(denied_with(good, {"max_days_since_validation": 0.5}), {"data.juspay_customer_account.vendor: account banh_a with status ACTIVE was not validated within the last 0.5 days, by its last_validated, which Juspay's page also calls the recent modified date. Let Juspay validate it again, or raise juspay.max_days_since_validation."})
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

# A plan of OpenTofu that reads nothing but an ephemeral account.
ephemeral(check, block) := object.remove(good_with_blocks([block], [check]), ["prior_state"])

good_with_blocks(blocks, checks) := good_with(object.union(configured(blocks), {"checks": checks}))

unasserted(address) := sprintf("%s: no condition of its own shows that it is ACTIVE. Give it a postcondition on self.validation_status.", [address])

hidden(address) := sprintf("%s: the configuration does not show it, and so not which provider reads it. Terraform shows no ephemeral resource there: plan with gate.sh, and name the provider juspay, from a source that juspay.providers lists.", [address])

test_an_ephemeral_account_is_no_evidence_by_itself if {
	same(denied(ephemeral(passing, required_ephemeral)), {reads_nothing})
	same(denied_with(ephemeral(passing, required_ephemeral), {"accounts_required": false}), set())
	same(denied(object.remove(ephemeral(passing, required_ephemeral), ["checks"])), {reads_nothing, unasserted(ephemeral_address)})
}

test_an_ephemeral_account_whose_conditions_do_not_pass_is_denied if {
	every check in [
		ephemeral_check("fail", [instance("pass")]),
		ephemeral_check("pass", [instance("pass"), instance("fail")]),
		ephemeral_check("unknown", [instance("unknown")]),
		ephemeral_check("pass", []),
		object.remove(passing, ["instances"]),
		object.remove(passing, ["status"]),
	] {
		same(denied_with(ephemeral(check, required_ephemeral), {"check_statuses": false}), {reads_nothing, unasserted(ephemeral_address)})
		same(denied_with(ephemeral(check, required_ephemeral), {"check_statuses": false, "status_known": false}), {reads_nothing})
	}
	every other in [{"mode": "data"}, {"type": "vault_kv_secret_v2"}] {
		same(denied(ephemeral(object.union(passing, {"address": other}), required_ephemeral)), {reads_nothing, unasserted(ephemeral_address)})
	}
}

test_an_ephemeral_account_without_a_condition_is_denied_beside_a_data_source if {
	same(denied(good_with(configured([configured_vendor, required_ephemeral]))), {unasserted(ephemeral_address)})
	other := object.union(required_ephemeral, {"address": "ephemeral.juspay_customer_account.other"})
	same(denied(good_with_blocks([configured_vendor, required_ephemeral, other], [passing])), {unasserted("ephemeral.juspay_customer_account.other")})
}

test_an_ephemeral_account_may_have_no_instance_where_none_is_required if {
	optional := object.union(required_ephemeral, {"for_each_expression": {"references": ["var.vendors"]}})
	same(denied(ephemeral(ephemeral_check("pass", []), optional)), {reads_nothing})
	same(denied(ephemeral(object.remove(passing, ["instances"]), optional)), {reads_nothing})
	same(denied_with(ephemeral(ephemeral_check("unknown", []), optional), {"check_statuses": false}), {reads_nothing, unasserted(ephemeral_address)})
	same(denied_with(ephemeral(ephemeral_check("pass", [instance("fail")]), optional), {"check_statuses": false}), {reads_nothing, unasserted(ephemeral_address)})
	same(denied_with(ephemeral(ephemeral_check("pass", []), optional), {"accounts_required": false}), set())
	same(denied(good_with_blocks([configured_vendor, optional], [ephemeral_check("pass", [])])), set())
	same(denied(good_with(configured([configured_vendor, optional]))), {unasserted(ephemeral_address)})
	other := object.union(optional, {"address": "ephemeral.juspay_customer_account.other"})
	empty := [ephemeral_check("pass", [])]
	same(denied(good_with_blocks([configured_vendor, optional, other], empty)), {unasserted(other.address)})
	same(denied(good_with_blocks([configured_vendor, required_ephemeral], empty)), {unasserted(ephemeral_address)})
	failing := [ephemeral_check("fail", [instance("fail")])]
	same(denied_with(good_with_blocks([configured_vendor, optional], failing), {"check_statuses": false}), {unasserted(ephemeral_address)})
}

test_an_ephemeral_account_in_a_module_is_evaluated if {
	called := {"configuration": {"root_module": {"module_calls": {"pay": {"module": {"resources": [required_ephemeral]}}}}}}
	same(denied(good_with(called)), {unasserted("module.pay.ephemeral.juspay_customer_account.vendor")})
	check := object.union(passing, {"address": {"to_display": "module.pay.ephemeral.juspay_customer_account.vendor"}})
	same(denied(good_with(object.union(called, {"checks": [check]}))), set())
}

# Terraform does not show ephemeral resources in the configuration.
test_an_ephemeral_account_of_an_unknown_provider_is_denied_beside_a_data_source if {
	same(denied(checked(passing)), {hidden(ephemeral_address)})
	same(denied_with(checked(passing), {"servers": false, "status_known": false}), {hidden(ephemeral_address)})
	nameless := object.union(object.remove(passing, ["address"]), {"address": {"mode": "ephemeral", "type": "juspay_customer_account"}})
	same(denied_with(checked(nameless), {"status_known": false}), {hidden("an ephemeral account"), unknown_ephemeral("an ephemeral account")})
}

test_an_ephemeral_account_that_something_refers_to_is_denied if {
	reference := {"references": ["ephemeral.juspay_customer_account.vendor[0].vpa", "ephemeral.juspay_customer_account.vendor[0]"]}
	user := {"address": "bank_payout.x", "mode": "managed", "type": "bank_payout", "expressions": {"vpa_wo": reference}}
	every where in [
		{"configuration": {"root_module": {"resources": [configured_vendor, user]}}},
		{"configuration": {"root_module": {"module_calls": {"pay": {"expressions": {"vpa": reference}, "module": {}}}}}},
		{"configuration": {"provider_config": {"bank": {"expressions": {"vpa": reference}}}}},
	] {
		same(denied(good_with(where)), {hidden(ephemeral_address), unasserted(ephemeral_address)})
	}
	nested := "module.pay.ephemeral.juspay_customer_account.vendor"
	same(denied(good_with({"configuration": {"root_module": {"module_calls": {"pay": {"module": {"outputs": {"x": {"expression": reference}}}}}}}})), {hidden(nested), unasserted(nested)})
	same(denied(good_with({"configuration": {"root_module": {"resources": [configured_vendor, object.union(object.remove(user, ["expressions"]), {"expressions": {"x": {"references": ["var.ephemeral.juspay_customer_account.x"]}}})]}}})), set())
}

unknown_ephemeral(address) := sprintf("%s: this policy does not know its type. Update this policy to the provider's version.", [address])

with_graph(address, others) := {"refuses_partial_plans": true, "ephemerals": array.concat(
	[[sprintf("[root] %s (expand)", [address]), ""], ["", ""]],
	[[sprintf("[root] %s (expand)", [address]), other] | some other in others],
)}

listed_edge := "[root] module.a.provider[\"registry.terraform.io/juspay/juspay\"].alias"

test_an_ephemeral_account_in_the_graph_needs_a_condition if {
	every type in ["juspay_customer_account", "juspay_customer_accounts"] {
		address := sprintf("module.a.ephemeral.%s.x", [type])
		asserted := {"checks": [object.union(passing, {"address": {"type": type, "to_display": address}})]}
		every others in [[], [listed_edge], [listed_edge, "[root] data.http.x (expand)"], ["[root] data.http.x (expand)"]] {
			same(denied(good), {unasserted(address)}) with data.gate as with_graph(address, others)
			same(denied(good_with(asserted)), set()) with data.gate as with_graph(address, others)
		}
		every others in [["[root] provider[\"evil.example/juspay/juspay\"]"], [listed_edge, "[root] provider[\"evil.example/juspay/juspay\"]"]] {
			same(denied(good_with(asserted)), {hidden(address)}) with data.gate as with_graph(address, others)
		}
		evil := {"configuration": {"provider_config": {"evil": {"full_name": "evil.example/acme/juspay"}}}}
		same(denied(object.union(good_with(asserted), evil)), {hidden(address)}) with data.gate as with_graph(address, [])
		unnamed := json.patch(good_with(asserted), [{"op": "replace", "path": "/configuration/provider_config", "value": {"jp": object.union(production, {"full_name": "registry.terraform.io/juspay/other"})}}])
		includes(denied(unnamed), hidden(address)) with data.gate as with_graph(address, [])
	}
}

test_an_ephemeral_account_of_a_type_that_is_not_known_is_denied if {
	address := "ephemeral.juspay_payout.x"
	same(denied(good), {unknown_ephemeral(address), unasserted(address)}) with data.gate as with_graph(address, [listed_edge])
}

# Payouts.

pays := {"payouts": {"bank_payout": ["payee", "item.*.payee", "body|to.account"]}, "other_resources": ["bank_label"]}

payout(after) := payout_with({"change": {"actions": ["create"], "after": after, "after_unknown": {}}})

payout_with(changes) := object.union(
	{"address": "bank_payout.vendor", "mode": "managed", "type": "bank_payout"},
	changes,
)

paid := {"payee": "banh_a", "item": [{"payee": "4225246777@yesg"}], "body": `{"to": {"account": "banh_a"}}`}

denied_payout(change) := denied_with(good_with({"resource_changes": [change]}), pays)

not_read(path) := sprintf("bank_payout.vendor: its %s is neither the id nor the VPA of an account that this plan reads. Pay out to an account that is read in the same plan.", [path])

names_none(path) := sprintf("bank_payout.vendor: its %s is missing, null or empty, so it names no account. Give it the id or the VPA of an account that the plan reads, or correct juspay.payouts.", [path])

names_later(path) := sprintf("bank_payout.vendor: its %s is not known yet, so it may be any account. Give it a value that is known when planning.", [path])

in_bad_text(path) := sprintf("bank_payout.vendor: its %s is not JSON text in which each name stands once and the account is named. Give it such text, or correct juspay.payouts.", [path])

replaced(path, value) := payout(json.patch(paid, [{"op": "replace", "path": path, "value": value}]))

test_a_payout_to_accounts_that_are_read_is_allowed if denied_payout(payout(paid)) == set()

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

test_an_account_that_the_plan_hides_is_not_payable if {
	accounts := [vendor(object.union(account, {"vpa": vpa})) | some vpa in ["", "***", null]]
	includes(denied_with(object.union(plan(accounts), {"resource_changes": [replaced("/payee", "***")]}), pays), not_read("payee"))
	every value in ["", "***", null] {
		count(denied_with(object.union(plan(accounts), {"resource_changes": [replaced("/payee", value)]}), pays)) > 0
	}
}

test_a_payout_without_an_account_is_denied if {
	every payee in [null, "", 7] {
		same(denied_payout(replaced("/payee", payee)), {names_none("payee"), not_read("payee")})
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

test_a_payout_with_text_that_names_no_account_for_sure_is_denied if {
	every text in [
		"banh_a",
		"{}",
		`{"to": {"account": null}}`,
		`{"to": {"account": "banh_a", "account": "banh_a"}}`,
		`{"to": {"account": "banh_other"}, "to": {"account": "banh_a"}}`,
		`{"to": {"account": "banh_a"}, "To": {"account": "banh_other"}}`,
		`{"to": {"\u0061ccount": "banh_other", "account": "banh_a"}}`,
	] {
		includes(denied_payout(replaced("/body", text)), in_bad_text("body|to.account"))
	}
	same(denied_payout(replaced("/body", `{"to": {"note": "a \"quoted\" word: \\", "account": "banh_a"}}`)), set())
}

test_a_payout_to_a_vpa_of_many_accounts_is_allowed if {
	bulk := vendors({"banh_a": object.remove(account, ["vpa"])})
	with_vpas := object.union(bulk, {"values": {"vpas": {"banh_a": "x@upi", "banh_b": "y@upi", "banh_c": "***"}}})
	change := {"resource_changes": [replaced("/payee", "x@upi"), replaced("/payee", "y@upi")]}
	same(denied_with(object.union(plan([vendor(account), with_vpas]), change), pays), {not_read("payee")})
	hidden := object.union(with_vpas, {"values": {"accounts": {"banh_c": object.union(account, {"customer_account_id": "banh_c"})}}})
	same(denied_with(object.union(plan([vendor(account), hidden]), {"resource_changes": [replaced("/payee", "***")]}), pays), {not_read("payee")})
	other := {"resource_changes": [replaced("/payee", "x@upi")]}
	same(denied_with(object.union(plan([vendor(account), with_vpas]), other), pays), set())
}

test_each_change_that_may_pay_is_bound if {
	after := object.union(paid, {"payee": "banh_other"})
	every actions in [["create"], ["update"], ["delete", "create"], ["create", "delete"], ["create", "forget"], ["something"], []] {
		same(denied_payout(payout_with({"change": {"actions": actions, "after": after, "after_unknown": {}}})), {not_read("payee")})
	}
	every actions in [["no-op"], ["delete"], ["read"], ["forget"]] {
		same(denied_payout(payout_with({"change": {"actions": actions, "after": after, "after_unknown": {}}})), set())
	}
	includes(denied_with(good_with({"deferred_changes": [{"reason": "unknown", "resource_change": replaced("/payee", "banh_other")}]}), pays), not_read("payee"))
}

test_a_type_on_neither_list_is_denied if {
	change := payout({"payee": "banh_a"})
	same(denied_payout(object.union(change, {"type": "bank_label"})), set())
	same(denied_payout(object.union(change, {"type": "wire_transfer"})), {"bank_payout.vendor: its type wire_transfer is in neither juspay.payouts nor juspay.other_resources. Add it to juspay.payouts with where it names an account, or to juspay.other_resources if it pays nobody."})
	every nameless in [object.remove(change, ["type"]), object.union(change, {"type": null})] {
		some message in denied_payout(nameless)
		startswith(message, "bank_payout.vendor: its type ")
	}
	action := {"type": "bank_pay", "lifecycle_action_trigger": {"actions": ["after_create"]}}
	same(denied_with(good_with({"action_invocations": [action]}), pays), {"plan: it runs an action of type bank_pay, which juspay.other_resources does not list. Plan without it, or add its type if it pays nobody."})
	same(count(denied_with(good_with({"action_invocations": [object.remove(action, ["type"])]}), pays)), 1)
	same(denied_with(good_with({"action_invocations": [object.union(action, {"type": "bank_label"})]}), pays), set())
}
