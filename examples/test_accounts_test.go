// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// startTestAccounts returns a server with the accounts of make mock.
func startTestAccounts(t *testing.T, numbered int) *juspaytest.Server {
	t.Helper()
	server := juspaytest.NewServer()
	t.Cleanup(server.Close)
	for _, account := range juspaytest.TestAccounts() {
		server.PutTest(account)
	}
	for _, account := range juspaytest.NumberedAccounts(numbered) {
		server.Put(account)
	}
	return server
}

// TestAccTestAccounts reads each account of the guide "Test accounts" with the CLI.
func TestAccTestAccounts(t *testing.T) {
	t.Parallel()
	active := `+ status = "ACTIVE"`
	for id, test := range map[string]struct {
		arguments string
		contains  []string // of each plan in turn, of which a failed one begins with "Error: "
	}{
		"acme_active":                {"", []string{active}},
		"blue_bank_active":           {"", []string{active}},
		"corner_shop_failure":        {"", []string{`+ status = "FAILURE"`}},
		"dairy_pending":              {"", []string{`+ status = "PENDING"`}},
		"estate_created":             {"", []string{`+ status = "CREATED"`}},
		"fickle_fails_later":         {"", []string{active, `+ status = "FAILURE"`, `+ status = "FAILURE"`}},
		"turner_fails_at_apply":      {"", []string{active, active, `+ status = "FAILURE"`}},
		"grower_active_later":        {"", []string{`+ status = "PENDING"`, `+ status = "PENDING"`, `+ status = "PENDING"`, active}},
		"hasty_throttled":            {"", []string{"Error: Requests throttled"}},
		"idler_slow":                 {"", []string{active}},
		"jammed_hangs":               {"", []string{"Error: Request timed out"}},
		"kiosk_server_error":         {"", []string{"Error: Server error at Juspay"}},
		"lagging_cached":             {"", []string{"Error: Response from a cache"}},
		"euro_trader_currency":       {"", []string{`+ currency = "EUR"`}},
		"founder_validated_long_ago": {"", []string{active}},
		"gstin_unknown_field":        {"", []string{"gstin_verified (1 account)"}},
		"house_contradicting":        {"", []string{"Error: Response in doubt"}},
		"office_routing_id":          {`routing_id = "office-7"`, []string{active}},
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			customer := ""
			for _, account := range juspaytest.TestAccounts() {
				if account.Account["customer_account_id"] == "banh_"+id {
					customer = fmt.Sprint(account.Account["customer_id"])
				}
			}
			w := acctest.NewWorkspace(t, startTestAccounts(t, 0), acctest.MainFile(t, fmt.Sprintf(`
terraform {
  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
  }
}
provider "juspay" {
  max_retries     = 0
  request_timeout = "10s"
}
data "juspay_customer_account" "vendor" {
  customer_id         = %q
  customer_account_id = %q
  %s
}
output "status" {
  value = data.juspay_customer_account.vendor.validation_status
}
output "currency" {
  value = data.juspay_customer_account.vendor.currency
}
`, customer, "banh_"+id, test.arguments)))
			for _, want := range test.contains {
				code := 0
				if strings.HasPrefix(want, "Error: ") {
					code = 1
				}
				acctest.CheckContains(t, w.Run(code, plan()...), want)
			}
		})
	}
	if got, want := len(juspaytest.TestAccounts()), 18; got != want {
		t.Errorf("got %d test accounts, want %d, each with a row", got, want)
	}
}

// The account that is to have another routing id is refused.
func TestAccTestAccounts_RoutingID(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t, startTestAccounts(t, 0), acctest.MainFile(t, `
terraform {
  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
  }
}
data "juspay_customer_account" "vendor" {
  customer_id         = "cst_office"
  customer_account_id = "banh_office_routing_id"
}
`))
	acctest.CheckContains(t, w.Run(1, plan()...), "Error: Request rejected as malformed", "INVALID_INPUT", `"x-routing-id header is not the one of this customer."`)
}

// A CSV file of 500 vendors, as make mock writes it, finds the one in FAILURE.
func TestAccJourney_CSVOf500(t *testing.T) {
	t.Parallel()
	server := startTestAccounts(t, 500)
	w := newPageExample(t, server, "many-accounts/csv")
	var csv strings.Builder
	csv.WriteString("name,customer_id,customer_account_id\n")
	for i, account := range juspaytest.NumberedAccounts(500) {
		fmt.Fprintf(&csv, "vendor_%05d,%v,%v\n", i+1, account["customer_id"], account["customer_account_id"])
	}
	w.Write("vendors.csv", csv.String())
	acctest.CheckContains(t, w.Run(1, plan()...), "Error: Resource postcondition failed", "vendor_00251 is FAILURE.")
	checkRequests(t, server, 500)
	w.Write("vendors.csv", strings.ReplaceAll(csv.String(), "vendor_00251,cst_vendor_00251,banh_vendor_00251\n", ""))
	w.Run(0, plan()...)
}

// 500 ids of another environment are one short error.
func TestAccJourney_AnotherEnvironment(t *testing.T) {
	t.Parallel()
	w := newPageExample(t, startTestAccounts(t, 0), "many-accounts/csv")
	var csv strings.Builder
	csv.WriteString("name,customer_id,customer_account_id\nAcme,cst_acme,banh_acme_active\n")
	for i := range 499 {
		fmt.Fprintf(&csv, "v,cst_%d,banh_%d\n", i, i)
	}
	w.Write("vendors.csv", csv.String())
	code, printed := w.TryRun(t.Context(), plan()...)
	if lines := strings.Count(printed, "\n"); code != 1 || lines > 60 || strings.Count(printed, "Error: ") != 1 {
		t.Errorf("got exit code %d, %d lines and %d errors, want 1, at most 60 and 1:\n%s", code, lines, strings.Count(printed, "Error: "), printed)
	}
}

// An account that is ACTIVE at plan and in FAILURE at apply is not paid.
func TestAccJourney_SavedPlan(t *testing.T) {
	t.Parallel()
	guide := readFile(t, "test-accounts/saved-plan.sh")
	for directory, commands := range map[string]string{
		"assertions/apply-time": guide,
		"assertions/apply-time-many": "terraform plan -out=saved.plan -var 'customer_ids={banh_turner_fails_at_apply=\"cst_turner\",banh_acme_active=\"cst_acme\"}'\n" +
			"terraform apply saved.plan\n",
	} {
		t.Run(directory, func(t *testing.T) {
			t.Parallel()
			server := startTestAccounts(t, 0)
			w := newApplyTimeGuard(t, server, directory)
			needShell(t)
			code, printed := w.TryRunProgram(t.Context(), "sh", "-ec", "terraform() { '"+acctest.CLI+"' \"$@\" -no-color; }\n"+commands)
			if code != 1 {
				t.Errorf("got the exit code %d, want 1", code)
			}
			acctest.CheckContains(t, printed, "Saved the plan to: saved.plan", "condition failed", "not ACTIVE")
			checkPaid(t, w, false)
		})
	}
}

// An account whose validation is old is refused by a condition on its age.
func TestAccJourney_OldValidation(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.Functions)
	w := acctest.NewWorkspace(t, startTestAccounts(t, 0), os.DirFS("assertions/freshness"))
	w.Run(0, plan()...)
	const message = "Account banh_founder_validated_long_ago must have been validated within 720h, but was last validated at 20"
	acctest.CheckContains(t, w.Run(1, plan(vendor("cst_founder", "banh_founder_validated_long_ago")...)...), "Error: Resource postcondition failed", message)
}
