// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// The summaries of errors that are the provider's own, not the client's.
const (
	summaryNotRead      = "Customer account not read"
	summaryReadTimeout  = "Account not read in time"
	summaryReadsTimeout = "Accounts not read in time"
	summaryWaitTimeout  = "Validation not finished in time"
	summaryMoreErrors   = "More accounts not read"
)

// troubleshooting is the page that explains every error. The registry has it only
// after the first release.
const troubleshooting = "https://github.com/juspay/terraform-provider-juspay/blob/main/docs/guides/troubleshooting.md"

// explanation is what a user needs to know of one reason. Its texts may hold the
// placeholders that explain fills.
type explanation struct {
	summary string // at most six words, by which troubleshooting tables find it
	what    string // completes "... could not be read: "
	remedy  string // imperative
}

// explanations are those of every reason.
var explanations = map[juspay.Reason]explanation{
	juspay.ReasonUnauthorized: {"API key rejected",
		"{server} did not accept the API key.",
		"{key}"},
	juspay.ReasonBadOrigin: {"IP address not allowed",
		"{server} accepts requests for this merchant only from the addresses on an allow-list.",
		"Add the public (egress) IP address of the machine that runs Terraform to the allow-list in the Juspay dashboard (Settings > Security), or run Terraform on a machine that is on it. The code BAD_ORIGIN counts here, whatever the message says."},
	juspay.ReasonForbidden: {"Access denied by Juspay",
		"{server} does not let this API key read this account.",
		"Check in the Juspay dashboard whether the key may read customer accounts. If merchant_id (or JUSPAY_MERCHANT_ID) is set, check that it is the key's merchant."},
	juspay.ReasonNotFound: {"Customer account not found",
		"{server} has no such account for this customer.",
		"Check both ids. The account may have been deleted, may exist only in another environment, or may belong to another merchant than the API key. To destroy what refers to a deleted account, run terraform destroy -refresh=false."},
	juspay.ReasonInvalidInput: {"Request rejected as malformed",
		"{server} did not accept one of the identifiers, or the routing id.",
		"Check customer_id, customer_account_id and routing_id."},
	juspay.ReasonNotJuspay: {"Response not from Juspay",
		"{server} responded with {status}, without the details that Juspay sends.",
		"A firewall or a proxy may have responded in Juspay's place. {network}{certificate}"},
	juspay.ReasonThrottled: {"Requests throttled by Juspay",
		"{server} received too many requests.",
		"{wait}If this happens often, set requests_per_second in the provider block to the rate limit in your contract with Juspay."},
	juspay.ReasonServerError: {"Server error at Juspay",
		"{server} reported an error of its own.",
		"{wait}The fault is on Juspay's side. Run Terraform again later. If the error persists, report it to Juspay's support."},
	juspay.ReasonUnexpectedError: {"Unexpected error from Juspay",
		"{server} responded with an error that the provider does not know.",
		"{field}Look up the code and the message below in Juspay's documentation, or report them to Juspay's support."},
	juspay.ReasonRedirect: {"Redirect not followed",
		"{server} redirects to {redirect}.",
		"The provider follows no redirect, so that the API key is sent nowhere else. A proxy or a sign-in page may have responded in Juspay's place. {network}"},
	juspay.ReasonNotJSON: {"Response is not JSON",
		"{server} responded with something that is not JSON.",
		"A proxy or a sign-in page may have responded in Juspay's place. {network}"},
	juspay.ReasonNotAccount: {"Response is not the account",
		"{error}. It came from {server}.",
		"Nothing of such a response is used. {network} If that is right, report the request id to Juspay's support."},
	juspay.ReasonOtherCustomer: {"Response is of another customer",
		"{error}. It came from {server}.",
		"Set customer_id to the id that Juspay returns for this customer, as the Juspay dashboard shows it. Juspay returns either its own id (cst_...) or your reference. If the customer_id is right, report the request id to Juspay's support."},
	juspay.ReasonInDoubt: {"Response in doubt",
		"{error}. It came from {server}.",
		"The provider returns no account whose response shows a sign that the account must not be used, whatever its validation_status is. Check the account in the Juspay dashboard. If it is in order, report the request id and the field to Juspay's support."},
	juspay.ReasonStale: {"Response from a cache",
		"{error}. It was requested from {server}.",
		"The status may have changed since. Have the operator of the cache or proxy exclude this API, or bypass the proxy with NO_PROXY."},
	juspay.ReasonIncomplete: {"List of accounts may be incomplete",
		"{error}. It came from {server}.",
		remedyUseCustomerIDs},
	juspay.ReasonTooLarge: {"Response too large",
		"{server} responded with more than 1 MiB, where an account takes less than 1 KiB.",
		"A proxy or another service may have responded in Juspay's place. {network}"},
	juspay.ReasonTimeout: {"Request timed out",
		"{server} sent no complete response within {timeout}, the timeout of one attempt.",
		"If the connection is slow, raise request_timeout in the provider block. {network}"},
	juspay.ReasonRefused: {"Connection refused",
		"nothing listens at {server}.",
		"{network}"},
	juspay.ReasonNameNotFound: {"Host name not found",
		"the host name of {server} does not exist.",
		"{network}"},
	juspay.ReasonUntrusted: {"Server certificate not trusted",
		"the certificate presented for {server} {error}. The API key was not sent.",
		"{untrusted}"},
	juspay.ReasonCertificateRequired: {"Client certificate required",
		"{server} requires a client certificate (mutual TLS), and none is configured.",
		"Set client_cert_pem and client_key_pem in the provider block, or " + envClientCertPEM + " and " + envClientKeyPEM + "."},
	juspay.ReasonCertificateRefused: {"Client certificate refused",
		"{server} did not accept the client certificate: {error}.",
		"Check client_cert_pem (or " + envClientCertPEM + "). The certificate may have expired, or be of an authority that the server does not know. Add its intermediate certificates after it, if there are any."},
	juspay.ReasonNotTLS: {"Server does not speak TLS",
		"{server} responded to https:// with plain HTTP. The API key was not sent.",
		"Check the port. If the server is on this machine, such as a mock, use http:// in its URL. {network}"},
	juspay.ReasonProxy: {"Proxy failed",
		"the proxy for {server} failed: {error}.",
		"Check HTTPS_PROXY. If the proxy requires a user name and a password (407), put them into its URL. To bypass the proxy, list the host in NO_PROXY. The API key was not sent."},
	juspay.ReasonCanceled: {"Read canceled",
		"Terraform stopped the read before a response came.",
		"Run Terraform again. Nothing was changed."},
	juspay.ReasonConnection: {"Connection to Juspay failed",
		"the connection to {server} failed: {error}.",
		"{network}{certificate}"},
}

// listExplanations replace those of explanations where all accounts of a customer
// are requested.
var listExplanations = map[juspay.Reason]explanation{
	juspay.ReasonNotFound: {"Customer not found",
		"{server} has no such customer.",
		"Check customer_id. The customer may exist only in another environment, or may belong to another merchant than the API key."},
	juspay.ReasonNotAccount: {"Response is not an account list",
		explanations[juspay.ReasonNotAccount].what,
		explanations[juspay.ReasonNotAccount].remedy},
	juspay.ReasonTooLarge: {"Response too large",
		"{server} responded with more than 1 MiB, which is some thousand accounts.",
		remedyUseCustomerIDs + " If the customer has fewer, a proxy or another service may have responded in Juspay's place."},
}

// remedyUseCustomerIDs is the remedy where a list cannot hold all accounts.
const remedyUseCustomerIDs = "Set customer_ids instead of customer_id; each account is then read by itself."

// explain fills the placeholders of the explanation of an error.
func explain(e *juspay.APIError, list bool) explanation {
	x := explanations[e.Reason]
	if list {
		x = cmp.Or(listExplanations[e.Reason], x)
	}
	fill := strings.NewReplacer(
		"{server}", serverName(e.BaseURL),
		"{status}", fmt.Sprint(e.StatusCode),
		"{error}", fmt.Sprint(e.Err),
		"{field}", responseField(e),
		"{untrusted}", untrustedRemedies[e.CertificateProblem],
		"{redirect}", cmp.Or(e.RedirectHost, "another address"),
		"{timeout}", e.Timeout.String(),
		"{network}", networkRemedy(e),
		"{certificate}", certificateRemedy(e),
		"{key}", keyRemedy(e),
		"{wait}", waitLongerRemedy(e),
	)
	return explanation{x.summary, fill.Replace(x.what), fill.Replace(x.remedy)}
}

// accountError explains why the read of an account, which may take as long as
// limit, failed and what to do. Every failed read becomes a diagnostic here.
func accountError(ref juspay.AccountRef, limit time.Duration, err error) diag.Diagnostic {
	account := fmt.Sprintf("Customer account %q of customer %q", juspay.DisplayID(ref.CustomerAccountID), juspay.DisplayID(ref.CustomerID))
	var wait *juspay.WaitError
	if errors.As(err, &wait) {
		return diag.NewErrorDiagnostic(summaryWaitTimeout, fmt.Sprintf("%s is still %s after %s (reads: %d).\n\n%s",
			account, wait.Status, wait.Waited.Round(time.Second), wait.Reads, waitRemedy(limit)))
	}
	explained := readError(account, limit, err, false)
	var apiErr *juspay.APIError
	if errors.As(err, &apiErr) && apiErr.Reason == juspay.ReasonNotFound {
		return diag.WithPath(path.Root("customer_account_id"), explained)
	}
	return explained
}

// listError is accountError for a read of all accounts of a
// customer.
func listError(customerID string, limit time.Duration, err error) diag.Diagnostic {
	return diag.WithPath(path.Root("customer_id"), readError(fmt.Sprintf("The accounts of customer %q", juspay.DisplayID(customerID)), limit, err, true))
}

func readError(what string, limit time.Duration, err error, list bool) diag.Diagnostic {
	var apiErr *juspay.APIError
	switch {
	case !errors.As(err, &apiErr):
		return diag.NewErrorDiagnostic(summaryNotRead, fmt.Sprintf("%s could not be read: %v.", what, err))
	case isReadTimeout(err):
		return diag.NewErrorDiagnostic(summaryReadTimeout, fmt.Sprintf("%s could not be read within %s, the timeout of a read with all its retries.\n\n"+
			"Raise timeouts.read if Juspay is slow or throttles requests. With TF_LOG_PROVIDER=DEBUG, each request is logged.%s", what, limit, errorFields(apiErr)))
	}
	x := explain(apiErr, list)
	return diag.NewErrorDiagnostic(x.summary, fmt.Sprintf("%s could not be read: %s\n\n%s%s", what, x.what, x.remedy, errorFields(apiErr)))
}

// isReadTimeout reports whether the timeout of a read ended it.
func isReadTimeout(err error) bool {
	var apiErr *juspay.APIError
	return errors.As(err, &apiErr) && apiErr.Reason == juspay.ReasonCanceled && errors.Is(err, context.DeadlineExceeded)
}

// untrustedRemedies say what to do about a server's certificate. Only that of an unknown
// authority can be trusted by a setting.
var untrustedRemedies = map[juspay.CertificateProblem]string{
	juspay.CertificateOtherHost:   "Check base_url (or " + envBaseURL + ") and DNS. If the host is right, its operator must install a certificate for it.",
	juspay.CertificateNoNames:     "Its operator must install a certificate with the host in its subject alternative names. The common name no longer counts.",
	juspay.CertificateExpired:     "Its operator must renew the certificate. Check this machine's clock too.",
	juspay.CertificateNotYetValid: "Check this machine's clock. If it is right, the server's operator must install a certificate that is valid now.",
	juspay.CertificateWrongUsage:  "Its operator must install a certificate for servers. A client certificate may have been installed by mistake.",
	juspay.CertificateUnknownAuthority: "If the certificate is from a private authority, such as that of a bank's gateway or of a company's proxy, set ca_cert_pem (or " + envCACertPEM + ") to the authority's certificate. " +
		"If you do not know where it comes from, stop: someone may be intercepting the connection.",
	"": "Have the server's operator check the certificate. If you do not know where it comes from, stop: someone may be intercepting the connection.",
}

// responseField names the field by which a 200 response is an error.
func responseField(e *juspay.APIError) string {
	if e.Err == nil {
		return ""
	}
	return "In the response, " + e.Err.Error() + ". "
}

func waitRemedy(limit time.Duration) string {
	return fmt.Sprintf("Run Terraform again later, or raise timeouts.read, which is %s now. Without wait_for_validation, the current status is returned.", limit)
}

// environmentForURL names the environment whose URL baseURL is; it is empty when
// base_url named another server.
func environmentForURL(baseURL string) string {
	for _, environment := range juspay.Environments() {
		if environment.BaseURL == baseURL {
			return environment.Name
		}
	}
	return ""
}

func serverName(baseURL string) string {
	if environment := environmentForURL(baseURL); environment != "" {
		return fmt.Sprintf("%s (Juspay's %s)", baseURL, environment)
	}
	return baseURL
}

// keyRemedy says where the key comes from, and what it must go with.
func keyRemedy(e *juspay.APIError) string {
	source := "The key comes from the environment variable " + envKey + "."
	if e.APIKeySource == "api_key" {
		source = "The key comes from api_key in the configuration, which takes precedence over " + envKey + "."
	}
	server := "this server, or base_url (or " + envBaseURL + ") to the key's server"
	if environment := environmentForURL(e.BaseURL); environment != "" {
		server = environment + ", or environment (or " + envEnvironment + ") to the key's environment"
	}
	remedy := source + " It may be mistyped or revoked, or belong to another environment. Set it to a key of " + server +
		". Keys are created in the Juspay dashboard (Settings > Security)."
	if e.Code == "" && e.DeveloperMessage == "" {
		remedy += " The response has none of the details that Juspay sends, so a proxy may have sent it: check HTTPS_PROXY and NO_PROXY too."
	}
	return remedy
}

// networkRemedy says what to check when something is wrong with the server or
// the network.
func networkRemedy(e *juspay.APIError) string {
	if environmentForURL(e.BaseURL) == "" {
		return "Check base_url (or " + envBaseURL + "), HTTPS_PROXY and NO_PROXY."
	}
	return "Check this machine's network: DNS, firewall, HTTPS_PROXY and NO_PROXY."
}

// certificateRemedy names the client certificate as a possible cause, if the server
// requested one.
func certificateRemedy(e *juspay.APIError) string {
	switch {
	case !e.CertificateRequested:
		return ""
	case e.CertificateSent:
		return " The server requested a client certificate, and may not accept the one in client_cert_pem (or " + envClientCertPEM + ")."
	}
	return " The server requested a client certificate, and none is configured: it may require client_cert_pem and client_key_pem."
}

// waitLongerRemedy says how long to wait where a read does not.
func waitLongerRemedy(e *juspay.APIError) string {
	if !e.RetryAfterTooLong() {
		return ""
	}
	return fmt.Sprintf("Run Terraform again after %s, the Retry-After of the response, which is longer than a read waits. ", e.RetryAfter.Round(time.Second))
}

// statusQualifier marks the status of an earlier attempt, where the last one got no
// response.
func statusQualifier(e *juspay.APIError) string {
	switch e.Reason {
	case juspay.ReasonTimeout, juspay.ReasonRefused, juspay.ReasonNameNotFound, juspay.ReasonUntrusted, juspay.ReasonNotTLS, juspay.ReasonProxy, juspay.ReasonCanceled:
		return " of the last response"
	}
	return ""
}

// errorFields lists what Juspay's support, or whoever looks at the network, needs.
func errorFields(e *juspay.APIError) string {
	var lines []string
	add := func(name, value string) {
		if value != "" {
			lines = append(lines, "  "+name+": "+value)
		}
	}
	if e.StatusCode != 0 {
		add("HTTP status"+statusQualifier(e), fmt.Sprint(e.StatusCode))
	}
	if e.Code == "" {
		add("Content type", e.ContentType)
	}
	add("Juspay's code", e.Code)
	if e.DeveloperMessage != "" {
		add("Juspay's message", fmt.Sprintf("%q", e.DeveloperMessage))
	}
	add("Request id", e.RequestID)
	add("Request id sent", e.SentRequestID)
	add("Attempts", fmt.Sprint(e.Attempts))
	add("Help", troubleshooting)
	return "\n\n" + strings.Join(lines, "\n")
}
