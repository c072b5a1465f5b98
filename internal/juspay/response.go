// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"net/http"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/fields"
)

// decodeResponse decodes the response to each attempt. The response's body is not kept.
func (c *Client) decodeResponse(ctx context.Context, state *readState, next func() *APIError) *APIError {
	requestedAt := time.Now()
	if failure := next(); failure != nil {
		return failure
	}
	if err := c.acquireDecodeSlot(ctx); err != nil {
		return c.attemptError(state, err)
	}
	defer func() { <-c.decodeSlots }()
	got := &state.lastResponse
	body, err := fields.Split(got.body)
	got.body, got.envelope = nil, newErrorEnvelope(body)
	if mustBeFresh(got, err) {
		if stale := c.freshness.check(got.header, requestedAt); stale != nil {
			return c.responseError(state, stale)
		}
	}
	switch {
	case got.statusCode != http.StatusOK:
		return c.statusError(state, err)
	case err == nil:
		err = state.decodeResult(body, got.header)
	}
	if err != nil {
		return c.responseError(state, err)
	}
	return nil
}

// acquireDecodeSlot waits until a response can be decoded. It fails only if it has to wait: a
// response that has arrived is used even if ctx has ended since.
func (c *Client) acquireDecodeSlot(ctx context.Context) error {
	select {
	case c.decodeSlots <- struct{}{}:
		return nil
	default:
	}
	select {
	case c.decodeSlots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// mustBeFresh reports whether the age of a response matters. It does not where the server could not serve the
// request, nor for the page of another server: neither says anything about an account. err says why the body is not
// a JSON object.
func mustBeFresh(got *response, err error) bool {
	switch got.statusCode {
	case http.StatusOK:
		return err == nil
	case http.StatusUnauthorized:
		return true
	case http.StatusTooManyRequests, http.StatusTooEarly, http.StatusRequestTimeout:
		return false
	}
	return got.statusCode < 500 && got.envelope.isJuspay
}
