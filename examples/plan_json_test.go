// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	acceptance "github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
)

// What follows are the facts about Terraform's plans that the policies and the
// guides rest on.

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
	w := acctest.NewWorkspace(t, acctest.StartAPI(t), os.DirFS("policy-gate"))
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
	w := acctest.NewWorkspace(t, acctest.StartAPI(t), acctest.MainFile(t, late(t, "policy-gate")))
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
	w.Run(0, apply()...)
	server.TakeRequests()
	w.Run(0, plan("-destroy", "-refresh=false", "-out", "saved.plan")...)
	if n := len(server.TakeRequests()); n != 0 {
		t.Errorf("%d requests", n)
	}
	acctest.CheckContains(t, planJSON(w), `"validation_status":"ACTIVE"`, `"complete":true`)
	w.Run(0, plan("-destroy", "-out", "saved.plan")...)
	if n := len(server.TakeRequests()); n != 1 {
		t.Errorf("%d requests", n)
	}
}

// A condition of the ephemeral resource itself would be shown too, but Terraform
// 1.11 crashes when it shows such a plan.
func TestAccAPlanShowsOfAnEphemeralResourceOnlyItsConditions(t *testing.T) {
	t.Parallel()
	acctest.Need(t)
	const configuration = `
ephemeral "juspay_customer_account" "vendor" {}

check "vendor_account_is_active" {
  assert {
    condition     = ephemeral.juspay_customer_account.vendor.validation_status == "ACTIVE"
    error_message = "It is not ACTIVE."
  }
}

resource "terraform_data" "payout" {
  lifecycle {
    precondition {
      condition     = ephemeral.juspay_customer_account.vendor.validation_status == "ACTIVE"
      error_message = "It is not ACTIVE."
    }
  }
}
`
	acceptance.Test(t, acceptance.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_10_0)},
		ProtoV6ProviderFactories: map[string]func() (tfprotov6.ProviderServer, error){
			"juspay": providerserver.NewProtocol6WithError(ephemeralProvider{}),
		},
		Steps: []acceptance.TestStep{{
			Config:           configuration,
			ConfigPlanChecks: acceptance.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{showsOnlyConditions{}}},
		}},
	})
}

type showsOnlyConditions struct{}

func (showsOnlyConditions) CheckPlan(_ context.Context, request plancheck.CheckPlanRequest, response *plancheck.CheckPlanResponse) {
	checks := request.Plan.Checks
	request.Plan.Checks = nil
	shown, err := json.Marshal(request.Plan)
	if err != nil || strings.Contains(string(shown), "juspay_customer_account") {
		response.Error = fmt.Errorf("the plan shows %s, %w", shown, err)
		return
	}
	passed := map[string]string{}
	for _, check := range checks {
		passed[check.Address.ToDisplay] = string(check.Status)
	}
	if !maps.Equal(passed, map[string]string{"check.vendor_account_is_active": "pass", "terraform_data.payout": "pass"}) {
		response.Error = fmt.Errorf("the checks are %v", passed)
	}
}

// ephemeralProvider stands for a provider with an ephemeral account.
type ephemeralProvider struct{}

func (ephemeralProvider) Metadata(_ context.Context, _ provider.MetadataRequest, response *provider.MetadataResponse) {
	response.TypeName = "juspay"
}

func (ephemeralProvider) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (ephemeralProvider) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {
}

func (ephemeralProvider) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (ephemeralProvider) Resources(context.Context) []func() resource.Resource { return nil }

func (ephemeralProvider) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{func() ephemeral.EphemeralResource { return ephemeralAccount{} }}
}

type ephemeralAccount struct{}

func (ephemeralAccount) Metadata(_ context.Context, _ ephemeral.MetadataRequest, response *ephemeral.MetadataResponse) {
	response.TypeName = "juspay_customer_account"
}

func (ephemeralAccount) Schema(_ context.Context, _ ephemeral.SchemaRequest, response *ephemeral.SchemaResponse) {
	response.Schema = schema.Schema{Attributes: map[string]schema.Attribute{"validation_status": schema.StringAttribute{Computed: true}}}
}

func (ephemeralAccount) Open(ctx context.Context, _ ephemeral.OpenRequest, response *ephemeral.OpenResponse) {
	response.Diagnostics.Append(response.Result.Set(ctx, struct {
		ValidationStatus types.String `tfsdk:"validation_status"`
	}{types.StringValue("ACTIVE")})...)
}
