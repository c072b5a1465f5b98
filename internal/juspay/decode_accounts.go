// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/fields"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/redact"
)

// accountDecoder turns the body of a 200 response into accounts. Its errors contain no text
// that its redactor hides.
type accountDecoder struct {
	redactor    redact.Redactor
	checker     fields.Checker
	returnedIDs *returnedIDs
}

// decodedAccount is an account of a response, before its fields are checked.
type decodedAccount struct {
	ref           AccountRef // the ids of the response
	account       CustomerAccount
	body, details fields.Object
}

// decodeRequested fails unless the response is the requested account.
func (d accountDecoder) decodeRequested(body fields.Object, want AccountRef, options ReadOptions) (CustomerAccount, error) {
	got, err := d.decodeAccount(body, options)
	switch {
	case err != nil:
		return CustomerAccount{}, err
	case got.ref.CustomerAccountID == "":
		return CustomerAccount{}, fmt.Errorf("the response has no customer_account_id; %q was requested", redact.ID(want.CustomerAccountID))
	case got.ref.CustomerAccountID != want.CustomerAccountID:
		returned, requested := displayIDPair(d.redactor, got.ref.CustomerAccountID, want.CustomerAccountID)
		return CustomerAccount{}, fmt.Errorf("the response is for the account %s; %s was requested", returned, requested)
	}
	if err := d.returnedIDs.check(got.ref.CustomerID, want.CustomerID, d.redactor); err != nil {
		return CustomerAccount{}, fmt.Errorf("the response is for %w", err)
	}
	return d.checkFields(got)
}

// checkFields fails if a field contradicts the account. Call it after the ids were compared: its error offers an
// entry of Config.AcceptedFields, which would be wrong advice about another account.
func (d accountDecoder) checkFields(got decodedAccount) (account CustomerAccount, err error) {
	account = got.account
	account.UnknownFieldNames, err = d.checker.CheckAccount(got.body, got.details, account.ValidationStatus == StatusActive)
	if err != nil {
		return CustomerAccount{}, err
	}
	return account, nil
}

// decodeAccount decodes an account, and fails if the response has none. With an error, it still returns the ids.
func (d accountDecoder) decodeAccount(body fields.Object, options ReadOptions) (decodedAccount, error) {
	r := &fields.Reader{Fields: body}
	object := r.Text("object")
	ref := AccountRef{CustomerID: r.Text("customer_id"), CustomerAccountID: r.Text("customer_account_id")}
	account := CustomerAccount{ValidationStatus: ValidationStatus(r.Text("validation_status"))}
	account.ValidationAmount, account.Unreadable.ValidationAmount = r.Decimal("validation_amount")
	account.Currency, account.Unreadable.Currency = r.OptionalText("currency")
	account.DateCreated, account.Unreadable.DateCreated = r.OptionalText("date_created")
	account.LastValidated, account.Unreadable.LastValidated = r.OptionalText("last_validated")
	var details *fields.Reader
	if options.OmitVPA { // account_details may have any type: only the fields of an object could contradict the account
		details, account.Unreadable.AccountDetails = r.OptionalObject("account_details")
	} else {
		details = r.Object("account_details")
		account.VPA = details.Text("vpa")
	}
	got := decodedAccount{ref, account, body, details.Fields}
	// A reported error is clearer than the missing fields.
	if object != "customer_account" || ref.CustomerAccountID == "" || account.ValidationStatus == "" {
		if err := d.checker.ReportedError(body); err != nil {
			return got, err
		}
	}
	err := cmp.Or(r.Err, details.Err)
	if err == nil && object != "customer_account" {
		err = errors.New(`the response's field object is not "customer_account"`)
	}
	return got, err
}

// decodeList fails unless the response is a complete list of the customer's accounts.
func (d accountDecoder) decodeList(body fields.Object, customerID string, options ReadOptions) (map[string]CustomerAccount, error) {
	if raw := body["list"]; len(raw) == 0 || raw[0] != '[' {
		return nil, cmp.Or(d.checker.ReportedError(body), errors.New("the response has no array list"))
	}
	r := &fields.Reader{Fields: body}
	customer := r.Text("customer_id")
	if r.Err != nil {
		return nil, r.Err
	}
	if customer != "" {
		if err := d.returnedIDs.check(customer, customerID, d.redactor); err != nil {
			return nil, fmt.Errorf("the list is of %w", err)
		}
	}
	accounts := map[string]CustomerAccount{}
	for i, element := range fields.Elements(body["list"]) {
		got, err := d.decodeElement(element, options)
		id := got.ref.CustomerAccountID
		if _, isListed := accounts[id]; err == nil && isListed {
			err = errors.New("it is in the list twice")
		}
		if err == nil {
			err = d.returnedIDs.check(cmp.Or(got.ref.CustomerID, customer), customerID, d.redactor)
		}
		if err == nil {
			accounts[id], err = d.checkFields(got)
		}
		if err != nil {
			return nil, fmt.Errorf("element %d of the list, account %q: %w", i, d.redactor.Text(id), err)
		}
	}
	if len(accounts) == 0 { // an error in place of a list may have an empty one
		if err := d.checker.ReportedError(body); err != nil {
			return nil, err
		}
	}
	if err := d.checker.CheckList(body, len(accounts)); err != nil {
		return nil, err
	}
	return accounts, nil
}

// decodeElement decodes an account of a list, and fails if its id is not usable.
func (d accountDecoder) decodeElement(element []byte, options ReadOptions) (decodedAccount, error) {
	body, err := fields.Split(element)
	if err != nil {
		return decodedAccount{}, err
	}
	got, err := d.decodeAccount(body, options)
	return got, cmp.Or(err, ValidateCustomerAccountID("its customer_account_id", got.ref.CustomerAccountID))
}
