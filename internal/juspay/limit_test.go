// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/limiter"
)

func TestNewOutcome(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		header  http.Header
		failure *APIError
		want    limiter.Outcome
	}{
		"an account":                      {nil, nil, limiter.Outcome{Served: true}},
		"a response about the account":    {nil, &APIError{Reason: ReasonNotFound}, limiter.Outcome{Served: true}},
		"a page of another server":        {nil, &APIError{Reason: ReasonNotJuspay}, limiter.Outcome{Failed: true}},
		"an error of the server":          {nil, &APIError{Reason: ReasonServerError}, limiter.Outcome{Failed: true}},
		"an error that may pass":          {nil, &APIError{Reason: ReasonUnexpectedError, StatusCode: 408}, limiter.Outcome{Failed: true}},
		"the end of the caller's context": {nil, &APIError{Reason: ReasonCanceled}, limiter.Outcome{}},
		"the error of another read":       {nil, &APIError{Reason: ReasonServerError, IsOfOtherRead: true}, limiter.Outcome{}},
		"a throttled request": {nil, &APIError{Reason: ReasonThrottled, RetryAfter: time.Minute},
			limiter.Outcome{Refused: true, RetryAfter: time.Minute}},
		"a Retry-After beyond the deadline": {nil, &APIError{Reason: ReasonThrottled, RetryAfter: 2 * time.Hour},
			limiter.Outcome{Refused: true, RetryAfterTooLong: true}},
		"an account beside a limit": {http.Header{"Ratelimit-Remaining": {"7"}, "Ratelimit-Reset": {"9"}}, nil,
			limiter.Outcome{Served: true, Remaining: 7, Reset: 9 * time.Second}},
		"a reset of a limit beyond the deadline": {http.Header{"Ratelimit-Remaining": {"7"}, "Ratelimit-Reset": {"7200"}}, nil,
			limiter.Outcome{Served: true, Remaining: 7}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			state := &readState{lastAttempt: Attempt{StatusCode: 200}, lastResponse: response{header: row.header}}
			check.Equal(t, "the outcome", newOutcome(ctx, state, row.failure), row.want)
		})
	}
}

// A server that throttles most requests with a Retry-After gets none while that
// lasts, not even from reads that were not throttled, and then no burst.
func TestLimit_AllRequestsWaitForARetryAfterThatMostGot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		script := &attemptScript{play: func(number int, req *http.Request) (*http.Response, error) {
			time.Sleep(50 * time.Millisecond)
			if number > 10 && time.Since(start) < 30*time.Second {
				return failWith(429, "30")(req)
			}
			return succeed(req)
		}}
		for i, result := range scriptedClient(t, script).GetAll(t.Context(), newRefs(200), ReadOptions{}) {
			if result.Err != nil {
				t.Fatalf("result %d: got the error %v, want none", i, result.Err)
			}
		}
		before, probes, during, after := 0, 0, 0, 0
		for _, sent := range script.times {
			switch at := sent.Sub(start); {
			case at < 250*time.Millisecond: // the first refusals come
				before++
			case at < 400*time.Millisecond: // only a probe shows whether the Retry-After is meant for all
				probes++
			case at < 30*time.Second:
				during++
			case at < 31*time.Second:
				after++
			}
		}
		check.Within(t, "the number of requests before the refusals came", before, 10, 10+DefaultMaxConcurrentRequests)
		check.Within(t, "the number of probes after them", probes, 0, 1)
		check.Equal(t, "the number of requests while the Retry-After lasts", during, 0)
		check.Within(t, "the number of requests in the second after it", after, 1, DefaultMaxConcurrentRequests)
	})
}

func TestLimit_SpacesRequests(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		script := respondInTurn(delayed(500*time.Millisecond, succeed))
		client := scriptedClient(t, script, func(c *Config) { c.RequestsPerSecond = 50 })
		start := time.Now()
		readConcurrently(t, client, 20)
		check.Equal(t, "the waits between requests", script.waits(), slices.Repeat([]time.Duration{20 * time.Millisecond}, 19))
		check.Equal(t, "the time of 20 reads", time.Since(start), 19*20*time.Millisecond+500*time.Millisecond)
	})
}

// A configured rate is a maximum, which the limiter never grows beyond.
func TestLimit_StaysBelowRequestsPerSecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		throttled := slices.Repeat([]step{failWith(429, "")}, 6)
		script := respondInTurn(slices.Concat([]step{succeed, succeed}, throttled, []step{succeed})...)
		client := scriptedClient(t, script, func(c *Config) { c.RequestsPerSecond = 10 })
		readConcurrently(t, client, 200)
		check.Within(t, "the shortest wait between requests", slices.Min(script.waits()), 100*time.Millisecond, 104*time.Millisecond)
		check.Within(t, "the longest, since throttling cuts the rate", slices.Max(script.waits()), 104*time.Millisecond+1, time.Minute)
	})
}

// A configured rate is a maximum for probes too, and for what waits when an outage ends.
func TestLimit_StaysBelowRequestsPerSecondInAnOutage(t *testing.T) {
	t.Parallel()
	for name, failing := range map[string]step{"a limit that refuses all": failWith(429, ""), "a server that is down": failWith(502, "")} {
		for _, length := range []time.Duration{20 * time.Second, 5 * time.Minute} {
			check.InBubble(t, fmt.Sprintf("%s for %s", name, length), func(t *testing.T) {
				start := time.Now()
				script := respondInTurn(delayed(50*time.Millisecond, func(req *http.Request) (*http.Response, error) {
					if now := time.Since(start); now > 3*time.Second && now < 3*time.Second+length {
						return failing(req)
					}
					return succeed(req)
				}))
				client := scriptedClient(t, script, func(c *Config) { c.RequestsPerSecond = 2 })
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
				defer cancel()
				var reads sync.WaitGroup
				for i := range 60 {
					reads.Go(func() { _, _ = client.Get(ctx, numberedRef(i), ReadOptions{}) })
				}
				reads.Wait()
				for i, wait := range script.waits() {
					if wait < 500*time.Millisecond {
						t.Errorf("before request %d, %s after the start: got a wait of %s, want at least 500ms", i+2, script.times[i+1].Sub(start), wait)
					}
				}
			})
		}
	}
}

// A read that can wait for a Retry-After does not end with many that cannot, and neither do later ones.
func TestLimit_ReadsBesideShortDeadlines(t *testing.T) {
	t.Parallel()
	for _, accounts := range []int{limiter.MinFailingReads - 1, limiter.MinFailingReads, 100} {
		check.InBubble(t, fmt.Sprintf("beside %d accounts", accounts), func(t *testing.T) {
			start := time.Now()
			client := scriptedClient(t, respondInTurn(delayed(50*time.Millisecond, func(req *http.Request) (*http.Response, error) {
				if now := time.Since(start); now > time.Second && now < 8*time.Second {
					return failWith(429, "5")(req)
				}
				return succeed(req)
			})))
			_, err := client.Get(t.Context(), accountA, ReadOptions{})
			check.NoError(t, "a read before", err)
			time.Sleep(1100 * time.Millisecond)
			var short sync.WaitGroup
			short.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
				defer cancel()
				for i, result := range client.GetAll(ctx, newRefs(accounts), ReadOptions{}) {
					if result.Err == nil {
						t.Errorf("result %d: got an account, want an error", i)
					}
				}
			})
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
			defer cancel()
			_, err = client.Get(ctx, accountA, ReadOptions{})
			check.NoError(t, "a read that can wait", err)
			short.Wait()
			_, err = client.Get(ctx, accountA, ReadOptions{})
			check.NoError(t, "a later read", err)
		})
	}
}

// Once all reads end, because no probe succeeded, those that wait send nothing.
func TestLimit_SendsNothingAfterTheLastProbe(t *testing.T) {
	t.Parallel()
	for name, failing := range map[string]step{
		"a limit that refuses all": failWith(429, ""), "a server that is down": failWith(502, ""), "resets": resetConnection,
	} {
		for _, maxRetries := range []int{0, 4} {
			check.InBubble(t, fmt.Sprintf("%s, max_retries %d", name, maxRetries), func(t *testing.T) {
				script := respondInTurn(append(slices.Repeat([]step{succeed}, 20), delayed(50*time.Millisecond, failing))...)
				client := scriptedClient(t, script, func(c *Config) { c.MaxRetries = maxRetries })
				errs := make([]error, 200)
				var reads sync.WaitGroup
				for i := range errs {
					reads.Go(func() { _, errs[i] = client.Get(t.Context(), numberedRef(i), ReadOptions{}) })
				}
				reads.Wait()
				last, failures := script.times[len(script.times)-1], 0
				previous := script.times[len(script.times)-2]
				check.Within(t, "the time from the request before to the last one, a probe alone", last.Sub(previous), time.Second, time.Minute)
				for _, err := range errs {
					var apiErr *APIError
					if errors.As(err, &apiErr) && !apiErr.IsOfOtherRead {
						failures++
					}
				}
				check.Within(t, "the number of errors that no other read had before", failures, 1, limiter.MinFailingReads+DefaultMaxConcurrentRequests)
				before := len(script.times)
				_, err := client.Get(t.Context(), accountA, ReadOptions{})
				var apiErr *APIError
				if !errors.As(err, &apiErr) || !apiErr.IsOfOtherRead {
					t.Errorf("a later read: got the error %v, want the error of another read", err)
				}
				check.Equal(t, "the number of requests of a later read", len(script.times)-before, 0)
			})
		}
	}
}

func TestLimit_MaxConcurrentRequests(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{1, 5, DefaultMaxConcurrentRequests} {
		check.InBubble(t, strconv.Itoa(limit), func(t *testing.T) {
			s := newSimulation(unlimited, 1)
			readConcurrently(t, scriptedClient(t, s, func(c *Config) { c.MaxConcurrentRequests = limit }), 300)
			check.Equal(t, "the greatest number of requests in flight", s.peakInFlight, limit)
		})
	}
}

// A healthy account is read although all others are refused with a Retry-After that
// ends after its deadline.
func TestLimit_ReadsBesideALongRetryAfter(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		isHealthy bool
		want      string
	}{
		"a healthy account is read":                               {true, "read"},
		"a refused account fails by that, and not by its timeout": {false, string(ReasonThrottled)},
	} {
		check.InBubble(t, name, func(t *testing.T) {
			refusing := false
			script := respondInTurn(func(req *http.Request) (*http.Response, error) {
				if err := sleep(req.Context(), 50*time.Millisecond); err != nil {
					return nil, err
				}
				if refusing && (!row.isHealthy || !strings.HasSuffix(req.URL.Path, "/banh_a")) {
					return newHTTPResponse(req, 429, "30", ""), nil
				}
				return succeed(req)
			})
			client := scriptedClient(t, script)
			_, err := client.Get(t.Context(), accountA, ReadOptions{})
			check.MustNoError(t, "client.Get", err)
			refusing = true
			go client.GetAll(t.Context(), newRefs(100), ReadOptions{})
			time.Sleep(2 * time.Second) // the breaker is open, and a probe was refused
			ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
			defer cancel()
			start := time.Now()
			_, err = client.Get(ctx, accountA, ReadOptions{})
			check.Equal(t, fmt.Sprintf("the outcome of the read, where the error is %v", err), readOutcome(err), row.want)
			var apiErr *APIError
			if errors.As(err, &apiErr) {
				check.Equal(t, "the Retry-After of the error", apiErr.RetryAfter, 30*time.Second)
				check.Equal(t, "whether it is too long for the read", apiErr.RetryAfterTooLong, true)
			}
			check.Within(t, "the time of the read", time.Since(start), 0, 2*time.Second)
			refusing = false
			synctest.Wait()
		})
	}
}

// Plans that read one account, and many accounts two minutes later, lose none to a limit.
func TestLimit_AfterAnIdleTime(t *testing.T) {
	t.Parallel()
	skipWithRace(t)
	const idle = 2 * time.Minute
	for _, test := range []struct {
		plans, accounts int
		rate, burst     float64
	}{{2, 200, 20, 1}, {20, 60, 24, 1}, {20, 60, 24, 5}} {
		check.InBubble(t, fmt.Sprintf("%d plans of %d, %g/s, burst %g", test.plans, test.accounts, test.rate, test.burst), func(t *testing.T) {
			s := newSimulation(tokenBucket(test.rate, test.burst, reply{status: 503}), 0)
			s.latency, s.respond = s.latency/10, servesIn(s.latency*9/10, s.respond)
			var plans sync.WaitGroup
			for range test.plans {
				client := scriptedClient(t, s)
				plans.Go(func() {
					_, _ = client.Get(t.Context(), numberedRef(0), ReadOptions{}) // it is refused in some plans
					time.Sleep(idle)
					ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
					defer cancel()
					for i, result := range client.GetAll(ctx, newRefs(test.accounts), ReadOptions{}) {
						check.NoError(t, fmt.Sprintf("account %d", i), result.Err)
					}
				})
			}
			plans.Wait()
		})
	}
}

// A server that serves each request, and says each time that none remain, counts something else.
func TestLimit_AHeaderThatIsWrong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := scriptedClient(t, respondInTurn(func(req *http.Request) (*http.Response, error) {
			time.Sleep(simLatency)
			resp, err := succeed(req)
			resp.Header.Set("RateLimit-Remaining", "0")
			resp.Header.Set("RateLimit-Reset", "150")
			return resp, err
		}))
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		start := time.Now()
		for i, result := range client.GetAll(ctx, newRefs(1000), ReadOptions{}) {
			check.NoError(t, fmt.Sprintf("account %d", i), result.Err)
		}
		check.Within(t, "the time of all reads", time.Since(start), 0, 5*time.Second)
	})
}

// A header alone lets no read miss its deadline: the server may serve all the same.
func TestLimit_ADeadlineBeforeTheResetOfALimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := scriptedClient(t, respondInTurn(func(req *http.Request) (*http.Response, error) {
			resp, err := succeed(req)
			resp.Header.Set("RateLimit-Remaining", "0")
			resp.Header.Set("RateLimit-Reset", "60")
			return resp, err
		}))
		for _, timeout := range []time.Duration{5 * time.Minute, 10 * time.Second} {
			ctx, cancel := context.WithTimeout(t.Context(), timeout)
			defer cancel()
			_, err := client.Get(ctx, accountA, ReadOptions{})
			check.NoError(t, fmt.Sprintf("the read within %s", timeout), err)
		}
	})
}
