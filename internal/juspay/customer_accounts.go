// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"sync"
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
// once. Accounts that back off or are polled do not hold up others. After an error
// that affects all reads (APIError.AffectsAllReads) nothing more is sent, and the
// accounts that were not read have ErrSkipped.
func (c *Client) GetAll(ctx context.Context, refs []AccountRef, options ReadOptions) []Result {
	skippable, skip := context.WithCancelCause(ctx)
	defer skip(nil)
	server := &serverHealth{skip: func() { skip(ErrSkipped) }}
	results := make(map[AccountRef]*Result, len(refs))
	untried := make(chan struct{}, c.cfg.MaxConcurrentRequests)
	var reads sync.WaitGroup
	for _, ref := range refs {
		if results[ref] != nil {
			continue
		}
		result := &Result{}
		results[ref] = result
		untried <- struct{}{}
		begin := sync.OnceFunc(func() { <-untried }) // the next read
		reads.Go(func() {
			defer begin()
			result.Account, result.Err = c.get(skippable, ref, options, func(err error) {
				if server.responds(err) {
					begin()
				}
			})
			server.observe(result.Err)
			if errors.Is(result.Err, context.Canceled) && errors.Is(context.Cause(skippable), ErrSkipped) {
				result.Err = ErrSkipped
			}
		})
	}
	reads.Wait()
	ordered := make([]Result, 0, len(refs))
	for _, ref := range refs {
		ordered = append(ordered, *results[ref])
	}
	return ordered
}

// minAlikeFailures is how many reads must fail alike, while none succeeds, before
// the failure affects all.
const minAlikeFailures = 8

// serverHealth finds errors that affect all reads of one GetAll.
type serverHealth struct {
	skip func()

	mu        sync.Mutex
	healthy   bool // an account was read, or Juspay responded that there is none
	forbidden int
	down      int
}

// responds reports whether any attempt has succeeded. Until then further reads are
// not begun while others back off, as the server may be down.
func (h *serverHealth) responds(err error) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.healthy = h.healthy || err == nil
	return h.healthy
}

// observe records how a read ended. When the server is down, or refuses everything,
// further reads would end alike.
func (h *serverHealth) observe(err error) {
	var apiErr *APIError
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case !errors.As(err, &apiErr):
		h.healthy = h.healthy || err == nil
	case apiErr.AffectsAllReads():
		h.skip()
	case apiErr.Reason == ReasonCanceled:
	case apiErr.StatusCode == http.StatusForbidden:
		h.forbidden++
		h.judge(apiErr, h.forbidden)
	case isTransient(apiErr):
		h.down++
		h.judge(apiErr, h.down)
	default:
		h.healthy = true
	}
}

func (h *serverHealth) judge(apiErr *APIError, failures int) {
	if !h.healthy && failures >= minAlikeFailures {
		apiErr.affectsAllReads = true
		h.skip()
	}
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
	var accounts map[string]CustomerAccount
	decode := func(fields map[string]json.RawMessage) error {
		listed, err := decodeAccounts(fields, customerID, options, c.redact)
		if err == nil {
			accounts = listed
		}
		return err
	}
	err := c.poll(ctx, ref, options, func() (ValidationStatus, http.Header, error) {
		header, err := c.do(ctx, "/customers/"+url.PathEscape(customerID)+"/customer-accounts/list", routingID, decode, func(error) {})
		return pendingStatus(accounts), header, err
	})
	var waitErr *WaitError
	if err != nil && !errors.As(err, &waitErr) {
		return nil, err
	}
	results := make(map[string]Result, len(accounts))
	for id, account := range accounts {
		result := Result{Account: account}
		if waitErr != nil && account.ValidationStatus.IsPending() {
			result = Result{Err: &WaitError{Status: account.ValidationStatus, Reads: waitErr.Reads, Waited: waitErr.Waited, Err: waitErr.Err}}
		}
		results[id] = result
	}
	return results, nil
}

// pendingStatus returns the status of the first account whose validation is
// pending, or else any status.
func pendingStatus(accounts map[string]CustomerAccount) (status ValidationStatus) {
	for _, id := range slices.Sorted(maps.Keys(accounts)) {
		if status = accounts[id].ValidationStatus; status.IsPending() {
			break
		}
	}
	return status
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
