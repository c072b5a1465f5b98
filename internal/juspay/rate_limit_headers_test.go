// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/limiter"
)

func TestParseRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	const forever = 9223372036 * time.Second // the maximum of a Duration
	check.Rows(t, func(_ *testing.T, header string) time.Duration {
		return parseRetryAfter(http.Header{"Retry-After": {header}}, now)
	}, map[string]check.Row[string, time.Duration]{
		"no header":                        {"", 0},
		"zero, which sets no wait":         {"0", 0},
		"whole seconds":                    {"7", 7 * time.Second},
		"seconds with spaces":              {" 7 ", 7 * time.Second},
		"a date":                           {"Fri, 02 Jan 2026 03:04:25 GMT", 20 * time.Second},
		"a date in the obsolete format":    {"Friday, 02-Jan-26 03:04:25 GMT", 20 * time.Second},
		"a date that has passed":           {"Fri, 02 Jan 2026 03:04:04 GMT", 0},
		"more seconds than a Duration":     {"9223372036854775807", forever},
		"more digits than an integer":      {"99999999999999999999999999", forever},
		"seconds below zero":               {"-1", 0},
		"a fraction":                       {"1.5", 1500 * time.Millisecond},
		"a word":                           {"soon", 0},
		"a date in a format of no RFC":     {"2026-01-02T03:04:25Z", 0},
		"a value that only looks like one": {"7 s", 0},
		"infinity":                         {"Inf", 0},
		"not a number":                     {"NaN", 0},
		"an exponent":                      {"1e3", 0},
		"more digits than a float":         {strings.Repeat("9", 400), forever},
	})
}

// hundredSecondsRE matches a whole number of at least a hundred.
var hundredSecondsRE = regexp.MustCompile(`^[1-9]\d{2,}$`)

// FuzzParseRetryAfter checks that no header makes a wait that is negative or shorter than the header
// states, and that a read of a minute ends rather than wait longer, however many digits the header has.
func FuzzParseRetryAfter(f *testing.F) {
	for _, seed := range []string{"", "0", "7", "-1", "31", "100", "9223372037", "99999999999999999999", "Fri, 02 Jan 2026 03:04:25 GMT",
		"Friday, 02-Jan-26 03:04:25 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "1e3", "+5", " 5 ", "soon"} {
		f.Add(seed)
	}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	policy := retryPolicy{maxRetries: 1, firstBackoff: firstBackoff, maxBackoff: maxBackoff}
	f.Fuzz(func(t *testing.T, value string) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		failure := &APIError{Reason: ReasonThrottled, RetryAfter: parseRetryAfter(http.Header{"Retry-After": {value}}, now)}
		read := limiter.NewRead()
		read.Attempts = 1
		if wait := policy.wait(read, false, failure); failure.RetryAfter < 0 || wait <= 0 || wait < failure.RetryAfter {
			t.Fatalf("Retry-After %q: got %s and a wait of %s, want neither negative, and the wait at least as long", value, failure.RetryAfter, wait)
		}
		isLong := failure.RetryAfter > time.Minute || hundredSecondsRE.MatchString(value)
		if isLong && !exceedsDeadline(ctx, failure.RetryAfter) {
			t.Fatalf("Retry-After %q: got %s within the deadline of a minute, want it after", value, failure.RetryAfter)
		}
	})
}

func TestParseQuota(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	type quotaResult struct {
		Remaining int
		Reset     time.Duration
	}
	const s = time.Second
	const forever time.Duration = math.MaxInt64
	withReset := func(value string) http.Header {
		return http.Header{"Ratelimit-Remaining": {"3"}, "Ratelimit-Reset": {value}}
	}
	check.Rows(t, func(_ *testing.T, header http.Header) quotaResult {
		remaining, reset := parseQuota(header, now)
		return quotaResult{remaining, reset}
	}, map[string]check.Row[http.Header, quotaResult]{
		"no field": {http.Header{}, quotaResult{}},
		"RateLimit-Remaining and RateLimit-Reset":     {http.Header{"Ratelimit-Remaining": {"3"}, "Ratelimit-Reset": {"10"}}, quotaResult{3, 10 * s}},
		"X-RateLimit-Remaining and X-RateLimit-Reset": {http.Header{"X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset": {"10"}}, quotaResult{0, 10 * s}},
		"a reset in milliseconds": {http.Header{"X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset": {"12500"}}, quotaResult{0,
			12500 * time.Millisecond}},
		"a reset as a Unix time": {http.Header{"X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset": {fmt.Sprint(now.Unix() + 20)}},
			quotaResult{0, 20 * s}},
		"a reset as a Unix time in milliseconds": {http.Header{"X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset": {fmt.Sprint(now.UnixMilli() + 1500)}},
			quotaResult{0, 1500 * time.Millisecond}},
		"a Unix time beside the Date of a server whose clock is fast": {http.Header{"X-Ratelimit-Remaining": {"0"},
			"X-Ratelimit-Reset": {fmt.Sprint(now.Unix() + 130)}, "Date": {now.Add(2 * time.Minute).Format(http.TimeFormat)}}, quotaResult{0, 10 * s}},
		"a Unix time that has passed": {http.Header{"X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset": {fmt.Sprint(now.Unix() - 20)}},
			quotaResult{}},
		"RateLimit with r and t":                                      {http.Header{"Ratelimit": {`"default";r=50;t=30`}}, quotaResult{50, 30 * s}},
		"RateLimit of an older draft":                                 {http.Header{"Ratelimit": {"limit=100, remaining=5, reset=7"}}, quotaResult{5, 7 * s}},
		"of several limits, the one that permits the fewest":          {http.Header{"Ratelimit": {`"second";r=0;t=2, "day";r=900;t=86400`}}, quotaResult{0, 2 * s}},
		"of several limits, the one that permits the fewest, at last": {http.Header{"Ratelimit": {`"day";r=900;t=86400, "second";r=1;t=2`}}, quotaResult{1, 2 * s}},
		"a quota of a day that has ended":                             {http.Header{"Ratelimit": {`"day";r=0;t=86400`}}, quotaResult{0, 24 * time.Hour}},
		"RateLimit-Reset of a day":                                    {withReset("86400"), quotaResult{3, 24 * time.Hour}},
		"of two limits that permit as many, the later reset":          {http.Header{"Ratelimit": {`"second";r=0;t=1, "day";r=0;t=60`}}, quotaResult{0, 60 * s}},
		"limits in two lines of the field":                            {http.Header{"Ratelimit": {`"a";r=50;t=10`, `"b";r=0;t=60`}}, quotaResult{0, 60 * s}},
		"fields of two kinds are two limits": {http.Header{"Ratelimit-Remaining": {"5"}, "Ratelimit-Reset": {"7"}, "X-Ratelimit-Remaining": {"4"},
			"X-Ratelimit-Reset": {"9"}}, quotaResult{4, 9 * s}},
		"remaining of one kind and a reset of another": {http.Header{"Ratelimit-Remaining": {"5"}, "X-Ratelimit-Reset": {"9"}}, quotaResult{}},
		"a fraction of a second": {http.Header{"Ratelimit-Remaining": {"3"}, "Ratelimit-Reset": {"0.25"}}, quotaResult{3,
			250 * time.Millisecond}},
		"remaining without a reset":                {http.Header{"Ratelimit-Remaining": {"3"}}, quotaResult{}},
		"a reset without remaining":                {http.Header{"Ratelimit-Reset": {"3"}}, quotaResult{}},
		"remaining below zero":                     {http.Header{"Ratelimit-Remaining": {"-1"}, "Ratelimit-Reset": {"3"}}, quotaResult{}},
		"words in place of numbers":                {http.Header{"Ratelimit-Remaining": {"many"}, "Ratelimit-Reset": {"soon"}}, quotaResult{}},
		"infinity":                                 {withReset("Inf"), quotaResult{}},
		"infinity with a sign":                     {withReset("+Infinity"), quotaResult{}},
		"infinity below zero":                      {withReset("-Inf"), quotaResult{}},
		"not a number":                             {withReset("NaN"), quotaResult{}},
		"an exponent":                              {withReset("2e12"), quotaResult{}},
		"a hexadecimal number":                     {withReset("0x1p41"), quotaResult{}},
		"a Unix time after the last of a Duration": {withReset("12000000000"), quotaResult{3, forever}},
		"more milliseconds than an integer":        {withReset("9223372036854775808"), quotaResult{3, forever}},
		"more digits than a float":                 {withReset(strings.Repeat("9", 400)), quotaResult{3, forever}},
		"more remaining requests than an integer":  {http.Header{"Ratelimit-Remaining": {"9223372036854775808"}, "Ratelimit-Reset": {"3"}}, quotaResult{}},
	})
}
