// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

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
		t.Errorf("the exit code of the gate: got %d, want 0 only for a plan that is allowed, which is %t:\n%s", code, allowed, printed)
	}
	if _, err := os.Stat(filepath.Join(w.Dir, "gate.plan")); (err == nil) != allowed {
		t.Errorf("gate.plan: got %v, want a file: %t", err, allowed)
	}
	if !strings.HasSuffix(printed, ending) {
		t.Errorf("got the output\n%s\nwant the ending %q", printed, ending)
	}
}

// checkGateDenies checks that the gate denies a plan, and how its output ends.
func checkGateDenies(t *testing.T, w *acctest.Workspace, code int, printed, ending string) {
	t.Helper()
	checkGate(t, w, code, printed, false, ending)
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
			server := acctest.PutValidatedToday(acctest.StartAPI(t))
			w, gate := acctest.NewGate(t, server, acctest.Example(t, "policy-gate"), acctest.PathWithOPA(t, opa))
			code, printed := gate()
			checkGate(t, w, code, printed, true, " Allowed. Accounts: 1. Plan to apply: "+filepath.Join(w.Dir, "gate.plan"))
			if info, err := os.Stat(filepath.Join(w.Dir, "gate.plan")); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("gate.plan: got %v, %v; want the permissions 0600", info, err)
			}
			server.DrainRequests()
			w.Run(0, "apply", "-no-color", "gate.plan")
			acctest.CheckNewRequests(t, server, 0)
			w.CheckPaid(true)
			code, printed = gate(acctest.VendorArgs("cst_dairy", "banh_dairy_pending")...)
			checkDenied(t, denials(printed), []string{notActive(acctest.VendorAddress, "banh_dairy_pending", "PENDING")})
			checkGateDenies(t, w, code, printed, " Denied: 1 reason. Accounts: 1, denied: 1. Plan to apply: none.")
			check.Lacks(t, "the output", printed, juspaytest.VPA)
		})
	}
}

// A plan that is made with -target shows all other accounts as an earlier run
// stored them.
func TestAccPolicyGate_DeniesWhatAnEarlierRunStored(t *testing.T) {
	t.Parallel()
	server := acctest.PutValidatedToday(acctest.StartAPI(t))
	configuration := acctest.ReadFile(t, "examples/policy-gate/main.tf") + "\nresource \"terraform_data\" \"other\" {}\n"
	w, gate := acctest.NewGate(t, server, acctest.MainFile(t, configuration))
	w.Apply(0)
	server.Put(acctest.AcmeWith("FAILURE").With("last_validated", time.Now().UTC().Format(time.RFC3339)))
	w.Plan(0, "-target", "terraform_data.other", "-out", "saved.plan")
	shown := w.PlanJSON()
	check.Contains(t, "the plan as JSON", string(shown), `"validation_status":"ACTIVE"`)

	want := []string{silent}
	if supported, _ := acctest.Supports(t, acctest.CompletePlan); supported {
		want = []string{incomplete}
	}
	checkDenied(t, deny(t, evaluation{Input: shown, Settings: settingsFor(t, server)}), want)

	code, printed := gate("-target", "terraform_data.other")
	check.Contains(t, "the output", printed, "gate.sh: -target leaves accounts unread: ")
	checkGateDenies(t, w, code, printed, "")

	// Without -target, the account is read again.
	_, printed = gate()
	checkDenied(t, denials(printed), []string{notActive(acctest.VendorAddress, "banh_acme_active", "FAILURE")})
}

// -refresh=false is for resources: data sources are read all the same, except for a
// destroy plan.
func TestAccPolicyGate_ReadsAccountsWithoutRefresh(t *testing.T) {
	t.Parallel()
	server := acctest.PutValidatedToday(acctest.StartAPI(t))
	w, gate := acctest.NewGate(t, server, acctest.Example(t, "policy-gate"))
	w.Apply(0)
	server.Put(acctest.AcmeWith("FAILURE").With("last_validated", time.Now().UTC().Format(time.RFC3339)))
	server.DrainRequests()
	code, printed := gate("-refresh=false")
	acctest.CheckNewRequests(t, server, 1)
	checkDenied(t, denials(printed), []string{notActive(acctest.VendorAddress, "banh_acme_active", "FAILURE")})
	checkGateDenies(t, w, code, printed, "")

	code, printed = gate("-destroy", "-refresh=false")
	acctest.CheckNewRequests(t, server, 0)
	checkGateDenies(t, w, code, printed, "gate.sh: -refresh=false with -destroy leaves accounts unread: "+
		"the plan shows them as an earlier run stored them. Plan without it.")
}

// A condition of the ephemeral resource itself crashes terraform show of 1.10 to 1.14.
func TestAccPolicyGate_NamesTheCrashOfTerraformShow(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.EphemeralResources)
	if shown, _ := acctest.Supports(t, acctest.EphemeralChecks); shown {
		t.Skip("this CLI shows such plans")
	}
	for name, condition := range map[string]string{"a postcondition": "postcondition", "a precondition": "precondition"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, gate := acctest.NewGate(t, acctest.PutValidatedToday(acctest.StartAPI(t)), acctest.MainFile(t, acctest.ReadFile(t, "examples/policy-gate/main.tf")+`
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
			checkGateDenies(t, w, code, printed, "gate.sh: denied: this version of Terraform cannot show plans in which an ephemeral resource has "+
				"a condition of its own. Make it a precondition of the payout, or plan with Terraform 1.15 or later.")
			check.Lacks(t, "the output", printed, "CRASH", "goroutine")
		})
	}
}

func TestAccPolicyGate_NeedsAPlan(t *testing.T) {
	t.Parallel()
	configuration := acctest.InProduction + acctest.ReadFile(t, "examples/assertions/postcondition/main.tf")
	for name, args := range map[string][]string{
		"a condition fails, though Terraform saves such a plan": acctest.VendorArgs("cst_dairy", "banh_dairy_pending"),
		"there is no such option":                               {"-no-such-option"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, gate := acctest.NewGate(t, acctest.PutValidatedToday(acctest.StartAPI(t)), acctest.MainFile(t, configuration))
			w.Write("gate.plan", "of an earlier run")
			code, printed := gate(args...)
			check.Equal(t, "denials of the policy", denials(printed), []string(nil))
			checkGateDenies(t, w, code, printed, "")
		})
	}
}

// The author of a configuration can add files to its directory that evaluators read, and can
// change the policy while Terraform plans.
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
			w, gate := acctest.NewGate(t, acctest.StartAPI(t), acctest.Example(t, "policy-gate"), env...)
			for name, content := range files {
				acctest.WriteFile(t, w.Dir, name, content)
			}
			code, printed := gate(acctest.VendorArgs("cst_dairy", "banh_dairy_pending")...)
			checkGateDenies(t, w, code, printed, "")
			check.Contains(t, "the output", printed, "with status PENDING is not ACTIVE.")
			check.Lacks(t, "the output", printed, juspaytest.VPA)
		})
	}
}

func TestAccPolicyGate_SaysThatThereIsNothingToDestroy(t *testing.T) {
	t.Parallel()
	w, gate := acctest.NewGate(t, acctest.PutValidatedToday(acctest.StartAPI(t)), acctest.Example(t, "policy-gate"))
	code, printed := gate("-destroy")
	checkGateDenies(t, w, code, printed, " gate.sh: denied: there is nothing to destroy.")
}
