// SPDX-License-Identifier: MPL-2.0

package juspaytest

import (
	"encoding/json"
	"maps"
	"time"
)

// Account is a customer account as the server sends it: the fields of the
// reference page's sample response, which a test changes, removes or adds to.
type Account map[string]any

// NewAccount returns the page's sample response for other identifiers: an ACTIVE
// UPI account, validated with 1.0 INR.
func NewAccount(customerID, customerAccountID string) Account {
	return Account{
		"object":              "customer_account",
		"customer_account_id": customerAccountID,
		"customer_id":         customerID,
		"date_created":        "2023-06-06T13:29:49Z",
		"account_details":     map[string]any{"vpa": VPA},
		"validation_amount":   json.RawMessage("1.0"),
		"currency":            "INR",
		"validation_status":   "ACTIVE",
		"last_validated":      "2023-06-06T13:29:53Z",
	}
}

// VPA is the UPI address of every account that NewAccount returns.
const VPA = "4225246777@yesg"

// With returns a copy in which field has value; a json.RawMessage is sent to
// the letter.
func (a Account) With(field string, value any) Account {
	changed := maps.Clone(a)
	changed[field] = value
	return changed
}

// Without returns a copy that lacks the fields.
func (a Account) Without(fields ...string) Account {
	changed := maps.Clone(a)
	for _, field := range fields {
		delete(changed, field)
	}
	return changed
}

// WithBankDetails returns a copy that is a bank account: it has no VPA, and
// details under keys that the provider does not know.
func (a Account) WithBankDetails() Account {
	return a.With("account_details", map[string]any{
		"account_number":   "000111222333444",
		"beneficiary_name": "Asha Example",
		"ifsc":             "EXMP0000001",
		"bank_name":        "Example Bank",
	})
}

// Samples are the accounts that the demo, the examples and a server that is run
// by hand know: one in each documented status, and a bank account. Those that
// were validated were so yesterday.
func Samples() []Account {
	yesterday := time.Now().AddDate(0, 0, -1).UTC().Format(time.RFC3339)
	sample := func(customer, id, status string) Account {
		return NewAccount("cst_"+customer, "banh_"+id).With("validation_status", status).With("last_validated", yesterday)
	}
	return []Account{
		sample("acme", "acme_active", "ACTIVE"),
		sample("blue_bank", "blue_bank_active", "ACTIVE").WithBankDetails(),
		sample("corner_shop", "corner_shop_failure", "FAILURE"),
		sample("dairy", "dairy_pending", "PENDING").Without("last_validated"),
		sample("estate", "estate_created", "CREATED").Without("last_validated", "validation_amount", "currency"),
	}
}
