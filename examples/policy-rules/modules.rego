# SPDX-License-Identifier: MPL-2.0

package juspay_policy

import rego.v1

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
