// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func TestAccPostconditionsAndPreconditionsStopTheRun(t *testing.T) {
	t.Parallel()
	for directory, first := range map[string]string{
		"assertions/postcondition":       "Error: Resource postcondition failed",
		"assertions/precondition":        "Error: Resource precondition failed",
		"assertions/output-precondition": "Error: Module output value precondition failed",
		"assertions/payout-module":       "Error: Resource postcondition failed",
	} {
		t.Run(directory, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			w := acctest.NewWorkspace(t, server, os.DirFS(directory))
			w.ReadFrom(server)
			w.Run(0, "get")
			for account, ending := range map[string]string{
				"cst_dairy/banh_dairy_pending":             "Account banh_dairy_pending must be ACTIVE, but is PENDING.",
				"cst_corner_shop/banh_corner_shop_failure": "Account banh_corner_shop_failure must be ACTIVE, but is FAILURE.",
				"cst_estate/banh_estate_created":           "Account banh_estate_created must be ACTIVE, but is CREATED.",
			} {
				customer, id, _ := strings.Cut(account, "/")
				acctest.CheckContains(t, w.Run(1, apply(vendor(customer, id)...)...), first, ending)
			}
			server.Put(juspaytest.NewAccount("cst_acme", "banh_none").Without("validation_status"))
			acctest.CheckContains(t, w.Run(1, apply(vendor("cst_acme", "banh_none")...)...), "Account banh_none must be ACTIVE, but is without a status.")
			if paidOut(w) {
				t.Error("a payout was made")
			}
			w.Run(0, apply()...)
			if !paidOut(w) {
				t.Error("no payout was made to an ACTIVE account")
			}
		})
	}
}

// paidOut reports whether the placeholder for a payout was made.
func paidOut(w *acctest.Workspace) bool {
	_, printed := w.TryRun(context.Background(), "state", "list")
	return strings.Contains(printed, "terraform_data.payout")
}

func TestAccPayoutModuleGuardsThePayout(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := acctest.NewWorkspace(t, server, os.DirFS("assertions/payout-module"))
	w.ReadFrom(server)
	w.Run(0, "get")
	w.Run(0, apply()...)
	if got := w.Output("paid_account"); got != "banh_acme_active" {
		t.Errorf("got %v", got)
	}
}

func TestAccChecksWarnAndStopNothing(t *testing.T) {
	t.Parallel()
	for _, directory := range []string{"assertions/check", "assertions/check-nested"} {
		t.Run(directory, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorkspace(t, acctest.StartAPI(t), os.DirFS(directory))
			const warning = "Warning: Check block assertion failed"
			acctest.CheckLacks(t, "the plan of an ACTIVE account", w.Run(0, plan()...), warning)
			printed := w.Run(0, apply(vendor("cst_dairy", "banh_dairy_pending")...)...)
			acctest.CheckContains(t, printed, warning, "Account banh_dairy_pending is not ACTIVE.")
			if !paidOut(w) {
				t.Error("a check stopped the payout")
			}
		})
	}
}

func TestAccFreshness(t *testing.T) {
	t.Parallel()
	for directory, of := range map[string]struct {
		feature     acctest.Feature
		noTimestamp []string
	}{
		"assertions/freshness":                   {acctest.Functions, []string{"Error: Invalid function argument", `Invalid value for "timestamp" parameter: must be a timestamp in RFC 3339`}},
		"assertions/freshness-without-functions": {noFeature, []string{"Error: Invalid function argument", "not a valid RFC3339 timestamp"}},
	} {
		t.Run(directory, func(t *testing.T) {
			t.Parallel()
			acctest.SkipUnlessSupported(t, of.feature)
			server := acctest.StartAPI(t)
			w := acctest.NewWorkspace(t, server, os.DirFS(directory))
			account := juspaytest.NewAccount("cst_acme", "banh_acme_active")
			daysAgo := func(days int) string { return time.Now().AddDate(0, 0, -days).UTC().Format(time.RFC3339) }

			server.Put(account.With("last_validated", daysAgo(29)))
			w.Run(0, plan()...)
			acctest.CheckContains(t, w.Run(1, plan("-var", "max_age=24h")...), "must have been validated within 24h, but was last validated at 20")

			server.Put(account.With("last_validated", daysAgo(31)))
			acctest.CheckContains(t, w.Run(1, plan()...), "Error: Resource postcondition failed", "Account banh_acme_active must have been validated within 720h, but was last validated at 20")

			server.Put(account.Without("last_validated"))
			printed := w.Run(1, plan()...)
			acctest.CheckContains(t, printed, "Account banh_acme_active must have been validated within 720h, but was never validated.")
			acctest.CheckLacks(t, "a postcondition that is safe for null", printed, "Invalid function argument", "Error in function call")

			server.Put(account.With("last_validated", "last week"))
			acctest.CheckContains(t, w.Run(1, plan()...), of.noTimestamp...)

			server.Put(account.With("last_validated", daysAgo(1)).With("validation_status", "PENDING"))
			acctest.CheckContains(t, w.Run(1, plan()...), "Account banh_acme_active must be ACTIVE, but is PENDING.")
		})
	}
}

func TestAccTimecmpFailsOnNull(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Put(juspaytest.NewAccount("cst_acme", "banh_acme_active").Without("last_validated"))
	configuration := readFile(t, "data-sources/juspay_customer_account/data-source.tf") + `
output "fresh" {
  value = timecmp(data.juspay_customer_account.vendor.last_validated, plantimestamp()) > 0
}
`
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, configuration))
	acctest.CheckContains(t, w.Run(1, plan()...), "Error: Invalid function argument", "argument must not be null")
}

func TestAccAMessageThatMentionsASensitiveValueIsSuppressed(t *testing.T) {
	t.Parallel()
	configuration := strings.ReplaceAll(readFile(t, "assertions/postcondition/main.tf"), "Account ${self.customer_account_id}", "Account ${self.vpa}")
	w := acctest.NewWorkspace(t, acctest.StartAPI(t), acctest.MainFile(t, configuration))
	printed := w.Run(1, plan(vendor("cst_dairy", "banh_dairy_pending")...)...)
	acctest.CheckContains(t, printed, "Error: Resource postcondition failed", "will not display the resulting message")
	acctest.CheckLacks(t, "the output", printed, "must be ACTIVE, but is PENDING", juspaytest.VPA)
}

// way is one way of asserting on an account.
type way struct {
	name, directory string
	gated           bool
}

var ways = []way{
	{"`postcondition` of the data source", "assertions/postcondition", false},
	{"`precondition` of the resource", "assertions/precondition", false},
	{"`precondition` of an output", "assertions/output-precondition", false},
	{"`check`, data source outside", "assertions/check", false},
	{"`check`, data source inside", "assertions/check-nested", false},
	{"policy on the plan", "policy-gate", true},
}

// TestAccTheGuidesTableIsWhatHappens measures each row of the guide's table.
func TestAccTheGuidesTableIsWhatHappens(t *testing.T) {
	t.Parallel()
	guide := readFile(t, "../templates/guides/asserting-active.md.tmpl")
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			cells := []string{way.name, way.whenNotActive(t), way.whenReadDuringApply(t), way.whenUnreadable(t)}
			if row := "\n| " + strings.Join(cells, " | ") + " |\n"; !strings.Contains(guide, row) {
				t.Errorf("the guide lacks this row:%s", row)
			}
		})
	}
}

// TestAccWhatEachWayLeavesBehind holds the sentences below the guide's table.
func TestAccWhatEachWayLeavesBehind(t *testing.T) {
	t.Parallel()
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			places, exitCode := "prior_state, checks", 0
			switch way.directory {
			case "assertions/check-nested":
				places, exitCode = "prior_state, planned_values, resource_changes, checks", 2
			case "policy-gate":
				places = "prior_state" // without a condition, no result of one
			}
			if got := way.inThePlanJSON(t); got != places {
				t.Errorf("the account is in %s, not in %s", got, places)
			}
			way.checkAfterApply(t, exitCode)
		})
	}
}

// open returns a directory with the configuration, and what plans there, and evaluates
// the policy if there is one.
func (way way) open(t *testing.T, configuration fs.FS) (*acctest.Workspace, func(...string) (int, string)) {
	t.Helper()
	server := validated(acctest.StartAPI(t))
	if way.gated {
		return newGate(t, server, configuration)
	}
	w := acctest.NewWorkspace(t, server, configuration)
	return w, func(args ...string) (int, string) { return w.TryRun(t.Context(), plan(args...)...) }
}

func stopsOrWarns(t *testing.T, code int, printed string) string {
	t.Helper()
	switch {
	case code == 1 && strings.Contains(printed, "Error: "):
		return "error, exit code 1"
	case code == 1 && strings.Contains(printed, "The policy denies this plan:"):
		return "denied, exit code 1"
	case code == 0 && strings.Contains(strings.ReplaceAll(printed, "Warning: Provider development overrides", ""), "Warning: "):
		return "warning, exit code 0"
	}
	t.Errorf("exit code %d:\n%s", code, printed)
	return ""
}

func (way way) whenNotActive(t *testing.T) string {
	t.Helper()
	_, command := way.open(t, os.DirFS(way.directory))
	code, printed := command(vendor("cst_dairy", "banh_dairy_pending")...)
	acctest.CheckContains(t, printed, "ccount banh_dairy_pending ") // of the condition's message, or the policy's
	return stopsOrWarns(t, code, printed)
}

func (way way) whenUnreadable(t *testing.T) string {
	t.Helper()
	_, command := way.open(t, os.DirFS(way.directory))
	code, printed := command(vendor("cst_dairy", "banh_unknown")...)
	acctest.CheckContains(t, printed, ": Customer account not found")
	return stopsOrWarns(t, code, printed)
}

// late makes the configuration's account id known only during apply.
func late(t *testing.T, directory string) string {
	t.Helper()
	main := readExample(t, directory)
	changed := strings.Replace(main, "customer_account_id = var.customer_account_id", "customer_account_id = terraform_data.late.output", 1)
	if changed == main {
		t.Fatalf("%s reads no var.customer_account_id", directory)
	}
	return changed + "\nresource \"terraform_data\" \"late\" {\n  input = var.customer_account_id\n}\n"
}

func (way way) whenReadDuringApply(t *testing.T) string {
	t.Helper()
	w, command := way.open(t, acctest.MainFile(t, late(t, way.directory)))
	code, printed := command(vendor("cst_dairy", "banh_dairy_pending")...)
	if code == 0 {
		code, printed = w.TryRun(t.Context(), apply(vendor("cst_dairy", "banh_dairy_pending")...)...)
	}
	stops := stopsOrWarns(t, code, printed)
	if paidOut(w) {
		return stops + ", payout made"
	}
	return stops + ", no payout"
}

func (way way) inThePlanJSON(t *testing.T) string {
	t.Helper()
	w, _ := way.open(t, os.DirFS(way.directory))
	w.Run(0, plan("-out", "saved.plan")...)
	return strings.Join(placesOf(w), ", ")
}

// placesOf names the parts of saved.plan's JSON that hold the account, and "checks"
// if that part holds anything.
func placesOf(w *acctest.Workspace) []string {
	var parts map[string]json.RawMessage
	w.JSON(&parts, "show", "-json", "saved.plan")
	var places []string
	for _, part := range []string{"prior_state", "planned_values", "resource_changes"} {
		if strings.Contains(string(parts[part]), `"address":"`+vendorAddress+`"`) {
			places = append(places, part)
		}
	}
	if strings.Contains(string(parts["checks"]), `"status":"pass"`) {
		places = append(places, "checks")
	}
	return places
}

// checkAfterApply checks the exit code of a plan without changes, and that the state
// holds the VPA.
func (way way) checkAfterApply(t *testing.T, exitCode int) {
	t.Helper()
	w, _ := way.open(t, os.DirFS(way.directory))
	w.Run(0, apply()...)
	if !strings.Contains(w.Read("terraform.tfstate"), juspaytest.VPA) {
		t.Error("the state holds no VPA")
	}
	if code, printed := w.TryRun(t.Context(), plan("-detailed-exitcode")...); code != exitCode {
		t.Errorf("exit code %d, not %d:\n%s", code, exitCode, printed)
	}
}
