# Looks right, and allows a PENDING account: one that was read for the plan is not
# in resource_changes. Do not use it; see examples/policies.
package main

deny contains sprintf("%s is %s, not ACTIVE.", [change.address, change.change.after.validation_status]) if {
	some change in input.resource_changes
	change.type == "juspay_customer_account"
	change.change.after.validation_status != "ACTIVE"
}
