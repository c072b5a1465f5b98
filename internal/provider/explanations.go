// SPDX-License-Identifier: MPL-2.0

package provider

import "github.com/juspay/terraform-provider-juspay/internal/juspay"

// explanation explains a reason to the user. Its texts may contain the placeholders that
// explain fills.
type explanation struct {
	summary string // the summary of at most six words, the key of the troubleshooting guide's table
	section string // the section of that guide which has the row
	cause   string // the cause, which completes "... could not be read: "
	remedy  string // the remedy, in the imperative
}

// explanations maps every reason to its explanation.
var explanations = map[juspay.Reason]explanation{
	juspay.ReasonUnauthorized: {"API key rejected", sectionAuthentication,
		"{server} did not accept the API key.",
		"{keyRemedy}"},
	juspay.ReasonBadOrigin: {"IP address not allowed", sectionAuthentication,
		"{server} accepts requests for this merchant only from the addresses on an allow-list.",
		"Add the public (egress) IP address of the machine that runs Terraform to the allow-list in the Juspay dashboard (Settings > Security), " +
			"or run Terraform on a machine that is on it. " +
			"The code BAD_ORIGIN counts here, whatever the message says."},
	juspay.ReasonForbidden: {"Access denied by Juspay", sectionAuthentication,
		"{server} does not let this API key read this account.",
		"Check in the Juspay dashboard whether the key may read customer accounts. " +
			"If merchant_id (or JUSPAY_MERCHANT_ID) is set, check that it is the key's merchant."},
	juspay.ReasonNotFound: {"Customer account not found", sectionNotFound,
		"{server} has no such account for this customer.",
		"{noneExistsRemedy}Check both ids. " +
			"The account may have been deleted, may exist only in another environment, or may belong to another merchant than the API key. " +
			"To destroy what refers to a deleted account, run terraform destroy -refresh=false."},
	juspay.ReasonInvalidInput: {"Request rejected as malformed", sectionResponses,
		"{server} did not accept one of the identifiers, or the routing id.",
		"Check the ids of the customer and of the account, and the routing id."},
	juspay.ReasonNotJuspay: {"Response not from Juspay", sectionNetwork,
		"{server} responded with {status}, without the details that Juspay sends.",
		"{waitLongerRemedy}{notJuspayRemedy} {networkRemedy}{certificateRemedy}"},
	juspay.ReasonThrottled: {"Requests throttled", sectionServerErrors,
		"{server} responded with {status}, {throttledCause}.",
		"{waitLongerRemedy}{downRemedy}If this happens often, set requests_per_second in the provider block to the rate limit in your contract with Juspay, " +
			"divided by the number of plans that run concurrently."},
	juspay.ReasonServerError: {"Server error at Juspay", sectionServerErrors,
		"{server} responded with {status}.",
		"{waitLongerRemedy}{faultSentence} Run Terraform again later. If the error persists, report it to Juspay's support."},
	juspay.ReasonUnexpectedError: {"Unexpected error from Juspay", sectionResponses,
		"{server} responded with an unknown error.",
		"{waitLongerRemedy}{responseFieldHint}Look up the code and the message below in Juspay's documentation, or report them to Juspay's support."},
	juspay.ReasonRedirect: {"Redirect not followed", sectionNetwork,
		"{redirectCause}.",
		"{waitLongerRemedy}The provider follows no redirect, so that the API key is sent nowhere else. " +
			"A proxy or a sign-in page may have responded in Juspay's place. {networkRemedy}"},
	juspay.ReasonNotJSON: {"Response is not JSON", sectionNetwork,
		"{server} responded with something that is not JSON.",
		"{waitLongerRemedy}A proxy or a sign-in page may have responded in Juspay's place. {networkRemedy}"},
	juspay.ReasonNotAccount: {"Response is not the account", sectionResponses,
		"{error}. It came from {server}.",
		"Nothing of such a response is used. {networkRemedy} If that is right, report the request id to Juspay's support."},
	juspay.ReasonOtherCustomer: {"Response is of another customer", sectionResponses,
		"{error}. It came from {server}.",
		"Set customer_id to the id that Juspay returns for this customer, as the Juspay dashboard shows it. " +
			"Juspay returns either its own id (cst_...) or your reference. If the customer_id is right, report the request id to Juspay's support."},
	juspay.ReasonInDoubt: {"Response in doubt", sectionResponses,
		"{error}. It came from {server}.",
		"The provider returns no account whose response contradicts itself. " +
			"Check the account in the Juspay dashboard, and with Juspay's support what the field means for it.{acceptRemedy}"},
	juspay.ReasonUnknownField: {"Unknown field of an account", sectionResponses,
		"{error}. It came from {server}.",
		"With unknown_fields = \"error\", the provider returns no ACTIVE account with a field that it does not know. " +
			"Check with Juspay's support what the field means, or look for a newer version of the provider.{acceptRemedy}"},
	juspay.ReasonStale: {"Response from a cache", sectionResponses,
		"{error}. It was requested from {server}.",
		"The status may have changed since. Have the operator of the cache or proxy exclude this API, or bypass the proxy with NO_PROXY. " +
			"If the header is Date, check this machine's clock too."},
	juspay.ReasonIncomplete: {"List of accounts may be incomplete", sectionResponses,
		"{error}. It came from {server}.",
		remedyUseCustomerIDs + "{acceptRemedy}"},
	juspay.ReasonTooLarge: {"Response too large", sectionResponses,
		"{server} responded with more than 1 MiB, where an account takes less than 1 KiB.",
		"A proxy or another service may have responded in Juspay's place. {networkRemedy}"},
	juspay.ReasonTimeout: {"Request timed out", sectionTimeouts,
		"{timeoutCause} within {timeout}, the timeout of one attempt.",
		"If the connection is slow, raise request_timeout in the provider block. {networkRemedy}"},
	juspay.ReasonConnectionRefused: {"Connection refused", sectionNetwork,
		"nothing listens at {server}.",
		"{networkRemedy}"},
	juspay.ReasonNameNotFound: {"Host name not found", sectionNetwork,
		"the host name of {server} does not exist.",
		"{networkRemedy}"},
	juspay.ReasonUntrusted: {"Server certificate not trusted", sectionNetwork,
		"the certificate {certificatePhrase} {error}. The API key was not sent over this connection.",
		"{untrustedRemedy}"},
	juspay.ReasonCertificateRequired: {"Client certificate required", sectionNetwork,
		"{server} requires a client certificate (mutual TLS), and none is configured.",
		"Set client_cert_pem and client_key_pem in the provider block, or " + envClientCertPEM + " and " + envClientKeyPEM + "."},
	juspay.ReasonCertificateRejected: {"Client certificate refused", sectionNetwork,
		"{server} did not accept the client certificate: {error}.",
		"Check client_cert_pem (or " + envClientCertPEM + "). " +
			"The certificate may have expired, or may be from an authority that the server does not trust. " +
			"Add its intermediate certificates after it, if there are any."},
	juspay.ReasonNotTLS: {"Server does not speak TLS", sectionNetwork,
		"{server} responded to https:// with plain HTTP. The API key was not sent over this connection.",
		"Check the port. If the server is on this machine, such as a mock, use http:// in its URL. {networkRemedy}"},
	juspay.ReasonProxy: {"Proxy failed", sectionNetwork,
		"the proxy for {server} failed: {error}.",
		"Check HTTPS_PROXY. If the proxy requires a user name and a password (407), put them into its URL. " +
			"To bypass the proxy, list the host in NO_PROXY. The API key was not sent over this connection."},
	juspay.ReasonCanceled: {"Read canceled", sectionTimeouts,
		"Terraform stopped the read before it ended.",
		"The provider changes nothing. If this was an apply, Terraform may already have changed other resources: run terraform plan to see what is left."},
	juspay.ReasonConnection: {"Connection to Juspay failed", sectionNetwork,
		"the connection to {server} failed: {error}.",
		"{networkRemedy}{certificateRemedy}"},
}

// listExplanations replaces entries of explanations for a read of all accounts of a
// customer.
var listExplanations = map[juspay.Reason]explanation{
	juspay.ReasonNotFound: {"Customer not found", sectionNotFound,
		"{server} has no such customer.",
		"Check customer_id. The customer may exist only in another environment, or may belong to another merchant than the API key."},
	juspay.ReasonNotAccount: {"Response is not an account list", sectionResponses,
		explanations[juspay.ReasonNotAccount].cause,
		explanations[juspay.ReasonNotAccount].remedy},
	juspay.ReasonTooLarge: {"Response too large", sectionResponses,
		"{server} responded with more than 1 MiB, which is some thousand accounts.",
		remedyUseCustomerIDs + " If the customer has fewer, a proxy or another service may have responded in Juspay's place."},
}

// remedyUseCustomerIDs is the remedy for a list that may be incomplete.
const remedyUseCustomerIDs = "Set customer_ids instead of customer_id; each account is then read by itself."

// remedyReportBug is the remedy for an error that only a bug causes.
const remedyReportBug = " This is a bug in the provider. Report it to the provider's developers."

// untrustedRemedies has a remedy for every problem of the certificate of a server or a proxy. A setting
// helps only if the authority is unknown.
var untrustedRemedies = map[juspay.CertificateProblem]string{
	juspay.CertificateOtherHost:   "Check {address} and DNS. If the host is right, its operator must install a certificate for it.",
	juspay.CertificateNoNames:     "Its operator must install a certificate with the host in its subject alternative names. The common name no longer counts.",
	juspay.CertificateExpired:     "Its operator must renew the certificate. Check this machine's clock too.",
	juspay.CertificateNotYetValid: "Check this machine's clock. If it is right, the server's operator must install a certificate that is valid now.",
	juspay.CertificateWrongUsage:  "Its operator must install a certificate for servers. A client certificate may have been installed by mistake.",
	juspay.CertificateUnknownAuthority: "If the certificate is from a private authority, such as that of a bank's gateway or of a company's proxy, " +
		"set ca_cert_pem (or " + envCACertPEM + ") to the authority's certificate. " +
		"If you do not know where it comes from, stop: someone may be intercepting the connection.",
	"": "Have the server's operator check the certificate. If you do not know where it comes from, stop: someone may be intercepting the connection.",
}

// troubleshooting is the URL of the guide that explains every error. The registry has
// that page only after the first release.
const troubleshooting = "https://github.com/juspay/terraform-provider-juspay/blob/main/docs/guides/troubleshooting.md"

// The sections of the troubleshooting guide, as anchors.
const (
	sectionConfiguration  = "configuration"
	sectionAuthentication = "authentication"
	sectionNotFound       = "not-found"
	sectionServerErrors   = "throttling-and-server-errors"
	sectionTimeouts       = "timeouts-and-interruptions"
	sectionResponses      = "unusable-responses"
	sectionNetwork        = "network-and-tls"
)

// The summaries of diagnostics, by which the troubleshooting guide lists them. The
// summaries of a juspay.Reason are in explanations. A summary that ends with a space
// continues with the name of an attribute or a variable.
const (
	summaryInvalid              = "Invalid "
	summaryMissing              = "Missing "
	summaryUnknown              = "Unknown "
	summaryConflict             = "Conflicting environment and base_url"
	summaryExpiredCertificate   = "Expired client certificate"
	summaryUnexpectedData       = "Unexpected provider data"
	summaryTooManyAccounts      = "Too many accounts"
	summaryInvalidKey           = "Invalid key in customer_ids"
	summaryInvalidCustomerID    = "Invalid customer_id in customer_ids"
	summaryMissingCustomerID    = "Missing customer_id in customer_ids"
	summaryUnknownCustomerID    = "Unknown customer_id in routing_ids"
	summaryInvalidRoutingID     = "Invalid routing id in routing_ids"
	summaryMoreInvalidArguments = "More invalid arguments"

	summaryNotRead      = "Customer account not read"
	summaryReadTimeout  = "Account not read in time"
	summaryReadsTimeout = "Accounts not read in time"
	summaryWaitTimeout  = "Validation not finished in time"
	summaryMoreErrors   = "More accounts not read"

	summaryUnknownFields    = "Unknown fields in Juspay's response"
	summaryUnreadable       = "Unreadable value of "
	summaryUnexpectedFormat = "Unexpected format of "
	summaryMoreWarnings     = "More warnings"
)
