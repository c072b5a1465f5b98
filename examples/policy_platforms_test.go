// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// Platforms hand a plan to their policies in an object of their own, and take the
// policy as several files or as one.
var platforms = map[string]struct {
	query string
	wrap  func(plan any) any
}{
	"hcp-terraform": {"data.hcp_terraform.deny", func(plan any) any { return part{"plan": plan, "run": part{}} }},
	"scalr":         {"data.terraform.deny", func(plan any) any { return part{"tfplan": plan, "tfrun": part{}} }},
	"digger":        {"data.digger.deny", func(plan any) any { return part{"terraform": plan} }},
	"env0":          {"data.env0.deny", func(plan any) any { return part{"plan": plan, "approvers": []any{}} }},
	"spacelift": {"data.spacelift.deny", func(plan any) any {
		return part{"terraform": part{"resource_changes": []any{}}, "third_party_metadata": part{"custom": part{"juspay": plan}}}
	}},
}

func TestAccPolicyOnPlatforms(t *testing.T) {
	t.Parallel()
	needShell(t)
	var good, pending part
	for plan, account := range map[*part]string{&good: "ACTIVE", &pending: "PENDING"} {
		if err := json.Unmarshal(goodPlan(t), plan); err != nil {
			t.Fatal(err)
		}
		at(t, *plan, "prior_state", "values", "root_module", "resources", 0, "values")["validation_status"] = account
	}
	broken := part{"format_version": "1.2", "complete": true, "timestamp": good["timestamp"], "prior_state": good["prior_state"]}
	const (
		noFormat        = "plan: this is not the JSON of a plan in a format that this policy knows (format_version 1.x). Pass what terraform show -json prints of a saved plan."
		noConfiguration = "plan: it has no configuration, so it does not show what should be read. Pass what terraform show -json prints of a saved plan."
		notFormed       = "plan: it is not formed as this policy knows plans, so it may hide accounts or checks. Pass what terraform show -json prints, unchanged, or update this policy."
		failed          = "plan: planning failed, so the plan may lack accounts. Correct what terraform plan reports, and plan again."
		unconfigured    = ": the configuration does not show it, and so not which provider reads it. Pass what terraform show -json prints, unchanged."
	)
	nothing := []string{undated, noFormat, noConfiguration, silent, readsNothing}
	denied := map[string][]string{
		"a good plan":    nil,
		"a PENDING plan": {notActive(vendorAddress, "banh_acme_active", "PENDING")},
		"a broken plan":  {noConfiguration, vendorAddress + unconfigured, "data.juspay_customer_accounts.all" + unconfigured},
		"no plan":        nothing,
		"a list":         append([]string{notFormed, failed}, nothing...),
		"no wrapper":     nothing,
	}
	opas := map[string]string{"the newest OPA": policyTool(t, "opa"), "the oldest OPA": policyTool(t, "opa-oldest")}
	for name, platform := range platforms {
		directory := "policies/platforms/" + name
		forms := map[string][]string{
			"several files": {"policies/juspay.rego", directory + "/platform.rego"},
			"one file":      {oneFile(t, name)},
		}
		for form, files := range forms {
			for version, opa := range opas {
				t.Run(name+" with "+form+" and "+version, func(t *testing.T) {
					t.Parallel()
					got := evaluate(t, opa, files, platform.query, map[string]evaluation{
						"a good plan":    {Input: platform.wrap(good)},
						"a PENDING plan": {Input: platform.wrap(pending)},
						"a broken plan":  {Input: platform.wrap(broken)},
						"no plan":        {Input: platform.wrap(part{})},
						"a list":         {Input: platform.wrap([]any{})},
						"no wrapper":     {Input: part{}},
					})
					for name, want := range denied {
						t.Run(name, func(t *testing.T) { //nolint:paralleltest // there is nothing to wait for
							checkDenied(t, got[name], want)
						})
					}
				})
			}
		}
	}
}

// oneFile returns what one-file.sh prints for a platform, as a file.
func oneFile(t *testing.T, platform string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "sh", "policies/platforms/one-file.sh", platform)
	policy, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "juspay.rego")
	if err := os.WriteFile(path, policy, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A platform's file denies everything where the policy, or its settings, are not
// there.
func TestPolicyOnPlatformsNeedsThePolicyAndItsSettings(t *testing.T) {
	t.Parallel()
	for name, platform := range platforms {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := "policies/platforms/" + name + "/platform.rego"
			over := map[string]evaluation{"a plan": {Input: platform.wrap(part{})}}
			alone := evaluate(t, policyTool(t, "opa"), []string{file}, platform.query, over)["a plan"]
			checkDenied(t, alone, []string{"policy: juspay.rego is not beside this file. Copy it there."})

			broken := filepath.Join(t.TempDir(), "platform.rego")
			if err := os.WriteFile(broken, []byte(strings.Replace(readFile(t, file), `"active": true,`, `"active": true`, 1)), 0o600); err != nil {
				t.Fatal(err)
			}
			unset := 0
			for _, message := range evaluate(t, policyTool(t, "opa"), []string{broken, "policies/juspay.rego"}, platform.query, over)["a plan"] {
				if strings.Contains(message, " is not set. ") {
					unset++
				}
			}
			if want := len(shippedSettings(t)); unset != want {
				t.Errorf("%d settings are reported as not set, want %d", unset, want)
			}
		})
	}
}

func TestPolicySettingsOfPlatformsAreThoseOfTheGate(t *testing.T) {
	t.Parallel()
	literal := regexp.MustCompile("(?s)settings_json := `(.*?)`")
	for name := range platforms {
		var settings map[string]any
		if err := json.Unmarshal([]byte(literal.FindStringSubmatch(readFile(t, "policies/platforms/"+name+"/platform.rego"))[1]), &settings); err != nil {
			t.Fatal(err)
		}
		if want := shippedSettings(t); !reflect.DeepEqual(settings, want) {
			t.Errorf("%s has %v, want %v", name, settings, want)
		}
	}
}

// Spacelift's hook adds the plan to the input of policies, without its VPAs.
func TestAccPolicyHookOfSpacelift(t *testing.T) {
	t.Parallel()
	needShell(t)
	server := validated(acctest.StartAPI(t))
	w := acctest.NewWorkspace(t, server, os.DirFS("policy-gate"), "TERRAFORM="+acctest.CLI)
	w.ReadFrom(server)
	w.Write("more.tf", "output \"copied\" {\n  value     = data.juspay_customer_account.vendor.vpa\n  sensitive = true\n}\n")
	hook := filepath.Join(policyFiles(t), "platforms", "spacelift", "after-plan.sh")
	w.Run(0, plan("-out", "spacelift.plan")...)
	acctest.CheckContains(t, shownJSON(w, "spacelift.plan"), juspaytest.VPA)
	if code, printed := w.TryRunProgram(t.Context(), hook); code != 0 {
		t.Fatal(printed)
	}
	written := w.Read("juspay.custom.spacelift.json")
	acctest.CheckLacks(t, "what the hook wrote", written, juspaytest.VPA)
	over := map[string]evaluation{"plan": {Input: json.RawMessage(written), Settings: settingsFor(t, server), Gate: theGate}}
	checkDenied(t, evaluate(t, policyTool(t, "opa"), []string{"policies/juspay.rego"}, "data.juspay_policy.deny", over)["plan"], nil)
}

// Atlantis runs Conftest with the settings as data.
func TestPolicyConfigurationsOfPlatforms(t *testing.T) {
	t.Parallel()
	for file, wanted := range map[string][]string{
		"atlantis/repos.yaml":        {`"--namespace", "juspay_policy"`, `"--update", ""`, `"--data", "/etc/atlantis/policies/settings.json"`, "path: /etc/atlantis/policies\n"},
		"hcp-terraform/policies.hcl": {`query             = "` + platforms["hcp-terraform"].query + `"`, `enforcement_level = "mandatory"`},
		"scalr/scalr-policy.hcl":     {`enforcement_level = "hard-mandatory"`, "enabled           = true"},
	} {
		acctest.CheckContains(t, readFile(t, "policies/platforms/"+file), wanted...)
	}
}
