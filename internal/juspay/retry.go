// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/limiter"
)

// retry makes attempts until no further one is due.
func (c *Client) retry(ctx context.Context, state *readState, next func() *APIError) *APIError {
	for failure := next(); failure != nil; failure = next() {
		read, mayRecover := c.limiter.Snapshot(&state.Read)
		isFinal := c.policy.isFinal(read, mayRecover, failure)
		// An error now is more useful than a wait until the deadline.
		failure.RetryAfterTooLong = !isFinal && !failure.IsOfOtherRead && exceedsDeadline(ctx, failure.RetryAfter)
		if isFinal || failure.RetryAfterTooLong || failure.IsShared() { // set by limit or failFast, or about all reads
			return failure
		}
		if err := sleep(ctx, c.policy.wait(read, mayRecover, failure)); err != nil {
			return c.attemptError(state, err)
		}
	}
	return nil
}

const (
	// firstBackoff is the longest backoff before the first retry. It doubles with each
	// retry, up to maxBackoff.
	firstBackoff = 500 * time.Millisecond
	maxBackoff   = 8 * time.Second
	// A throttled read backs off as after half as many tries, rounded up, and at most as after
	// maxThrottledTries: up to 2 s from the fifth refusal on. The limiter spaces the requests of all reads.
	maxThrottledTries = 3
)

// retryPolicy decides whether and when an attempt is retried.
type retryPolicy struct {
	maxRetries               int
	firstBackoff, maxBackoff time.Duration
}

// isFinal reports whether failure, the error of the last attempt, ends the read: a retry is useless, or
// the read failed or was refused too often. Unless the server mayRecover, since it ever served or is probed,
// each attempt counts.
func (p retryPolicy) isFinal(read limiter.Read, mayRecover bool, failure *APIError) bool {
	isRetryable := isTransient(failure) || mayRecover && !read.FailsAlone() && isForeign(failure)
	tooManyFailures := read.Failures > p.maxRetries
	tooManyRefusals := read.Refusals > p.maxRetries && !read.MayBeUnlucky()
	tooManyAttempts := read.Attempts > p.maxRetries && !mayRecover // of any kind, before the server serves
	return !isRetryable || tooManyFailures || tooManyRefusals || tooManyAttempts
}

// wait returns the wait before the next attempt.
func (p retryPolicy) wait(read limiter.Read, mayRecover bool, failure *APIError) time.Duration {
	tries := read.Attempts
	if mayRecover && failure.Reason == ReasonThrottled {
		tries = min((read.Refusals+1)/2, maxThrottledTries)
	}
	return max(p.backoff(tries), failure.RetryAfter)
}

// backoff returns the wait after n attempts. Half of it is random, so that the reads of
// one GetAll are not retried together.
func (p retryPolicy) backoff(attempts int) time.Duration {
	wait := min(p.maxBackoff, p.firstBackoff<<min(max(attempts-1, 0), 16))
	return wait/2 + rand.N(wait/2+1) //nolint:gosec // it spreads load, and protects nothing
}

// exceedsDeadline reports whether a wait that begins now ends after the deadline of ctx.
func exceedsDeadline(ctx context.Context, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ok && wait > 0 && wait > time.Until(deadline) // the deadline may have passed
}

// sleep waits for d, or until ctx ends, whose error it returns.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
