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

const notAllActive = "There are no accounts, or some are not ACTIVE: a new plan names them."

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
			server.Put(acmeWith("ACTIVE"))
			w.Run(0, plan("-out", "saved.plan")...)
			server.Put(acmeWith("FAILURE"))
			acctest.CheckContains(t, w.Run(1, apply("saved.plan")...), "condition failed", message)
			checkPaid(t, w, false)
			acctest.CheckContains(t, w.Run(1, plan()...), "condition failed", "ACTIVE") // of the data source, if there is one
			server.Put(acmeWith("ACTIVE"))
			planAndApply(w)
			checkPaid(t, w, true)
		})
	}
}

// A condition of a data source alone is not evaluated again.
func TestAccApplyTimeGuard_IsNotADataSource(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := acctest.NewWorkspace(t, server, os.DirFS("assertions/postcondition"))
	w.Run(0, plan("-out", "saved.plan")...)
	server.Put(acmeWith("FAILURE"))
	w.Run(0, apply("saved.plan")...)
	checkPaid(t, w, true)
}

// TestAccEphemeralResources_StoreNothing runs the first example of each page: nothing of
// an account is in output, plan or state. OpenTofu prints "Open" where Terraform prints
// "Opening".
func TestAccEphemeralResources_StoreNothing(t *testing.T) {
	t.Parallel()
	complete := regexp.MustCompile(`Open(ing)? complete after \d+s`)
	for _, directory := range []string{"ephemeral-resources/juspay_customer_account", "ephemeral-resources/juspay_customer_accounts"} {
		t.Run(directory, func(t *testing.T) {
			t.Parallel()
			w := newApplyTimeGuard(t, acctest.StartAPI(t), directory)
			printed := complete.ReplaceAllString(planAndApply(w), "Opening complete after 0s")
			acctest.CheckContains(t, printed, asPrinted(t, directory+"/output.txt"), "Plan: 1 to add")
			values := []string{juspaytest.VPA, "2023-06-06T13:29:53Z"} // vpa and last_validated
			acctest.CheckLacks(t, "the output", printed, append(values, "ACTIVE")...)
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
	acctest.CheckContains(t, w.Run(1, apply("saved.plan")...), notAllActive)
	checkPaid(t, w, false)
}

func TestAccEphemeralResources_Postcondition(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := newApplyTimeGuard(t, server, "ephemeral-resources/juspay_customer_account/postcondition")
	w.Run(0, plan()...)
	for _, account := range []juspaytest.Account{acmeWith("PENDING"), acmeWith("").Without("validation_status")} {
		server.Put(account)
		acctest.CheckContains(t, w.Run(1, plan()...), "Error: Resource postcondition failed", "The vendor's account must be ACTIVE.")
	}
}

// An account whose id is known only during apply is opened then, and waited for.
func TestAccEphemeralResources_WaitForTheirID(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.EphemeralResources)
	server := acctest.StartAPI(t)
	server.Fail(juspaytest.Fault{CustomerAccountID: "banh_acme_active", Times: 1, Body: acmeWith("PENDING")})
	configuration := readExample(t, "ephemeral-resources/juspay_customer_account")
	configuration = strings.Replace(configuration, `= "banh_acme_active"`, "= terraform_data.made.output\n  wait_for_validation = true", 1)
	made := "resource \"terraform_data\" \"made\" {\n  input = \"banh_acme_active\"\n}\n"
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, configuration+made))
	w.Run(0, plan()...)
	checkRequests(t, server, 0)
	w.Run(0, apply()...)
	checkPaid(t, w, true)
	if n := len(server.Requests()); n < 2 {
		t.Errorf("%d requests for an account that was PENDING first", n)
	}
}
