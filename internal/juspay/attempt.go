// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	"context"
	"time"
)

// Attempt is one request and how it ended. It contains no header, no body and
// nothing secret, and may be logged.
type Attempt struct {
	Number     int // counts from 1
	Method     string
	Path       string // escaped, with the identifiers as DisplayID shows them
	StatusCode int    // 0 when no response came
	RequestID  string // x-request-id, empty when none came
	// SentRequestID is the x-request-id that the attempt sent, "" if it sent nothing.
	SentRequestID string
	Duration      time.Duration
	Err           error // why the response cannot be used, or none came
}

// report passes each attempt to Config.OnAttempt.
func (c *Client) report(ctx context.Context, state *readState, next func() *APIError) *APIError {
	failure := next()
	if c.cfg.OnAttempt != nil {
		if failure != nil {
			state.attempt.Err = failure
		}
		c.cfg.OnAttempt(ctx, state.attempt)
	}
	return failure
}

// send sends one request, and records the attempt and the response.
func (c *Client) send(ctx context.Context, state *readState, _ func() *APIError) *APIError {
	state.Attempts++
	requestID := newRequestID()
	req := state.request.WithContext(ctx)
	req.Header = c.header.Clone() // an attempt that was given up may still read the header
	req.Header.Set("X-Routing-Id", state.routingID)
	req.Header.Set("X-Request-Id", requestID)
	start := time.Now()
	got, isSent, err := c.transport.send(req, &state.resends)
	state.attempt = Attempt{
		Number: state.Attempts, Method: req.Method, Path: displayPath(req.URL), Duration: time.Since(start),
		StatusCode: got.statusCode, RequestID: c.redact.matchOrEmpty(uuidRE, got.header.Get("X-Request-Id")),
	}
	if isSent {
		state.sentRequestID, state.attempt.SentRequestID = requestID, requestID
	}
	state.header = got.header
	if got.statusCode != 0 {
		state.last, state.sentRequestID = got, ""
	}
	if err != nil {
		// If the caller's context ended, that is the cause.
		return c.connectionError(state, cmp.Or(ctx.Err(), err))
	}
	return nil
}
