// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
)

// The tests of this file hold the facts about Terraform's plans that the policies
// and the guides rest on.

type shownChange struct {
	Address      string `json:"address"`
	ActionReason string `json:"action_reason"`
	Change       struct {
		Actions      []string        `json:"actions"`
		AfterUnknown map[string]bool `json:"after_unknown"`
	} `json:"change"`
}

// accountChange returns what resource_changes of saved.plan says of the account.
func accountChange(t *testing.T, w *acctest.Workspace) *shownChange {
	t.Helper()
	var shown struct {
		Changes []shownChange `json:"resource_changes"`
	}
	w.JSON(&shown, "show", "-json", "saved.plan")
	i := slices.IndexFunc(shown.Changes, func(c shownChange) bool { return c.Address == vendorAddress })
	if i < 0 {
		return nil
	}
	return &shown.Changes[i]
}

func TestAccAPlanShowsWhatWasReadForItInPriorStateAlone(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := acctest.NewWorkspace(t, server, os.DirFS("policy-gate"))
	w.ReadFrom(server)
	w.Run(0, plan("-out", "saved.plan")...)
	if places := placesOf(w); !slices.Equal(places, []string{"prior_state"}) {
		t.Errorf("it is in %v", places)
	}
	if change := accountChange(t, w); change != nil {
		t.Errorf("got %+v", change)
	}
}

func TestAccAPlanShowsADeferredReadAsAChange(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, late(t, "policy-gate")))
	w.ReadFrom(server)
	w.Run(0, plan("-out", "saved.plan")...)
	if places := placesOf(w); !slices.Equal(places, []string{"planned_values", "resource_changes"}) {
		t.Errorf("it is in %v", places)
	}
	change := accountChange(t, w)
	if !slices.Equal(change.Change.Actions, []string{"read"}) || !change.Change.AfterUnknown["validation_status"] || change.ActionReason != "read_because_config_unknown" {
		t.Errorf("got %+v", change)
	}
}

func TestAccAPlanShowsWhatIsNestedInACheckTwice(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t, acctest.StartAPI(t), os.DirFS("assertions/check-nested"))
	w.Run(0, plan("-out", "saved.plan")...)
	if places := placesOf(w); !slices.Equal(places, []string{"prior_state", "planned_values", "resource_changes", "checks"}) {
		t.Errorf("it is in %v", places)
	}
	change := accountChange(t, w)
	if !slices.Equal(change.Change.Actions, []string{"read"}) || len(change.Change.AfterUnknown) != 0 || change.ActionReason != "read_because_check_nested" {
		t.Errorf("got %+v", change)
	}
	for range 2 { // at every run, though nothing changes
		w.Run(0, apply()...)
		w.Run(2, plan("-detailed-exitcode")...)
	}
}

// A destroy plan shows accounts as they were stored if -refresh=false is set, and
// says that it is complete: it can make no payout, so no policy denies that.
func TestAccADestroyPlanWithoutRefreshShowsWhatWasStored(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := acctest.NewWorkspace(t, server, os.DirFS("policy-gate"))
	w.ReadFrom(server)
	w.Run(0, apply()...)
	server.DrainRequests()
	w.Run(0, plan("-destroy", "-refresh=false", "-out", "saved.plan")...)
	if n := len(server.DrainRequests()); n != 0 {
		t.Errorf("%d requests", n)
	}
	acctest.CheckContains(t, planJSON(w), `"validation_status":"ACTIVE"`)
	if supported, _ := acctest.Supports(t, acctest.CompletePlan); supported {
		acctest.CheckContains(t, planJSON(w), `"complete":true`)
	}
	w.Run(0, plan("-destroy", "-out", "saved.plan")...)
	if n := len(server.DrainRequests()); n != 1 {
		t.Errorf("%d requests", n)
	}
}

// A condition of the ephemeral resource itself would be shown too, but Terraform
// 1.11 crashes when it shows such a plan.
func TestAccAPlanShowsOfAnEphemeralResourceOnlyItsConditions(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.EphemeralResources)
	w := acctest.NewWorkspace(t, acctest.StartAPI(t), acctest.MainFile(t, readFile(t, "ephemeral-resources/juspay_customer_account/ephemeral-resource.tf")+`
check "vendor_account_is_active" {
  assert {
    condition     = ephemeral.juspay_customer_account.vendor.validation_status == "ACTIVE"
    error_message = "It is not ACTIVE."
  }
}
`))
	w.Run(0, plan("-out", "saved.plan")...)
	var shown struct {
		Checks []struct {
			Address struct {
				ToDisplay string `json:"to_display"`
			} `json:"address"`
			Status string `json:"status"`
		} `json:"checks"`
	}
	w.JSON(&shown, "show", "-json", "saved.plan")
	statuses := map[string]string{}
	for _, check := range shown.Checks {
		statuses[check.Address.ToDisplay] = check.Status
	}
	if want := map[string]string{"check.vendor_account_is_active": "pass", "terraform_data.payout": "pass"}; !maps.Equal(statuses, want) {
		t.Errorf("the checks are %v", statuses)
	}
	var parts map[string]json.RawMessage
	w.JSON(&parts, "show", "-json", "saved.plan")
	for name, part := range parts {
		if name != "checks" && name != "configuration" && (strings.Contains(string(part), "juspay_customer_account") || strings.Contains(string(part), "ACTIVE")) {
			t.Errorf("%s shows %s", name, part)
		}
	}
}
