# SPDX-License-Identifier: MPL-2.0

package juspay_policy

import rego.v1

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
