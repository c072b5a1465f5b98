// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/limiter"
)

// do makes a read, and returns the response header or an *APIError. Every request takes this
// path. The handlers of observers see each attempt, with its wait for the limiter.
func (c *Client) do(ctx context.Context, path, routingID string, decode decodeFunc, observers ...handler) (http.Header, error) {
	state := &readState{Read: limiter.NewRead(), routingID: routingID, decode: decode, start: time.Now()}
	var err error
	if state.request, err = http.NewRequestWithContext(ctx, http.MethodGet, c.cfg.BaseURL+path, nil); err != nil {
		return nil, c.connectionError(state, err)
	}
	read := []handler{c.rejection.repeat, c.alike.count, c.retry}
	// repeat stands here too, for what was rejected while the read waited for the limiter.
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

// readState is a read: what it requests, and how far it is.
type readState struct {
	limiter.Read
	request       *http.Request // which each attempt sends with headers of its own
	routingID     string
	decode        decodeFunc
	start         time.Time
	attempt       Attempt     // the last one
	header        http.Header // of the response to the last attempt, nil if none came
	sentRequestID string      // of the last request that was sent, empty when a response came to it
	last          response    // the last response, complete or not
	resends       atomic.Int32
}

// decodeFunc decodes a 200 response. It fails if the response is not the requested one.
type decodeFunc func(fields map[string]json.RawMessage, header http.Header) error

// handler is responsible for one concern of a read. next makes the attempts that come after it, and
// returns the error of the last one.
type handler func(ctx context.Context, state *readState, next func() *APIError) *APIError
