// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"fmt"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// A CSV file of 500 vendors, as make mock writes it, finds the one in FAILURE.
func TestAccJourney_CSVOf500(t *testing.T) {
	t.Parallel()
	server := startTestAccounts(t, 500)
	w := newPageExample(t, server, "many-accounts/csv")
	var csv strings.Builder
	csv.WriteString("name,customer_id,customer_account_id\n")
	for i, account := range juspaytest.NumberedAccounts(500) {
		fmt.Fprintf(&csv, "vendor_%05d,%v,%v\n", i+1, account["customer_id"], account["customer_account_id"])
	}
	w.Write("vendors.csv", csv.String())
	check.Contains(t, "the output of plan", w.Plan(1), "Error: Resource postcondition failed", "vendor_00251 is FAILURE.")
	acctest.CheckNewRequests(t, server, 500)
	w.Write("vendors.csv", strings.ReplaceAll(csv.String(), "vendor_00251,cst_vendor_00251,banh_vendor_00251\n", ""))
	w.Plan(0)
}

// 500 ids of another environment are one short error.
func TestAccJourney_AnotherEnvironment(t *testing.T) {
	t.Parallel()
	w := newPageExample(t, startTestAccounts(t, 0), "many-accounts/csv")
	var csv strings.Builder
	csv.WriteString("name,customer_id,customer_account_id\n")
	for i := range 500 {
		fmt.Fprintf(&csv, "v,cst_%d,banh_%d\n", i, i)
	}
	w.Write("vendors.csv", csv.String())
	_, printed, _ := strings.Cut(w.Plan(1), "Error: ")
	if maxLength := 1200; len(printed) > maxLength || strings.Contains(printed, "Error: ") {
		t.Errorf("after the first \"Error: \": got %d characters, want at most %d and no other error:\n%s", len(printed), maxLength, printed)
	}
	check.Contains(t, "the error", printed, "None of the first 32 accounts exists: does the API key belong to this environment?")
}

// An account that is ACTIVE at plan and in FAILURE at apply is not paid.
func TestAccJourney_SavedPlan(t *testing.T) {
	t.Parallel()
	guide := acctest.ReadFile(t, "examples/test-accounts/saved-plan.sh")
	for directory, commands := range map[string]string{
		"assertions/apply-time": guide,
		"assertions/apply-time-many": "terraform plan -out=saved.plan -var " +
			"'customer_ids={banh_turner_fails_at_apply=\"cst_turner\",banh_acme_active=\"cst_acme\"}'\n" +
			"terraform apply saved.plan\n",
	} {
		t.Run(directory, func(t *testing.T) {
			t.Parallel()
			server := startTestAccounts(t, 0)
			w := newApplyTimeGuard(t, server, directory)
			acctest.SkipWithoutShell(t)
			code, printed := w.TryRunProgram(t.Context(), "sh", "-ec", "terraform() { '"+acctest.CLI+"' \"$@\" -no-color; }\n"+commands)
			if code != 1 {
				t.Errorf("got the exit code %d, want 1", code)
			}
			check.Contains(t, "the output", printed, "Saved the plan to: saved.plan", "condition failed", "not ACTIVE")
			w.CheckPaid(false)
		})
	}
}

// An account whose validation is old is rejected by a condition on its age.
func TestAccJourney_OldValidation(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.Functions)
	w := acctest.NewWorkspace(t, startTestAccounts(t, 0), acctest.Example(t, "assertions/freshness"))
	w.Plan(0)
	const message = "Account banh_founder_validated_long_ago must have been validated within 720h, but was last validated at 20"
	check.Contains(t, "the output of plan", w.Plan(1, acctest.VendorArgs("cst_founder", "banh_founder_validated_long_ago")...),
		"Error: Resource postcondition failed", message)
}
