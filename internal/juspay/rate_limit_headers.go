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
	return seconds(parseNumber(value))
}

// rateLimitRE matches the parameters of the field RateLimit, in the drafts' spellings.
var rateLimitRE = regexp.MustCompile(`\b(r|t|remaining|reset)=(\d+)`)

// quota reads how many requests a server permits until it resets its limit, from the fields
// that gateways send: RateLimit, RateLimit-Remaining and -Reset (the IETF's drafts), and
// X-RateLimit-Remaining and -Reset. It returns zeros unless both are valid and the reset is not over.
func quota(header http.Header, now time.Time) (remaining int, reset time.Duration) {
	parameters := map[string]string{}
	for _, match := range rateLimitRE.FindAllStringSubmatch(header.Get("RateLimit"), -1) {
		parameters[match[1]] = match[2]
	}
	remainingText := cmp.Or(header.Get("RateLimit-Remaining"), header.Get("X-RateLimit-Remaining"), parameters["r"], parameters["remaining"])
	resetText := cmp.Or(header.Get("RateLimit-Reset"), header.Get("X-RateLimit-Reset"), parameters["t"], parameters["reset"])
	remaining, err := strconv.Atoi(remainingText)
	reset = untilReset(parseNumber(resetText), now)
	if err != nil || remaining < 0 || reset <= 0 {
		return 0, 0
	}
	return remaining, reset
}

// untilReset takes a number of seconds or milliseconds, or a Unix time in one of them. They
// differ by their size: no limit that a read can wait for lasts for hours.
func untilReset(reset float64, now time.Time) time.Duration {
	switch {
	case reset >= 1e11:
		return time.UnixMilli(int64(reset)).Sub(now)
	case reset >= 1e8:
		return time.Unix(int64(reset), 0).Sub(now)
	case reset >= 1e4:
		return seconds(reset) / 1000
	}
	return seconds(reset)
}

// maxNumber is more than any Unix time in milliseconds that a Duration reaches, and fits into an int64.
const maxNumber = 1e15

// parseNumber returns a number that may have a fraction, or maxNumber for a greater one. A text in
// another form is 0, also "Inf" and "1e9", which ParseFloat accepts.
func parseNumber(text string) float64 {
	if strings.Trim(text, "0123456789.") != "" {
		return 0
	}
	number, _ := strconv.ParseFloat(text, 64)
	return min(number, maxNumber)
}

// seconds returns a number of seconds, or the maximum of Duration for a greater number.
func seconds(number float64) time.Duration {
	const maxSeconds = math.MaxInt64 / int64(time.Second)
	if number >= float64(maxSeconds) {
		return time.Duration(maxSeconds) * time.Second
	}
	return time.Duration(number * float64(time.Second))
}
