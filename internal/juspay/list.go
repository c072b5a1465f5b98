// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/fields"
)

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
	routingID = cmp.Or(routingID, customerID)
	if err := cmp.Or(ValidateIdentifier("customer_id", customerID), ValidateHeaderValue("routing_id", routingID)); err != nil {
		return nil, err
	}
	ref := AccountRef{CustomerID: customerID, RoutingID: routingID}
	var accounts map[string]CustomerAccount
	keep := func(body fields.Object, header http.Header) error {
		decoded, err := c.decoder.decodeList(body, customerID, options)
		if err = cmp.Or(err, checkListHeader(header, len(decoded))); err == nil {
			accounts = decoded
		}
		return err
	}
	err := c.poll(ctx, ref, options, func() (ValidationStatus, *readState, error) {
		state, err := c.do(ctx, "/customers/"+url.PathEscape(customerID)+"/customer-accounts/list", routingID, keep)
		return pendingStatus(accounts), state, err
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
