// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

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
