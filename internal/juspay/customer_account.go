// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

// ValidationStatus is how far Juspay's penny drop on an account has come. A
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

// Meaning says in a clause what the status tells of an account; it is empty for
// a status that Juspay does not document.
func (s ValidationStatus) Meaning() string {
	switch s {
	case StatusCreated:
		return "the account is stored, its validation has not finished"
	case StatusPending:
		return "a penny drop was sent, its result is awaited"
	case StatusActive:
		return "the penny drop succeeded, the account is valid"
	case StatusFailure:
		return "the validation failed, do not pay out to this account"
	}
	return ""
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
	// DateCreated and LastValidated are RFC 3339 in all known answers, and are
	// kept as they came.
	DateCreated   string
	LastValidated string
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

// ReadOptions say how accounts are read. With its zero value each is read once,
// with its VPA.
type ReadOptions struct {
	// OmitVPA leaves CustomerAccount.VPA empty: the address goes no further than
	// the bytes that came.
	OmitVPA bool
	// WaitForValidation reads an account again while its status is CREATED or
	// PENDING, until the context ends: after a second first, then after twice as
	// long each time up to 15 seconds, and not before a Retry-After has passed.
	WaitForValidation bool
}

// Get reads one account with one GET, and more only where an attempt failed in
// a way that a repeat can cure, or options say so. Its error is an *APIError, or a
// *WaitError for an account whose validation has not ended in time, unless ref
// itself cannot be sent.
func (c *Client) Get(ctx context.Context, ref AccountRef, options ReadOptions) (CustomerAccount, error) {
	got, err := c.readOnce(ctx, ref, options)
	if err != nil || !options.WaitForValidation {
		return got.account, err
	}
	return c.untilValidated(ctx, ref, options, got)
}

// read is an account and the header that it came with.
type read struct {
	account CustomerAccount
	header  http.Header
}

func (c *Client) readOnce(ctx context.Context, ref AccountRef, options ReadOptions) (read, error) {
	if ref.RoutingID == "" {
		ref.RoutingID = ref.CustomerID
	}
	if err := ref.validate(); err != nil {
		return read{}, err
	}
	fields, got, err := c.get(ctx, ref.path(), ref.RoutingID)
	if err != nil {
		return read{}, err
	}
	account, err := decodeAccount(fields, ref.CustomerAccountID, options, c.redact)
	if err != nil {
		return read{}, c.answerError(got, err)
	}
	return read{account, got.last.header}, nil
}

func (r AccountRef) validate() error {
	for _, field := range []struct {
		name string
		err  error
	}{
		{"customer_id", ValidateIdentifier(r.CustomerID)},
		{"customer_account_id", ValidateCustomerAccountID(r.CustomerAccountID)},
		{"routing_id", ValidateHeaderValue(r.RoutingID)},
	} {
		if field.err != nil {
			return fmt.Errorf("%s %w", field.name, field.err)
		}
	}
	return nil
}

func (r AccountRef) path() string {
	return "/customers/" + url.PathEscape(r.CustomerID) + "/customer-accounts/" + url.PathEscape(r.CustomerAccountID)
}

// decodeAccount decodes a 200 answer and checks that it is the account that was
// asked for.
func decodeAccount(fields map[string]json.RawMessage, wantID string, options ReadOptions, redact redactor) (CustomerAccount, error) {
	id, account, err := accountOf(fields, options, redact)
	switch {
	case err != nil:
		return CustomerAccount{}, err
	case id == "":
		return CustomerAccount{}, fmt.Errorf("the answer names no account where %q was asked for", wantID)
	case id != wantID:
		return CustomerAccount{}, fmt.Errorf("the answer is for the account %s where %q was asked for", redact.quote(id), wantID)
	}
	return account, nil
}

// accountOf reads the fields of an object of Juspay's, which must be an account.
func accountOf(fields map[string]json.RawMessage, options ReadOptions, redact redactor) (id string, account CustomerAccount, err error) {
	d := decoder{fields: fields}
	details := d.object("account_details")
	object, id := d.text("object"), d.text("customer_account_id")
	account = CustomerAccount{
		ValidationStatus: ValidationStatus(d.text("validation_status")),
		ValidationAmount: d.decimal("validation_amount"),
		Currency:         d.text("currency"),
		DateCreated:      d.text("date_created"),
		LastValidated:    d.text("last_validated"),
	}
	if !options.OmitVPA {
		account.VPA = details.text("vpa")
	}
	switch err := cmp.Or(d.err, details.err); {
	case err != nil:
		return "", CustomerAccount{}, err
	case object == "":
		return "", CustomerAccount{}, errors.New(`the answer has no object where "customer_account" was asked for`)
	case object != "customer_account":
		return "", CustomerAccount{}, fmt.Errorf(`the answer's object is %s where "customer_account" was asked for`, redact.quote(object))
	}
	return id, account, nil
}
