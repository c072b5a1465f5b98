// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"strconv"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

const notAllActive = "Some are not ACTIVE, or none is read. Plan again to see."

// applyTimeGuards are the examples whose conditions are evaluated again when a saved
// plan is applied.
var applyTimeGuards = map[string]string{
	"assertions/apply-time":                        "Account banh_acme_active is not ACTIVE.",
	"assertions/apply-time-many":                   notAllActive,
	"ephemeral-resources/juspay_customer_account":  "The vendor's account must be ACTIVE.",
	"ephemeral-resources/juspay_customer_accounts": notAllActive,
}

func newApplyTimeGuard(t *testing.T, server *juspaytest.Server, directory string) *acctest.Workspace {
	t.Helper()
	acctest.SkipUnlessSupported(t, acctest.EphemeralResources)
	return newPageExample(t, server, directory)
}

// An account that turns FAILURE between plan and apply of a saved plan is not paid.
func TestAccApplyTimeGuard_StopsASavedPlan(t *testing.T) {
	t.Parallel()
	for directory, message := range applyTimeGuards {
		t.Run(directory, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			w := newApplyTimeGuard(t, server, directory)
			server.Put(acctest.AcmeWith("ACTIVE"))
			w.Plan(0, "-out", "saved.plan")
			server.Put(acctest.AcmeWith("FAILURE"))
			check.Contains(t, "the output of apply", w.Apply(1, "saved.plan"), "condition failed", message)
			w.CheckPaid(false)
			check.Contains(t, "the output of plan", w.Plan(1), "condition failed", "ACTIVE") // of the data source, if there is one
			server.Put(acctest.AcmeWith("ACTIVE"))
			w.PlanAndApply()
			w.CheckPaid(true)
		})
	}
}

// A condition of a data source alone is not evaluated again.
func TestAccApplyTimeGuard_IsNotADataSource(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := acctest.NewWorkspace(t, server, acctest.Example(t, "assertions/postcondition"))
	w.Plan(0, "-out", "saved.plan")
	server.Put(acctest.AcmeWith("FAILURE"))
	w.Apply(0, "saved.plan")
	w.CheckPaid(true)
}

// One of ten thousand accounts that turns FAILURE stops all payouts.
func TestAccApplyTimeGuard_TenThousandAccounts(t *testing.T) {
	t.Parallel()
	const accounts = 10_000
	server := acctest.StartAPI(t)
	w := newApplyTimeGuard(t, server, "assertions/apply-time-many")
	customerIDs := map[string]string{}
	for i := range accounts {
		id := "banh_" + strconv.Itoa(i)
		server.Put(juspaytest.NewAccount("cst_a", id))
		customerIDs[id] = "cst_a"
	}
	w.Write("terraform.tfvars.json", check.MustJSON(map[string]any{"customer_ids": customerIDs}))
	w.Plan(0, "-out", "saved.plan")
	server.Put(juspaytest.NewAccount("cst_a", "banh_9999").With("validation_status", "FAILURE"))
	check.Contains(t, "the output of apply", w.Apply(1, "saved.plan"), notAllActive)
	w.CheckPaid(false)
}
