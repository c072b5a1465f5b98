// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// platforms hand a plan to their policies in an object of their own, and take the
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
			"terraform":            part{"resource_changes": changesOf(plan)},
			"third_party_metadata": part{"custom": part{"juspay": plan}},
			"spacelift": part{
				"request": part{"timestamp_ns": time.Now().UnixNano()},
				"run": part{"runtime_config": part{
					"after_plan": []any{spaceliftHook()}, "before_init": []any{}, "environment": part{}, "runner_image": "", "project_root": "payments",
				}},
			},
		}
	}},
}

// changesOf returns the part of a plan that Spacelift itself hands over.
func changesOf(plan any) any {
	fields, _ := plan.(part)
	if changes, found := fields["resource_changes"]; found {
		return changes
	}
	return []any{}
}

// spaceliftHook returns the line that the guide says to enter as a hook.
func spaceliftHook() string {
	script := check.Must(os.ReadFile("examples/policies/platforms/spacelift/after-plan.sh"))
	lines := strings.Split(strings.TrimSpace(string(script)), "\n")
	return lines[len(lines)-1]
}

// What a plan of the author's is denied with on Spacelift.
const (
	otherHook = "spacelift: after_plan of the run is not the hook of this policy alone, so what it adds may be another plan. " +
		"Enter that hook in the stack's settings, and none in .spacelift/config.yml of the repository."
	otherPlan = "spacelift: the plan that the hook added has other changes than the run. Enter the hook of this policy in the stack's settings, unchanged."
)

// planWith returns a good plan whose first account has a status.
func planWith(t *testing.T, status string) part {
	t.Helper()
	plan := decodePlan(t, goodPlan(t))
	partAt(t, plan, "prior_state", "values", "root_module", "resources", 0, "values")["validation_status"] = status
	return plan
}

// conftestOfAuthor are settings with which an author may try to change what Conftest runs.
const conftestOfAuthor = "update = [\"author\"]\nnamespace = \"other\"\nno-fail = true\noutput = \"tap\"\ntrace = true\n"

func TestAccPolicyOnPlatforms(t *testing.T) {
	t.Parallel()
	acctest.SkipWithoutShell(t)
	good, pending := planWith(t, "ACTIVE"), planWith(t, "PENDING")
	broken := part{"format_version": "1.2", "complete": true, "timestamp": good["timestamp"], "prior_state": good["prior_state"]}
	const (
		noFormat = "plan: this is not the JSON of a plan in a format that this policy knows (format_version 1.x). Pass what terraform show -json prints of " +
			"a saved plan."
		noConfiguration = "plan: it has no configuration, so it does not show what should be read. Pass what terraform show -json prints of a saved plan."
		notFormed       = "plan: it is not formed as this policy knows plans, so it may hide accounts or checks. Pass what terraform show -json prints, unchanged, " +
			"or update this policy."
		failed       = "plan: planning failed, so the plan may lack accounts. Correct what terraform plan reports, and plan again."
		unconfigured = ": the configuration does not show it, and so not which provider reads it. Pass what terraform show -json prints, unchanged."
	)
	nothing := []string{undated, noFormat, noConfiguration, silent, readsNothing}
	denied := map[string][]string{
		"a good plan":    nil,
		"a PENDING plan": {notActive(acctest.VendorAddress, "banh_acme_active", "PENDING")},
		"a broken plan":  {noConfiguration, acctest.VendorAddress + unconfigured, "data.juspay_customer_accounts.all" + unconfigured},
		"no plan":        nothing,
		"a list":         append([]string{notFormed, failed}, nothing...),
		"no wrapper":     nothing,
	}
	opas := map[string]string{"the newest OPA": acctest.Program(t, "opa"), "the oldest OPA": acctest.Program(t, "opa-oldest")}
	for name, platform := range platforms {
		denied := maps.Clone(denied)
		if name == "spacelift" {
			denied["no wrapper"] = append([]string{otherHook, otherPlan}, nothing...)
			denied["a list"] = append([]string{otherPlan}, denied["a list"]...)
		}
		directory := "examples/policies/platforms/" + name
		forms := map[string][]string{
			"several files": {packFile, directory + "/platform.rego"},
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
						for _, file := range []string{packFile, directory + "/platform.rego", directory + "/policies.hcl"} {
							acctest.WriteFile(t, bundle, filepath.Base(file), acctest.ReadFile(t, file))
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
	check.MustNoError(t, "opa capabilities", err)
	capabilities := decodePlan(t, printed)
	disabled := []any{"http.send", "opa.runtime", "rego.parse_module", "time.now_ns", "trace"}
	all := valueAt[[]any](t, capabilities, "builtins")
	left := slices.DeleteFunc(slices.Clone(all), func(builtin any) bool {
		fields, _ := builtin.(part)
		return slices.Contains(disabled, fields["name"])
	})
	check.Equal(t, "the number of built-ins that are left", len(left), len(all)-len(disabled))
	capabilities["builtins"] = left
	return acctest.WriteFile(t, t.TempDir(), "capabilities.json", check.MustJSON(capabilities))
}

// .spacelift/config.yml of the repository takes precedence over the stack's settings, so
// that the author could write the plan that the policy evaluates.
func TestAccPolicyOnPlatforms_SpaceliftDeniesHooksOfTheAuthor(t *testing.T) {
	t.Parallel()
	const (
		beforeInit = "spacelift: the run has commands in before_init, which may change what the hook adds. " +
			"Remove them from .spacelift/config.yml of the repository, or from the stack's settings."
		environment = "spacelift: .spacelift/config.yml of the repository sets environment, which may change what runs. Set it in the stack's settings."
		image       = "spacelift: the runner image is not one of runner_images in platform.rego, so other programs may plan. " +
			"Add the stack's own, or remove it from .spacelift/config.yml of the repository."
	)
	good := planWith(t, "ACTIVE")
	forged := spaceliftHook() + "\ncp forged.json juspay.custom.spacelift.json"
	for name, row := range map[string]struct {
		change map[string]any // the new fields of runtime_config; nil removes one
		want   []string
	}{
		"the hook alone":                {part{}, nil},
		"the hook for OpenTofu":         {part{"after_plan": []any{strings.Replace(spaceliftHook(), "terraform ", "tofu ", 1)}}, nil},
		"no field but the hook":         {part{"before_init": nil, "environment": nil, "runner_image": nil, "project_root": nil}, nil},
		"another hook":                  {part{"after_plan": []any{"cp forged.json juspay.custom.spacelift.json"}}, []string{otherHook}},
		"the hook and another":          {part{"after_plan": []any{spaceliftHook(), "cp forged.json juspay.custom.spacelift.json"}}, []string{otherHook}},
		"the hook twice":                {part{"after_plan": []any{spaceliftHook(), spaceliftHook()}}, []string{otherHook}},
		"the hook and another line":     {part{"after_plan": []any{forged}}, []string{otherHook}},
		"no list":                       {part{"after_plan": spaceliftHook()}, []string{otherHook}},
		"no hook":                       {part{"after_plan": []any{}}, []string{otherHook}},
		"no field":                      {part{"after_plan": nil}, []string{otherHook}},
		"a command before init":         {part{"before_init": []any{"cp author/terraform /bin"}}, []string{beforeInit}},
		"a command of a kind to come":   {part{"before_show": []any{"true"}}, []string{strings.Replace(beforeInit, "before_init", "before_show", 1)}},
		"a variable of the environment": {part{"environment": part{"TF_CLI_ARGS_plan": "-target=x"}}, []string{environment}},
		"another image":                 {part{"runner_image": "author/terraform"}, []string{image}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			input := platforms["spacelift"].wrap(good)
			config := partAt(t, input, "spacelift", "run", "runtime_config")
			for field, value := range row.change {
				if config[field] = value; value == nil {
					delete(config, field)
				}
			}
			denied := evaluate(t, acctest.Program(t, "opa"), []string{oneFile(t, "spacelift")}, platforms["spacelift"].query, map[string]evaluation{"": {Input: input}})
			checkDenied(t, denied[""], row.want)
		})
	}
}

func TestAccPolicyOnPlatforms_SpaceliftComparesThePlans(t *testing.T) {
	t.Parallel()
	good := planWith(t, "ACTIVE")
	resource := func(address string) any {
		return part{"address": address, "mode": "managed", "type": "terraform_data", "change": part{"actions": []any{"no-op"}}}
	}
	for name, row := range map[string]struct {
		added, run any // an additional resource of the plan that the hook adds, and one of the run
		want       []string
	}{
		"the same":                         {resource("terraform_data.x"), resource("terraform_data.x"), nil},
		"a key that the hook hides":        {resource(`terraform_data.x["***"]`), resource(`terraform_data.x["acme@bank"]`), nil},
		"a key with brackets and a VPA":    {resource(`module.a["***"].terraform_data.x[0]`), resource(`module.a["a]\"@b"].terraform_data.x[0]`), nil},
		"a resource that only the run has": {nil, resource("bank_payout.x"), []string{otherPlan}},
		"one that only the plan has":       {resource("bank_payout.x"), nil, []string{otherPlan}},
		"another name":                     {resource("terraform_data.x"), resource("terraform_data.y"), []string{otherPlan}},
		"another module":                   {resource(`module.a["x"].terraform_data.x["y"]`), resource(`module.a["x"].terraform_data.z["y"]`), []string{otherPlan}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			with := func(more any) part {
				plan := decodePlan(t, json.RawMessage(check.MustJSON(good)))
				changes, _ := plan["resource_changes"].([]any)
				if more != nil {
					changes = append(changes, more)
				}
				plan["resource_changes"] = changes
				return plan
			}
			input := platforms["spacelift"].wrap(with(row.added))
			input["terraform"] = part{"resource_changes": with(row.run)["resource_changes"]}
			denied := evaluate(t, acctest.Program(t, "opa"), []string{oneFile(t, "spacelift")}, platforms["spacelift"].query, map[string]evaluation{"": {Input: input}})
			checkDenied(t, denied[""], row.want)
		})
	}
	input := platforms["spacelift"].wrap(good)
	delete(input, "terraform")
	denied := evaluate(t, acctest.Program(t, "opa"), []string{oneFile(t, "spacelift")}, platforms["spacelift"].query, map[string]evaluation{"": {Input: input}})
	checkDenied(t, denied[""], []string{otherPlan})
}

// Spacelift hands over the time of its request, and Scalr nothing but the run before
// there is a plan.
func TestAccPolicyOnPlatforms_InputsOfTheirOwn(t *testing.T) {
	t.Parallel()
	good := planWith(t, "ACTIVE")
	timeless, late := platforms["spacelift"].wrap(good), platforms["spacelift"].wrap(good)
	delete(partAt(t, timeless, "spacelift"), "request")
	partAt(t, late, "spacelift")["request"] = part{"timestamp_ns": time.Now().Add(25 * time.Hour).UnixNano()}
	opa := acctest.Program(t, "opa")
	denied := evaluate(t, opa, []string{oneFile(t, "spacelift")}, platforms["spacelift"].query, map[string]evaluation{
		"timeless": {Input: timeless}, "late": {Input: late},
	}, "--capabilities", capabilitiesOfSpacelift(t, opa))
	checkDenied(t, denied["late"], []string{outdated})
	check.Contains(t, "the denials of the timeless plan", strings.Join(denied["timeless"], "\n"), fromTheFuture)

	denied = evaluate(t, opa, []string{oneFile(t, "scalr")}, platforms["scalr"].query, map[string]evaluation{
		"before the plan":     {Input: part{"tfrun": part{}}},
		"a plan that is null": {Input: part{"tfrun": part{}, "tfplan": nil}},
		"no run":              {Input: part{}},
	})
	checkDenied(t, denied["before the plan"], nil)
	for _, name := range []string{"a plan that is null", "no run"} {
		if len(denied[name]) == 0 {
			t.Errorf("%s: got no denial, want some", name)
		}
	}
}

// Atlantis runs Conftest in the directory of the configuration. Up to the summer of 2026 it
// joined the words, and let a shell split them; since then, it splits each word itself.
// Both drop words that are empty.
func TestAccPolicyOnPlatforms_Atlantis(t *testing.T) {
	t.Parallel()
	acctest.SkipWithoutShell(t)
	plans := map[string]string{}
	for _, status := range []string{"ACTIVE", "PENDING"} {
		plans["an account in "+status] = check.MustJSON(planWith(t, status))
	}
	plans["an empty plan"] = "{}"
	want := map[string]string{
		"an account in ACTIVE":  "0 failures",
		"an account in PENDING": "account banh_acme_active with status PENDING is not ACTIVE.",
		"an empty plan":         " - juspay_policy - plan: it reads no Juspay account.",
	}
	forms := map[string]func(conftest string, words []string) []string{
		"a shell splits all words": func(conftest string, words []string) []string {
			return []string{"sh", "-c", conftest + " " + strings.Join(words, " ")}
		},
		"each word is split": func(conftest string, words []string) []string {
			args := []string{conftest}
			for _, word := range words {
				args = append(args, strings.Fields(word)...)
			}
			return args
		},
	}
	for form, split := range forms {
		for name, plan := range plans {
			t.Run(name+" while "+form, func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				acctest.WriteFile(t, dir, "plan.json", plan)
				acctest.WriteFile(t, dir, "conftest.toml", conftestOfAuthor+"ignore = \".*\"\n")
				acctest.WriteFile(t, dir, "author/x.rego", "package juspay_policy\n\nimport rego.v1\n\nexception contains [\"\"]\n")
				policies := filepath.Join(dir, "server")
				check.MustNoError(t, "os.CopyFS", os.CopyFS(policies, acctest.Example(t, "policies")))
				list := regexp.MustCompile(`extra_args: (\[.*\])`).FindStringSubmatch(acctest.ReadFile(t, "examples/policies/platforms/atlantis/repos.yaml"))[1]
				var extra []string
				check.MustNoError(t, "json.Unmarshal", json.Unmarshal([]byte(strings.ReplaceAll(list, "/etc/atlantis/policies", policies)), &extra))
				words := split(acctest.Program(t, "conftest"), append([]string{"test", "-p", policies, "plan.json"}, extra...))
				command := exec.CommandContext(t.Context(), words[0], words[1:]...)
				command.Dir = dir
				printed, err := command.CombinedOutput()
				if allowed := name == "an account in ACTIVE"; (err == nil) != allowed || !strings.Contains(string(printed), want[name]) {
					t.Errorf("whether it is allowed: got %t, want %t, and %q in the output:\n%s", err == nil, allowed, want[name], printed)
				}
				if _, err := os.Stat(filepath.Join(policies, "x.rego")); err == nil {
					t.Error("got the author's policy among the server's, want the server's alone")
				}
			})
		}
	}
}

// oneFile returns what one-file.sh prints for a platform, as a file.
func oneFile(t *testing.T, platform string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "sh", "examples/policies/platforms/one-file.sh", platform)
	policy, err := command.Output()
	check.MustNoError(t, "command.Output", err)
	return acctest.WriteFile(t, t.TempDir(), "juspay.rego", string(policy))
}

// A platform's file denies everything where the policy, or its settings, are not there.
func TestPolicyOnPlatforms_NeedsThePolicyAndItsSettings(t *testing.T) {
	t.Parallel()
	for name, platform := range platforms {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := "examples/policies/platforms/" + name + "/platform.rego"
			over := map[string]evaluation{"a plan": {Input: platform.wrap(part{})}}
			alone := evaluate(t, acctest.Program(t, "opa"), []string{file}, platform.query, over)["a plan"]
			checkDenied(t, alone, []string{"policy: juspay.rego is not in the directory of this file. Copy it there."})

			noJSON := strings.Replace(acctest.ReadFile(t, file), `"active": true,`, `"active": true`, 1)
			files := []string{acctest.WriteFile(t, t.TempDir(), "platform.rego", noJSON), packFile}
			denied := strings.Join(evaluate(t, acctest.Program(t, "opa"), files, platform.query, over)["a plan"], "\n")
			check.Equal(t, "the number of settings that are reported as not set", strings.Count(denied, " is not set. "), len(shippedSettings(t)))
		})
	}
}

// Spacelift's hook adds the plan to the input of policies, without its VPAs.
func TestAccPolicyOnPlatforms_HookOfSpacelift(t *testing.T) {
	t.Parallel()
	acctest.SkipWithoutShell(t)
	server := acctest.PutValidatedToday(acctest.StartAPI(t))
	w := acctest.NewWorkspace(t, server, acctest.Example(t, "policy-gate"), "TERRAFORM="+acctest.CLI)
	w.PointAt(server)
	w.Write("more.tf", "output \"copied\" {\n  value     = data.juspay_customer_account.vendor.vpa\n  sensitive = true\n}\n"+
		`output "beside_escapes" { value = ["Acme <pay@acme.in>", "to:\nops@acme.in", "a \"b\" c@acme.in", "\\d@acme.in"] }`)
	hook := strings.Replace(spaceliftHook(), "terraform ", acctest.CLI+" ", 1)
	w.Plan(0, "-out", "spacelift.plan")
	check.Contains(t, "the output of show", w.Run(0, "show", "-json", "spacelift.plan"), juspaytest.VPA)
	if code, printed := w.TryRunProgram(t.Context(), "/bin/sh", "-c", hook); code != 0 {
		t.Fatalf("the hook: got exit code %d, want 0:\n%s", code, printed)
	}
	written := w.Read("juspay.custom.spacelift.json")
	check.Lacks(t, "what the hook wrote", written, juspaytest.VPA, "@acme")
	checkDenied(t, deny(t, evaluation{Input: json.RawMessage(written), Settings: settingsFor(t, server), Gate: gateFacts}), nil)
}

// Atlantis runs Conftest with the settings as data.
func TestPolicyOnPlatforms_Configurations(t *testing.T) {
	t.Parallel()
	for file, wanted := range map[string][]string{
		"atlantis/repos.yaml": {`"--namespace", "juspay_policy"`, `"--update=", "--ignore="`, `"--data", "/etc/atlantis/policies/settings.json"`,
			"path: /etc/atlantis/policies\n"},
		"hcp-terraform/policies.hcl": {`query             = "` + platforms["hcp-terraform"].query + `"`, `enforcement_level = "mandatory"`},
		"scalr/scalr-policy.hcl":     {`enforcement_level = "hard-mandatory"`, "enabled           = true"},
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			check.ContainsEach(t, file, acctest.ReadFile(t, "examples/policies/platforms/"+file), wanted)
		})
	}
}

var settingsJSONRE = regexp.MustCompile("(?s)settings_json := `(.*?)`")

// TestPolicyOnPlatforms_HaveTheSettings fails if make fmt was not run.
func TestPolicyOnPlatforms_HaveTheSettings(t *testing.T) {
	t.Parallel()
	for name := range platforms {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := "examples/policies/platforms/" + name + "/platform.rego"
			settings := settingsJSONRE.FindStringSubmatch(acctest.ReadFile(t, file))[1]
			check.Equal(t, "the settings in "+file+", which make fmt copies there", decodePlan(t, json.RawMessage(settings)), shippedSettings(t))
		})
	}
}
