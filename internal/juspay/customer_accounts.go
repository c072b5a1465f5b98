// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/url"

	"golang.org/x/sync/errgroup"
)

// Result is how the read of one of many accounts ended.
type Result struct {
	Account CustomerAccount
	// Err is that of Get.
	Err error
}

// GetAll reads many accounts at the same time, as many as the client may, and
// returns a result for each in the order of refs. What is asked for twice is
// read once.
func (c *Client) GetAll(ctx context.Context, refs []AccountRef) []Result {
	reads := map[AccountRef]*Result{}
	var group errgroup.Group
	group.SetLimit(c.cfg.MaxConcurrentRequests)
	for _, ref := range refs {
		if reads[ref] != nil {
			continue
		}
		read := &Result{}
		reads[ref] = read
		group.Go(func() error {
			read.Account, read.Err = c.Get(ctx, ref)
			return nil
		})
	}
	_ = group.Wait()
	results := make([]Result, 0, len(refs))
	for _, ref := range refs {
		results = append(results, *reads[ref])
	}
	return results
}

// errIncomplete is an answer that says that there is more than it holds.
var errIncomplete = errors.New("not all accounts are in the answer")

// List reads all accounts of a customer with one GET, and returns them by their
// customer_account_id. routingID is sent as x-routing-id; it is customerID when
// empty. Its error is an *APIError unless an argument cannot be sent. An answer
// that says that there are more accounts than it holds is an error.
//
// Source: "List Customer Accounts",
// https://juspay.io/in/docs/api-reference/docs/express-checkout/list-customer-accounts.
// The page does not show the whole answer: the accounts are in the array list;
// total, count and offset may stand beside it.
func (c *Client) List(ctx context.Context, customerID, routingID string) (map[string]CustomerAccount, error) {
	if routingID == "" {
		routingID = customerID
	}
	if err := ValidateIdentifier(customerID); err != nil {
		return nil, fmt.Errorf("customer_id %w", err)
	}
	if err := ValidateHeaderValue(routingID); err != nil {
		return nil, fmt.Errorf("routing_id %w", err)
	}
	fields, got, err := c.get(ctx, "/customers/"+url.PathEscape(customerID)+"/customer-accounts/list", routingID)
	if err != nil {
		return nil, err
	}
	accounts, err := decodeAccounts(fields, c.redact)
	if err != nil {
		return nil, c.answerError(got, err)
	}
	return accounts, nil
}

func decodeAccounts(fields map[string]json.RawMessage, redact redactor) (map[string]CustomerAccount, error) {
	var list []json.RawMessage
	if err := json.Unmarshal(fields["list"], &list); err != nil || list == nil {
		return nil, errors.New("the answer has no array list")
	}
	accounts := make(map[string]CustomerAccount, len(list))
	for i, element := range list {
		id, account, err := accountIn(element, redact)
		if err != nil {
			return nil, fmt.Errorf("element %d of list: %w", i, err)
		}
		if _, ok := accounts[id]; ok {
			return nil, fmt.Errorf("element %d of list: the account %s is there twice", i, redact.quote(id))
		}
		accounts[id] = account
	}
	if err := checkComplete(&decoder{fields: fields}, len(list)); err != nil {
		return nil, err
	}
	return accounts, nil
}

func accountIn(element json.RawMessage, redact redactor) (string, CustomerAccount, error) {
	fields, err := decodeObject(element)
	if err != nil {
		return "", CustomerAccount{}, err
	}
	id, account, err := accountOf(fields, redact)
	if err == nil && ValidateCustomerAccountID(id) != nil {
		err = errors.New("it has no customer_account_id that could be one")
	}
	return id, account, err
}

// checkComplete compares the numbers that may stand beside a list with it.
func checkComplete(d *decoder, listed int) error {
	for _, limit := range []struct {
		name string
		most int
	}{{"total", listed}, {"count", listed}, {"offset", 0}} {
		number, _, err := big.ParseFloat(d.decimal(limit.name).String(), 10, 64, big.ToZero)
		if d.err != nil {
			return d.err
		}
		if err == nil && number.Cmp(big.NewFloat(float64(limit.most))) > 0 {
			return fmt.Errorf("%w: its %s is %s, and it holds %d", errIncomplete, limit.name, number.Text('f', -1), listed)
		}
	}
	return nil
}
