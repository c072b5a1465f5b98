// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"crypto/tls"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"time"
)

const (
	// firstBackoff is the longest backoff before the first retry. It doubles with each
	// retry, up to maxBackoff.
	firstBackoff = 500 * time.Millisecond
	maxBackoff   = 8 * time.Second
	// After maxThrottledBackoffs, the backoff of a throttled read grows no further: the
	// limiter spaces the requests of all reads.
	maxThrottledBackoffs = 3
)

// retryPolicy decides whether and when an attempt is retried. No other type does.
type retryPolicy struct {
	maxRetries               int
	firstBackoff, maxBackoff time.Duration
}

// retry makes attempts until no further one is due.
func (c *Client) retry(ctx context.Context, state *readState, next func() *APIError) *APIError {
	for failure := next(); failure != nil; failure = next() {
		_, waits := c.limiter.Responds()
		isFinal := c.policy.isFinal(state, waits, failure)
		// An error now is more useful than a wait until the deadline.
		failure.RetryAfterTooLong = !isFinal && endsAfter(ctx, failure.RetryAfter)
		if isFinal || failure.RetryAfterTooLong || failure.AffectsAllReads() {
			return failure
		}
		if err := sleep(ctx, c.policy.wait(state, waits, failure)); err != nil {
			return c.connectionError(state, err)
		}
	}
	return nil
}

// isFinal reports whether failure, the error of the last attempt, ends the read. Reads wait
// for a server if it responded to others, or refuses all.
func (p retryPolicy) isFinal(read *readState, waits bool, failure *APIError) bool {
	retryable := isTransient(failure) || waits && !read.FailsAlone() && isForeign(failure)
	switch {
	case read.Attempts == 0 || !retryable || read.Failures > p.maxRetries:
		return true
	case read.Attempts > p.maxRetries && !waits:
		return true
	}
	return read.Refusals > p.maxRetries && !read.IsRefusedByChance()
}

// wait returns the wait before the next attempt.
func (p retryPolicy) wait(read *readState, waits bool, failure *APIError) time.Duration {
	tries := read.Attempts
	if waits && failure.Reason == ReasonThrottled {
		tries = min(read.Refusals, maxThrottledBackoffs)
	}
	return max(p.backoff(tries), failure.RetryAfter)
}

// isForeign reports whether a response is not Juspay's, but of a server in between.
func isForeign(failure *APIError) bool {
	switch failure.Reason {
	case ReasonNotJuspay, ReasonNotJSON, ReasonRedirect:
		return true
	}
	return false
}

// endsAfter reports whether a wait ends after the context's deadline.
func endsAfter(ctx context.Context, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ok && wait > time.Until(deadline)
}

// isTransient reports whether a retry may succeed. It returns false for failures that
// are known to last: a retry would only delay the same error.
func isTransient(failure *APIError) bool {
	switch failure.Reason {
	case ReasonThrottled, ReasonTimeout, ReasonRefused:
		return true
	case ReasonServerError:
		return failure.StatusCode != http.StatusNotImplemented && failure.StatusCode != http.StatusHTTPVersionNotSupported
	case ReasonProxy:
		var proxy *proxyError
		return !errors.As(failure, &proxy) || proxy.statusCode >= 500
	case ReasonConnection:
		var alert *net.OpError
		return !errors.As(failure, &alert) || alert.Op != "remote error" || isInternalAlert(failure)
	case ReasonNotJuspay, ReasonUnexpectedError:
		return failure.StatusCode == http.StatusRequestTimeout || failure.StatusCode == http.StatusTooEarly
	}
	return false
}

// isInternalAlert reports whether err is the TLS alert internal_error (RFC 8446,
// section 6.2), which says nothing about the handshake. Servers send it while they
// reload. crypto/tls does not export the type of the alerts that it receives; AlertError has the
// same texts.
func isInternalAlert(err error) bool {
	var alert *net.OpError
	return errors.As(err, &alert) && alert.Op == "remote error" && alert.Err.Error() == tls.AlertError(80).Error()
}

// isOfAccount reports whether a failure is Juspay's response about one account.
func isOfAccount(failure *APIError) bool {
	switch failure.Reason {
	case ReasonForbidden, ReasonNotFound, ReasonInvalidInput, ReasonUnexpectedError, ReasonNotAccount, ReasonOtherCustomer, ReasonInDoubt, ReasonUnknownField, ReasonStale, ReasonIncomplete, ReasonTooLarge:
		return true
	}
	return false
}

// backoff returns the wait after n attempts. Half of it is random, so that the reads of
// one plan are not retried together.
func (p retryPolicy) backoff(attempts int) time.Duration {
	wait := min(p.maxBackoff, p.firstBackoff<<min(attempts-1, 16))
	return wait/2 + rand.N(wait/2+1) //nolint:gosec // it spreads load, and protects nothing
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
