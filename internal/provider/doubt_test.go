// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// guardedAccount and guardedAccounts have a condition on the status, as users write it.
const (
	guardedAccount = requirement + `
variable "customer_id" {
  default = "vendor-7"
}
data "juspay_customer_account" "vendor" {
  customer_id         = var.customer_id
  customer_account_id = "banh_a"
  include_vpa         = false
  lifecycle {
    postcondition {
      condition     = self.validation_status == "ACTIVE"
      error_message = "The status is ${self.validation_status}."
    }
  }
}
output "amount" {
  value = data.juspay_customer_account.vendor.validation_amount
}
`
	guardedAccounts = requirement + `
data "juspay_customer_accounts" "vendor" {
  customer_id = "vendor-7"
  lifecycle {
    postcondition {
      condition     = self.all_active
      error_message = "Not every account is ACTIVE."
    }
  }
}
`
)

// No response that is in doubt, stale or of another customer satisfies a condition.
func TestAccFaults_ResponsesInDoubt(t *testing.T) {
	t.Parallel()
	account := juspaytest.NewAccount("vendor-7", "banh_a")
	list := func(fields string) string {
		return `{"list":[{"object":"customer_account","customer_account_id":"banh_a","customer_id":"vendor-7","validation_status":"ACTIVE"}]` + fields + `}`
	}
	for name, test := range map[string]struct {
		config  string
		header  http.Header
		body    any
		env     []string
		code    int
		want    []string
		mustNot []string
	}{
		"an ACTIVE account is accepted": {config: guardedAccount, body: account, want: []string{"amount = 1"}},
		"fields that raise no doubt are accepted": {config: guardedAccount, body: account.With("errors", []any{}).With("error", false).With("deleted", false).With("success", true).With("nickname", "shop"),
			header: http.Header{"Age": {"0"}}, want: []string{"amount = 1"}},
		"an account of another customer is refused": {config: guardedAccount, body: account.With("customer_id", "vendor-8"), code: 1,
			want: []string{"Error: Response is of another customer", `"vendor-7" was requested`, "Set customer_id to the id that Juspay returns"}},
		"a list of another customer is refused": {config: guardedAccounts, body: strings.Replace(list(""), "vendor-7", "vendor-8", 1), code: 1,
			want: []string{"Error: Response is of another customer", `"vendor-7" was requested`}},
		"a list with more pages is refused": {config: guardedAccounts, body: list(`,"pagination":{"total":3,"has_more":true}`), code: 1,
			want: []string{"Error: List of accounts may be incomplete", "has_more (true)"}},
		"a complete list is accepted":                  {config: guardedAccounts, body: list(`,"total":1,"pagination":{"has_more":false}`), want: []string{"No changes"}},
		"a response of a cache is refused":             {config: guardedAccount, body: account, header: http.Header{"Age": {"86400"}}, code: 1, want: []string{"Error: Response from a cache", "Age is 86400 seconds"}},
		"a deleted account is refused":                 {config: guardedAccount, body: account.With("deleted", true), code: 1, want: []string{"Error: Response in doubt", "the field deleted (true)"}},
		"a status field is shown":                      {config: guardedAccount, body: account.With("status", "DELETED"), code: 1, want: []string{"Error: Unexpected error from Juspay", "the field status (DELETED)"}},
		"a second status is refused":                   {config: guardedAccount, body: account.With("Validation_Status", "FAILURE"), code: 1, want: []string{"Error: Response in doubt", "Validation_Status (FAILURE) is another spelling"}},
		"a listed account in doubt is named":           {config: guardedAccounts, body: strings.Replace(list(""), `"ACTIVE"`, `"ACTIVE","is_active":false`, 1), code: 1, want: []string{"Error: Response in doubt", `account "banh_a": the field is_active (false)`}},
		"two spellings of an id in a list are refused": {config: guardedAccounts, body: strings.Replace(list(""), "banh_a", "cafe\u0301", 1), code: 1, want: []string{"Error: Response is not an account list", "NFC"}},
		"a status with control characters is refused": {config: guardedAccount, body: account.With("validation_status", "FAILURE\x1b[2K\rACTIVE"), code: 1,
			want: []string{"Error: Response is not the account", "validation_status is not a string without control characters"}, mustNot: []string{"\x1b[2K"}},
		"an amount in words is a warning": {config: guardedAccount, body: account.With("validation_amount", "1,000.00").With("date_created", 1686058189000).With("account_details", "bank"),
			want: []string{"Warning: Unreadable value of validation_amount", "Warning: Unreadable value of date_created", "Warning: Unreadable value of vpa", "The status is not affected"}, mustNot: []string{"base_url"}},
		"a phone number as customer_id is shortened": {config: guardedAccount, body: account, env: []string{"TF_VAR_customer_id=919876543210"}, code: 1,
			want: []string{`of customer "91***"`, `"91***" was requested`}, mustNot: []string{"919876543210"}},
		"a path as customer_id is refused": {config: guardedAccount, body: account, env: []string{"TF_VAR_customer_id=vendor-7/../cst_victim"}, code: 1, want: []string{"Error: Invalid customer_id", `must not contain "/" or "\"`}},
		"a bad proxy is refused": {config: guardedAccount, body: account, env: []string{"HTTPS_PROXY=http://user:50%off@proxy:1"}, code: 1,
			want: []string{"Error: Invalid HTTPS_PROXY", "percent-encode"}, mustNot: []string{"50%off"}},
		"a proxy after a space is refused": {config: guardedAccount, body: account, env: []string{"https_proxy= http://user:hunter2@proxy:1"}, code: 1,
			want: []string{"Error: Invalid https_proxy"}, mustNot: []string{"hunter2"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			server.Fail(juspaytest.Fault{Body: test.body, Header: test.header})
			w := acctest.NewWorkspace(t, server, acctest.MainFile(t, test.config), append(test.env, "TF_LOG=TRACE", "TF_LOG_PATH=trace.log")...)
			printed := w.Run(test.code, "plan", "-no-color")
			acctest.CheckContains(t, strings.Join(strings.Fields(strings.ReplaceAll(printed, "│", "")), " "), test.want...)
			acctest.CheckLacks(t, "the output", printed, test.mustNot...)
			if !strings.HasPrefix(name, "a phone number") {
				return
			}
			for line := range strings.Lines(w.Read("trace.log")) { // the rest is Terraform's
				if strings.Contains(line, "Juspay request") && strings.Contains(line, "919876543210") {
					t.Errorf("the provider logged %s", line)
				}
			}
		})
	}
}

// A gateway may echo a request. Its secrets are neither shown nor logged.
func TestAccRedaction_EchoedSecrets(t *testing.T) {
	t.Parallel()
	echoes := []string{"tok_live_7f3kFAKE", "tok%5Flive", "id=acme&region=south", "FAKE-ACCEPTED-BY", "fake%2Dkey", `fake\u002dkey`, "ravi.kumar\\u0040okicici", "+91 (98765) 43210"}
	server := acctest.StartAPI(t)
	server.Fail(juspaytest.Fault{Status: 400, Body: juspaytest.Error("error", "x", "INVALID_INPUT", "x", "Refused: "+strings.Join(echoes, " "))})
	config := guardedAccount + fmt.Sprintf(`
provider "juspay" {
  request_headers = { X-Gateway-Key = %q, X-Gateway = %q }
}
`, "Bearer tok_live_7f3kFAKE", "id=acme&region=south")
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, config), "TF_LOG_PROVIDER=TRACE", "TF_LOG_PATH=trace.log")
	printed := w.Run(1, "plan", "-no-color")
	acctest.CheckContains(t, printed, "Juspay's message", "Refused: ***")
	secrets := []string{"7f3kFAKE", "acme", "region", "south", "ACCEPTED", "okicici", "98765"}
	acctest.CheckLacks(t, "the output", printed, secrets...)
	acctest.CheckLacks(t, "the log", w.Read("trace.log"), secrets...)
}
