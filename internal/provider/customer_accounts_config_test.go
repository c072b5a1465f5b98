// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
)

// texts is a map of strings; nil is null, and tftypes.UnknownValue unknown.
func texts(values map[string]any) tftypes.Value {
	elements := map[string]tftypes.Value{}
	for key, value := range values {
		elements[key] = text(value)
	}
	return tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, elements)
}

func encodeAccounts(t testing.TB, set tfObject) *tfprotov6.DynamicValue {
	t.Helper()
	return encode(t, customerAccountsSchema().Type().TerraformType(t.Context()), set)
}

// many are n accounts with one customer_id.
func many(n int, customerID string) map[string]any {
	values := map[string]any{}
	for i := range n {
		values[fmt.Sprintf("banh_%05d", i)] = customerID
	}
	return values
}

func TestValidateCustomerAccounts_BeforeAnyRequest(t *testing.T) {
	t.Parallel()
	unknown := tftypes.UnknownValue
	unknownMap := tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, unknown)
	good := texts(map[string]any{"banh_a": "cst_a"})
	for name, test := range map[string]struct {
		set  tfObject
		want []string
	}{
		"named accounts":                       {tfObject{"customer_ids": texts(map[string]any{"banh_a": "cst_a", "banh_b": "cst_a"})}, nil},
		"no accounts":                          {tfObject{"customer_ids": texts(nil)}, nil},
		"as many accounts as there may be":     {tfObject{"customer_ids": texts(many(50_000, "cst_a"))}, nil},
		"a customer":                           {tfObject{"customer_id": text("cst_a"), "routing_ids": texts(map[string]any{"cst_a": "order-12"})}, nil},
		"routing ids for some customers":       {tfObject{"customer_ids": texts(map[string]any{"banh_a": "cst_a", "banh_b": "cst_b"}), "routing_ids": texts(map[string]any{"cst_a": "order-12", "cst_b": nil})}, nil},
		"an unknown customer":                  {tfObject{"customer_id": text(unknown), "routing_ids": texts(map[string]any{"cst_a": "x"})}, nil},
		"unknown accounts":                     {tfObject{"customer_ids": unknownMap, "routing_ids": texts(map[string]any{"cst_a": "x"})}, nil},
		"an unknown customer of an account":    {tfObject{"customer_ids": texts(map[string]any{"banh_a": unknown}), "routing_ids": texts(map[string]any{"cst_a": "x"})}, nil},
		"unknown routing ids":                  {tfObject{"customer_ids": good, "routing_ids": unknownMap}, nil},
		"an unknown routing id":                {tfObject{"customer_ids": good, "routing_ids": texts(map[string]any{"cst_a": unknown})}, nil},
		"neither":                              {tfObject{"customer_id": text(nil)}, []string{"(none): Missing customer_ids"}},
		"both":                                 {tfObject{"customer_id": text("cst_a"), "customer_ids": good}, []string{"customer_ids: Invalid customer_ids"}},
		"both, and no accounts":                {tfObject{"customer_id": text("cst_a"), "customer_ids": texts(nil)}, []string{"customer_ids: Invalid customer_ids"}},
		"too many":                             {tfObject{"customer_ids": texts(many(50_001, "cst_a"))}, []string{"customer_ids: Too many accounts"}},
		"an empty customer":                    {tfObject{"customer_id": text("")}, []string{"customer_id: Invalid customer_id"}},
		"an empty key":                         {tfObject{"customer_ids": texts(map[string]any{"": "cst_a"})}, []string{`customer_ids[""]: Invalid key in customer_ids`}},
		"malformed keys":                       {tfObject{"customer_ids": texts(map[string]any{"list": "cst_a", " banh_a": "cst_a", "..": "cst_a", "a\nb": "cst_a"})}, []string{`customer_ids[" banh_a"]: Invalid key in customer_ids`, `customer_ids[".."]: Invalid key in customer_ids`, `customer_ids["a\nb"]: Invalid key in customer_ids`, `customer_ids["list"]: Invalid key in customer_ids`}},
		"malformed values":                     {tfObject{"customer_ids": texts(map[string]any{"a": "", "b": ".", "c": "cst ", "d": nil})}, []string{`customer_ids["a"]: Invalid customer_id in customer_ids`, `customer_ids["b"]: Invalid customer_id in customer_ids`, `customer_ids["c"]: Invalid customer_id in customer_ids`, `customer_ids["d"]: Missing customer_id in customer_ids`}},
		"a malformed key and value":            {tfObject{"customer_ids": texts(map[string]any{"list": ""})}, []string{`customer_ids["list"]: Invalid customer_id in customer_ids`, `customer_ids["list"]: Invalid key in customer_ids`}},
		"a routing id of nobody":               {tfObject{"customer_ids": good, "routing_ids": texts(map[string]any{"cst_b": "x", "": "x"})}, []string{`routing_ids[""]: Unknown customer_id in routing_ids`, `routing_ids["cst_b"]: Unknown customer_id in routing_ids`}},
		"a routing id of another customer":     {tfObject{"customer_id": text("cst_a"), "routing_ids": texts(map[string]any{"cst_b": "x"})}, []string{`routing_ids["cst_b"]: Unknown customer_id in routing_ids`}},
		"a routing id that no header can hold": {tfObject{"customer_ids": good, "routing_ids": texts(map[string]any{"cst_a": "a\nb"})}, []string{`routing_ids["cst_a"]: Invalid routing id in routing_ids`}},
		"an empty routing id":                  {tfObject{"customer_id": text("cst_a"), "routing_ids": texts(map[string]any{"cst_a": ""})}, []string{`routing_ids["cst_a"]: Invalid routing id in routing_ids`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp, err := protocolServer(nil).ValidateDataResourceConfig(t.Context(), &tfprotov6.ValidateDataResourceConfigRequest{
				TypeName: "juspay_customer_accounts",
				Config:   encodeAccounts(t, test.set),
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := located(resp.Diagnostics); !slices.Equal(got, test.want) {
				t.Errorf("got %q", got)
			}
			ephemeral, err := protocolServer(nil).ValidateEphemeralResourceConfig(t.Context(), &tfprotov6.ValidateEphemeralResourceConfigRequest{
				TypeName: "juspay_customer_accounts",
				Config:   encodeAccounts(t, test.set),
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := located(ephemeral.Diagnostics); !slices.Equal(got, test.want) {
				t.Errorf("ephemeral: got %q", got)
			}
		})
	}
}

func TestValidateCustomerAccounts_Messages(t *testing.T) {
	t.Parallel()
	const remedy = "Set customer_ids to read the accounts that it names, or customer_id to read all accounts of one customer."
	good := texts(map[string]any{"banh_a": "cst_a"})
	for name, test := range map[string]struct {
		set  tfObject
		want []string
	}{
		"neither":  {tfObject{"customer_ids": tftypes.NewValue(stringMapType, nil), "customer_id": text(nil)}, []string{"-: Missing customer_ids: Neither customer_ids nor customer_id is set. " + remedy}},
		"both":     {tfObject{"customer_ids": good, "customer_id": text("cst_a")}, []string{"customer_ids: Invalid customer_ids: customer_ids and customer_id are both set. " + remedy}},
		"too many": {tfObject{"customer_ids": texts(many(50_001, "cst_a"))}, []string{"customer_ids: Too many accounts: customer_ids holds 50001 accounts. The maximum is 50000. Split the accounts among several data sources."}},
		"each key and value": {
			tfObject{"customer_ids": texts(map[string]any{"a": nil, "b": ".", "list": "cst_a"}), "routing_ids": texts(map[string]any{"cst_a": " ", "cst_b": "x"})},
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
			checkProblems(t, validateCustomerAccounts(test.set), test.want...)
		})
	}
}

// located renders diagnostics as sorted lines of "path: summary".
func located(diags []*tfprotov6.Diagnostic) []string {
	var rendered []string
	for _, d := range diags {
		rendered = append(rendered, pathText(d.Attribute)+": "+d.Summary)
	}
	slices.Sort(rendered)
	return rendered
}

func pathText(path *tftypes.AttributePath) string {
	var text strings.Builder
	for _, step := range path.Steps() {
		switch step := step.(type) {
		case tftypes.AttributeName:
			text.WriteString("." + string(step))
		case tftypes.ElementKeyString:
			fmt.Fprintf(&text, "[%q]", string(step))
		}
	}
	if text.Len() == 0 {
		return "(none)"
	}
	return strings.TrimPrefix(text.String(), ".")
}

func TestValidateCustomerAccounts_CountsFurtherErrors(t *testing.T) {
	t.Parallel()
	for n, more := range map[int]string{
		maxReported:     "",
		maxReported + 1: "There are 1 more such errors.",
		10_000:          "There are 9980 more such errors.",
	} {
		diags := validateCustomerAccounts(tfObject{"customer_ids": texts(many(n, ""))})
		want := make([]string, 0, maxReported)
		for i := range maxReported {
			at := fmt.Sprintf(`customer_ids["banh_%05d"]`, i)
			want = append(want, at+": Invalid customer_id in customer_ids: The value of "+at+", a customer_id, must not be empty.")
		}
		if more != "" {
			want = append(want, `customer_ids["banh_00019"]: More invalid arguments: `+more)
		}
		checkProblems(t, diags, want...)
	}
}

// Terraform prints diagnostics in the order of the lines that they are about.
func TestAccCustomerAccounts_CountsFurtherErrorsLast(t *testing.T) {
	t.Parallel()
	var entries strings.Builder
	for i := range maxReported + 2 {
		fmt.Fprintf(&entries, "    banh_%02d = \"\"\n", i)
	}
	w := acctest.NewWorkspace(t, acctest.StartAPI(t), acctest.MainFile(t, vendors("\n  customer_ids = {\n"+entries.String()+"  }\n")))
	errs := strings.Split(w.Run(1, "validate", "-no-color"), "Error: ")
	if len(errs) != maxReported+2 {
		t.Fatalf("%d errors are printed: %q", len(errs)-1, errs)
	}
	acctest.CheckContains(t, errs[maxReported], `The value of customer_ids["banh_19"], a customer_id, must not be empty.`)
	if want := `More invalid arguments with data.juspay_customer_accounts.vendors, on main.tf line 31, in data "juspay_customer_accounts" "vendors": 31: banh_19 = "" 32: banh_20 = "" There are 2 more such errors.`; errs[maxReported+1] != want {
		t.Errorf("the last error is %q, want %q", errs[maxReported+1], want)
	}
}

func TestAccCustomerAccounts_InvalidElements(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, vendors(`
  customer_ids = {
    list        = "cst_acme"
    banh_dairy  = null
    banh_estate = ""
  }
  routing_ids = { cst_other = "order-12" }
`)))
	printed := w.Run(1, "validate", "-no-color")
	acctest.CheckContains(t, printed,
		`The key of customer_ids["list"], a customer_account_id, must not be "list", which names`,
		`The value of customer_ids["banh_dairy"], a customer_id, is null. Set it, or remove the account from the map.`,
		`The value of customer_ids["banh_estate"], a customer_id, must not be empty.`,
		`The key of routing_ids["cst_other"] is not a customer_id whose accounts are read. Correct the key, or remove it.`)
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}
