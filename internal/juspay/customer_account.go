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
	// Unreadable says which fields above are empty because Juspay sent them in another
	// form.
	Unreadable Unreadable
}

// Unreadable has a field for each of Juspay's fields that are information only: another
// form of them fails no read of the status.
type Unreadable struct {
	ValidationAmount, DateCreated, LastValidated bool
	// AccountDetails is set only with ReadOptions.OmitVPA.
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
	got, account, err := decodeFields(fields, options, redact)
	switch {
	case err != nil:
		return CustomerAccount{}, err
	case got.CustomerAccountID == "":
		return CustomerAccount{}, fmt.Errorf("the response has no customer_account_id; %q was requested", DisplayID(want.CustomerAccountID))
	case got.CustomerAccountID != want.CustomerAccountID:
		return CustomerAccount{}, fmt.Errorf("the response is for the account %q; %q was requested", redact.text(got.CustomerAccountID), DisplayID(want.CustomerAccountID))
	}
	if err := checkCustomer(got.CustomerID, want.CustomerID, redact); err != nil {
		return CustomerAccount{}, fmt.Errorf("the response is for %w", err)
	}
	return account, nil
}

// errOtherCustomer is a response that is not for the customer that was requested, as far
// as its customer_id says.
var errOtherCustomer = errors.New("another customer")

// checkCustomer fails unless a response with the customer_id got is for the customer
// want. A customer may be requested by the merchant's own reference; Juspay then returns
// that reference or its own id.
func checkCustomer(got, want string, redact redactor) error {
	const juspays = "cst_"
	isReference := !strings.HasPrefix(want, juspays)
	if got == want || isReference && strings.HasPrefix(got, juspays) {
		return nil
	}
	if got == "" {
		return fmt.Errorf("%w: it has no customer_id, and %q was requested", errOtherCustomer, DisplayID(want))
	}
	return fmt.Errorf("%w: its customer_id is %q, and %q was requested", errOtherCustomer, redact.text(got), DisplayID(want))
}

// The fields of Juspay's that are read. Other spellings of them put an account in doubt.
var (
	accountFields = []string{"object", "customer_account_id", "customer_id", "date_created", "account_details", "validation_amount", "currency", "validation_status", "last_validated"}
	detailFields  = []string{"vpa"}
)

// decodeFields decodes an object of Juspay's, which must be an account and show no sign
// of an error. It returns the account's ids as the object has them.
func decodeFields(fields map[string]json.RawMessage, options ReadOptions, redact redactor) (AccountRef, CustomerAccount, error) {
	d := decoder{fields: fields, unreadable: map[string]bool{}}
	object := d.text("object")
	ref := AccountRef{CustomerID: d.text("customer_id"), CustomerAccountID: d.text("customer_account_id")}
	account := CustomerAccount{
		ValidationStatus: ValidationStatus(d.text("validation_status")),
		ValidationAmount: d.decimal("validation_amount"),
		Currency:         d.text("currency"),
		DateCreated:      d.timestamp("date_created"),
		LastValidated:    d.timestamp("last_validated"),
	}
	details := d.details(options.OmitVPA)
	if !options.OmitVPA {
		account.VPA = details.text("vpa")
	}
	account.Unreadable = Unreadable{
		ValidationAmount: d.unreadable["validation_amount"],
		DateCreated:      d.unreadable["date_created"],
		LastValidated:    d.unreadable["last_validated"],
		AccountDetails:   d.unreadable["account_details"],
	}
	err := cmp.Or(redact.checkFields(fields, accountSigns, accountFields...), redact.checkFields(details.fields, accountSigns, detailFields...), d.err, details.err)
	if err == nil && object != "customer_account" {
		err = errors.New(`the response's field object is not "customer_account"`)
	}
	if err != nil {
		return ref, CustomerAccount{}, err
	}
	return ref, account, nil
}
