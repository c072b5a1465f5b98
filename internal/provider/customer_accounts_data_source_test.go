// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

const addressMany = "data.juspay_customer_accounts.vendors"

func vendors(arguments string) string {
	return "data \"juspay_customer_accounts\" \"vendors\" {\n" + arguments + "\n}\n"
}

// The data source and the ephemeral resource return the same, and both ways to name
// accounts compute the same from the same accounts.
func TestReadAccounts(t *testing.T) {
	t.Parallel()
	element := func(changes tfObject) tftypes.Value {
		values := tfObject{
			"customer_id": text("cst_a"), "customer_account_id": text("banh_a"), "routing_id": text("order-12"),
			"validation_status": text("ACTIVE"), "validation_amount": number("1"), "currency": text("INR"),
			"date_created": text("2023-06-06T13:29:49Z"), "last_validated": text("2023-06-06T13:29:53Z"),
		}
		maps.Copy(values, changes)
		return tftypes.NewValue(accountObjectType, values)
	}
	failed := element(tfObject{
		"customer_account_id": text("banh_b"), "validation_status": text("FAILURE"), "validation_amount": number("1.1"),
		"date_created": text("yesterday"), "last_validated": text(nil),
	})
	both := tfObject{
		"accounts":   tftypes.NewValue(accountsType, map[string]tftypes.Value{"banh_a": element(nil), "banh_b": failed}),
		"vpas":       texts(map[string]any{"banh_a": juspaytest.VPA, "banh_b": nil}),
		"not_active": texts(map[string]any{"banh_b": "FAILURE"}),
		"all_active": boolean(false),
	}
	withoutVPAs := maps.Clone(both)
	withoutVPAs["vpas"] = tftypes.NewValue(stringMapType, nil)
	none := tfObject{"accounts": tftypes.NewValue(accountsType, tfObject{}), "vpas": texts(nil), "not_active": texts(nil), "all_active": boolean(false)}
	named := texts(map[string]any{"banh_a": "cst_a", "banh_b": "cst_a"})
	routing := texts(map[string]any{"cst_a": "order-12", "cst_x": nil})
	warning := []string{`accounts["banh_b"].date_created: Unexpected format of date_created`}
	const path = "/customers/cst_a/customer-accounts/"
	for name, test := range map[string]struct {
		set, want tfObject
		wantDiags []string
		requests  map[string]int
	}{
		"named accounts": {tfObject{"customer_ids": named, "routing_ids": routing}, both, warning,
			map[string]int{path + "banh_a order-12": 1, path + "banh_b order-12": 1}},
		"accounts of a customer": {tfObject{"customer_id": text("cst_a"), "routing_ids": routing}, both, warning,
			map[string]int{path + "list order-12": 1}},
		"named accounts without VPAs": {tfObject{"customer_ids": named, "routing_ids": routing, "include_vpa": boolean(false)}, withoutVPAs, warning,
			map[string]int{path + "banh_a order-12": 1, path + "banh_b order-12": 1}},
		"accounts of a customer without VPAs": {tfObject{"customer_id": text("cst_a"), "routing_ids": routing, "include_vpa": boolean(false)}, withoutVPAs, warning,
			map[string]int{path + "list order-12": 1}},
		"an unknown account": {tfObject{"customer_ids": texts(map[string]any{"banh_x": "cst_a"})}, nil,
			[]string{`customer_ids["banh_x"]: Customer account not found`}, map[string]int{path + "banh_x cst_a": 1}},
		"no accounts named":      {tfObject{"customer_ids": texts(nil)}, none, nil, nil},
		"a customer without any": {tfObject{"customer_id": text("cst_x")}, none, nil, map[string]int{"/customers/cst_x/customer-accounts/list cst_x": 1}},
	} {
		for what, read := range readers {
			t.Run(name+", "+what, func(t *testing.T) {
				t.Parallel()
				api := acctest.StartAPI(t)
				api.Put(juspaytest.NewAccount("cst_a", "banh_b").WithBankDetails().With("validation_status", "FAILURE").
					With("validation_amount", json.RawMessage("1.10")).With("date_created", "yesterday").With("last_validated", nil))
				got, diags := read(t, configuredServer(t, api, nil), typeAccounts, test.set)
				want := withNulls(argumentsType(t, typeAccounts), test.set)
				maps.Copy(want, test.want)
				checkEqual(t, "the values", got, want)
				checkLocated(t, "the diagnostics", diags, test.wantDiags...)
				requests := map[string]int{}
				for _, r := range api.Requests() {
					requests[r.Target+" "+r.Header.Get("X-Routing-Id")]++
				}
				checkEqual(t, "the requests", requests, test.requests)
			})
		}
	}
}

func TestCustomerAccountsValues_AllActive(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		statuses  []juspay.ValidationStatus
		notActive map[string]any
		allActive bool
	}{
		"no account":           {nil, nil, false},
		"one active account":   {[]juspay.ValidationStatus{"ACTIVE"}, nil, true},
		"all accounts active":  {[]juspay.ValidationStatus{"ACTIVE", "ACTIVE"}, nil, true},
		"some accounts active": {[]juspay.ValidationStatus{"ACTIVE", "FAILURE", "CREATED"}, map[string]any{"banh_1": "FAILURE", "banh_2": "CREATED"}, false},
		"no status":            {[]juspay.ValidationStatus{"ACTIVE", ""}, map[string]any{"banh_1": nil}, false},
		"a new status":         {[]juspay.ValidationStatus{"ACTIVE", "RETIRED"}, map[string]any{"banh_1": "RETIRED"}, false},
		"another case":         {[]juspay.ValidationStatus{"active"}, map[string]any{"banh_0": "active"}, false},
	} {
		var results []accountResult
		for i, status := range test.statuses {
			ref := accountRef("cst_x", fmt.Sprintf("banh_%d", i), "")
			results = append(results, accountResult{ref, juspay.Result{Account: juspay.CustomerAccount{ValidationStatus: status}}})
		}
		values, diags := customerAccountsValues(results, false)
		checkProblems(t, diags)
		checkEqual(t, name+": all_active", values["all_active"], boolean(test.allActive))
		checkEqual(t, name+": not_active", values["not_active"], texts(test.notActive))
	}
}

func TestCustomerAccountsValues_CapsWarnings(t *testing.T) {
	t.Parallel()
	for n, more := range map[int]string{20: "", 31: "There are 11 more such warnings."} {
		var results []accountResult
		for i := range n {
			account := juspay.CustomerAccount{LastValidated: "last week"}
			results = append(results, accountResult{accountRef("cst_a", fmt.Sprintf("banh_%02d", i), ""), juspay.Result{Account: account}})
		}
		_, diags := customerAccountsValues(results, false)
		var want diag.Diagnostics
		for _, r := range results[:20] {
			_, warning := customerAccountValues(elementPath(r.ref.CustomerAccountID), r.ref, r.result.Account)
			want.Append(warning...)
		}
		if more != "" {
			want.AddAttributeWarning(elementPath("banh_19").AtName("last_validated"), "More warnings", more)
		}
		if !diags.Equal(want) {
			t.Errorf("%d warnings: got %v, want %v", n, diags, want)
		}
	}
}

// manyWorkspace is a directory with a data source for n accounts of cst_many, and more.
func manyWorkspace(t *testing.T, server *juspaytest.Server, n int, more string) *acctest.Workspace {
	t.Helper()
	customerIDs := map[string]string{}
	for i := range n {
		id := fmt.Sprintf("banh_%04d", i)
		server.Put(juspaytest.NewAccount("cst_many", id).With("account_details", map[string]any{"vpa": fmt.Sprintf("user%d@bank", i)}))
		customerIDs[id] = "cst_many"
	}
	variables, err := json.Marshal(map[string]any{"customer_ids": customerIDs})
	if err != nil {
		t.Fatal(err)
	}
	w := newWorkspace(t, server, "variable \"customer_ids\" {\n  type = map(string)\n}\n"+vendors("  customer_ids = var.customer_ids")+more)
	w.Write("terraform.tfvars.json", string(variables))
	return w
}

// Where the map is a literal, Terraform shows the account's own line.
func TestAccCustomerAccounts_FailureNamesItsAccount(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, acctest.StartAPI(t), vendors("customer_ids = {\n banh_a = \"cst_a\"\n banh_none = \"cst_a\"\n}"))
	acctest.CheckContains(t, w.Run(1, "plan", "-no-color"), "Error: Customer account not found", `: banh_none = "cst_a"`,
		`Customer account "banh_none" of customer`, `Path: accounts["banh_none"]`)
}

// deferred reads an account whose customer, id or both are known after apply.
const deferred = `
resource "terraform_data" "made" {
  input = { customer = "cst_a", account = "%s" }
}
data "juspay_customer_accounts" "vendors" {
  %s

  lifecycle {
    postcondition {
      condition     = self.all_active
      error_message = "Not ACTIVE: ${jsonencode(self.not_active)}"
    }
  }
}
`

const unknownAccount = `customer_ids = { (terraform_data.made.output.account) = "cst_a" }`

func TestAccCustomerAccounts_DeferredReadIsUnknown(t *testing.T) {
	t.Parallel()
	for name, arguments := range map[string]string{
		"an unknown customer": `customer_ids = { banh_a = terraform_data.made.output.customer, banh_b = "cst_a" }`,
		"an unknown account":  unknownAccount,
		"an unknown routing":  "customer_ids = { banh_a = \"cst_a\" }\n  routing_ids = { cst_a = terraform_data.made.output.customer }",
		"all of an unknown":   `customer_id = terraform_data.made.output.customer`,
		"a dependency":        "customer_ids = { banh_a = \"cst_a\" }\n  depends_on = [terraform_data.made]",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			server.Put(juspaytest.NewAccount("cst_a", "banh_b"))
			var unknown []plancheck.PlanCheck
			for _, computed := range []string{"accounts", "vpas", "all_active", "not_active"} {
				unknown = append(unknown, plancheck.ExpectUnknownValue(addressMany, tfjsonpath.New(computed)))
			}
			accept(t, server, nil, resource.TestStep{
				Config:            requirement + fmt.Sprintf(deferred, "banh_a", arguments),
				ConfigPlanChecks:  resource.ConfigPlanChecks{PreApply: unknown},
				ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(addressMany, tfjsonpath.New("all_active"), knownvalue.Bool(true))},
			})
		})
	}
}

// While a read is deferred, no condition on it holds or fails, whatever it tests.
func TestAccCustomerAccounts_ConditionsOfADeferredRead(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Put(juspaytest.NewAccount("cst_a", "banh_failed").With("validation_status", "FAILURE"))
	bad := newWorkspace(t, server, fmt.Sprintf(deferred, "banh_failed", unknownAccount))
	bad.Run(0, "plan", "-no-color")
	acctest.CheckContains(t, bad.Run(1, "apply", "-auto-approve", "-no-color"), "Error: Resource postcondition failed", `Not ACTIVE: {"banh_failed":"FAILURE"}`)

	for _, condition := range []string{
		`!self.all_active`,
		`alltrue([for account in self.accounts : account.validation_status == "FAILURE"])`,
		`alltrue([for account in self.accounts : account.validation_status != "FAILURE"])`,
		`length(self.not_active) == 7`,
		`length(self.accounts) == 7`,
	} {
		configuration := strings.Replace(fmt.Sprintf(deferred, "banh_a", unknownAccount), "self.all_active", condition, 1)
		newWorkspace(t, server, configuration).Run(0, "plan", "-no-color")
	}
}

// A value that was unknown when the configuration was validated is validated before it
// is read.
func TestAccCustomerAccounts_ValidatesDeferredArguments(t *testing.T) {
	t.Parallel()
	for arguments, want := range map[string]string{
		`customer_ids = { banh_a = terraform_data.made.output.account }`:                                          `The value of customer_ids["banh_a"], a customer_id, must not be "." or "..", which mean`,
		"customer_ids = { banh_a = \"cst_a\" }\n  routing_ids = { (terraform_data.made.output.account) = \"x\" }": `The key of routing_ids[".."] is not a customer_id whose accounts are read.`,
	} {
		server := acctest.StartAPI(t)
		w := newWorkspace(t, server, fmt.Sprintf(deferred, "..", arguments))
		w.Run(0, "plan", "-no-color")
		acctest.CheckContains(t, w.Run(1, "apply", "-auto-approve", "-no-color"), want)
		checkRequests(t, server, 0)
	}
}

func TestAccCustomerAccounts_SensitiveIdentifiers(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Put(juspaytest.NewAccount("cst_secret", "banh_secret"))
	w := newWorkspace(t, server, vendors(`customer_ids = { banh_a = "cst_a", banh_secret = var.customer }`)+`
variable "customer" {
  type      = string
  sensitive = true
  default   = "cst_secret"
}
output "statuses" {
  value = { for key, account in data.juspay_customer_accounts.vendors.accounts : key => account.validation_status }
}
output "customers" {
  value     = data.juspay_customer_accounts.vendors.customer_ids
  sensitive = true
}
`)
	printed := w.Run(0, "apply", "-auto-approve", "-no-color")
	acctest.CheckContains(t, printed, `statuses = { "banh_a" = "ACTIVE" "banh_secret" = "ACTIVE" }`, "customers = <sensitive>")
	acctest.CheckLacks(t, "the output", printed, "cst_secret", juspaytest.VPA)
	checkEqual(t, "customers", w.Output("customers"), any(map[string]any{"banh_a": "cst_a", "banh_secret": "cst_secret"}))
	unmarked := manyWorkspace(t, server, 1, "output \"vpas\" {\n  value = data.juspay_customer_accounts.vendors.vpas\n}\n")
	acctest.CheckContains(t, unmarked.Run(1, "plan", "-no-color"), "Error: Output refers to sensitive values")
}

func TestAccCustomerAccounts_TenThousandTwice(t *testing.T) {
	t.Parallel()
	const n = 10_000
	server := acctest.StartAPI(t)
	w := manyWorkspace(t, server, n, `
output "wrong" {
  value = [for i, key in keys(var.customer_ids) : key if nonsensitive(data.juspay_customer_accounts.vendors.vpas)[key] != "user${i}@bank" || data.juspay_customer_accounts.vendors.accounts[key].customer_account_id != key]
}
output "count" {
  value = length(data.juspay_customer_accounts.vendors.accounts)
}
output "all_active" {
  value = data.juspay_customer_accounts.vendors.all_active
}
`)
	w.Run(0, "apply", "-auto-approve", "-no-color")
	for output, want := range map[string]any{"wrong": []any{}, "count": float64(n), "all_active": true} {
		checkEqual(t, output, w.Output(output), want)
	}
	checkRequests(t, server, n)
	// 0 is: nothing has changed.
	w.Run(0, "plan", "-no-color", "-detailed-exitcode", "-out=one.plan")
	w.Run(0, "plan", "-no-color", "-out=two.plan")
	one, two := w.Run(0, "show", "-json", "one.plan"), w.Run(0, "show", "-json", "two.plan")
	written := regexp.MustCompile(`"timestamp":"[^"]*"`)
	if written.ReplaceAllString(one, "") != written.ReplaceAllString(two, "") {
		t.Error("two plans differ")
	}
}

func TestAccInterrupt_EndsALargeRead(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := manyWorkspace(t, server, 1000, "")
	server.Fail(juspaytest.Fault{CustomerAccountID: "banh_0000", Times: 1, Body: juspaytest.NewAccount("cst_many", "banh_0000")}, juspaytest.Fault{Delay: time.Hour})
	printed := interruptAfter(t, server, w, 32)
	acctest.CheckContains(t, printed, "Error: Read canceled", "Of 1000 accounts,", "Terraform stopped the read before a response came. Run Terraform again. Nothing was changed.")
	if n := strings.Count(printed, "Error:"); n > 2 {
		t.Errorf("%d errors:\n%s", n, printed)
	}
	if n := len(server.Requests()); n > 33 {
		t.Errorf("%d requests were sent", n)
	}
}

// interruptAfter interrupts a plan once n requests have been sent, and returns its output.
func interruptAfter(t *testing.T, server *juspaytest.Server, w *acctest.Workspace, n int) string {
	t.Helper()
	ctx, interrupt := context.WithCancel(t.Context())
	go func() {
		if err := server.WaitForRequests(t.Context(), n); err != nil {
			t.Error(err)
		}
		interrupt()
	}()
	_, printed := w.TryRun(ctx, "plan", "-no-color")
	return printed
}
