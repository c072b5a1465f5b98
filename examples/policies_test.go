// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
	"github.com/juspay/terraform-provider-juspay/internal/tools"
)

func policyTool(t *testing.T, name string) string {
	t.Helper()
	path, err := tools.Path(t.Context(), tools.Policy, name)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPolicyUnitTests(t *testing.T) {
	t.Parallel()
	for name, arguments := range map[string][]string{
		"with Conftest":         {"conftest", "verify", "--strict", "--policy", "policies"},
		"they reach every line": {"opa", "test", "--coverage", "--threshold", "100", "policies"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			command := exec.CommandContext(t.Context(), policyTool(t, arguments[0]), arguments[1:]...) //nolint:gosec // a pinned tool
			if out, err := command.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// newGate copies the policies beside a configuration, as the guide says, and
// returns a folder in which gate.sh runs.
func newGate(t *testing.T, server *juspaytest.Server, configuration fs.FS, env ...string) (w *acctest.Workspace, gate func(args ...string) (int, string)) {
	t.Helper()
	acctest.Need(t)
	path := filepath.Dir(policyTool(t, "conftest")) + string(os.PathListSeparator) + os.Getenv("PATH")
	w = acctest.NewWorkspace(t, server, configuration, append([]string{"PATH=" + path, "TERRAFORM=" + acctest.CLI}, env...)...)
	if err := os.CopyFS(filepath.Join(w.Dir, "policies"), os.DirFS("policies")); err != nil {
		t.Fatal(err)
	}
	if has, _ := acctest.Has(t, acctest.CompletePlan); !has {
		change(t, w, "policies/settings.json", `"complete_plan": true`, `"complete_plan": false`)
	}
	w.Run(0, "get")
	return w, func(args ...string) (int, string) {
		return w.TryRunProgram(t.Context(), filepath.Join(w.Dir, "policies", "gate.sh"), args...)
	}
}

// denials are the messages that conftest printed.
func denials(printed string) []string {
	_, rest, _ := strings.Cut(printed, "FAIL - ")
	if rest == "" {
		return nil
	}
	rest = rest[:strings.LastIndex(rest, " tests, ")]
	rest = rest[:strings.LastIndex(rest, " ")]
	var messages []string
	for line := range strings.SplitSeq(rest, "FAIL - ") {
		_, message, _ := strings.Cut(line, "/plan.json - main - ")
		messages = append(messages, strings.TrimSpace(message))
	}
	return messages
}

// validated makes the server's accounts ones that were validated today.
func validated(server *juspaytest.Server) *juspaytest.Server {
	today := time.Now().UTC().Format(time.RFC3339)
	for _, account := range juspaytest.Samples() {
		server.Put(account.With("last_validated", today).With("currency", "INR"))
	}
	return server
}

const vendorAddress = "data.juspay_customer_account.vendor"

func TestAccPolicyGate(t *testing.T) {
	t.Parallel()
	gated := readFile(t, "policy-gate/main.tf")
	const deferred = vendorAddress + ": it is read only during apply, so its status is not known yet."
	for name, row := range map[string]struct {
		configuration fs.FS
		args          []string
		denied        []string
		naiveDenies   bool
	}{
		"an ACTIVE account is allowed": {configuration: os.DirFS("policy-gate")},
		"an ACTIVE bank account is allowed": {
			configuration: os.DirFS("policy-gate"),
			args:          vendor("cst_blue_bank", "banh_blue_bank_active"),
		},
		"a PENDING account is denied where a policy on resource_changes allows it": {
			configuration: os.DirFS("policy-gate"),
			args:          vendor("cst_dairy", "banh_dairy_pending"),
			denied:        []string{vendorAddress + ": account banh_dairy_pending with status PENDING is not ACTIVE."},
		},
		"an account in FAILURE is denied": {
			configuration: os.DirFS("policy-gate"),
			args:          vendor("cst_corner_shop", "banh_corner_shop_failure"),
			denied:        []string{vendorAddress + ": account banh_corner_shop_failure with status FAILURE is not ACTIVE."},
		},
		"an account that is read only during apply is denied": {
			configuration: acctest.MainFile(t, late(t, "policy-gate")),
			denied:        []string{deferred},
		},
		"an ACTIVE account nested in a check is allowed": {
			configuration: acctest.MainFile(t, inProduction+readFile(t, "assertions/check-nested/main.tf")),
		},
		"a PENDING account nested in a check is denied": {
			configuration: acctest.MainFile(t, inProduction+readFile(t, "assertions/check-nested/main.tf")),
			args:          vendor("cst_dairy", "banh_dairy_pending"),
			denied: []string{
				"check.vendor_account_is_active: its conditions have the status fail.",
				vendorAddress + ": account banh_dairy_pending with status PENDING is not ACTIVE.",
			},
			naiveDenies: true, // here, and only here, resource_changes has the status
		},
		"an account nested in a check that cannot be read is denied": {
			configuration: acctest.MainFile(t, inProduction+readFile(t, "assertions/check-nested/main.tf")),
			args:          vendor("cst_dairy", "banh_unknown"),
			denied: []string{
				"check.vendor_account_is_active: its conditions have the status fail.",
				vendorAddress + ": account banh_unknown has no validation_status.",
				vendorAddress + ": account banh_unknown with status unknown has a currency that is not allowed.",
				vendorAddress + ": account banh_unknown with status unknown is not ACTIVE.",
				vendorAddress + ": account banh_unknown with status unknown was not validated within the last 30 days.",
			},
		},
		"a check that fails is denied": {
			configuration: acctest.MainFile(t, inProduction+readFile(t, "assertions/check/main.tf")),
			args:          vendor("cst_dairy", "banh_dairy_pending"),
			denied: []string{
				"check.vendor_account_is_active: its conditions have the status fail.",
				vendorAddress + ": account banh_dairy_pending with status PENDING is not ACTIVE.",
			},
		},
		"a plan that reads no account is denied": {
			configuration: acctest.MainFile(t, inProduction+requirement+"resource \"terraform_data\" \"payout\" {}\n"),
			denied:        []string{"plan: it reads no Juspay account."},
		},
		"a data source with no instance is denied": {
			configuration: acctest.MainFile(t, inProduction+requirement+"data \"juspay_customer_account\" \"vendor\" {\n  count = 0\n  customer_id = \"a\"\n  customer_account_id = \"b\"\n}\n"),
			denied:        []string{"plan: it reads no Juspay account."},
		},
		"every instance in a module is judged and so is its provider": {
			configuration: os.DirFS("testdata/modules"),
			denied: []string{
				`module.vendors["dairy"].data.juspay_customer_account.counted[0]: account banh_dairy_pending with status PENDING is not ACTIVE.`,
				`module.vendors["dairy"].data.juspay_customer_account.each["banh_dairy_pending"]: account banh_dairy_pending with status PENDING is not ACTIVE.`,
				`provider juspay.sandbox: it is not juspay/juspay with its environment written out as "production" and no base_url, so accounts may come from elsewhere.`,
			},
		},
		"many ACTIVE accounts are allowed": {
			configuration: acctest.MainFile(t, inProduction+readFile(t, "many-accounts/conditions/main.tf")),
		},
		"all accounts of a customer are allowed if they are ACTIVE": {
			configuration: acctest.MainFile(t, inProduction+readFile(t, "many-accounts/of-a-customer/main.tf")),
		},
		"each bad one of many accounts is denied": {
			configuration: acctest.MainFile(t, inProduction+requirement+many("null")),
			denied:        []string{`data.juspay_customer_accounts.other.accounts["dairy"]: account banh_dairy_pending with status PENDING is not ACTIVE.`},
		},
		"many accounts that are read only during apply are denied": {
			configuration: acctest.MainFile(t, inProduction+requirement+"resource \"terraform_data\" \"made\" {\n  input = \"cst_dairy\"\n}\n"+many("terraform_data.made.output")),
			denied:        []string{"data.juspay_customer_accounts.other: it is read only during apply, so its status is not known yet."},
		},
		"no account among none is denied": {
			configuration: acctest.MainFile(t, inProduction+requirement+"data \"juspay_customer_accounts\" \"none\" {\n  accounts = {}\n}\n"),
			denied:        []string{"plan: it reads no Juspay account."},
		},
		"an environment that is not written out is denied": {
			configuration: acctest.MainFile(t, strings.Replace(gated, `"production"`, `var.environment`, 1)+"\nvariable \"environment\" {\n  default = \"production\"\n}\n"),
			denied:        []string{`provider juspay: it is not juspay/juspay with its environment written out as "production" and no base_url, so accounts may come from elsewhere.`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := validated(acctest.StartAPI(t))
			configuration := row.configuration
			w, gate := newGate(t, server, configuration)
			code, printed := gate(row.args...)
			acctest.CheckLacks(t, "the output", printed, juspaytest.VPA)
			slices.Sort(row.denied)
			if got := denials(printed); !slices.Equal(got, row.denied) {
				t.Errorf("denied:\n%s\nwant:\n%s\n%s", strings.Join(got, "\n"), strings.Join(row.denied, "\n"), printed)
			}
			checkGate(t, w, code, len(row.denied) == 0)
			w.Run(0, plan(append(row.args, "-out", "naive.plan")...)...)
			if got := naivelyDenied(t, w); got != row.naiveDenies {
				t.Errorf("the naive policy denies: %v", got)
			}
		})
	}
}

func TestAccPolicyGateCountsAnEphemeralAccountThatIsAsserted(t *testing.T) {
	t.Parallel()
	acctest.NeedFeature(t, acctest.EphemeralChecks)
	const account = `
ephemeral "juspay_customer_account" "vendor" {
  customer_id         = "cst_acme"
  customer_account_id = "banh_acme_active"
%s}
`
	const postcondition = `
  lifecycle {
    postcondition {
      condition     = self.validation_status == "ACTIVE"
      error_message = "It is not ACTIVE."
    }
  }
`
	// Terraform does not show which provider reads an ephemeral account.
	hidden := "plan: it does not show which provider reads its accounts."
	asserted := []string{hidden}
	if acctest.IsOpenTofu() {
		asserted = nil
	}
	for lifecycle, denied := range map[string][]string{
		postcondition: asserted,
		strings.Replace(postcondition, "\n", "\n  for_each = toset([])\n", 1): {"plan: it reads no Juspay account."},
		"": {"plan: it reads no Juspay account."},
	} {
		w, gate := newGate(t, acctest.StartAPI(t), acctest.MainFile(t, inProduction+requirement+fmt.Sprintf(account, lifecycle)))
		code, printed := gate()
		if got := denials(printed); !slices.Equal(got, denied) {
			t.Errorf("denied: %q\n%s", got, printed)
		}
		checkGate(t, w, code, len(denied) == 0)
	}
}

const requirement = "terraform {\n  required_providers {\n    juspay = {\n      source = \"juspay/juspay\"\n    }\n  }\n}\n"

const inProduction = "provider \"juspay\" {\n  environment = \"production\"\n}\n"

// many is a data source of two accounts, one of which is PENDING, that waits for
// what is not known before apply.
func many(customerID string) string {
	return `
data "juspay_customer_accounts" "other" {
  accounts = {
    acme  = { customer_id = "cst_acme", customer_account_id = "banh_acme_active" }
    dairy = { customer_id = coalesce(` + customerID + `, "cst_dairy"), customer_account_id = "banh_dairy_pending" }
  }
}
`
}

// checkGate checks that there is a plan to apply if it is allowed, and only then,
// and that no other is left.
func checkGate(t *testing.T, w *acctest.Workspace, code int, allowed bool) {
	t.Helper()
	if (code == 0) != allowed {
		t.Errorf("the gate exited with %d", code)
	}
	if _, err := os.Stat(filepath.Join(w.Dir, "gate.plan")); (err == nil) != allowed {
		t.Errorf("gate.plan: %v", err)
	}
	if left, err := filepath.Glob(filepath.Join(w.Dir, "unchecked*")); err != nil || len(left) != 0 {
		t.Errorf("it left %v, %v", left, err)
	}
}

// naivelyDenied tells what a policy that looks into resource_changes makes of
// naive.plan.
func naivelyDenied(t *testing.T, w *acctest.Workspace) bool {
	t.Helper()
	w.Write("naive.json", shownJSON(w, "naive.plan"))
	policies, err := filepath.Abs("naive-policy")
	if err != nil {
		t.Fatal(err)
	}
	code, printed := w.TryRunProgram(t.Context(), policyTool(t, "conftest"), "test", "--policy", policies, "naive.json")
	if want := "1 test, 1 passed"; code == 0 && !strings.Contains(printed, want) {
		t.Errorf("%q is not in\n%s", want, printed)
	}
	return code != 0
}

// A plan that is made with -target shows all other accounts as an earlier run
// stored them.
func TestAccPolicyGateDeniesWhatAnEarlierRunStored(t *testing.T) {
	t.Parallel()
	acctest.NeedFeature(t, acctest.CompletePlan)
	server := validated(acctest.StartAPI(t))
	configuration := readFile(t, "policy-gate/main.tf") + "\nresource \"terraform_data\" \"other\" {}\n"
	w, gate := newGate(t, server, acctest.MainFile(t, configuration))
	w.Run(0, apply()...)
	today := time.Now().UTC().Format(time.RFC3339)
	server.Put(juspaytest.NewAccount("cst_acme", "banh_acme_active").With("validation_status", "FAILURE").With("last_validated", today))
	w.Run(0, plan("-target", "terraform_data.other", "-out", "saved.plan")...)
	acctest.CheckContains(t, planJSON(w), `"validation_status":"ACTIVE"`)

	code, printed := gate("-target", "terraform_data.other")
	if got, want := denials(printed), []string{"plan: it is not marked as complete, as after -target, so accounts may be missing or out of date."}; !slices.Equal(got, want) {
		t.Errorf("denied: %q", got)
	}
	checkGate(t, w, code, false)

	// Without -target, the account is read again, with -refresh=false too.
	for _, args := range [][]string{nil, {"-refresh=false"}} {
		_, printed := gate(args...)
		if got, want := denials(printed), []string{vendorAddress + ": account banh_acme_active with status FAILURE is not ACTIVE."}; !slices.Equal(got, want) {
			t.Errorf("denied: %q", got)
		}
	}
}

func planJSON(w *acctest.Workspace) string { return shownJSON(w, "saved.plan") }

func shownJSON(w *acctest.Workspace, plan string) string {
	var shown json.RawMessage
	w.JSON(&shown, "show", "-json", plan)
	return string(shown)
}

func TestAccPolicyGateNeedsAPlan(t *testing.T) {
	t.Parallel()
	server := validated(acctest.StartAPI(t))
	w, gate := newGate(t, server, os.DirFS("assertions/postcondition"))
	for name, args := range map[string][]string{
		"a condition fails, though Terraform saves such a plan": vendor("cst_dairy", "banh_dairy_pending"),
		"there is no such option":                               {"-no-such-option"},
	} {
		w.Write("gate.plan", "of an earlier run")
		code, printed := gate(args...)
		if len(denials(printed)) != 0 {
			t.Errorf("%s: the policy was asked:\n%s", name, printed)
		}
		checkGate(t, w, code, false)
	}
}

func TestAccPolicyGateJudgesWhateverTheArgumentsSay(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"another file":  {"-out=other.plan"},
		"an exit code":  {"-detailed-exitcode"},
		"another input": {"-input=true"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, gate := newGate(t, acctest.StartAPI(t), os.DirFS("policy-gate"))
			code, printed := gate(args...)
			acctest.CheckContains(t, printed, "The policy allows this plan: "+acctest.CLI+" apply gate.plan")
			checkGate(t, w, code, true)
			code, _ = gate(append(args, vendor("cst_dairy", "banh_dairy_pending")...)...)
			checkGate(t, w, code, false)
			if _, err := os.Stat(filepath.Join(w.Dir, "other.plan")); err == nil {
				t.Error("a plan that was not judged is left")
			}
		})
	}
}

// Conftest takes settings from files and variables too, some of which would make
// it pass anything or print what it judges.
func TestAccPolicyGateKeepsToItsOwnSettings(t *testing.T) {
	t.Parallel()
	for _, setting := range []string{"namespace = \"other\"", "no-fail = true", "trace = true", "all-namespaces = true"} {
		for _, place := range []string{"file", "variable"} {
			t.Run(setting+" in a "+place, func(t *testing.T) {
				t.Parallel()
				name, value, _ := strings.Cut(setting, " = ")
				var env []string
				if place == "variable" {
					env = []string{"CONFTEST_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_")) + "=" + strings.Trim(value, "\"")}
				}
				w, gate := newGate(t, acctest.StartAPI(t), os.DirFS("policy-gate"), env...)
				if place == "file" {
					w.Write("conftest.toml", setting+"\n")
				}
				code, printed := gate(vendor("cst_dairy", "banh_dairy_pending")...)
				checkGate(t, w, code, false)
				acctest.CheckContains(t, printed, "with status PENDING is not ACTIVE.")
				acctest.CheckLacks(t, "the output", printed, juspaytest.VPA)
			})
		}
	}
}

// What the guide says that a newcomer sees.
func TestAccPolicyGateWithTheMock(t *testing.T) {
	t.Parallel()
	_, gate := newGate(t, acctest.StartAPI(t), os.DirFS("policy-gate"))
	code, printed := gate()
	if code != 0 {
		t.Error(printed)
	}
	acctest.CheckContains(t, printed, "Warning: environment has no effect")
	code, printed = gate(vendor("cst_dairy", "banh_dairy_pending")...)
	told := denials(printed)
	if code != 1 || len(told) != 2 {
		t.Errorf("exit code %d: %q", code, told)
	}
	acctest.CheckContains(t, readFile(t, "../templates/guides/policy-checks.md.tmpl"), "\n    "+strings.Join(told, "\n    ")+"\n")
}

// What the gate allows is applied as it was judged: nothing is read again.
func TestAccPolicyGateLeavesAPlanToApply(t *testing.T) {
	t.Parallel()
	server := validated(acctest.StartAPI(t))
	w, gate := newGate(t, server, os.DirFS("policy-gate"))
	if code, printed := gate(); code != 0 {
		t.Fatal(printed)
	}
	info, err := os.Stat(filepath.Join(w.Dir, "gate.plan"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("gate.plan has the mode %v, %v", info.Mode(), err)
	}
	server.TakeRequests()
	w.Run(0, "apply", "-no-color", "gate.plan")
	if n := len(server.TakeRequests()); n != 0 || !paidOut(w) {
		t.Errorf("%d requests; paid out: %v", n, paidOut(w))
	}
}

func TestAccPolicyWithoutSettingsDenies(t *testing.T) {
	t.Parallel()
	w, _ := newGate(t, validated(acctest.StartAPI(t)), os.DirFS("policy-gate"))
	w.Run(0, plan("-out", "saved.plan")...)
	w.Write("saved.json", planJSON(w))
	if code, printed := w.TryRunProgram(t.Context(), policyTool(t, "conftest"), "test", "--policy", "policies", "saved.json"); code != 1 || strings.Count(printed, " is not set. Pass settings.json with --data.") != 8 {
		t.Errorf("exit code %d\n%s", code, printed)
	}
}

// The guide's command for those who have OPA and not Conftest.
func TestAccPolicyWithOPA(t *testing.T) {
	t.Parallel()
	server := validated(acctest.StartAPI(t))
	for account, want := range map[string]int{"cst_acme/banh_acme_active": 0, "cst_dairy/banh_dairy_pending": 1} {
		w, _ := newGate(t, server, os.DirFS("policy-gate"))
		customer, id, _ := strings.Cut(account, "/")
		w.Run(0, plan(append(vendor(customer, id), "-out", "saved.plan")...)...)
		w.Write("plan.json", planJSON(w))
		opa := []string{"eval", "--fail", "--data", "policies", "--input", "plan.json"}
		if code, printed := w.TryRunProgram(t.Context(), policyTool(t, "opa"), append(opa, "data.main.allow")...); code != want {
			t.Errorf("%s: exit code %d\n%s", account, code, printed)
		}
		if code, printed := w.TryRunProgram(t.Context(), policyTool(t, "opa"), append(opa, "data.main.alow")...); code == 0 {
			t.Errorf("a misspelt query allows:\n%s", printed)
		}
	}
}
