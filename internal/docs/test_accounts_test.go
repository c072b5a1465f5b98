// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"fmt"
	"strings"
	"testing"

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
