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
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// retryWaitMin and retryWaitMax bound the wait before an attempt is
	// repeated when Juspay does not say how long to wait.
	retryWaitMin = 500 * time.Millisecond
	retryWaitMax = 8 * time.Second
	// maxRetryAfter is the longest that Juspay can make a read wait before the
	// next attempt. A read that is told to wait longer fails at once: the
	// person who runs it should know, rather than look at a still terminal.
	maxRetryAfter = 30 * time.Second
)

// retriedStatuses are the answers that a later attempt may turn into another.
var retriedStatuses = []int{
	http.StatusTooManyRequests,
	http.StatusInternalServerError,
	http.StatusBadGateway,
	http.StatusServiceUnavailable,
	http.StatusGatewayTimeout,
}

// checkRetry tells whether an attempt that ended in resp or err is repeated. It
// has the form of retryablehttp.CheckRetry.
func checkRetry(ctx context.Context, resp *http.Response, err error) (bool, error) {
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if err != nil {
		return isCurable(err), nil
	}
	if !slices.Contains(retriedStatuses, resp.StatusCode) {
		return false, nil
	}
	wait, _ := retryAfter(resp.Header, time.Now())
	return wait <= maxRetryAfter, nil
}

// isCurable is false for the failures of which it is known that they stay as
// they are: a repeat would only make the user wait for the same error.
func isCurable(err error) bool {
	var (
		certificate *tls.CertificateVerificationError
		notTLS      tls.RecordHeaderError
		alert       *net.OpError
		name        *net.DNSError
		redirect    *redirectError
		proxy       *proxyError
	)
	switch {
	case errors.Is(err, errNoTimeLeft):
		return false
	case errors.As(err, &proxy):
		return proxy.status >= 500
	case errors.As(err, &certificate), errors.As(err, &notTLS), errors.Is(err, http.ErrSchemeMismatch):
		return false
	case errors.As(err, &alert) && alert.Op == "remote error": // a TLS alert
		return false
	case errors.As(err, &name):
		return !name.IsNotFound
	case errors.As(err, &redirect), errors.Is(err, errTooLarge):
		return false
	}
	return true
}

// backoff tells how long to wait before the attempt after attempt (which counts
// from 0): what Juspay asked for, else twice as long each time, of which half
// is random, so that the reads of one plan do not come back all at once. It has
// the form of retryablehttp.Backoff.
func backoff(shortest, longest time.Duration, attempt int, resp *http.Response) time.Duration {
	if resp != nil {
		if wait, ok := retryAfter(resp.Header, time.Now()); ok {
			return wait
		}
	}
	wait := min(longest, shortest<<min(attempt, 16))
	return wait/2 + rand.N(wait/2+1) //nolint:gosec // it spreads load, and guards nothing
}

// retryAfter reads the Retry-After header (RFC 9110, section 10.2.3) in both of
// its forms, seconds and a date. It is false when there is none or it is
// neither; a date that has passed is no wait.
func retryAfter(header http.Header, now time.Time) (time.Duration, bool) {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if date, err := http.ParseTime(value); err == nil {
		return max(0, date.Sub(now)), true
	}
	seconds, err := strconv.ParseUint(value, 10, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, false
	}
	// More seconds than a Duration can hold are as many as it can.
	const most = uint64(math.MaxInt64 / time.Second)
	return time.Duration(min(seconds, most)) * time.Second, true
}
