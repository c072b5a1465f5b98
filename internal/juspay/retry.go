// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"time"
)

// retry makes attempts until no further one is due.
func (c *Client) retry(ctx context.Context, state *readState, next func() *APIError) *APIError {
	for failure := next(); failure != nil; failure = next() {
		read, waits := c.limiter.Snapshot(&state.Read)
		isFinal := c.policy.isFinal(read, waits, failure)
		// An error now is more useful than a wait until the deadline.
		failure.RetryAfterTooLong = !isFinal && endsAfter(ctx, failure.RetryAfter)
		if isFinal || failure.RetryAfterTooLong || failure.AffectsAllReads() {
			return failure
		}
		if err := sleep(ctx, c.policy.wait(read, waits, failure)); err != nil {
			return c.connectionError(state, err)
		}
	}
	return nil
}

// endsAfter reports whether a wait ends after the context's deadline.
func endsAfter(ctx context.Context, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ok && wait > time.Until(deadline)
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
