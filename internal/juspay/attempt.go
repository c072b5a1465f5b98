// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"time"
)

// Attempt is one request and how it ended. It contains no header, no body and
// nothing secret, and may be logged.
type Attempt struct {
	Number     int // the number of the attempt in its read, from 1
	Method     string
	Path       string // the escaped path, with the identifiers as redact.ID shows them
	StatusCode int    // the status of the response, 0 if none came
	RequestID  string // the x-request-id of the response, empty if it has none
	// SentRequestID is the x-request-id that the attempt sent, empty if it sent nothing.
	SentRequestID string
	Duration      time.Duration
	Err           error // the reason why the response cannot be used, or why none came
}

// report passes each attempt to Config.OnAttempt.
func (c *Client) report(ctx context.Context, state *readState, next func() *APIError) *APIError {
	failure := next()
	if c.cfg.OnAttempt != nil {
		if failure != nil && state.lastAttempt.Err == nil {
			state.lastAttempt.Err = failure
		}
		c.cfg.OnAttempt(ctx, state.lastAttempt)
	}
	return failure
}

// send sends one request, and records the attempt and the response.
func (c *Client) send(ctx context.Context, state *readState, _ func() *APIError) *APIError {
	state.Attempts++
	sentRequestID := newRequestID()
	req := state.request.WithContext(ctx)
	req.Header = c.header.Clone() // an attempt that was given up may still read the header
	req.Header.Set("X-Routing-Id", state.routingID)
	req.Header.Set("X-Request-Id", sentRequestID)
	start := time.Now()
	got, isSent, err := c.transport.send(req, &state.resends)
	state.lastAttempt = Attempt{
		Number: state.Attempts, Method: req.Method, Path: displayURLPath(req.URL), Duration: time.Since(start),
		StatusCode: got.statusCode, RequestID: c.redactor.UUID(got.header.Get("X-Request-Id")),
	}
	if isSent {
		state.pendingRequestID, state.lastAttempt.SentRequestID = sentRequestID, sentRequestID
	}
	if got.statusCode != 0 {
		state.lastResponse, state.pendingRequestID = got, ""
	}
	if err != nil {
		state.lastAttempt.Err = c.redactor.Error(err)
		// If the caller's context ended, that is the cause.
		return c.attemptError(state, cmp.Or(ctx.Err(), err))
	}
	return nil
}

// newRequestID makes a random UUID (RFC 9562, version 4), which identifies an
// attempt even where no response comes.
func newRequestID() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}
