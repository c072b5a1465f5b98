// SPDX-License-Identifier: MPL-2.0

package policy

import "fmt"

// notActive returns the policy's reason against a sample that is not ACTIVE.
func notActive(address, account, status string) string {
	later := ""
	if status == "PENDING" || status == "CREATED" {
		later = "; or, while Juspay still validates this one, plan again later"
	}
	return fmt.Sprintf("%s: account %s with status %s is not ACTIVE. Pay out to an account that is%s.", address, account, status, later)
}

func readLate(address string) string {
	return address + ": it is read only during apply, so its status is not known yet. Give it arguments that are known when planning, and no depends_on."
}

func notInPlan(address string) string {
	return address + ": the plan does not show it, though the configuration reads it. Plan without -target and -exclude; if it may have no instance, let its " +
		"count or for_each refer to a variable or a local value."
}

func foreignProvider(address, provider string) string {
	return fmt.Sprintf("%s: its provider is %s, which juspay.providers does not list. Set its source to one that is listed, in required_providers; or list your "+
		"own mirror.", address, provider)
}

func unlistedServer(key, server string) string {
	return fmt.Sprintf("provider %s: its block does not set environment or base_url to one of [%q], as a literal, so accounts may come from elsewhere. Set one "+
		"of the two, or change juspay.servers.", key, server)
}

const ephemeralAddress = "ephemeral.juspay_customer_account.vendor"

// unguarded is the denial of a resource that depends on an ephemeral account.
func unguarded(address, resourceType string) string {
	return fmt.Sprintf("%s: it depends on an ephemeral account, and has no condition of its own that passes."+
		" Give it a precondition on the account's validation_status; or, if it pays nobody, add its type %s to juspay.other_resources.", address, resourceType)
}

const hiddenEphemeral = ephemeralAddress + ": the configuration does not show it, and so not which provider reads it, " +
	"since Terraform shows no ephemeral resource there. Plan with gate.sh, which reads the graph of the plan."

const (
	readsNothing = "plan: it reads no Juspay account. Read one with data juspay_customer_account; or, if the configuration may have none, set " +
		"juspay.accounts_required to false."
	outdated = "plan: it was not made within the last 24 hours, by its timestamp. Plan again, or raise juspay.max_hours_since_plan."
	undated  = "plan: its timestamp is not one of RFC 3339 with a time zone, so it may be of any age." +
		" Plan with Terraform 1.5, OpenTofu 1.6 or later, and pass what terraform show -json prints, unchanged."
	fromTheFuture = "plan: it was made more than an hour in the future, by its timestamp." +
		" Correct the clock of the machine that plans, or of the one that evaluates the policy."
	incomplete = "plan: it is not marked as complete, as after -target, so accounts may be missing or out of date. Plan without -target."
	silent     = "plan: it does not say whether it is complete, so accounts may be missing or out of date. Plan with gate.sh, which refuses -target; or set " +
		"juspay.complete_plan to false, and let nobody use -target or -exclude."
	invoked = "plan: it was made with -invoke, so accounts may be out of date, and the action may pay. Plan without -invoke."
)
