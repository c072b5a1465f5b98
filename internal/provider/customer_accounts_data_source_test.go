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

// elementValues are what the reference page's answer becomes in a map.
func elementValues(changes map[string]knownvalue.Check) knownvalue.Check {
	values := referenceValues()
	delete(values, "vpa")
	maps.Copy(values, changes)
	return knownvalue.ObjectExact(values)
}

func expectAccounts(accounts, statuses, vpas map[string]knownvalue.Check) []statecheck.StateCheck {
	return []statecheck.StateCheck{
		statecheck.ExpectKnownValue(addressMany, tfjsonpath.New("validation_statuses"), knownvalue.MapExact(statuses)),
		statecheck.ExpectKnownValue(addressMany, tfjsonpath.New("accounts"), knownvalue.MapExact(accounts)),
		statecheck.ExpectKnownValue(addressMany, tfjsonpath.New("vpas"), knownvalue.MapExact(vpas)),
		statecheck.ExpectSensitiveValue(addressMany, tfjsonpath.New("vpas")),
	}
}

func TestAccNamedAccounts(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Put(juspaytest.NewAccount("cst_b/2", "banh_b").WithBankDetails().With("validation_status", "PENDING").With("validation_amount", "1.10").With("last_validated", nil))
	accept(t, server, nil, resource.TestStep{
		Config: requirement + `
data "juspay_customer_accounts" "vendors" {
  accounts = {
    acme = { customer_id = "cst_a", customer_account_id = "banh_a" }
    bank = { customer_id = "cst_b/2", customer_account_id = "banh_b", routing_id = "order-12" }
  }
}
`,
		ConfigStateChecks: expectAccounts(map[string]knownvalue.Check{
			"acme": elementValues(nil),
			"bank": elementValues(map[string]knownvalue.Check{
				"customer_id":         knownvalue.StringExact("cst_b/2"),
				"customer_account_id": knownvalue.StringExact("banh_b"),
				"routing_id":          knownvalue.StringExact("order-12"),
				"validation_status":   knownvalue.StringExact("PENDING"),
				"validation_amount":   knownvalue.NumberExact(exactly("1.1")),
				"last_validated":      knownvalue.Null(),
			}),
		}, map[string]knownvalue.Check{"acme": knownvalue.StringExact("ACTIVE"), "bank": knownvalue.StringExact("PENDING")},
			map[string]knownvalue.Check{"acme": knownvalue.StringExact("4225246777@yesg"), "bank": knownvalue.Null()}),
	})
	asked := map[string]bool{}
	for _, request := range server.Requests() {
		asked[request.Method+" "+request.Target+" "+request.Header.Get("X-Routing-Id")+" "+request.Key()] = true
	}
	want := map[string]bool{
		"GET /customers/cst_a/customer-accounts/banh_a cst_a " + juspaytest.APIKey:        true,
		"GET /customers/cst_b%2F2/customer-accounts/banh_b order-12 " + juspaytest.APIKey: true,
	}
	if !maps.Equal(asked, want) {
		t.Errorf("asked %v", asked)
	}
}

func TestAccAllAccountsOfACustomer(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Put(juspaytest.NewAccount("cst_a", "banh_b").WithBankDetails().With("validation_status", "FAILURE"))
	server.Put(juspaytest.NewAccount("cst_other", "banh_other"))
	accept(t, server, nil, resource.TestStep{
		Config: requirement + `
data "juspay_customer_accounts" "vendors" {
  customer_id = "cst_a"
  routing_id  = "order-12"
}
`,
		ConfigStateChecks: append(expectAccounts(map[string]knownvalue.Check{
			"banh_a": elementValues(map[string]knownvalue.Check{"routing_id": knownvalue.StringExact("order-12")}),
			"banh_b": elementValues(map[string]knownvalue.Check{
				"customer_account_id": knownvalue.StringExact("banh_b"),
				"routing_id":          knownvalue.StringExact("order-12"),
				"validation_status":   knownvalue.StringExact("FAILURE"),
			}),
		}, map[string]knownvalue.Check{"banh_a": knownvalue.StringExact("ACTIVE"), "banh_b": knownvalue.StringExact("FAILURE")},
			map[string]knownvalue.Check{"banh_a": knownvalue.StringExact("4225246777@yesg"), "banh_b": knownvalue.Null()}),
			statecheck.ExpectKnownValue(addressMany, tfjsonpath.New("customer_id"), knownvalue.StringExact("cst_a")),
			statecheck.ExpectKnownValue(addressMany, tfjsonpath.New("routing_id"), knownvalue.StringExact("order-12")),
		),
	})
	for _, request := range server.Requests() {
		if request.Target != "/customers/cst_a/customer-accounts/list" || request.Header.Get("X-Routing-Id") != "order-12" {
			t.Errorf("asked %s for %s", request.Target, request.Header.Get("X-Routing-Id"))
		}
	}
}

var none = map[string]knownvalue.Check{}

func TestAccWithoutVPAsThereIsNoMapOfThem(t *testing.T) {
	t.Parallel()
	for name, configuration := range map[string]string{"all of a customer": "  customer_id = \"cst_a\"\n", "named": "  accounts = { banh_a = { customer_id = \"cst_a\", customer_account_id = \"banh_a\" } }\n"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			accept(t, acctest.StartAPI(t), nil, resource.TestStep{
				Config: requirement + "data \"juspay_customer_accounts\" \"vendors\" {\n" + configuration + "  include_vpa = false\n}\n",
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(addressMany, tfjsonpath.New("vpas"), knownvalue.Null()),
					statecheck.ExpectKnownValue(addressMany, tfjsonpath.New("accounts"), knownvalue.MapExact(map[string]knownvalue.Check{"banh_a": elementValues(nil)})),
				},
			})
		})
	}
}

func TestAccACustomerWithoutAccountsHasNone(t *testing.T) {
	t.Parallel()
	accept(t, acctest.StartAPI(t), nil, resource.TestStep{
		Config:            requirement + "data \"juspay_customer_accounts\" \"vendors\" {\n  customer_id = \"cst_none\"\n}\n",
		ConfigStateChecks: expectAccounts(none, none, none),
	})
}

func TestAccAnEmptyMapReadsNothing(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	accept(t, server, nil, resource.TestStep{
		Config:            requirement + "data \"juspay_customer_accounts\" \"vendors\" {\n  accounts = {}\n}\n",
		ConfigStateChecks: expectAccounts(none, none, none),
	})
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestAccTheSameAccountUnderTwoKeysIsOneRequest(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, requirement+`
data "juspay_customer_accounts" "vendors" {
  accounts = {
    one = { customer_id = "cst_a", customer_account_id = "banh_a" }
    two = { customer_id = "cst_a", customer_account_id = "banh_a", routing_id = "cst_a" }
  }
}
output "same" {
  value = data.juspay_customer_accounts.vendors.accounts["one"] == data.juspay_customer_accounts.vendors.accounts["two"]
}
`))
	acctest.CheckContains(t, w.Run(0, "plan", "-no-color"), "+ same = true")
	if n := len(server.Requests()); n != 1 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestAccAListThatIsNotWholeIsAnError(t *testing.T) {
	t.Parallel()
	const a = `{"object":"customer_account","customer_account_id":"banh_a"}`
	for name, test := range map[string]struct {
		fault juspaytest.Fault
		want  []string
	}{
		"more than were sent":  {juspaytest.Fault{Body: `{"list":[` + a + `],"total":2}`}, []string{"List of accounts may be incomplete", `The accounts of customer "cst_a" could not be read`, "its total is 2, and it holds 1", "List the accounts in customer_ids"}},
		"two with one id":      {juspaytest.Fault{Body: `{"list":[` + a + `,` + a + `]}`}, []string{"Response is not an account list", `the account "banh_a" is there twice`}},
		"one without an id":    {juspaytest.Fault{Body: `{"list":[{"object":"customer_account"}]}`}, []string{"Response is not an account list", "valid customer_account_id"}},
		"no list":              {juspaytest.Fault{Body: a}, []string{"Response is not an account list", "the response has no array list"}},
		"no JSON":              {juspaytest.Fault{Body: "<html>"}, []string{"Response is not JSON"}},
		"too long":             {juspaytest.Fault{Body: strings.Repeat(" ", 2<<20)}, []string{"Response too large", "some thousand accounts", "List the accounts in customer_ids"}},
		"no such customer":     {juspaytest.Fault{Status: 404, Body: juspayError("RESOURCE_NOT_FOUND", "None.")}, []string{"Customer not found", "has no such customer", "Check customer_id."}},
		"a key that is not it": {juspaytest.Fault{Status: 401, Body: juspayError("UNAUTHORIZED", "No.")}, []string{"API key rejected"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			server.Fail(test.fault)
			accept(t, server, nil, resource.TestStep{
				Config:      requirement + oneRetry + "data \"juspay_customer_accounts\" \"vendors\" {\n  customer_id = \"cst_a\"\n}\n",
				PlanOnly:    true,
				ExpectError: saysAll(test.want),
			})
		})
	}
}

const manyNamed = `
variable "accounts" {
  type = map(object({
    customer_id         = string
    customer_account_id = string
  }))
}
data "juspay_customer_accounts" "vendors" {
  accounts = var.accounts
}
`

// manyWorkspace is a folder with manyNamed and more, and n accounts that it names.
func manyWorkspace(t *testing.T, server *juspaytest.Server, n int, more string) *acctest.Workspace {
	t.Helper()
	named := map[string]map[string]string{}
	for i := range n {
		id := fmt.Sprintf("banh_%d", i)
		server.Put(juspaytest.NewAccount("cst_many", id).With("account_details", map[string]any{"vpa": fmt.Sprintf("user%d@bank", i)}))
		named[fmt.Sprintf("vendor-%04d", i)] = map[string]string{"customer_id": "cst_many", "customer_account_id": id}
	}
	variables, err := json.Marshal(map[string]any{"accounts": named})
	if err != nil {
		t.Fatal(err)
	}
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, requirement+manyNamed+more))
	w.Write("terraform.tfvars.json", string(variables))
	return w
}

func TestAccEveryAccountThatFailsIsTold(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := manyWorkspace(t, server, 40, oneRetry)
	for i := range 30 {
		code, status := "RESOURCE_NOT_FOUND", 404
		if i >= 27 {
			code, status = "INVALID_INPUT", 400
		}
		server.Fail(juspaytest.Fault{CustomerAccountID: fmt.Sprintf("banh_%d", i), Status: status, Body: juspayError(code, "No.")})
	}
	printed := w.Run(1, "plan", "-no-color", "-out=saved.plan")
	if n := strings.Count(printed, "Error: Customer account not found"); n != 20 {
		t.Errorf("%d accounts are told in full", n)
	}
	acctest.CheckContains(t, printed,
		`Customer account "banh_0" of customer "cst_many" could not be read: `+server.URL+` has no such account for this customer. Check both ids.`,
		`HTTP status: 404 Juspay's code: RESOURCE_NOT_FOUND Juspay's message: "No." Request id: b2e0fd33-7655-4778-83a8-5179ed21b0b7 Attempts: 1 Path: accounts["vendor-0000"]`,
		`Path: accounts["vendor-0019"]`,
		`Error: More accounts not read`,
		`Of 40 accounts, 10 were read and 30 were not. Beside those reported in full: 7 times "Customer account not found", 3 times "Request rejected as malformed".`)
	acctest.CheckLacks(t, "the output", printed, `accounts["vendor-0020"]`)
}

// Where the map is written out, Terraform points at the account's own lines.
func TestAccAFailureIsOnItsAccount(t *testing.T) {
	t.Parallel()
	accept(t, acctest.StartAPI(t), nil, resource.TestStep{
		Config: requirement + `
data "juspay_customer_accounts" "vendors" {
  accounts = {
    acme = { customer_id = "cst_a", customer_account_id = "banh_a" }
    none = { customer_id = "cst_a", customer_account_id = "banh_none" }
  }
}
`,
		PlanOnly:    true,
		ExpectError: regexp.MustCompile(`(?s)Error: Customer account not found.*none = \{ customer_id = "cst_a", customer_account_id = "banh_none" \}.*Path: accounts\["none"\]`),
	})
}

const deferred = `
resource "terraform_data" "made" {
  input = "%s"
}
data "juspay_customer_accounts" "vendors" {
  accounts = { acme = { customer_id = "cst_a", customer_account_id = terraform_data.made.output } }
%s
}
`

func TestAccAccountsThatAreMadeInTheSameApply(t *testing.T) {
	t.Parallel()
	accept(t, acctest.StartAPI(t), nil, resource.TestStep{
		Config:            requirement + fmt.Sprintf(deferred, "banh_a", ""),
		ConfigPlanChecks:  resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectUnknownValue(addressMany, tfjsonpath.New("validation_statuses"))}},
		ConfigStateChecks: expectAccounts(map[string]knownvalue.Check{"acme": elementValues(nil)}, map[string]knownvalue.Check{"acme": knownvalue.StringExact("ACTIVE")}, map[string]knownvalue.Check{"acme": knownvalue.StringExact("4225246777@yesg")}),
	})
}

// While a read waits for apply, older CLIs show what the elements will be as null
// instead of unknown, so that conditions on them fail; the statuses are unknown.
func TestAccConditionsOnStatusesWaitForAReadDuringApply(t *testing.T) {
	t.Parallel()
	postcondition := func(condition string) string {
		return "  lifecycle {\n    postcondition {\n      condition     = " + condition + "\n      error_message = \"Not ACTIVE.\"\n    }\n  }\n"
	}
	onStatuses := postcondition(`alltrue([for status in self.validation_statuses : status == "ACTIVE"])`)
	server := acctest.StartAPI(t)
	server.Put(juspaytest.NewAccount("cst_a", "banh_failed").With("validation_status", "FAILURE"))
	good := acctest.NewWorkspace(t, server, acctest.MainFile(t, requirement+fmt.Sprintf(deferred, "banh_a", onStatuses)))
	acctest.CheckContains(t, good.Run(0, "apply", "-auto-approve", "-no-color"), "1 added")

	bad := acctest.NewWorkspace(t, server, acctest.MainFile(t, requirement+fmt.Sprintf(deferred, "banh_failed", onStatuses)))
	bad.Run(0, "plan", "-no-color")
	acctest.CheckContains(t, bad.Run(1, "apply", "-auto-approve", "-no-color"), "Error: Resource postcondition failed", "Not ACTIVE.")

	onElements := postcondition(`alltrue([for account in self.accounts : account.validation_status == "ACTIVE"])`)
	elements := acctest.NewWorkspace(t, server, acctest.MainFile(t, requirement+fmt.Sprintf(deferred, "banh_a", onElements)))
	if has, _ := acctest.Has(t, acctest.UnknownElements); has {
		elements.Run(0, "plan", "-no-color")
		return
	}
	acctest.CheckContains(t, elements.Run(1, "plan", "-no-color"), "Error: Resource postcondition failed", "Not ACTIVE.")
}

func TestAccSensitiveIdentifiersStaySensitive(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Put(juspaytest.NewAccount("cst_secret", "banh_secret"))
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, requirement+`
variable "customer" {
  type      = string
  sensitive = true
  default   = "cst_secret"
}
data "juspay_customer_accounts" "vendors" {
  accounts = {
    acme   = { customer_id = "cst_a", customer_account_id = "banh_a" }
    secret = { customer_id = var.customer, customer_account_id = "banh_secret" }
  }
}
output "statuses" {
  value = { for key, account in data.juspay_customer_accounts.vendors.accounts : key => account.validation_status }
}
output "customers" {
  value     = [for account in data.juspay_customer_accounts.vendors.accounts : account.customer_id]
  sensitive = true
}
`))
	printed := w.Run(0, "apply", "-auto-approve", "-no-color")
	acctest.CheckContains(t, printed, `statuses = { "acme" = "ACTIVE" "secret" = "ACTIVE" }`, "customers = <sensitive>")
	acctest.CheckLacks(t, "the output", printed, "cst_secret", juspaytest.VPA)
	if got := w.Output("customers"); !reflect.DeepEqual(got, []any{"cst_a", "cst_secret"}) {
		t.Errorf("got %v", got)
	}
	unmarked := manyWorkspace(t, server, 1, "output \"vpas\" {\n  value = data.juspay_customer_accounts.vendors.vpas\n}\n")
	acctest.CheckContains(t, unmarked.Run(1, "plan", "-no-color"), "Error: Output refers to sensitive values")
}

func TestAccThousandsOfAccountsAreReadTheSameWayTwice(t *testing.T) {
	t.Parallel()
	const n = 2000
	server := acctest.StartAPI(t)
	w := manyWorkspace(t, server, n, `
output "wrong" {
  value = [for i, key in keys(var.accounts) : key if nonsensitive(data.juspay_customer_accounts.vendors.vpas[key]) != "user${i}@bank" || data.juspay_customer_accounts.vendors.accounts[key].customer_account_id != "banh_${i}"]
}
output "count" {
  value = length(data.juspay_customer_accounts.vendors.accounts)
}
`)
	w.Run(0, "apply", "-auto-approve", "-no-color")
	if got := w.Output("wrong"); !reflect.DeepEqual(got, []any{}) {
		t.Errorf("these have the values of another: %v", got)
	}
	if got := w.Output("count"); got != float64(n) {
		t.Errorf("%v accounts", got)
	}
	if requests, connections := len(server.Requests()), server.Connections(); requests != n || connections > 32 {
		t.Errorf("%d requests over %d connections", requests, connections)
	}
	// 0 is: nothing has changed.
	w.Run(0, "plan", "-no-color", "-detailed-exitcode")
	w.Run(0, "plan", "-no-color", "-out=one.plan")
	w.Run(0, "plan", "-no-color", "-out=two.plan")
	one, two := w.Run(0, "show", "-json", "one.plan"), w.Run(0, "show", "-json", "two.plan")
	written := regexp.MustCompile(`"timestamp":"[^"]*"`)
	if written.ReplaceAllString(one, "") != written.ReplaceAllString(two, "") {
		t.Error("two plans differ")
	}
}

func TestAccInterruptingALargeReadEndsIt(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := manyWorkspace(t, server, 1000, "")
	server.Fail(juspaytest.Fault{CustomerAccountID: "banh_0", Times: 1, Body: juspaytest.NewAccount("cst_many", "banh_0")}, juspaytest.Fault{Delay: time.Hour})
	ctx, interrupt := context.WithCancel(t.Context())
	go func() {
		for len(server.Requests()) < 32 {
			time.Sleep(10 * time.Millisecond)
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

func TestAccAThrottledReadFailsNoAccount(t *testing.T) {
	t.Parallel()
	const n, perSecond = 200, 40 // few enough that a slow machine is throttled too
	server := acctest.StartAPI(t)
	w := manyWorkspace(t, server, n, "")
	server.Throttle(perSecond)
	w.Run(0, "plan", "-no-color")
	throttled := server.Throttled()
	if requests := len(server.Requests()); requests != n+throttled {
		t.Errorf("%d requests, of which %d were refused", requests, throttled)
	}
	// Each refusal makes all wait: only what was under way gets one.
	if throttled == 0 || throttled > (n/perSecond+1)*32 {
		t.Errorf("%d requests were refused", throttled)
	}
}

func TestAccWarningsAreNotRepeatedForever(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := manyWorkspace(t, server, 30, "")
	for i := range 30 {
		server.Put(juspaytest.NewAccount("cst_many", fmt.Sprintf("banh_%d", i)).With("last_validated", "last week"))
	}
	printed := w.Run(0, "plan", "-json")
	if n := strings.Count(printed, `"summary":"Unexpected form of last_validated"`); n != 20 {
		t.Errorf("%d warnings", n)
	}
	acctest.CheckContains(t, printed, "There are 10 more warnings like those before.")
}

// Both data sources tell the same of the same account.
func TestBothDataSourcesHaveTheSameAttributes(t *testing.T) {
	t.Parallel()
	one, many := customerAccountSchema().Attributes, customerAccountAttributes(true)
	for name, attribute := range one {
		if _, onlyOnce := readAttributes("")[name]; onlyOnce || name == "vpa" {
			continue
		}
		if many[name] == nil || many[name].GetMarkdownDescription() != attribute.GetMarkdownDescription() || !many[name].GetType().Equal(attribute.GetType()) {
			t.Errorf("%s differs", name)
		}
		delete(many, name)
	}
	if len(many) != 0 {
		t.Errorf("only in the map: %v", slices.Collect(maps.Keys(many)))
	}
	for name, attribute := range customerAccountsSchema().Attributes {
		if attribute.IsSensitive() != (name == "vpas") {
			t.Errorf("%s: sensitive is %t", name, attribute.IsSensitive())
		}
	}
}
