# SPDX-License-Identifier: MPL-2.0

package juspay_policy

import rego.v1

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
