# SPDX-License-Identifier: MPL-2.0

package main_test

import data.main

now := time.parse_rfc3339_ns("2026-01-31T12:00:00Z")

all_on := {
	"complete_plan": true,
	"accounts_required": true,
	"status_known": true,
	"active": true,
	"max_days_since_validation": 30,
	"currencies": ["INR", "EUR"],
	"environment": "production",
	"check_statuses": ["pass"],
}

denied(plan) := denied_with(plan, {})

# denied_with is what is denied with some settings changed.
denied_with(plan, changes) := messages if {
	messages := main.deny with input as plan
		with data.juspay as object.union(all_on, changes)
		with time.now_ns as now
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
	"values": values,
}

vendors(values) := {
	"address": "data.juspay_customer_accounts.all",
	"mode": "data",
	"type": "juspay_customer_accounts",
	"values": {"accounts": values},
}

configured_vendor := {
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
	"errored": false,
	"prior_state": {"values": {"root_module": {"resources": resources}}},
	"configuration": {
		"provider_config": {"juspay": production},
		"root_module": {"resources": [configured_vendor]},
	},
}

good := plan([vendor(account)])

good_with(changes) := object.union(good, changes)

test_a_good_plan_is_allowed if {
	denied(good) == set()
	main.allow with input as good with data.juspay as all_on with time.now_ns as now
	not main.allow with input as {} with data.juspay as all_on
}

# Settings.

test_each_setting_must_be_set if {
	missing := {message | some name in object.keys(all_on); message := sprintf("settings: juspay.%s is not set. Pass settings.json with --data.", [name])}
	main.deny & missing == missing with input as good with data.juspay as {}
	main.deny & missing == missing with input as good with data.juspay as null
}

test_what_is_not_set_is_on if {
	"data.juspay_customer_account.vendor: account banh_a with status PENDING is not ACTIVE." in main.deny with input as plan([vendor(with_status("PENDING"))])
		with data.juspay as {}
}

test_a_misspelt_setting_is_denied if {
	denied_with(good, {"activ": false}) == {"settings: there is no setting juspay.activ."}
	denied_with(good, {"activ": "no"}) == {"settings: there is no setting juspay.activ."}
}

test_unusable_settings_are_denied if {
	every name, values in {
		"complete_plan": ["yes", null, 1],
		"accounts_required": ["false", 0],
		"status_known": [null],
		"active": ["ACTIVE", ["ACTIVE"]],
		"max_days_since_validation": [0, -1, "30", 2592000, 1e300, true, null],
		"currencies": ["INR", [], [1], {"INR": "INR"}, true, null],
		"environment": ["prod", "", true, null],
		"check_statuses": ["pass", [], true],
	} {
		every value in values {
			sprintf("settings: juspay.%s has a value that it cannot have.", [name]) in denied_with(good, {name: value})
		}
	}
}

# The plan as a whole.

test_unknown_formats_are_denied if {
	unknown := {"plan: this is not the JSON of a plan in a format that this policy knows (format_version 1.x)."}
	every version in ["2.0", "0.2", "1", "11.2", "1.2.3", "", null, 1.2] {
		denied(good_with({"format_version": version})) == unknown
	}
	denied(object.remove(good, ["format_version"])) == unknown
	denied(good_with({"format_version": "1.17"})) == set()
}

test_what_is_no_plan_is_denied if {
	every other in [{}, null, [], "plan", 1] {
		count(denied(other)) >= 5
	}
}

test_the_json_of_a_state_is_denied if {
	denied({"format_version": "1.0", "values": good.prior_state.values}) == {
		"plan: it is not marked as complete, as after -target, so accounts may be missing or out of date.",
		"plan: it has no configuration, so it does not show what should be read.",
		"plan: it has no prior_state, so it does not show the accounts that it should have read.",
		"plan: it reads no Juspay account.",
	}
}

malformed := "plan: it is not formed as this policy knows plans, so it may hide accounts or checks."

test_malformed_parts_are_denied if {
	every part in ["resource_changes", "deferred_changes", "checks"] {
		every value in [null, "x", {}, {"status": "fail"}, [null], ["x"], [[]]] {
			malformed in denied(good_with({part: value}))
		}
	}
	every bad_type in [null, 1, []] {
		malformed in denied(plan([vendor(account), object.union(vendor(pending), {"type": bad_type})]))
	}
	malformed in denied(plan([vendor(account), object.remove(vendor(pending), ["type"])]))
}

test_accounts_are_judged_whatever_their_mode if {
	every changed in [object.remove(vendor(pending), ["mode"]), object.union(vendor(pending), {"mode": "managed"})] {
		denied(plan([changed])) == {"data.juspay_customer_account.vendor: account banh_a with status PENDING is not ACTIVE."}
	}
}

test_an_account_without_an_id_is_denied if {
	every id in [null, 1, {}] {
		denied(plan([vendor(object.union(account, {"customer_account_id": id}))])) == {"data.juspay_customer_account.vendor: account unknown has no customer_account_id."}
	}
}

test_failed_plans_are_denied if {
	failed := {"plan: planning failed, so the plan may lack accounts."}
	denied(good_with({"errored": true})) == failed
	denied(good_with({"errored": null})) == failed
	denied(object.remove(good, ["errored"])) == set()
}

test_incomplete_plans_are_denied if {
	incomplete := {"plan: it is not marked as complete, as after -target, so accounts may be missing or out of date."}
	denied(good_with({"complete": false})) == incomplete
	denied(object.remove(good, ["complete"])) == incomplete
	denied_with(good_with({"complete": false}), {"complete_plan": false}) == set()
}

test_a_plan_without_configuration_is_denied if {
	"plan: it has no configuration, so it does not show what should be read." in denied(object.remove(good, ["configuration"]))
	"plan: it has no configuration, so it does not show what should be read." in denied(object.union(object.remove(good, ["configuration"]), {"configuration": null}))
}

test_a_plan_without_prior_state_is_denied if {
	silent := {
		"plan: it has no prior_state, so it does not show the accounts that it should have read.",
		"plan: it reads no Juspay account.",
	}
	denied(object.remove(good, ["prior_state"])) == silent
	denied(object.union(object.remove(good, ["prior_state"]), {"prior_state": {"format_version": "1.0"}})) == silent
	denied_with(object.remove(good, ["prior_state"]), {"accounts_required": false}) == {"plan: it has no prior_state, so it does not show the accounts that it should have read."}
}

test_a_plan_that_reads_nothing_is_denied if {
	nothing := object.remove(good_with({"configuration": {"root_module": {"resources": []}}}), ["prior_state"])
	denied(nothing) == {"plan: it reads no Juspay account."}
	denied_with(nothing, {"accounts_required": false}) == set()
	denied(plan([vendors({})])) == {"plan: it reads no Juspay account."}
	denied(plan([])) == {"plan: it reads no Juspay account."}
}

test_a_data_source_may_have_no_instance_where_none_is_required if {
	every expression in ["count_expression", "for_each_expression"] {
		empty := object.remove(
			good_with({"configuration": {"root_module": {"resources": [object.union(configured_vendor, {expression: {"constant_value": 0}})]}}}),
			["prior_state"],
		)
		denied(empty) == {"plan: it reads no Juspay account."}
		denied_with(empty, {"accounts_required": false}) == set()
	}
}

test_what_looks_like_an_account_is_none if {
	forged := {"root_module": {"resources": [vendor(account)]}}
	denied(plan([
		{"address": "terraform_data.x", "mode": "managed", "type": "terraform_data", "values": {"input": forged}},
		{"address": "data.aws_organizations_organization.x", "mode": "data", "type": "aws_organizations_organization", "values": {"accounts": [account]}},
	])) == {"plan: it reads no Juspay account."}
}

# Statuses.

test_accounts_that_are_not_active_are_denied if {
	every status in ["CREATED", "PENDING", "FAILURE", "active", "SOMETHING_NEW"] {
		bad := plan([vendor(with_status(status))])
		denied(bad) == {sprintf("data.juspay_customer_account.vendor: account banh_a with status %s is not ACTIVE.", [status])}
		denied_with(bad, {"active": false}) == set()
	}
	denied(plan([vendor(with_status(""))])) == {"data.juspay_customer_account.vendor: account banh_a with status unknown is not ACTIVE."}
}

test_an_account_without_a_status_is_denied if {
	no_status := "data.juspay_customer_account.vendor: account banh_a has no validation_status."
	denied(plan([vendor(with_status(null))])) == {
		no_status,
		"data.juspay_customer_account.vendor: account banh_a with status unknown is not ACTIVE.",
	}
	denied_with(plan([vendor(with_status(null))]), {"active": false}) == {no_status}
}

test_missing_attributes_are_denied if {
	every name in ["customer_account_id", "validation_status", "currency", "last_validated"] {
		message := sprintf("data.juspay_customer_account.vendor: the plan does not show its %s. This policy may be too old for the provider.", [name])
		message in denied(plan([vendor(object.remove(account, [name]))]))
	}
	count(denied(plan([vendor(null)]))) == 9
	count(denied(plan([object.remove(vendor(account), ["values"])]))) == 9
	denied(plan([object.remove(vendor(with_status("PENDING")), ["address"])])) == {"a data source without an address: account banh_a with status PENDING is not ACTIVE."}
}

# How many, and where.

pending := with_status("PENDING")

test_every_instance_in_every_module_is_judged if {
	nested := good_with({"prior_state": {"values": {"root_module": {
		"resources": [vendor(account)],
		"child_modules": [
			{"resources": [
				object.union(vendor(account), {"address": "module.a.data.juspay_customer_account.vendor[0]"}),
				object.union(vendor(pending), {"address": "module.a.data.juspay_customer_account.vendor[1]"}),
			]},
			{"child_modules": [{"resources": [object.union(vendor(pending), {"address": "module.b.module.c.data.juspay_customer_account.vendor[\"x\"]"})]}]},
		],
	}}}})
	denied(nested) == {
		"module.a.data.juspay_customer_account.vendor[1]: account banh_a with status PENDING is not ACTIVE.",
		"module.b.module.c.data.juspay_customer_account.vendor[\"x\"]: account banh_a with status PENDING is not ACTIVE.",
	}
}

test_every_account_of_the_plural_data_source_is_judged if {
	denied(plan([vendors({"a": account, "b": account})])) == set()
	denied(plan([vendors({"a": account, "b": pending})])) == {"data.juspay_customer_accounts.all.accounts[\"b\"]: account banh_a with status PENDING is not ACTIVE."}
	count(denied(plan([vendors({"a": account, "b": null})]))) == 9
}

test_a_plural_data_source_without_accounts_is_denied if {
	every values in [null, [], "x"] {
		"data.juspay_customer_accounts.all: the plan does not show its accounts." in denied(plan([vendor(account), vendors(values)]))
	}
	denied(plan([vendor(account), object.union(vendors({}), {"values": {"accounts": {}}})])) == set()
}

# Freshness and currency.

test_accounts_must_be_validated_recently if {
	stale := {"data.juspay_customer_account.vendor: account banh_a with status ACTIVE was not validated within the last 30 days."}
	every time_of_validation in ["2026-01-01T11:59:59Z", "2025-01-20T00:00:00Z", "2026-01-31T13:00:01Z", "last week", "", null, 1769860800] {
		bad := plan([vendor(object.union(account, {"last_validated": time_of_validation}))])
		denied(bad) == stale
		denied_with(bad, {"max_days_since_validation": false}) == set()
	}
	every time_of_validation in ["2026-01-01T12:00:00Z", "2026-01-31T12:00:00Z", "2026-01-31T13:00:00Z", "2026-01-31T17:30:00+05:30"] {
		denied(plan([vendor(object.union(account, {"last_validated": time_of_validation}))])) == set()
	}
	denied_with(plan([vendor(object.union(account, {"last_validated": "2020-01-31T12:00:00Z"}))]), {"max_days_since_validation": 3660}) == set()
	denied_with(good, {"max_days_since_validation": 0.5}) == {"data.juspay_customer_account.vendor: account banh_a with status ACTIVE was not validated within the last 0.5 days."}
}

test_currencies_must_be_in_the_list if {
	every currency in ["USD", "inr", "", null] {
		bad := plan([vendor(object.union(account, {"currency": currency}))])
		denied(bad) == {"data.juspay_customer_account.vendor: account banh_a with status ACTIVE has a currency that is not allowed."}
		denied_with(bad, {"currencies": false}) == set()
	}
	denied(plan([vendor(object.union(account, {"currency": "EUR"}))])) == set()
}

# Reads that are deferred, and reads for a check.

change(reason, after) := {
	"address": "data.juspay_customer_account.vendor",
	"mode": "data",
	"type": "juspay_customer_account",
	"action_reason": reason,
	"change": {"actions": ["read"], "after": after, "after_unknown": {"validation_status": true}},
}

test_deferred_reads_are_denied if {
	every reason in ["read_because_config_unknown", "read_because_dependency_pending", null] {
		deferred := object.remove(good_with({"resource_changes": [change(reason, {"customer_id": "cst_a"})]}), ["prior_state"])
		denied(deferred) == {"data.juspay_customer_account.vendor: it is read only during apply, so its status is not known yet."}
		denied_with(deferred, {"status_known": false}) == set()
	}
}

test_changes_that_are_held_back_are_denied if {
	held_back := {"reason": "provider_config_unknown", "resource_change": change(null, {})}
	denied(good_with({"deferred_changes": [held_back]})) == {"data.juspay_customer_account.vendor: it is read only during apply, so its status is not known yet."}
	denied(good_with({"deferred_changes": [{"resource_change": {"type": "other"}}, {}]})) == set()
}

test_what_an_earlier_run_stored_does_not_hide_a_deferred_read if {
	denied(good_with({"resource_changes": [change("read_because_config_unknown", {})]})) == {"data.juspay_customer_account.vendor: it is read only during apply, so its status is not known yet."}
}

test_a_deferred_plural_read_is_denied if {
	deferred := object.union(change("read_because_config_unknown", {}), {"type": "juspay_customer_accounts", "address": "module.a.data.juspay_customer_accounts.all"})
	denied(good_with({"resource_changes": [deferred]})) == {"module.a.data.juspay_customer_accounts.all: it is read only during apply, so its status is not known yet."}
}

test_an_account_nested_in_a_check_is_judged_by_what_was_read_for_the_plan if {
	read_again := {"resource_changes": [change("read_because_check_nested", account)]}
	denied(good_with(read_again)) == set()
	denied(object.union(plan([vendor(pending)]), read_again)) == {"data.juspay_customer_account.vendor: account banh_a with status PENDING is not ACTIVE."}
}

test_an_account_nested_in_a_check_that_could_not_be_read_is_denied if {
	unread := object.remove(good_with({"resource_changes": [change("read_because_check_nested", {})]}), ["prior_state"])
	denied(unread) == {"data.juspay_customer_account.vendor: it is read only during apply, so its status is not known yet."}
}

test_changes_of_other_kinds_are_none_of_its_business if {
	denied(good_with({"resource_changes": [
		{"address": "terraform_data.x", "mode": "managed", "type": "terraform_data", "change": {"actions": ["create"]}},
		{"address": "data.http.x", "mode": "data", "type": "http", "change": {"actions": ["read"]}},
	]})) == set()
}

# Providers.

elsewhere(key) := sprintf("provider %s: it is not juspay/juspay with its environment written out as \"production\" and no base_url, so accounts may come from elsewhere.", [key])

with_provider(config) := object.union(object.remove(good, ["configuration"]), {"configuration": {
	"provider_config": config,
	"root_module": {"resources": [configured_vendor]},
}})

provided(expressions) := {"full_name": production.full_name, "expressions": expressions}

test_the_environment_must_be_written_out if {
	every config in [
		{"juspay": provided({"environment": {"constant_value": "sandbox"}})},
		{"juspay": provided({"environment": {"references": ["var.environment"]}})},
		{"juspay": provided({"environment": {"constant_value": "production"}, "base_url": {"constant_value": "http://127.0.0.1:8787"}})},
		{"juspay": provided({"environment": {"constant_value": "production"}, "base_url": {"references": ["var.base_url"]}})},
		{"juspay": provided({"max_retries": {"constant_value": 2}})},
		{"juspay": {"name": "juspay"}},
		{"juspay": object.remove(production, ["full_name"])},
		{"juspay": object.union(production, {"full_name": "registry.terraform.io/acme/juspay"})},
		{"juspay.other": production},
		{},
		null,
	] {
		denied(with_provider(config)) == {elsewhere("juspay")}
		denied_with(with_provider(config), {"environment": false}) == set()
	}
	sandbox := with_provider({"juspay": object.union(production, {"expressions": {"environment": {"constant_value": "sandbox"}}})})
	denied_with(sandbox, {"environment": "sandbox"}) == set()
}

test_a_provider_that_reads_no_account_may_be_anything if {
	denied(with_provider({"juspay": production, "juspay.sandbox": {"expressions": {"environment": {"constant_value": "sandbox"}}}})) == set()
}

test_providers_of_modules_are_judged if {
	in_modules := {"configuration": {"root_module": {"module_calls": {"resources": {"module": {"module_calls": {"payout": {"module": {"resources": [object.union(configured_vendor, {"provider_config_key": "juspay.sandbox"})]}}}}}}}}}
	denied(good_with(in_modules)) == {elsewhere("juspay.sandbox")}
}

test_a_data_source_without_a_provider_is_denied if {
	unclear := {"configuration": {"root_module": {"resources": [object.remove(configured_vendor, ["provider_config_key"])]}}}
	denied(good_with(unclear)) == {elsewhere("unknown")}
}

test_accounts_that_nothing_configures_are_denied if {
	orphans := good_with({"configuration": {"root_module": {"resources": [{"address": "data.http.x", "mode": "data", "type": "http"}]}}})
	denied(orphans) == {"plan: it does not show which provider reads its accounts."}
	denied_with(orphans, {"environment": false}) == set()
}

# Checks.

check(status, instances) := {
	"address": {"kind": "check", "name": "c", "to_display": "check.c"},
	"status": status,
	"instances": instances,
}

instance(status) := {"address": {"to_display": "check.c[0]"}, "status": status, "problems": [{"message": "4225246777@yesg"}]}

test_checks_must_pass if {
	denied(good_with({"checks": [check("pass", [instance("pass")])]})) == set()
	every status in ["fail", "error", "unknown"] {
		bad := good_with({"checks": [check(status, [instance(status)])]})
		denied(bad) == {
			sprintf("check.c: its conditions have the status %s.", [status]),
			sprintf("check.c[0]: its conditions have the status %s.", [status]),
		}
		denied_with(bad, {"check_statuses": false}) == set()
		denied_with(bad, {"check_statuses": ["pass", status]}) == set()
	}
}

test_the_statuses_to_allow_are_those_that_are_listed if {
	denied_with(good_with({"checks": [check("pass", [])]}), {"check_statuses": ["unknown"]}) == {"check.c: its conditions have the status pass."}
}

test_one_failed_instance_is_enough if {
	denied(good_with({"checks": [check("pass", [instance("pass"), instance("fail")])]})) == {"check.c[0]: its conditions have the status fail."}
}

test_a_failed_check_is_denied_whatever_its_instances_look_like if {
	denied(good_with({"checks": [check("fail", [])]})) == {"check.c: its conditions have the status fail."}
	every instances in [{}, null, "x", [instance("pass"), null]] {
		"check.c: its conditions have the status fail." in denied(good_with({"checks": [check("fail", instances)]}))
		malformed in denied(good_with({"checks": [check("pass", instances)]}))
	}
}

test_a_check_without_status_or_address_is_denied if {
	denied(good_with({"checks": [{}]})) == {"a check without an address: its conditions have the status unknown."}
	denied(good_with({"checks": [{"address": {"to_display": null}, "status": null}]})) == {"a check without an address: its conditions have the status unknown."}
}

# An ephemeral resource is in no plan; its conditions are.
ephemeral(status) := object.remove(
	good_with({
		"checks": [{
			"address": {"kind": "resource", "mode": "ephemeral", "type": "juspay_customer_account", "name": "vendor", "to_display": "ephemeral.juspay_customer_account.vendor"},
			"status": status,
			"instances": [{"address": {"to_display": "ephemeral.juspay_customer_account.vendor"}, "status": status}],
		}],
		"configuration": {"root_module": {"resources": [object.union(configured_vendor, {"mode": "ephemeral"})]}},
	}),
	["prior_state"],
)

test_an_ephemeral_account_counts_if_it_is_asserted_on if {
	denied(ephemeral("pass")) == set()
	denied(ephemeral("fail")) == {"ephemeral.juspay_customer_account.vendor: its conditions have the status fail.", "plan: it reads no Juspay account."}
	denied(object.remove(ephemeral("pass"), ["checks"])) == {"plan: it reads no Juspay account."}

	# Of no instances, all pass.
	every check in ephemeral("pass").checks {
		denied(object.union(ephemeral("pass"), {"checks": [object.union(check, {"instances": []})]})) == {"plan: it reads no Juspay account."}
		denied(object.union(ephemeral("pass"), {"checks": [object.remove(check, ["instances"])]})) == {"plan: it reads no Juspay account."}
	}
	every other in [{"mode": "data"}, {"type": "vault_kv_secret_v2"}] {
		checks := [object.union(check, {"address": object.union(check.address, other)}) | some check in ephemeral("pass").checks]
		denied(object.union(ephemeral("pass"), {"checks": checks})) == {"plan: it reads no Juspay account."}
	}
}

# Terraform 1.16 does not show ephemeral resources in the configuration, and so
# not which provider reads them.
test_an_ephemeral_account_of_an_unknown_provider_is_denied if {
	hidden := object.union(ephemeral("pass"), {"configuration": {"root_module": {"resources": []}}})
	denied_with(hidden, {"environment": "production"}) == {"plan: it does not show which provider reads its accounts."}
	denied_with(hidden, {"environment": false}) == set()
}

# Personal data.

test_no_message_holds_a_vpa if {
	bad := object.union(plan([vendor(object.union(pending, {"currency": "4225246777@yesg", "last_validated": "4225246777@yesg"}))]), {
		"errored": true,
		"complete": false,
		"resource_changes": [change("read_because_config_unknown", account)],
		"checks": [check("fail", [instance("fail")])],
	})
	messages := denied_with(bad, {"environment": "sandbox"})
	count(messages) == 9 # one of each rule that these break
	every message in messages { not contains(message, "4225246777") }
	named := object.union(vendor(with_status("4225246777@yesg")), {"address": "data.juspay_customer_account.vendor[\"4225246777@yesg\"]"})
	denied(plan([named, vendors({"4225246777@yesg": pending})])) == {
		"data.juspay_customer_account.vendor[\"***\"]: account banh_a with status unknown is not ACTIVE.",
		"data.juspay_customer_accounts.all.accounts[\"***\"]: account banh_a with status PENDING is not ACTIVE.",
	}
	failing := object.union(check("4225246777@yesg", []), {"address": {"to_display": "data.x[\"4225246777@yesg\"]"}})
	denied(good_with({"checks": [failing]})) == {"data.x[\"***\"]: its conditions have the status unknown."}
}
