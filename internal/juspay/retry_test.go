// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/limiter"
)

func TestRetryPolicy_Backoff(t *testing.T) {
	t.Parallel()
	policy := scriptedClient(t, nil).policy
	for attempts, longest := range map[int]time.Duration{
		0: 500 * time.Millisecond,
		1: 500 * time.Millisecond, 2: time.Second, 3: 2 * time.Second, 4: 4 * time.Second, 5: 8 * time.Second, 6: 8 * time.Second, 1000: 8 * time.Second,
	} {
		t.Run(fmt.Sprintf("after %d attempts it is at most %s", attempts, longest), func(t *testing.T) {
			t.Parallel()
			seen := map[time.Duration]bool{}
			for range 100 {
				wait := policy.backoff(attempts)
				if wait < longest/2 || wait > longest {
					t.Fatalf("got the backoff %s, want one between %s and %s", wait, longest/2, longest)
				}
				seen[wait] = true
			}
			if maxSeen := slices.Max(slices.Collect(maps.Keys(seen))); len(seen) < 10 || maxSeen < longest*9/10 {
				t.Errorf("got %d lengths of 100 backoffs up to %s, want at least 10 up to %s", len(seen), maxSeen, longest)
			}
		})
	}
}

// A read that a limit refuses backs off less than one that fails, once the server may serve it.
func TestRetryPolicy_WaitAfterRefusals(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	policy := retryPolicy{firstBackoff: firstBackoff, maxBackoff: maxBackoff}
	for refusals, longest := range map[int]time.Duration{
		1: 500 * ms, 2: 500 * ms, 3: 1000 * ms, 4: 1000 * ms, 5: 2000 * ms, 6: 2000 * ms, 7: 2000 * ms, 100: 2000 * ms,
	} {
		t.Run(strconv.Itoa(refusals), func(t *testing.T) {
			t.Parallel()
			read := limiter.Read{Attempts: refusals, Refusals: refusals}
			for range 100 {
				check.Within(t, "the wait", policy.wait(read, true, &APIError{Reason: ReasonThrottled}), longest/2, longest)
			}
		})
	}
}

func TestRetryPolicy_Statuses(t *testing.T) {
	t.Parallel()
	for status := 400; status < 600; status++ {
		check.InBubble(t, strconv.Itoa(status), func(t *testing.T) {
			script := respondInTurn(failWith(status, ""), succeed)
			_, err := scriptedClient(t, script).Get(t.Context(), accountA, ReadOptions{})
			want := 1
			if status == 408 || status == 425 || status == 429 || status >= 500 && status != 501 && status != 505 && status != 511 {
				want = 2
			}
			check.Equal(t, "the number of attempts", len(script.times), want)
			check.Equal(t, fmt.Sprintf("whether the read succeeded (%v)", err), err == nil, want == 2)
		})
	}
}

// However a read fails, before the server has served anything, it makes at most max_retries + 1
// attempts by itself. Many reads that fail together open the breaker, and go on as its probes.
func TestRetryPolicy_MaxRetries(t *testing.T) {
	t.Parallel()
	with429, with500 := failWith(429, ""), failWith(500, "")
	for name, steps := range map[string][]step{
		"502 each time":                   {failWith(502, "")},
		"429 each time":                   {failWith(429, "")},
		"429 with Retry-After: 0":         {failWith(429, "0")},
		"429 with Retry-After: 30":        {failWith(429, "30")},
		"INTERNAL_SERVER_ERROR under 200": {failWithCode(200, "INTERNAL_SERVER_ERROR")},
		"resets each time":                {resetConnection},
		"resets, 429s and 500s in turn":   {with500, with429, resetConnection, with429, with500, resetConnection, with500, with429, resetConnection},
	} {
		for _, maxRetries := range []int{0, 1, 2, 10} {
			check.InBubble(t, fmt.Sprintf("%s, max_retries %d", name, maxRetries), func(t *testing.T) {
				script := respondInTurn(steps...)
				client := scriptedClient(t, script, func(c *Config) { c.MaxRetries = maxRetries })
				_, err := client.Get(t.Context(), accountA, ReadOptions{})
				var apiErr *APIError
				if !errors.As(err, &apiErr) {
					t.Fatalf("the read: got the error %v, want an *APIError", err)
				}
				check.Equal(t, "the attempts of the error", apiErr.Attempts, maxRetries+1)
				check.Equal(t, "the number of requests", len(script.times), maxRetries+1)
			})
		}
	}
}

func TestRetryPolicy_WaitsForRetryAfterUpToTheDeadline(t *testing.T) {
	t.Parallel()
	type bounds struct{ Min, Max time.Duration } // exported, so that a message shows their units
	const s, ms = time.Second, time.Millisecond
	for name, test := range map[string]struct {
		header string
		waits  []bounds // the bounds of each wait, none if the read fails immediately
	}{
		"as long as the deadline permits": {"59", []bounds{{59 * s, 59 * s}}},
		// From the third attempt on, the backoff is longer.
		"a second":                         {"1", []bounds{{s, s}, {s, s}, {s + 1, 2 * s}, {2 * s, 4 * s}}},
		"zero, so that the read backs off": {"0", []bounds{{250 * ms, 500 * ms}}},
		"a date ahead":                     {"Sat, 01 Jan 2000 00:00:03 GMT", []bounds{{3 * s, 3 * s}}}, // a bubble begins in 2000
		"after the deadline":               {"61", nil},
		"long after the deadline":          {"99999999999999999999", nil},
	} {
		for _, status := range []int{429, 503} {
			check.InBubble(t, fmt.Sprintf("%s, under %d", name, status), func(t *testing.T) {
				script := respondInTurn(append(slices.Repeat([]step{failWith(status, test.header)}, max(1, len(test.waits))), succeed)...)
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				_, err := scriptedClient(t, script).Get(ctx, accountA, ReadOptions{})
				var apiErr *APIError
				isTooLong := errors.As(err, &apiErr) && apiErr.RetryAfterTooLong
				check.Equal(t, fmt.Sprintf("whether Retry-After is too long (%v)", err), isTooLong, test.waits == nil)
				check.Equal(t, fmt.Sprintf("whether the read failed (%v)", err), err != nil, isTooLong)
				waits := script.waits()
				if len(waits) != len(test.waits) {
					t.Fatalf("the waits between attempts: got %v, want %v", waits, test.waits)
				}
				for i, want := range test.waits {
					check.Within(t, fmt.Sprintf("wait %d", i+1), waits[i], want.Min, want.Max)
				}
			})
		}
	}
}

// A Retry-After is too long only for a read that would be retried.
func TestRetryPolicy_TheLastRetryAfterIsNotTooLong(t *testing.T) {
	t.Parallel()
	for maxRetries, want := range []bool{false, true} {
		check.InBubble(t, fmt.Sprintf("max_retries %d", maxRetries), func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			client := scriptedClient(t, respondInTurn(failWith(429, "61")), func(c *Config) { c.MaxRetries = maxRetries })
			_, err := client.Get(ctx, accountA, ReadOptions{})
			check.Equal(t, "whether Retry-After is too long", checkReason(t, err, ReasonThrottled).RetryAfterTooLong, want)
		})
	}
}

// A read that ends in the error of another one sent nothing, so that its own deadline did not end it.
func TestRetryPolicy_TheRetryAfterOfAnotherReadIsNotTooLong(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for _, isOfOther := range []bool{false, true} {
		failure := &APIError{Reason: ReasonThrottled, StatusCode: 429, RetryAfter: time.Hour, IsOfOtherRead: isOfOther, isShared: true}
		got := scriptedClient(t, nil).retry(ctx, &readState{Read: limiter.NewRead()}, func() *APIError { return failure })
		check.Equal(t, fmt.Sprintf("whether Retry-After is too long, where the error is another read's: %t", isOfOther), got.RetryAfterTooLong, !isOfOther)
	}
}

// A Retry-After is over once it was waited for: an attempt without a response has none.
func TestRetryPolicy_WaitsForRetryAfterOnce(t *testing.T) {
	t.Parallel()
	for name, lost := range map[string]step{"a reset": resetConnection, "a timeout": hang} {
		check.InBubble(t, name, func(t *testing.T) {
			script := respondInTurn(failWith(503, "20"), lost, failWith(503, "20"), succeed)
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second+DefaultRequestTimeout+30*time.Second)
			defer cancel()
			_, err := scriptedClient(t, script).Get(ctx, accountA, ReadOptions{})
			check.NoError(t, "the read", err)
			if waits := script.waits(); len(waits) != 3 {
				t.Errorf("the waits between attempts: got %v, want 3", waits)
			} else {
				check.Within(t, "the first wait", waits[0], 20*time.Second, 20*time.Second)
				check.Within(t, "the second wait", waits[1], 500*time.Millisecond, time.Second+DefaultRequestTimeout)
				check.Within(t, "the third wait", waits[2], 20*time.Second, 20*time.Second)
			}
		})
	}
}

// The guide states how long the longest read takes with the defaults: each attempt takes
// its timeout, or is throttled as it ends with the longest Retry-After.
func TestRetryPolicy_LongestRead(t *testing.T) {
	t.Parallel()
	const (
		attempts = DefaultMaxRetries + 1
		longest  = attempts*DefaultRequestTimeout + DefaultMaxRetries*30*time.Second
	)
	var waits []string
	longestWithout := attempts * DefaultRequestTimeout
	for wait := firstBackoff; len(waits) < DefaultMaxRetries; wait = min(2*wait, maxBackoff) {
		waits = append(waits, fmt.Sprint(wait.Seconds()))
		longestWithout += wait
	}
	t.Run("the guide says so", func(t *testing.T) {
		t.Parallel()
		const guide = "templates/guides/reliability.md.tmpl"
		got := regexp.MustCompile(`With the defaults, these are .*? in all\.`).Find(check.Must(os.ReadFile("../../" + guide)))
		listed := regexp.MustCompile(", ([^,]*)$").ReplaceAllString(strings.Join(waits, ", "), " and $1")
		want := fmt.Sprintf("With the defaults, these are %d attempts of %v seconds, and waits of at most %s seconds: %v seconds in all.",
			attempts, DefaultRequestTimeout.Seconds(), listed, longestWithout.Seconds())
		check.Equal(t, "the time in "+guide, string(got), want)
	})
	for name, test := range map[string]struct {
		step             step
		minTime, maxTime time.Duration
	}{
		"as long as each Retry-After": {func(req *http.Request) (*http.Response, error) {
			err := sleep(req.Context(), DefaultRequestTimeout-time.Millisecond)
			return newHTTPResponse(req, 503, "30", ""), err
		}, longest - time.Second, longest},
		"no longer than the waits without it": {hang, attempts * DefaultRequestTimeout, longestWithout},
	} {
		check.InBubble(t, name, func(t *testing.T) {
			script := respondInTurn(test.step)
			start := time.Now()
			_, err := scriptedClient(t, script).Get(t.Context(), accountA, ReadOptions{})
			if err == nil {
				t.Error("got an account, want an error")
			}
			check.Equal(t, "the number of attempts", len(script.times), attempts)
			check.Within(t, "the time of the read", time.Since(start), test.minTime, test.maxTime)
		})
	}
}

func TestRetryPolicy_Canceled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		_, err := scriptedClient(t, respondAlways(503, "29", "")).Get(ctx, accountA, ReadOptions{})
		got := checkReason(t, err, ReasonCanceled)
		check.Equal(t, "the time of the read", time.Since(start), time.Second)
		check.Equal(t, "the attempts of the error", got.Attempts, 1)
		check.Equal(t, "the cause of the error", err, context.Canceled, cmpopts.EquateErrors())
	})
}

// A deadline that passes while a body arrives does not make a Retry-After too long.
func TestRetryPolicy_DeadlineDuringABody(t *testing.T) {
	t.Parallel()
	for _, status := range []int{404, 429, 500, 503} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			server, client := startServer(t)
			server.Fail(juspaytest.Fault{Status: status, Body: "busy", Hang: true})
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			_, err := client.Get(ctx, accountA, ReadOptions{})
			got := checkReason(t, err, ReasonCanceled)
			check.Equal(t, "whether the Retry-After is too long", got.RetryAfterTooLong, false)
		})
	}
}

// A status that may pass does not show that Juspay served the request, also with a code of Juspay's.
func TestRetryPolicy_PassingStatusWithACode(t *testing.T) {
	t.Parallel()
	for _, status := range []int{408, 425} {
		check.InBubble(t, strconv.Itoa(status), func(t *testing.T) {
			script := respondInTurn(failWithCode(status, "REQUEST_TIMEOUT"))
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			defer cancel()
			_, err := scriptedClient(t, script, func(c *Config) { c.MaxRetries = 2 }).Get(ctx, accountA, ReadOptions{})
			check.Equal(t, "the number of requests", len(script.times), 3)
			checkReason(t, err, ReasonUnexpectedError)
		})
	}
}
