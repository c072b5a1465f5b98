# SPDX-License-Identifier: MPL-2.0

# METADATA
# title: Policy on Juspay accounts in a Terraform plan
# description: |
#   Denies a Terraform plan unless the Juspay accounts in it may be paid out to. Its
#   input is the output of terraform show -json for a saved plan; data.juspay, from
#   settings.json, switches the rules; gate.sh adds data.gate.
#
#   It fails closed: a rule says what is good, and what is not known to be good is
#   denied. That is true only as long as what stands after "not" is a rule, or a
#   comparison of a variable's field with a constant: with a missing field as the
#   argument of a call, as in "not is_object(input.x)", nothing would be denied.
#
#   A denial names what it is about, says why, what to change, and its rule. None
#   contains a VPA. Work on a plan is linear in its size: rules that explain a denial
#   look only at what a first pass did not accept.
package juspay_policy

import rego.v1

# allow is undefined, and not false, where anything is denied, so that opa eval --fail
# exits with an error; the same is true where the query is misspelt. The package has a
# name of its own, so that no rule of a team shares a name with one of these.
allow if count(denials) == 0

# deny has each denial as text. Platforms print it.
deny contains line(object.union(denial, {"abouts": [denial.about]})) if some denial in denials

# report has what gate.sh prints: a line for all denials that have the rule and the
# reason in common, in a fixed order.
report := [line(object.union(json.unmarshal(group), {"abouts": sort(abouts)})) | some group, abouts in grouped]

grouped[json.marshal(object.remove(denial, ["about"]))] contains denial.about if some denial in denials

line(group) := sprintf("%s %s. %s [%s]", [group.abouts[0], group.reason, group.remedy, group.rule]) if {
	count(group.abouts) == 1
	group.of_accounts
} else := sprintf("%d of %d accounts %s: %s. %s [%s]", [count(group.abouts), account_count, plural_verb(group.reason), listed(group.abouts), group.remedy, group.rule]) if {
	group.of_accounts
} else := sprintf("%s: %s. %s [%s]", [group.abouts[0], group.reason, group.remedy, group.rule]) if {
	count(group.abouts) == 1
} else := sprintf("%d times: %s: %s. %s [%s]", [count(group.abouts), group.reason, listed(group.abouts), group.remedy, group.rule])

# A reason about accounts begins with one of three verbs.
plural_verb(reason) := sprintf("are%s", [trim_prefix(reason, "is")]) if {
	startswith(reason, "is ")
} else := sprintf("were%s", [trim_prefix(reason, "was")]) if {
	startswith(reason, "was ")
} else := sprintf("have%s", [trim_prefix(reason, "has")])

listed(abouts) := concat(", ", array.concat(
	array.slice(abouts, 0, 20),
	["…" | count(abouts) > 20],
))

# clean hides what looks like a VPA, such as the key of an instance.
clean(name) := regex.replace(sprintf("%v", [name]), `[^"\s\[]*@[^"\s\]]*`, "***")

address(thing) := clean(object.get(thing, "address", "a resource without an address"))
