// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// assertionWay is one way of asserting on an account.
type assertionWay struct {
	name, directory string
	gated           bool
	planParts       string // the parts of the plan's JSON that have the account, if it is ACTIVE
	exitCode        int    // the exit code of plan -detailed-exitcode without changes
}

var ways = []assertionWay{
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
	guide := acctest.ReadFile(t, "templates/guides/asserting-active.md.tmpl")
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
				t.Errorf("the guide: got no row of what was measured, want%s", row)
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
			w, _ := way.open(t, acctest.Example(t, way.directory))
			w.PlanAndApply()
			check.Equal(t, "the parts of the plan with the account", w.PlanPartsWithAccount(), way.planParts)
			check.Contains(t, "terraform.tfstate", w.Read("terraform.tfstate"), juspaytest.VPA)
			for range 2 { // the same at every run, though nothing changes
				w.Plan(way.exitCode, "-detailed-exitcode")
				w.Apply(0)
			}
		})
	}
}

// open returns a directory with the configuration, and what plans there, and evaluates
// the policy if there is one.
func (way assertionWay) open(t *testing.T, configuration fs.FS) (*acctest.Workspace, func(...string) (int, string)) {
	t.Helper()
	server := acctest.PutValidatedToday(acctest.StartAPI(t))
	if way.gated {
		return acctest.NewGate(t, server, configuration)
	}
	w := acctest.NewWorkspace(t, server, configuration)
	return w, func(args ...string) (int, string) {
		return w.TryRun(t.Context(), append([]string{"plan", "-no-color"}, args...)...)
	}
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
	t.Errorf("got exit code %d without an error, a denial or a warning, want one:\n%s", code, printed)
	return ""
}

func (way assertionWay) evaluate(t *testing.T, customerAccountID, message string) string {
	t.Helper()
	_, command := way.open(t, acctest.Example(t, way.directory))
	code, printed := command(acctest.VendorArgs("cst_dairy", customerAccountID)...)
	check.Contains(t, "the output", printed, message)
	return stopsOrWarns(t, code, printed)
}

func (way assertionWay) evaluateDuringApply(t *testing.T) string {
	t.Helper()
	w, command := way.open(t, acctest.MainFile(t, acctest.ExampleWithLateID(t, way.directory)))
	code, printed := command(acctest.VendorArgs("cst_dairy", "banh_dairy_pending")...)
	if code == 0 {
		apply := []string{"apply", "-no-color", "-auto-approve"}
		code, printed = w.TryRun(t.Context(), append(apply, acctest.VendorArgs("cst_dairy", "banh_dairy_pending")...)...)
	}
	stops := stopsOrWarns(t, code, printed)
	if w.IsPaid() {
		return stops + ", payout made"
	}
	return stops + ", no payout"
}
