// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"os"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
)

// The account that is paid must be one that was read, however the configuration
// refers to it.
func TestAccPolicyGate_BindsPayoutsToAccounts(t *testing.T) {
	t.Parallel()
	const read = "data.juspay_customer_account.vendor.customer_account_id"
	payout := func(arguments string) string {
		return "variable \"other\" {\n  default = \"banh_other\"\n}\n\nresource \"terraform_data\" \"paid\" {\n" + arguments + "}\n"
	}
	unread := func(address, pattern string) []string {
		return []string{address + ": " + pattern + " does not name, by id or VPA, an account that this plan reads. Refer to one; or, if it is known only after apply, read the account in another run."}
	}
	for name, row := range map[string]struct {
		configuration, patterns string
		denied                  []string
	}{
		"the id of the account":      {payout("input = " + read + "\n"), `["input"]`, nil},
		"the VPA of the account":     {payout("input = data.juspay_customer_account.vendor.vpa\n"), `["input"]`, nil},
		"the id in a list of blocks": {payout("input = [{ payee = " + read + " }]\n"), `["input.*.payee"]`, nil},
		"the id in JSON":             {payout("input = jsonencode({ to = { account = " + read + " } })\n"), `["input|to.account"]`, nil},
		"a literal id":               {payout("input = \"banh_other\"\n"), `["input"]`, unread("terraform_data.paid", "input")},
		"another branch":             {payout("input = true ? var.other : " + read + "\n"), `["input"]`, unread("terraform_data.paid", "input")},
		"one read and one unread": {
			payout("for_each = toset([" + read + ", var.other])\ninput = each.key\n"), `["input"]`,
			unread(`terraform_data.paid["banh_other"]`, "input"),
		},
		"an id that is known after apply": {
			payout("input = terraform_data.made.id\n") + "resource \"terraform_data\" \"made\" {\n  input = " + read + "\n}\n", `["input"]`,
			unread("terraform_data.paid", "input"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, gate := newGate(t, validated(acctest.StartAPI(t)), os.DirFS("policy-gate"))
			w.Write("paid.tf", row.configuration)
			change(t, w, "policies/settings.json", `"payouts": false`, `"payouts": {"terraform_data": `+row.patterns+`}`)
			main, _, _ := strings.Cut(w.Read("main.tf"), "# A placeholder for what moves money.")
			w.Write("main.tf", main)
			code, printed := gate()
			checkDenied(t, denials(printed), row.denied)
			checkGate(t, w, code, row.denied == nil)
		})
	}
}
