// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
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
			w.PointAt(server)
			w.Run(0, "get")
			for _, status := range []string{"CREATED", "PENDING", "FAILURE", "ON_HOLD", "without a status"} {
				account := acctest.AcmeWith(status)
				if status == "without a status" {
					account = account.Without("validation_status")
				}
				server.Put(account)
				check.Contains(t, "the output of apply", w.Apply(1), first, "Account banh_acme_active must be ACTIVE, but is "+status+".")
			}
			w.CheckPaid(false)
			server.Put(acctest.AcmeWith("ACTIVE"))
			w.Apply(0)
			w.CheckPaid(true)
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
			w := acctest.NewWorkspace(t, acctest.StartAPI(t), acctest.Example(t, directory))
			const warning = "Warning: Check block assertion failed"
			check.Lacks(t, "the plan of an ACTIVE account", w.Plan(0), warning)
			printed := w.Apply(0, acctest.VendorArgs("cst_dairy", "banh_dairy_pending")...)
			check.Contains(t, "the output", printed, warning, "Account banh_dairy_pending is not ACTIVE.")
			w.CheckPaid(true)
		})
	}
}

func TestAccSensitiveMessage_IsSuppressed(t *testing.T) {
	t.Parallel()
	postcondition := acctest.ReadFile(t, "examples/assertions/postcondition/main.tf")
	configuration := strings.ReplaceAll(postcondition, "Account ${self.customer_account_id}", "Account ${self.vpa}")
	w := acctest.NewWorkspace(t, acctest.StartAPI(t), acctest.MainFile(t, configuration))
	printed := w.Plan(1, acctest.VendorArgs("cst_dairy", "banh_dairy_pending")...)
	check.Contains(t, "the output", printed, "Error: Resource postcondition failed", "will not display the resulting message")
	check.Lacks(t, "the output", printed, "must be ACTIVE, but is PENDING", juspaytest.VPA)
}
