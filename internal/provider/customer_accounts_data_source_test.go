// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

const addressMany = "data.juspay_customer_accounts.vendors"

func vendors(arguments string) string {
	return "data \"juspay_customer_accounts\" \"vendors\" {\n" + arguments + "\n}\n"
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
	w := newWorkspace(t, server, "variable \"customer_ids\" {\n  type = map(string)\n}\n"+vendors("  customer_ids = var.customer_ids")+more)
	w.Write("terraform.tfvars.json", check.MustJSON(map[string]any{"customer_ids": customerIDs}))
	return w
}

// Where the map is a literal, Terraform shows the account's own line.
func TestAccCustomerAccounts_FailureNamesItsAccount(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, acctest.StartAPI(t), vendors("customer_ids = {\n banh_a = \"cst_a\"\n banh_none = \"cst_a\"\n}"))
	check.Contains(t, "the output of plan", w.Plan(1), "Error: Customer account not found", `: banh_none = "cst_a"`,
		`Customer account "banh_none" of customer`)
}

// deferredConfiguration reads an account whose customer, id or both are known after apply.
const deferredConfiguration = `
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
			runSteps(t, server, nil, resource.TestStep{
				Config:            acctest.Requirement + fmt.Sprintf(deferredConfiguration, "banh_a", arguments),
				ConfigPlanChecks:  resource.ConfigPlanChecks{PreApply: unknown},
				ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(addressMany, tfjsonpath.New("all_active"), knownvalue.Bool(true))},
			})
		})
	}
}

// While a read is deferred, no condition on it passes or fails, whatever it tests.
func TestAccCustomerAccounts_ConditionsOfADeferredRead(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Put(juspaytest.NewAccount("cst_a", "banh_failed").With("validation_status", "FAILURE"))
	bad := newWorkspace(t, server, fmt.Sprintf(deferredConfiguration, "banh_failed", unknownAccount))
	bad.Run(0, "plan", "-no-color")
	check.Contains(t, "the output of apply", bad.Run(1, "apply", "-auto-approve", "-no-color"),
		"Error: Resource postcondition failed", `Not ACTIVE: {"banh_failed":"FAILURE"}`)

	for _, condition := range []string{
		`!self.all_active`,
		`alltrue([for account in self.accounts : account.validation_status == "FAILURE"])`,
		`alltrue([for account in self.accounts : account.validation_status != "FAILURE"])`,
		`length(self.not_active) == 7`,
		`length(self.accounts) == 7`,
	} {
		configuration := strings.Replace(fmt.Sprintf(deferredConfiguration, "banh_a", unknownAccount), "self.all_active", condition, 1)
		newWorkspace(t, server, configuration).Run(0, "plan", "-no-color")
	}
}

// A value that was unknown when the configuration was validated is validated before it
// is read.
func TestAccCustomerAccounts_ValidatesDeferredArguments(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ arguments, want string }{
		"a customer_id in customer_ids": {
			`customer_ids = { banh_a = terraform_data.made.output.account }`,
			`The value of customer_ids["banh_a"], a customer_id, must not be "." or "..", which mean`,
		},
		"a key of routing_ids": {
			"customer_ids = { banh_a = \"cst_a\" }\n  routing_ids = { (terraform_data.made.output.account) = \"x\" }",
			`The key of routing_ids[".."] is not a customer_id whose accounts are read.`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			w := newWorkspace(t, server, fmt.Sprintf(deferredConfiguration, "..", row.arguments))
			w.Run(0, "plan", "-no-color")
			check.Contains(t, "the output of apply", w.Run(1, "apply", "-auto-approve", "-no-color"), row.want)
			checkRequests(t, server, 0)
		})
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
	printed := w.Apply(0)
	check.Contains(t, "the output", printed, `statuses = { "banh_a" = "ACTIVE" "banh_secret" = "ACTIVE" }`, "customers = <sensitive>")
	check.Lacks(t, "the output", printed, "cst_secret", juspaytest.VPA)
	check.Equal(t, "customers", w.Output("customers"), any(map[string]any{"banh_a": "cst_a", "banh_secret": "cst_secret"}))
	unmarked := manyWorkspace(t, server, 1, "output \"vpas\" {\n  value = data.juspay_customer_accounts.vendors.vpas\n}\n")
	check.Contains(t, "the output of plan", unmarked.Plan(1), "Error: Output refers to sensitive values")
}

func TestAccCustomerAccounts_TenThousandTwice(t *testing.T) {
	t.Parallel()
	const n = 10_000
	server := acctest.StartAPI(t)
	w := manyWorkspace(t, server, n, `
output "wrong" {
  value = [
    for i, key in keys(var.customer_ids) : key
    if nonsensitive(data.juspay_customer_accounts.vendors.vpas)[key] != "user${i}@bank" ||
    data.juspay_customer_accounts.vendors.accounts[key].customer_account_id != key
  ]
}
output "count" {
  value = length(data.juspay_customer_accounts.vendors.accounts)
}
output "all_active" {
  value = data.juspay_customer_accounts.vendors.all_active
}
`)
	w.Apply(0)
	for output, want := range map[string]any{"wrong": []any{}, "count": float64(n), "all_active": true} {
		check.Equal(t, output, w.Output(output), want)
	}
	checkRequests(t, server, n)
	// 0 is: nothing has changed.
	w.Plan(0, "-detailed-exitcode", "-out=one.plan")
	w.Plan(0, "-out=two.plan")
	one, two := w.Run(0, "show", "-json", "one.plan"), w.Run(0, "show", "-json", "two.plan")
	timestampRE := regexp.MustCompile(`"timestamp":"[^"]*"`)
	if timestampRE.ReplaceAllString(one, "") != timestampRE.ReplaceAllString(two, "") {
		t.Error("got two plans that differ by more than the time, want the same")
	}
}

func TestAccCustomerAccounts_InterruptEndsALargeRead(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := manyWorkspace(t, server, 1000, "")
	server.Fail(juspaytest.Fault{CustomerAccountID: "banh_0000", Times: 1, Body: juspaytest.NewAccount("cst_many", "banh_0000")},
		juspaytest.Fault{Delay: time.Hour})
	ctx, interrupt := context.WithCancel(t.Context())
	go func() {
		check.NoError(t, "waiting for requests", server.WaitForRequests(t.Context(), 32))
		interrupt()
	}()
	_, printed := w.TryRun(ctx, "plan", "-no-color")
	check.Contains(t, "the output", printed, "Error: Read canceled", "Of 1000 accounts,", "Terraform stopped the read before it ended.")
	if n := strings.Count(printed, "Error:"); n > 2 {
		t.Errorf("got %d errors, want at most 2:\n%s", n, printed)
	}
	check.Within(t, "the number of requests", len(server.Requests()), 32, 33)
}

// How many requests are throttled depends on the machine; TestThrottling bounds
// them in virtual time.
func TestAccCustomerAccounts_ThrottlingFailsNone(t *testing.T) {
	t.Parallel()
	for name, throttle := range map[string]func(*juspaytest.Server){
		"40 requests in each second":      func(s *juspaytest.Server) { s.Throttle(40) },
		"40 requests/s with a burst of 5": func(s *juspaytest.Server) { s.ThrottleBucket(429, 40, 5) },
		"503, as nginx does by default":   func(s *juspaytest.Server) { s.ThrottleBucket(503, 40, 20) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			w := manyWorkspace(t, server, 200, "")
			throttle(server)
			check.Contains(t, "the output of plan", w.Plan(0), "No changes.")
			if server.Throttled() == 0 {
				t.Error("got no request that was throttled, want at least one")
			}
			checkRequests(t, server, 200+server.Throttled())
		})
	}
}

// Accounts that fail are named, and the others are read once. Before each account that fails, others are read, and
// eight times as many follow as are in flight. Otherwise a page of a firewall may be the first response, and the
// limiter could not tell a server that throttles from accounts that are throttled: rows of TestThrottling show that.
func TestAccCustomerAccounts_FailAlone(t *testing.T) {
	t.Parallel()
	const accounts = 600
	for name, test := range map[string]struct {
		failing, minAttempts, maxAttempts int
		fault                             juspaytest.Fault
		want                              []string
	}{
		"one account that is throttled": {1, 2, 8, juspaytest.Fault{Status: 429}, []string{"Error: Requests throttled", "HTTP status: 429"}},
		"eight accounts that are throttled": {8, 2, 12, juspaytest.Fault{Status: 429}, []string{"Error: Requests throttled", "HTTP status: 429",
			"8 accounts could not be read", "Of 600 accounts, 592 were read and 8 were not."}},
		"one account that a firewall blocks": {1, 3, 3, juspaytest.Fault{Status: 403, Body: "<html>Blocked</html>"}, []string{"Error: Response not from Juspay",
			"HTTP status: 403", "Attempts: 3"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			w := manyWorkspace(t, server, accounts, providerBlock("  max_retries = 2"))
			want := test.want
			for i := range test.failing {
				fault := test.fault
				fault.CustomerAccountID = fmt.Sprintf("banh_%04d", 60+40*i)
				server.Fail(fault)
				named := "Customer account %q of customer \"cst_many\" could not be read"
				if test.failing > 1 {
					named = "accounts[%q] of customer \"cst_many\""
				}
				want = append(want, fmt.Sprintf(named, fault.CustomerAccountID))
			}
			printed := w.Plan(1)
			check.ContainsEach(t, "the output", printed, want)
			check.Equal(t, "the number of errors", strings.Count(printed, "Error: "), 1) // accounts that fail alike are one error
			check.Within(t, "the number of requests", len(server.Requests()), accounts+test.failing*(test.minAttempts-1),
				accounts+test.failing*(test.maxAttempts-1))
		})
	}
}

// Accounts that all belong to another environment are one error, and not one for each account.
func TestAccCustomerAccounts_NoneExistsIsReportedOnce(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := manyWorkspace(t, server, 200, providerBlock(""))
	server.Fail(juspaytest.Fault{Status: 404, Body: juspaytest.Error("error", "not_found", "RESOURCE_NOT_FOUND", "No.", "No.")})
	printed := w.Plan(1)
	check.Contains(t, "the output", printed,
		"Error: Customer account not found", "None of the first 32 accounts exists: does the API key belong to this environment?",
		"HTTP status: 404")
	checkOneError(t, printed)
	check.Within(t, "the number of requests", len(server.Requests()), 32, 64)
}

func TestAccCustomerAccounts_RejectedKeyIsReportedOnce(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := manyWorkspace(t, server, 200, providerBlock("  max_concurrent_requests = 4"))
	server.AcceptKeys("fake-key-of-somebody-else")
	printed := w.Plan(1)
	check.Contains(t, "the output", printed, "Error: API key rejected", ` of 200 accounts (such as accounts["banh_0`,
		"could not be read: "+server.URL+" did not accept the API key.", " more were not read)",
		"The key comes from the environment variable JUSPAY_API_KEY.", "HTTP status: 401", "Attempts: 1")
	checkOneError(t, printed)
	check.Within(t, "the number of requests", len(server.Requests()), 1, 4)
}
