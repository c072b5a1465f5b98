// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"errors"
	"maps"
	"math"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
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

// TestLimiter_Schedule sends two requests. The first was due a while ago.
func TestLimiter_Schedule(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		perSecond float64
		late      time.Duration // the first
		want      time.Duration // until the second
	}{
		"a low rate":                                    {0.001, 0, 1000 * time.Second},
		"a very low rate waits for a day":               {1e-10, 0, 24 * time.Hour},
		"the lowest rate waits for a day":               {math.SmallestNonzeroFloat64, 0, 24 * time.Hour},
		"without a limit nothing waits":                 {0, 0, 0},
		"a request in time":                             {50, 0, 20 * time.Millisecond},
		"a late request does not delay those behind it": {50, maxLag, 20*time.Millisecond - maxLag},
		"a very late one is followed by no burst":       {50, maxLag + 1, 20 * time.Millisecond},
	} {
		inBubble(t, name, func(t *testing.T) {
			l := newLimiter(2, test.perSecond)
			l.next = time.Now().Add(-test.late)
			acquired(t, l)
			if _, got := l.pick(time.Now()); max(0, got) != test.want {
				t.Errorf("the wait of the second: got %s, want %s", got, test.want)
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
		before, after := 0, 0
		for _, sent := range script.times {
			switch at := sent.Sub(start); {
			case at < 400*time.Millisecond: // when the first refusals have come
				before++
			case at < 30*time.Second:
				t.Errorf("a request was sent after %s", at)
			case at < 31*time.Second:
				after++
			}
		}
		if before > 10+DefaultMaxConcurrentRequests {
			t.Errorf("%d requests were sent before the wait", before)
		}
		if after > DefaultMaxConcurrentRequests {
			t.Errorf("%d requests were sent in the second after the wait", after)
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

// countedConn reports that it is closed, once.
type countedConn struct {
	net.Conn
	closed func()
}

func (c countedConn) Close() error {
	c.closed()
	return c.Conn.Close()
}

// TestTransport_ReusesConnections bounds the connections that are open at any moment. Over
// time a few more may be opened, since the transport dials ahead of a connection
// that becomes idle meanwhile.
func TestTransport_ReusesConnections(t *testing.T) {
	t.Parallel()
	const reads = 300
	for _, limit := range []int{1, 5, DefaultMaxConcurrentRequests} {
		_, client := start(t, func(c *Config) { c.MaxConcurrentRequests = limit })
		var mu sync.Mutex
		dialed, open, maxOpen := 0, 0, 0
		transport := transportOf(t, client)
		dial := transport.DialContext
		transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dial(ctx, network, address)
			if err != nil {
				return nil, err
			}
			mu.Lock()
			defer mu.Unlock()
			dialed++
			open++
			maxOpen = max(maxOpen, open)
			return countedConn{conn, sync.OnceFunc(func() {
				mu.Lock()
				defer mu.Unlock()
				open--
			})}, nil
		}
		for range 2 { // between the two, all are idle
			readConcurrently(t, client, reads)
		}
		mu.Lock()
		if maxOpen > limit {
			t.Errorf("%d connections were open for %d requests in flight", maxOpen, limit)
		}
		if dialed > 2*reads/5 {
			t.Errorf("%d connections were opened for %d reads", dialed, 2*reads)
		}
		mu.Unlock()
	}
}

func TestLimiter_Canceled(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(*Client){
		"for a slot": func(c *Client) { _, _ = c.limiter.acquire(context.Background(), &readState{}) },
		"for a probe to be due": func(c *Client) {
			c.limiter.breaker.opened, c.limiter.breaker.next = time.Now(), time.Now().Add(20*time.Second)
		},
		"for the reset of a limit":       func(c *Client) { c.limiter.reset = time.Now().Add(20 * time.Second) },
		"for the next request to be due": func(c *Client) { c.limiter.next = time.Now().Add(20 * time.Second) },
	} {
		for _, want := range []error{context.Canceled, context.DeadlineExceeded} {
			synctest.Test(t, func(t *testing.T) {
				script := &attemptScript{}
				client := scriptedClient(t, script, func(c *Config) { c.MaxConcurrentRequests = 1 })
				prepare(client)
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(time.Second, cancel)
				if errors.Is(want, context.DeadlineExceeded) {
					ctx, cancel = context.WithTimeout(t.Context(), time.Second)
				}
				defer cancel()
				start := time.Now()
				_, err := client.Get(ctx, accountA, ReadOptions{})
				checkReason(t, err, ReasonCanceled)
				if took := time.Since(start); took != time.Second || !errors.Is(err, want) || len(script.times) != 0 {
					t.Errorf("%s: %v after %s and %d requests", name, err, took, len(script.times))
				}
			})
		}
	}
}

func TestLimiter_PermitsAllAfterInitialHold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const concurrent = 3 * initialInFlight
		l := newLimiter(concurrent, 0)
		var granted atomic.Int64
		for range concurrent {
			go func() {
				if _, err := l.acquire(t.Context(), &readState{}); err == nil {
					granted.Add(1)
				}
			}()
		}
		for _, step := range []struct {
			wait time.Duration
			want int64
		}{{0, initialInFlight}, {initialHold - 1, initialInFlight}, {1, concurrent}} {
			time.Sleep(step.wait)
			synctest.Wait()
			if got := granted.Load(); got != step.want {
				t.Errorf("%s later, %d are in flight, want %d", step.wait, got, step.want)
			}
		}
	})
}
