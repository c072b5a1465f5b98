// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/limiter"
)

// limit waits for the limiter before each attempt, and reports to it how the attempt ended.
func (c *Client) limit(ctx context.Context, state *readState, next func() *APIError) *APIError {
	ticket, err := c.limiter.Wait(ctx, &state.Read)
	if err != nil {
		return c.attemptError(state, err)
	}
	failure := next()
	outcome := newOutcome(ctx, state, failure)
	if outcome.Refused {
		c.throttled.Add(1)
	}
	c.limiter.Done(ticket, outcome, func(all bool) {
		failure.isShared = true // so that its GetAll ends its other reads, which have the same deadline
		if all {
			failure.Outage = limiter.MaxOutage
			c.allReadsError.keep(failure)
		}
	})
	return failure
}

// newOutcome describes the end of an attempt to the limiter.
func newOutcome(ctx context.Context, state *readState, failure *APIError) (o limiter.Outcome) {
	if failure != nil && failure.IsOfOtherRead {
		return limiter.Outcome{} // nothing was sent
	}
	if state.lastAttempt.StatusCode != 0 {
		o.Remaining, o.Reset = parseQuota(state.lastResponse.header, time.Now())
	}
	if exceedsDeadline(ctx, o.Reset) {
		o.Reset = 0 // a reset so far away is not believed, and delays no read
	}
	switch {
	case failure == nil || isServed(failure):
		o.Served = true
	case failure.Reason == ReasonThrottled:
		o.Refused, o.RetryAfter = true, failure.RetryAfter
		if o.RetryAfterTooLong = exceedsDeadline(ctx, failure.RetryAfter); o.RetryAfterTooLong {
			o.RetryAfter = 0 // the read fails immediately, and others may have longer deadlines
		}
	default:
		o.Failed = failure.Reason != ReasonCanceled
	}
	return o
}
