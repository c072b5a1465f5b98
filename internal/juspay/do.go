// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/limiter"
)

// handler is responsible for one concern of a read. next runs the handlers that come after it, and
// returns their error.
type handler func(ctx context.Context, state *readState, next func() *APIError) *APIError

// do makes a read, and returns its state, and an *APIError if it failed. Every request takes this
// path. The handlers aroundAttempt run around each attempt and its wait for the limiter.
func (c *Client) do(ctx context.Context, path, routingID string, decodeResult resultFunc, aroundAttempt ...handler) (*readState, error) {
	state := &readState{Read: limiter.NewRead(), routingID: routingID, decodeResult: decodeResult, start: time.Now()}
	var err error
	if state.request, err = http.NewRequestWithContext(ctx, http.MethodGet, c.cfg.BaseURL+path, nil); err != nil {
		return state, c.attemptError(state, err)
	}
	perRead := []handler{c.allReadsError.failFast, c.alikeFailures.shareIfMany, c.retry}
	// failFast stands here too, for an error that came while the read waited for the limiter.
	perAttempt := []handler{c.limit, c.allReadsError.failFast, c.report, c.decodeResponse, c.send}
	if failure := runHandlers(ctx, state, slices.Concat(perRead, aroundAttempt, perAttempt)); failure != nil {
		return state, failure
	}
	return state, nil
}

// runHandlers calls the first of handlers, whose next is the others.
func runHandlers(ctx context.Context, state *readState, handlers []handler) *APIError {
	return handlers[0](ctx, state, func() *APIError { return runHandlers(ctx, state, handlers[1:]) })
}
