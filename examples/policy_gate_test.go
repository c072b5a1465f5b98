// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// pathWith returns a setting of PATH that begins with a version of OPA.
func pathWith(t *testing.T, opa string) string {
	t.Helper()
	programs := t.TempDir()
	if err := os.Symlink(policyTool(t, opa), filepath.Join(programs, "opa")); err != nil {
		t.Fatal(err)
	}
	return "PATH=" + programs + string(os.PathListSeparator) + os.Getenv("PATH")
}

// newGate copies the policies beside a configuration, as the guide says, lists the
// server, and returns a directory in which gate.sh runs.
func newGate(t *testing.T, server *juspaytest.Server, configuration fs.FS, env ...string) (w *acctest.Workspace, gate func(args ...string) (int, string)) {
	t.Helper()
	acctest.SkipUnlessAcc(t)
	needShell(t)
	temporary := t.TempDir()
	t.Cleanup(func() {
		if left, err := filepath.Glob(filepath.Join(temporary, "tmp.*")); err != nil || len(left) != 0 {
			t.Errorf("it left %v, %v", left, err)
		}
	})
	env = append([]string{pathWith(t, "opa"), "TERRAFORM=" + acctest.CLI, "TMPDIR=" + temporary}, env...)
	w = acctest.NewWorkspace(t, server, configuration, env...)
	if err := os.CopyFS(filepath.Join(w.Dir, "policies"), os.DirFS("policies")); err != nil {
		t.Fatal(err)
	}
	w.ReadFrom(server)
	change(t, w, "policies/settings.json", `"registry_providers": true`, `"registry_providers": false`) // dev_overrides has the provider
	change(t, w, "policies/settings.json", `"servers": ["production"]`, fmt.Sprintf(`"servers": [%q]`, server.URL))
	return w, func(args ...string) (int, string) {
		return w.TryRunProgram(t.Context(), filepath.Join(w.Dir, "policies", "gate.sh"), args...)
	}
}

// denials are the messages that the gate printed.
func denials(printed string) []string {
	_, rest, _ := strings.Cut(printed, "The policy denies this plan: - ")
	if rest == "" {
		return nil
	}
	rest, _, _ = strings.Cut(rest, " Denied: ")
	return strings.Split(rest, " - ")
}

// checkGate checks that there is a plan to apply if it is allowed, and only then, and
// how the gate's output ends.
func checkGate(t *testing.T, w *acctest.Workspace, code int, printed string, allowed bool, ending string) {
	t.Helper()
	if (code == 0) != allowed {
		t.Errorf("the gate exited with %d", code)
	}
	if _, err := os.Stat(filepath.Join(w.Dir, "gate.plan")); (err == nil) != allowed {
		t.Errorf("gate.plan: %v", err)
	}
	if !strings.HasSuffix(printed, ending) {
		t.Errorf("the output ends otherwise than with %q:\n%s", ending, printed)
	}
}

func checkAllowed(t *testing.T, w *acctest.Workspace, code int, printed string) {
	t.Helper()
	checkGate(t, w, code, printed, true, " Allowed. Accounts: 1. Plan to apply: "+filepath.Join(w.Dir, "gate.plan"))
}

// A plan that is allowed and one that is denied, with the settings as they are
// shipped but for the server. What is allowed is applied as it was evaluated: nothing
// is read again.
func TestAccPolicyGate(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessAcc(t)
	for _, opa := range []string{"opa", "opa-oldest"} {
		t.Run(opa, func(t *testing.T) {
			t.Parallel()
			server := validated(acctest.StartAPI(t))
			w, gate := newGate(t, server, os.DirFS("policy-gate"), pathWith(t, opa))
			code, printed := gate()
			checkAllowed(t, w, code, printed)
			if info, err := os.Stat(filepath.Join(w.Dir, "gate.plan")); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("gate.plan is %v, %v", info, err)
			}
			server.DrainRequests()
			w.Run(0, "apply", "-no-color", "gate.plan")
			checkRequests(t, server, 0)
			checkPaid(t, w, true)
			code, printed = gate(vendor("cst_dairy", "banh_dairy_pending")...)
			checkDenied(t, denials(printed), []string{notActive(vendorAddress, "banh_dairy_pending", "PENDING")})
			checkGate(t, w, code, printed, false, " Denied: 1 reason. Accounts: 1, denied: 1. Plan to apply: none.")
			acctest.CheckLacks(t, "the output", printed, juspaytest.VPA)
		})
	}
}

// A plan that is made with -target shows all other accounts as an earlier run
// stored them.
func TestAccPolicyGate_DeniesWhatAnEarlierRunStored(t *testing.T) {
	t.Parallel()
	server := validated(acctest.StartAPI(t))
	configuration := readFile(t, "policy-gate/main.tf") + "\nresource \"terraform_data\" \"other\" {}\n"
	w, gate := newGate(t, server, acctest.MainFile(t, configuration))
	w.Run(0, apply()...)
	server.Put(acmeWith("FAILURE").With("last_validated", time.Now().UTC().Format(time.RFC3339)))
	w.Run(0, plan("-target", "terraform_data.other", "-out", "saved.plan")...)
	shown := planJSON(w)
	acctest.CheckContains(t, string(shown), `"validation_status":"ACTIVE"`)

	want := []string{silent}
	if supported, _ := acctest.Supports(t, acctest.CompletePlan); supported {
		want = []string{incomplete}
	}
	checkDenied(t, deny(t, evaluation{Input: shown, Settings: settingsFor(t, server)}), want)

	code, printed := gate("-target", "terraform_data.other")
	acctest.CheckContains(t, printed, "gate.sh: -target leaves accounts unread: ")
	checkGate(t, w, code, printed, false, "")

	// Without -target, the account is read again.
	_, printed = gate()
	checkDenied(t, denials(printed), []string{notActive(vendorAddress, "banh_acme_active", "FAILURE")})
}

// A plan that is made with -invoke shows accounts as an earlier run stored them,
// and is marked as complete. A change may trigger an action without that.
func TestAccPolicy_InvokedAction(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.Feature{Name: "actions", Terraform: "1.14"})
	server := validated(acctest.StartAPI(t))
	configuration := readFile(t, "policy-gate/main.tf") + `
action "bank_pay" "now" {}

resource "terraform_data" "trigger" {
  input = var.customer_account_id

  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.bank_pay.now]
    }
  }
}
`
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, configuration))
	w.ReadFrom(server)
	addProvider(t, w, "bank")
	denied := func(args ...string) []string {
		w.Run(0, plan(append(args, "-out", "saved.plan")...)...)
		acctest.CheckContains(t, string(planJSON(w)), `"complete":true`, `"action_invocations":[`, `"validation_status":"ACTIVE"`)
		return deny(t, evaluation{Input: planJSON(w), Settings: settingsFor(t, server)})
	}
	checkDenied(t, denied(), nil)
	w.Run(0, apply()...)
	server.Put(acmeWith("FAILURE"))
	checkDenied(t, denied("-invoke=action.bank_pay.now"), []string{invoked})
}

// -refresh=false is for resources: data sources are read all the same, except for a
// destroy plan.
func TestAccPolicyGate_ReadsAccountsWithoutRefresh(t *testing.T) {
	t.Parallel()
	server := validated(acctest.StartAPI(t))
	w, gate := newGate(t, server, os.DirFS("policy-gate"))
	w.Run(0, apply()...)
	server.Put(acmeWith("FAILURE").With("last_validated", time.Now().UTC().Format(time.RFC3339)))
	server.DrainRequests()
	code, printed := gate("-refresh=false")
	checkRequests(t, server, 1)
	checkDenied(t, denials(printed), []string{notActive(vendorAddress, "banh_acme_active", "FAILURE")})
	checkGate(t, w, code, printed, false, "")

	code, printed = gate("-destroy", "-refresh=false")
	checkRequests(t, server, 0)
	checkGate(t, w, code, printed, false, "gate.sh: -refresh=false with -destroy leaves accounts unread: "+
		"the plan shows them as an earlier run stored them. Plan without it.")
}

// A condition of the ephemeral resource itself crashes terraform show of 1.10 to 1.14.
func TestAccPolicyGate_NamesTheCrashOfTerraformShow(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.EphemeralResources)
	if shown, _ := acctest.Supports(t, acctest.Feature{Name: "conditions of ephemeral resources", Terraform: "1.15", OpenTofu: "1.11"}); shown {
		t.Skip("this CLI shows such plans")
	}
	for name, condition := range map[string]string{"a postcondition": "postcondition", "a precondition": "precondition"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, gate := newGate(t, validated(acctest.StartAPI(t)), acctest.MainFile(t, readFile(t, "policy-gate/main.tf")+`
ephemeral "juspay_customer_account" "vendor" {
  customer_id         = "cst_acme"
  customer_account_id = "banh_acme_active"

  lifecycle {
    `+condition+` {
      condition     = var.customer_id != ""
      error_message = "The vendor must be named."
    }
  }
}
`))
			code, printed := gate()
			checkGate(t, w, code, printed, false, "gate.sh: denied: this version of Terraform cannot show plans in which an ephemeral resource has "+
				"a condition of its own. Make it a precondition of the payout, or plan with Terraform 1.15 or later.")
			acctest.CheckLacks(t, "the output", printed, "CRASH", "goroutine")
		})
	}
}

func TestAccPolicyGate_NeedsAPlan(t *testing.T) {
	t.Parallel()
	server := validated(acctest.StartAPI(t))
	w, gate := newGate(t, server, acctest.MainFile(t, inProduction+readFile(t, "assertions/postcondition/main.tf")))
	for name, args := range map[string][]string{
		"a condition fails, though Terraform saves such a plan": vendor("cst_dairy", "banh_dairy_pending"),
		"there is no such option":                               {"-no-such-option"},
	} {
		w.Write("gate.plan", "of an earlier run")
		code, printed := gate(args...)
		if len(denials(printed)) != 0 {
			t.Errorf("%s: the policy was evaluated:\n%s", name, printed)
		}
		checkGate(t, w, code, printed, false, "")
	}
}

// The author of a configuration can have files beside it, some of which evaluators
// read, and can change the policy while Terraform plans.
func TestAccPolicyGate_IgnoresTheAuthorsDirectory(t *testing.T) {
	t.Parallel()
	const allowing = "package juspay_policy\n\nimport rego.v1\n\nallow := true\n\ndeny := set()\n\naccounts := set()\n\nexception contains [\"\"]\n"
	const settings = `{"juspay": {"active": false, "max_days_since_validation": false}}`
	for name, files := range map[string]map[string]string{
		"settings of Conftest that replace the policy": {"conftest.toml": conftestOfAuthor + "all-namespaces = true\n", "author/juspay.rego": allowing},
		"policies in the directories that evaluators read": {
			"juspay.rego": allowing, "policy/juspay.rego": allowing, "settings.json": settings, "gate.json": settings, "data.json": settings,
		},
		"a rule beside the policy that switches it off": {"policies/exception.rego": allowing, "policies/data.json": settings},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := []string{
				"CONFTEST_UPDATE=author", "CONFTEST_NO_FAIL=true", "CONFTEST_TRACE=true", "CONFTEST_NAMESPACE=other",
				"OPA_FORMAT=discard", "OPA_DATA=author",
			}
			w, gate := newGate(t, acctest.StartAPI(t), os.DirFS("policy-gate"), env...)
			for name, content := range files {
				writeFile(t, w.Dir, name, content)
			}
			code, printed := gate(vendor("cst_dairy", "banh_dairy_pending")...)
			checkGate(t, w, code, printed, false, "")
			acctest.CheckContains(t, printed, "with status PENDING is not ACTIVE.")
			acctest.CheckLacks(t, "the output", printed, juspaytest.VPA)
		})
	}
}

func TestAccPolicyGate_SaysThatThereIsNothingToDestroy(t *testing.T) {
	t.Parallel()
	w, gate := newGate(t, validated(acctest.StartAPI(t)), os.DirFS("policy-gate"))
	code, printed := gate("-destroy")
	checkGate(t, w, code, printed, false, " gate.sh: denied: there is nothing to destroy.")
}

// TestAccPolicyGate_TryIt pastes the commands of the guide on a machine with the provider
// installed, and finds each denial in the guide.
func TestAccPolicyGate_TryIt(t *testing.T) {
	t.Parallel()
	needShell(t)
	server := acctest.StartAPI(t)
	r := newPipelineRunner(t, server, nil)
	repository, err := filepath.Abs("..")
	acctest.NoError(t, err)
	symlink(t, repository, filepath.Join(r.temporary, "terraform-provider-juspay"))
	commands := strings.ReplaceAll(readFile(t, "policy-gate/commands.sh"), "http://127.0.0.1:8787", server.URL)
	script := "sh \"$HOME/terraform-provider-juspay/examples/install/install.sh\" \"$HOME/terraform-provider-juspay\" 0.1.0\nmkdir new && cd new\n" + commands
	_, printed := r.TryRunProgram(t.Context(), "sh", "-c", script)

	var got []string
	for _, match := range regexp.MustCompile(`(Allowed|Denied: \d reason)\. Accounts: (\d)(, denied: \d)?|- \S+: .*? \[(\w+)\]`).FindAllString(printed, -1) {
		if strings.HasPrefix(match, "- ") {
			acctest.CheckContains(t, readFile(t, "../templates/guides/policy-checks.md.tmpl"), "\n> "+match+"\n")
			match = match[strings.LastIndex(match, "["):]
		}
		got = append(got, match)
	}
	want := []string{"Allowed. Accounts: 1", "[not_active]", "Denied: 1 reason. Accounts: 1, denied: 1", "Allowed. Accounts: 1", "[payee_not_read]", "Denied: 1 reason. Accounts: 1, denied: 0"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what the gate says (-want +got):\n%s\n%s", diff, printed)
	}
}
