// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

const addressMany = "data.juspay_customer_accounts.vendors"

// exactly is a literal as Terraform reads it.
func exactly(literal string) *big.Float {
	number, _, err := big.ParseFloat(literal, 10, terraformPrecision, big.ToNearestEven)
	if err != nil {
		panic(err)
	}
	return number
}

// elementValues holds the reference page's response as an element of accounts.
func elementValues(changes map[string]knownvalue.Check) knownvalue.Check {
	values := referenceValues()
	delete(values, "vpa")
	maps.Copy(values, changes)
	return knownvalue.ObjectExact(values)
}

// expectAccounts checks every computed attribute. Not every account is ACTIVE.
func expectAccounts(accounts, vpas, notActive map[string]knownvalue.Check) []statecheck.StateCheck {
	return []statecheck.StateCheck{
		statecheck.ExpectKnownValue(addressMany, tfjsonpath.New("accounts"), knownvalue.MapExact(accounts)),
		statecheck.ExpectKnownValue(addressMany, tfjsonpath.New("vpas"), knownvalue.MapExact(vpas)),
		statecheck.ExpectKnownValue(addressMany, tfjsonpath.New("not_active"), knownvalue.MapExact(notActive)),
		statecheck.ExpectKnownValue(addressMany, tfjsonpath.New("all_active"), knownvalue.Bool(false)),
		statecheck.ExpectSensitiveValue(addressMany, tfjsonpath.New("vpas")),
	}
}

func vendors(arguments string) string {
	return requirement + "data \"juspay_customer_accounts\" \"vendors\" {\n" + arguments + "\n}\n"
}

func TestAccCustomerAccounts_Named(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Put(juspaytest.NewAccount("cst_b 2", "banh_b").WithBankDetails().With("validation_status", "PENDING").With("validation_amount", "1.10").With("last_validated", nil))
	server.Put(juspaytest.NewAccount("cst_b 2", "banh_c"))
	accept(t, server, nil, resource.TestStep{
		Config: vendors(`
  customer_ids = { banh_a = "cst_a", banh_b = "cst_b 2", banh_c = "cst_b 2" }
  routing_ids  = { "cst_b 2" = "order-12", cst_a = null }
`),
		ConfigStateChecks: expectAccounts(map[string]knownvalue.Check{
			"banh_a": elementValues(nil),
			"banh_b": elementValues(map[string]knownvalue.Check{
				"customer_id":         knownvalue.StringExact("cst_b 2"),
				"customer_account_id": knownvalue.StringExact("banh_b"),
				"routing_id":          knownvalue.StringExact("order-12"),
				"validation_status":   knownvalue.StringExact("PENDING"),
				"validation_amount":   knownvalue.NumberExact(exactly("1.1")),
				"last_validated":      knownvalue.Null(),
			}),
			"banh_c": elementValues(map[string]knownvalue.Check{
				"customer_id":         knownvalue.StringExact("cst_b 2"),
				"customer_account_id": knownvalue.StringExact("banh_c"),
				"routing_id":          knownvalue.StringExact("order-12"),
			}),
		}, map[string]knownvalue.Check{"banh_a": knownvalue.StringExact(juspaytest.VPA), "banh_b": knownvalue.Null(), "banh_c": knownvalue.StringExact(juspaytest.VPA)},
			map[string]knownvalue.Check{"banh_b": knownvalue.StringExact("PENDING")}),
	})
	requested := map[string]bool{}
	for _, request := range server.Requests() {
		requested[request.Method+" "+request.Target+" "+request.Header.Get("X-Routing-Id")+" "+request.Key()] = true
	}
	want := map[string]bool{
		"GET /customers/cst_a/customer-accounts/banh_a cst_a " + juspaytest.APIKey:        true,
		"GET /customers/cst_b%202/customer-accounts/banh_b order-12 " + juspaytest.APIKey: true,
		"GET /customers/cst_b%202/customer-accounts/banh_c order-12 " + juspaytest.APIKey: true,
	}
	if !maps.Equal(requested, want) {
		t.Errorf("requested %v", requested)
	}
}

func TestAccCustomerAccounts_AllOfACustomer(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Put(juspaytest.NewAccount("cst_a", "banh_b").WithBankDetails().With("validation_status", "FAILURE"))
	server.Put(juspaytest.NewAccount("cst_other", "banh_other"))
	accept(t, server, nil, resource.TestStep{
		Config: vendors(`
  customer_id = "cst_a"
  routing_ids = { cst_a = "order-12" }
`),
		ConfigStateChecks: append(expectAccounts(map[string]knownvalue.Check{
			"banh_a": elementValues(map[string]knownvalue.Check{"routing_id": knownvalue.StringExact("order-12")}),
			"banh_b": elementValues(map[string]knownvalue.Check{
				"customer_account_id": knownvalue.StringExact("banh_b"),
				"routing_id":          knownvalue.StringExact("order-12"),
				"validation_status":   knownvalue.StringExact("FAILURE"),
			}),
		}, map[string]knownvalue.Check{"banh_a": knownvalue.StringExact(juspaytest.VPA), "banh_b": knownvalue.Null()},
			map[string]knownvalue.Check{"banh_b": knownvalue.StringExact("FAILURE")}),
			statecheck.ExpectKnownValue(addressMany, tfjsonpath.New("customer_id"), knownvalue.StringExact("cst_a")),
			statecheck.ExpectKnownValue(addressMany, tfjsonpath.New("customer_ids"), knownvalue.Null()),
		),
	})
	for _, request := range server.Requests() {
		if request.Target != "/customers/cst_a/customer-accounts/list" || request.Header.Get("X-Routing-Id") != "order-12" {
			t.Errorf("requested %s with %s", request.Target, request.Header.Get("X-Routing-Id"))
		}
	}
}

// readAccounts reads accounts as Terraform requests it, without the CLI.
func readAccounts(t *testing.T, api *juspaytest.Server, set tfObject) (tfObject, []*tfprotov6.Diagnostic) {
	t.Helper()
	server := protocolServer(map[string]string{"JUSPAY_API_KEY": juspaytest.APIKey, "JUSPAY_BASE_URL": api.URL})
	if diags := configure(t, server, false, map[string]tftypes.Value{"max_retries": number("0")}); len(diags) != 0 {
		t.Fatalf("got %q", summaries(diags))
	}
	return readMany(t, server, set)
}

func readMany(t testing.TB, server tfprotov6.ProviderServer, set tfObject) (tfObject, []*tfprotov6.Diagnostic) {
	t.Helper()
	resp, err := server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: "juspay_customer_accounts", Config: encodeAccounts(t, set)})
	if err != nil {
		t.Fatal(err)
	}
	return decodeAccounts(t, resp.State), resp.Diagnostics
}

func openMany(t testing.TB, server tfprotov6.ProviderServer, set tfObject) (tfObject, []*tfprotov6.Diagnostic) {
	t.Helper()
	resp, err := server.OpenEphemeralResource(t.Context(), &tfprotov6.OpenEphemeralResourceRequest{TypeName: "juspay_customer_accounts", Config: encodeAccounts(t, set)})
	if err != nil {
		t.Fatal(err)
	}
	return decodeAccounts(t, resp.Result), resp.Diagnostics
}

func decodeAccounts(t testing.TB, value *tfprotov6.DynamicValue) tfObject {
	t.Helper()
	decoded, err := value.Unmarshal(customerAccountsSchema().Type().TerraformType(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	return objectValue(decoded)
}

// Both ways to name accounts compute the same from the same accounts.
func TestCustomerAccountsValues_AllActive(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		statuses  []any // of the accounts of cst_x
		notActive map[string]any
		allActive bool
	}{
		"no account":           {nil, nil, false},
		"one active account":   {[]any{"ACTIVE"}, nil, true},
		"all accounts active":  {[]any{"ACTIVE", "ACTIVE"}, nil, true},
		"some accounts active": {[]any{"ACTIVE", "FAILURE", "CREATED"}, map[string]any{"banh_1": "FAILURE", "banh_2": "CREATED"}, false},
		"no status":            {[]any{"ACTIVE", nil}, map[string]any{"banh_1": nil}, false},
		"an empty status":      {[]any{"ACTIVE", ""}, map[string]any{"banh_1": nil}, false},
		"a new status":         {[]any{"ACTIVE", "RETIRED"}, map[string]any{"banh_1": "RETIRED"}, false},
		"another case":         {[]any{"active"}, map[string]any{"banh_0": "active"}, false},
	} {
		customerIDs, vpas := map[string]any{}, map[string]any{}
		for i := range test.statuses {
			id := fmt.Sprintf("banh_%d", i)
			customerIDs[id], vpas[id] = "cst_x", juspaytest.VPA
		}
		for mode, row := range map[string]struct {
			set      tfObject
			requests int
		}{
			"customer_ids": {tfObject{"customer_ids": texts(customerIDs)}, len(customerIDs)},
			"customer_id":  {tfObject{"customer_id": text("cst_x")}, 1},
		} {
			t.Run(name+", "+mode, func(t *testing.T) {
				t.Parallel()
				server := acctest.StartAPI(t)
				for i, status := range test.statuses {
					server.Put(juspaytest.NewAccount("cst_x", fmt.Sprintf("banh_%d", i)).With("validation_status", status))
				}
				state, diags := readAccounts(t, server, row.set)
				if len(diags) != 0 || len(server.Requests()) != row.requests {
					t.Errorf("%d requests, and %q", len(server.Requests()), summaries(diags))
				}
				if accounts := objectValue(state["accounts"]); len(accounts) != len(customerIDs) {
					t.Errorf("%d accounts", len(accounts))
				}
				wanted := tfObject{"all_active": tftypes.NewValue(tftypes.Bool, test.allActive), "not_active": texts(test.notActive), "vpas": texts(vpas)}
				for attribute, want := range wanted {
					if !state[attribute].Equal(want) {
						t.Errorf("%s is %s, want %s", attribute, state[attribute], want)
					}
				}
			})
		}
	}
}

func TestCustomerAccountsValues_WithoutVPAs(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]tfObject{"all of a customer": {"customer_id": text("cst_a")}, "named": {"customer_ids": texts(map[string]any{"banh_a": "cst_a"})}} {
		server := acctest.StartAPI(t)
		want, _ := readAccounts(t, server, set)
		want["vpas"] = tftypes.NewValue(stringMapType, nil)
		want["include_vpa"] = tftypes.NewValue(tftypes.Bool, false)
		set["include_vpa"] = want["include_vpa"]
		if got, diags := readAccounts(t, server, set); len(diags) != 0 || !maps.EqualFunc(got, want, tftypes.Value.Equal) {
			t.Errorf("%s: got %v, %q", name, got, summaries(diags))
		}
	}
}

func TestCustomerAccounts_IncompleteList(t *testing.T) {
	t.Parallel()
	const (
		a     = `{"object":"customer_account","customer_account_id":"banh_a","customer_id":"cst_a"}`
		named = "Set customer_ids instead of customer_id; each account is then read by itself."
	)
	for name, test := range map[string]struct {
		fault         juspaytest.Fault
		summary, want string
	}{
		"more than were sent": {juspaytest.Fault{Body: `{"list":[` + a + `],"total":2}`}, "List of accounts may be incomplete", "the list may be incomplete: the field total (2) is not the number of accounts in the list. It came from SERVER.\n\n" + named},
		"two with one id":     {juspaytest.Fault{Body: `{"list":[` + a + `,` + a + `]}`}, "Response is not an account list", `element 1 of the list, account "banh_a": it is in the list twice. It came from SERVER.` + "\n\nNothing of such a response is used. " + checkURL + " If that is right, report the request id to Juspay's support."},
		"too long":            {juspaytest.Fault{Body: strings.Repeat(" ", 2<<20)}, "Response too large", "SERVER responded with more than 1 MiB, which is some thousand accounts.\n\n" + named + " If the customer has fewer, a proxy or another service may have responded in Juspay's place."},
		"no such customer": {
			juspaytest.Fault{Status: 404, Body: juspayError("RESOURCE_NOT_FOUND", "None.")}, "Customer not found",
			"SERVER has no such customer.\n\nCheck customer_id. The customer may exist only in another environment, or may belong to another merchant than the API key.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			server.Fail(test.fault)
			_, diags := readAccounts(t, server, tfObject{"customer_id": text("cst_a")})
			if got := located(diags); !slices.Equal(got, []string{"customer_id: " + test.summary}) {
				t.Fatalf("got %q", got)
			}
			got, _, _ := strings.Cut(diags[0].Detail, "\n\n  ")
			checkText(t, strings.ReplaceAll(got, server.URL, "SERVER"), `The accounts of customer "cst_a" could not be read: `+test.want)
		})
	}
}

const manyNamed = `
variable "customer_ids" {
  type = map(string)
}
data "juspay_customer_accounts" "vendors" {
  customer_ids = var.customer_ids
}
`

// manyWorkspace is a directory with manyNamed and more, and n accounts that it
// names.
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
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, requirement+manyNamed+more))
	w.Write("terraform.tfvars.json", string(variables))
	return w
}

// Where the map is a literal, Terraform shows the account's own line.
func TestAccCustomerAccounts_FailureNamesItsAccount(t *testing.T) {
	t.Parallel()
	accept(t, acctest.StartAPI(t), nil, resource.TestStep{
		Config: vendors(`
  customer_ids = {
    banh_a    = "cst_a"
    banh_none = "cst_a"
  }
`),
		PlanOnly:    true,
		ExpectError: regexp.MustCompile(`(?s)Error: Customer account not found.*: +banh_none = "cst_a"\n.*Customer account "banh_none" of customer.*Path: accounts\["banh_none"\]`),
	})
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

// deferredArguments are all ways to name what is known after apply.
var deferredArguments = map[string]string{
	"an unknown customer": `customer_ids = { banh_a = terraform_data.made.output.customer, banh_b = "cst_a" }`,
	"an unknown account":  `customer_ids = { (terraform_data.made.output.account) = "cst_a" }`,
	"an unknown routing":  "customer_ids = { banh_a = \"cst_a\" }\n  routing_ids = { cst_a = terraform_data.made.output.customer }",
	"all of an unknown":   `customer_id = terraform_data.made.output.customer`,
	"a dependency":        "customer_ids = { banh_a = \"cst_a\" }\n  depends_on = [terraform_data.made]",
}

func TestAccCustomerAccounts_DeferredReadIsUnknown(t *testing.T) {
	t.Parallel()
	for name, arguments := range deferredArguments {
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
	arguments := deferredArguments["an unknown account"]
	bad := acctest.NewWorkspace(t, server, acctest.MainFile(t, requirement+fmt.Sprintf(deferred, "banh_failed", arguments)))
	bad.Run(0, "plan", "-no-color")
	acctest.CheckContains(t, bad.Run(1, "apply", "-auto-approve", "-no-color"), "Error: Resource postcondition failed", `Not ACTIVE: {"banh_failed":"FAILURE"}`)

	for _, condition := range []string{
		`!self.all_active`,
		`alltrue([for account in self.accounts : account.validation_status == "FAILURE"])`,
		`alltrue([for account in self.accounts : account.validation_status != "FAILURE"])`,
		`length(self.not_active) == 7`,
		`length(self.accounts) == 7`,
	} {
		configuration := strings.Replace(fmt.Sprintf(deferred, "banh_a", arguments), "self.all_active", condition, 1)
		acctest.NewWorkspace(t, server, acctest.MainFile(t, requirement+configuration)).Run(0, "plan", "-no-color")
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
		w := acctest.NewWorkspace(t, server, acctest.MainFile(t, requirement+fmt.Sprintf(deferred, "..", arguments)))
		w.Run(0, "plan", "-no-color")
		acctest.CheckContains(t, w.Run(1, "apply", "-auto-approve", "-no-color"), want)
		if n := len(server.Requests()); n != 0 {
			t.Errorf("%d requests were sent", n)
		}
	}
}

func TestAccCustomerAccounts_SensitiveIdentifiers(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Put(juspaytest.NewAccount("cst_secret", "banh_secret"))
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, vendors(`customer_ids = { banh_a = "cst_a", banh_secret = var.customer }`)+`
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
`))
	printed := w.Run(0, "apply", "-auto-approve", "-no-color")
	acctest.CheckContains(t, printed, `statuses = { "banh_a" = "ACTIVE" "banh_secret" = "ACTIVE" }`, "customers = <sensitive>")
	acctest.CheckLacks(t, "the output", printed, "cst_secret", juspaytest.VPA)
	if got := w.Output("customers"); !reflect.DeepEqual(got, map[string]any{"banh_a": "cst_a", "banh_secret": "cst_secret"}) {
		t.Errorf("got %v", got)
	}
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
	if got := w.Output("wrong"); !reflect.DeepEqual(got, []any{}) {
		t.Errorf("these have the values of another: %v", got)
	}
	if count, active := w.Output("count"), w.Output("all_active"); count != float64(n) || active != true {
		t.Errorf("%v accounts, all active: %v", count, active)
	}
	if requests := len(server.Requests()); requests != n {
		t.Errorf("%d requests", requests)
	}
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
	ctx, interrupt := context.WithCancel(t.Context())
	go func() {
		if err := server.WaitForRequests(t.Context(), 32); err != nil {
			t.Error(err)
		}
		interrupt()
	}()
	_, printed := w.TryRun(ctx, "plan", "-no-color")
	acctest.CheckContains(t, printed, "Error: Read canceled", "Of 1000 accounts,", "Terraform stopped the read before a response came. Run Terraform again. Nothing was changed.")
	if n := strings.Count(printed, "Error:"); n > 2 {
		t.Errorf("%d errors:\n%s", n, printed)
	}
	if n := len(server.Requests()); n > 33 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestCustomerAccountsValues_CapsWarnings(t *testing.T) {
	t.Parallel()
	for n, more := range map[int]string{20: "", 31: "There are 11 more such warnings."} {
		server := acctest.StartAPI(t)
		for id := range many(n, "") {
			server.Put(juspaytest.NewAccount("cst_many", id).With("last_validated", "last week"))
		}
		_, diags := readAccounts(t, server, tfObject{"customer_ids": texts(many(n, "cst_many"))})
		for i, d := range diags[:20] {
			if got, want := pathText(d.Attribute)+": "+d.Summary, fmt.Sprintf(`accounts["banh_%05d"].last_validated: Unexpected format of last_validated`, i); got != want || d.Severity != tfprotov6.DiagnosticSeverityWarning {
				t.Errorf("got %s %s", d.Severity, got)
			}
		}
		if more == "" && len(diags) != 20 || more != "" && (len(diags) != 21 || diags[20].Summary != "More warnings" || diags[20].Detail != more || diags[20].Severity != tfprotov6.DiagnosticSeverityWarning) {
			t.Errorf("%d accounts have %d warnings, the last is %+v", n, len(diags), diags[len(diags)-1])
		}
	}
}

// An element of accounts is an account as the other data source describes it.
func TestSchemas_SameAttributes(t *testing.T) {
	t.Parallel()
	want := maps.Clone(customerAccountSchema().Attributes)
	delete(want, "vpa")
	for name := range readAttributes("") {
		delete(want, name)
	}
	if got, want := accountType, attrTypes(want); !maps.EqualFunc(got.AttrTypes, want, attr.Type.Equal) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// The framework has no descriptions for the attributes of a map's objects, so the
// page has them.
func TestSchemas_DescribeEveryAttribute(t *testing.T) {
	t.Parallel()
	page := readTemplate(t, "data-sources/customer_accounts.md.tmpl")
	for name := range accountType.AttrTypes {
		if !strings.Contains(page, "\n| `"+name+"` | ") {
			t.Errorf("%s is not in the table", name)
		}
	}
	if got, want := strings.Count(page, "\n| `"), len(accountType.AttrTypes); got != want {
		t.Errorf("%d attributes are in the table, want %d", got, want)
	}
}
