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
	isJuspay := got.statusCode == http.StatusOK || got.envelope.isJuspay
	stale := c.freshness.check(got.header, requestedAt, isJuspay)
	switch {
	case stale != nil && mustBeFresh(got.statusCode):
		return c.responseError(state, stale)
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

// mustBeFresh reports whether the age of a response of this status matters. It does not where the server
// could not serve the request: such a response says nothing about an account.
func mustBeFresh(status int) bool {
	return status < 500 && status != http.StatusTooManyRequests && status != http.StatusTooEarly && status != http.StatusRequestTimeout
}
