// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// The problems that validations report.
const (
	emptyProblem         = "must not be empty"
	dotProblem           = `must not be "." or "..", which mean a directory in a URL`
	listProblem          = `must not be "list", which names Juspay's list of accounts and not an account`
	whitespaceProblem    = "must not begin or end with whitespace"
	controlProblem       = "must not contain control characters or invisible formatting characters; copy it again as plain text"
	headerSpaceProblem   = whitespaceProblem + ", which HTTP headers lose"
	headerControlProblem = "must not contain control characters or invisible formatting characters, such as a line break; it is sent as an HTTP header"
	durationProblem      = "must be a Go duration greater than zero, such as 90s or 10m"
)

// Each argument has its validator, whose own tests have more values.
func TestValidateCustomerAccount(t *testing.T) {
	t.Parallel()
	for problem, arguments := range map[string]map[string][]string{
		emptyProblem:         {"customer_id": {""}, "customer_account_id": {""}, "routing_id": {""}},
		dotProblem:           {"customer_id": {".."}, "customer_account_id": {".."}},
		listProblem:          {"customer_account_id": {"list"}},
		controlProblem:       {"customer_id": {"a\r\nX-Evil: 1"}, "customer_account_id": {"a\r\nX-Evil: 1"}},
		headerSpaceProblem:   {"routing_id": {" a"}},
		headerControlProblem: {"routing_id": {"a\r\nX-Evil: 1", "a\x7fb", "a\u202eb"}},
		durationProblem:      {"timeouts.read": {"0s", "0", "-1m", "5", "", "soon", "5 m", "1h-2h"}},
		`must not contain "/" or "\", which separate the segments of a URL's path`: {"customer_id": {"vendor-7/../cst_victim"}},
	} {
		for argument, values := range arguments {
			for _, value := range values {
				t.Run(fmt.Sprintf("%s = %q", argument, value), func(t *testing.T) {
					t.Parallel()
					config := maps.Clone(configAccountA)
					config[argument] = tfString(value)
					if argument == "timeouts.read" {
						delete(config, argument)
						config["timeouts"] = timeouts(value)
					}
					checkValidation(t, typeAccount, config, argument+": Invalid "+argument+": "+argument+" "+problem+".")
				})
			}
		}
	}
}

// Only the id of an account must not be "list".
func TestValidateCustomerAccount_CustomerNamedList(t *testing.T) {
	t.Parallel()
	config := maps.Clone(configAccountA)
	config["customer_id"] = tfString("list")
	checkValidation(t, typeAccount, config)
}

func TestValidateCustomerAccounts(t *testing.T) {
	t.Parallel()
	const (
		remedy = "Set customer_ids to read the accounts that it names, or customer_id to read all accounts of one customer."
		both   = "customer_ids: Invalid customer_ids: customer_ids and customer_id are both set. " + remedy
	)
	key := func(id, problem string) string {
		return fmt.Sprintf("customer_ids[%[1]q]: Invalid key in customer_ids: The key of customer_ids[%[1]q], a customer_account_id, %[2]s.", id, problem)
	}
	value := func(id, problem string) string {
		return fmt.Sprintf("customer_ids[%[1]q]: Invalid customer_id in customer_ids: The value of customer_ids[%[1]q], a customer_id, %[2]s.", id, problem)
	}
	routing := func(id, problem string) string {
		return fmt.Sprintf("routing_ids[%[1]q]: Invalid routing id in routing_ids: The value of routing_ids[%[1]q], a routing id, %[2]s.", id, problem)
	}
	nobody := func(id string) string {
		return fmt.Sprintf("routing_ids[%[1]q]: Unknown customer_id in routing_ids: "+
			"The key of routing_ids[%[1]q] is not a customer_id whose accounts are read. Correct the key, or remove it.", id)
	}
	unknown := tftypes.UnknownValue
	unknownMap := tftypes.NewValue(stringMapType, unknown)
	type ids = map[string]any
	// named has customer_ids, and routing_ids unless they are nil.
	named := func(customerIDs, routingIDs ids) tfObject {
		config := tfObject{"customer_ids": tfStrings(customerIDs)}
		if routingIDs != nil {
			config["routing_ids"] = tfStrings(routingIDs)
		}
		return config
	}
	ofCustomer := func(customerID any, routingIDs ids) tfObject {
		return tfObject{"customer_id": tfString(customerID), "routing_ids": tfStrings(routingIDs)}
	}
	good := ids{"banh_a": "cst_a"}
	for name, test := range map[string]struct {
		config tfObject
		want   []string
	}{
		"a customer with the name list":     {ofCustomer("list", nil), nil},
		"named accounts":                    {named(ids{"banh_a": "cst_a", "banh_b": "cst_a"}, nil), nil},
		"no accounts":                       {named(nil, nil), nil},
		"as many accounts as there may be":  {named(numberedIDs(50_000, "cst_a"), nil), nil},
		"a customer":                        {ofCustomer("cst_a", ids{"cst_a": "order-12"}), nil},
		"routing ids for some customers":    {named(ids{"banh_a": "cst_a", "banh_b": "cst_b"}, ids{"cst_a": "order-12", "cst_b": nil}), nil},
		"an unknown customer":               {ofCustomer(unknown, ids{"cst_a": "x"}), nil},
		"unknown accounts":                  {tfObject{"customer_ids": unknownMap, "routing_ids": tfStrings(ids{"cst_a": "x"})}, nil},
		"an unknown customer of an account": {named(ids{"banh_a": unknown}, ids{"cst_a": "x"}), nil},
		"unknown routing ids":               {tfObject{"customer_ids": tfStrings(good), "routing_ids": unknownMap}, nil},
		"an unknown routing id":             {named(good, ids{"cst_a": unknown}), nil},
		"neither accounts nor a customer":   {nil, []string{"-: Missing customer_ids: Neither customer_ids nor customer_id is set. " + remedy}},
		"both accounts and a customer":      {tfObject{"customer_id": tfString("cst_a"), "customer_ids": tfStrings(good)}, []string{both}},
		"both, and no accounts":             {tfObject{"customer_id": tfString("cst_a"), "customer_ids": tfStrings(nil)}, []string{both}},
		"an empty customer":                 {ofCustomer("", nil), []string{"customer_id: Invalid customer_id: customer_id must not be empty."}},
		"a routing id of another customer":  {ofCustomer("cst_a", ids{"cst_b": "x"}), []string{nobody("cst_b")}},
		"malformed keys": {named(ids{"": "cst_a", "list": "cst_a", " banh_a": "cst_a", "..": "cst_a", "a\nb": "cst_a"}, nil),
			[]string{key(" banh_a", whitespaceProblem), key("", emptyProblem), key("..", dotProblem), key("a\nb", controlProblem), key("list", listProblem)}},
		"malformed values": {named(ids{"a": "", "b": ".", "c": "cst ", "d": nil}, nil), []string{
			value("a", emptyProblem), value("b", dotProblem), value("c", whitespaceProblem),
			`customer_ids["d"]: Missing customer_id in customer_ids: The value of customer_ids["d"], a customer_id, is null. Set it, or remove the account from the ` +
				`map.`,
		}},
		"a malformed key and value": {named(ids{"list": ""}, nil), []string{value("list", emptyProblem), key("list", listProblem)}},
		"malformed routing ids": {named(ids{"a": "cst_a", "b": "cst_b", "c": "cst_c"}, ids{"cst_a": "", "cst_b": "a\nb", "cst_c": " ", "cst_x": "x", "": "x"}),
			[]string{nobody(""), routing("cst_a", emptyProblem), routing("cst_b", headerControlProblem), routing("cst_c", headerSpaceProblem), nobody("cst_x")}},
		"too many accounts": {named(numberedIDs(50_001, "cst_a"), nil), []string{
			"customer_ids: Too many accounts: customer_ids holds 50001 accounts. The maximum is 50000. Split the accounts among several data sources."}},
		"a timeout of zero": {tfObject{"customer_ids": tfStrings(good), "timeouts": timeouts("0s")}, []string{
			"timeouts.read: Invalid timeouts.read: timeouts.read " + durationProblem + "."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkValidation(t, typeAccounts, test.config, test.want...)
		})
	}
}

func TestValidateCustomerAccounts_CountsFurtherErrors(t *testing.T) {
	t.Parallel()
	for n, more := range map[int]string{
		maxReported:     "",
		maxReported + 1: "There is 1 more such error.",
		10_000:          "There are 9980 more such errors.",
	} {
		t.Run(fmt.Sprintf("%d errors", n), func(t *testing.T) {
			t.Parallel()
			want := make([]string, 0, maxReported)
			for i := range maxReported {
				at := fmt.Sprintf(`customer_ids["banh_%05d"]`, i)
				want = append(want, at+": Invalid customer_id in customer_ids: The value of "+at+", a customer_id, must not be empty.")
			}
			if more != "" {
				want = append(want, `customer_ids["banh_00019"]: More invalid arguments: `+more)
			}
			checkDiagnostics(t, validateCustomerAccounts(tfObject{"customer_ids": tfStrings(numberedIDs(n, ""))}), want...)
		})
	}
}

// Terraform prints diagnostics in the order of the lines that they are about.
func TestAccValidateCustomerAccounts_CountsFurtherErrorsLast(t *testing.T) {
	t.Parallel()
	var entries strings.Builder
	for i := range maxReported + 2 {
		fmt.Fprintf(&entries, "    banh_%02d = \"\"\n", i)
	}
	w := newWorkspace(t, acctest.StartAPI(t), vendors("\n  customer_ids = {\n"+entries.String()+"  }\n"))
	errs := strings.Split(w.Run(1, "validate", "-no-color"), "Error: ")
	if len(errs) != maxReported+2 {
		t.Fatalf("got %d errors, want %d: %q", len(errs)-1, maxReported+1, errs)
	}
	check.Contains(t, "the last reported error", errs[maxReported], `The value of customer_ids["banh_19"], a customer_id, must not be empty.`)
	last := strings.Replace(errs[maxReported+1], ` 32: banh_20 = ""`, "", 1) // not every release of Terraform quotes the second line
	check.Equal(t, "the last error", last, "More invalid arguments with data.juspay_customer_accounts.vendors, on main.tf line 31, "+
		`in data "juspay_customer_accounts" "vendors": 31: banh_19 = "" There are 2 more such errors.`)
}
