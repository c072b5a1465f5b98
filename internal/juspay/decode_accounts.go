// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// decodeAccount decodes a 200 response, and fails unless it is the requested account.
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

// errOtherCustomer reports a response whose customer_id is not the requested customer's.
var errOtherCustomer = errors.New("another customer")

// checkCustomer fails unless a response with the customer_id got is for the customer
// want. A customer may be requested by the merchant's own reference; Juspay then returns
// that reference or its own id.
func checkCustomer(got, want string, redact redactor) error {
	const juspayPrefix = "cst_"
	isReference := !strings.HasPrefix(want, juspayPrefix)
	if got == want || isReference && strings.HasPrefix(got, juspayPrefix) {
		return nil
	}
	if got == "" {
		return fmt.Errorf("%w: it has no customer_id, and %q was requested", errOtherCustomer, DisplayID(want))
	}
	return fmt.Errorf("%w: its customer_id is %q, and %q was requested", errOtherCustomer, redact.text(got), DisplayID(want))
}

// The fields of a response that are decoded. Another spelling of one is errDoubt.
var (
	accountFields = []string{"object", "customer_account_id", "customer_id", "date_created", "account_details", "validation_amount", "currency", "validation_status", "last_validated"}
	detailFields  = []string{"vpa"}
)

// decodeFields decodes an account, and fails if a field breaks a rule. It returns
// the ids of the response.
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
	err := cmp.Or(redact.checkFields(fields, accountRules, accountFields...), redact.checkFields(details.fields, accountRules, detailFields...), d.err, details.err)
	if err == nil && object != "customer_account" {
		err = errors.New(`the response's field object is not "customer_account"`)
	}
	if err != nil {
		return ref, CustomerAccount{}, err
	}
	return ref, account, nil
}

func decodeAccounts(fields map[string]json.RawMessage, customerID string, options ReadOptions, redact redactor) (map[string]CustomerAccount, error) {
	var list []json.RawMessage
	if err := json.Unmarshal(fields["list"], &list); err != nil || list == nil {
		return nil, errors.New("the response has no array list")
	}
	d := decoder{fields: fields}
	if object := d.text("object"); object != "" && !listObjectRE.MatchString(object) {
		return nil, redact.newFieldError(errDoubt, "object", object, "does not name a list")
	}
	customer := d.text("customer_id")
	if d.err != nil {
		return nil, d.err
	}
	if customer != "" {
		if err := checkCustomer(customer, customerID, redact); err != nil {
			return nil, fmt.Errorf("the list is of %w", err)
		}
	}
	accounts := make(map[string]CustomerAccount, len(list))
	for i, element := range list {
		ref, account, err := decodeElement(element, options, redact)
		if err == nil {
			ref.CustomerID = cmp.Or(ref.CustomerID, customer)
			err = checkCustomer(ref.CustomerID, customerID, redact)
		}
		switch _, isListed := accounts[ref.CustomerAccountID]; {
		case err != nil:
		case isListed:
			err = errors.New("it is in the list twice")
		case customer != "" && ref.CustomerID != customer:
			err = fmt.Errorf("%w: its customer_id is %q, but others in the list have %q", errOtherCustomer, redact.text(ref.CustomerID), redact.text(customer))
		}
		if err != nil {
			return nil, fmt.Errorf("element %d of the list, account %q: %w", i, redact.text(ref.CustomerAccountID), err)
		}
		customer = ref.CustomerID
		accounts[ref.CustomerAccountID] = account
	}
	if err := redact.checkList(fields, len(list)); err != nil {
		return nil, err
	}
	return accounts, nil
}

var listObjectRE = regexp.MustCompile(`^([a-z]+_)*list$`)

func decodeElement(element json.RawMessage, options ReadOptions, redact redactor) (AccountRef, CustomerAccount, error) {
	fields, err := decodeObject(element)
	if err != nil {
		return AccountRef{}, CustomerAccount{}, err
	}
	ref, account, err := decodeFields(fields, options, redact)
	if err == nil {
		err = ValidateCustomerAccountID("its customer_account_id", ref.CustomerAccountID)
	}
	return ref, account, err
}
