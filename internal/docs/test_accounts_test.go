// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// TestTestAccounts_AreTheTable compares the guide's table with the accounts of the fake.
func TestTestAccounts_AreTheTable(t *testing.T) {
	t.Parallel()
	var rows strings.Builder
	for _, account := range juspaytest.TestAccounts() {
		fmt.Fprintf(&rows, "| `%v` | `%v` | %s |\n", account.Account["customer_id"], account.Account["customer_account_id"], account.Shows)
	}
	guide := readFiles(t, "../../templates/guides", "test-accounts.md.tmpl")["test-accounts.md.tmpl"]
	if _, table, _ := strings.Cut(guide, "|---|---|---|\n"); !strings.HasPrefix(table, rows.String()) {
		t.Errorf("got the table\n%s\nwant\n%s", table, &rows)
	}
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
	script := readFiles(t, "../../examples/test-accounts", "many.sh")["many.sh"]
	repository, err := filepath.Abs("../..")
	acctest.NoError(t, err)
	script = strings.ReplaceAll(script, "$HOME/terraform-provider-juspay", repository)
	command := exec.CommandContext(t.Context(), "sh", "-ec", "make() { command make -n \"$@\"; }\n"+script)
	command.Dir = t.TempDir()
	printed, err := command.CombinedOutput()
	want := "exec bin/mock -accounts=500 -address=127.0.0.1:8787 -csv='" + filepath.Join(command.Dir, "vendors.csv") + "'\n"
	if err != nil || !strings.Contains(string(printed), want) {
		t.Errorf("got %q, %v; want a line %q", printed, err, want)
	}
}
