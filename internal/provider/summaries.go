// SPDX-License-Identifier: MPL-2.0

package provider

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
