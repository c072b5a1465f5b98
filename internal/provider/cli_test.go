// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func TestAccCustomerAccount_UnexpectedTimestamp(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Put(juspaytest.NewAccount("cst_a", "banh_a").With("last_validated", "last week"))
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, requirement+accountA))
	acctest.CheckContains(t, w.Run(0, "plan", "-no-color"),
		"Warning: Unexpected format of last_validated",
		"Juspay sent a value for last_validated that is not a timestamp in RFC 3339, the format that Terraform's functions take. It is passed through unchanged, so that timecmp and validated_within fail on it. Report it to Juspay's support.")
}

func TestAccProvider_ReportsAllProblems(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, requirement+`
provider "juspay" {
  environment     = "prod"
  base_url        = "http://example.com"
  merchant_id     = ""
  request_timeout = "soon"
  max_retries     = 1.5
}
`+accountA), "JUSPAY_API_KEY=")
	problems := []string{
		"Error: Conflicting environment and base_url", "environment and base_url are both set",
		"Error: Invalid environment", `environment = "prod"`,
		"Error: Invalid base_url", `base_url = "http://example.com"`,
		"Error: Invalid merchant_id", `merchant_id = ""`,
		"Error: Invalid request_timeout", `request_timeout = "soon"`,
		"Error: Invalid max_retries", `max_retries is 1.5. It must be a whole number from 0 to 10`,
	}
	acctest.CheckContains(t, w.Run(1, "plan", "-no-color"), problems...)
	acctest.CheckContains(t, w.Run(1, "validate", "-no-color"), problems...)
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestAccProvider_EnvironmentAndBaseURL(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, requirement+accountA+"provider \"juspay\" {\n  environment = \"production\"\n}\n"))
	acctest.CheckContains(t, w.Run(1, "plan", "-no-color"), "Error: Conflicting environment and base_url", `environment = "production"`,
		"environment and JUSPAY_BASE_URL are both set, and each selects the server to read from. Remove or unset one of them.")
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// A setting that is known only after apply fails the read that plan makes, and not
// the one that is itself deferred to apply.
func TestAccProvider_UnknownSetting(t *testing.T) {
	t.Parallel()
	const provider = `
resource "terraform_data" "shop" {
  input = "shop"
}
provider "juspay" {
  merchant_id = terraform_data.shop.output
}
`
	server := acctest.StartAPI(t)
	during := acctest.NewWorkspace(t, server, acctest.MainFile(t, requirement+provider+accountA))
	acctest.CheckContains(t, during.Run(1, "plan", "-no-color"), "Error: Unknown merchant_id",
		"This account is read during plan, but the provider's merchant_id is known only after apply. Either remove it from the provider block and set the environment variable JUSPAY_MERCHANT_ID, or first apply the resource that its value comes from: terraform apply -target=ADDRESS.")
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
	deferred := acctest.NewWorkspace(t, server, acctest.MainFile(t, requirement+provider+strings.Replace(accountA, "\n}", "\n  depends_on          = [terraform_data.shop]\n}", 1)))
	acctest.CheckContains(t, deferred.Run(0, "apply", "-auto-approve", "-no-color"), "1 added")
	if requests := server.Requests(); len(requests) != 1 || requests[0].Header.Get("X-Merchantid") != "shop" {
		t.Errorf("the requests are %+v", requests)
	}
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
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, requirement+accountA+`
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
`), "TF_LOG=TRACE", "TF_LOG_PATH=trace.log")
	printed := w.Run(0, "plan", "-no-color", "-out", "saved.plan") +
		w.Run(0, "apply", "-no-color", "saved.plan") +
		w.Run(1, "plan", "-no-color", "-var", "with_bad=true")

	authorization := base64.StdEncoding.EncodeToString([]byte(juspaytest.APIKey + ":"))
	trace := w.Read("trace.log")
	plan := w.Unzip("saved.plan")
	state := w.Read("terraform.tfstate")

	bank := []string{"000111222333444", "Asha Example", "EXMP0000001", "Example Bank"}
	acctest.CheckLacks(t, "the output", printed, append(bank, juspaytest.APIKey, authorization, juspaytest.VPA)...)
	acctest.CheckLacks(t, "the log", trace, append(bank, juspaytest.APIKey, authorization, juspaytest.VPA)...)
	acctest.CheckLacks(t, "the plan", plan, append(bank, juspaytest.APIKey, authorization)...)
	acctest.CheckLacks(t, "the state", state, append(bank, juspaytest.APIKey, authorization)...)

	planJSON, stateJSON := w.Run(0, "show", "-json", "saved.plan"), w.Run(0, "show", "-json")
	acctest.CheckLacks(t, "the plan's JSON", planJSON, append(bank, juspaytest.APIKey, authorization)...)
	acctest.CheckLacks(t, "the state's JSON", stateJSON, append(bank, juspaytest.APIKey, authorization)...)
	acctest.CheckContains(t, planJSON, juspaytest.VPA)
	acctest.CheckContains(t, stateJSON, juspaytest.VPA)

	// The search reaches the written values: the VPA is in state and plan,
	// and each request is in the log.
	acctest.CheckContains(t, state, juspaytest.VPA)
	acctest.CheckContains(t, plan, juspaytest.VPA)
	acctest.CheckContains(t, trace, "[DEBUG] provider.terraform-provider-juspay: Configured the Juspay client:", "base_url="+server.URL)
	acctest.CheckContains(t, trace, "[DEBUG] provider.terraform-provider-juspay: Juspay request:", "@module=juspay.client", "method=GET", "path=/customers/cst_a/customer-accounts/banh_a",
		"status=503", "status=200", "attempt=2", "duration_ms=", "sent_request_id=", "request_id=b2e0fd33-7655-4778-83a8-5179ed21b0b7", `error="unexpected EOF"`)
}

// net/http itself logs data that arrives on an idle connection, unless that
// is prevented.
func TestAccLogging_UnsolicitedData(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	const body = `{"object":"customer_account","customer_account_id":"banh_a","customer_id":"cst_a"}`
	server.Fail(juspaytest.Fault{Raw: fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s%s", len(body), body, juspaytest.VPA)})
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, requirement+accountA), "TF_LOG=TRACE", "TF_LOG_PATH=trace.log")
	printed := w.Run(0, "plan", "-no-color")
	trace := w.Read("trace.log")
	acctest.CheckLacks(t, "the output", printed, juspaytest.VPA)
	acctest.CheckLacks(t, "the log", trace, juspaytest.VPA)
	acctest.CheckContains(t, trace, "status=200")
}

func TestAccProvider_ConfiguredKeyIsInThePlan(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.AcceptKeys("fake-key-in-the-configuration")
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, requirement+accountA+"provider \"juspay\" {\n  api_key = \"fake-key-in-the-configuration\"\n}\n"))
	w.Run(0, "plan", "-no-color", "-out", "saved.plan")
	w.Run(0, "apply", "-no-color", "saved.plan")
	acctest.CheckContains(t, w.Unzip("saved.plan"), "fake-key-in-the-configuration")
	acctest.CheckLacks(t, "the state", w.Read("terraform.tfstate"), "fake-key-in-the-configuration")
}

func TestAccProxy_HTTPS(t *testing.T) {
	t.Parallel()
	var requests atomic.Int64
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodConnect && r.Host == "juspay.example:443" {
			requests.Add(1)
		}
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	t.Cleanup(proxy.Close)
	server := acctest.StartAPI(t)
	configuration := acctest.MainFile(t, requirement+accountA+"provider \"juspay\" {\n  max_retries = 0\n}\n")
	w := acctest.NewWorkspace(t, server, configuration, "JUSPAY_BASE_URL=https://juspay.example", "HTTPS_PROXY="+proxy.URL)
	acctest.CheckContains(t, w.Run(1, "plan", "-no-color"), "Error: Proxy failed", "the proxy responded with 407", "Attempts: 1")
	// A name that does not exist, whatever this machine's DNS returns for it.
	w = acctest.NewWorkspace(t, server, configuration, "JUSPAY_BASE_URL=https://juspay.example", "HTTPS_PROXY="+proxy.URL, "NO_PROXY=juspay.example")
	acctest.CheckLacks(t, "the output", w.Run(1, "plan", "-no-color"), "Proxy failed")
	acctest.NewWorkspace(t, server, configuration, "HTTP_PROXY="+proxy.URL).Run(0, "plan", "-no-color")
	if n := requests.Load(); n != 1 {
		t.Errorf("the proxy received %d requests", n)
	}
}
