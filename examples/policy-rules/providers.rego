# SPDX-License-Identifier: MPL-2.0

package juspay_policy

import rego.v1

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
