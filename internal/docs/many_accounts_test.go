// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// checkOutput compares an output of the last apply.
func checkOutput(t *testing.T, w *acctest.Workspace, name string, want any) {
	t.Helper()
	check.Equal(t, "the output "+name, w.Output(name), want)
}

func TestAccManyAccounts_DataSource(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Put(acctest.AcmeWith("ACTIVE").With("last_validated", "2026-01-02T03:04:05Z"))
	server.Put(juspaytest.NewAccount("cst_blue_bank", "banh_blue_bank_active").WithBankDetails().With("last_validated", "2026-01-03T04:05:06Z"))
	w := newPageExample(t, server, "data-sources/juspay_customer_accounts")
	check.Contains(t, "the output of apply", w.Apply(0), asPrinted(t, "data-sources/juspay_customer_accounts/output.txt"))
	server.Put(juspaytest.NewAccount("cst_blue_bank", "banh_blue_bank_active").WithBankDetails().Without("last_validated"))
	w.Apply(0)
	checkOutput(t, w, "last_validated", map[string]any{"banh_acme_active": "2026-01-02T03:04:05Z", "banh_blue_bank_active": nil})
}

func TestAccManyAccounts_SingleCustomer(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Put(juspaytest.NewAccount("cst_acme", "banh_second").With("validation_status", "PENDING"))
	w := newPageExample(t, server, "many-accounts/single-customer")
	w.Apply(0)
	checkOutput(t, w, "not_active", map[string]any{"banh_second": "PENDING"})
}

func TestAccManyAccounts_CSVFile(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := newPageExample(t, server, "many-accounts/csv")
	example := w.Read("main.tf")
	w.Plan(0)
	requested := map[string]bool{}
	for _, request := range server.Requests() {
		requested[request.Target] = true
	}
	want := map[string]bool{
		"/customers/cst_acme/customer-accounts/banh_acme_active":           true,
		"/customers/cst_blue_bank/customer-accounts/banh_blue_bank_active": true,
	}
	check.Equal(t, "the requested accounts", requested, want)
	w.Write("vendors.csv", w.Read("vendors.csv")+"Corner Shop,cst_corner_shop,banh_corner_shop_failure\n")
	check.Contains(t, "the output of plan", w.Plan(1), "Error: Resource postcondition failed", "Corner Shop is FAILURE.")
	w.Write("vendors.csv", "\ufeffname,customer_id,customer_account_id\nAcme,cst_acme,banh_acme_active\n,,\n")
	w.Plan(0)
	// No account is dropped: a row without a name is read, and one without an id is an error.
	w.Write("vendors.csv", "name,customer_id,customer_account_id\nAcme,cst_acme,banh_acme_active\n,cst_corner_shop,banh_corner_shop_failure\n")
	check.Contains(t, "the output of plan", w.Plan(1), "Error: Resource postcondition failed", "banh_corner_shop_failure is FAILURE.")
	w.Write("vendors.csv", "name;customer_id;customer_account_id\nAcme;cst_acme;banh_acme_active\n")
	check.Contains(t, "the output of plan", w.Plan(1), `This object does not have an attribute named "customer_account_id".`)
	w.Write("main.tf", strings.Replace(w.Read("main.tf"), "csvdecode(local.text)", `csvdecode(replace(local.text, ";", ","))`, 1))
	w.Plan(0)
	w.Write("main.tf", example)
	for name, row := range map[string]struct{ line, want string }{ //nolint:paralleltest // the rows share a directory
		"a row lacks the account":       {"Shop,cst_corner_shop,", `The key of customer_ids[""], a customer_account_id, must not be empty.`},
		"a row lacks the customer":      {"Shop,,banh_x", `The value of customer_ids["banh_x"], a customer_id, must not be empty.`},
		"two rows have the one account": {"Acme again,cst_acme,banh_acme_active", "Duplicate object key"},
	} {
		t.Run(name, func(t *testing.T) {
			w.Write("vendors.csv", "name,customer_id,customer_account_id\nAcme,cst_acme,banh_acme_active\n"+row.line+"\n")
			check.Contains(t, "the output of plan", w.Plan(1), row.want)
		})
	}
	w.Write("vendors.csv", "name,customer_id,customer_account_id\n")
	check.Contains(t, "the output of plan", w.Plan(1), "Error: Resource postcondition failed", "No vendors.")
}

func TestAccManyAccounts_OneCondition(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Put(juspaytest.NewAccount("cst_acme", "banh_none").Without("validation_status"))
	w := acctest.NewWorkspace(t, server, acctest.Example(t, "many-accounts/conditions"))
	w.Apply(0)
	acctest.CheckNewRequests(t, server, 2)
	w.CheckPaid(true)
	printed := w.Plan(1, "-var", `vendors={
		acme  = { customer_id = "cst_acme", customer_account_id = "banh_acme_active" }
		none  = { customer_id = "cst_acme", customer_account_id = "banh_none" }
		shop  = { customer_id = "cst_corner_shop", customer_account_id = "banh_corner_shop_failure" }
		dairy = { customer_id = "cst_dairy", customer_account_id = "banh_dairy_pending" }
	}`)
	check.Contains(t, "the output", printed, "Error: Resource postcondition failed",
		`Accounts that are not ACTIVE: {"banh_corner_shop_failure":"FAILURE","banh_dairy_pending":"PENDING","banh_none":null}`)
	check.Contains(t, "the output of plan", w.Plan(1, "-var", "vendors={}"), "Error: Resource postcondition failed", "There are no accounts.")
}

// TestAccManyAccounts_Missing runs the guide's commands that list accounts which do not exist: no other account.
func TestAccManyAccounts_Missing(t *testing.T) {
	t.Parallel()
	acctest.SkipWithoutShell(t)
	const missing = "Lost,cst_lost,banh_lost\nGone,cst_gone,banh_gone\n"
	ofAGateway := juspaytest.Fault{CustomerAccountID: "banh_acme_active", Status: 404, Body: "<html>"}
	for name, row := range map[string]struct {
		more, env      string
		faults         []juspaytest.Fault
		listed, others string
	}{
		"no account is missing":    {},
		"two accounts are missing": {more: missing, listed: "banh_gone banh_lost"},
		"another account has an error": {
			more: missing, faults: []juspaytest.Fault{ofAGateway}, listed: "banh_gone banh_lost", others: "Other error: Response not from Juspay\n",
		},
		"the key is rejected": {more: missing, env: "JUSPAY_API_KEY=another-fake-key", others: "Other error: API key rejected\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			server.Fail(row.faults...)
			w := newPageExample(t, server, "many-accounts/csv", row.env)
			w.Write("vendors.csv", w.Read("vendors.csv")+row.more)
			script := strings.ReplaceAll(acctest.ReadFile(t, "examples/many-accounts/missing.sh"), "terraform plan", `"$CLI" plan`)
			code, printed := w.TryRunProgram(t.Context(), "env", "CLI="+acctest.CLI, "sh", "-c", "exec 2>others\n"+script)
			check.Equal(t, "the exit code", code, 0)
			check.Equal(t, "the listed accounts", strings.Join(slices.Sorted(strings.FieldsSeq(printed)), " "), row.listed)
			others := slices.Sorted(strings.Lines(w.Read("others")))
			check.Equal(t, "the other errors", strings.Join(slices.Compact(others), ""), row.others)
			if _, err := os.Stat(filepath.Join(w.Dir, "each.tf")); !os.IsNotExist(err) {
				t.Errorf("each.tf: got %v, want none", err)
			}
		})
	}
}
