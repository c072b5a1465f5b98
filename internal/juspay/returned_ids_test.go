// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"fmt"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// Each row is a few reads of accounts of one customer, and the customer_id of each response.
func TestReturnedIDs(t *testing.T) {
	t.Parallel()
	const other = "juspay: another customer (HTTP 200): the response is for another customer: its customer_id is "
	for name, test := range map[string]struct {
		requested string
		responses []string
		want      string // the error of the last read
	}{
		"the same id is accepted":             {"cst_a", []string{"cst_a", "cst_a"}, ""},
		"the same reference is accepted":      {"vendor-7", []string{"vendor-7", "vendor-7"}, ""},
		"one id for a reference is accepted":  {"vendor-7", []string{"cst_a", "cst_a"}, ""},
		"the reference or its id is accepted": {"vendor-7", []string{"cst_a", "vendor-7", "cst_a"}, ""},
		"two ids for a reference are rejected": {"vendor-7", []string{"cst_a", "cst_b"}, other +
			`"cst_b", and Juspay returned "cst_a" for "vendor-7" before`},
		"two ids that look the same are shown so": {"vendor-7", []string{"cst_a", "cst_a\u00a0"}, other +
			`"cst_a\u00a0", and Juspay returned "cst_a" for "vendor-7" before`},
		"after that, the first id is accepted":           {"vendor-7", []string{"cst_a", "cst_b", "cst_a"}, ""},
		"a bare prefix is rejected":                      {"vendor-7", []string{"cst_"}, other + `"***", and "vendor-7" was requested`},
		"a reference in capitals may have an id":         {"CST_1001", []string{"cst_a", "cst_a"}, ""},
		"a reference in capitals is not an id":           {"vendor-7", []string{"CST_a"}, other + `"***", and "vendor-7" was requested`},
		"an id that differs in whitespace is shown so":   {"cst a", []string{"cst\u00a0a"}, other + `"cst\u00a0a", and "cst a" was requested`},
		"an id in another Unicode form is shown so":      {"caf\u00e9", []string{"cafe\u0301"}, other + `"cafe\u0301", and "caf\u00e9" was requested`},
		"an id that differs in width is shown so":        {"vendor7", []string{"ｖendor7"}, other + `"\uff56endor7", and "vendor7" was requested`},
		"a personal id that looks the same is not shown": {"9876543210", []string{"9876543210 "}, other + `"***", and "98***" was requested`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var steps []step
			for i, id := range test.responses {
				steps = append(steps, respondWith(200, accountJSON(fmt.Sprintf("banh_%d", i), id)))
			}
			client := scriptedClient(t, respondInTurn(steps...))
			var err error
			for i := range steps {
				_, err = client.Get(t.Context(), AccountRef{CustomerID: test.requested, CustomerAccountID: fmt.Sprintf("banh_%d", i)}, ReadOptions{})
			}
			check.ErrorText(t, "the last Get", err, test.want)
		})
	}
}

func TestReturnedIDs_OneResponse(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ requested, response, want string }{
		"the same id is accepted":                              {"cst_a", "cst_a", ""},
		"the same reference is accepted":                       {"vendor-7", "vendor-7", ""},
		"Juspay's id for the merchant's reference is accepted": {"vendor-7", "cst_b", ""},
		"another reference is rejected":                        {"vendor-7", "vendor-8", `its customer_id is "***", and "vendor-7" was requested`},
		"the merchant's reference for Juspay's id is rejected": {"cst_a", "vendor-7", `its customer_id is "***", and "cst_a" was requested`},
		"another of Juspay's ids is rejected":                  {"cst_a", "cst_b", `its customer_id is "cst_b", and "cst_a" was requested`},
		"the same id in another case is rejected":              {"cst_a", "cst_A", `its customer_id is "cst_A", and "cst_a" was requested`},
		"an id that may be personal is not shown":              {"cst_a", "cst_9198765432100", `its customer_id is "***", and "cst_a" was requested`},
		"a requested phone number is not shown":                {"9198765432100", "x", `its customer_id is "x", and "91***" was requested`},
		"a missing customer is rejected":                       {"cst_a", "", `it has no customer_id, and "cst_a" was requested`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one := accountJSON("banh_a", test.response)
			_, err := scriptedClient(t, respondAlways(200, "", one)).Get(t.Context(), AccountRef{CustomerID: test.requested, CustomerAccountID: "banh_a"}, ReadOptions{})
			check.ErrorText(t, "Get", err, prefixUnlessEmpty("juspay: another customer (HTTP 200): the response is for another customer: ", test.want))
			_, err = scriptedClient(t, respondAlways(200, "", `{"list":[`+one+`]}`)).List(t.Context(), test.requested, "", ReadOptions{})
			check.ErrorText(t, "List", err, prefixUnlessEmpty(
				`juspay: another customer (HTTP 200): element 0 of the list, account "banh_a": another customer: `, test.want))
		})
	}
}
