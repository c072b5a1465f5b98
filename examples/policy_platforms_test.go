// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// Platforms hand a plan to their policies in an object of their own, and take the
// policy as several files or as one.
var platforms = map[string]struct {
	query string
	wrap  func(plan any) part
}{
	"hcp-terraform": {"data.hcp_terraform.deny", func(plan any) part { return part{"plan": plan, "run": part{}} }},
	"scalr":         {"data.terraform.deny", func(plan any) part { return part{"tfplan": plan, "tfrun": part{}} }},
	"digger":        {"data.digger.deny", func(plan any) part { return part{"terraform": plan} }},
	"env0":          {"data.env0.deny", func(plan any) part { return part{"plan": plan, "approvers": []any{}} }},
	"spacelift": {"data.spacelift.deny", func(plan any) part {
		return part{
			"terraform":            part{"resource_changes": []any{}},
			"third_party_metadata": part{"custom": part{"juspay": plan}},
			"spacelift":            part{"request": part{"timestamp_ns": time.Now().UnixNano()}},
		}
	}},
}

const noOwnView = "plan: the platform's input does not show the changes of the run, so the plan that was handed over may be one of another run. Copy platform.rego anew."

// planWith returns a good plan whose first account has a status.
func planWith(t *testing.T, status string) part {
	t.Helper()
	plan := decodePlan(t, goodPlan(t))
	at(t, plan, "prior_state", "values", "root_module", "resources", 0, "values")["validation_status"] = status
	return plan
}

// conftestOfAuthor are settings with which an author may try to change what Conftest runs.
const conftestOfAuthor = "update = [\"author\"]\nnamespace = \"other\"\nno-fail = true\noutput = \"tap\"\ntrace = true\n"

func TestAccPolicyOnPlatforms(t *testing.T) {
	t.Parallel()
	needShell(t)
	good, pending := planWith(t, "ACTIVE"), planWith(t, "PENDING")
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
		if name == "hcp-terraform" { // which evaluates a policy set as a bundle
			forms["a bundle"] = nil
		}
		for form, files := range forms {
			for version, opa := range opas {
				t.Run(name+" with "+form+" and "+version, func(t *testing.T) {
					t.Parallel()
					var flags []string
					if name == "spacelift" && form == "one file" {
						flags = []string{"--capabilities", capabilitiesOfSpacelift(t, opa)}
					} else if form == "a bundle" {
						bundle := t.TempDir()
						for _, file := range []string{"policies/juspay.rego", directory + "/platform.rego", directory + "/policies.hcl"} {
							writeFile(t, bundle, filepath.Base(file), readFile(t, file))
						}
						flags = []string{"-b", bundle}
					}
					got := evaluate(t, opa, files, platform.query, map[string]evaluation{
						"a good plan":    {Input: platform.wrap(good)},
						"a PENDING plan": {Input: platform.wrap(pending)},
						"a broken plan":  {Input: platform.wrap(broken)},
						"no plan":        {Input: platform.wrap(part{})},
						"a list":         {Input: platform.wrap([]any{})},
						"no wrapper":     {Input: part{}},
					}, flags...)
					for name, want := range denied {
						t.Run(name, func(t *testing.T) { //nolint:paralleltest // there is nothing to wait for
							if name == "no wrapper" && platform.query == "data.spacelift.deny" {
								want = append(slices.Clone(want), noOwnView)
							}
							checkDenied(t, got[name], want)
						})
					}
				})
			}
		}
	}
}

// capabilitiesOfSpacelift returns a file of an OPA's capabilities without the
// built-ins that Spacelift disables.
func capabilitiesOfSpacelift(t *testing.T, opa string) string {
	t.Helper()
	printed, err := exec.CommandContext(t.Context(), opa, "capabilities", "--current").Output()
	if err != nil {
		t.Fatal(err)
	}
	capabilities := decodePlan(t, printed)
	disabled := []any{"http.send", "opa.runtime", "rego.parse_module", "time.now_ns", "trace"}
	all := valueAt[[]any](t, capabilities, "builtins")
	left := slices.DeleteFunc(slices.Clone(all), func(builtin any) bool {
		fields, _ := builtin.(part)
		return slices.Contains(disabled, fields["name"])
	})
	if len(left) != len(all)-len(disabled) {
		t.Fatalf("%d of %d built-ins are left", len(left), len(all))
	}
	capabilities["builtins"] = left
	return writeFile(t, t.TempDir(), "capabilities.json", mustEncode(capabilities))
}

// Spacelift hands over the time of its request, and Scalr nothing but the run before
// there is a plan.
func TestAccPolicyOnPlatforms_InputsOfTheirOwn(t *testing.T) {
	t.Parallel()
	good := planWith(t, "ACTIVE")
	timeless, late := platforms["spacelift"].wrap(good), platforms["spacelift"].wrap(good)
	delete(timeless, "spacelift")
	ownView := func(changes any) part {
		wrapped := platforms["spacelift"].wrap(good)
		wrapped["terraform"] = part{"resource_changes": changes}
		return wrapped
	}
	payout := part{"address": "terraform_data.payout", "type": "terraform_data", "change": part{"actions": []any{"create"}, "after": part{"input": "hash"}}}
	hidden := part{"address": "bank_payout.hidden", "type": "bank_payout", "change": part{"actions": []any{"create"}}}
	late["spacelift"] = part{"request": part{"timestamp_ns": time.Now().Add(25 * time.Hour).UnixNano()}}
	opa := policyTool(t, "opa")
	denied := evaluate(t, opa, []string{oneFile(t, "spacelift")}, platforms["spacelift"].query, map[string]evaluation{
		"timeless": {Input: timeless}, "late": {Input: late},
		"the same changes":           {Input: ownView([]any{payout})},
		"a change that the hook hid": {Input: ownView([]any{payout, hidden})},
		"no changes":                 {Input: ownView(nil)},
	}, "--capabilities", capabilitiesOfSpacelift(t, opa))
	checkDenied(t, denied["late"], []string{outdated})
	checkDenied(t, denied["the same changes"], nil)
	checkDenied(t, denied["a change that the hook hid"], []string{"bank_payout.hidden: the platform shows this change, and the plan that was handed over does not," +
		" so that is the plan of another run. Let the stack's own hook write the plan, and not one of the repository."})
	checkDenied(t, denied["no changes"], []string{noOwnView})
	if !strings.Contains(strings.Join(denied["timeless"], "\n"), fromTheFuture) {
		t.Errorf("denied without a time: %q", denied["timeless"])
	}

	denied = evaluate(t, opa, []string{oneFile(t, "scalr")}, platforms["scalr"].query, map[string]evaluation{
		"before the plan":     {Input: part{"tfrun": part{}}},
		"a plan that is null": {Input: part{"tfrun": part{}, "tfplan": nil}},
		"no run":              {Input: part{}},
	})
	checkDenied(t, denied["before the plan"], nil)
	for _, name := range []string{"a plan that is null", "no run"} {
		if len(denied[name]) == 0 {
			t.Errorf("%s: nothing is denied", name)
		}
	}
}

// Atlantis runs Conftest in the directory of the configuration.
func TestPolicyOnPlatforms_AtlantisIgnoresTheAuthorsDirectory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFile(t, dir, "plan.json", "{}")
	writeFile(t, dir, "conftest.toml", conftestOfAuthor+"ignore = \".*\"\n")
	writeFile(t, dir, "author/x.rego", "package juspay_policy\n\nimport rego.v1\n\nexception contains [\"\"]\n")
	policies := filepath.Join(dir, "server")
	if err := os.CopyFS(policies, os.DirFS("policies")); err != nil {
		t.Fatal(err)
	}
	list := regexp.MustCompile(`extra_args: (\[.*\])`).FindStringSubmatch(readFile(t, "policies/platforms/atlantis/repos.yaml"))[1]
	var args []string
	if err := json.Unmarshal([]byte(strings.ReplaceAll(list, "/etc/atlantis/policies", policies)), &args); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), policyTool(t, "conftest"), append([]string{"test", "-p", policies, "plan.json"}, args...)...)
	command.Dir = dir
	printed, err := command.CombinedOutput()
	if err == nil || !strings.Contains(string(printed), " - juspay_policy - plan: it reads no Juspay account.") {
		t.Errorf("%v\n%s", err, printed)
	}
	if _, err := os.Stat(filepath.Join(policies, "x.rego")); err == nil {
		t.Error("the author's policy is among the server's")
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
	return writeFile(t, t.TempDir(), "juspay.rego", string(policy))
}

// A platform's file has the settings of the gate, and denies everything where the
// policy, or those settings, are not there.
func TestPolicyOnPlatforms_NeedsThePolicyAndItsSettings(t *testing.T) {
	t.Parallel()
	literal := regexp.MustCompile("(?s)settings_json := `(.*?)`")
	for name, platform := range platforms {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := "policies/platforms/" + name + "/platform.rego"
			over := map[string]evaluation{"a plan": {Input: platform.wrap(part{})}}
			settings := literal.FindStringSubmatch(readFile(t, file))[1]
			if diff := cmp.Diff(shippedSettings(t), decodePlan(t, json.RawMessage(settings))); diff != "" {
				t.Errorf("settings (-want +got):\n%s", diff)
			}
			alone := evaluate(t, policyTool(t, "opa"), []string{file}, platform.query, over)["a plan"]
			checkDenied(t, alone, []string{"policy: juspay.rego is not in the directory of this file. Copy it there."})

			noJSON := strings.Replace(readFile(t, file), `"active": true,`, `"active": true`, 1)
			files := []string{writeFile(t, t.TempDir(), "platform.rego", noJSON), "policies/juspay.rego"}
			denied := strings.Join(evaluate(t, policyTool(t, "opa"), files, platform.query, over)["a plan"], "\n")
			if unset, want := strings.Count(denied, " is not set. "), len(shippedSettings(t)); unset != want {
				t.Errorf("%d settings are reported as not set, want %d", unset, want)
			}
		})
	}
}

// Spacelift's hook adds the plan to the input of policies, without its VPAs.
func TestAccPolicyOnPlatforms_HookOfSpacelift(t *testing.T) {
	t.Parallel()
	needShell(t)
	server := validated(acctest.StartAPI(t))
	w := acctest.NewWorkspace(t, server, os.DirFS("policy-gate"), "TERRAFORM="+acctest.CLI)
	w.ReadFrom(server)
	w.Write("more.tf", "output \"copied\" {\n  value     = data.juspay_customer_account.vendor.vpa\n  sensitive = true\n}\n")
	lines := strings.Split(strings.TrimSpace(readFile(t, "policies/platforms/spacelift/after-plan.sh")), "\n")
	hook := strings.Replace(lines[len(lines)-1], "terraform ", acctest.CLI+" ", 1)
	w.Run(0, plan("-out", "spacelift.plan")...)
	acctest.CheckContains(t, w.Run(0, "show", "-json", "spacelift.plan"), juspaytest.VPA)
	if code, printed := w.TryRunProgram(t.Context(), "/bin/sh", "-c", hook); code != 0 {
		t.Fatal(printed)
	}
	written := w.Read("juspay.custom.spacelift.json")
	acctest.CheckLacks(t, "what the hook wrote", written, juspaytest.VPA)
	checkDenied(t, deny(t, evaluation{Input: json.RawMessage(written), Settings: settingsFor(t, server), Gate: theGate}), nil)
}

// Atlantis runs Conftest with the settings as data.
func TestPolicyOnPlatforms_Configurations(t *testing.T) {
	t.Parallel()
	for file, wanted := range map[string][]string{
		"atlantis/repos.yaml":        {`"--namespace", "juspay_policy"`, `"--update", ""`, `"--data", "/etc/atlantis/policies/settings.json"`, "path: /etc/atlantis/policies\n"},
		"hcp-terraform/policies.hcl": {`query             = "` + platforms["hcp-terraform"].query + `"`, `enforcement_level = "mandatory"`},
		"scalr/scalr-policy.hcl":     {`enforcement_level = "hard-mandatory"`, "enabled           = true"},
	} {
		acctest.CheckContains(t, readFile(t, "policies/platforms/"+file), wanted...)
	}
}
