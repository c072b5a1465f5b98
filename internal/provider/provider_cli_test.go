// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// A setting that is known only after apply fails the read that plan makes, and not
// the one that is itself deferred to apply.
func TestAccProvider_UnknownSetting(t *testing.T) {
	t.Parallel()
	configuration := "resource \"terraform_data\" \"shop\" {\n  input = \"shop\"\n}\n" + providerBlock("  merchant_id = terraform_data.shop.output")
	server := acctest.StartAPI(t)
	during := newWorkspace(t, server, configuration+accountA)
	check.Contains(t, "the output of plan", during.Plan(1), "Error: Unknown merchant_id", "set the environment variable JUSPAY_MERCHANT_ID")
	checkRequests(t, server, 0)
	deferred := newWorkspace(t, server, configuration+strings.Replace(accountA, "\n}", "\n  depends_on = [terraform_data.shop]\n}", 1))
	check.Contains(t, "the output of apply", deferred.Apply(0), "1 added")
	checkRequests(t, server, 1)
	check.Equal(t, "the merchant", server.Requests()[0].Header.Get("X-Merchantid"), "shop")
}

// A run that reads nothing needs no key. TestAccountReader_FailsReads has more reads.
func TestAccProvider_MissingKey(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessAcc(t)
	configuration := strings.Replace(accountA, "{\n", "{\n  count = 0\n", 1) +
		vendors(`  customer_ids = { for i in range(var.accounts) : "banh_${i}" => "cst_a" }`) +
		"variable \"accounts\" {\n  default = 0\n}\n"
	if supported, _ := acctest.Supports(t, acctest.Functions); supported {
		configuration += "output \"x\" {\n  value = provider::juspay::validated_within(null, \"1h\", plantimestamp())\n}\n"
	}
	for name, test := range map[string]struct{ settings, want string }{
		"no key":       {"", "The environment variable JUSPAY_API_KEY is not set or is empty."},
		"an empty key": {`  api_key = ""`, "api_key is empty."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			w := newWorkspace(t, server, configuration+providerBlock(test.settings), "JUSPAY_API_KEY=")
			w.Plan(0)
			w.Apply(0)
			printed := w.Plan(1, "-var", "accounts=100")
			check.Contains(t, "the output", printed, "Error: Missing api_key", "with data.juspay_customer_accounts.vendors", test.want)
			checkOneError(t, printed)
			w.Run(0, "destroy", "-auto-approve", "-no-color")
			checkRequests(t, server, 0)
		})
	}
}

// A job that applies a saved plan, or destroys, needs no key where the accounts were
// read during plan.
func TestAccProvider_AppliesASavedPlanAndDestroysWithoutAKey(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := newWorkspace(t, server, accountA+vendors(`customer_ids = { banh_a = "cst_a" }`)+"resource \"terraform_data\" \"payout\" {\n}\n")
	w.Plan(0, "-out", "saved.plan")
	checkRequests(t, server, 2)
	for _, args := range [][]string{{"apply", "-no-color", "saved.plan"}, {"destroy", "-auto-approve", "-no-color", "-refresh=false"}} {
		if code, printed := w.TryRunProgram(t.Context(), "env", append([]string{"JUSPAY_API_KEY=", acctest.CLI}, args...)...); code != 0 {
			t.Errorf("%v: got the exit code %d, want 0:\n%s", args, code, printed)
		}
	}
	checkRequests(t, server, 2)
}

// TestAccProvider_SecretsStayOut looks into everything that a run leaves behind.
func TestAccProvider_SecretsStayOut(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Put(juspaytest.NewAccount("cst_a", "banh_b").WithBankDetails())
	// A failed attempt and a failed read make the provider say what it can.
	server.Fail(
		juspaytest.Fault{Times: 1, Status: 503, Body: juspayError("X", juspaytest.APIKey+" "+juspaytest.VPA)},
		juspaytest.Fault{Times: 1, CustomerAccountID: "banh_a", Body: juspaytest.VPA, Truncate: true},
		juspaytest.Fault{CustomerAccountID: "banh_c", Status: 400, Body: juspayError("X", juspaytest.APIKey+" "+juspaytest.VPA)},
	)
	w := newWorkspace(t, server, accountA+`
data "juspay_customer_account" "bank" {
  customer_id         = "cst_a"
  customer_account_id = "banh_b"
}

data "juspay_customer_account" "bad" {
  count               = var.with_bad ? 1 : 0
  customer_id         = "cst_a"
  customer_account_id = "banh_c"
}
variable "with_bad" {
  type    = bool
  default = false
}
`, "TF_LOG=TRACE", "TF_LOG_PATH=trace.log")
	printed := w.Plan(0, "-out", "saved.plan") +
		w.Run(0, "apply", "-no-color", "saved.plan") +
		w.Plan(1, "-var", "with_bad=true")
	trace := w.Read("trace.log")

	secrets := []string{
		"000111222333444", "Asha Example", "EXMP0000001", "Example Bank",
		juspaytest.APIKey, base64.StdEncoding.EncodeToString([]byte(juspaytest.APIKey + ":")),
	}
	for where, text := range map[string]string{"the output": printed, "the log": trace} {
		check.Lacks(t, where, text, juspaytest.VPA, secrets...)
	}
	// The VPA is in state and plan, and shows that the search reaches their values.
	for where, text := range map[string]string{
		"the plan": w.Unzip("saved.plan"), "the plan's JSON": w.Run(0, "show", "-json", "saved.plan"),
		"the state": w.Read("terraform.tfstate"), "the state's JSON": w.Run(0, "show", "-json"),
	} {
		check.LacksEach(t, where, text, secrets)
		check.Contains(t, where, text, juspaytest.VPA)
	}
	const logger = "[DEBUG] provider.terraform-provider-juspay: "
	check.Contains(t, "the trace", trace, logger+"Configured the Juspay client:", "base_url="+server.URL, logger+"Juspay request:", "@module=juspay.client",
		"method=GET", "path=/customers/cst_a/customer-accounts/banh_a", "status=503", "status=200", "attempt=2", "duration_ms=", "sent_request_id=",
		"request_id=b2e0fd33-7655-4778-83a8-5179ed21b0b7", `error="unexpected EOF"`)
}

func TestAccProvider_ConfiguredKeyIsInThePlan(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	const key = "fake-key-in-the-configuration"
	server.AcceptKeys(key)
	w := newWorkspace(t, server, accountA+providerBlock(`  api_key = "`+key+`"`))
	w.Plan(0, "-out", "saved.plan")
	w.Run(0, "apply", "-no-color", "saved.plan")
	check.Contains(t, "saved.plan", w.Unzip("saved.plan"), key)
	check.Lacks(t, "the state", w.Read("terraform.tfstate"), key)
}

// The client's own tests have more of HTTPS_PROXY and NO_PROXY.
func TestAccProvider_HTTPSProxy(t *testing.T) {
	t.Parallel()
	var requests atomic.Int64
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodConnect && r.Host == "juspay.example:443" {
			requests.Add(1)
		}
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	t.Cleanup(proxy.Close)
	w := newWorkspace(t, acctest.StartAPI(t), accountA+providerBlock("  max_retries = 0"), "JUSPAY_BASE_URL=https://juspay.example", "HTTPS_PROXY="+proxy.URL)
	check.Contains(t, "the output of plan", w.Plan(1), "Error: Proxy failed", "the proxy responded with 407", "Attempts: 1")
	check.Equal(t, "the proxy's requests", requests.Load(), int64(1))
}

// A gateway may echo a request. Its secrets are neither shown nor logged.
func TestAccProvider_EchoedSecretsAreRedacted(t *testing.T) {
	t.Parallel()
	echoes := []string{"tok_live_7f3kFAKE", "tok%5Flive", "id=acme&region=south", "FAKE-ACCEPTED-BY", "fake%2Dkey", `fake\u002dkey`, "ravi.kumar\\u0040okicici",
		"+91 (98765) 43210"}
	server := acctest.StartAPI(t)
	server.Fail(juspaytest.Fault{Status: 400, Body: juspayError("INVALID_INPUT", "Refused: "+strings.Join(echoes, " "))})
	w := newWorkspace(t, server, accountA+providerBlock(`  request_headers = { X-Gateway-Key = "Bearer tok_live_7f3kFAKE", X-Gateway = "id=acme&region=south" }`),
		"TF_LOG_PROVIDER=TRACE", "TF_LOG_PATH=trace.log")
	printed := w.Plan(1)
	check.Contains(t, "the output", printed, "Juspay's message", "Refused: ***")
	for where, text := range map[string]string{"the output": printed, "the log": w.Read("trace.log")} {
		check.Lacks(t, where, text, "7f3kFAKE", "acme", "region", "south", "ACCEPTED", "okicici", "98765")
	}
}

// Terraform quotes the lines of an attribute with an error. TestClientConfig_Invalid shows
// which errors are on none.
func TestAccProvider_ReportsAllProblems(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := newWorkspace(t, server, accountA+providerBlock(`
  api_key         = "fake:secret"
  environment     = "prod"
  base_url        = "http://example.com"
  request_timeout = "soon"
  max_retries     = 1.5`))
	for _, command := range []string{"plan", "validate"} {
		printed := w.Run(1, command, "-no-color")
		check.Contains(t, "the output", printed, "Error: Invalid api_key",
			"Error: Invalid environment", `environment = "prod"`,
			"Error: Invalid base_url", "base_url must begin with https://, because the API key is sent to it",
			"Error: Invalid request_timeout", `request_timeout = "soon"`,
			"Error: Invalid max_retries", `max_retries is 1.5. It must be a whole number from 0 to 10`)
		check.Lacks(t, "the output", printed, "fake:secret", "example.com", "Conflicting")
	}
	checkRequests(t, server, 0)
}
