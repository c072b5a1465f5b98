// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// readFailure reads an account from a server that responds with fault, and
// returns the diagnostic as its user sees it.
func readFailure(t *testing.T, fault juspaytest.Fault, retries int) string {
	t.Helper()
	server := juspaytest.NewServer()
	t.Cleanup(server.Close)
	server.Fail(fault)
	timeout := juspay.DefaultRequestTimeout
	if fault.Delay > 0 {
		timeout = 200 * time.Millisecond
	}
	return readFailureAt(t, server.URL, retries, timeout)
}

// sentRequestID is another one for each attempt.
var sentRequestID = regexp.MustCompile(`Request id sent: [0-9a-f-]{36}`)

func readFailureAt(t *testing.T, baseURL string, retries int, timeout time.Duration) string {
	t.Helper()
	client, err := juspay.New(juspay.Config{APIKey: juspaytest.APIKey, BaseURL: baseURL, MaxRetries: retries, RequestTimeout: timeout})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	_, err = client.Get(ctx, vendorRef, juspay.ReadOptions{})
	if err == nil {
		t.Fatal("the read did not fail")
	}
	text := strings.ReplaceAll(render(accountError(vendorRef, defaultReadTimeout, err)), baseURL, "SERVER")
	return sentRequestID.ReplaceAllString(text, "Request id sent: UUID")
}

func render(d diag.Diagnostic) string {
	text := d.Summary() + "\n" + d.Detail()
	if withPath, ok := d.(diag.DiagnosticWithPath); ok {
		text = withPath.Path().String() + ": " + text
	}
	return text
}

func checkText(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got\n%s\n\nwant\n%s", got, want)
	}
}

const (
	notRead  = `Customer account "banh_a" of customer "cst_a" could not be read: `
	help     = "\n  Help: https://github.com/juspay/terraform-provider-juspay/blob/main/docs/guides/troubleshooting.md"
	idLine   = "\n  Request id: b2e0fd33-7655-4778-83a8-5179ed21b0b7"
	checkURL = "Check base_url (or JUSPAY_BASE_URL), HTTPS_PROXY and NO_PROXY."
)

func juspayError(code, developerMessage string) map[string]any {
	return juspaytest.Error("error", "some_error", code, "For the user.", developerMessage)
}

func TestErrorDiagnostics(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault   juspaytest.Fault
		retries int
		want    string
	}{
		"401": {
			juspaytest.Fault{Status: 401, Body: juspayError("UNAUTHORIZED", "Invalid API Key.")}, 0,
			"API key rejected\n" + notRead + "SERVER did not accept the API key.\n\n" +
				"The key comes from the environment variable JUSPAY_API_KEY. It may be mistyped or revoked, or belong to another environment. Set it to a key of this server, or base_url (or JUSPAY_BASE_URL) to the key's server. Keys are created in the Juspay dashboard (Settings > Security).\n\n" +
				"  HTTP status: 401\n  Juspay's code: UNAUTHORIZED\n  Juspay's message: \"Invalid API Key.\"" + idLine + "\n  Attempts: 1" + help,
		},
		"a bare 401": {
			juspaytest.Fault{Status: 401}, 0,
			"API key rejected\n" + notRead + "SERVER did not accept the API key.\n\n" +
				"The key comes from the environment variable JUSPAY_API_KEY. It may be mistyped or revoked, or belong to another environment. Set it to a key of this server, or base_url (or JUSPAY_BASE_URL) to the key's server. Keys are created in the Juspay dashboard (Settings > Security). " +
				"The response has none of the details that Juspay sends, so a proxy may have sent it: check HTTPS_PROXY and NO_PROXY too.\n\n" +
				"  HTTP status: 401" + idLine + "\n  Attempts: 1" + help,
		},
		"403 BAD_ORIGIN, whatever its message": {
			juspaytest.Fault{Status: 403, Body: juspayError("BAD_ORIGIN", "Internal Server error.")}, 0,
			"IP address not allowed\n" + notRead + "SERVER accepts requests for this merchant only from the addresses on an allow-list.\n\n" +
				"Add the public (egress) IP address of the machine that runs Terraform to the allow-list in the Juspay dashboard (Settings > Security), or run Terraform on a machine that is on it. The code BAD_ORIGIN counts here, whatever the message says.\n\n" +
				"  HTTP status: 403\n  Juspay's code: BAD_ORIGIN\n  Juspay's message: \"Internal Server error.\"" + idLine + "\n  Attempts: 1" + help,
		},
		"another 403": {
			juspaytest.Fault{Status: 403, Body: juspayError("FORBIDDEN", "No.")}, 0,
			"Access denied by Juspay\n" + notRead + "SERVER does not let this API key read this account.\n\n" +
				"Check in the Juspay dashboard whether the key may read customer accounts. If merchant_id (or JUSPAY_MERCHANT_ID) is set, check that it is the key's merchant.\n\n" +
				"  HTTP status: 403\n  Juspay's code: FORBIDDEN\n  Juspay's message: \"No.\"" + idLine + "\n  Attempts: 1" + help,
		},
		"404": {
			juspaytest.Fault{Status: 404, Body: juspayError("RESOURCE_NOT_FOUND", "Customer account not found.")}, 0,
			"customer_account_id: Customer account not found\n" + notRead + "SERVER has no such account for this customer.\n\n" +
				"Check both ids. The account may have been deleted, may exist only in another environment, or may belong to another merchant than the API key. To destroy what refers to a deleted account, run terraform destroy -refresh=false.\n\n" +
				"  HTTP status: 404\n  Juspay's code: RESOURCE_NOT_FOUND\n  Juspay's message: \"Customer account not found.\"" + idLine + "\n  Attempts: 1" + help,
		},
		"404 from something else": {
			juspaytest.Fault{Status: 404, Body: "<html>", Header: http.Header{"Content-Type": {"text/html"}}}, 0,
			"Response not from Juspay\n" + notRead + "SERVER responded with 404, without the details that Juspay sends.\n\n" +
				"A firewall or a proxy may have responded in Juspay's place. " + checkURL + "\n\n" +
				"  HTTP status: 404\n  Content type: text/html" + idLine + "\n  Attempts: 1" + help,
		},
		"400": {
			juspaytest.Fault{Status: 400, Body: juspayError("INVALID_INPUT", "customer_id is malformed.")}, 0,
			"Request rejected as malformed\n" + notRead + "SERVER did not accept one of the identifiers, or the routing id.\n\n" +
				"Check customer_id, customer_account_id and routing_id.\n\n" +
				"  HTTP status: 400\n  Juspay's code: INVALID_INPUT\n  Juspay's message: \"customer_id is malformed.\"" + idLine + "\n  Attempts: 1" + help,
		},
		"429 after a retry": {
			juspaytest.Fault{Status: 429, Header: http.Header{"Retry-After": {"0"}}}, 1,
			"Requests throttled\n" + notRead + "SERVER responded with 429, as for too many requests.\n\n" +
				"If this happens often, set requests_per_second in the provider block to the rate limit in your contract with Juspay, divided by the number of plans that run concurrently.\n\n" +
				"  HTTP status: 429" + idLine + "\n  Attempts: 2" + help,
		},
		"429 with a long Retry-After": {
			juspaytest.Fault{Status: 429, Header: http.Header{"Retry-After": {"3600"}}}, 4,
			"Requests throttled\n" + notRead + "SERVER responded with 429, as for too many requests.\n\n" +
				"Run Terraform again after 1h0m0s, the Retry-After of the response, which is longer than timeouts.read allows. If this happens often, set requests_per_second in the provider block to the rate limit in your contract with Juspay, divided by the number of plans that run concurrently.\n\n" +
				"  HTTP status: 429" + idLine + "\n  Attempts: 1" + help,
		},
		"502 after a retry": {
			juspaytest.Fault{Status: 502, Body: juspayError("INTERNAL_SERVER_ERROR", "Try later."), Header: http.Header{"Retry-After": {"0"}}}, 1,
			"Server error at Juspay\n" + notRead + "SERVER responded with 502.\n\n" +
				"The fault is on Juspay's side. Run Terraform again later. If the error persists, report it to Juspay's support.\n\n" +
				"  HTTP status: 502\n  Juspay's code: INTERNAL_SERVER_ERROR\n  Juspay's message: \"Try later.\"" + idLine + "\n  Attempts: 2" + help,
		},
		"503 with a long Retry-After": {
			juspaytest.Fault{Status: 503, Header: http.Header{"Retry-After": {"3600"}}}, 4,
			"Requests throttled\n" + notRead + "SERVER responded with 503, as for too many requests.\n\n" +
				"Run Terraform again after 1h0m0s, the Retry-After of the response, which is longer than timeouts.read allows. If this happens often, set requests_per_second in the provider block to the rate limit in your contract with Juspay, divided by the number of plans that run concurrently.\n\n" +
				"  HTTP status: 503" + idLine + "\n  Attempts: 1" + help,
		},
		"a gateway's page": {
			juspaytest.Fault{Status: 502, Body: "<html>", Header: http.Header{"Content-Type": {"text/html"}}}, 0,
			"Server error at Juspay\n" + notRead + "SERVER responded with 502.\n\n" +
				"The response is a page of a gateway in front of Juspay, which may not reach it. Run Terraform again later. If the error persists, report it to Juspay's support.\n\n" +
				"  HTTP status: 502\n  Content type: text/html" + idLine + "\n  Attempts: 1" + help,
		},
		"another error": {
			juspaytest.Fault{Status: 418, Body: juspayError("TEAPOT", "Short and stout.")}, 0,
			"Unexpected error from Juspay\n" + notRead + "SERVER responded with an unknown error.\n\n" +
				"Look up the code and the message below in Juspay's documentation, or report them to Juspay's support.\n\n" +
				"  HTTP status: 418\n  Juspay's code: TEAPOT\n  Juspay's message: \"Short and stout.\"" + idLine + "\n  Attempts: 1" + help,
		},
		"an error envelope under 200": {
			juspaytest.Fault{Body: juspayError("RESOURCE_NOT_FOUND", "Customer account not found.")}, 0,
			"customer_account_id: Customer account not found\n" + notRead + "SERVER has no such account for this customer.\n\n" +
				"Check both ids. The account may have been deleted, may exist only in another environment, or may belong to another merchant than the API key. To destroy what refers to a deleted account, run terraform destroy -refresh=false.\n\n" +
				"  HTTP status: 200\n  Juspay's code: RESOURCE_NOT_FOUND\n  Juspay's message: \"Customer account not found.\"" + idLine + "\n  Attempts: 1" + help,
		},
		"a redirect": {
			juspaytest.Fault{Status: 302, Header: http.Header{"Location": {"https://login.example.com/?next=/customers"}}}, 0,
			"Redirect not followed\n" + notRead + "SERVER redirects to login.example.com.\n\n" +
				"The provider follows no redirect, so that the API key is sent nowhere else. A proxy or a sign-in page may have responded in Juspay's place. " + checkURL + "\n\n" +
				"  HTTP status: 302" + idLine + "\n  Attempts: 1" + help,
		},
		"a redirect to nowhere": {
			juspaytest.Fault{Status: 302}, 0,
			"Redirect not followed\n" + notRead + "SERVER redirects to another address.\n\n" +
				"The provider follows no redirect, so that the API key is sent nowhere else. A proxy or a sign-in page may have responded in Juspay's place. " + checkURL + "\n\n" +
				"  HTTP status: 302" + idLine + "\n  Attempts: 1" + help,
		},
		"no JSON": {
			juspaytest.Fault{Body: "<html>", Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}}}, 0,
			"Response is not JSON\n" + notRead + "SERVER responded with something that is not JSON.\n\n" +
				"A proxy or a sign-in page may have responded in Juspay's place. " + checkURL + "\n\n" +
				"  HTTP status: 200\n  Content type: text/html" + idLine + "\n  Attempts: 1" + help,
		},
		"another account": {
			juspaytest.Fault{Body: juspaytest.NewAccount("cst_a", "banh_b")}, 0,
			"Response is not the account\n" + notRead + `the response is for the account "banh_b"; "banh_a" was requested. It came from SERVER.` + "\n\n" +
				"Nothing of such a response is used. " + checkURL + " If that is right, report the request id to Juspay's support.\n\n" +
				"  HTTP status: 200\n  Content type: application/json" + idLine + "\n  Attempts: 1" + help,
		},
		"too much": {
			juspaytest.Fault{Body: strings.Repeat(" ", 2<<20)}, 0,
			"Response too large\n" + notRead + "SERVER responded with more than 1 MiB, where an account takes less than 1 KiB.\n\n" +
				"A proxy or another service may have responded in Juspay's place. " + checkURL + "\n\n" +
				"  HTTP status: 200\n  Content type: text/plain" + idLine + "\n  Attempts: 1" + help,
		},
		"a timeout": {
			juspaytest.Fault{Delay: time.Hour}, 1,
			"Request timed out\n" + notRead + "SERVER sent no complete response within 200ms, the timeout of one attempt.\n\n" +
				"If the connection is slow, raise request_timeout in the provider block. " + checkURL + "\n\n" +
				"  Request id sent: UUID\n  Attempts: 2" + help,
		},
		"a dropped connection": {
			juspaytest.Fault{Drop: true}, 1,
			"Connection to Juspay failed\n" + notRead + "the connection to SERVER failed: EOF.\n\n" + checkURL + "\n\n  Request id sent: UUID\n  Attempts: 2" + help,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkText(t, readFailure(t, test.fault, test.retries), test.want)
		})
	}
}

// With one of Juspay's own environments, the advice names it, and no setting that
// is not in use.
func TestAccountError_Responses(t *testing.T) {
	t.Parallel()
	const (
		nameNotFound = "Host name not found\n" + notRead
		rejected     = "API key rejected\n" + notRead
		keys         = "Keys are created in the Juspay dashboard (Settings > Security)."
		variable     = "The key comes from the environment variable JUSPAY_API_KEY. It may be mistyped or revoked, or belong to another environment. "
	)
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"the status of an earlier response": {
			&juspay.APIError{Reason: juspay.ReasonTimeout, BaseURL: "SERVER", Attempts: 2, StatusCode: 503, Code: "MAINTENANCE", RequestID: "r-1", Timeout: time.Second},
			"Request timed out\n" + notRead + "SERVER sent no complete response within 1s, the timeout of one attempt.\n\n" +
				"If the connection is slow, raise request_timeout in the provider block. " + checkURL + "\n\n" +
				"  HTTP status of the last response: 503\n  Juspay's code: MAINTENANCE\n  Request id: r-1\n  Attempts: 2" + help,
		},
		"a proxy that fails": {
			&juspay.APIError{Reason: juspay.ReasonProxy, BaseURL: "SERVER", Attempts: 1, Err: errors.New("the proxy responded with 407")},
			"Proxy failed\n" + notRead + "the proxy for SERVER failed: the proxy responded with 407.\n\n" +
				"Check HTTPS_PROXY. If the proxy requires a user name and a password (407), put them into its URL. To bypass the proxy, list the host in NO_PROXY. The API key was not sent.\n\n" +
				"  Attempts: 1" + help,
		},
		"a validation that does not finish": {
			&juspay.WaitError{Status: juspay.StatusPending, Reads: 7, Waited: 90*time.Second + time.Millisecond},
			"Validation not finished in time\nCustomer account \"banh_a\" of customer \"cst_a\" is still PENDING after 1m30s (reads: 7).\n\n" +
				"Run Terraform again later, or raise timeouts.read, which is 5m0s now. Without wait_for_validation, the current status is returned.",
		},
		"the end of the time for a read": {
			&juspay.APIError{Reason: juspay.ReasonCanceled, BaseURL: "SERVER", Attempts: 2, Err: context.DeadlineExceeded},
			"Account not read in time\nCustomer account \"banh_a\" of customer \"cst_a\" could not be read within 5m0s, the timeout of a read with all its retries.\n\n" +
				"Raise timeouts.read if Juspay is slow or throttles requests. With TF_LOG_PROVIDER=DEBUG, each request is logged.\n\n  Attempts: 2" + help,
		},
		"a connection that is not made in time": {
			&juspay.APIError{Reason: juspay.ReasonTimeout, BaseURL: "SERVER", Attempts: 1, Timeout: time.Second, Err: context.DeadlineExceeded},
			"Request timed out\n" + notRead + "SERVER sent no complete response within 1s, the timeout of one attempt.\n\n" +
				"If the connection is slow, raise request_timeout in the provider block. " + checkURL + "\n\n  Attempts: 1" + help,
		},
		"a host name that DNS does not resolve in time": {
			&juspay.APIError{Reason: juspay.ReasonTimeout, BaseURL: "SERVER", Attempts: 1, Timeout: time.Second, IsDNSTimeout: true},
			"Request timed out\n" + notRead + "DNS did not resolve the host name of SERVER within 1s, the timeout of one attempt.\n\n" +
				"If the connection is slow, raise request_timeout in the provider block. " + checkURL + "\n\n  Attempts: 1" + help,
		},
		"a 401 with a message and no code": {
			&juspay.APIError{Reason: juspay.ReasonUnauthorized, BaseURL: "https://sandbox.juspay.in", Attempts: 1, DeveloperMessage: "No."},
			rejected + "https://sandbox.juspay.in (Juspay's sandbox) did not accept the API key.\n\n" +
				variable + "Set it to a key of sandbox, or environment (or JUSPAY_ENV) to the key's environment. " + keys + "\n\n  Juspay's message: \"No.\"\n  Attempts: 1" + help,
		},
		"an argument that the client refuses": {errors.New("customer_id must not be empty"), "Customer account not read\n" + notRead + "customer_id must not be empty."},
		"a key of the configuration, in production": {
			&juspay.APIError{Reason: juspay.ReasonUnauthorized, BaseURL: "https://api.juspay.in", APIKeySource: "api_key", Attempts: 1, Code: "UNAUTHORIZED"},
			rejected + "https://api.juspay.in (Juspay's production) did not accept the API key.\n\n" +
				"The key comes from api_key in the configuration, which takes precedence over JUSPAY_API_KEY. It may be mistyped or revoked, or belong to another environment. " +
				"Set it to a key of production, or environment (or JUSPAY_ENV) to the key's environment. " + keys + "\n\n" +
				"  Juspay's code: UNAUTHORIZED\n  Attempts: 1" + help,
		},
		"a key of the environment, in the sandbox": {
			&juspay.APIError{Reason: juspay.ReasonUnauthorized, BaseURL: "https://sandbox.juspay.in", Attempts: 1},
			rejected + "https://sandbox.juspay.in (Juspay's sandbox) did not accept the API key.\n\n" +
				variable + "Set it to a key of sandbox, or environment (or JUSPAY_ENV) to the key's environment. " + keys + " The response has none of the details that Juspay sends, so a proxy may have sent it: check HTTPS_PROXY and NO_PROXY too.\n\n  Attempts: 1" + help,
		},
		"a host name of one of Juspay's environments": {
			&juspay.APIError{Reason: juspay.ReasonNameNotFound, BaseURL: "https://api.juspay.in", Attempts: 1},
			nameNotFound + "the host name of https://api.juspay.in (Juspay's production) does not exist.\n\n" +
				"Check this machine's network: DNS, firewall, HTTPS_PROXY and NO_PROXY.\n\n  Attempts: 1" + help,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkText(t, render(accountError(vendorRef, defaultReadTimeout, test.err)), test.want)
		})
	}
}

func TestAccountError_Connections(t *testing.T) {
	t.Parallel()
	gone, plain, untrusted := juspaytest.NewServer(), juspaytest.NewServer(), juspaytest.NewTLSServer()
	gone.Close()
	t.Cleanup(func() {
		for _, server := range []*juspaytest.Server{plain, untrusted} {
			if n := len(server.Requests()); n != 0 {
				t.Errorf("%d requests were sent", n)
			}
			server.Close()
		}
	})
	const attempt = "\n\n  Attempts: 1" + help
	for name, test := range map[string]struct{ baseURL, want string }{
		"nothing listens": {gone.URL, "Connection refused\n" + notRead + "nothing listens at SERVER.\n\n" + checkURL + attempt},
		"no such host":    {"https://api.jspay.example", "Host name not found\n" + notRead + "the host name of SERVER does not exist.\n\n" + checkURL + attempt},
		"no TLS": {strings.Replace(plain.URL, "http://", "https://", 1), "Server does not speak TLS\n" + notRead + "SERVER responded to https:// with plain HTTP. The API key was not sent.\n\n" +
			"Check the port. If the server is on this machine, such as a mock, use http:// in its URL. " + checkURL + attempt},
		"an unknown authority": {untrusted.URL, "Server certificate not trusted\n" + notRead +
			"the certificate presented for SERVER is from an unknown authority. The API key was not sent.\n\n" +
			"If the certificate is from a private authority, such as that of a bank's gateway or of a company's proxy, set ca_cert_pem (or JUSPAY_CA_CERT_PEM) to the authority's certificate. If you do not know where it comes from, stop: someone may be intercepting the connection." + attempt},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkText(t, readFailureAt(t, test.baseURL, 0, juspay.DefaultRequestTimeout), test.want)
		})
	}
}

func TestCanceled(t *testing.T) {
	t.Parallel()
	client, err := juspay.New(juspay.Config{APIKey: "fake", BaseURL: juspay.Sandbox.BaseURL})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = client.Get(ctx, vendorRef, juspay.ReadOptions{})
	checkText(t, render(accountError(vendorRef, defaultReadTimeout, err)), "Read canceled\n"+notRead+"Terraform stopped the read before a response came.\n\n"+
		"Run Terraform again. Nothing was changed.\n\n  Attempts: 0"+help)
}

// writeCertificate writes a server's certificate to a PEM file.
func writeCertificate(t *testing.T, server *juspaytest.Server) string {
	t.Helper()
	certificate, err := x509.ParseCertificate(server.Certificate())
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	encoded := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Raw})
	if err := os.WriteFile(file, encoded, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
