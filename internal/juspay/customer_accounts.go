// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/url"
	"sync"

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
// read once. Accounts that wait for their validations do not hold up others.
func (c *Client) GetAll(ctx context.Context, refs []AccountRef, options ReadOptions) []Result {
	reads := map[AccountRef]*Result{}
	var first errgroup.Group
	first.SetLimit(c.cfg.MaxConcurrentRequests)
	var waits sync.WaitGroup
	for _, ref := range refs {
		if reads[ref] != nil {
			continue
		}
		result := &Result{}
		reads[ref] = result
		first.Go(func() error {
			got, err := c.readOnce(ctx, ref, options)
			result.Account, result.Err = got.account, err
			if err == nil && options.WaitForValidation {
				waits.Go(func() { result.Account, result.Err = c.untilValidated(ctx, ref, options, got) })
			}
			return nil
		})
	}
	_ = first.Wait()
	waits.Wait()
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
// that says that there are more accounts than it holds is an error. Each result
// has an error of its own only with WaitForValidation, where accounts are read
// again, each by itself.
//
// Source: "List Customer Accounts",
// https://juspay.io/in/docs/api-reference/docs/express-checkout/list-customer-accounts.
// The page does not show the whole answer: the accounts are in the array list;
// total, count and offset may stand beside it.
func (c *Client) List(ctx context.Context, customerID, routingID string, options ReadOptions) (map[string]*Result, error) {
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
	accounts, err := decodeAccounts(fields, options, c.redact)
	if err != nil {
		return nil, c.answerError(got, err)
	}
	var waits sync.WaitGroup
	results := make(map[string]*Result, len(accounts))
	for id, account := range accounts {
		result := &Result{Account: account}
		results[id] = result
		if options.WaitForValidation {
			ref := AccountRef{CustomerID: customerID, CustomerAccountID: id, RoutingID: routingID}
			waits.Go(func() {
				result.Account, result.Err = c.untilValidated(ctx, ref, options, read{account, got.last.header})
			})
		}
	}
	waits.Wait()
	return results, nil
}

func decodeAccounts(fields map[string]json.RawMessage, options ReadOptions, redact redactor) (map[string]CustomerAccount, error) {
	var list []json.RawMessage
	if err := json.Unmarshal(fields["list"], &list); err != nil || list == nil {
		return nil, errors.New("the answer has no array list")
	}
	accounts := make(map[string]CustomerAccount, len(list))
	for i, element := range list {
		id, account, err := accountIn(element, options, redact)
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

func accountIn(element json.RawMessage, options ReadOptions, redact redactor) (string, CustomerAccount, error) {
	fields, err := decodeObject(element)
	if err != nil {
		return "", CustomerAccount{}, err
	}
	id, account, err := accountOf(fields, options, redact)
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
