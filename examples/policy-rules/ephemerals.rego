# SPDX-License-Identifier: MPL-2.0

package juspay_policy

import rego.v1

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
