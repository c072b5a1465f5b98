# SPDX-License-Identifier: MPL-2.0

package juspay_policy

import rego.v1

# Checks.
#
# Postconditions, preconditions, check blocks and validations.

# METADATA
# title: All conditions pass
# description: Correct what fails, or add the status to juspay.check_statuses.
# custom: {rule: check}
denials contains {
	"rule": "check", "about": check_name(subject),
	"reason": sprintf("its conditions have the status %s", [check_status(subject)]),
	"remedy": "Make them pass, or add that status to juspay.check_statuses.",
} if {
	on("check_statuses")
	some check in input.checks
	some subject in array.concat([check], instances(check))
	not status_allowed(subject)
}

status_allowed(subject) if subject.status in settings.check_statuses

check_status(subject) := subject.status if {
	subject.status in {"fail", "error", "unknown", "pass"}
} else := "unknown"

instances(check) := check.instances if {
	is_array(check.instances)
} else := []

check_name(subject) := clean(subject.address.to_display) if {
	is_string(subject.address.to_display)
} else := "a check without an address"
