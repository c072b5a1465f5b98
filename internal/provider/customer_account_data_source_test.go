// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
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

// requirement begins every configuration that is not an example.
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

// referenceValues holds the attributes of the reference page's response.
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

func TestAccCustomerAccount_EveryAttribute(t *testing.T) {
	t.Parallel()
	accept(t, acctest.StartAPI(t), nil, resource.TestStep{
		Config:            requirement + accountA,
		ConfigStateChecks: expectAccount(nil),
	})
}

func TestAccCustomerAccount_Null(t *testing.T) {
	t.Parallel()
	account := juspaytest.NewAccount("cst_a", "banh_a").With("account_details", nil)
	nulls := map[string]knownvalue.Check{"vpa": knownvalue.Null()}
	for _, name := range []string{"validation_status", "validation_amount", "currency", "date_created", "last_validated"} {
		account = account.With(name, nil)
		nulls[name] = knownvalue.Null()
	}
	server := acctest.StartAPI(t)
	server.Put(account)
	accept(t, server, nil, resource.TestStep{Config: requirement + accountA, ConfigStateChecks: expectAccount(nulls)})
}

func TestAccCustomerAccount_ExactAmounts(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Put(juspaytest.NewAccount("cst_a", "banh_a").With("validation_amount", json.RawMessage("1.10")))
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
}

func TestAccCustomerAccount_KeepsTheConfiguredCustomerID(t *testing.T) {
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

func TestAccCustomerAccount_Request(t *testing.T) {
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
		t.Fatal("no request was sent")
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

func TestAccCustomerAccount_InvalidArguments(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ arguments, want string }{
		"a customer that is a directory": {`customer_id = "..", customer_account_id = "banh_a"`, `customer_id must not be "." or "..", which mean a directory in a URL.`},
		"the list":                       {`customer_id = "cst_a", customer_account_id = "list"`, `customer_account_id must not be "list", which names Juspay's list of accounts and not an account.`},
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

func TestAccCustomerAccount_ValidatesWhenKnown(t *testing.T) {
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

func TestAccCustomerAccount_CreatedInTheSameApply(t *testing.T) {
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

// A deleted account blocks no destroy that follows the error's remedy.
func TestAccCustomerAccount_DestroyAfterDeletion(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, requirement+accountA+`
resource "terraform_data" "payout" {
  input = data.juspay_customer_account.a.customer_account_id
}
`))
	w.Run(0, "apply", "-auto-approve", "-no-color")
	server.Fail(juspaytest.Fault{Status: 404, Body: juspayError("RESOURCE_NOT_FOUND", "Customer account not found.")})
	acctest.CheckContains(t, w.Run(1, "destroy", "-auto-approve", "-no-color"), "Error: Customer account not found", "run terraform destroy -refresh=false.")
	acctest.CheckContains(t, w.Run(0, "destroy", "-auto-approve", "-no-color", "-refresh=false"), "Destroy complete! Resources: 1 destroyed.")
}
