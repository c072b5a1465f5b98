// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"maps"
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
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// runSteps runs steps with the real CLI and a provider that reads from server
// unless the configuration or env says otherwise.
func runSteps(t *testing.T, server *juspaytest.Server, env map[string]string, steps ...resource.TestStep) {
	t.Helper()
	acctest.SkipUnlessAcc(t) // resource.Test skips too, whatever the name of the test
	environment := envFor(server)
	maps.Copy(environment, env)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: map[string]func() (tfprotov6.ProviderServer, error){
			"juspay": providerserver.NewProtocol6WithError(newWithEnvironment("1.2.3", environ(environment))()),
		},
		Steps: steps,
	})
}

const addressA = "data.juspay_customer_account.a"

// expectAccount checks every attribute, with changes to the reference page's response.
func expectAccount(changes map[string]knownvalue.Check) []statecheck.StateCheck {
	values := map[string]knownvalue.Check{"vpa": knownvalue.StringExact(juspaytest.VPA)}
	for name, value := range sampleAccount {
		var amount big.Float
		if value.As(&amount) == nil {
			values[name] = knownvalue.NumberExact(&amount)
		} else {
			values[name] = knownvalue.StringExact(stringFromTF(value))
		}
	}
	maps.Copy(values, changes)
	var checks []statecheck.StateCheck
	for name, want := range values {
		checks = append(checks, statecheck.ExpectKnownValue(addressA, tfjsonpath.New(name), want))
	}
	return checks
}

func TestAccCustomerAccount_ExactAmounts(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Put(juspaytest.NewAccount("cst_a", "banh_a").With("validation_amount", json.RawMessage("1.10")))
	w := newWorkspace(t, server, accountA+`
output "exact" {
  value = [`+addressA+`.validation_amount * 100 == 110, `+addressA+`.validation_amount == 1.10]
}
`)
	w.Apply(0)
	check.Equal(t, "the comparisons", w.Output("exact"), any([]any{true, true}))
}

func TestAccCustomerAccount_Request(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.AcceptKeys("fake-key-of-the-configuration")
	runSteps(t, server, map[string]string{"JUSPAY_MERCHANT_ID": "env-shop", "TF_APPEND_USER_AGENT": "ci/7"}, resource.TestStep{
		Config: acctest.Requirement + providerBlock("api_key = \" fake-key-of-the-configuration\\n\"\nmerchant_id = \"config-shop\"") +
			strings.Replace(accountA, "\n}", "\n  routing_id = \"order-12\"\n}", 1),
		ConfigStateChecks: expectAccount(map[string]knownvalue.Check{"routing_id": knownvalue.StringExact("order-12")}),
	})
	if len(server.Requests()) == 0 {
		t.Fatal("got no request, want at least one")
	}
	agentRE := regexp.MustCompile(`^terraform-provider-juspay/1\.2\.3 Terraform/\d+\.\d+\.\d+\S* ci/7$`)
	for _, request := range server.Requests() {
		got := []string{request.Method, request.Target, request.Body}
		for _, name := range []string{"Authorization", "X-Routing-Id", "X-Merchantid", "Content-Type", "Accept"} {
			got = append(got, request.Header.Get(name))
		}
		check.Equal(t, "the request", got, []string{
			"GET", "/customers/cst_a/customer-accounts/banh_a", "", "Basic ZmFrZS1rZXktb2YtdGhlLWNvbmZpZ3VyYXRpb246", "order-12", "config-shop",
			"application/x-www-form-urlencoded", "application/json",
		})
		if !agentRE.MatchString(request.Header.Get("User-Agent")) {
			t.Errorf("got the User-Agent %q, want a match of %s", request.Header.Get("User-Agent"), agentRE)
		}
	}
}

// An argument that is known only after apply is validated before it is read.
func TestAccCustomerAccount_CreatedInTheSameApply(t *testing.T) {
	t.Parallel()
	const configuration = acctest.Requirement + `
resource "terraform_data" "made" {
  input = "banh_a"
}
data "juspay_customer_account" "a" {
  customer_id         = "cst_a"
  customer_account_id = terraform_data.made.output
}
`
	runSteps(t, acctest.StartAPI(t), nil, resource.TestStep{Config: configuration, ConfigStateChecks: expectAccount(nil)})
	server := acctest.StartAPI(t)
	runSteps(t, server, nil, resource.TestStep{
		Config:      strings.Replace(configuration, "banh_a", "..", 1),
		ExpectError: regexp.MustCompile(`customer_account_id\s+must\s+not\s+be\s+"\."\s+or\s+"\.\."`),
	})
	checkRequests(t, server, 0)
}

// A deleted account blocks no destroy that follows the error's remedy.
func TestAccCustomerAccount_DestroyAfterDeletion(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := newWorkspace(t, server, accountA+`
resource "terraform_data" "payout" {
  input = data.juspay_customer_account.a.customer_account_id
}
`)
	w.Apply(0)
	server.Fail(juspaytest.Fault{Status: 404, Body: juspayError("RESOURCE_NOT_FOUND", "Customer account not found.")})
	check.Contains(t, "the output of destroy", w.Run(1, "destroy", "-auto-approve", "-no-color"),
		"Error: Customer account not found", "run terraform destroy -refresh=false.")
	check.Contains(t, "the output of destroy", w.Run(0, "destroy", "-auto-approve", "-no-color", "-refresh=false"), "Destroy complete! Resources: 1 destroyed.")
}

// A wrong key is one long error, and a short one for each further data source. Terraform
// reads ten concurrently.
func TestAccCustomerAccount_RejectedKeyIsExplainedOnce(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := newWorkspace(t, server, `
data "juspay_customer_account" "a" {
  count               = 100
  customer_id         = "cst_a"
  customer_account_id = "banh_a"
}
`, "JUSPAY_API_KEY=fake-wrong-key")
	printed := w.Plan(1)
	sent := len(server.Requests())
	check.Within(t, "the number of requests", sent, 1, 10)
	explained, references := strings.Count(printed, "Keys are created in the Juspay dashboard"),
		strings.Count(printed, "The error of that read says what to do.")
	check.Equal(t, "the number of errors", strings.Count(printed, "Error: API key rejected"), explained+references)
	if explained == 1 && references == 1 {
		return // Terraform shows similar errors once from 1.16 on
	}
	check.Equal(t, "the number of explanations", explained, sent)
	check.Equal(t, "the number of references", references, 100-sent)
}
