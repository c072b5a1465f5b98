// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	"context"
	"net/http"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/fields"
)

// Get reads one account with one GET. It sends more only to retry an attempt
// that failed in a transient way, or to poll if options say so. Its error is an
// *APIError, or a *WaitError for an account whose validation did not finish in
// time, unless ref itself cannot be sent.
func (c *Client) Get(ctx context.Context, ref AccountRef, options ReadOptions) (CustomerAccount, error) {
	return c.get(ctx, ref, options)
}

// get is Get, with handlers around each attempt.
func (c *Client) get(ctx context.Context, ref AccountRef, options ReadOptions, aroundAttempt ...handler) (CustomerAccount, error) {
	ref.RoutingID = cmp.Or(ref.RoutingID, ref.CustomerID)
	if err := ref.validate(); err != nil {
		return CustomerAccount{}, err
	}
	var account CustomerAccount
	keep := func(body fields.Object, _ http.Header) (err error) {
		account, err = c.decoder.decodeRequested(body, ref, options)
		return err
	}
	err := c.poll(ctx, ref, options, func() (ValidationStatus, *readState, error) {
		state, err := c.do(ctx, ref.path(), ref.RoutingID, keep, aroundAttempt...)
		return account.ValidationStatus, state, err
	})
	if err != nil {
		return CustomerAccount{}, err
	}
	return account, nil
}
