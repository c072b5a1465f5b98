// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"crypto/tls"
	"errors"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// minBackoff is the maximum backoff before the first retry. It doubles with each
	// retry, up to maxBackoff.
	minBackoff = 500 * time.Millisecond
	maxBackoff = 8 * time.Second
)

// retryPolicy decides whether and when an attempt is retried. No other type does.
type retryPolicy struct {
	maxRetries             int
	minBackoff, maxBackoff time.Duration
}

// next returns the wait before the next attempt, or false if failure, the error of the
// last attempt, is final. A failure is final if its Retry-After ends after the context's
// deadline: an error now is more useful than a wait until the deadline.
func (p retryPolicy) next(ctx context.Context, attempts int, failure *APIError) (time.Duration, bool) {
	if attempts == 0 || attempts > p.maxRetries || !isTransient(failure) {
		return 0, false
	}
	failure.RetryAfterTooLong = endsAfter(ctx, failure.RetryAfter)
	return max(p.backoff(attempts), failure.RetryAfter), !failure.RetryAfterTooLong
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
		return failure.StatusCode == http.StatusRequestTimeout
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

// newOutcome returns the outcome of an attempt that got a response.
func newOutcome(ctx context.Context, statusCode int, failure *APIError) outcome {
	if failure == nil || failure.Reason != ReasonThrottled {
		return outcome{delivered: statusCode < 500}
	}
	if endsAfter(ctx, failure.RetryAfter) {
		return outcome{throttled: true} // the read fails at once, so a cooldown would only delay other reads
	}
	return outcome{throttled: true, retryAfter: failure.RetryAfter}
}

// backoff returns the wait after n attempts. Half of it is random, so that the reads of
// one plan are not retried together.
func (p retryPolicy) backoff(attempts int) time.Duration {
	wait := min(p.maxBackoff, p.minBackoff<<min(attempts-1, 16))
	return wait/2 + rand.N(wait/2+1) //nolint:gosec // it spreads load, and protects nothing
}

// retryAfter reads the Retry-After header (RFC 9110, section 10.2.3) in both of
// its forms, seconds and a date. It returns 0 for a header that is absent or invalid,
// and for a date in the past. A date is relative to the response's Date, if it has one.
func retryAfter(header http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if sent, err := http.ParseTime(header.Get("Date")); err == nil {
		now = sent
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(0, date.Sub(now))
	}
	// A value that is not a number is 0 seconds. A value above
	// the maximum of Duration is that maximum.
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
