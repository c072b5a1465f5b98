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

// The first lines of errors that are the provider's own, not the client's.
const (
	summaryLate     = "Account not read in time"
	summaryManyLate = "Accounts not read in time"
	summaryWait     = "Validation did not end in time"
	summaryMore     = "More accounts could not be read"
)

// errorDiagnostic tells a person why the read of an account, which may take as long
// as limit, failed and what to do. Every failed read becomes a diagnostic here.
func errorDiagnostic(ref juspay.AccountRef, limit time.Duration, err error) diag.Diagnostic {
	account := fmt.Sprintf("Customer account %q of customer %q", ref.CustomerAccountID, ref.CustomerID)
	var wait *juspay.WaitError
	switch {
	case errors.As(err, &wait):
		return diag.NewErrorDiagnostic(summaryWait, fmt.Sprintf("%s is still %s after %s (reads: %d).\n\n%s",
			account, wait.Status, wait.Waited.Round(time.Second), wait.Reads, waitRemedy(limit)))
	case isLate(err):
		return lateDiagnostic(account, limit, err)
	}
	told := diagnosticOf(account+" could not be read", err, tell)
	if isNotFound(err) {
		return diag.WithPath(path.Root("customer_account_id"), told)
	}
	return told
}

// listErrorDiagnostic is errorDiagnostic for a read of all accounts of a
// customer.
func listErrorDiagnostic(customerID string, limit time.Duration, err error) diag.Diagnostic {
	accounts := fmt.Sprintf("The accounts of customer %q", customerID)
	told := diagnosticOf(accounts+" could not be read", err, tellOfList)
	if isLate(err) {
		told = lateDiagnostic(accounts, limit, err)
	}
	return diag.WithPath(path.Root("customer_id"), told)
}

// isLate tells whether the time for a read was over.
func isLate(err error) bool {
	var apiErr *juspay.APIError
	return errors.As(err, &apiErr) && apiErr.Reason == juspay.ReasonCanceled && errors.Is(err, context.DeadlineExceeded)
}

func lateDiagnostic(what string, limit time.Duration, err error) diag.Diagnostic {
	var apiErr *juspay.APIError
	_ = errors.As(err, &apiErr)
	return diag.NewErrorDiagnostic(summaryLate, fmt.Sprintf("%s could not be read within %s, the time for a read with all repeats.\n\n"+
		"Raise timeouts.read if Juspay is slow or throttling requests. With TF_LOG_PROVIDER=DEBUG, each request is logged.%s", what, limit, facts(apiErr)))
}

func waitRemedy(limit time.Duration) string {
	return fmt.Sprintf("Run Terraform again later, or raise timeouts.read, which is %s now. Without wait_for_validation, the status is taken as it is.", limit)
}

func diagnosticOf(failed string, err error, tell func(*juspay.APIError) explanation) diag.Diagnostic {
	var apiErr *juspay.APIError
	if !errors.As(err, &apiErr) {
		return diag.NewErrorDiagnostic("Customer account not read", failed+": "+err.Error()+".")
	}
	told := tell(apiErr)
	return diag.NewErrorDiagnostic(told.summary, failed+": "+told.what+"\n\n"+told.remedy+facts(apiErr))
}

func isNotFound(err error) bool {
	var apiErr *juspay.APIError
	return errors.As(err, &apiErr) && apiErr.Reason == juspay.ReasonNotFound
}

// tellOfList is tell, where all accounts of a customer were asked for.
func tellOfList(e *juspay.APIError) explanation {
	told := tell(e)
	switch e.Reason {
	case juspay.ReasonNotFound:
		told.summary = "Customer not found"
		told.what = describeServer(e.BaseURL) + " has no such customer."
		told.remedy = "Check customer_id. The customer may exist only in another environment, or may belong to another merchant than the API key."
	case juspay.ReasonNotAccount:
		told.summary = "Answer is not a list of accounts"
	case juspay.ReasonTooLarge:
		told.what = describeServer(e.BaseURL) + " answered with more than 1 MiB, which are some thousand accounts."
		told.remedy = nameThem + " If the customer has not so many, a proxy or another service may have answered in Juspay's place."
	}
	return told
}

// nameThem is what to do where an answer cannot hold all accounts.
const nameThem = "Set customer_ids instead of customer_id; each account is then read by itself."

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
			"The key may be mistyped or revoked, or belong to another environment: each key belongs to one. " + keyAdvice(e)}
	case juspay.ReasonBadOrigin:
		return explanation{"Juspay refused this machine's IP address",
			server + " accepts requests for this merchant only from addresses on an allow-list.",
			"Add the public (egress) IP address of the machine that runs Terraform to the list in the Juspay dashboard (Settings > Security), or run Terraform on a machine that is on it. Juspay's message may suggest something else; its code BAD_ORIGIN is what counts."}
	case juspay.ReasonForbidden:
		return explanation{"Juspay denied access",
			server + " does not let this key read this account.",
			"Ask whoever manages the Juspay dashboard whether the key may read customer accounts. If merchant_id (or JUSPAY_MERCHANT_ID) is set, check that it is the key's merchant."}
	case juspay.ReasonNotFound:
		return explanation{"Customer account not found",
			server + " has no such account for this customer.",
			"Check both ids. The account may have been deleted, may exist only in another environment, or may belong to another merchant than the API key."}
	case juspay.ReasonInvalidInput:
		return explanation{"Juspay refused the request as malformed",
			server + " did not accept one of the identifiers, or the routing id.",
			"Check customer_id, customer_account_id and routing_id."}
	case juspay.ReasonNotJuspay:
		return explanation{"Answer is not from Juspay",
			fmt.Sprintf("%s answered %d without the details that Juspay gives, so probably something else answered.", server, e.StatusCode),
			"A firewall or a proxy on the way may have answered in Juspay's place. " + addressAdvice(e)}
	case juspay.ReasonThrottled:
		return explanation{"Juspay is throttling requests",
			server + " received too many requests.",
			waitAdvice(e) + "If this happens often, set requests_per_second in the provider block to the limit in your contract with Juspay."}
	case juspay.ReasonServerError:
		return explanation{"Juspay failed to answer",
			server + " reported an error of its own.",
			waitAdvice(e) + "The fault is on Juspay's side: run Terraform again later. If it stays, report it to Juspay's support."}
	case juspay.ReasonUnexpectedError:
		return explanation{"Unexpected answer from Juspay",
			server + " answered with an error that the provider does not know.",
			"Look up what Juspay told below in its documentation, or report it to Juspay's support."}
	case juspay.ReasonProxy:
		return explanation{"Proxy failed",
			fmt.Sprintf("the proxy on the way to %s failed: %v.", server, e.Err),
			"Check HTTPS_PROXY, with the user name and password in it if the proxy wants them (407), or list the host in NO_PROXY to go without the proxy. The API key was not sent."}
	case juspay.ReasonRedirect:
		return explanation{"Redirect not followed",
			server + " redirects to " + cmp.Or(e.RedirectHost, "another address, which it does not name") + ".",
			"The provider follows no redirect, so that the API key is sent nowhere else. A proxy or a sign-in page may have answered in Juspay's place. " + addressAdvice(e)}
	case juspay.ReasonNotJSON:
		return explanation{"Answer is not JSON",
			server + " answered with something that is not JSON.",
			"A proxy or a sign-in page may have answered in Juspay's place. " + addressAdvice(e)}
	case juspay.ReasonNotAccount:
		return explanation{"Answer is not the account",
			fmt.Sprintf("%v. It came from %s.", e.Err, server),
			"Nothing of such an answer is used. " + addressAdvice(e) + " If that is right, report it to Juspay's support."}
	case juspay.ReasonIncomplete:
		return explanation{"Accounts are missing from the answer",
			fmt.Sprintf("%v. It came from %s.", e.Err, server),
			nameThem}
	case juspay.ReasonTooLarge:
		return explanation{"Answer is too large",
			server + " answered with more than 1 MiB, where an account takes less than 1 KiB.",
			"A proxy or another service may have answered in Juspay's place. " + addressAdvice(e)}
	case juspay.ReasonTimeout:
		return explanation{"No answer from Juspay in time",
			fmt.Sprintf("%s gave no complete answer within %s, the time for one attempt.", server, e.Timeout),
			"If the connection is slow, raise request_timeout in the provider block. " + addressAdvice(e)}
	case juspay.ReasonRefused:
		return explanation{"Connection refused",
			"nothing listens at " + server + ".",
			addressAdvice(e)}
	case juspay.ReasonNameNotFound:
		return explanation{"Host name not found",
			"the host name of " + server + " does not exist.",
			addressAdvice(e)}
	case juspay.ReasonUntrusted:
		return explanation{"Server certificate not trusted",
			fmt.Sprintf("the certificate presented for %s is not valid: %v. The API key was not sent.", server, e.Err),
			"If the certificate is from a private authority, such as a company's proxy, set SSL_CERT_FILE to a file with the authority's certificate in PEM form (on macOS and Windows, add it to the system's trust store). If you do not know where it comes from, someone may be listening in: do not go on."}
	case juspay.ReasonNotTLS:
		return explanation{"Server does not speak TLS",
			server + " answered https:// with plain text. The API key was not sent.",
			"Check the port. If the server is on this machine, such as a mock, its URL begins with http://. " + addressAdvice(e)}
	case juspay.ReasonCanceled:
		return explanation{"Read canceled",
			"Terraform stopped the read before an answer came.",
			"Nothing was changed; run Terraform again."}
	}
	return explanation{"Connection to Juspay failed",
		fmt.Sprintf("the connection to %s failed: %v.", server, e.Err),
		addressAdvice(e)}
}

// environmentOf names the environment whose URL baseURL is; it is empty when
// base_url named another server.
func environmentOf(baseURL string) string {
	for _, environment := range juspay.Environments() {
		if environment.BaseURL == baseURL {
			return environment.Name
		}
	}
	return ""
}

func describeServer(baseURL string) string {
	if environment := environmentOf(baseURL); environment != "" {
		return fmt.Sprintf("%s (Juspay's %s)", baseURL, environment)
	}
	return baseURL
}

// keyAdvice tells where the key, and what it must go with, are set.
func keyAdvice(e *juspay.APIError) string {
	environment := environmentOf(e.BaseURL)
	if environment == "" {
		return "Set JUSPAY_API_KEY (or api_key) to a key of this server, or base_url (or JUSPAY_BASE_URL) to the key's server."
	}
	return fmt.Sprintf("Set JUSPAY_API_KEY (or api_key) to a key of %s, or JUSPAY_ENV (or environment) to the key's environment.", environment)
}

// addressAdvice tells what to check when something is wrong with the server or
// the way to it.
func addressAdvice(e *juspay.APIError) string {
	if environmentOf(e.BaseURL) == "" {
		return "Check base_url (or JUSPAY_BASE_URL), and HTTPS_PROXY and NO_PROXY."
	}
	return "Check this machine's network: its name server, firewall, HTTPS_PROXY and NO_PROXY."
}

// waitAdvice tells how long Juspay asked to wait, where a read does not.
func waitAdvice(e *juspay.APIError) string {
	if !e.AskedToWaitTooLong() {
		return ""
	}
	return fmt.Sprintf("Juspay asked to wait %s, which is longer than a read waits: run Terraform again after that. ", e.RetryAfter.Round(time.Second))
}

// ofEarlier marks what an earlier attempt was answered, where the last one was
// not.
func ofEarlier(e *juspay.APIError) string {
	switch e.Reason {
	case juspay.ReasonTimeout, juspay.ReasonRefused, juspay.ReasonNameNotFound, juspay.ReasonUntrusted, juspay.ReasonNotTLS, juspay.ReasonProxy, juspay.ReasonCanceled:
		return " of the last answer"
	}
	return ""
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
		add("HTTP status"+ofEarlier(e), fmt.Sprint(e.StatusCode))
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
