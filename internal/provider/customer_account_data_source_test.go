// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// accept runs steps with the real CLI and a provider that reads from server
// unless the configuration or env says otherwise.
func accept(t *testing.T, server *juspaytest.Server, env map[string]string, steps ...resource.TestStep) {
	t.Helper()
	environment := map[string]string{"JUSPAY_API_KEY": juspaytest.APIKey, "JUSPAY_BASE_URL": server.URL}
	for name, value := range env {
		environment[name] = value
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: map[string]func() (tfprotov6.ProviderServer, error){
			"juspay": providerserver.NewProtocol6WithError(newWithEnvironment("1.2.3", environ(environment))()),
		},
		Steps: steps,
	})
}

// requirement is what a configuration that is not an example begins with.
const requirement = `
terraform {
  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
  }
}
`

const oneRetry = `
provider "juspay" {
  max_retries     = 1
  request_timeout = "2s"
}
`

const accountA = `
data "juspay_customer_account" "a" {
  customer_id         = "cst_a"
  customer_account_id = "banh_a"
}
`

const addressA = "data.juspay_customer_account.a"

// referenceValues are what the reference page's answer becomes.
func referenceValues() map[string]knownvalue.Check {
	return map[string]knownvalue.Check{
		"customer_id":         knownvalue.StringExact("cst_a"),
		"customer_account_id": knownvalue.StringExact("banh_a"),
		"routing_id":          knownvalue.StringExact("cst_a"),
		"vpa":                 knownvalue.StringExact("4225246777@yesg"),
		"validation_status":   knownvalue.StringExact("ACTIVE"),
		"validation_amount":   knownvalue.NumberExact(big.NewFloat(1)),
		"currency":            knownvalue.StringExact("INR"),
		"date_created":        knownvalue.StringExact("2023-06-06T13:29:49Z"),
		"last_validated":      knownvalue.StringExact("2023-06-06T13:29:53Z"),
	}
}

// expectAccount checks every attribute, with changes to the reference values.
func expectAccount(changes map[string]knownvalue.Check) []statecheck.StateCheck {
	values := referenceValues()
	for name, check := range changes {
		values[name] = check
	}
	var checks []statecheck.StateCheck
	for name, check := range values {
		checks = append(checks, statecheck.ExpectKnownValue(addressA, tfjsonpath.New(name), check))
	}
	return checks
}

// says matches text wherever Terraform breaks its lines.
func says(text string) *regexp.Regexp {
	return regexp.MustCompile(strings.ReplaceAll(regexp.QuoteMeta(text), " ", `\s+`))
}

func TestAccEveryAttribute(t *testing.T) {
	t.Parallel()
	accept(t, acctest.StartAPI(t), nil, resource.TestStep{
		Config:            requirement + accountA,
		ConfigStateChecks: expectAccount(nil),
	})
}

func TestAccStatuses(t *testing.T) {
	t.Parallel()
	for _, status := range append(juspay.ValidationStatuses(), "SOMETHING_NEW") {
		t.Run(string(status), func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			server.Put(juspaytest.NewAccount("cst_a", "banh_a").With("validation_status", status))
			accept(t, server, nil, resource.TestStep{
				Config:            requirement + accountA,
				ConfigStateChecks: expectAccount(map[string]knownvalue.Check{"validation_status": knownvalue.StringExact(string(status))}),
			})
		})
	}
}

func TestAccNull(t *testing.T) {
	t.Parallel()
	optional := []string{"account_details", "validation_status", "validation_amount", "currency", "date_created", "last_validated"}
	nulls := map[string]knownvalue.Check{}
	for _, name := range []string{"vpa", "validation_status", "validation_amount", "currency", "date_created", "last_validated"} {
		nulls[name] = knownvalue.Null()
	}
	null, empty := juspaytest.NewAccount("cst_a", "banh_a"), juspaytest.NewAccount("cst_a", "banh_a")
	for _, name := range optional {
		null, empty = null.With(name, nil), empty.With(name, "")
	}
	for name, test := range map[string]struct {
		account juspaytest.Account
		want    map[string]knownvalue.Check
	}{
		"null fields":    {null, nulls},
		"empty fields":   {empty, nulls},
		"missing fields": {juspaytest.NewAccount("cst_a", "banh_a").Without(optional...), nulls},
		"a bank account": {juspaytest.NewAccount("cst_a", "banh_a").WithBankDetails(), map[string]knownvalue.Check{"vpa": knownvalue.Null()}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			server.Put(test.account)
			accept(t, server, nil, resource.TestStep{
				Config:            requirement + accountA,
				ConfigStateChecks: expectAccount(test.want),
			})
		})
	}
}

func TestAccAmountsAreExact(t *testing.T) {
	t.Parallel()
	for name, sent := range map[string]any{
		"as a number": json.RawMessage("1.10"),
		"as a string": "1.10",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			server.Put(juspaytest.NewAccount("cst_a", "banh_a").With("validation_amount", sent))
			accept(t, server, nil, resource.TestStep{
				Config: requirement + accountA + `
output "in_paise" {
  value = ` + addressA + `.validation_amount * 100 == 110
}
output "literal" {
  value = ` + addressA + `.validation_amount == 1.10
}
`,
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownOutputValue("in_paise", knownvalue.Bool(true)),
					statecheck.ExpectKnownOutputValue("literal", knownvalue.Bool(true)),
				},
			})
		})
	}
}

func TestAccTimestampsAreUTC(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Put(juspaytest.NewAccount("cst_a", "banh_a").With("date_created", "2023-06-06T18:59:49+05:30").With("last_validated", "last week"))
	accept(t, server, nil, resource.TestStep{
		Config: requirement + accountA,
		ConfigStateChecks: expectAccount(map[string]knownvalue.Check{
			"date_created":   knownvalue.StringExact("2023-06-06T13:29:49Z"),
			"last_validated": knownvalue.StringExact("last week"),
		}),
	})
}

func TestAccTheConfiguredCustomerIDStays(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.PutUnder("shop-12", "banh_a", juspaytest.NewAccount("cst_a", "banh_a"))
	accept(t, server, nil, resource.TestStep{
		Config: requirement + strings.ReplaceAll(accountA, "cst_a", "shop-12"),
		ConfigStateChecks: expectAccount(map[string]knownvalue.Check{
			"customer_id": knownvalue.StringExact("shop-12"),
			"routing_id":  knownvalue.StringExact("shop-12"),
		}),
	})
}

func TestAccIdentifiersReachTheServerAsThemselves(t *testing.T) {
	t.Parallel()
	const hostile = "a/b?c#d%2e/../é"
	server := acctest.StartAPI(t)
	server.Put(juspaytest.NewAccount(hostile, hostile))
	accept(t, server, nil, resource.TestStep{
		Config: requirement + strings.NewReplacer("cst_a", hostile, "banh_a", hostile).Replace(accountA),
		ConfigStateChecks: expectAccount(map[string]knownvalue.Check{
			"customer_id":         knownvalue.StringExact(hostile),
			"customer_account_id": knownvalue.StringExact(hostile),
			"routing_id":          knownvalue.StringExact(hostile),
		}),
	})
}

func TestAccTheRequest(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.AcceptKeys("fake-key-of-the-configuration")
	accept(t, server, map[string]string{"JUSPAY_MERCHANT_ID": "env-shop", "TF_APPEND_USER_AGENT": "ci/7"}, resource.TestStep{
		Config: requirement + `
provider "juspay" {
  api_key     = " fake-key-of-the-configuration\n"
  merchant_id = "config-shop"
}
data "juspay_customer_account" "a" {
  customer_id         = "cst_a"
  customer_account_id = "banh_a"
  routing_id          = "order-12"
}
`,
		ConfigStateChecks: expectAccount(map[string]knownvalue.Check{"routing_id": knownvalue.StringExact("order-12")}),
	})
	if len(server.Requests()) == 0 {
		t.Fatal("no request was made")
	}
	agent := regexp.MustCompile(`^terraform-provider-juspay/1\.2\.3 Terraform/\d+\.\d+\.\d+\S* ci/7$`)
	for _, request := range server.Requests() {
		got := []string{request.Method, request.Target, request.Body, request.Header.Get("Authorization"), request.Header.Get("X-Routing-Id"), request.Header.Get("X-Merchantid"), request.Header.Get("Content-Type"), request.Header.Get("Accept")}
		want := []string{"GET", "/customers/cst_a/customer-accounts/banh_a", "", "Basic ZmFrZS1rZXktb2YtdGhlLWNvbmZpZ3VyYXRpb246", "order-12", "config-shop", "application/x-www-form-urlencoded", "application/json"}
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
			t.Errorf("got\n%q, want\n%q", got, want)
		}
		if !agent.MatchString(request.Header.Get("User-Agent")) {
			t.Errorf("User-Agent is %q", request.Header.Get("User-Agent"))
		}
	}
}

func TestAccAReadIsOneRequest(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	accept(t, server, nil, resource.TestStep{
		Config:             requirement + accountA,
		PlanOnly:           true,
		ExpectNonEmptyPlan: false,
	})
	// The step plans, and plans again to see that nothing changed.
	if n := len(server.Requests()); n != 2 {
		t.Errorf("%d requests for two plans", n)
	}
}

func TestAccErrors(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault juspaytest.Fault
		want  []string
	}{
		"401":                       {juspaytest.Fault{Status: 401, Body: juspayError("UNAUTHORIZED", "Invalid API Key.")}, []string{"API key rejected", "did not accept the API key", "JUSPAY_API_KEY", "HTTP status: 401", "Juspay's code: UNAUTHORIZED", `Juspay's message: "Invalid API Key."`, "Request id: b2e0fd33-7655-4778-83a8-5179ed21b0b7"}},
		"403 BAD_ORIGIN":            {juspaytest.Fault{Status: 403, Body: juspayError("BAD_ORIGIN", "Internal Server error.")}, []string{"IP address not allowed", "allow-list"}},
		"another 403":               {juspaytest.Fault{Status: 403, Body: juspayError("FORBIDDEN", "No.")}, []string{"Access denied by Juspay"}},
		"404":                       {juspaytest.Fault{Status: 404, Body: juspayError("RESOURCE_NOT_FOUND", "None.")}, []string{"Customer account not found", `customer_account_id = "banh_a"`}},
		"404 from something else":   {juspaytest.Fault{Status: 404, Body: "<html>"}, []string{"Response not from Juspay", "Check base_url"}},
		"400":                       {juspaytest.Fault{Status: 400, Body: juspayError("INVALID_INPUT", "Malformed.")}, []string{"Request rejected as malformed", "Malformed."}},
		"429 after retries":         {juspaytest.Fault{Status: 429}, []string{"Requests throttled by Juspay", "Attempts: 2"}},
		"429 with a long wait":      {juspaytest.Fault{Status: 429, Header: http.Header{"Retry-After": {"600"}}}, []string{"Run Terraform again after 10m0s", "Attempts: 1"}},
		"500 after retries":         {juspaytest.Fault{Status: 500, Body: juspayError("INTERNAL_SERVER_ERROR", "Oops.")}, []string{"Server error at Juspay", "Juspay's code: INTERNAL_SERVER_ERROR", "Attempts: 2"}},
		"a time-out":                {juspaytest.Fault{Delay: time.Hour}, []string{"Request timed out", "within 2s", "request_timeout", "Attempts: 2"}},
		"a dropped connection":      {juspaytest.Fault{Drop: true}, []string{"Connection to Juspay failed", "Attempts: 2"}},
		"a redirect":                {juspaytest.Fault{Status: 307, Header: http.Header{"Location": {"https://login.example.com/x"}}}, []string{"Redirect not followed", "login.example.com"}},
		"no JSON":                   {juspaytest.Fault{Body: "<html>", Header: http.Header{"Content-Type": {"text/html"}}}, []string{"Response is not JSON", "A proxy or a sign-in page may have responded", "Content type: text/html"}},
		"JSON that is no account":   {juspaytest.Fault{Body: `{"object":"customer"}`}, []string{"Response is not the account", `field object is not "customer_account"`}},
		"another account":           {juspaytest.Fault{Body: juspaytest.NewAccount("cst_a", "banh_b")}, []string{`the response is for the account "banh_b"; "banh_a" was requested`}},
		"an amount that is none":    {juspaytest.Fault{Body: juspaytest.NewAccount("cst_a", "banh_a").With("validation_amount", "NaN")}, []string{"validation_amount is not a decimal number"}},
		"an error under 200":        {juspaytest.Fault{Body: juspayError("UNAUTHENTICATED", "No.")}, []string{"API key rejected", "HTTP status: 200"}},
		"a body that is too large":  {juspaytest.Fault{Body: strings.Repeat(" ", 2<<20)}, []string{"Response too large"}},
		"an error nobody documents": {juspaytest.Fault{Status: 418, Body: juspayError("TEAPOT", "Short.")}, []string{"Unexpected error from Juspay"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			server.Fail(test.fault)
			accept(t, server, nil, resource.TestStep{Config: requirement + oneRetry + accountA, PlanOnly: true, ExpectError: saysAll(test.want)})
		})
	}
}

// saysAll matches the texts in this order.
func saysAll(texts []string) *regexp.Regexp {
	var parts []string
	for _, text := range texts {
		parts = append(parts, says(text).String())
	}
	return regexp.MustCompile(`(?s)` + strings.Join(parts, `.*`))
}

func TestAccConnectionRefused(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Close()
	accept(t, server, nil, resource.TestStep{Config: requirement + oneRetry + accountA, PlanOnly: true, ExpectError: says("Connection refused")})
}

func TestAccHostNameNotFound(t *testing.T) {
	t.Parallel()
	accept(t, acctest.StartAPI(t), map[string]string{"JUSPAY_BASE_URL": "https://api.jspay.example"}, resource.TestStep{
		Config: requirement + accountA, PlanOnly: true, ExpectError: says("Host name not found"),
	})
}

func TestAccCertificateNotTrusted(t *testing.T) {
	t.Parallel()
	server := juspaytest.NewTLSServer()
	t.Cleanup(server.Close)
	accept(t, server, nil, resource.TestStep{
		Config: requirement + accountA, PlanOnly: true, ExpectError: saysAll([]string{"Server certificate not trusted", "ca_cert_pem"}),
	})
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestAccARetryIsInvisible(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Fail(juspaytest.Fault{Times: 1, Status: 503}, juspaytest.Fault{Times: 1, Body: `{"object":`, Truncate: true})
	accept(t, server, nil, resource.TestStep{Config: requirement + accountA, ConfigStateChecks: expectAccount(nil)})
}

func TestAccUnusableArguments(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ arguments, want string }{
		"an empty customer":              {`customer_id = "", customer_account_id = "banh_a"`, "customer_id must not be empty."},
		"a customer with a space":        {`customer_id = "cst_a ", customer_account_id = "banh_a"`, "customer_id must not begin or end with whitespace."},
		"a customer that is a directory": {`customer_id = "..", customer_account_id = "banh_a"`, `customer_id must not be "." or "..", which mean a directory in a URL.`},
		"an invisible character":         {`customer_id = "cst_\u200ba", customer_account_id = "banh_a"`, "customer_id must not contain control characters or invisible formatting characters; copy it again as plain text."},
		"an empty account":               {`customer_id = "cst_a", customer_account_id = ""`, "customer_account_id must not be empty."},
		"the list":                       {`customer_id = "cst_a", customer_account_id = "list"`, `customer_account_id must not be "list", which names Juspay's list of accounts and not an account.`},
		"an empty routing id":            {`customer_id = "cst_a", customer_account_id = "banh_a", routing_id = ""`, "routing_id must not be empty."},
		"a header in the routing id":     {`customer_id = "cst_a", customer_account_id = "banh_a", routing_id = "a\r\nX-Evil: 1"`, "routing_id must not contain control characters or invisible formatting characters, such as a line break; it is sent as an HTTP header."},
		"an argument that is computed":   {`customer_id = "cst_a", customer_account_id = "banh_a", vpa = "a@b"`, "vpa"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			accept(t, server, nil, resource.TestStep{
				Config:      requirement + "data \"juspay_customer_account\" \"a\" {\n" + strings.ReplaceAll(test.arguments, ", ", "\n") + "\n}\n",
				PlanOnly:    true,
				ExpectError: says(test.want),
			})
			if n := len(server.Requests()); n != 0 {
				t.Errorf("%d requests were sent", n)
			}
		})
	}
}

func TestAccAnArgumentIsCheckedWhenItBecomesKnown(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	accept(t, server, nil, resource.TestStep{
		Config: requirement + `
resource "terraform_data" "made" {
  input = ".."
}
data "juspay_customer_account" "a" {
  customer_id         = "cst_a"
  customer_account_id = terraform_data.made.output
}
`,
		ExpectError: says(`customer_account_id must not be "." or ".."`),
	})
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestAccAnAccountThatIsMadeInTheSameApply(t *testing.T) {
	t.Parallel()
	accept(t, acctest.StartAPI(t), nil, resource.TestStep{
		Config: requirement + `
resource "terraform_data" "made" {
  input = "banh_a"
}
data "juspay_customer_account" "a" {
  customer_id         = "cst_a"
  customer_account_id = terraform_data.made.output
}
`,
		ConfigStateChecks: expectAccount(nil),
	})
}

func TestAccAnUnknownKey(t *testing.T) {
	t.Parallel()
	accept(t, acctest.StartAPI(t), nil, resource.TestStep{
		Config: requirement + accountA + `
resource "terraform_data" "key" {
  input = "fake"
}
provider "juspay" {
  api_key = terraform_data.key.output
}
`,
		ExpectError: saysAll([]string{"Unknown api_key", "set the environment variable JUSPAY_API_KEY", "-target"}),
	})
}
