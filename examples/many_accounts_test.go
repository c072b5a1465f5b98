// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"maps"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func TestAccManyAccountsDataSource(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Put(juspaytest.NewAccount("cst_acme", "banh_acme_active").With("last_validated", "2026-01-02T03:04:05Z"))
	server.Put(juspaytest.NewAccount("cst_blue_bank", "banh_blue_bank_active").WithBankDetails().Without("last_validated"))
	w := newPageExample(t, server, "data-sources/juspay_customer_accounts")
	acctest.CheckContains(t, w.Run(0, apply()...), asPrinted(t, "data-sources/juspay_customer_accounts/output.txt"))
	if got, want := w.Output("last_validated"), map[string]any{"banh_acme_active": "2026-01-02T03:04:05Z", "banh_blue_bank_active": nil}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestAccManyAccountsOfACustomer(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Put(juspaytest.NewAccount("cst_acme", "banh_second").With("validation_status", "PENDING"))
	w := newPageExample(t, server, "many-accounts/single-customer")
	w.Run(0, apply()...)
	if got, want := w.Output("not_active"), map[string]any{"banh_second": "PENDING"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestAccManyAccountsOfACSVFile(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := newPageExample(t, server, "many-accounts/csv")
	w.Run(0, plan()...)
	requested := map[string]bool{}
	for _, request := range server.Requests() {
		requested[request.Target] = true
	}
	if want := map[string]bool{"/customers/cst_acme/customer-accounts/banh_acme_active": true, "/customers/cst_blue_bank/customer-accounts/banh_blue_bank_active": true}; !maps.Equal(requested, want) {
		t.Errorf("requested %v", requested)
	}
	w.Write("vendors.csv", w.Read("vendors.csv")+"Corner Shop,cst_corner_shop,banh_corner_shop_failure\n")
	acctest.CheckContains(t, w.Run(1, plan()...), "Error: Resource postcondition failed", "Corner Shop is FAILURE.")
	w.Write("vendors.csv", "\ufeffname,customer_id,customer_account_id\nAcme,cst_acme,banh_acme_active\n,,\n")
	w.Run(0, plan()...)
	w.Write("vendors.csv", "name,customer_id,customer_account_id\n")
	acctest.CheckContains(t, w.Run(1, plan()...), "Error: Resource postcondition failed", "No vendors.")
}

func TestAccOneConditionOverManyAccounts(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Put(juspaytest.NewAccount("cst_acme", "banh_none").Without("validation_status"))
	w := acctest.NewWorkspace(t, server, os.DirFS("many-accounts/conditions"))
	w.Run(0, apply()...)
	if n := len(server.Requests()); n != 2 || !strings.Contains(w.Run(0, "state", "list"), "terraform_data.payouts") {
		t.Errorf("%d requests for two ACTIVE accounts, or no payout", n)
	}
	printed := w.Run(1, plan("-var", `vendors={
		acme  = { customer_id = "cst_acme", customer_account_id = "banh_acme_active" }
		none  = { customer_id = "cst_acme", customer_account_id = "banh_none" }
		shop  = { customer_id = "cst_corner_shop", customer_account_id = "banh_corner_shop_failure" }
		dairy = { customer_id = "cst_dairy", customer_account_id = "banh_dairy_pending" }
	}`)...)
	acctest.CheckContains(t, printed, "Error: Resource postcondition failed",
		`Accounts that are not ACTIVE: {"banh_corner_shop_failure":"FAILURE","banh_dairy_pending":"PENDING","banh_none":null}`)
	acctest.CheckContains(t, w.Run(1, plan("-var", "vendors={}")...), "Error: Resource postcondition failed", "There are no accounts.")
}
