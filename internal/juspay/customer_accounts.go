// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Result is how the read of one of many accounts ended.
type Result struct {
	Account CustomerAccount
	// Err is that of Get, or ErrSkipped.
	Err error
}

// ErrSkipped is the error of an account that was not read because another read
// of the same call failed in a way that concerns all of them.
var ErrSkipped = errors.New("not read, because the read of another account failed in a way that concerns all")

// GetAll reads many accounts concurrently, as many as the client may, and returns
// a result for each in the order of refs. An account that is listed twice is read
// once. Accounts whose validations are polled do not hold up others. After an
// error that concerns all reads (APIError.ConcernsAllReads) nothing more is sent,
// and the accounts that were not read have ErrSkipped.
func (c *Client) GetAll(ctx context.Context, refs []AccountRef, options ReadOptions) []Result {
	skippable, skip := context.WithCancelCause(ctx)
	defer skip(nil)
	end := func(result *Result, account CustomerAccount, err error) {
		result.Account, result.Err = account, err
		var apiErr *APIError
		switch {
		case !errors.As(err, &apiErr):
		case apiErr.ConcernsAllReads():
			skip(ErrSkipped)
		case apiErr.Reason == ReasonCanceled && errors.Is(context.Cause(skippable), ErrSkipped):
			result.Err = ErrSkipped
		}
	}

	reads := make(map[AccountRef]*Result, len(refs))
	var first errgroup.Group
	first.SetLimit(c.cfg.MaxConcurrentRequests)
	var polls sync.WaitGroup
	for _, ref := range refs {
		if reads[ref] != nil {
			continue
		}
		result := &Result{}
		reads[ref] = result
		first.Go(func() error {
			got, err := c.fetch(skippable, ref, options)
			end(result, got.value, err)
			if err == nil && options.WaitForValidation {
				polls.Go(func() {
					got, err := c.pollAccount(skippable, ref, options, got)
					end(result, got.value, err)
				})
			}
			return nil
		})
	}
	_ = first.Wait()
	polls.Wait()
	results := make([]Result, 0, len(refs))
	for _, ref := range refs {
		results = append(results, *reads[ref])
	}
	return results
}

// List reads all accounts of a customer with one GET, and returns them keyed by
// customer_account_id. routingID is sent as x-routing-id; it is customerID when
// empty. Its error is an *APIError unless an argument cannot be sent. A list that
// might be incomplete is an error. With WaitForValidation it lists again until no
// validation is unfinished; a result has an error of its own, a *WaitError, only
// then.
//
// Source: "List Customer Accounts",
// https://juspay.io/in/docs/api-reference/docs/express-checkout/list-customer-accounts.
// The page does not show the whole response: the accounts are in the array list;
// total, count and offset may stand beside it.
func (c *Client) List(ctx context.Context, customerID, routingID string, options ReadOptions) (map[string]Result, error) {
	if routingID == "" {
		routingID = customerID
	}
	if err := ValidateIdentifier(customerID); err != nil {
		return nil, fmt.Errorf("customer_id %w", err)
	}
	if err := ValidateHeaderValue(routingID); err != nil {
		return nil, fmt.Errorf("routing_id %w", err)
	}
	ref := AccountRef{CustomerID: customerID, RoutingID: routingID}
	got, err := c.fetchList(ctx, ref, options)
	var late *WaitError
	if err == nil && options.WaitForValidation {
		got, err = poll(ctx, c, ref, got, func() (fetched[map[string]CustomerAccount], error) { return c.fetchList(ctx, ref, options) })
	}
	if err != nil && !errors.As(err, &late) {
		return nil, err
	}
	results := make(map[string]Result, len(got.value))
	for id, account := range got.value {
		result := Result{Account: account}
		if late != nil && account.ValidationStatus.InValidation() {
			result = Result{Err: &WaitError{Status: account.ValidationStatus, Reads: late.Reads, Waited: late.Waited, Err: late.Err}}
		}
		results[id] = result
	}
	return results, nil
}

func (c *Client) fetchList(ctx context.Context, ref AccountRef, options ReadOptions) (fetched[map[string]CustomerAccount], error) {
	fields, state, err := c.do(ctx, "/customers/"+url.PathEscape(ref.CustomerID)+"/customer-accounts/list", ref.RoutingID)
	if err != nil {
		return fetched[map[string]CustomerAccount]{}, err
	}
	accounts, err := decodeAccounts(fields, ref.CustomerID, options, c.redact)
	if err != nil {
		return fetched[map[string]CustomerAccount]{}, c.responseError(state, err)
	}
	var status ValidationStatus
	for _, id := range slices.Sorted(maps.Keys(accounts)) {
		if status = accounts[id].ValidationStatus; status.InValidation() {
			break
		}
	}
	return fetched[map[string]CustomerAccount]{accounts, status, state.last.header}, nil
}

func decodeAccounts(fields map[string]json.RawMessage, customerID string, options ReadOptions, redact redactor) (map[string]CustomerAccount, error) {
	var list []json.RawMessage
	if err := json.Unmarshal(fields["list"], &list); err != nil || list == nil {
		return nil, errors.New("the response has no array list")
	}
	d := decoder{fields: fields}
	if object := d.text("object"); object != "" && !listObjectRE.MatchString(object) {
		return nil, redact.doubt(errDoubt, "object", object, "does not name a list")
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
		if err = ValidateCustomerAccountID(ref.CustomerAccountID); err != nil {
			err = fmt.Errorf("its customer_account_id %w", err)
		}
	}
	return ref, account, err
}
