// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"encoding/json"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// TestAccAssertions_StopTheRun has all statuses, and none.
func TestAccAssertions_StopTheRun(t *testing.T) {
	t.Parallel()
	for directory, first := range map[string]string{
		"assertions/postcondition":                           "Error: Resource postcondition failed",
		"assertions/precondition":                            "Error: Resource precondition failed",
		"assertions/output-precondition":                     "Error: Module output value precondition failed",
		"assertions/payout-module":                           "Error: Resource postcondition failed",
		"data-sources/juspay_customer_account/postcondition": "Error: Resource postcondition failed",
	} {
		t.Run(directory, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			w := newPageExample(t, server, directory)
			w.ReadFrom(server)
			w.Run(0, "get")
			for _, status := range []string{"CREATED", "PENDING", "FAILURE", "ON_HOLD", "without a status"} {
				account := acmeWith(status)
				if status == "without a status" {
					account = account.Without("validation_status")
				}
				server.Put(account)
				acctest.CheckContains(t, w.Run(1, apply()...), first, "Account banh_acme_active must be ACTIVE, but is "+status+".")
			}
			checkPaid(t, w, false)
			server.Put(acmeWith("ACTIVE"))
			w.Run(0, apply()...)
			checkPaid(t, w, true)
			if directory == "assertions/payout-module" {
				checkOutput(t, w, "paid_account", "banh_acme_active")
			}
		})
	}
}

func TestAccChecks_WarnAndStopNothing(t *testing.T) {
	t.Parallel()
	for _, directory := range []string{"assertions/check", "assertions/check-nested"} {
		t.Run(directory, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorkspace(t, acctest.StartAPI(t), os.DirFS(directory))
			const warning = "Warning: Check block assertion failed"
			acctest.CheckLacks(t, "the plan of an ACTIVE account", w.Run(0, plan()...), warning)
			printed := w.Run(0, apply(vendor("cst_dairy", "banh_dairy_pending")...)...)
			acctest.CheckContains(t, printed, warning, "Account banh_dairy_pending is not ACTIVE.")
			checkPaid(t, w, true)
		})
	}
}

func TestAccFreshness(t *testing.T) {
	t.Parallel()
	const invalid = "Error: Invalid function argument"
	for directory, test := range map[string]struct {
		feature     acctest.Feature
		noTimestamp string
	}{
		"assertions/freshness":                   {acctest.Functions, `Invalid value for "timestamp" parameter: must be a timestamp in RFC 3339`},
		"assertions/freshness-without-functions": {noFeature, "not a valid RFC3339 timestamp"},
	} {
		t.Run(directory, func(t *testing.T) {
			t.Parallel()
			acctest.SkipUnlessSupported(t, test.feature)
			server := acctest.StartAPI(t)
			w := acctest.NewWorkspace(t, server, os.DirFS(directory))
			daysAgo := func(days int) string { return time.Now().AddDate(0, 0, -days).UTC().Format(time.RFC3339) }
			const message = "Account banh_acme_active must have been validated within "
			stops := func(account juspaytest.Account, want ...string) string {
				t.Helper()
				server.Put(account)
				printed := w.Run(1, plan()...)
				acctest.CheckContains(t, printed, want...)
				return printed
			}

			server.Put(acmeWith("ACTIVE").With("last_validated", daysAgo(29)))
			w.Run(0, plan()...)
			acctest.CheckContains(t, w.Run(1, plan("-var", "max_age=24h")...), message+"24h, but was last validated at 20")

			stops(acmeWith("ACTIVE").With("last_validated", daysAgo(31)), "Error: Resource postcondition failed", message+"720h, but was last validated at 20")
			printed := stops(acmeWith("ACTIVE").Without("last_validated"), message+"720h, but was never validated.")
			acctest.CheckLacks(t, "a postcondition that is safe for null", printed, "Invalid function argument", "Error in function call")
			stops(acmeWith("ACTIVE").With("last_validated", "last week"), invalid, test.noTimestamp)
			stops(acmeWith("PENDING").With("last_validated", daysAgo(1)), "Account banh_acme_active must be ACTIVE, but is PENDING.")
		})
	}
}

// TestAccFreshness_AtApply applies a plan after the account was validated again. The time of
// that validation is two hours after the plan.
func TestAccFreshness_AtApply(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.EphemeralResources)
	const status = "ephemeral.juspay_customer_account.vendor.validation_status == \"ACTIVE\""
	for name, row := range map[string]struct {
		more string
		exit int
	}{
		"the status alone":             {"", 0},
		"the age at plantimestamp too": {" && provider::juspay::validated_within(ephemeral.juspay_customer_account.vendor.last_validated, \"720h\", plantimestamp())", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			w := newApplyTimeGuard(t, server, "assertions/apply-time")
			change(t, w, "main.tf", status, status+row.more)
			validatedAt := func(at time.Time) {
				server.Put(acmeWith("ACTIVE").With("last_validated", at.UTC().Format(time.RFC3339)))
			}
			validatedAt(time.Now())
			w.Run(0, plan("-out", "saved.plan")...)
			validatedAt(time.Now().Add(2 * time.Hour))
			w.Run(row.exit, apply("saved.plan")...)
			checkPaid(t, w, row.exit == 0)
		})
	}
}

func TestAccTimecmp_FailsOnNull(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Put(acmeWith("ACTIVE").Without("last_validated"))
	const lastValidated = "data.juspay_customer_account.vendor.last_validated"
	for name, guard := range map[string]string{
		"alone":                 "",
		"to the right of an &&": lastValidated + " != null && ",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			configuration := readExample(t, "data-sources/juspay_customer_account") +
				"output \"fresh\" {\n  value = " + guard + "timecmp(" + lastValidated + ", plantimestamp()) > 0\n}\n"
			w := acctest.NewWorkspace(t, server, acctest.MainFile(t, configuration))
			if supported, _ := acctest.Supports(t, acctest.LazyAnd); supported && guard != "" {
				acctest.CheckContains(t, w.Run(0, plan()...), "+ fresh = false")
				return
			}
			acctest.CheckContains(t, w.Run(1, plan()...), "Error: Invalid function argument", "argument must not be null")
		})
	}
}

func TestAccSensitiveMessage_IsSuppressed(t *testing.T) {
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
	places          string // of the account in the plan's JSON, if it is ACTIVE
	exitCode        int    // of plan -detailed-exitcode without changes
}

var ways = []way{
	{"`postcondition` of the data source", "assertions/postcondition", false, "prior_state, checks", 0},
	{"`precondition` of the resource", "assertions/precondition", false, "prior_state, checks", 0},
	{"`precondition` of an output", "assertions/output-precondition", false, "prior_state, checks", 0},
	{"`check`, data source outside", "assertions/check", false, "prior_state, checks", 0},
	{"`check`, data source inside", "assertions/check-nested", false, "prior_state, planned_values, resource_changes, checks", 2},
	{"policy on the plan", "policy-gate", true, "prior_state", 0}, // without a condition, no result of one
}

// TestAccWays_GuideTable measures each row of the guide's table.
func TestAccWays_GuideTable(t *testing.T) {
	t.Parallel()
	guide := readFile(t, "../templates/guides/asserting-active.md.tmpl")
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			cells := []string{
				way.name,
				way.evaluate(t, "banh_dairy_pending", "ccount banh_dairy_pending "), // of the condition's message, or the policy's
				way.evaluateDuringApply(t),
				way.evaluate(t, "banh_unknown", ": Customer account not found"),
			}
			if row := "\n| " + strings.Join(cells, " | ") + " |\n"; !strings.Contains(guide, row) {
				t.Errorf("the guide lacks this row:%s", row)
			}
		})
	}
}

// TestAccWays_LeaveBehind checks the sentences below the guide's table.
func TestAccWays_LeaveBehind(t *testing.T) {
	t.Parallel()
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			w, _ := way.open(t, os.DirFS(way.directory))
			planAndApply(w)
			if got := placesOf(w); got != way.places {
				t.Errorf("the account is in %s, not in %s", got, way.places)
			}
			acctest.CheckContains(t, w.Read("terraform.tfstate"), juspaytest.VPA)
			for range 2 { // the same at every run, though nothing changes
				w.Run(way.exitCode, plan("-detailed-exitcode")...)
				w.Run(0, apply()...)
			}
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

func (way way) evaluate(t *testing.T, customerAccountID, message string) string {
	t.Helper()
	_, command := way.open(t, os.DirFS(way.directory))
	code, printed := command(vendor("cst_dairy", customerAccountID)...)
	acctest.CheckContains(t, printed, message)
	return stopsOrWarns(t, code, printed)
}

func (way way) evaluateDuringApply(t *testing.T) string {
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

// placesOf names the parts of saved.plan's JSON that contain the account, and "checks"
// if that part contains anything.
func placesOf(w *acctest.Workspace) string {
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
	return strings.Join(places, ", ")
}
