// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A read has neither the attempts nor the status of other reads, and is not lost to a limit.
func TestClient_Get_Concurrently(t *testing.T) {
	t.Parallel()
	refused := reply{status: 429, retryAfter: "1"}
	for name, test := range map[string]struct {
		server     server
		maxRetries int
		wantFailed map[Reason]int
	}{
		"resets of every tenth account beside a 429": {sick(1_000_000, reply{status: 429}, everyTenthReset), 2, map[Reason]int{ReasonConnection: 20, ReasonThrottled: 1}},
		"a token bucket, no retries":                 {tokenBucket(50, 10, reply{status: 429, retryAfter: "0"}), 0, map[Reason]int{}},
		"a fixed window, no retries":                 {fixedWindow(100, time.Second, func(time.Duration) reply { return refused }), 0, map[Reason]int{}},
		"a token bucket of 1, 1 retry":               {tokenBucket(20, 1, reply{status: 429}), 1, map[Reason]int{}},
	} {
		inBubble(t, name, func(t *testing.T) {
			got := simulate(t, 200, test.maxRetries, test.server)
			failed := map[Reason]int{}
			for path, failure := range got.failed {
				failed[failure.Reason]++
				if failure.Attempts != got.requests[path] {
					t.Errorf("the error of %s says %d attempts, want %d", path, failure.Attempts, got.requests[path])
				}
				if failure.Reason == ReasonConnection && failure.Attempts != test.maxRetries+1 || failure.Attempts <= test.maxRetries || (failure.StatusCode == 0) != (failure.Reason == ReasonConnection) {
					t.Errorf("%s failed with %+v, max_retries %d", path, failure, test.maxRetries)
				}
			}
			if !maps.Equal(failed, test.wantFailed) || got.skipped != 0 {
				t.Errorf("got failures %v, want %v; %d were skipped", failed, test.wantFailed, got.skipped)
			}
		})
	}
}

// A server that throttles most requests with a Retry-After gets none while that
// lasts, not even from reads that were not throttled, and then no burst.
func TestLimiter_AllRequestsWaitForARetryAfterThatMostGot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		script := &attemptScript{play: func(number int, req *http.Request) (*http.Response, error) {
			time.Sleep(50 * time.Millisecond)
			if number > 10 && time.Since(start) < 30*time.Second {
				return fail(429, "30")(req)
			}
			return succeed(req)
		}}
		for i, result := range scriptedClient(t, script).GetAll(t.Context(), refs(200), ReadOptions{}) {
			if result.Err != nil {
				t.Fatalf("result %d is %v", i, result.Err)
			}
		}
		before, probes, after := 0, 0, 0
		for _, sent := range script.times {
			switch at := sent.Sub(start); {
			case at < 250*time.Millisecond: // the first refusals come
				before++
			case at < 400*time.Millisecond: // only a probe shows whether the Retry-After is meant for all
				probes++
			case at < 30*time.Second:
				t.Errorf("got a request after %s, want none before 30s", at)
			case at < 31*time.Second:
				after++
			}
		}
		if most := 10 + DefaultMaxConcurrentRequests; before > most || probes > 1 || after > DefaultMaxConcurrentRequests {
			t.Errorf("got %d requests before the wait, %d probes and %d in the second after it, want at most %d, 1 and %d", before, probes, after, most, DefaultMaxConcurrentRequests)
		}
	})
}

func TestLimiter_SpacesRequests(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		script := respondInTurn(delayed(500*time.Millisecond, succeed))
		client := scriptedClient(t, script, func(c *Config) { c.RequestsPerSecond = 50 })
		start := time.Now()
		readConcurrently(t, client, 20)
		for i, wait := range script.waits() {
			if wait != 20*time.Millisecond {
				t.Errorf("request %d came after %s", i+1, wait)
			}
		}
		if took := time.Since(start); took != 19*20*time.Millisecond+500*time.Millisecond {
			t.Errorf("20 reads took %s", took)
		}
	})
}

// A configured rate is a maximum, which the limiter never grows beyond.
func TestLimiter_StaysBelowRequestsPerSecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		throttled := slices.Repeat([]step{fail(429, "")}, 6)
		script := respondInTurn(slices.Concat([]step{succeed, succeed}, throttled, []step{succeed})...)
		client := scriptedClient(t, script, func(c *Config) { c.RequestsPerSecond = 10 })
		readConcurrently(t, client, 200)
		cut := false
		for i, wait := range script.waits() {
			cut = cut || wait > 104*time.Millisecond
			if wait < 100*time.Millisecond {
				t.Errorf("request %d came after %s", i+1, wait)
			}
		}
		if !cut {
			t.Error("the rate was not cut")
		}
	})
}

func readConcurrently(t *testing.T, client *Client, reads int) {
	t.Helper()
	var readers sync.WaitGroup
	for range reads {
		readers.Go(func() {
			if _, err := client.Get(t.Context(), accountA, ReadOptions{}); err != nil {
				t.Error(err)
			}
		})
	}
	readers.Wait()
}

func TestLimiter_MaxConcurrentRequests(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{1, 5, DefaultMaxConcurrentRequests} {
		synctest.Test(t, func(t *testing.T) {
			s := newSimulation(unlimited, 1)
			readConcurrently(t, scriptedClient(t, s, func(c *Config) { c.MaxConcurrentRequests = limit }), 300)
			if s.mostInFlight != limit {
				t.Errorf("%d requests were in flight, want %d", s.mostInFlight, limit)
			}
		})
	}
}

// A healthy account is read although all others are refused with a Retry-After that
// ends after its deadline.
func TestLimiter_ReadsBesideALongRetryAfter(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		isHealthy bool
		want      string
	}{
		"a healthy account is read":                               {true, "read"},
		"a refused account fails by that, and not by its timeout": {false, string(ReasonThrottled)},
	} {
		inBubble(t, name, func(t *testing.T) {
			refusing := false
			script := respondInTurn(func(req *http.Request) (*http.Response, error) {
				if err := sleep(req.Context(), 50*time.Millisecond); err != nil {
					return nil, err
				}
				if refusing && (!row.isHealthy || !strings.HasSuffix(req.URL.Path, "/banh_a")) {
					return respond(req, 429, "30", ""), nil
				}
				return succeed(req)
			})
			client := scriptedClient(t, script)
			if _, err := client.Get(t.Context(), accountA, ReadOptions{}); err != nil {
				t.Fatal(err)
			}
			refusing = true
			go client.GetAll(t.Context(), refs(100), ReadOptions{})
			time.Sleep(2 * time.Second) // the breaker is open, and a probe was refused
			ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
			defer cancel()
			start := time.Now()
			_, err := client.Get(ctx, accountA, ReadOptions{})
			if got := readOutcome(err); got != row.want {
				t.Errorf("got %v, want %s", err, row.want)
			}
			var apiErr *APIError
			if errors.As(err, &apiErr) && (!apiErr.RetryAfterTooLong || apiErr.RetryAfter != 30*time.Second) {
				t.Errorf("got %+v, want a Retry-After of 30s that is too long", apiErr)
			}
			if took := time.Since(start); took > 2*time.Second {
				t.Errorf("it took %s, want at most 2s", took)
			}
			refusing = false
			synctest.Wait()
		})
	}
}
