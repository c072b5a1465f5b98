// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"slices"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// The tests of this file check the facts about Terraform's plans that the policies
// and the guides rest on.

// TestAccPlanJSON_Reads checks what resource_changes says of an account whose read is
// deferred, and of one that is nested in a check. It does not show any other.
func TestAccPlanJSON_Reads(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		configuration, planParts string
		unknown                  bool
		reason                   string
	}{
		"a deferred read": {acctest.ExampleWithLateID(t, "policy-gate"), "planned_values, resource_changes", true, "read_because_config_unknown"},
		"one nested in a check": {
			acctest.ReadExample(t, "assertions/check-nested"), "prior_state, planned_values, resource_changes, checks", false, "read_because_check_nested",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			w := acctest.NewWorkspace(t, server, acctest.MainFile(t, test.configuration))
			w.PointAt(server)
			w.Plan(0, "-out", "saved.plan")
			check.Equal(t, "the parts of the plan with the account", w.PlanPartsWithAccount(), test.planParts)
			changes := valueAt[[]any](t, decodePlan(t, w.PlanJSON()), "resource_changes")
			i := slices.IndexFunc(changes, func(change any) bool {
				fields, _ := change.(part)
				return fields["address"] == acctest.VendorAddress
			})
			read := partAt(t, part{"resource_changes": changes}, "resource_changes", i)
			check.Equal(t, "the actions", partAt(t, read, "change")["actions"], any([]any{"read"}))
			check.Equal(t, "the reason", read["action_reason"], any(test.reason))
			unknown := partAt(t, read, "change", "after_unknown")
			check.Equal(t, "whether the status is unknown", unknown["validation_status"] == true, test.unknown)
			check.Equal(t, "whether anything is unknown", len(unknown) != 0, test.unknown)
		})
	}
}

// A destroy plan shows accounts as they were stored if -refresh=false is set, and
// says that it is complete: it can make no payout, so no policy denies that.
func TestAccPlanJSON_DestroyWithoutRefresh(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := acctest.NewWorkspace(t, server, acctest.Example(t, "policy-gate"))
	w.PointAt(server)
	w.Apply(0)
	server.DrainRequests()
	w.Plan(0, "-destroy", "-refresh=false", "-out", "saved.plan")
	acctest.CheckNewRequests(t, server, 0)
	check.Contains(t, "the plan as JSON", string(w.PlanJSON()), `"validation_status":"ACTIVE"`)
	if supported, _ := acctest.Supports(t, acctest.CompletePlan); supported {
		check.Contains(t, "the plan as JSON", string(w.PlanJSON()), `"complete":true`)
	}
	w.Plan(0, "-destroy", "-out", "saved.plan")
	acctest.CheckNewRequests(t, server, 1)
}

// Terraform before the version of EphemeralChecks crashes when it shows a plan, or a state, of
// which an ephemeral resource has a condition.
func TestAccPlanJSON_EphemeralPostcondition(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.EphemeralResources)
	configuration := acctest.Requirement + acctest.ReadFile(t, "examples/ephemeral-resources/juspay_customer_account/postcondition/main.tf") +
		"resource \"terraform_data\" \"payout\" {\n}\n"
	w := acctest.NewWorkspace(t, acctest.StartAPI(t), acctest.MainFile(t, configuration))
	w.Plan(0, "-out", "saved.plan")
	w.Run(0, "apply", "-no-color", "saved.plan")
	supported, _ := acctest.Supports(t, acctest.EphemeralChecks)
	for name, args := range map[string][]string{"plan": {"show", "-json", "saved.plan"}, "state": {"show", "-json"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, printed := w.TryRun(t.Context(), args...)
			check.Equal(t, "whether it shows the condition", strings.Contains(printed, `"to_display":"ephemeral.juspay_customer_account.vendor"`), supported)
			if got, want := code == 0, supported; got != want {
				t.Errorf("whether it succeeds: got %t (exit code %d), want %t", got, code, want)
			}
			check.Equal(t, "whether it crashes", strings.Contains(printed, "unsupported resource mode"), !supported)
		})
	}
}

func TestAccPlanJSON_EphemeralConditions(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.EphemeralResources)
	w := acctest.NewWorkspace(t, acctest.StartAPI(t), acctest.MainFile(t, acctest.ReadExample(t, "ephemeral-resources/juspay_customer_account")+`
check "vendor_account_is_active" {
  assert {
    condition     = ephemeral.juspay_customer_account.vendor.validation_status == "ACTIVE"
    error_message = "It is not ACTIVE."
  }
}
`))
	w.Plan(0, "-out", "saved.plan")
	shown := decodePlan(t, w.PlanJSON())
	statuses := map[string]string{}
	for i := range valueAt[[]any](t, shown, "checks") {
		result := partAt(t, shown, "checks", i)
		statuses[valueAt[string](t, result, "address", "to_display")] = valueAt[string](t, result, "status")
	}
	want := map[string]string{"check.vendor_account_is_active": "pass", "terraform_data.payout": "pass"}
	check.Equal(t, "the results of the checks", statuses, want)
	delete(shown, "checks")
	delete(shown, "configuration")
	unwanted := []string{"ACTIVE", "cst_acme", "banh_acme", "INR", juspaytest.VPA}
	if !acctest.IsOpenTofu() { // which lists that the account is opened
		unwanted = append(unwanted, "juspay_customer_account")
	}
	for name, value := range shown {
		check.LacksEach(t, name, check.MustJSON(value), unwanted)
	}
}
