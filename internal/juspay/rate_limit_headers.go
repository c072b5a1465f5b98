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

// parseRetryAfter reads the Retry-After header (RFC 9110, section 10.2.3) in both of
// its forms, seconds and a date. It returns 0 for a header that is absent or invalid,
// and for a date in the past. A date is relative to the response's Date, if it has one.
func parseRetryAfter(header http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if date, err := http.ParseTime(value); err == nil {
		return max(0, date.Sub(serverTime(header, now)))
	}
	return toDuration(parseNumber(value))
}

// serverTime returns the Date of a response, or now without one. Other times of the response are
// relative to it: this machine's clock may differ.
func serverTime(header http.Header, now time.Time) time.Time {
	if date, err := http.ParseTime(header.Get("Date")); err == nil {
		return date
	}
	return now
}

// parseQuota reads how many requests a server permits until it resets its limit. Of several limits, it
// is the one that permits the fewest, and of two that permit as many the one that is reset later. It
// returns zeros if no limit has a valid number of requests and a reset that is ahead.
func parseQuota(header http.Header, now time.Time) (remaining int, reset time.Duration) {
	for _, limit := range parseStatedLimits(header, serverTime(header, now)) {
		n, err := strconv.Atoi(limit.remaining)
		if err != nil || n < 0 || limit.reset <= 0 {
			continue
		}
		if reset == 0 || n < remaining || n == remaining && limit.reset > reset {
			remaining, reset = n, limit.reset
		}
	}
	return remaining, reset
}

// statedLimit is one limit, as a header states it.
type statedLimit struct {
	remaining string
	reset     time.Duration // the time from now to the reset
}

// rateLimitRE matches the parameters of the field RateLimit, in the drafts' spellings.
var rateLimitRE = regexp.MustCompile(`\b(r|t|remaining|reset)=(\d+)`)

// parseStatedLimits reads the fields that gateways send: RateLimit-Remaining and -Reset, and RateLimit (the
// IETF's drafts), and X-RateLimit-Remaining and -Reset, whose unit is not specified.
func parseStatedLimits(header http.Header, now time.Time) []statedLimit {
	policies := headerElements(header, "RateLimit")
	if all := strings.Join(policies, ","); strings.Contains(all, "remaining=") {
		policies = []string{all} // an older draft, of one limit whose parameters commas separate
	}
	limits := []statedLimit{
		{header.Get("RateLimit-Remaining"), untilReset(parseNumber(header.Get("RateLimit-Reset")), now)},
		{header.Get("X-RateLimit-Remaining"), untilResetInAnyUnit(parseNumber(header.Get("X-RateLimit-Reset")), now)},
	}
	for _, policy := range policies {
		parameters := map[string]string{}
		for _, match := range rateLimitRE.FindAllStringSubmatch(policy, -1) {
			parameters[match[1]] = match[2]
		}
		reset := parseNumber(cmp.Or(parameters["t"], parameters["reset"]))
		limits = append(limits, statedLimit{cmp.Or(parameters["r"], parameters["remaining"]), untilReset(reset, now)})
	}
	return limits
}

// untilReset returns the time until a reset, which is a number of seconds, or a Unix time in seconds or
// milliseconds. They differ by their size.
func untilReset(reset float64, now time.Time) time.Duration {
	switch {
	case reset >= 1e11:
		return time.UnixMilli(int64(reset)).Sub(now)
	case reset >= 1e8:
		return time.Unix(int64(reset), 0).Sub(now)
	}
	return toDuration(reset)
}

// untilResetInAnyUnit returns the time until a reset, which may be a number of milliseconds too. Such a
// number of seconds would be hours, and no limit that a read can wait for lasts so long.
func untilResetInAnyUnit(reset float64, now time.Time) time.Duration {
	if reset >= 1e4 && reset < 1e8 {
		return toDuration(reset) / 1000
	}
	return untilReset(reset, now)
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

// toDuration returns seconds as a Duration, or its maximum for a greater number.
func toDuration(seconds float64) time.Duration {
	const maxSeconds = math.MaxInt64 / int64(time.Second)
	if seconds >= float64(maxSeconds) {
		return time.Duration(maxSeconds) * time.Second
	}
	return time.Duration(seconds * float64(time.Second))
}
