// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/limiter"
)

// do makes a read, and returns the response header or an *APIError. Every request takes this
// path. The handlers of observers see each attempt.
func (c *Client) do(ctx context.Context, path, routingID string, decode decodeFunc, observers ...handler) (http.Header, error) {
	state := &readState{Read: limiter.NewRead(), routingID: routingID, decode: decode, start: time.Now()}
	var err error
	if state.request, err = http.NewRequestWithContext(ctx, http.MethodGet, c.cfg.BaseURL+path, nil); err != nil {
		return nil, c.connectionError(state, err)
	}
	read := []handler{c.rejection.repeat, c.alike.count, c.retry}
	attempt := []handler{c.limit, c.rejection.repeat, c.report, c.decode, c.send}
	if failure := runHandlers(ctx, state, slices.Concat(read, observers, attempt)); failure != nil {
		return nil, failure
	}
	return state.last.header, nil
}

// runHandlers calls the first of handlers, whose next is the others.
func runHandlers(ctx context.Context, state *readState, handlers []handler) *APIError {
	return handlers[0](ctx, state, func() *APIError { return runHandlers(ctx, state, handlers[1:]) })
}
