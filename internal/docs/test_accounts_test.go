// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// TestTestAccounts_AreTheTable compares the guide's table with the accounts of the fake.
func TestTestAccounts_AreTheTable(t *testing.T) {
	t.Parallel()
	var rows strings.Builder
	for _, account := range juspaytest.MockAccounts() {
		fmt.Fprintf(&rows, "| `%v` | `%v` | %s |\n", account.Account["customer_id"], account.Account["customer_account_id"], account.Shows)
	}
	const guide = "templates/guides/test-accounts.md.tmpl"
	_, table, _ := strings.Cut(acctest.ReadFile(t, guide), "|---|---|---|\n")
	table, _, _ = strings.Cut(table, "{{-")
	check.Equal(t, "the table of accounts in "+guide+", compared with juspaytest.MockAccounts", table, rows.String())
}

// TestTestAccounts_ManyAreInTheDirectory runs the guide's command for many accounts, but for
// what it starts: it writes the file into the directory in which it is run.
func TestTestAccounts_ManyAreInTheDirectory(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"sh", "make"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(err)
		}
	}
	repository, err := filepath.Abs(".")
	check.MustNoError(t, "filepath.Abs", err)
	script := strings.ReplaceAll(acctest.ReadFile(t, "examples/test-accounts/many.sh"), "$HOME/terraform-provider-juspay", repository)
	command := exec.CommandContext(t.Context(), "sh", "-ec", "make() { command make -n \"$@\"; }\n"+script)
	command.Dir = t.TempDir()
	printed, err := command.CombinedOutput()
	want := "exec bin/mock -accounts=500 -address=127.0.0.1:8787 -csv='" + filepath.Join(command.Dir, "many-accounts", "vendors.csv") + "'\n"
	if err != nil || !strings.Contains(string(printed), want) {
		t.Errorf("got %q, %v; want a line %q", printed, err, want)
	}
	copied := acctest.ReadFile(t, filepath.Join(command.Dir, "many-accounts", "main.tf"))
	check.Equal(t, "the configuration", copied, acctest.ReadFile(t, "examples/many-accounts/csv/main.tf"))
}

// TestAccTestAccounts_Try pastes the guide's first plan, but for the init, which a provider
// of the tests does not need.
func TestAccTestAccounts_Try(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.EphemeralResources)
	acctest.SkipWithoutShell(t)
	repository, err := filepath.Abs(".")
	check.MustNoError(t, "filepath.Abs", err)
	script := strings.ReplaceAll(acctest.ReadFile(t, "examples/test-accounts/try.sh"), "$HOME/terraform-provider-juspay", repository)
	w := acctest.NewWorkspace(t, startTestAccounts(t, 0), acctest.MainFile(t, ""))
	code, printed := w.TryRunProgram(t.Context(), "sh", "-ec", "terraform() { [ \"$1\" = init ] || '"+acctest.CLI+"' \"$@\" -no-color; }\n"+script)
	if code != 1 {
		t.Errorf("got the exit code %d, want 1", code)
	}
	message := "Account banh_dairy_pending must be ACTIVE, but is PENDING."
	check.Contains(t, "the output", printed, "Error: Resource postcondition failed", message)
	check.Contains(t, "test-accounts.md.tmpl", acctest.ReadFile(t, "templates/guides/test-accounts.md.tmpl"), "`"+message+"`")
}

// TestAccTestAccounts reads each account of the guide "Test accounts" with the CLI.
func TestAccTestAccounts(t *testing.T) {
	t.Parallel()
	active := `+ status = "ACTIVE"`
	for id, test := range map[string]struct {
		arguments string
		contains  []string // the text in the output of each plan in turn; that of a failed one begins with "Error: "
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
			for _, account := range juspaytest.MockAccounts() {
				if account.Account["customer_account_id"] == "banh_"+id {
					customer = fmt.Sprint(account.Account["customer_id"])
				}
			}
			w := acctest.NewWorkspace(t, startTestAccounts(t, 0), acctest.MainFile(t, acctest.Requirement+fmt.Sprintf(`
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
				check.Contains(t, "the output of plan", w.Plan(code), want)
			}
		})
	}
	if got, want := len(juspaytest.MockAccounts()), 18; got != want {
		t.Errorf("got %d test accounts, want %d, each with a row", got, want)
	}
}

// The account that is to have another routing id is rejected.
func TestAccTestAccounts_RoutingID(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t, startTestAccounts(t, 0), acctest.MainFile(t, acctest.Requirement+`
data "juspay_customer_account" "vendor" {
  customer_id         = "cst_office"
  customer_account_id = "banh_office_routing_id"
}
`))
	check.Contains(t, "the output of plan", w.Plan(1), "Error: Request rejected as malformed",
		"INVALID_INPUT", `"x-routing-id header is not the one of this customer."`)
}

// startTestAccounts returns a server with the accounts of make mock.
func startTestAccounts(t *testing.T, numbered int) *juspaytest.Server {
	t.Helper()
	server := juspaytest.NewServer()
	t.Cleanup(server.Close)
	for _, account := range juspaytest.MockAccounts() {
		server.PutMock(account)
	}
	for _, account := range juspaytest.NumberedAccounts(numbered) {
		server.Put(account)
	}
	return server
}
