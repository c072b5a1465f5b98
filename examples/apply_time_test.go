// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"encoding/json"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// applyTimeGuards are the examples whose conditions are evaluated again when a saved
// plan is applied.
var applyTimeGuards = map[string]string{
	"assertions/apply-time":                        "Account banh_acme_active is not ACTIVE.",
	"assertions/apply-time-many":                   "There are no accounts, or some are not ACTIVE.",
	"ephemeral-resources/juspay_customer_account":  "The vendor's account must be ACTIVE.",
	"ephemeral-resources/juspay_customer_accounts": "There are no accounts, or some are not ACTIVE.",
}

func newApplyTimeGuard(t *testing.T, server *juspaytest.Server, directory string) *acctest.Workspace {
	t.Helper()
	acctest.SkipUnlessSupported(t, acctest.EphemeralResources)
	if strings.HasPrefix(directory, "ephemeral-resources/") {
		return newPageExample(t, server, directory)
	}
	return acctest.NewWorkspace(t, server, os.DirFS(directory))
}

// An account that turns FAILURE between plan and apply of a saved plan is not paid.
func TestAccApplyTimeGuard_StopsASavedPlan(t *testing.T) {
	t.Parallel()
	for directory, message := range applyTimeGuards {
		t.Run(directory, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			w := newApplyTimeGuard(t, server, directory)
			active := juspaytest.NewAccount("cst_acme", "banh_acme_active")
			server.Put(active)
			w.Run(0, plan("-out", "saved.plan")...)
			server.Put(active.With("validation_status", "FAILURE"))
			acctest.CheckContains(t, w.Run(1, "apply", "-no-color", "saved.plan"), "condition failed", message)
			if paidOut(w) {
				t.Error("a payout was made")
			}
			acctest.CheckContains(t, w.Run(1, plan()...), "condition failed")
			server.Put(active)
			w.Run(0, plan("-out", "saved.plan")...)
			w.Run(0, "apply", "-no-color", "saved.plan")
			if !paidOut(w) {
				t.Error("no payout was made to an ACTIVE account")
			}
		})
	}
}

// A condition of a data source alone is not evaluated again.
func TestAccApplyTimeGuard_IsNotADataSource(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := acctest.NewWorkspace(t, server, os.DirFS("assertions/postcondition"))
	w.Run(0, plan("-out", "saved.plan")...)
	server.Put(juspaytest.NewAccount("cst_acme", "banh_acme_active").With("validation_status", "FAILURE"))
	w.Run(0, "apply", "-no-color", "saved.plan")
	if !paidOut(w) {
		t.Error("no payout was made")
	}
}

// Nothing of an ephemeral account is in plan, state or output.
func TestAccApplyTimeGuard_StoresNothing(t *testing.T) {
	t.Parallel()
	for _, directory := range []string{"ephemeral-resources/juspay_customer_account", "ephemeral-resources/juspay_customer_accounts"} {
		t.Run(directory, func(t *testing.T) {
			t.Parallel()
			w := newApplyTimeGuard(t, acctest.StartAPI(t), directory)
			printed := w.Run(0, plan("-out", "saved.plan")...) + w.Run(0, "apply", "-no-color", "saved.plan")
			values := []string{juspaytest.VPA, "2023-06-06T13:29:53Z"} // vpa and last_validated
			acctest.CheckLacks(t, "the output", printed, values...)
			acctest.CheckLacks(t, "the plan", w.Unzip("saved.plan"), values...)
			acctest.CheckLacks(t, "the state", w.Read("terraform.tfstate"), values...)
		})
	}
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
	variables, err := json.Marshal(map[string]any{"customer_ids": customerIDs})
	if err != nil {
		t.Fatal(err)
	}
	w.Write("terraform.tfvars.json", string(variables))
	w.Run(0, plan("-out", "saved.plan")...)
	server.Put(juspaytest.NewAccount("cst_a", "banh_9999").With("validation_status", "FAILURE"))
	acctest.CheckContains(t, w.Run(1, "apply", "-no-color", "saved.plan"), "There are no accounts, or some are not ACTIVE.")
	if paidOut(w) {
		t.Error("payouts were made")
	}
}

// TestAccEphemeralResources_Output plans the first example of each page. OpenTofu
// prints "Open" where Terraform prints "Opening".
func TestAccEphemeralResources_Output(t *testing.T) {
	t.Parallel()
	complete := regexp.MustCompile(`Open(ing)? complete after \d+s`)
	for _, directory := range []string{"ephemeral-resources/juspay_customer_account", "ephemeral-resources/juspay_customer_accounts"} {
		t.Run(directory, func(t *testing.T) {
			t.Parallel()
			w := newApplyTimeGuard(t, acctest.StartAPI(t), directory)
			printed := complete.ReplaceAllString(w.Run(0, plan()...), "Opening complete after 0s")
			acctest.CheckContains(t, printed, asPrinted(t, directory+"/output.txt"), "Plan: 1 to add")
			acctest.CheckLacks(t, "the output", printed, "ACTIVE")
		})
	}
}
