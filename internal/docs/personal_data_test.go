// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

var noFeature = acctest.Feature{Name: "data sources", Terraform: "1.0", OpenTofu: "1.6"}

const allOf = `
data "juspay_customer_accounts" "vendor" {
  customer_id = "cst_acme"
}
`

// without makes a data source one that leaves the VPA out.
func without(configuration string) string {
	return strings.TrimSuffix(configuration, "}\n") + "  include_vpa = false\n}\n"
}

// apiKey is a provider block with a key, and the variable that it may come from.
func apiKey(value, variable string) string {
	block := "provider \"juspay\" {\n  api_key = " + value + "\n}\n"
	if variable != "" {
		block += "variable \"api_key\" {\n  type      = string\n  sensitive = true\n" + variable + "}\n"
	}
	return block
}

// storesVPA is a write-only argument that Terraform copies into an attribute.
const storesVPA = `
resource "terraform_data" "vpa" {
  store {
    input = ephemeral.juspay_customer_account.vendor.vpa
  }
}
`

// TestAccPersonalData_SensitiveIDsArePrinted reads accounts whose ids are sensitive.
func TestAccPersonalData_SensitiveIDsArePrinted(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessAcc(t)
	server := acctest.StartAPI(t)
	server.Put(acctest.AcmeWith("PENDING"))
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, acctest.Requirement+`
data "juspay_customer_accounts" "vendors" {
  customer_ids = sensitive({ banh_acme_active = "cst_acme" })

  lifecycle {
    postcondition {
      condition     = self.all_active
      error_message = jsonencode(self.not_active)
    }
  }
}
`))
	check.Contains(t, "the output of plan", w.Plan(1), "Error: Resource postcondition failed", `{"banh_acme_active":"PENDING"}`)
}

// TestAccPersonalData_GuideTables runs each way and looks for what should not be stored
// in each place.
func TestAccPersonalData_GuideTables(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessAcc(t)
	const quoted = `"` + juspaytest.APIKey + `"`
	noKey, passed := "JUSPAY_API_KEY=", "TF_VAR_api_key="+juspaytest.APIKey
	plain := "variable \"api_key\" {\n  type = string\n}\n"
	opened := acctest.ReadExample(t, "ephemeral-resources/juspay_customer_account")
	leavesOut := without(acctest.SingleRead)
	guide := acctest.ReadFile(t, "templates/guides/personal-data.md.tmpl")
	for row, way := range map[string]struct {
		feature       acctest.Feature
		configuration string
		secret        string
		env           []string
	}{
		"data source":                                     {noFeature, acctest.SingleRead, juspaytest.VPA, nil},
		"data source with `include_vpa = false`":          {noFeature, leavesOut, juspaytest.VPA, nil},
		"data source for many":                            {noFeature, allOf, juspaytest.VPA, nil},
		"data source for many with `include_vpa = false`": {noFeature, without(allOf), juspaytest.VPA, nil},
		"ephemeral resource":                              {acctest.EphemeralResources, opened, juspaytest.VPA, nil},

		"ephemeral resource, its VPA in the argument `store` of `terraform_data`, which is made to keep ephemeral values": {
			acctest.StoreOfData, opened + storesVPA, juspaytest.VPA, nil,
		},

		"environment variable `JUSPAY_API_KEY`": {noFeature, leavesOut, juspaytest.APIKey, nil},
		"`api_key` with the key itself":         {noFeature, apiKey(quoted, "") + leavesOut, juspaytest.APIKey, []string{noKey}},
		"`api_key` from a variable":             {noFeature, apiKey("var.api_key", "") + plain + leavesOut, juspaytest.APIKey, []string{noKey, passed}},
		"`api_key` from a sensitive variable":   {noFeature, apiKey("var.api_key", "\n") + leavesOut, juspaytest.APIKey, []string{noKey, passed}},
		"`request_headers` with the key of a gateway itself": {
			noFeature, "provider \"juspay\" {\n  request_headers = { X-Gateway-Key = \"fake-gateway-key\" }\n}\n" + leavesOut, "fake-gateway-key", nil,
		},
		"`api_key` from an ephemeral variable": {
			acctest.EphemeralResources, apiKey("var.api_key", "  ephemeral = true\n") + leavesOut, juspaytest.APIKey, []string{noKey, passed},
		},
		"`api_key` from an ephemeral variable's default": {
			acctest.EphemeralResources, apiKey("var.api_key", "  ephemeral = true\n  default   = "+quoted+"\n") + leavesOut, juspaytest.APIKey, []string{noKey},
		},
	} {
		t.Run(row, func(t *testing.T) {
			t.Parallel()
			acctest.SkipUnlessSupported(t, way.feature)
			configuration := way.configuration
			if !strings.Contains(configuration, "required_providers") {
				configuration = acctest.Requirement + configuration
			}
			versions := "any"
			switch {
			case way.feature.OpenTofu == "":
				versions = "Terraform " + way.feature.Terraform
			case way.feature != noFeature:
				versions = "Terraform " + way.feature.Terraform + ", OpenTofu " + way.feature.OpenTofu
			}
			want := fmt.Sprintf("| %s | %s | %s |", row, whereFound(t, configuration, way.secret, way.env), versions)
			if !strings.Contains(guide, want) {
				t.Errorf("the guide: got no row of what was found, want\n%s", want)
			}
		})
	}
}

// whereFound plans and applies with all logs, and reports in which places it found
// the secret: a column of the guide's tables each.
func whereFound(t *testing.T, configuration, secret string, env []string) string {
	t.Helper()
	w := acctest.NewWorkspace(t, acctest.StartAPI(t), acctest.MainFile(t, configuration), append(env, logged...)...)
	printed := w.PlanAndApply() + w.Plan(0)
	places := []string{
		w.Read("terraform.tfstate"),
		w.Unzip("saved.plan"),
		w.Run(0, "show", "-json") + w.Run(0, "show", "-json", "saved.plan"),
		printed + w.Run(0, "show", "-no-color") + w.Run(0, "show", "-no-color", "saved.plan"),
		w.Read("trace.log"),
	}
	var columns []string
	for i, place := range places {
		if len(place) < 100 {
			t.Errorf("place %d: got only %q, want at least 100 characters", i, place)
		}
		columns = append(columns, map[bool]string{true: "yes", false: "no"}[containsSecret(place, secret)])
	}
	return strings.Join(columns, " | ")
}

// containsSecret reports whether text contains the secret, in one of the forms in which it is
// sent or logged.
func containsSecret(text, secret string) bool {
	encoded := base64.StdEncoding.EncodeToString([]byte(secret + ":"))
	return strings.Contains(text, secret) || strings.Contains(text, encoded) || strings.Contains(text, strings.ReplaceAll(secret, "@", `\u0040`))
}

// A plan contains the VPA of the state that it is made from too.
func TestAccPersonalData_FindVPAs(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t, acctest.StartAPI(t), acctest.MainFile(t, acctest.Requirement+acctest.SingleRead), "TERRAFORM="+acctest.CLI)
	w.Write("find-vpas.sh", acctest.ReadFile(t, "examples/personal-data/find-vpas.sh"))
	find := func(want int, message string, args ...string) {
		t.Helper()
		code, printed := w.TryRunProgram(t.Context(), "sh", append([]string{"find-vpas.sh"}, args...)...)
		if code != want {
			t.Errorf("got exit code %d, want %d:\n%s", code, want, printed)
		}
		check.Contains(t, "the output", printed, message)
		check.Lacks(t, "the output", printed, juspaytest.VPA)
	}
	w.Plan(0, "-out", "first.plan")
	find(1, "The plan holds", "first.plan")
	w.Apply(0, "first.plan")
	find(1, "The plan holds", "first.plan")
	find(1, "The state holds", "first.plan")

	w.Write("main.tf", acctest.Requirement+without(acctest.SingleRead))
	w.Plan(0, "-out", "second.plan")
	w.Apply(0, "second.plan")
	find(1, "The plan holds", "second.plan")
	check.Equal(t, "whether the VPA is in the plan", containsSecret(w.Unzip("second.plan"), juspaytest.VPA), true)
	check.Equal(t, "whether the VPA is in the state", containsSecret(w.Read("terraform.tfstate"), juspaytest.VPA), false)
	w.Plan(0, "-out", "third.plan")
	find(1, "terraform.tfstate.backup holds what looks like a VPA.", "third.plan")
	check.MustNoError(t, "os.Remove", os.Remove(filepath.Join(w.Dir, "terraform.tfstate.backup")))
	const ofWorkspace = "terraform.tfstate.d/live/terraform.tfstate.backup"
	acctest.WriteFile(t, w.Dir, ofWorkspace, juspaytest.VPA)
	find(1, ofWorkspace+" holds what looks like a VPA.", "third.plan")
	acctest.WriteFile(t, w.Dir, ofWorkspace, "{}")
	find(0, "Neither the plan nor the state holds", "third.plan")
	find(2, "Usage: sh find-vpas.sh PLAN, such as: sh find-vpas.sh saved.plan")
	w.Write("text.plan", "not a plan")
	for _, name := range []string{"missing.plan", "text.plan"} {
		if code, printed := w.TryRunProgram(t.Context(), "sh", "find-vpas.sh", name); code == 0 {
			t.Errorf("%s: got exit code 0, want another:\n%s", name, printed)
		}
	}
}

func TestAccPersonalData_WithoutVPA(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := acctest.NewWorkspace(t, server, acctest.Example(t, "personal-data/without-vpa"))
	w.Apply(0)
	w.CheckPaid(true)
	check.Contains(t, "terraform.tfstate", strings.ReplaceAll(w.Read("terraform.tfstate"), `": `, `":`), `"vpa":null`, `"include_vpa":false`)
	server.Put(acctest.AcmeWith("PENDING"))
	check.Contains(t, "the output of plan", w.Plan(1), "Account banh_acme_active must be ACTIVE, but is PENDING.")
}

// TestAccPersonalData_PayoutModule pays by a module with an ephemeral account: nothing of the
// account is stored, and one that turns FAILURE after the plan is not paid.
func TestAccPersonalData_PayoutModule(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.EphemeralResources)
	server := acctest.StartAPI(t)
	w := acctest.NewWorkspace(t, server, acctest.Example(t, "personal-data/payout-module"))
	w.Run(0, "get")
	w.Plan(0, "-out", "saved.plan")
	check.Lacks(t, "the plan", w.Unzip("saved.plan"), juspaytest.VPA)
	server.Put(acctest.AcmeWith("FAILURE"))
	check.Contains(t, "the output of apply", w.Apply(1, "saved.plan"), "Error: Resource precondition failed", "Account banh_acme_active is not ACTIVE.")
	w.CheckPaid(false)
	server.Put(acctest.AcmeWith("ACTIVE"))
	w.PlanAndApply()
	w.CheckPaid(true)
	check.Lacks(t, "the state", w.Read("terraform.tfstate"), juspaytest.VPA, "validation_status")
}

func TestAccPersonalData_KeyFromASecretStore(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.EphemeralResources)
	const key = "fake-key-of-a-secret-store"
	for directory, standIn := range map[string]string{"api-key/vault": "vault", "api-key/aws-secrets-manager": "aws"} {
		t.Run(directory, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			server.AcceptKeys(key)
			env := append([]string{"JUSPAY_API_KEY=", strings.ToUpper(standIn) + "_STAND_IN=" + key}, logged...)
			w := acctest.NewWorkspace(t, server, acctest.Example(t, directory), env...)
			w.Write("read.tf", acctest.SingleRead)
			w.AddProvider(standIn)
			w.PointAt(server)
			check.Lacks(t, "the output", w.Run(0, "validate", "-no-color"), key)
			checkStoresNoSecret(t, w, key)
			var keys []string
			for _, request := range server.Requests() {
				keys = append(keys, request.Key())
			}
			check.Equal(t, "the keys of the requests", keys, []string{key})
		})
	}
}

func TestAccPersonalData_WriteOnlyArgument(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.WriteOnly)
	received := filepath.Join(t.TempDir(), "received")
	env := append([]string{"AWS_STAND_IN=" + received}, logged...)
	w := acctest.NewWorkspace(t, acctest.StartAPI(t), acctest.Example(t, "personal-data/write-only"), env...)
	w.AddProvider("aws")
	checkStoresNoSecret(t, w, juspaytest.VPA)
	check.Equal(t, "whether the resource received the VPA", acctest.ReadFile(t, received) == juspaytest.VPA, true)
}
