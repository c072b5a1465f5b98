// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path"
	"strings"
	"sync"
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
		return respond(req, status, retryAfter, mustJSON(accountFor(req))), nil
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
	s.random = rand.New(rand.NewPCG(1, 0))
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
		if err := os.WriteFile(file, []byte(report.String()), 0o600); err != nil {
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

// Attempts of other reads end, and then one is throttled.
func TestWhatA429Changes(t *testing.T) {
	t.Parallel()
	const uncut = 0
	for name, test := range map[string]struct {
		before     [][2]int      // how many attempts, and their status
		pause      time.Duration // before the last
		lasting    time.Duration // each; 100 ms if 0
		retryAfter string
		rate       float64       // that is left
		growth     time.Duration // until it grows
		cooldown   time.Duration // of all requests
	}{
		"one of 20 attempts throttled cuts the rate":                {before: [][2]int{{38, 200}, {1, 429}}, rate: 0.95 * 38 / 0.1},
		"fewer cut nothing":                                         {before: [][2]int{{39, 200}, {1, 429}}, rate: uncut},
		"one read alone cuts nothing":                               {before: [][2]int{{1, 200}}, rate: uncut},
		"other statuses below 500 are delivered":                    {before: [][2]int{{3, 499}, {5, 500}, {7, 0}, {1, 429}}, rate: 0.95 * 3 / 0.1},
		"where nothing was delivered, one is assumed":               {before: [][2]int{{9, 503}, {1, 429}}, rate: 0.95 * 1 / 0.1},
		"an attempt counts for a second":                            {before: [][2]int{{1, 429}}, pause: time.Second, rate: 0.95 * 1 / 1.0},
		"and no longer":                                             {before: [][2]int{{1, 429}}, pause: time.Second + 1, rate: uncut},
		"what was delivered is of a second at most":                 {before: [][2]int{{8, 200}, {1, 429}}, lasting: 3 * time.Second, rate: 0.95 * 8 / 1.0},
		"a cut shows before the next":                               {before: [][2]int{{4, 200}, {2, 429}}, pause: 249 * time.Millisecond, rate: 0.95 * 4 / 0.1},
		"the next comes after a quarter of a second":                {before: [][2]int{{4, 200}, {2, 429}}, pause: 250 * time.Millisecond, rate: 0.95 * 4 / 0.35},
		"one of 5 with Retry-After: all wait":                       {before: [][2]int{{8, 200}, {1, 429}}, retryAfter: "10", rate: 0.95 * 8 / 1.0, growth: 14 * time.Second, cooldown: 10 * time.Second},
		"fewer with Retry-After wait by themselves":                 {before: [][2]int{{9, 200}, {1, 429}}, retryAfter: "10", rate: 0.95 * 9 / 1.0, growth: 14 * time.Second},
		"other errors are no throttling":                            {before: [][2]int{{1, 200}, {8, 500}, {1, 429}}, retryAfter: "10", rate: 0.95 * 1 / 1.0, growth: 14 * time.Second},
		"nobody waits for a Retry-After that is longer than a read": {before: [][2]int{{8, 200}, {1, 429}}, retryAfter: "31", rate: 0.95 * 8 / 1.0},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := newLimiter(1, 0)
			lasting := cmp.Or(test.lasting, 100*time.Millisecond)
			end := func(status int, retryAfter string) {
				l.observe(&requestState{}, time.Now().Add(-lasting), response{statusCode: status, header: http.Header{"Retry-After": {retryAfter}}})
			}
			for _, attempts := range test.before {
				for range attempts[0] {
					end(attempts[1], "")
				}
			}
			time.Sleep(test.pause)
			end(http.StatusTooManyRequests, test.retryAfter)
			now := time.Now()
			if test.rate == uncut {
				if !math.IsInf(l.rate, 1) {
					t.Errorf("%s: the rate is %g", name, l.rate)
				}
				return
			}
			if growth := max(0, l.growFrom.Sub(now)); math.Abs(l.rate-test.rate) > 1e-9 || growth != test.growth {
				t.Errorf("%s: the rate is %g and grows after %s, want %g after %s", name, l.rate, growth, test.rate, test.growth)
			}
			if cooldown := max(0, l.cooldown.Sub(now)); cooldown != test.cooldown {
				t.Errorf("%s: the cooldown is %s, want %s", name, cooldown, test.cooldown)
			}
		})
	}
}

func TestAShorterRetryAfterDoesNotShortenACooldown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(1, 0)
		for _, seconds := range []string{"20", "20", "5"} {
			l.observe(&requestState{}, time.Now(), response{statusCode: 429, header: http.Header{"Retry-After": {seconds}}})
		}
		if cooldown := time.Until(l.cooldown); cooldown != 20*time.Second {
			t.Errorf("the cooldown is %s", cooldown)
		}
	})
}

func TestTheRateGrowsSlowlyThenFast(t *testing.T) {
	t.Parallel()
	now := time.Now()
	l := limiter{rate: 100, maxRate: 1000, growFrom: now}
	for after, want := range map[time.Duration]float64{-time.Second: 100, 0: 100, time.Second: 106, 3 * time.Second: 152, 5 * time.Second: 448, 6 * time.Second: 1000} {
		if got := l.currentRate(now.Add(after)); math.Round(got) != want {
			t.Errorf("after %s it is %g, want %g", after, got, want)
		}
	}
}

func TestALowRateIsALongInterval(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for perSecond, want := range map[float64]time.Duration{0.001: 1000 * time.Second, 1e-10: 24 * time.Hour, math.SmallestNonzeroFloat64: 24 * time.Hour, math.Inf(1): 0} {
		l := newLimiter(1, perSecond)
		if first, second := l.schedule(now), l.schedule(now); first != 0 || second != want {
			t.Errorf("%g requests per second: the first waits for %s, the second for %s", perSecond, first, second)
		}
	}
}

// A request that comes late does not delay those behind it, unless it is so late
// that they would come in a burst.
func TestTheLimiterCatchesUpWithItsSchedule(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for late, want := range map[time.Duration]time.Duration{0: 20 * time.Millisecond, maxLag: 20*time.Millisecond - maxLag, maxLag + 1: 20 * time.Millisecond} {
		l := newLimiter(1, 50)
		l.next = now.Add(-late)
		if wait := l.schedule(now); wait != 0 {
			t.Errorf("%s late: it waits for %s", late, wait)
		}
		if wait := l.schedule(now); wait != want {
			t.Errorf("%s late: the next waits for %s, want %s", late, wait, want)
		}
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
			return respond(req, 200, "", mustJSON(accountFor(req))), nil
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

// countedConn reports that it is closed, once.
type countedConn struct {
	net.Conn
	closed func()
}

func (c countedConn) Close() error {
	c.closed()
	return c.Conn.Close()
}

// TestConnectionsAreReused bounds the connections that are open at any moment. Over
// time a few more may be opened, since the transport dials ahead of a connection
// that becomes idle meanwhile.
func TestConnectionsAreReused(t *testing.T) {
	t.Parallel()
	const reads = 300
	for _, limit := range []int{1, 5, DefaultMaxConcurrentRequests} {
		server, client := start(t, func(c *Config) { c.MaxConcurrentRequests = limit })
		server.Put(juspaytest.NewAccount("cst_a", "banh_a"))
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
