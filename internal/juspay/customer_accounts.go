// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/limiter"
)

// Result contains one of many accounts, or the error of its read.
type Result struct {
	Account CustomerAccount
	// Err is the error of Get, or ErrSkipped.
	Err error
}

// ErrSkipped is the error of an account that was not read, because the read of another
// account failed with an error that affects all reads.
var ErrSkipped = errors.New("the account was not read, because an error of another account affects all accounts")

// GetAll reads many accounts concurrently, and returns a result for each in the order of
// refs. An account that is listed twice is read once. Accounts that back off or are polled
// do not delay others. After an error that affects all reads (APIError.AffectsAllReads),
// nothing more is sent, and accounts that were not read have ErrSkipped.
func (c *Client) GetAll(ctx context.Context, refs []AccountRef, options ReadOptions) []Result {
	readCtx, skip := context.WithCancelCause(ctx)
	defer skip(nil)
	results := make(map[AccountRef]*Result, len(refs))
	progress := c.startProgress(ctx, len(refs))
	defer progress.end()
	untried := make(chan struct{}, c.cfg.MaxConcurrentRequests)
	var reads sync.WaitGroup
	for _, ref := range refs {
		if results[ref] != nil {
			continue
		}
		result := &Result{}
		results[ref] = result
		untried <- struct{}{}
		startNext := sync.OnceFunc(func() { <-untried })
		reads.Go(func() {
			defer startNext()
			result.Account, result.Err = c.get(readCtx, ref, options, func(_ context.Context, _ *readState, next func() *APIError) *APIError {
				failure := next()
				if responds, _ := c.limiter.Responds(); failure == nil || responds {
					startNext()
				}
				return failure
			})
			var apiErr *APIError
			if errors.As(result.Err, &apiErr) && apiErr.AffectsAllReads() {
				skip(ErrSkipped)
			}
			if errors.Is(result.Err, context.Canceled) && errors.Is(context.Cause(readCtx), ErrSkipped) {
				result.Err = ErrSkipped
			}
			progress.add(result.Err)
		})
	}
	reads.Wait()
	skipRepeated(results)
	markAlike(results)
	ordered := make([]Result, 0, len(refs))
	for _, ref := range refs {
		ordered = append(ordered, *results[ref])
	}
	return ordered
}

// skipRepeated marks the reads that only repeat the error of another one as skipped.
func skipRepeated(results map[AccountRef]*Result) {
	var apiErr *APIError
	hasOriginal := slices.ContainsFunc(slices.Collect(maps.Values(results)), func(r *Result) bool {
		return errors.As(r.Err, &apiErr) && apiErr.AffectsAllReads() && !apiErr.IsRepeated
	})
	for _, result := range results {
		if hasOriginal && errors.As(result.Err, &apiErr) && apiErr.IsRepeated {
			result.Err = ErrSkipped
		}
	}
}

// markAlike marks one error as affecting all reads if all of several failed alike, even if they
// are too few for the limiter to see it.
func markAlike(results map[AccountRef]*Result) {
	alike, last := map[Reason]bool{}, new(APIError)
	for _, result := range results {
		if !errors.As(result.Err, &last) || minAlike(last) > limiter.MinAlike || last.Reason == ReasonCanceled {
			return
		}
		alike[alikeReason(last)] = true
	}
	last.affectsAllReads = last.affectsAllReads || len(alike) == 1 && len(results) > 1
}

// List reads all accounts of a customer with one GET, and returns them keyed by
// customer_account_id. routingID is sent as x-routing-id; it is customerID when
// empty. Its error is an *APIError unless an argument cannot be sent. A list that
// might be incomplete is an error. With WaitForValidation it lists again until no
// validation is pending. If the context's deadline ends the wait, the results of the
// pending accounts have a *WaitError.
//
// Source: "List Customer Accounts",
// https://juspay.io/in/docs/api-reference/docs/express-checkout/list-customer-accounts.
// The page does not show the whole response: the accounts are in the array list.
// A list may also have total, count and offset.
func (c *Client) List(ctx context.Context, customerID, routingID string, options ReadOptions) (map[string]Result, error) {
	if routingID == "" {
		routingID = customerID
	}
	if err := cmp.Or(ValidateIdentifier("customer_id", customerID), ValidateHeaderValue("routing_id", routingID)); err != nil {
		return nil, err
	}
	ref := AccountRef{CustomerID: customerID, RoutingID: routingID}
	var accounts map[string]CustomerAccount
	decode := func(fields map[string]json.RawMessage, header http.Header) error {
		listed, err := c.decoder.accounts(fields, customerID, options)
		if err = cmp.Or(err, checkListHeader(header, len(listed))); err == nil {
			accounts = listed
		}
		return err
	}
	err := c.poll(ctx, ref, options, func() (ValidationStatus, http.Header, error) {
		header, err := c.do(ctx, "/customers/"+url.PathEscape(customerID)+"/customer-accounts/list", routingID, decode)
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

// pendingStatus returns a pending status if any account has one, and any other status
// otherwise.
func pendingStatus(accounts map[string]CustomerAccount) (status ValidationStatus) {
	for _, id := range slices.Sorted(maps.Keys(accounts)) {
		if status = accounts[id].ValidationStatus; status.IsPending() {
			break
		}
	}
	return status
}
