// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// The files of the pack that OPA reads.
const (
	packFile      = "examples/policies/juspay.rego"
	unitTestsFile = "examples/policies/juspay_test.rego"
)

// evaluation has the data over which a policy is evaluated.
type evaluation struct {
	Input    any            `json:"input"`
	Patch    []operation    `json:"patch,omitempty"` // the changes of the input
	Settings map[string]any `json:"settings"`
	Gate     map[string]any `json:"gate"`
}

// evaluate returns what the query of the policy files denies of each evaluation, by its name. One
// process evaluates all of them.
func evaluate(t *testing.T, opa string, files []string, query string, evaluations map[string]evaluation, flags ...string) map[string][]string {
	t.Helper()
	rule := "package all\n\nimport rego.v1\n\ndenied[name] := messages if {\n\tsome name, e in input\n\tmessages := " + query +
		" with input as patched(e) with data.juspay as e.settings with data.gate as e.gate\n}\n" +
		"\npatched(e) := e.input if not e.patch\n\npatched(e) := json.patch(e.input, e.patch) if e.patch\n"
	args := append([]string{"eval", "--fail", "--stdin-input", "--data", acctest.WriteFile(t, t.TempDir(), "all.rego", rule)}, flags...)
	for _, file := range files {
		args = append(args, "--data", file)
	}
	command := exec.CommandContext(t.Context(), opa, append(args, "data.all.denied")...)
	command.Stdin = strings.NewReader(check.MustJSON(evaluations))
	out, err := command.Output()
	if err != nil {
		t.Fatalf("opa eval: got %v, want no error:\n%s", err, out)
	}
	var shown struct {
		Result []struct {
			Expressions []struct {
				Value map[string][]string `json:"value"`
			} `json:"expressions"`
		} `json:"result"`
	}
	check.MustNoError(t, "json.Unmarshal", json.Unmarshal(out, &shown))
	denied := shown.Result[0].Expressions[0].Value
	if len(denied) != len(evaluations) {
		t.Fatalf("got %d evaluations, want %d", len(denied), len(evaluations))
	}
	return denied
}

// denyAll returns what the pack denies of each evaluation.
func denyAll(t *testing.T, evaluations map[string]evaluation) map[string][]string {
	t.Helper()
	return evaluate(t, acctest.Program(t, "opa"), []string{packFile}, "data.juspay_policy.deny", evaluations)
}

// deny returns what the pack denies of one evaluation.
func deny(t *testing.T, e evaluation) []string {
	t.Helper()
	return denyAll(t, map[string]evaluation{"plan": e})["plan"]
}

// ruleRE matches the rule that a denial names at its end.
var ruleRE = regexp.MustCompile(` \[[a-z_]+\]$`)

// checkDenied compares what was denied, in any order. Each denial must name its rule,
// which TestPolicyRules_HaveMetadata and the pack's own tests compare.
func checkDenied(t *testing.T, got, want []string) {
	t.Helper()
	var texts []string
	for _, message := range got {
		if !ruleRE.MatchString(message) && !strings.HasPrefix(message, "policy: ") {
			t.Errorf("got a denial without a rule, want [rule] at its end: %s", message)
		}
		texts = append(texts, ruleRE.ReplaceAllString(message, ""))
	}
	check.Equal(t, "the denials", slices.Sorted(slices.Values(texts)), slices.Sorted(slices.Values(want)))
}

// shippedSettings returns the settings that settings.json has.
func shippedSettings(t testing.TB) map[string]any {
	t.Helper()
	var file struct {
		Juspay map[string]any `json:"juspay"`
	}
	check.MustNoError(t, "json.Unmarshal", json.Unmarshal([]byte(acctest.ReadFile(t, "examples/policies/settings.json")), &file))
	return file.Juspay
}

// settingsFor returns the settings that settings.json has, with the server in the
// place of production.
func settingsFor(t *testing.T, server *juspaytest.Server) map[string]any {
	t.Helper()
	settings := shippedSettings(t)
	settings["servers"] = []string{server.URL}
	return settings
}

// gateFacts are the facts of a plan that gate.sh vouches for. Without them, no plan of OpenTofu is allowed.
var gateFacts = map[string]any{"refuses_partial_plans": true}

// evalPolicy returns the value of a query of the policy and its tests.
func evalPolicy[T any](t *testing.T, query string) (value T) {
	t.Helper()
	command := exec.CommandContext(t.Context(), acctest.Program(t, "opa"), "eval", "--format", "raw",
		"--data", packFile, "--data", unitTestsFile, query)
	var problems strings.Builder
	command.Stderr = &problems
	out, err := command.Output()
	if err == nil {
		err = json.Unmarshal(out, &value)
	}
	if err != nil {
		t.Fatalf("%s in %s, which make fmt joins: got %v of %q, want a value\n%s", query, packFile, err, out, problems.String())
	}
	return value
}

// goodPlan is the JSON of a plan that is allowed with the settings of
// settings.json: one account by itself, which is resource 0, many, which are
// resource 1, and one in a module that has no instance.
func goodPlan(t testing.TB) json.RawMessage {
	t.Helper()
	acctest.SkipUnlessAcc(t)
	server := acctest.PutValidatedToday(acctest.StartAPI(t))
	w := acctest.NewWorkspace(t, server, acctest.Example(t, "policy-gate"))
	check.MustNoError(t, "os.CopyFS", os.CopyFS(w.Dir+"/vendor", os.DirFS("internal/policy/testdata/modules/vendor")))
	w.Write("more.tf", `
data "juspay_customer_accounts" "all" {
  customer_ids = { banh_acme_active = "cst_acme", banh_blue_bank_active = "cst_blue_bank" }
}

module "off" {
  source = "./vendor"
  count  = 0

  customer_id         = "cst_acme"
  customer_account_id = "banh_acme_active"

  providers = {
    juspay         = juspay
    juspay.sandbox = juspay
  }
}

check "vendor_is_active" {
  assert {
    condition     = data.juspay_customer_account.vendor.validation_status == "ACTIVE"
    error_message = "It is not ACTIVE."
  }
}
`)
	w.PointAt(server)
	w.Run(0, "get")
	w.Plan(0, "-out", "saved.plan")

	// A plan that reads from production differs in this alone.
	var good part
	w.JSON(&good, "show", "-json", "saved.plan")
	partAt(t, good, "configuration", "provider_config", "juspay")["expressions"] = part{"environment": part{"constant_value": "production"}}
	good["complete"] = true // OpenTofu does not say
	return json.RawMessage(check.MustJSON(good))
}
