// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
)

// Each argument has its validator, whose own tests have more values.
func TestValidateCustomerAccount(t *testing.T) {
	t.Parallel()
	for attribute, values := range map[string][]string{
		"customer_id":         {"", "..", "a\r\nX-Evil: 1", "vendor-7/../cst_victim"},
		"customer_account_id": {"", "..", "a\r\nX-Evil: 1", "list"},
		"routing_id":          {"", " a", "a\r\nX-Evil: 1", "a\x7fb", "a\u202eb"},
	} {
		for _, value := range values {
			set := maps.Clone(setAccountA)
			set[attribute] = text(value)
			checkValidation(t, typeAccount, set, attribute+": Invalid "+attribute)
		}
	}
}

// Should a hostile argument ever get past Terraform's validation, the client refuses it too.
func TestReadAccount_InvalidArguments(t *testing.T) {
	t.Parallel()
	api := acctest.StartAPI(t)
	_, diags := readData(t, configuredServer(t, api, nil), typeAccount, tfObject{"customer_id": text("cst_a"), "customer_account_id": text("..")})
	checkLocated(t, "read", diags, "-: Customer account not read")
	checkRequests(t, api, 0)
}

func TestTimeouts_Invalid(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"0s", "0", "-1m", "5", "", "soon", "5 m", "1h-2h"} {
		set := tfObject{"customer_id": text("cst_a"), "timeouts": timeouts(value)}
		checkValidation(t, typeAccounts, set, "timeouts.read: Invalid timeouts.read")
		set["customer_account_id"] = text("banh_a")
		checkValidation(t, typeAccount, set, "timeouts.read: Invalid timeouts.read")
		if got, want := validateDuration("it", value), "it must be a Go duration greater than zero, such as 90s or 10m"; got == nil || got.Error() != want {
			t.Errorf("%q: got %v", value, got)
		}
	}
}

func TestValidateCustomerAccounts(t *testing.T) {
	t.Parallel()
	unknown := tftypes.UnknownValue
	unknownMap := tftypes.NewValue(stringMapType, unknown)
	type ids = map[string]any
	// named has customer_ids, and routing_ids unless they are nil.
	named := func(customerIDs, routingIDs ids) tfObject {
		set := tfObject{"customer_ids": texts(customerIDs)}
		if routingIDs != nil {
			set["routing_ids"] = texts(routingIDs)
		}
		return set
	}
	good := ids{"banh_a": "cst_a"}
	for name, test := range map[string]struct {
		set  tfObject
		want []string
	}{
		"named accounts":                       {named(ids{"banh_a": "cst_a", "banh_b": "cst_a"}, nil), nil},
		"no accounts":                          {named(nil, nil), nil},
		"as many accounts as there may be":     {named(many(50_000, "cst_a"), nil), nil},
		"a customer":                           {tfObject{"customer_id": text("cst_a"), "routing_ids": texts(ids{"cst_a": "order-12"})}, nil},
		"routing ids for some customers":       {named(ids{"banh_a": "cst_a", "banh_b": "cst_b"}, ids{"cst_a": "order-12", "cst_b": nil}), nil},
		"an unknown customer":                  {tfObject{"customer_id": text(unknown), "routing_ids": texts(ids{"cst_a": "x"})}, nil},
		"unknown accounts":                     {tfObject{"customer_ids": unknownMap, "routing_ids": texts(ids{"cst_a": "x"})}, nil},
		"an unknown customer of an account":    {named(ids{"banh_a": unknown}, ids{"cst_a": "x"}), nil},
		"unknown routing ids":                  {tfObject{"customer_ids": texts(good), "routing_ids": unknownMap}, nil},
		"an unknown routing id":                {named(good, ids{"cst_a": unknown}), nil},
		"both, and no accounts":                {tfObject{"customer_id": text("cst_a"), "customer_ids": texts(nil)}, []string{"customer_ids: Invalid customer_ids"}},
		"an empty customer":                    {tfObject{"customer_id": text("")}, []string{"customer_id: Invalid customer_id"}},
		"an empty key":                         {named(ids{"": "cst_a"}, nil), []string{`customer_ids[""]: Invalid key in customer_ids`}},
		"a routing id that no header can hold": {named(good, ids{"cst_a": "a\nb"}), []string{`routing_ids["cst_a"]: Invalid routing id in routing_ids`}},
		"a routing id of another customer": {tfObject{"customer_id": text("cst_a"), "routing_ids": texts(ids{"cst_b": "x"})},
			[]string{`routing_ids["cst_b"]: Unknown customer_id in routing_ids`}},
		"an empty routing id": {tfObject{"customer_id": text("cst_a"), "routing_ids": texts(ids{"cst_a": ""})},
			[]string{`routing_ids["cst_a"]: Invalid routing id in routing_ids`}},
		"malformed keys": {named(ids{"list": "cst_a", " banh_a": "cst_a", "..": "cst_a", "a\nb": "cst_a"}, nil), []string{
			`customer_ids[" banh_a"]: Invalid key in customer_ids`, `customer_ids[".."]: Invalid key in customer_ids`,
			`customer_ids["a\nb"]: Invalid key in customer_ids`, `customer_ids["list"]: Invalid key in customer_ids`,
		}},
		"malformed values": {named(ids{"a": "", "b": ".", "c": "cst ", "d": nil}, nil), []string{
			`customer_ids["a"]: Invalid customer_id in customer_ids`, `customer_ids["b"]: Invalid customer_id in customer_ids`,
			`customer_ids["c"]: Invalid customer_id in customer_ids`, `customer_ids["d"]: Missing customer_id in customer_ids`,
		}},
		"a malformed key and value": {named(ids{"list": ""}, nil), []string{
			`customer_ids["list"]: Invalid customer_id in customer_ids`, `customer_ids["list"]: Invalid key in customer_ids`,
		}},
		"a routing id of nobody": {named(good, ids{"cst_b": "x", "": "x"}), []string{
			`routing_ids[""]: Unknown customer_id in routing_ids`, `routing_ids["cst_b"]: Unknown customer_id in routing_ids`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkValidation(t, typeAccounts, test.set, test.want...)
		})
	}
}

func TestValidateCustomerAccounts_Messages(t *testing.T) {
	t.Parallel()
	const remedy = "Set customer_ids to read the accounts that it names, or customer_id to read all accounts of one customer."
	for name, test := range map[string]struct {
		customerID, customerIDs, routingIDs tftypes.Value
		want                                []string
	}{
		"neither": {text(nil), tftypes.NewValue(stringMapType, nil), tftypes.Value{},
			[]string{"-: Missing customer_ids: Neither customer_ids nor customer_id is set. " + remedy}},
		"both": {text("cst_a"), texts(map[string]any{"banh_a": "cst_a"}), tftypes.Value{},
			[]string{"customer_ids: Invalid customer_ids: customer_ids and customer_id are both set. " + remedy}},
		"too many": {text(nil), texts(many(50_001, "cst_a")), tftypes.Value{},
			[]string{"customer_ids: Too many accounts: customer_ids holds 50001 accounts. The maximum is 50000. Split the accounts among several data sources."}},
		"each key and value": {
			text(nil), texts(map[string]any{"a": nil, "b": ".", "list": "cst_a"}), texts(map[string]any{"cst_a": " ", "cst_b": "x"}),
			[]string{
				`customer_ids["a"]: Missing customer_id in customer_ids: The value of customer_ids["a"], a customer_id, is null. Set it, or remove the account from the map.`,
				`customer_ids["b"]: Invalid customer_id in customer_ids: The value of customer_ids["b"], a customer_id, must not be "." or "..", which mean a directory in a URL.`,
				`customer_ids["list"]: Invalid key in customer_ids: The key of customer_ids["list"], a customer_account_id, must not be "list", which names Juspay's list of accounts and not an account.`,
				`routing_ids["cst_a"]: Invalid routing id in routing_ids: The value of routing_ids["cst_a"], a routing id, must not begin or end with whitespace, which HTTP headers lose.`,
				`routing_ids["cst_b"]: Unknown customer_id in routing_ids: The key of routing_ids["cst_b"] is not a customer_id whose accounts are read. Correct the key, or remove it.`,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkProblems(t, validateCustomerAccounts(tfObject{"customer_id": test.customerID, "customer_ids": test.customerIDs, "routing_ids": test.routingIDs}), test.want...)
		})
	}
}

func TestValidateCustomerAccounts_CountsFurtherErrors(t *testing.T) {
	t.Parallel()
	for n, more := range map[int]string{
		maxReported:     "",
		maxReported + 1: "There are 1 more such errors.",
		10_000:          "There are 9980 more such errors.",
	} {
		want := make([]string, 0, maxReported)
		for i := range maxReported {
			at := fmt.Sprintf(`customer_ids["banh_%05d"]`, i)
			want = append(want, at+": Invalid customer_id in customer_ids: The value of "+at+", a customer_id, must not be empty.")
		}
		if more != "" {
			want = append(want, `customer_ids["banh_00019"]: More invalid arguments: `+more)
		}
		checkProblems(t, validateCustomerAccounts(tfObject{"customer_ids": texts(many(n, ""))}), want...)
	}
}

// Terraform prints diagnostics in the order of the lines that they are about.
func TestAccCustomerAccounts_CountsFurtherErrorsLast(t *testing.T) {
	t.Parallel()
	var entries strings.Builder
	for i := range maxReported + 2 {
		fmt.Fprintf(&entries, "    banh_%02d = \"\"\n", i)
	}
	w := newWorkspace(t, acctest.StartAPI(t), vendors("\n  customer_ids = {\n"+entries.String()+"  }\n"))
	errs := strings.Split(w.Run(1, "validate", "-no-color"), "Error: ")
	if len(errs) != maxReported+2 {
		t.Fatalf("%d errors are printed: %q", len(errs)-1, errs)
	}
	acctest.CheckContains(t, errs[maxReported], `The value of customer_ids["banh_19"], a customer_id, must not be empty.`)
	checkEqual(t, "the last error", errs[maxReported+1], "More invalid arguments with data.juspay_customer_accounts.vendors, on main.tf line 31, "+
		`in data "juspay_customer_accounts" "vendors": 31: banh_19 = "" 32: banh_20 = "" There are 2 more such errors.`)
}
