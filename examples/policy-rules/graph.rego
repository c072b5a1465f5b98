# SPDX-License-Identifier: MPL-2.0

package juspay_policy

import rego.v1

# The graph of the plan.
#
# A plan's JSON shows neither Terraform's ephemeral resources nor what the conditions
# of a resource refer to. gate.sh adds what terraform graph -type=plan prints, as a
# list data.gate.graph of pairs: [node, ""] for each node, and [from, to] for each
# edge. Without the gate, it is undefined.

graph_edges := [[from, to] | some [from, to] in data.gate.graph]

graph_nodes := {from | some [from, _] in graph_edges}

# What needs a node, directly. Each node is a key, even if nothing needs it.
needed_by[node] contains needing if {
	some [needing, node] in graph_edges
	node != ""
}

needed_by[node] contains "" if some node in graph_nodes

# node_address returns the address of the block that a node is of.
node_address(node) := regex.replace(trim_prefix(node, "[root] "), ` \([^)]*\)$`, "")

# METADATA
# title: The graph is the one of this plan
# description: Update the policy to the version of Terraform.
# custom: {rule: graph}
denials contains {
	"rule": "graph", "about": block.address,
	"reason": "the graph of the plan does not show it, so ephemeral accounts may be missing there too",
	"remedy": "Update this policy to the version of Terraform.",
} if {
	data.gate.graph
	some block in account_blocks
	not sprintf("[root] %s (expand)", [block.address]) in graph_nodes
}
