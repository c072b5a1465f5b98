# SPDX-License-Identifier: MPL-2.0

package juspay_policy

import rego.v1

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
