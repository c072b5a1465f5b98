// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"encoding/json"
	"fmt"
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
	w := acctest.NewWorkspace(t, server, os.DirFS("data-sources/juspay_customer_accounts"))
	w.Run(0, apply()...)
	if got, want := w.Output("last_validated"), map[string]any{"acme": "2026-01-02T03:04:05Z", "blue_bank": nil}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestAccManyAccountsOfACustomer(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Put(juspaytest.NewAccount("cst_acme", "banh_second").With("validation_status", "PENDING"))
	w := acctest.NewWorkspace(t, server, os.DirFS("many-accounts/of-a-customer"))
	w.Run(0, apply()...)
	if got, want := w.Output("validation_statuses"), map[string]any{"banh_acme_active": "ACTIVE", "banh_second": "PENDING"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestAccManyAccountsInGroups(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := acctest.NewWorkspace(t, server, os.DirFS("many-accounts/groups"))
	const vendors = 25
	named := map[string]map[string]string{}
	for i := range vendors {
		id := fmt.Sprintf("banh_%d", i)
		server.Put(juspaytest.NewAccount("cst_many", id))
		named[fmt.Sprint("vendor-", i)] = map[string]string{"customer_id": "cst_many", "customer_account_id": id}
	}
	variables, err := json.Marshal(map[string]any{"vendors": named, "group_size": 10})
	if err != nil {
		t.Fatal(err)
	}
	w.Write("terraform.tfvars.json", string(variables))
	w.Run(0, apply()...)
	if n := len(server.Requests()); n != vendors {
		t.Errorf("%d requests", n)
	}
	if n := strings.Count(w.Run(0, "state", "list"), "data.juspay_customer_accounts.vendors["); n != 3 {
		t.Errorf("%d groups", n)
	}
	server.Put(juspaytest.NewAccount("cst_many", "banh_17").With("validation_status", "FAILURE"))
	acctest.CheckContains(t, w.Run(1, plan()...), "Error: Resource precondition failed", "Accounts must be ACTIVE, but are not: vendor-17.")
	acctest.CheckContains(t, w.Run(1, plan("-var", "vendors={}")...), "Of 0 accounts, 0 were checked.")
}
