// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// server decides how a simulated server responds to a request for an account: its
// status, 0 for a connection that is reset, and its Retry-After.
type server func(id string) (status int, retryAfter string)

// tokenBucket throttles what exceeds a rate, but for a burst.
func tokenBucket(perSecond, burst float64, retryAfter string) server {
	tokens, last := burst, time.Now()
	return func(string) (int, string) {
		now := time.Now()
		tokens, last = min(burst, tokens+perSecond*now.Sub(last).Seconds()), now
		if tokens < 1 {
			return http.StatusTooManyRequests, retryAfter
		}
		tokens--
		return http.StatusOK, ""
	}
}

// fixedWindow throttles all but so many requests in each second.
func fixedWindow(perSecond int) server {
	var window time.Time
	n := 0
	return func(string) (int, string) {
		if now := time.Now(); now.Sub(window) >= time.Second {
			window, n = now, 0
		}
		if n++; n > perSecond {
			return http.StatusTooManyRequests, "1"
		}
		return http.StatusOK, ""
	}
}

func unlimited(string) (int, string) { return http.StatusOK, "" }

// poisoned always throttles the reads of one account, banh_7.
func poisoned(others server, retryAfter string) server {
	return func(id string) (int, string) {
		if id == "banh_7" {
			return http.StatusTooManyRequests, retryAfter
		}
		return others(id)
	}
}

// everyOtherReset resets the connections of every account with an even number.
func everyOtherReset(id string) (int, string) {
	if strings.ContainsAny(id[len(id)-1:], "02468") {
		return 0, ""
	}
	return http.StatusOK, ""
}

// simulation replaces the network by one whose requests take 40 to 60 ms. Its time
// is a bubble's, so that minutes of throttling take no time.
type simulation struct {
	respond server

	mu        sync.Mutex
	random    *rand.Rand
	start     time.Time
	requests  map[string]int
	delivered time.Duration // when the last account was
}

func (s *simulation) RoundTrip(req *http.Request) (*http.Response, error) {
	id := path.Base(req.URL.Path)
	s.mu.Lock()
	oneWay := time.Duration(20+s.random.IntN(10)) * time.Millisecond
	s.mu.Unlock()
	if err := sleep(req.Context(), oneWay); err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.requests[id]++
	status, retryAfter := s.respond(id)
	s.mu.Unlock()
	if err := sleep(req.Context(), oneWay); err != nil {
		return nil, err
	}
	switch status {
	case 0:
		return nil, syscall.ECONNRESET
	case http.StatusOK:
		s.mu.Lock()
		s.delivered = time.Since(s.start)
		s.mu.Unlock()
		return respond(req, status, retryAfter, mustJSON(juspaytest.NewAccount("", id))), nil
	}
	return respond(req, status, retryAfter, ""), nil
}

// outcome is what a simulation of many reads came to.
type outcome struct {
	failed      map[string]*APIError
	requests    map[string]int
	delivered   time.Duration
	maxAttempts int
	sent        int
}

// simulate reads accounts from a server within the default timeout of a read.
func simulate(t *testing.T, accounts, maxRetries int, respond server) outcome {
	t.Helper()
	s := &simulation{respond: respond, start: time.Now(), requests: map[string]int{}}
	s.random = rand.New(rand.NewPCG(1, 0)) //nolint:gosec // it varies latency, and protects nothing
	client := scriptedClient(t, s, func(c *Config) { c.MaxRetries = maxRetries })
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	refs := refs(accounts)
	o := outcome{failed: map[string]*APIError{}, requests: s.requests}
	for i, result := range client.GetAll(ctx, refs, ReadOptions{}) {
		var apiErr *APIError
		if errors.As(result.Err, &apiErr) {
			o.failed[refs[i].CustomerAccountID] = apiErr
		} else if result.Err != nil {
			t.Error(result.Err)
		}
	}
	for _, n := range s.requests {
		o.sent += n
		o.maxAttempts = max(o.maxAttempts, n)
	}
	o.delivered = s.delivered
	return o
}

// TestThrottling reads many accounts from servers that throttle, and prints how
// long that takes over the ideal: the server's limit, or the same reads without
// the account that fails.
func TestThrottling(t *testing.T) { //nolint:paralleltest // its report is printed as one
	var report strings.Builder
	row := func(columns ...any) { fmt.Fprintf(&report, "%8v  %-50v  %7v  %7v  %5v  %8v  %8v\n", columns...) }
	row("accounts", "server", "ideal", "took", "ratio", "requests", "attempts")
	var alone time.Duration // 2,000 accounts from a server without a limit
	for _, test := range []struct {
		name        string
		server      func() server
		accounts    int
		maxRetries  int
		ideal       time.Duration // 0 is alone
		maxRatio    float64
		wantFailed  map[string]Reason
		maxAttempts int
	}{
		{"50 requests/s, burst 1", func() server { return tokenBucket(50, 1, "") }, 1000, 4, 20 * time.Second, 1.6, nil, 5},
		{"50 requests/s, burst 5", func() server { return tokenBucket(50, 5, "") }, 1000, 4, 20 * time.Second, 1.3, nil, 5},
		{"50 requests/s, burst 10", func() server { return tokenBucket(50, 10, "") }, 1000, 4, 20 * time.Second, 1.3, nil, 5},
		{"50 requests/s, burst 10, Retry-After: 0", func() server { return tokenBucket(50, 10, "0") }, 1000, 4, 20 * time.Second, 1.3, nil, 5},
		{"100 requests in each second, Retry-After: 1", func() server { return fixedWindow(100) }, 1000, 4, 10 * time.Second, 1.1, nil, 5},
		{"no limit", func() server { return unlimited }, 2000, 4, 2000 * 50 * time.Millisecond / 32, 1.1, nil, 1},
		{"no limit, one account always throttled", func() server { return poisoned(unlimited, "") }, 2000, 4, 0, 1.2, map[string]Reason{"banh_7": ReasonThrottled}, 5},
		{"no limit, one account always Retry-After: 30", func() server { return poisoned(unlimited, "30") }, 2000, 4, 0, 1.2, map[string]Reason{"banh_7": ReasonThrottled}, 5},
		{"no limit, one account always Retry-After: 31", func() server { return poisoned(unlimited, "31") }, 2000, 4, 0, 1.2, map[string]Reason{"banh_7": ReasonThrottled}, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			got := simulate(t, test.accounts, test.maxRetries, test.server())
			if test.name == "no limit" {
				alone = got.delivered
			}
			ideal := test.ideal
			if ideal == 0 {
				ideal = alone
			}
			ratio := got.delivered.Seconds() / ideal.Seconds()
			seconds := func(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
			row(test.accounts, test.name, seconds(ideal), seconds(got.delivered), fmt.Sprintf("%.2f", ratio), got.sent, got.maxAttempts)
			if ratio > test.maxRatio {
				t.Errorf("%s: it took %s, %.2f times the ideal", test.name, got.delivered, ratio)
			}
			if got.maxAttempts > test.maxAttempts {
				t.Errorf("%s: an account was requested %d times", test.name, got.maxAttempts)
			}
			if len(got.failed) != len(test.wantFailed) {
				t.Errorf("%s: %d accounts failed", test.name, len(got.failed))
			}
			for id, reason := range test.wantFailed {
				if failed := got.failed[id]; failed == nil || failed.Reason != reason || failed.Attempts != got.requests[id] || failed.Attempts != test.maxAttempts {
					t.Errorf("%s: %s failed with %+v after %d requests", test.name, id, failed, got.requests[id])
				}
			}
		})
	}
	t.Logf("\n%s", &report)
	if file := os.Getenv("THROTTLING_TABLE"); file != "" {
		if err := os.WriteFile(file, []byte(report.String()), 0o600); err != nil { //nolint:gosec // make bench names the file
			t.Error(err)
		}
	}
}

// What happens to other reads gives no read more attempts, or a status of theirs.
func TestEachReadHasItsOwnAttemptsAndError(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		server     func() server
		maxRetries int
	}{
		"resets beside a 429":          {func() server { return poisoned(everyOtherReset, "") }, 2},
		"a token bucket, no retries":   {func() server { return tokenBucket(50, 10, "0") }, 0},
		"a fixed window, no retries":   {func() server { return fixedWindow(100) }, 0},
		"a token bucket of 1, 1 retry": {func() server { return tokenBucket(20, 1, "") }, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			got := simulate(t, 200, test.maxRetries, test.server())
			if got.maxAttempts != test.maxRetries+1 {
				t.Errorf("%s: an account was requested %d times", name, got.maxAttempts)
			}
			for id, failed := range got.failed {
				want := ReasonThrottled
				if failed.StatusCode == 0 {
					want = ReasonConnection
				}
				if failed.Reason != want || failed.Attempts != test.maxRetries+1 || failed.Attempts != got.requests[id] {
					t.Errorf("%s: %s failed with %+v after %d requests", name, id, failed, got.requests[id])
				}
			}
			if len(got.failed) == 0 || len(got.failed) == 200 {
				t.Errorf("%s: %d accounts failed", name, len(got.failed))
			}
		})
	}
}

// A server that throttles most requests with a Retry-After gets none while that
// lasts, not even from reads that were not throttled, and then no burst.
func TestAllRequestsWaitForARetryAfterThatMostGot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const delivered = 10
		start := time.Now()
		script := &attemptScript{play: func(number int, req *http.Request) (*http.Response, error) {
			if number > delivered && time.Since(start) < maxRetryAfter {
				time.Sleep(40 * time.Millisecond) // known before the other responses come
				return respond(req, 429, "30", ""), nil
			}
			time.Sleep(50 * time.Millisecond)
			return respond(req, 200, "", mustJSON(juspaytest.NewAccount("", path.Base(req.URL.Path)))), nil
		}}
		for i, result := range scriptedClient(t, script).GetAll(t.Context(), refs(200), ReadOptions{}) {
			if result.Err != nil {
				t.Fatalf("result %d is %v", i, result.Err)
			}
		}
		at := func(i int) time.Duration { return script.times[i].Sub(start) }
		if last, next := at(DefaultMaxConcurrentRequests-1), at(DefaultMaxConcurrentRequests); last != 0 || next < maxRetryAfter {
			t.Errorf("%d requests were in flight, the next after %s", DefaultMaxConcurrentRequests, next)
		}
		if burst := at(2*DefaultMaxConcurrentRequests) - at(DefaultMaxConcurrentRequests); burst < 500*time.Millisecond {
			t.Errorf("%d requests were sent in %s after the wait", DefaultMaxConcurrentRequests, burst)
		}
	})
}

// A Retry-After beyond its maximum fails each read by itself, and holds up none.
func TestARetryAfterThatIsTooLongFailsEachReadImmediately(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		got := simulate(t, 40, 4, func(string) (int, string) { return http.StatusTooManyRequests, "3600" })
		for id, failed := range got.failed {
			if failed.Reason != ReasonThrottled || !failed.RetryAfterTooLong() || failed.Attempts != 1 || got.requests[id] != 1 {
				t.Errorf("%s failed with %+v after %d requests", id, failed, got.requests[id])
			}
		}
		if took := time.Since(start); len(got.failed) != 40 || took > 10*time.Second {
			t.Errorf("%d reads failed in %s", len(got.failed), took)
		}
	})
}

func TestRequestsPerSecondSpacesRequestsWithoutSerializingThem(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		script := &attemptScript{play: func(_ int, req *http.Request) (*http.Response, error) {
			time.Sleep(500 * time.Millisecond)
			return respond(req, 200, "", accountBody), nil
		}}
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
func TestTheRateStaysBelowRequestsPerSecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		script := &attemptScript{play: func(number int, req *http.Request) (*http.Response, error) {
			if number <= 2 {
				return respond(req, 429, "", ""), nil
			}
			return respond(req, 200, "", accountBody), nil
		}}
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

func TestAtMostMaxConcurrentRequestsAreInFlight(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{1, 5, DefaultMaxConcurrentRequests} {
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			inFlight, most := 0, 0
			script := &attemptScript{play: func(_ int, req *http.Request) (*http.Response, error) {
				mu.Lock()
				inFlight++
				most = max(most, inFlight)
				mu.Unlock()
				time.Sleep(50 * time.Millisecond)
				mu.Lock()
				inFlight--
				mu.Unlock()
				return respond(req, 200, "", accountBody), nil
			}}
			readConcurrently(t, scriptedClient(t, script, func(c *Config) { c.MaxConcurrentRequests = limit }), 300)
			if most != limit {
				t.Errorf("%d requests were in flight, want %d", most, limit)
			}
		})
	}
}

func TestConnectionsAreReused(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{1, 5, DefaultMaxConcurrentRequests} {
		server, client := start(t, func(c *Config) { c.MaxConcurrentRequests = limit })
		server.Put(juspaytest.NewAccount("cst_a", "banh_a"))
		var opened atomic.Int64
		transport := transportOf(t, client)
		dial := transport.DialContext
		transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			opened.Add(1)
			return dial(ctx, network, address)
		}
		readConcurrently(t, client, 300)
		if n := opened.Load(); n > int64(limit) {
			t.Errorf("%d connections were opened for %d requests in flight", n, limit)
		}
	}
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(*Client){
		"for a slot":                     func(c *Client) { _, _ = c.limiter.acquire(context.Background()) },
		"for the request that is next":   func(c *Client) { _ = c.limiter.turn.Acquire(context.Background(), 1) },
		"for the end of a cooldown":      func(c *Client) { c.limiter.cooldown = time.Now().Add(20 * time.Second) },
		"for the next request to be due": func(c *Client) { c.limiter.next = time.Now().Add(20 * time.Second) },
	} {
		for want, end := range map[error]func(context.Context) (context.Context, context.CancelFunc){
			context.Canceled: func(ctx context.Context) (context.Context, context.CancelFunc) {
				ctx, cancel := context.WithCancel(ctx)
				time.AfterFunc(time.Second, cancel)
				return ctx, cancel
			},
			context.DeadlineExceeded: func(ctx context.Context) (context.Context, context.CancelFunc) {
				return context.WithTimeout(ctx, time.Second)
			},
		} {
			synctest.Test(t, func(t *testing.T) {
				script := &attemptScript{}
				client := scriptedClient(t, script, func(c *Config) { c.MaxConcurrentRequests = 1 })
				prepare(client)
				ctx, cancel := end(t.Context())
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
