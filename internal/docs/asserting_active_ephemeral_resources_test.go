// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"regexp"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// TestAccEphemeralResources_StoreNothing runs the first example of each page: nothing of
// an account is in output, plan or state. OpenTofu prints "Open" where Terraform prints
// "Opening".
func TestAccEphemeralResources_StoreNothing(t *testing.T) {
	t.Parallel()
	completeRE := regexp.MustCompile(`Open(ing)? complete after \d+s`)
	for _, directory := range []string{"ephemeral-resources/juspay_customer_account", "ephemeral-resources/juspay_customer_accounts"} {
		t.Run(directory, func(t *testing.T) {
			t.Parallel()
			w := newApplyTimeGuard(t, acctest.StartAPI(t), directory)
			printed := completeRE.ReplaceAllString(w.PlanAndApply(), "Opening complete after 0s")
			check.Contains(t, "the output", printed, asPrinted(t, directory+"/output.txt"), "Plan: 1 to add")
			values := []string{juspaytest.VPA, "2023-06-06T13:29:53Z"} // vpa and last_validated
			check.Lacks(t, "the output", printed, "ACTIVE", values...)
			check.LacksEach(t, "the plan", w.Unzip("saved.plan"), values)
			check.LacksEach(t, "the state", w.Read("terraform.tfstate"), values)
		})
	}
}

func TestAccEphemeralResources_Postcondition(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := newApplyTimeGuard(t, server, "ephemeral-resources/juspay_customer_account/postcondition")
	w.Plan(0)
	for _, account := range []juspaytest.Account{acctest.AcmeWith("PENDING"), acctest.AcmeWith("").Without("validation_status")} {
		server.Put(account)
		check.Contains(t, "the output of plan", w.Plan(1), "Error: Resource postcondition failed", "The vendor's account must be ACTIVE.")
	}
}

// An account whose id is known only during apply is opened then, and waited for.
func TestAccEphemeralResources_WaitForTheirID(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.EphemeralResources)
	server := acctest.StartAPI(t)
	server.Fail(juspaytest.Fault{CustomerAccountID: "banh_acme_active", Times: 1, Body: acctest.AcmeWith("PENDING")})
	configuration := acctest.ReadExample(t, "ephemeral-resources/juspay_customer_account")
	configuration = strings.Replace(configuration, `= "banh_acme_active"`, "= terraform_data.made.output\n  wait_for_validation = true", 1)
	made := "resource \"terraform_data\" \"made\" {\n  input = \"banh_acme_active\"\n}\n"
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, configuration+made))
	w.Plan(0)
	acctest.CheckNewRequests(t, server, 0)
	w.Apply(0)
	w.CheckPaid(true)
	if n := len(server.Requests()); n < 2 {
		t.Errorf("requests for an account that was PENDING first: got %d, want at least 2", n)
	}
}
