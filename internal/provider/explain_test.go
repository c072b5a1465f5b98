// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"errors"
	"math"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// One row for each reason, and for each text that depends on more than the reason.
func TestExplain(t *testing.T) {
	t.Parallel()
	const (
		sandbox, production = "https://sandbox.juspay.in", "https://api.juspay.in"

		variable = "The key comes from the environment variable JUSPAY_API_KEY. "
		mistyped = "It may be mistyped or revoked, or belong to another environment. Set it to a key of "
		keys     = " Keys are created in the Juspay dashboard (Settings > Security)."
		other    = "this server, or base_url (or JUSPAY_BASE_URL) to the key's server."
		named    = ", or environment (or JUSPAY_ENV) to the key's environment."
		bare     = " The response has none of the details that Juspay sends, so a proxy may have sent it: check HTTPS_PROXY and NO_PROXY too."

		inPlace    = " may have responded in Juspay's place. " + checkURL
		noRedirect = "The provider follows no redirect, so that the API key is sent nowhere else. A proxy or a sign-in page" + inPlace
		ifOften    = "If this happens often, set requests_per_second in the provider block to the rate limit in your contract with Juspay, divided by the number " +
			"of plans that run concurrently."
		later   = " Run Terraform again later. If the error persists, report it to Juspay's support."
		notUsed = "Nothing of such a response is used. " + checkURL + " If that is right, report the request id to Juspay's support."
		ifSlow  = "If the connection is slow, raise request_timeout in the provider block. " + checkURL
		none    = " The server requested a client certificate, and none is configured: it may require client_cert_pem and client_key_pem."
		sent    = " The server requested a client certificate, and may not accept the one in client_cert_pem (or JUSPAY_CLIENT_CERT_PEM)."
		stop    = "If you do not know where it comes from, stop: someone may be intercepting the connection."

		untrusted = "the certificate presented for SERVER is bad. The API key was not sent over this connection."
	)
	bad := errors.New("is bad")
	const untrustedProxy = "the certificate of the proxy for SERVER is bad. The API key was not sent over this connection."
	ofProxy := func(problem juspay.CertificateProblem) juspay.APIError {
		return juspay.APIError{Reason: juspay.ReasonUntrusted, Err: bad, CertificateProblem: problem, IsProxyCertificate: true, Proxy: "proxy.example:3128"}
	}
	untrustedBy := func(problem juspay.CertificateProblem) juspay.APIError {
		return juspay.APIError{Reason: juspay.ReasonUntrusted, Err: bad, CertificateProblem: problem}
	}
	type row struct {
		err                    juspay.APIError
		summary, cause, remedy string
	}
	const inDoubt = "The provider returns no account whose response contradicts itself. Check the account in the Juspay dashboard, and with Juspay's support " +
		"what the field means for it."
	accounts := map[string]row{
		"a key of another server": {juspay.APIError{Reason: juspay.ReasonUnauthorized, Code: "UNAUTHORIZED"},
			"API key rejected", "SERVER did not accept the API key.", variable + mistyped + other + keys},
		"a bare 401": {juspay.APIError{Reason: juspay.ReasonUnauthorized},
			"API key rejected", "SERVER did not accept the API key.", variable + mistyped + other + keys + bare},
		"a key of the variable in the sandbox": {juspay.APIError{Reason: juspay.ReasonUnauthorized, BaseURL: sandbox, DeveloperMessage: "No."},
			"API key rejected", sandbox + " (Juspay's sandbox) did not accept the API key.", variable + mistyped + "sandbox" + named + keys},
		"a key of the configuration in production": {
			juspay.APIError{Reason: juspay.ReasonUnauthorized, BaseURL: production, APIKeySource: "api_key", Code: "X"},
			"API key rejected", production + " (Juspay's production) did not accept the API key.",
			"The key comes from api_key in the configuration, which takes precedence over JUSPAY_API_KEY. " + mistyped + "production" + named + keys},
		"BAD_ORIGIN": {juspay.APIError{Reason: juspay.ReasonBadOrigin}, "IP address not allowed",
			"SERVER accepts requests for this merchant only from the addresses on an allow-list.",
			"Add the public (egress) IP address of the machine that runs Terraform to the allow-list in the Juspay dashboard (Settings > Security), " +
				"or run Terraform on a machine that is on it. The code BAD_ORIGIN counts here, whatever the message says."},
		"another 403": {juspay.APIError{Reason: juspay.ReasonForbidden}, "Access denied by Juspay",
			"SERVER does not let this API key read this account.",
			"Check in the Juspay dashboard whether the key may read customer accounts. If merchant_id (or JUSPAY_MERCHANT_ID) is set, check that it is the key's " +
				"merchant."},
		"404": {juspay.APIError{Reason: juspay.ReasonNotFound}, "Customer account not found",
			"SERVER has no such account for this customer.",
			"Check both ids. The account may have been deleted, may exist only in another environment, or may belong to another merchant than the API key. " +
				"To destroy what refers to a deleted account, run terraform destroy -refresh=false."},
		"400": {juspay.APIError{Reason: juspay.ReasonInvalidInput, CertificateRequested: true}, "Request rejected as malformed",
			"SERVER did not accept one of the identifiers, or the routing id.", "Check the ids of the customer and of the account, and the routing id."},
		"a response of something else": {juspay.APIError{Reason: juspay.ReasonNotJuspay, StatusCode: 404, CertificateConfigured: true}, "Response not from Juspay",
			"SERVER responded with 404, without the details that Juspay sends.",
			"A gateway that does not know this path, or a web server, may have responded in Juspay's place. This does not mean that the account was deleted. " +
				checkURL},
		"a 404 in an encoding that is not read": {juspay.APIError{Reason: juspay.ReasonNotJuspay, StatusCode: 404, Err: bad}, "Response not from Juspay",
			"SERVER responded with 404, without the details that Juspay sends.",
			"The details may be there, but is bad. A gateway that does not know this path, or a web server, may have responded in Juspay's place. " +
				"This does not mean that the account was deleted. " + checkURL},
		"a 403 in an encoding that is not read": {juspay.APIError{Reason: juspay.ReasonNotJuspay, StatusCode: 403, Err: bad}, "Response not from Juspay",
			"SERVER responded with 403, without the details that Juspay sends.",
			"The details may be there, but is bad. A firewall or a proxy" + inPlace},
		"a page of a gateway that requested a certificate": {juspay.APIError{Reason: juspay.ReasonNotJuspay, StatusCode: 400, CertificateRequested: true},
			"Response not from Juspay", "SERVER responded with 400, without the details that Juspay sends.", "A firewall or a proxy" + inPlace + none},
		"a page of a gateway that got a certificate": {juspay.APIError{Reason: juspay.ReasonNotJuspay, StatusCode: 400, CertificateRequested: true,
			CertificateConfigured: true},
			"Response not from Juspay", "SERVER responded with 400, without the details that Juspay sends.", "A firewall or a proxy" + inPlace + sent},
		"a 403 of a gateway that got a certificate": {juspay.APIError{Reason: juspay.ReasonNotJuspay, StatusCode: 403, CertificateRequested: true,
			CertificateConfigured: true},
			"Response not from Juspay", "SERVER responded with 403, without the details that Juspay sends.", "A firewall or a proxy" + inPlace + sent},
		"a page of a gateway that did not get a certificate": {juspay.APIError{Reason: juspay.ReasonNotJuspay, StatusCode: 403, CertificateConfigured: true},
			"Response not from Juspay", "SERVER responded with 403, without the details that Juspay sends.", "A firewall or a proxy" + inPlace +
				" The server requested no client certificate in the handshake. If it requires one for some paths only, as Apache with SSLVerifyClient in a " +
				"Location, its operator must require it for the whole host, " +
				"or use TLS 1.2 there: the provider cannot present one after a handshake of TLS 1.3."},
		"429": {juspay.APIError{Reason: juspay.ReasonThrottled, StatusCode: 429},
			"Requests throttled", "SERVER responded with 429, as for too many requests.", ifOften},
		"503 with a long Retry-After": {juspay.APIError{Reason: juspay.ReasonThrottled, StatusCode: 503, RetryAfter: time.Hour, RetryAfterTooLong: true},
			"Requests throttled", "SERVER responded with 503, as gateways do for too many requests, and while the server is down.",
			"Run Terraform again after 1h0m0s, the Retry-After of the response, which is longer than timeouts.read allows. " +
				"If no other account can be read either, the server may be down: run Terraform again later. " + ifOften},
		"429 with a long Retry-After, without retries": {juspay.APIError{Reason: juspay.ReasonThrottled, StatusCode: 429, RetryAfter: time.Hour},
			"Requests throttled", "SERVER responded with 429, as for too many requests.",
			"Run Terraform again after 1h0m0s, the Retry-After of the response. " + ifOften},
		"429 with a short Retry-After": {juspay.APIError{Reason: juspay.ReasonThrottled, StatusCode: 429, RetryAfter: 59 * time.Second},
			"Requests throttled", "SERVER responded with 429, as for too many requests.", ifOften},
		"503 with a code": {juspay.APIError{Reason: juspay.ReasonThrottled, StatusCode: 503, Code: "RATE_LIMITED"},
			"Requests throttled", "SERVER responded with 503, as for too many requests.", ifOften},
		"an error of Juspay": {juspay.APIError{Reason: juspay.ReasonServerError, StatusCode: 502, Code: "INTERNAL_SERVER_ERROR", ContentType: "text/html"},
			"Server error at Juspay", "SERVER responded with 502.", "The fault is on Juspay's side." + later},
		"an error of a gateway": {juspay.APIError{Reason: juspay.ReasonServerError, StatusCode: 502, ContentType: "text/html"},
			"Server error at Juspay", "SERVER responded with 502.", "The response is a page of a gateway in front of Juspay, which may not reach it." + later},
		"an error of a gateway in plain text": {juspay.APIError{Reason: juspay.ReasonServerError, StatusCode: 503, ContentType: "text/plain"},
			"Server error at Juspay", "SERVER responded with 503.", "The response is a page of a gateway in front of Juspay, which may not reach it." + later},
		"an error in JSON": {juspay.APIError{Reason: juspay.ReasonServerError, StatusCode: 503, ContentType: "application/problem+json"},
			"Server error at Juspay", "SERVER responded with 503.", "The fault is on Juspay's side." + later},
		"an unknown error": {juspay.APIError{Reason: juspay.ReasonUnexpectedError}, "Unexpected error from Juspay",
			"SERVER responded with an unknown error.", "Look up the code and the message below in Juspay's documentation, or report them to Juspay's support."},
		"an unknown error with a long Retry-After": {
			juspay.APIError{Reason: juspay.ReasonUnexpectedError, StatusCode: 408, RetryAfter: time.Hour, RetryAfterTooLong: true},
			"Unexpected error from Juspay", "SERVER responded with an unknown error.",
			"Run Terraform again after 1h0m0s, the Retry-After of the response, which is longer than timeouts.read allows. " +
				"Look up the code and the message below in Juspay's documentation, or report them to Juspay's support."},
		"an unknown error in a field": {juspay.APIError{Reason: juspay.ReasonUnexpectedError, Err: errors.New("the field status (DELETED) reports an error")},
			"Unexpected error from Juspay", "SERVER responded with an unknown error.", "In the response, the field status (DELETED) reports an error. " +
				"Look up the code and the message below in Juspay's documentation, or report them to Juspay's support."},
		"a redirect": {juspay.APIError{Reason: juspay.ReasonRedirect, RedirectHost: "login.example.com"},
			"Redirect not followed", "SERVER redirects to login.example.com.", noRedirect},
		"a redirect to nowhere": {juspay.APIError{Reason: juspay.ReasonRedirect},
			"Redirect not followed", "SERVER redirects to another address.", noRedirect},
		"no JSON": {juspay.APIError{Reason: juspay.ReasonNotJSON},
			"Response is not JSON", "SERVER responded with something that is not JSON.", "A proxy or a sign-in page" + inPlace},
		"another account": {juspay.APIError{Reason: juspay.ReasonNotAccount, Err: bad},
			"Response is not the account", "is bad. It came from SERVER.", notUsed},
		"another customer": {juspay.APIError{Reason: juspay.ReasonOtherCustomer, Err: bad}, "Response is of another customer", "is bad. It came from SERVER.",
			"Set customer_id to the id that Juspay returns for this customer, as the Juspay dashboard shows it. Juspay returns either its own id (cst_...) or your " +
				"reference. " +
				"If the customer_id is right, report the request id to Juspay's support."},
		"doubt": {juspay.APIError{Reason: juspay.ReasonInDoubt, Err: bad}, "Response in doubt", "is bad. It came from SERVER.",
			inDoubt},
		"doubt about a field": {juspay.APIError{Reason: juspay.ReasonInDoubt, Err: bad, AcceptedField: "is_active=false"}, "Response in doubt",
			"is bad. It came from SERVER.",
			inDoubt + ` If Juspay confirms that it does not matter, add "is_active=false" to accepted_fields in the provider block.`},
		"doubt about a field whose value is not shown": {juspay.APIError{Reason: juspay.ReasonInDoubt, Err: bad, AcceptedField: "error_message=VALUE"},
			"Response in doubt",
			"is bad. It came from SERVER.",
			inDoubt + ` If Juspay confirms that it does not matter, add "error_message=VALUE" to accepted_fields in the provider block. ` +
				"VALUE is the value that Juspay sent. It is not shown, because it may be personal."},
		"an unknown field": {juspay.APIError{Reason: juspay.ReasonUnknownField, Err: bad, AcceptedField: `hold\u0020reason`}, "Unknown field of an account",
			"is bad. It came from SERVER.",
			`With unknown_fields = "error", the provider returns no ACTIVE account with a field that it does not know. Check with Juspay's support what the field ` +
				`means, ` +
				`or look for a newer version of the provider. If Juspay confirms that it does not matter, add "hold\\u0020reason" to accepted_fields in the provider ` +
				`block.`},
		"a sign-in page of a network": {juspay.APIError{Reason: juspay.ReasonNotJuspay, StatusCode: 511}, "Response not from Juspay",
			"SERVER responded with 511, without the details that Juspay sends.",
			"This machine's network requires a sign-in (a captive portal): open a web page in a browser, or use another network. " + checkURL},
		"a 304": {juspay.APIError{Reason: juspay.ReasonNotJuspay, StatusCode: 304}, "Response not from Juspay",
			"SERVER responded with 304, without the details that Juspay sends.",
			"The status means that nothing changed since an earlier response, although the request had no condition. Have the operator of the cache or proxy in front " +
				"of Juspay exclude this API. " + checkURL},
		"a firewall's page with a long Retry-After": {
			juspay.APIError{Reason: juspay.ReasonNotJuspay, StatusCode: 403, RetryAfter: time.Hour, RetryAfterTooLong: true}, "Response not from Juspay",
			"SERVER responded with 403, without the details that Juspay sends.",
			"Run Terraform again after 1h0m0s, the Retry-After of the response, which is longer than timeouts.read allows. A firewall or a proxy may have " +
				"responded in Juspay's place. " + checkURL},
		"429 with a Retry-After of years": {juspay.APIError{Reason: juspay.ReasonThrottled, StatusCode: 429, RetryAfter: math.MaxInt64, RetryAfterTooLong: true},
			"Requests throttled",
			"SERVER responded with 429, as for too many requests.",
			"Run Terraform again after more than a year, the Retry-After of the response, which is longer than timeouts.read allows. " + ifOften},
		"a cache": {juspay.APIError{Reason: juspay.ReasonStale, Err: bad}, "Response from a cache", "is bad. It was requested from SERVER.",
			"The status may have changed since. Have the operator of the cache or proxy exclude this API, or bypass the proxy with NO_PROXY. If the header is Date, " +
				"check this machine's clock too."},
		"too much": {juspay.APIError{Reason: juspay.ReasonTooLarge}, "Response too large",
			"SERVER responded with more than 1 MiB, where an account takes less than 1 KiB.", "A proxy or another service" + inPlace},
		"a timeout": {juspay.APIError{Reason: juspay.ReasonTimeout, Timeout: time.Second, Err: context.DeadlineExceeded},
			"Request timed out", "SERVER sent no complete response within 1s, the timeout of one attempt.", ifSlow},
		"a timeout of DNS": {juspay.APIError{Reason: juspay.ReasonTimeout, Timeout: time.Second, IsDNSTimeout: true},
			"Request timed out", "DNS did not resolve the host name of SERVER within 1s, the timeout of one attempt.", ifSlow},
		"a timeout of DNS for the proxy": {juspay.APIError{Reason: juspay.ReasonTimeout, Timeout: time.Second, IsDNSTimeout: true, Proxy: "proxy.example:3128"},
			"Request timed out", "DNS did not resolve the host name of the proxy for SERVER within 1s, the timeout of one attempt.", ifSlow},
		"nobody listens": {juspay.APIError{Reason: juspay.ReasonConnectionRefused}, "Connection refused", "nothing listens at SERVER.", checkURL},
		"no such host": {juspay.APIError{Reason: juspay.ReasonNameNotFound},
			"Host name not found", "the host name of SERVER does not exist.", checkURL},
		"no host of production": {juspay.APIError{Reason: juspay.ReasonNameNotFound, BaseURL: production},
			"Host name not found", "the host name of " + production + " (Juspay's production) does not exist.",
			"Check this machine's network: DNS, firewall, HTTPS_PROXY and NO_PROXY."},
		"an unknown authority": {untrustedBy(juspay.CertificateUnknownAuthority), "Server certificate not trusted", untrusted,
			"If the certificate is from a private authority, such as that of a bank's gateway or of a company's proxy, set ca_cert_pem (or JUSPAY_CA_CERT_PEM) to the " +
				"authority's certificate. " + stop},
		"a certificate for another host": {untrustedBy(juspay.CertificateOtherHost), "Server certificate not trusted", untrusted,
			"Check base_url (or JUSPAY_BASE_URL) and DNS. If the host is right, its operator must install a certificate for it."},
		"a certificate of the proxy by an unknown authority": {ofProxy(juspay.CertificateUnknownAuthority), "Server certificate not trusted", untrustedProxy,
			"If the certificate is from a private authority, such as that of a bank's gateway or of a company's proxy, set ca_cert_pem (or JUSPAY_CA_CERT_PEM) " +
				"to the authority's certificate. " + stop},
		"a certificate of the proxy for another host": {ofProxy(juspay.CertificateOtherHost), "Server certificate not trusted", untrustedProxy,
			"Check HTTPS_PROXY and DNS. If the host is right, its operator must install a certificate for it."},
		"a certificate without names": {untrustedBy(juspay.CertificateNoNames), "Server certificate not trusted", untrusted,
			"Its operator must install a certificate with the host in its subject alternative names. The common name no longer counts."},
		"an expired certificate": {untrustedBy(juspay.CertificateExpired), "Server certificate not trusted", untrusted,
			"Its operator must renew the certificate. Check this machine's clock too."},
		"a certificate that is not valid yet": {untrustedBy(juspay.CertificateNotYetValid), "Server certificate not trusted", untrusted,
			"Check this machine's clock. If it is right, the server's operator must install a certificate that is valid now."},
		"a certificate for clients": {untrustedBy(juspay.CertificateWrongUsage), "Server certificate not trusted", untrusted,
			"Its operator must install a certificate for servers. A client certificate may have been installed by mistake."},
		"a certificate with another problem": {untrustedBy(""), "Server certificate not trusted", untrusted,
			"Have the server's operator check the certificate. " + stop},
		"a certificate is required": {juspay.APIError{Reason: juspay.ReasonCertificateRequired, CertificateRequested: true}, "Client certificate required",
			"SERVER requires a client certificate (mutual TLS), and none is configured.",
			"Set client_cert_pem and client_key_pem in the provider block, or JUSPAY_CLIENT_CERT_PEM and JUSPAY_CLIENT_KEY_PEM."},
		"a certificate is rejected": {juspay.APIError{Reason: juspay.ReasonCertificateRejected, Err: bad}, "Client certificate refused",
			"SERVER did not accept the client certificate: is bad.",
			"Check client_cert_pem (or JUSPAY_CLIENT_CERT_PEM). The certificate may have expired, or may be from an authority that the server does not trust. " +
				"Add its intermediate certificates after it, if there are any."},
		"no TLS": {juspay.APIError{Reason: juspay.ReasonNotTLS}, "Server does not speak TLS",
			"SERVER responded to https:// with plain HTTP. The API key was not sent over this connection.",
			"Check the port. If the server is on this machine, such as a mock, use http:// in its URL. " + checkURL},
		"a proxy that fails": {juspay.APIError{Reason: juspay.ReasonProxy, Err: errors.New("the proxy responded with 407")}, "Proxy failed",
			"the proxy for SERVER failed: the proxy responded with 407.",
			"Check HTTPS_PROXY. If the proxy requires a user name and a password (407), put them into its URL. To bypass the proxy, list the host in NO_PROXY. The " +
				"API key was not sent over this connection."},
		"a canceled read": {juspay.APIError{Reason: juspay.ReasonCanceled, Err: context.Canceled}, "Read canceled",
			"Terraform stopped the read before it ended.", "The provider changes nothing. If this was an apply, Terraform may already have changed other resources: " +
				"run terraform plan to see what is left."},
		"a dropped connection": {juspay.APIError{Reason: juspay.ReasonConnection, Err: errors.New("EOF")},
			"Connection to Juspay failed", "the connection to SERVER failed: EOF.", checkURL},
		"a connection that broke after the request for a certificate": {juspay.APIError{Reason: juspay.ReasonConnection, Err: errors.New("EOF"),
			CertificateRequested: true},

			"Connection to Juspay failed", "the connection to SERVER failed: EOF.", checkURL + none},
	}
	const byItself = "Set customer_ids instead of customer_id; each account is then read by itself."
	lists := map[string]row{
		"an incomplete list": {juspay.APIError{Reason: juspay.ReasonIncomplete, Err: bad},
			"List of accounts may be incomplete", "is bad. It came from SERVER.", byItself},
		"no list": {juspay.APIError{Reason: juspay.ReasonNotAccount, Err: bad},
			"Response is not an account list", "is bad. It came from SERVER.", notUsed},
		"a list that is too large": {juspay.APIError{Reason: juspay.ReasonTooLarge}, "Response too large",
			"SERVER responded with more than 1 MiB, which is some thousand accounts.",
			byItself + " If the customer has fewer, a proxy or another service may have responded in Juspay's place."},
		"a list of nobody": {juspay.APIError{Reason: juspay.ReasonNotFound}, "Customer not found", "SERVER has no such customer.",
			"Check customer_id. The customer may exist only in another environment, or may belong to another merchant than the API key."},
		"a list from nowhere": {juspay.APIError{Reason: juspay.ReasonConnectionRefused}, "Connection refused", "nothing listens at SERVER.", checkURL},
	}
	explained := map[juspay.Reason]bool{}
	for _, group := range []struct {
		table map[juspay.Reason]explanation
		rows  map[string]row
	}{{explanations, accounts}, {listExplanations, lists}} {
		for name, test := range group.rows {
			explained[test.err.Reason] = true
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test.err.BaseURL = cmp.Or(test.err.BaseURL, "SERVER")
				got := explain(&test.err, group.table)
				check.Equal(t, "the summary", got.summary, test.summary)
				check.Equal(t, "the cause", got.cause, test.cause)
				check.Equal(t, "the remedy", got.remedy, test.remedy)
			})
		}
	}
	for _, reason := range juspay.Reasons() {
		if !explained[reason] {
			t.Errorf("got no row with the reason %q, want at least one", reason)
		}
	}
}

func TestQuoteEntry(t *testing.T) {
	t.Parallel()
	check.Rows(t, func(_ *testing.T, entry string) string { return quoteEntry(entry) }, map[string]check.Row[string, string]{
		"words stay as they are":              {"error_message=Account closed", `"error_message=Account closed"`},
		"a backslash is doubled":              {`a\u003db`, `"a\\u003db"`},
		"a quotation mark is escaped":         {`a"b`, `"a\"b"`},
		"an interpolation is not a template":  {"a=${b}", `"a=$${b}"`},
		"a directive is not a template":       {"a=%{b}", `"a=%%{b}"`},
		"a dollar and a percent sign are not": {"a=$b%c", `"a=$b%c"`},
	})
}

// TestAcceptRemedy_AcceptsTheField adds the entry of an error to the configuration as it is
// printed.
func TestAcceptRemedy_AcceptsTheField(t *testing.T) {
	t.Parallel()
	remedyRE := regexp.MustCompile(`add (".*") to accepted_fields`)
	for name, row := range map[string]struct{ field, value string }{
		"letters":                {"hold_reason", "x"},
		"a space":                {"hold reason", "x"},
		"an equals sign":         {"a=b", "x"},
		"a quotation mark":       {`a"b`, "x"},
		"a backslash":            {`a\b`, "x"},
		"an escape":              {`a\u0062`, "x"},
		"an escaped equals sign": {`a\u003db`, "x"},
		"a template":             {"${a}", "x"},
		"an emoji":               {"\U0001f6ab", "x"},
		"a value":                {"error_message", "Account closed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			server.Put(juspaytest.NewAccount("cst_a", "banh_a").With(row.field, row.value))
			config := tfObject{"unknown_fields": tfString("error")}
			_, diags := readData(t, newConfiguredPlugin(t, server, config), typeAccount, configAccountA)
			check.Equal(t, "the number of errors", len(diags), 1)
			match := remedyRE.FindStringSubmatch(diags[0].Detail)
			if match == nil {
				t.Fatalf("got the error %q, want an entry to add", diags[0].Detail)
			}
			entry := check.Must(strconv.Unquote(match[1])) // Go and Terraform's language escape these characters alike
			config["accepted_fields"] = tftypes.NewValue(tftypes.List{ElementType: tftypes.String}, []tftypes.Value{tfString(entry)})
			_, diags = readData(t, newConfiguredPlugin(t, server, config), typeAccount, configAccountA)
			checkSummaries(t, "the read with the entry "+match[1], diags)
		})
	}
}
