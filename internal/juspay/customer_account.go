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
	"strings"
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
	// WaitForValidation polls an account while its status is CREATED or PENDING,
	// until the context ends: after a second first, then after twice as long each
	// time up to 15 seconds, and not before a Retry-After of at most 30 seconds
	// has passed.
	WaitForValidation bool
}

// Get reads one account with one GET. It sends more only to retry an attempt
// that failed in a transient way, or to poll if options say so. Its error is an
// *APIError, or a *WaitError for an account whose validation did not finish in
// time, unless ref itself cannot be sent.
func (c *Client) Get(ctx context.Context, ref AccountRef, options ReadOptions) (CustomerAccount, error) {
	return c.get(ctx, ref, options, func(error) {})
}

// get calls tried when the first attempt has failed and is retried, and after each
// read.
func (c *Client) get(ctx context.Context, ref AccountRef, options ReadOptions, tried func(error)) (CustomerAccount, error) {
	sent := ref
	sent.RoutingID = cmp.Or(ref.RoutingID, ref.CustomerID)
	if err := sent.validate(); err != nil {
		return CustomerAccount{}, err
	}
	var account CustomerAccount
	decode := func(fields map[string]json.RawMessage) (err error) {
		account, err = decodeAccount(fields, ref, options, c.redact)
		return err
	}
	err := c.poll(ctx, ref, options, func() (ValidationStatus, http.Header, error) {
		header, err := c.do(ctx, sent.path(), sent.RoutingID, decode, tried)
		tried(err)
		return account.ValidationStatus, header, err
	})
	if err != nil {
		return CustomerAccount{}, err
	}
	return account, nil
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

// decodeAccount decodes a 200 response and checks that it is the account that was
// requested.
func decodeAccount(fields map[string]json.RawMessage, want AccountRef, options ReadOptions, redact redactor) (CustomerAccount, error) {
	got, account, err := decodeFields(fields, options)
	switch {
	case err != nil:
		return CustomerAccount{}, err
	case got.CustomerAccountID == "":
		return CustomerAccount{}, fmt.Errorf("the response has no customer_account_id; %q was requested", want.CustomerAccountID)
	case got.CustomerAccountID != want.CustomerAccountID:
		return CustomerAccount{}, fmt.Errorf("the response is for the account %s; %q was requested", redact.quote(got.CustomerAccountID), want.CustomerAccountID)
	case isOtherCustomer(got.CustomerID, want.CustomerID):
		return CustomerAccount{}, fmt.Errorf("the response is for the customer %s; %q was requested", redact.quote(got.CustomerID), want.CustomerID)
	}
	return account, nil
}

// isOtherCustomer reports whether two ids of customers are Juspay's and differ. A
// customer may be requested by the merchant's own reference, and Juspay then
// responds with its own id.
func isOtherCustomer(got, want string) bool {
	const prefix = "cst_"
	return got != want && strings.HasPrefix(got, prefix) && strings.HasPrefix(want, prefix)
}

// decodeFields decodes an object of Juspay's, which must be an account and no
// error, and returns what it says that it is.
func decodeFields(fields map[string]json.RawMessage, options ReadOptions) (AccountRef, CustomerAccount, error) {
	if name := errorField(fields); name != "" {
		return AccountRef{}, CustomerAccount{}, fmt.Errorf("the account has the field %s, which reports an error", name)
	}
	d := decoder{fields: fields}
	details := d.object("account_details")
	object := d.text("object")
	ref := AccountRef{CustomerID: d.text("customer_id"), CustomerAccountID: d.text("customer_account_id")}
	account := CustomerAccount{
		ValidationStatus: ValidationStatus(d.text("validation_status")),
		ValidationAmount: d.decimal("validation_amount"),
		Currency:         d.text("currency"),
		DateCreated:      d.text("date_created"),
		LastValidated:    d.text("last_validated"),
	}
	if !options.OmitVPA {
		account.VPA = details.text("vpa")
	}
	if err := cmp.Or(d.err, details.err); err != nil {
		return AccountRef{}, CustomerAccount{}, err
	}
	if object != "customer_account" {
		return AccountRef{}, CustomerAccount{}, errors.New(`the response's field object is not "customer_account"`)
	}
	return ref, account, nil
}
