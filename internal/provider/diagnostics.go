// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// errorDiagnostic tells a person why the read of an account failed and what to
// do. Every failed read becomes a diagnostic here.
func errorDiagnostic(ref juspay.AccountRef, err error) diag.Diagnostic {
	failed := fmt.Sprintf("Customer account %q of customer %q could not be read", ref.CustomerAccountID, ref.CustomerID)
	var apiErr *juspay.APIError
	if !errors.As(err, &apiErr) {
		return diag.NewErrorDiagnostic("Customer account not read", failed+": "+err.Error()+".")
	}
	told := tell(apiErr)
	detail := failed + ": " + told.what + "\n\n" + told.remedy + facts(apiErr)
	if apiErr.Reason == juspay.ReasonNotFound {
		return diag.NewAttributeErrorDiagnostic(path.Root("customer_account_id"), told.summary, detail)
	}
	return diag.NewErrorDiagnostic(told.summary, detail)
}

// explanation is what there is to say of one reason.
type explanation struct {
	summary string // the first line, by which troubleshooting tables find it
	what    string // completes "... could not be read: "
	remedy  string
}

func tell(e *juspay.APIError) explanation {
	server := describeServer(e.BaseURL)
	switch e.Reason {
	case juspay.ReasonUnauthorized:
		return explanation{"Juspay refused the API key",
			server + " did not accept the key.",
			"The key may be mistyped, revoked, or of another environment: each key belongs to one. " +
				"Compare it with the Juspay dashboard of that environment (Settings > Security), then set JUSPAY_API_KEY or the provider's api_key, or choose the key's environment with JUSPAY_ENV or the provider's environment."}
	case juspay.ReasonBadOrigin:
		return explanation{"Juspay refused this machine's IP address",
			server + " accepts the key only from addresses on the merchant's allow-list.",
			"Add the public (egress) IP address of the machine that runs Terraform to the allow-list in the Juspay dashboard (Settings > Security), or run Terraform where the address is on it. Juspay's message may suggest otherwise; the code BAD_ORIGIN is what counts."}
	case juspay.ReasonForbidden:
		return explanation{"Juspay denied access",
			server + " knows the key, but does not let it read this account.",
			"Ask whoever manages the Juspay dashboard whether this key may read customer accounts, and whether the provider's merchant_id is the key's. A firewall between here and Juspay answers 403 too."}
	case juspay.ReasonNotFound:
		return explanation{"Customer account not found",
			server + " has no such account for this customer.",
			"Check customer_account_id and customer_id. The account may have been deleted, may exist only in another environment, or may belong to another merchant than the API key."}
	case juspay.ReasonNoSuchEndpoint:
		return explanation{"No Juspay API at this address",
			server + " answered 404 without the details that Juspay gives, so it is probably not Juspay that answered.",
			"Check base_url (or JUSPAY_BASE_URL): its host, and the path before /customers."}
	case juspay.ReasonInvalidInput:
		return explanation{"Juspay refused the request as malformed",
			server + " did not accept one of the identifiers or the routing id.",
			"Check customer_id, customer_account_id and routing_id against Juspay's message below."}
	case juspay.ReasonThrottled:
		return explanation{"Juspay is throttling requests",
			server + " answered that there were too many requests" + gaveUp(e) + ".",
			tryLater(e) + "Run Terraform with a lower -parallelism, or ask Juspay for your contract's limit."}
	case juspay.ReasonServerError:
		return explanation{"Juspay failed to answer",
			server + " reported an error of its own" + gaveUp(e) + ".",
			tryLater(e) + "Nothing in the configuration is known to be wrong. If it goes on, give Juspay's support the request id below, or raise the provider's max_retries."}
	case juspay.ReasonUnexpectedStatus:
		return explanation{"Unexpected answer from Juspay",
			server + " answered with an error that the provider does not know.",
			"Look up the code and the message below in Juspay's documentation, or give Juspay's support the request id."}
	case juspay.ReasonRedirect:
		return explanation{"Redirect not followed",
			server + " redirects to " + redirectTarget(e) + ". The provider never follows a redirect, so that the API key is sent nowhere else.",
			"If that host is the right one, set base_url (or JUSPAY_BASE_URL) to it. A proxy or a sign-in page redirects too: check that this machine reaches Juspay directly."}
	case juspay.ReasonNotJSON:
		return explanation{"Answer is not JSON",
			server + " answered with something that is not JSON.",
			"A proxy or a sign-in page may have answered in Juspay's place. Check base_url, and HTTPS_PROXY and NO_PROXY, on the machine that runs Terraform."}
	case juspay.ReasonNotAccount:
		return explanation{"Answer is not the account",
			e.Err.Error() + ". It came from " + server + ".",
			"No part of such an answer is used. Check base_url (or JUSPAY_BASE_URL); if it is right, give Juspay's support the request id."}
	case juspay.ReasonTooLarge:
		return explanation{"Answer is too large",
			server + " answered with more than 1 MiB, where an account takes less than 1 KiB.",
			"A proxy or another service may have answered in Juspay's place: check base_url (or JUSPAY_BASE_URL)."}
	case juspay.ReasonTimeout:
		return explanation{"No answer from Juspay in time",
			fmt.Sprintf("%s gave no complete answer within %s%s.", server, e.Timeout, gaveUp(e)),
			"Check that this machine reaches the host (firewall, HTTPS_PROXY). If the connection is only slow, raise the provider's request_timeout, which is the time for one attempt."}
	case juspay.ReasonRefused:
		return explanation{"Connection refused",
			"nothing accepts connections at " + server + gaveUp(e) + ".",
			"Check base_url (or JUSPAY_BASE_URL), and HTTPS_PROXY if one is set: the host may be right and the port wrong, or the server is not running."}
	case juspay.ReasonNameNotFound:
		return explanation{"Host name not found",
			"the host name of " + server + " does not resolve.",
			"Check base_url (or JUSPAY_BASE_URL) for a typing error, and this machine's DNS. Behind a proxy, set HTTPS_PROXY."}
	case juspay.ReasonUntrusted:
		return explanation{"Server certificate not trusted",
			"the certificate that was presented for " + server + " does not verify: " + e.Err.Error() + ". The API key was not sent.",
			"If a proxy of your own or a private host presents that certificate, set SSL_CERT_FILE to a file with your CA's certificate in PEM form (on macOS and Windows, add it to the system's trust store). Otherwise someone may be listening in: do not go on."}
	case juspay.ReasonCanceled:
		return explanation{"Read canceled",
			"Terraform stopped the read before an answer came.",
			"Nothing was changed; run Terraform again."}
	}
	return explanation{"Connection to Juspay failed",
		fmt.Sprintf("the connection to %s failed%s: %s.", server, gaveUp(e), e.Err),
		"Check that this machine reaches the host (firewall, HTTPS_PROXY) and run Terraform again."}
}

// describeServer names the server with the environment that it is, if any.
func describeServer(baseURL string) string {
	for _, environment := range juspay.Environments() {
		if environment.BaseURL == baseURL {
			return fmt.Sprintf("%s (Juspay's %s)", baseURL, environment.Name)
		}
	}
	return baseURL + " (set by base_url or JUSPAY_BASE_URL)"
}

// gaveUp tells that retries were made, where they were.
func gaveUp(e *juspay.APIError) string {
	if e.Attempts < 2 {
		return ""
	}
	return fmt.Sprintf(", in %d attempts", e.Attempts)
}

func tryLater(e *juspay.APIError) string {
	if !e.AskedToWaitTooLong() {
		return ""
	}
	return fmt.Sprintf("It asked to wait %s before the next request, which is longer than a read waits: run Terraform again after that. ", e.RetryAfter.Round(time.Second))
}

func redirectTarget(e *juspay.APIError) string {
	if e.RedirectHost == "" {
		return "nowhere that it names"
	}
	return e.RedirectHost
}

// facts lists what Juspay's support, or whoever looks at the network, will ask
// for.
func facts(e *juspay.APIError) string {
	var lines []string
	add := func(name, value string) {
		if value != "" {
			lines = append(lines, "  "+name+": "+value)
		}
	}
	if e.StatusCode != 0 {
		add("HTTP status", fmt.Sprint(e.StatusCode))
	}
	if e.Code == "" {
		add("Content type", e.ContentType)
	}
	add("Juspay's code", e.Code)
	if e.DeveloperMessage != "" {
		add("Juspay's message", fmt.Sprintf("%q", e.DeveloperMessage))
	}
	add("Request id", e.RequestID)
	add("Attempts", fmt.Sprint(e.Attempts))
	return "\n\n" + strings.Join(lines, "\n")
}
