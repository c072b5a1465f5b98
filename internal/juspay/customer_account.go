// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	"encoding/json"
	"net/url"
)

// ValidationStatus is the state of Juspay's penny drop on an account. A
// status that is not one of the constants is passed through as Juspay sent it.
type ValidationStatus string

// The statuses of the reference page's field validation_status.
const (
	StatusCreated ValidationStatus = "CREATED"
	StatusPending ValidationStatus = "PENDING"
	StatusActive  ValidationStatus = "ACTIVE"
	StatusFailure ValidationStatus = "FAILURE"
)

// ValidationStatuses lists every documented status, in the order in which an
// account can reach them.
func ValidationStatuses() []ValidationStatus {
	return []ValidationStatus{StatusCreated, StatusPending, StatusActive, StatusFailure}
}

// IsPending reports whether the validation has not finished, so that the status will
// change.
func (s ValidationStatus) IsPending() bool {
	return s == StatusCreated || s == StatusPending
}

// CustomerAccount is a payout account that Juspay stores for a customer: a UPI
// address or a bank account. A field that Juspay sent as null, as "" or not at
// all is empty.
//
// Source: the 200 response of "Get Customer account",
// https://juspay.io/in/docs/api-reference/docs/express-checkout/get-customer-account.
type CustomerAccount struct {
	// VPA is the UPI address, such as "someone@bank": personal data. It is
	// empty for a bank account, whose own details are never decoded.
	VPA string
	// ValidationStatus is as Juspay sent it, listed above or not.
	ValidationStatus ValidationStatus
	// ValidationAmount is the penny drop's amount in units of Currency, as a
	// decimal literal with the digits that Juspay sent.
	ValidationAmount json.Number
	// Currency is an ISO 4217 code, such as "INR".
	Currency string
	// DateCreated and LastValidated are RFC 3339 in all known responses, and are
	// not changed.
	DateCreated   string
	LastValidated string
	// Unreadable marks fields that Juspay sent in an unknown form. Those above are empty then.
	Unreadable Unreadable
	// UnknownFieldNames are the names of fields that may limit the account: they have a value,
	// and are neither documented nor in Config.AcceptedFields. A name that may be secret or
	// personal is "***". They are separated by spaces in one string, since accounts with a slice
	// could not be compared with ==.
	UnknownFieldNames string
}

// Unreadable marks fields of a response that have an unknown form. These fields are
// information only, so the read of the status does not fail.
type Unreadable struct {
	ValidationAmount, Currency, DateCreated, LastValidated bool
	// AccountDetails is set only with ReadOptions.OmitVPA. No field in account_details could be
	// compared with the account then.
	AccountDetails bool
}

// AccountRef names the account to read.
type AccountRef struct {
	// CustomerID is Juspay's id of the customer (cst_...), or the merchant's
	// own reference for that customer.
	CustomerID string
	// CustomerAccountID is Juspay's id of the account.
	CustomerAccountID string
	// RoutingID is sent as x-routing-id. It must be the same in every call for
	// one customer, and is CustomerID when empty.
	RoutingID string
}

// validate returns the first error of an identifier that cannot be sent. The caller has set RoutingID to its
// default if it was empty.
func (r AccountRef) validate() error {
	return cmp.Or(
		ValidateIdentifier("customer_id", r.CustomerID),
		ValidateCustomerAccountID("customer_account_id", r.CustomerAccountID),
		ValidateHeaderValue("routing_id", r.RoutingID),
	)
}

// path returns the path of the account below the base URL.
func (r AccountRef) path() string {
	return "/customers/" + url.PathEscape(r.CustomerID) + "/customer-accounts/" + url.PathEscape(r.CustomerAccountID)
}

// ReadOptions configures reads. Its zero value reads each account once, with its VPA.
type ReadOptions struct {
	// OmitVPA leaves CustomerAccount.VPA empty. The address is not decoded.
	OmitVPA bool
	// WaitForValidation polls an account while its status is CREATED or PENDING,
	// until the context ends. It waits for a second first, then twice as long each time, up
	// to 15 seconds, or for a Retry-After of up to 30 seconds.
	WaitForValidation bool
}
