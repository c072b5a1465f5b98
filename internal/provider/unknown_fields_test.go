// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/redact"
)

func TestUnknownFieldsWarning(t *testing.T) {
	t.Parallel()
	const (
		before = "-: Unknown fields in Juspay's response: Juspay sent fields that this version of the provider does not know: "
		after  = ". They may limit an account. The accounts were returned.\n\nCheck with Juspay's support what they mean, or look for a newer version of the " +
			"provider. " +
			`To refuse ACTIVE accounts with unknown fields, set unknown_fields = "error" in the provider block.`
		acceptEntries = " If Juspay confirms that they limit no account, set accepted_fields = ["
	)
	many := make([]string, 12)
	for i := range many {
		many[i] = fmt.Sprintf("field_%02d", i)
	}
	for name, test := range map[string]struct {
		accounts []string // the unknown fields of each account
		want     []string
	}{
		"no account":       {nil, nil},
		"no unknown field": {[]string{"", ""}, nil},
		"one field":        {[]string{"", "hold_reason"}, []string{before + "hold_reason (1 account)" + after + acceptEntries + `"hold_reason"].`}},
		"fields of many":   {[]string{"b a", "a", "a"}, []string{before + "a (3 accounts), b (1 account)" + after + acceptEntries + `"a", "b"].`}},
		"a hidden name":    {[]string{redact.Hidden}, []string{before + "fields whose names are not shown (1 account)" + after}},
		"two hidden names": {[]string{"*** *** a", "***"}, []string{before + "fields whose names are not shown (2 accounts), a (1 account)" +
			after + acceptEntries + `"a"].`}},
		"a name of paging cannot be accepted": {[]string{"pageSize"}, []string{before + "pageSize (1 account)" + after}},
		"more than ten": {[]string{strings.Join(many, " ")}, []string{before + strings.Join(many[:10], " (1 account), ") + " (1 account), and 2 more" + after +
			acceptEntries + `"` + strings.Join(many[:10], `", "`) + `"].`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var accounts []juspay.CustomerAccount
			for _, fields := range test.accounts {
				accounts = append(accounts, juspay.CustomerAccount{UnknownFieldNames: fields})
			}
			checkDiagnostics(t, unknownFieldsWarning(accounts...), test.want...)
		})
	}
}

// Juspay's first response with new fields: the account is read, and one warning names them,
// for one account and for many. Each setting has its effect.
func TestAccUnknownFields(t *testing.T) {
	t.Parallel()
	withNewFields := func(id string) juspaytest.Account {
		return juspaytest.NewAccount("cst_a", id).With("gstin_verified", true).With("hold_reason", "AML").With("risk", map[string]any{"score": 7})
	}
	const many = `
data "juspay_customer_accounts" "all" {
  customer_ids = { banh_a = "cst_a", banh_b = "cst_a" }
}
output "all" {
  value = data.juspay_customer_accounts.all.all_active
}
`
	const status = `
output "status" {
  value = ` + addressA + `.validation_status
}
`
	for name, test := range map[string]struct {
		configuration, settings string
		code                    int
		contains, lacks         []string
	}{
		"one account": {accountA + status, "", 0,
			[]string{`+ status = "ACTIVE"`, "Warning: Unknown fields in Juspay's response", "gstin_verified (1 account), hold_reason (1 account), risk (1 account)"},
			[]string{"AML", "score"}},
		"many accounts": {many, "", 0,
			[]string{"+ all = true", "Warning: Unknown fields in Juspay's response", "gstin_verified (2 accounts), hold_reason (2 accounts), risk (2 accounts)"},
			[]string{"more similar"}},
		"accepted fields": {accountA + status, `accepted_fields = ["gstin_verified", "holdReason", "risk"]`, 0, []string{`+ status = "ACTIVE"`},
			[]string{"Unknown fields"}},
		"ignored fields": {many, `unknown_fields = "ignore"`, 0, []string{"+ all = true"}, []string{"Unknown fields"}},
		"rejected fields": {accountA + status, `unknown_fields = "error"`, 1,
			[]string{"Error: Unknown field of an account", "the field gstin_verified is unknown", `add "gstin_verified" to accepted_fields`}, []string{`+ status`}},
		"rejected fields that are accepted": {many, "unknown_fields = \"error\"\n  accepted_fields = [\"gstin_verified\", \"hold_reason=AML\", \"risk\"]", 0,
			[]string{"+ all = true"}, []string{"Unknown fields"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			server.Put(withNewFields("banh_a"))
			server.Put(withNewFields("banh_b"))
			w := newWorkspace(t, server, test.configuration+"provider \"juspay\" {\n  "+test.settings+"\n}\n")
			printed := w.Run(test.code, "plan", "-no-color")
			check.ContainsEach(t, "the output", printed, test.contains)
			check.LacksEach(t, "the output", printed, test.lacks)
			check.Within(t, "the number of warnings of unknown fields", strings.Count(printed, "Unknown fields in"), 0, 1)
		})
	}
}

// TestAccUnknownFields_EntriesAcceptThem writes the entries that a warning names into the
// configuration as they are printed.
func TestAccUnknownFields_EntriesAcceptThem(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	account := juspaytest.NewAccount("cst_a", "banh_a")
	for _, name := range []string{"hold_reason", "risk score", "a=b", `a"b`, `a\b`, `a\u0063`, `a\u003dc`, "${a}", "%{a}", "\U0001f6ab"} {
		account = account.With(name, 1)
	}
	server.Put(account)
	warned := newWorkspace(t, server, accountA).Plan(0)
	entries := regexp.MustCompile(`set accepted_fields = (\[.*?\])\.`).FindStringSubmatch(warned)
	if entries == nil {
		t.Fatalf("got the output %q, want a warning with entries", warned)
	}
	w := newWorkspace(t, server, accountA+providerBlock("  unknown_fields = \"error\"\n  accepted_fields = "+entries[1]))
	check.Lacks(t, "the output", w.Plan(0), "Unknown field")
}
