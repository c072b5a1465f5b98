// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// savedPlan is a configuration whose plan is saved from each supported CLI, so that a change
// of the rules is tried on the plans of all of them in a second.
type savedPlan struct {
	needs         acctest.Feature
	configuration func(*testing.T) string
	args          []string
	denied        []string // the rules that deny it
}

const aliasedBlock = "provider \"juspay\" {\n  alias       = \"main\"\n%  environment = \"production\"\n}\n"

// savedPlans are the cases. What is denied is the same for all CLIs.
var savedPlans = map[string]savedPlan{
	"a data source":     {configuration: exampleText("policy-gate")},
	"a pending account": {configuration: exampleText("policy-gate"), args: acctest.VendorArgs("cst_dairy", "banh_dairy_pending"), denied: []string{"not_active"}},
	"a deferred read":   {configuration: func(t *testing.T) string { return acctest.ExampleWithLateID(t, "policy-gate") }, denied: []string{"read_late"}},
	"a read nested in a check": {configuration: func(t *testing.T) string {
		return acctest.InProduction + acctest.ReadExample(t, "assertions/check-nested")
	}},
	"many accounts": {configuration: fixedText(acctest.Requirement + acctest.InProduction + manyAccounts(`"cst_dairy"`)), denied: []string{"not_active"}},
	"an ephemeral account": {needs: acctest.EphemeralResources, configuration: func(t *testing.T) string {
		return acctest.InProduction + acctest.ReadExample(t, "assertions/apply-time")
	}},
	"only an ephemeral account": {
		needs: acctest.EphemeralResources, configuration: fixedText(acctest.Requirement + acctest.InProduction + ephemeralRead + "}\n"),
		denied: []string{"no_account"},
	},
	"an ephemeral account with a condition": {
		needs: acctest.EphemeralChecks,
		configuration: fixedText(acctest.Requirement + acctest.InProduction + acctest.SingleRead + ephemeralRead + `  lifecycle {
    postcondition {
      condition     = self.validation_status == "ACTIVE"
      error_message = "It is not ACTIVE."
    }
  }
}
`),
	},
	"an alias": {configuration: fixedText(acctest.Requirement + strings.Replace(aliasedBlock, "%", "", 1) + readBy("juspay.main"))},
	"a block with for_each": {
		needs: acctest.ProviderForEach,
		configuration: fixedText(acctest.Requirement +
			strings.Replace(aliasedBlock, "%", "  for_each    = toset([\"a\"])\n", 1) + readBy("juspay.main[\"a\"]")),
	},
}

// ephemeralRead lacks its last brace.
const ephemeralRead = `
ephemeral "juspay_customer_account" "vendor" {
  customer_id         = "cst_acme"
  customer_account_id = "banh_acme_active"
`

func fixedText(configuration string) func(*testing.T) string {
	return func(*testing.T) string { return configuration }
}

func exampleText(directory string) func(*testing.T) string {
	return func(t *testing.T) string { return acctest.ReadExample(t, directory) }
}

// readBy is a data source that a provider block reads.
func readBy(provider string) string {
	return strings.Replace(acctest.SingleRead, "{\n", "{\n  provider            = "+provider+"\n", 1)
}

// savedInput is the input that gate.sh gives to OPA.
type savedInput struct {
	Plan json.RawMessage `json:"plan"`
	Gate json.RawMessage `json:"gate"`
}

// savedServer stands in for the address of the fake.
const savedServer = "http://127.0.0.1:1"

func savedFile(cli string) string {
	return filepath.Join("internal", "policy", "testdata", "plans", cli+".json")
}

// TestAccPolicySavedPlans_Save writes the plans of the CLI to the file that SAVE_PLANS names.
func TestAccPolicySavedPlans_Save(t *testing.T) {
	t.Parallel()
	cli := os.Getenv("SAVE_PLANS")
	if cli == "" {
		t.Skip("make save-plans sets SAVE_PLANS")
	}
	saved := map[string]savedInput{}
	for name, row := range savedPlans {
		if supported, _ := acctest.Supports(t, row.needs); !supported {
			continue
		}
		server, dir, programs := acctest.PutValidatedToday(acctest.StartAPI(t)), t.TempDir(), t.TempDir()
		script := "#!/bin/sh\n[ ! -e plan.json ] || command -p cp plan.json gate.json '" + dir + "'\nexec '" + acctest.Program(t, "opa") + "' \"$@\"\n"
		acctest.WriteFile(t, programs, "opa", script)
		check.MustNoError(t, "os.Chmod", os.Chmod(filepath.Join(programs, "opa"), 0o700)) //nolint:gosec // a program
		_, gate := acctest.NewGate(t, server, acctest.MainFile(t, row.configuration(t)), "PATH="+programs+string(os.PathListSeparator)+os.Getenv("PATH"))
		_, printed := gate(row.args...)
		read := func(file string) json.RawMessage {
			content, err := os.ReadFile(filepath.Join(dir, file)) //nolint:gosec // of this test
			if err != nil {
				t.Fatalf("%s: got %v, want %s:\n%s", name, err, file, printed)
			}
			return json.RawMessage(strings.ReplaceAll(string(content), server.URL, savedServer))
		}
		saved[name] = savedInput{read("plan.json"), read("gate.json")}
	}
	content, err := json.MarshalIndent(saved, "", " ")
	check.MustNoError(t, "json.MarshalIndent", err)
	check.MustNoError(t, "os.MkdirAll", os.MkdirAll(filepath.Dir(savedFile(cli)), 0o750))
	acctest.WriteFile(t, ".", savedFile(cli), string(content)+"\n")
}

// planTime is when the plans were saved: their accounts were validated on that day.
const planTime = "2026-11-29T23:00:00Z"

// TestPolicySavedPlans_AreOfEachCLI names the supported CLI whose plans were not saved.
func TestPolicySavedPlans_AreOfEachCLI(t *testing.T) {
	t.Parallel()
	var want []string
	for _, program := range []string{"terraform", "tofu"} {
		for _, cli := range acctest.SupportedCLIs(t, program) {
			want = append(want, savedFile(program+"-"+cli.Version))
		}
	}
	slices.Sort(want)
	check.Equal(t, "the files, which make save-plans writes", check.Must(filepath.Glob(savedFile("*"))), want)
}

// TestPolicySavedPlans evaluates the policy over the saved plans of all supported CLIs.
func TestPolicySavedPlans(t *testing.T) {
	t.Parallel()
	settings := shippedSettings(t)
	settings["servers"], settings["registry_providers"] = []any{savedServer}, false
	settings["other_resources"] = []any{"terraform_data"}
	plans := map[string]evaluation{}
	for _, program := range []string{"terraform", "tofu"} {
		for _, cli := range acctest.SupportedCLIs(t, program) {
			name := program + "-" + cli.Version
			var saved map[string]savedInput
			if err := json.Unmarshal([]byte(acctest.ReadFile(t, savedFile(name))), &saved); err != nil {
				t.Fatalf("%s: got %v, want the plans that make save-plans writes", name, err)
			}
			for of, input := range saved {
				var data struct {
					Gate map[string]any `json:"gate"`
				}
				check.MustNoError(t, "json.Unmarshal", json.Unmarshal(input.Gate, &data))
				plans[of+" of "+name] = evaluation{Input: input.Plan, Settings: settings, Gate: data.Gate}
			}
		}
	}
	denied := evaluate(t, acctest.Program(t, "opa"), []string{packFile},
		`[d.rule | some d in data.juspay_policy.denials with time.now_ns as time.parse_rfc3339_ns("`+planTime+`")]`, plans)
	for name, got := range denied {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			of, _, _ := strings.Cut(name, " of ")
			slices.Sort(got)
			check.Equal(t, "the rules that deny", slices.Compact(got), savedPlans[of].denied)
		})
	}
}
