// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// minBackoff is the longest backoff before the first retry; it doubles with
	// each retry up to maxBackoff.
	minBackoff = 500 * time.Millisecond
	maxBackoff = 8 * time.Second
	// maxRetryAfter is the longest Retry-After that a read waits for. A read
	// that would have to wait longer fails at once: whoever runs it should know
	// rather than look at a still terminal.
	maxRetryAfter = 30 * time.Second
)

// retryPolicy is the only place that decides whether an attempt is retried, and
// when.
type retryPolicy struct {
	maxRetries             int
	minBackoff, maxBackoff time.Duration
}

// next returns how long to wait before the next attempt, or false if failure,
// which ended the last of so many attempts, is final.
func (p retryPolicy) next(attempts int, failure *APIError) (time.Duration, bool) {
	if attempts > p.maxRetries || !isTransient(failure) || failure.RetryAfterTooLong() {
		return 0, false
	}
	return max(p.backoff(attempts), failure.RetryAfter), true
}

// retriedStatuses are the statuses of a server error that a later attempt may
// not meet. Under 200, Juspay's own code said INTERNAL_SERVER_ERROR.
var retriedStatuses = []int{
	http.StatusOK,
	http.StatusInternalServerError,
	http.StatusBadGateway,
	http.StatusServiceUnavailable,
	http.StatusGatewayTimeout,
}

// isTransient reports whether a later attempt may end otherwise. It is false for
// failures that are known to last: a retry would only delay the same error.
func isTransient(failure *APIError) bool {
	switch failure.Reason {
	case ReasonThrottled, ReasonTimeout, ReasonRefused:
		return true
	case ReasonServerError:
		return slices.Contains(retriedStatuses, failure.StatusCode)
	case ReasonProxy:
		var proxy *proxyError
		return !errors.As(failure, &proxy) || proxy.statusCode >= 500
	case ReasonConnection:
		var alert *net.OpError
		return !errors.As(failure, &alert) || alert.Op != "remote error" // a TLS alert
	}
	return false
}

// backoff returns how long a read backs off after so many attempts. Half of it
// is random, so that the reads of one plan do not come back together.
func (p retryPolicy) backoff(attempts int) time.Duration {
	wait := min(p.maxBackoff, p.minBackoff<<min(attempts-1, 16))
	return wait/2 + rand.N(wait/2+1) //nolint:gosec // it spreads load, and protects nothing
}

// retryAfter reads the Retry-After header (RFC 9110, section 10.2.3) in both of
// its forms, seconds and a date. It is 0 when there is none, when it cannot be
// read, and when it has passed: none of these is an instruction to wait.
func retryAfter(header http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if date, err := http.ParseTime(value); err == nil {
		return max(0, date.Sub(now))
	}
	// What is no number is 0 seconds, and more than a Duration holds are as many as
	// it holds.
	seconds, _ := strconv.ParseUint(value, 10, 64)
	return time.Duration(min(seconds, math.MaxInt64/uint64(time.Second))) * time.Second
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
