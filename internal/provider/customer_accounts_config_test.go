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

// account is what a configuration sets of an element of accounts.
type account = map[string]tftypes.Value

// accountsValue is a map of accounts; a nil account is null.
func accountsValue(t testing.TB, named map[string]account) tftypes.Value {
	t.Helper()
	shape, ok := accountType.TerraformType(t.Context()).(tftypes.Object)
	if !ok {
		t.Fatal("an account is no object")
	}
	elements := map[string]tftypes.Value{}
	for key, set := range named {
		if set == nil {
			elements[key] = tftypes.NewValue(shape, nil)
			continue
		}
		elements[key] = withNulls(shape, set)
	}
	return tftypes.NewValue(tftypes.Map{ElementType: shape}, elements)
}

func encodeAccounts(t testing.TB, named map[string]account) *tfprotov6.DynamicValue {
	t.Helper()
	return encode(t, customerAccountsSchema().Type().TerraformType(t.Context()), account{"accounts": accountsValue(t, named)})
}

func good(id string) account {
	return account{"customer_id": text("cst_a"), "customer_account_id": text(id)}
}

func TestUnusableAccountsAreFoundBeforeAnyRequest(t *testing.T) {
	t.Parallel()
	null := text(nil)
	unknown := text(tftypes.UnknownValue)
	accounts := func(named map[string]account) account { return account{"accounts": accountsValue(t, named)} }
	many := map[string]account{}
	for i := range 50_001 {
		many[fmt.Sprint(i)] = good("banh_a")
	}
	for name, test := range map[string]struct {
		set  account
		want []string
	}{
		"named accounts":                   {accounts(map[string]account{"acme": good("banh_a")}), nil},
		"no accounts":                      {accounts(map[string]account{}), nil},
		"a customer":                       {account{"customer_id": text("cst_a"), "routing_id": text("order-12")}, nil},
		"neither":                          {account{"customer_id": null}, []string{"(none): Missing accounts"}},
		"both":                             {account{"customer_id": text("cst_a"), "accounts": accountsValue(t, nil)}, []string{"accounts: Invalid accounts"}},
		"a routing id beside the accounts": {account{"routing_id": text("x"), "accounts": accountsValue(t, nil)}, []string{"routing_id: Invalid routing_id"}},
		"an empty customer":                {account{"customer_id": text("")}, []string{"customer_id: Invalid customer_id"}},
		"an unknown customer":              {account{"customer_id": unknown}, nil},
		"unknown accounts":                 {account{"accounts": tftypes.NewValue(accountsValue(t, nil).Type(), tftypes.UnknownValue)}, nil},
		"an unknown id":                    {accounts(map[string]account{"acme": {"customer_id": unknown, "customer_account_id": unknown}}), nil},
		"a null account":                   {accounts(map[string]account{"acme": good("banh_a"), "b": nil}), []string{`accounts["b"]: Missing account`}},
		"null and missing ids": {
			accounts(map[string]account{"acme": {"customer_id": null}, "b": good("banh_b")}),
			[]string{`accounts["acme"].customer_account_id: Missing customer_account_id`, `accounts["acme"].customer_id: Missing customer_id`},
		},
		"empty and unusable ids": {
			accounts(map[string]account{"acme": {"customer_id": text(""), "customer_account_id": text("list"), "routing_id": text("a\nb")}, "b": {"customer_id": text(".."), "customer_account_id": text("x")}}),
			[]string{
				`accounts["acme"].customer_account_id: Invalid accounts["acme"].customer_account_id`,
				`accounts["acme"].customer_id: Invalid accounts["acme"].customer_id`,
				`accounts["acme"].routing_id: Invalid accounts["acme"].routing_id`,
				`accounts["b"].customer_id: Invalid accounts["b"].customer_id`,
			},
		},
		"too many": {accounts(many), []string{"accounts: Too many accounts"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp, err := protocolServer(nil).ValidateDataResourceConfig(t.Context(), &tfprotov6.ValidateDataResourceConfigRequest{
				TypeName: "juspay_customer_accounts",
				Config:   encode(t, customerAccountsSchema().Type().TerraformType(t.Context()), test.set),
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := located(resp.Diagnostics); !slices.Equal(got, test.want) {
				t.Errorf("got %q", got)
			}
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

func TestAccUnusableAccountsAreToldByTheirKey(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, requirement+`
data "juspay_customer_accounts" "vendors" {
  accounts = {
    acme   = { customer_id = "cst_acme", customer_account_id = "" }
    dairy  = { customer_id = null, customer_account_id = "banh_dairy_pending" }
    estate = null
  }
}
`))
	printed := w.Run(1, "validate", "-no-color")
	acctest.CheckContains(t, printed,
		`accounts["acme"].customer_account_id must not be empty.`,
		`accounts["dairy"].customer_id is not set. Each account needs a customer_id and a customer_account_id.`,
		`accounts["estate"] is null. Give its customer_id and customer_account_id, or leave it out.`)
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}
