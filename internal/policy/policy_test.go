// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func TestAccPolicy_RealPlans(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessAcc(t)
	example := acctest.ReadFile(t, "examples/policy-gate/main.tf")
	nested := acctest.InProduction + acctest.ReadFile(t, "examples/assertions/check-nested/main.tf")
	count0 := acctest.InProduction + acctest.Requirement + singleAccount("count = 0")
	pending, unknown := acctest.VendorArgs("cst_dairy", "banh_dairy_pending"), acctest.VendorArgs("cst_dairy", "banh_unknown")
	madeLate := "resource \"terraform_data\" \"made\" {\n  input = \"cst_dairy\"\n}\n"
	fromVariable := "base_url = var.server\n}\n\nvariable \"server\" {\n  " + `default = "SERVER"`
	notActivePending := notActive(acctest.VendorAddress, "banh_dairy_pending", "PENDING")
	const failedCheck = "check.vendor_account_is_active: its conditions have the status fail. Make them pass, or add that status to juspay.check_statuses."
	for name, row := range map[string]struct {
		main        string // the configuration, empty for the example
		modules     bool   // whether the configuration is testdata/modules
		args        []string
		settings    map[string]any
		denied      []string
		naiveDenies bool
	}{
		"an ACTIVE account is allowed":                                             {},
		"an ACTIVE bank account is allowed":                                        {args: acctest.VendorArgs("cst_blue_bank", "banh_blue_bank_active")},
		"a PENDING account is denied where a policy on resource_changes allows it": {args: pending, denied: []string{notActivePending}},
		"an account in FAILURE is denied": {
			args:   acctest.VendorArgs("cst_corner_shop", "banh_corner_shop_failure"),
			denied: []string{notActive(acctest.VendorAddress, "banh_corner_shop_failure", "FAILURE")},
		},
		"an account that is read only during apply is denied": {main: acctest.ExampleWithLateID(t, "policy-gate"), denied: []string{readLate(acctest.VendorAddress)}},
		"an ACTIVE account nested in a check is allowed":      {main: nested},
		"a PENDING account nested in a check is denied": {
			main: nested, args: pending, denied: []string{failedCheck, notActivePending},
			naiveDenies: true, // here, and only here, resource_changes has the status
		},
		"an account nested in a check that cannot be read is denied": {
			main: nested, args: unknown,
			denied: []string{failedCheck, acctest.VendorAddress + ": account banh_unknown has no validation_status." +
				" It is read in a check block: correct what terraform plan warns of, and plan again."},
		},
		"a check that fails is denied": {
			main: acctest.InProduction + acctest.ReadExample(t, "assertions/check"), args: pending, denied: []string{failedCheck, notActivePending},
		},
		"a plan that reads no account is denied": {
			main: acctest.InProduction + acctest.Requirement + "resource \"terraform_data\" \"payout\" {}\n", denied: []string{readsNothing},
		},
		"a data source with no instance is denied":                               {main: count0, denied: []string{readsNothing}},
		"a data source with no instance is allowed where no account is required": {main: count0, settings: part{"accounts_required": false}},
		"a data source in a module with no instance is allowed where no account is required": {
			modules: true, args: []string{"-var", "vendors={}"}, settings: part{"accounts_required": false, "servers": false},
		},
		"no instance of a literal for_each is denied, since a plan does not show it": {
			main:   acctest.InProduction + acctest.Requirement + singleAccount("for_each = toset([])"),
			denied: []string{readsNothing, notInPlan(acctest.VendorAddress)},
		},
		"an instance of a literal for_each is allowed": {main: acctest.InProduction + acctest.Requirement + singleAccount(`for_each = toset(["x"])`)},
		"every instance in a module is evaluated and so is its provider": {
			modules: true,
			denied: []string{
				notActive(`module.vendors["dairy"].data.juspay_customer_account.counted[0]`, "banh_dairy_pending", "PENDING"),
				notActive(`module.vendors["dairy"].data.juspay_customer_account.each["banh_dairy_pending"]`, "banh_dairy_pending", "PENDING"),
				unlistedServer("juspay.sandbox", "SERVER"),
			},
		},
		"many ACTIVE accounts are allowed": {main: acctest.InProduction + acctest.ReadExample(t, "many-accounts/conditions")},
		"all accounts of a customer are allowed if they are ACTIVE": {
			main: acctest.InProduction + acctest.Requirement + acctest.ReadExample(t, "many-accounts/single-customer"),
		},
		"each bad one of many accounts is denied": {
			main:   acctest.InProduction + acctest.Requirement + manyAccounts("null"),
			denied: []string{notActive(`data.juspay_customer_accounts.other.accounts["banh_dairy_pending"]`, "banh_dairy_pending", "PENDING")},
		},
		"many accounts that are read only during apply are denied": {
			main:   acctest.InProduction + acctest.Requirement + madeLate + manyAccounts("terraform_data.made.output"),
			denied: []string{readLate("data.juspay_customer_accounts.other")},
		},
		"no account among none is denied": {
			main:   acctest.InProduction + acctest.Requirement + "data \"juspay_customer_accounts\" \"none\" {\n  customer_ids = {}\n}\n",
			denied: []string{readsNothing},
		},
		"a server that is not a literal is denied": {
			main:   strings.Replace(example, `environment = "production"`, fromVariable, 1),
			denied: []string{unlistedServer("juspay", "SERVER")},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.PutValidatedToday(acctest.StartAPI(t))
			configuration := acctest.Example(t, "policy-gate")
			if row.modules {
				configuration = os.DirFS("internal/policy/testdata/modules")
			}
			w := acctest.NewWorkspace(t, server, configuration)
			if row.main != "" {
				w.Write("main.tf", row.main)
			}
			localhost := strings.Replace(server.URL, "127.0.0.1", "localhost", 1) // another URL of the server
			w.Write("main.tf", strings.NewReplacer(
				`environment = "production"`, fmt.Sprintf("base_url = %q", server.URL),
				`environment = "sandbox"`, fmt.Sprintf("base_url = %q", localhost), "SERVER", server.URL).Replace(w.Read("main.tf")))
			w.Run(0, "get")
			w.Plan(0, append(row.args, "-out", "saved.plan")...)
			over := evaluation{Input: w.PlanJSON(), Settings: settingsFor(t, server), Gate: gateFacts}
			maps.Copy(over.Settings, row.settings)
			got := deny(t, over)
			want := strings.ReplaceAll(strings.Join(row.denied, "\n"), "SERVER", server.URL)
			checkDenied(t, got, strings.FieldsFunc(want, func(r rune) bool { return r == '\n' }))
			check.Lacks(t, "what was denied", strings.Join(got, "\n"), juspaytest.VPA)
			naive := evaluate(t, acctest.Program(t, "opa"), []string{"examples/naive-policy/naive.rego"}, "data.main.deny", map[string]evaluation{"plan": over})
			check.Equal(t, "whether the naive policy denies the plan", len(naive["plan"]) > 0, row.naiveDenies)
		})
	}
}

// singleAccount is a data source of an ACTIVE account with one more argument.
func singleAccount(argument string) string {
	return "data \"juspay_customer_account\" \"vendor\" {\n  " + argument + "\n  customer_id = \"cst_acme\"\n  customer_account_id = \"banh_acme_active\"\n}\n"
}

// manyAccounts is a data source of two accounts, of them one PENDING, that waits for
// what is not known before apply.
func manyAccounts(customerID string) string {
	return `
data "juspay_customer_accounts" "other" {
  customer_ids = {
    banh_acme_active   = "cst_acme"
    banh_dairy_pending = coalesce(` + customerID + `, "cst_dairy")
  }
}
`
}

// Without the gate, a plan of Terraform shows an ephemeral account only if it has a
// condition, and not what depends on it. OpenTofu shows the account, and with it
// anything may depend on it.
func TestAccPolicy_EphemeralAccountWithoutTheGate(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.EphemeralChecks)
	const (
		account = `
ephemeral "juspay_customer_account" "vendor" {
  customer_id         = "cst_acme"
  customer_account_id = "banh_acme_active"
%s}

resource "terraform_data" "payout" {
%s}
`
		postcondition = `
  lifecycle {
    postcondition {
      condition     = self.validation_status == "ACTIVE"
      error_message = "It is not ACTIVE."
    }
  }
`
		precondition = `
  lifecycle {
    precondition {
      condition     = ephemeral.juspay_customer_account.vendor.validation_status == "ACTIVE"
      error_message = "It is not ACTIVE."
    }
  }
`
	)
	for name, row := range map[string]struct {
		read, onAccount, onPayout string
		terraform, openTofu       []string
	}{
		"with a condition of its own": {read: acctest.SingleRead, onAccount: postcondition, terraform: []string{hiddenEphemeral}},
		"with a condition of its own and no data source": {
			onAccount: postcondition, terraform: []string{hiddenEphemeral, readsNothing}, openTofu: []string{readsNothing},
		},
		"with a condition of the payout": {read: acctest.SingleRead, onPayout: precondition},
		"without a condition":            {read: acctest.SingleRead, openTofu: []string{unguarded("terraform_data.payout", "terraform_data")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.PutValidatedToday(acctest.StartAPI(t))
			configuration := acctest.InProduction + acctest.Requirement + row.read + fmt.Sprintf(account, row.onAccount, row.onPayout)
			w := acctest.NewWorkspace(t, server, acctest.MainFile(t, configuration))
			w.PointAt(server)
			w.Plan(0, "-out", "saved.plan")
			want := row.terraform
			if acctest.IsOpenTofu() {
				want = row.openTofu
			}
			checkDenied(t, deny(t, evaluation{Input: w.PlanJSON(), Settings: settingsFor(t, server), Gate: gateFacts}), want)
		})
	}
}

// newGateForPlans is acctest.NewGate for plans that are not made by the gate.
func newGateForPlans(t *testing.T) *acctest.Workspace {
	t.Helper()
	w, _ := acctest.NewGate(t, acctest.PutValidatedToday(acctest.StartAPI(t)), acctest.Example(t, "policy-gate"))
	if supported, _ := acctest.Supports(t, acctest.CompletePlan); !supported {
		w.Change("policies/settings.json", `"complete_plan": true`, `"complete_plan": false`)
	}
	return w
}

// The guide's command for those who have OPA and not Conftest.
func TestAccPolicy_WithOPA(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessAcc(t)
	for account, want := range map[string]int{"cst_acme/banh_acme_active": 0, "cst_dairy/banh_dairy_pending": 1} {
		t.Run("of the account "+account, func(t *testing.T) {
			t.Parallel()
			w := newGateForPlans(t)
			customer, id, _ := strings.Cut(account, "/")
			w.Plan(0, append(acctest.VendorArgs(customer, id), "-out", "saved.plan")...)
			w.Write("plan.json", string(w.PlanJSON()))
			args := []string{"eval", "--fail", "--data", "policies/juspay.rego", "--data", "policies/settings.json", "--input", "plan.json"}
			for _, opa := range []string{"opa", "opa-oldest"} {
				if code, printed := w.TryRunProgram(t.Context(), acctest.Program(t, opa), append(args, "data.juspay_policy.allow")...); code != want {
					t.Errorf("%s: got exit code %d, want %d:\n%s", opa, code, want, printed)
				}
				if code, printed := w.TryRunProgram(t.Context(), acctest.Program(t, opa), append(args, "data.juspay_policy.alow")...); code == 0 {
					t.Errorf("%s, a misspelt query: got exit code 0, want another:\n%s", opa, printed)
				}
			}
		})
	}
}

// Conftest without the settings, and with them.
func TestAccPolicy_WithConftest(t *testing.T) {
	t.Parallel()
	w := newGateForPlans(t)
	w.Plan(0, "-out", "saved.plan")
	w.Write("saved.json", string(w.PlanJSON()))
	args := []string{"test", "--namespace", "juspay_policy", "--policy", "policies", "saved.json"}
	code, printed := w.TryRunProgram(t.Context(), acctest.Program(t, "conftest"), args...)
	if n := strings.Count(printed, " is not set. Set it in settings.json, and pass that file with --data"); code != 1 || n != len(shippedSettings(t)) {
		t.Errorf("without settings: got exit code %d and %d denials, want 1 and %d:\n%s", code, n, len(shippedSettings(t)), printed)
	}
	if code, printed := w.TryRunProgram(t.Context(), acctest.Program(t, "conftest"), append(args, "--data", "policies/settings.json")...); code != 0 {
		t.Errorf("with settings: got exit code %d, want 0:\n%s", code, printed)
	}
}

// A plan that is made with -invoke shows accounts as an earlier run stored them,
// and is marked as complete. A change may trigger an action without that.
func TestAccPolicy_InvokedAction(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.Actions)
	server := acctest.PutValidatedToday(acctest.StartAPI(t))
	configuration := acctest.ReadFile(t, "examples/policy-gate/main.tf") + `
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
	w.PointAt(server)
	w.AddProvider("bank")
	denied := func(args ...string) []string {
		w.Plan(0, append(args, "-out", "saved.plan")...)
		check.Contains(t, "the plan as JSON", string(w.PlanJSON()), `"complete":true`, `"action_invocations":[`, `"validation_status":"ACTIVE"`)
		return deny(t, evaluation{Input: w.PlanJSON(), Settings: settingsFor(t, server)})
	}
	checkDenied(t, denied(), nil)
	w.Apply(0)
	server.Put(acctest.AcmeWith("FAILURE"))
	checkDenied(t, denied("-invoke=action.bank_pay.now"), []string{invoked})
}
