// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	// minBackoff is the maximum backoff before the first retry. It doubles with each
	// retry, up to maxBackoff.
	minBackoff = 500 * time.Millisecond
	maxBackoff = 8 * time.Second
	// After maxThrottledBackoffs, the backoff of a throttled read grows no further: the
	// limiter spaces the requests of all reads.
	maxThrottledBackoffs = 3
)

// retryPolicy decides whether and when an attempt is retried. No other type does.
type retryPolicy struct {
	maxRetries             int
	minBackoff, maxBackoff time.Duration
}

// A read is given up as throttled only if the chance that a healthy one is refused as often
// is below one in a million. It is estimated from few requests, which maxChance allows for. Below
// maxSickChance, a read says nothing of the server.
const maxChance, maxSickChance, maxSickShare = 1e-12, 1e-3, 0.1

// next returns the wait before the next attempt, or false if failure, the error of the
// last attempt, is final. A failure is final if its Retry-After ends after the context's
// deadline: an error now is more useful than a wait until the deadline.
func (p retryPolicy) next(ctx context.Context, read *readState, healthy bool, failure *APIError) (time.Duration, bool) {
	retryable := isTransient(failure) || healthy && !read.failsAlone && isForeign(failure)
	if read.attempts == 0 || !retryable || read.failures > p.maxRetries || !healthy && read.attempts > p.maxRetries || read.refusals > p.maxRetries && read.chance < maxChance {
		return 0, false
	}
	failure.RetryAfterTooLong = endsAfter(ctx, failure.RetryAfter)
	tries := read.attempts
	if healthy && failure.Reason == ReasonThrottled {
		tries = min(read.refusals, maxThrottledBackoffs)
	}
	return max(p.backoff(tries), failure.RetryAfter), !failure.RetryAfterTooLong
}

// refuse records that a limit refused an attempt. The share of the requests since the
// read's last refusal that were refused is the chance that this one is by chance. If there were
// none, but many others were served since the read's first refusal, it is the share of the
// refused among the reads of the last ten seconds, if that is small. Nothing is by chance once the server has
// refused all for long.
func (r *readState) refuse(served, refused, many int, refusedShare float64, isLost bool) {
	if r.refusals++; r.refusals == 1 {
		r.servedAtRefusal = served
	}
	since := float64(refused - r.refusedBefore)
	chance, refusedAgain := since/(since+float64(served-r.servedBefore)), served-r.servedAtRefusal > many
	switch {
	case isLost:
		chance = 0
	case refusedAgain && served == r.servedBefore && refusedShare < maxSickShare:
		chance = refusedShare
	}
	r.chance *= chance
	r.servedBefore, r.refusedBefore = served, refused
	r.refusedAlone = r.refusedAlone || refusedAgain || r.chance < maxSickChance
}

// fail records that an attempt failed otherwise than by a limit. A read is sick if many others
// succeeded meanwhile.
func (r *readState) fail(served, servedWhenSent, many int) {
	since := served - servedWhenSent
	if r.failures > 0 {
		since, many = served-r.servedAtFailure, minAlikeFailures
	}
	r.failures++
	r.servedAtFailure = served
	r.failsAlone = r.failsAlone || since > many
}

// isSick reports whether the read failed while others succeeded, so that it says nothing of the
// server.
func (r *readState) isSick() bool { return r.failsAlone || r.refusedAlone }

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

// newOutcome describes the end of an attempt to the limiter.
func newOutcome(ctx context.Context, header http.Header, failure *APIError) (o outcome) {
	if o.remaining, o.reset = quota(header, time.Now()); endsAfter(ctx, o.reset) {
		o.reset = 0 // a read fails by a refusal, never by a field
	}
	switch {
	case failure == nil || isOfAccount(failure):
		o.served = true
	case failure.Reason == ReasonThrottled:
		o.throttled, o.retryAfter = true, failure.RetryAfter
		if o.tooLong = endsAfter(ctx, failure.RetryAfter); o.tooLong {
			o.retryAfter = 0 // the read fails at once, and others may have longer deadlines
		}
	default:
		o.failed = failure.Reason != ReasonCanceled
	}
	return o
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
	return parseSeconds(value)
}

// parseSeconds reads a number of seconds, which may have a fraction. A value that is not a number
// is 0 seconds, and one above the maximum of Duration is that maximum.
func parseSeconds(value string) time.Duration {
	if strings.Trim(value, "0123456789.") != "" {
		return 0
	}
	seconds, _ := strconv.ParseFloat(value, 64)
	if seconds >= float64(maxSeconds) {
		return time.Duration(maxSeconds) * time.Second
	}
	return time.Duration(seconds * float64(time.Second))
}

const maxSeconds = math.MaxInt64 / int64(time.Second)

// rateLimitRE matches the parameters of the field RateLimit, in the drafts' spellings.
var rateLimitRE = regexp.MustCompile(`\b(r|t|remaining|reset)=(\d+)`)

// quota reads how many requests a server permits until it resets its limit, from the fields
// that gateways send: RateLimit, RateLimit-Remaining and -Reset (the IETF's drafts), and
// X-RateLimit-Remaining and -Reset. The reset is 0 unless both are valid.
func quota(header http.Header, now time.Time) (remaining int, reset time.Duration) {
	fields := map[string]string{}
	for _, match := range rateLimitRE.FindAllStringSubmatch(header.Get("RateLimit"), -1) {
		fields[match[1]] = match[2]
	}
	left := cmp.Or(header.Get("RateLimit-Remaining"), header.Get("X-RateLimit-Remaining"), fields["r"], fields["remaining"])
	after := cmp.Or(header.Get("RateLimit-Reset"), header.Get("X-RateLimit-Reset"), fields["t"], fields["reset"])
	if n, err := strconv.Atoi(left); err == nil && n >= 0 {
		if reset = untilReset(after, now); reset > 0 {
			return n, reset
		}
	}
	return 0, 0
}

// untilReset reads a number of seconds or milliseconds, or a Unix time in one of them. They
// differ by their size: no limit that a read can wait for lasts for hours.
func untilReset(value string, now time.Time) time.Duration {
	switch n, _ := strconv.ParseFloat(value, 64); {
	case n >= 1e11:
		return time.UnixMilli(int64(n)).Sub(now)
	case n >= 1e8:
		return time.Unix(int64(n), 0).Sub(now)
	case n >= 1e4:
		return parseSeconds(value) / 1000
	}
	return parseSeconds(value)
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
