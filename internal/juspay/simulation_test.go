// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// reply is the reaction of a simulated server to a request.
type reply struct {
	status     int // 0 for a connection that is reset, -1 for none at all
	retryAfter string
	body       string
}

// server decides how a simulated server responds to a request for an account. The
// requests in flight count the one that it decides about.
type server func(id string, inFlight int) reply

var ok = reply{status: http.StatusOK}

// tokenBucket throttles what exceeds a rate, but for a burst.
func tokenBucket(perSecond, burst float64, refused reply) server {
	tokens, last := burst, time.Time{}
	return func(string, int) reply {
		now := time.Now()
		tokens, last = min(burst, tokens+perSecond*now.Sub(last).Seconds()), now
		if tokens < 1 {
			return refused
		}
		tokens--
		return ok
	}
}

// fixedWindow throttles all but so many requests in each period.
func fixedWindow(requests int, period time.Duration, refused reply) server {
	var window time.Time
	n := 0
	return func(string, int) reply {
		if now := time.Now(); now.Sub(window) >= period {
			window, n = now, 0
		}
		if n++; n > requests {
			return refused
		}
		return ok
	}
}

// stickTable throttles while more requests than a maximum, refused ones included,
// came within a second.
func stickTable(maximum int, refused reply) server {
	var came []time.Time
	return func(string, int) reply {
		arrived := time.Now()
		came = append(came, arrived)
		for arrived.Sub(came[0]) >= time.Second {
			came = came[1:]
		}
		if len(came) > maximum {
			return refused
		}
		return ok
	}
}

func maxInFlight(maximum int, refused reply) server {
	return func(_ string, inFlight int) reply {
		if inFlight > maximum {
			return refused
		}
		return ok
	}
}

func unlimited(string, int) reply { return ok }

func always(r reply) server { return func(string, int) reply { return r } }

// bubbleStart is when the time of every bubble begins.
var bubbleStart = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// within responds as one server for a time, and then as another.
func within(d time.Duration, first, then server) server {
	return func(id string, inFlight int) reply {
		if time.Since(bubbleStart) < d {
			return first(id, inFlight)
		}
		return then(id, inFlight)
	}
}

// unlimitedBetween throttles what exceeds 50 requests a second, but for some seconds, such
// as those in which no other plan runs.
func unlimitedBetween(from, to int) server {
	bucket := tokenBucket(50, 20, reply{status: http.StatusTooManyRequests})
	return within(time.Duration(to)*time.Second, within(time.Duration(from)*time.Second, bucket, unlimited), bucket)
}

// sick always gives one reply to every nth account, from the eighth on.
func sick(every int, r reply, others server) server {
	return func(id string, inFlight int) reply {
		if n, err := strconv.Atoi(strings.TrimPrefix(id, "banh_")); err == nil && n%every == 7%every {
			return r
		}
		return others(id, inFlight)
	}
}

// everyOtherReset resets the connections of every account with an even number.
func everyOtherReset(id string, _ int) reply {
	if strings.ContainsAny(id[len(id)-1:], "02468") {
		return reply{}
	}
	return ok
}

// simulation replaces the network by one whose requests take a time that varies. Its
// time is a bubble's, so that minutes of throttling take no time.
type simulation struct {
	respond server
	latency time.Duration // less or more a fifth

	mu     sync.Mutex
	random *rand.Rand
	start  time.Time

	inFlight, mostInFlight int

	// The results. The maps are keyed by the paths of accounts.
	requests          map[string]int
	failed            map[string]*APIError
	skipped           int
	delivered, took   time.Duration // until the last account was, and until all reads ended
	sent, maxAttempts int
}

func newSimulation(respond server, seed uint64) *simulation {
	random := rand.New(rand.NewPCG(seed, 0))
	return &simulation{
		respond: respond, latency: 50 * time.Millisecond, random: random, start: time.Now(),
		requests: map[string]int{}, failed: map[string]*APIError{},
	}
}

func (s *simulation) RoundTrip(req *http.Request) (*http.Response, error) {
	id := path.Base(req.URL.Path)
	s.mu.Lock()
	oneWay := s.latency*2/5 + time.Duration(s.random.Int64N(int64(s.latency/5)+1))
	s.inFlight++
	s.mostInFlight = max(s.mostInFlight, s.inFlight)
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.inFlight--
		s.mu.Unlock()
	}()
	if err := sleep(req.Context(), oneWay); err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.requests[req.URL.Path]++
	r := s.respond(id, s.inFlight)
	s.mu.Unlock()
	if r.status < 0 {
		<-req.Context().Done()
		return nil, req.Context().Err()
	}
	if err := sleep(req.Context(), oneWay); err != nil {
		return nil, err
	}
	if r.status == 0 {
		return nil, syscall.ECONNRESET
	}
	body := r.body
	if r.status == http.StatusOK && body == "" {
		s.mu.Lock()
		s.delivered = time.Since(s.start)
		s.mu.Unlock()
		body = mustJSON(accountFor(req))
	}
	return respond(req, r.status, r.retryAfter, body), nil
}

// inBubble runs a subtest in virtual time. A bubble that fails ends its test, and
// with it would end the others.
func inBubble(t *testing.T, name string, test func(*testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}

// simulate reads accounts from a server within the default timeout of a read.
func simulate(t *testing.T, accounts, maxRetries int, respond server) *simulation {
	t.Helper()
	s := newSimulation(respond, 1)
	s.run(t, 1, accounts, func(c *Config) { c.MaxRetries = maxRetries })
	return s
}

// run lets clients read accounts, each its own.
func (s *simulation) run(t *testing.T, clients, accounts int, changes ...func(*Config)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	var plans sync.WaitGroup
	for plan := range clients {
		client := scriptedClient(t, s, changes...)
		plans.Go(func() {
			refs := refs(accounts)
			for i := range refs {
				refs[i].CustomerID = fmt.Sprintf("plan_%d", plan)
			}
			results := client.GetAll(ctx, refs, ReadOptions{})
			s.mu.Lock()
			defer s.mu.Unlock()
			for i, result := range results {
				var apiErr *APIError
				switch {
				case errors.As(result.Err, &apiErr):
					s.failed["/customers/"+refs[i].CustomerID+"/customer-accounts/"+refs[i].CustomerAccountID] = apiErr
				case errors.Is(result.Err, ErrSkipped):
					s.skipped++
				case result.Err != nil:
					t.Error(result.Err)
				}
			}
		})
	}
	plans.Wait()
	for _, n := range s.requests {
		s.sent += n
		s.maxAttempts = max(s.maxAttempts, n)
	}
	s.took = time.Since(s.start)
}

// checkReads checks that no account was requested too often, and which were not read.
func (s *simulation) checkReads(t *testing.T, name string, wantFailed, mayFail int) {
	t.Helper()
	if s.maxAttempts > DefaultMaxRetries+1 {
		t.Errorf("%s: an account was requested %d times", name, s.maxAttempts)
	}
	if n := len(s.failed) - wantFailed; n < 0 || n > mayFail || s.skipped != 0 {
		t.Errorf("%s: %d accounts failed, want %d, and %d were skipped", name, len(s.failed), wantFailed, s.skipped)
	}
}

// throttlingRow is a server, and what reading from it must come to.
type throttlingRow struct {
	name        string
	server      server
	accounts    int
	ideal       time.Duration // 0 is without a limit
	maxRatio    float64
	extra       time.Duration // beyond the ratio
	maxRequests float64       // for each account; 0 is not bounded
	clients     int
	concurrent  int
	wantFailed  int
	// mayFail is how many more may fail. Requests that come at one moment have no fixed
	// order, and one run in 60 of the 8,000 reads of 20 plans refuses one of them five times.
	mayFail int
}

const (
	limit50 = 20 * time.Second // of 1,000 accounts
	alone   = 0
)

func throttlingRows() []throttlingRow {
	refused := func(status int, retryAfter string) reply { return reply{status: status, retryAfter: retryAfter} }
	envelope := func(status int) reply { return reply{status: status, body: mustJSON(juspayError("TOO_MANY_REQUESTS"))} }
	sickRow := func(name string, n int, r reply, extra time.Duration) throttlingRow {
		return throttlingRow{name: name, server: sick(2000/n, r, unlimited), accounts: 2000, maxRatio: 1.3, extra: extra, wantFailed: n}
	}
	return []throttlingRow{
		{name: "50 requests/s, burst 1", server: tokenBucket(50, 1, refused(429, "")), accounts: 1000, ideal: limit50, maxRatio: 1.8},
		{name: "50 requests/s, burst 5", server: tokenBucket(50, 5, refused(429, "")), accounts: 1000, ideal: limit50, maxRatio: 1.3},
		{name: "50 requests/s, burst 10", server: tokenBucket(50, 10, refused(429, "")), accounts: 1000, ideal: limit50, maxRatio: 1.3},
		{name: "50 requests/s, burst 10, Retry-After: 0", server: tokenBucket(50, 10, refused(429, "0")), accounts: 1000, ideal: limit50, maxRatio: 1.3},
		{name: "50 requests/s, burst 20, 503", server: tokenBucket(50, 20, refused(503, "")), accounts: 1000, ideal: limit50, maxRatio: 1.3, maxRequests: 1.15},
		{name: "20 requests/s, burst 1, 503", server: tokenBucket(20, 1, refused(503, "")), accounts: 1000, ideal: 50 * time.Second, maxRatio: 1.5},
		{name: "20 requests/s, burst 20, 503", server: tokenBucket(20, 20, refused(503, "")), accounts: 1000, ideal: 50 * time.Second, maxRatio: 1.3},
		{name: "50 requests/s, burst 20, 503, 256 concurrent", server: tokenBucket(50, 20, refused(503, "")), accounts: 1000, ideal: limit50, maxRatio: 1.5, concurrent: 256},
		{name: "50 requests/s, burst 10, TOO_MANY_REQUESTS in 200", server: tokenBucket(50, 10, envelope(200)), accounts: 1000, ideal: limit50, maxRatio: 1.3},
		{name: "50 requests/s, burst 10, TOO_MANY_REQUESTS in 400", server: tokenBucket(50, 10, envelope(400)), accounts: 1000, ideal: limit50, maxRatio: 1.3},
		{name: "50 requests/s, burst 1, Retry-After: 1", server: tokenBucket(50, 1, refused(429, "1")), accounts: 1000, ideal: limit50, maxRatio: 1.9},
		{name: "50 requests/s, burst 5, Retry-After: 1", server: tokenBucket(50, 5, refused(429, "1")), accounts: 1000, ideal: limit50, maxRatio: 1.3},
		{name: "100 requests/s, burst 5, Retry-After: 1", server: tokenBucket(100, 5, refused(429, "1")), accounts: 1000, ideal: limit50 / 2, maxRatio: 1.3},
		{name: "100 requests/s, burst 20, Retry-After: 1", server: tokenBucket(100, 20, refused(429, "1")), accounts: 1000, ideal: limit50 / 2, maxRatio: 1.3},
		{name: "500 requests/s, burst 20", server: tokenBucket(500, 20, refused(429, "")), accounts: 2000, ideal: 4 * time.Second, maxRatio: 1.5},
		{name: "100 requests in each second, Retry-After: 1", server: fixedWindow(100, time.Second, refused(429, "1")), accounts: 1000, ideal: 10 * time.Second, maxRatio: 1.45},
		{name: "600 requests in each minute, Retry-After: 45", server: fixedWindow(600, time.Minute, refused(429, "45")), accounts: 1000, ideal: 90 * time.Second, maxRatio: 1.1},
		{name: "10 requests in flight, 503", server: maxInFlight(10, refused(503, "")), accounts: 1000, ideal: 5 * time.Second, maxRatio: 1.5},
		{name: "100/s, refused ones count, 429", server: stickTable(100, refused(429, "")), accounts: 1000, ideal: 10 * time.Second, maxRatio: 1.5},
		{name: "50/s, refused ones count, 429", server: stickTable(50, refused(429, "")), accounts: 1000, ideal: 20 * time.Second, maxRatio: 1.5},
		{name: "100/s, refused ones count, 503", server: stickTable(100, refused(503, "")), accounts: 1000, ideal: 10 * time.Second, maxRatio: 1.5},
		{name: "502 for a second", server: within(time.Second, always(refused(502, "")), unlimited), accounts: 2000, maxRatio: 1.3, extra: 2 * time.Second},
		{name: "20 plans of 400, 50/s, burst 50, Retry-After: 1", server: tokenBucket(50, 50, refused(429, "1")), accounts: 400, clients: 20, ideal: 160 * time.Second, maxRatio: 1.3, maxRequests: 1.15, mayFail: 1},
		{name: "50 requests/s, no limit from 2 s to 7 s", server: unlimitedBetween(2, 7), accounts: 5200, ideal: 45 * time.Second, maxRatio: 2.2, maxRequests: 1.15},
		{name: "50 requests/s, no limit from 2 s to 17 s", server: unlimitedBetween(2, 17), accounts: 11_600, ideal: 55 * time.Second, maxRatio: 2, maxRequests: 1.1},
		{name: "no limit", server: unlimited, accounts: 2000, maxRatio: 1.1, maxRequests: 1},
		sickRow("no limit, 1 account 429", 1, refused(429, ""), 0),
		sickRow("no limit, 1 account Retry-After: 30", 1, refused(429, "30"), 0),
		sickRow("no limit, 2 accounts Retry-After: 30", 2, refused(429, "30"), 2*time.Second),
		sickRow("no limit, 8 accounts Retry-After: 30", 8, refused(429, "30"), 2*time.Second),
		sickRow("no limit, 40 accounts 429", 40, refused(429, ""), 2*time.Second),
		sickRow("no limit, 40 accounts Retry-After: 30", 40, refused(429, "30"), 2*time.Second),
		sickRow("no limit, 40 accounts 503", 40, refused(503, ""), 2*time.Second),
		sickRow("no limit, 40 accounts 503, Retry-After: 30", 40, refused(503, "30"), 2*time.Second),
		sickRow("no limit, 40 accounts hang", 40, reply{status: -1}, 2*DefaultRequestTimeout),
		sickRow("no limit, 80 accounts hang", 80, reply{status: -1}, 2*DefaultRequestTimeout),
		sickRow("no limit, 1 account 403", 1, reply{status: 403, body: "<html>"}, 0),
	}
}

// TestThrottling reads many accounts from servers that throttle or fail, and prints
// how long that takes over the ideal: the server's limit, or the same reads without
// the accounts that fail.
func TestThrottling(t *testing.T) { //nolint:paralleltest // its report is printed as one
	var report strings.Builder
	line := func(columns ...any) { fmt.Fprintf(&report, "%8v  %-50v  %7v  %7v  %5v  %8v  %8v\n", columns...) }
	line("accounts", "server", "ideal", "took", "ratio", "requests", "attempts")
	for _, row := range throttlingRows() {
		if raceEnabled && (row.clients > 1 || row.ideal == alone && row.wantFailed != 8) {
			continue // TestThrottling_RandomServers has many clients; one row with failures finds a race
		}
		inBubble(t, row.name, func(t *testing.T) {
			s := newSimulation(row.server, 1)
			clients := max(row.clients, 1)
			s.run(t, clients, row.accounts, func(c *Config) { c.MaxConcurrentRequests = row.concurrent })
			ideal := row.ideal
			if ideal == alone {
				ideal = time.Duration(row.accounts) * s.latency / DefaultMaxConcurrentRequests
			}
			ratio := s.delivered.Seconds() / ideal.Seconds()
			seconds := func(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
			line(clients*row.accounts, row.name, seconds(ideal), seconds(s.delivered), fmt.Sprintf("%.2f", ratio), s.sent, s.maxAttempts)
			if s.delivered > time.Duration(row.maxRatio*float64(ideal))+row.extra {
				t.Errorf("%s: it took %s, %.2f times the ideal", row.name, s.delivered, ratio)
			}
			if requests := float64(s.sent) / float64(clients*row.accounts); row.maxRequests > 0 && requests > row.maxRequests {
				t.Errorf("%s: %.3f requests for each account", row.name, requests)
			}
			s.checkReads(t, row.name, row.wantFailed, row.mayFail)
		})
	}
	t.Logf("\n%s", &report)
	if file := os.Getenv("THROTTLING_TABLE"); file != "" {
		if err := os.WriteFile(file, []byte(report.String()), 0o600); err != nil {
			t.Error(err)
		}
	}
}

// When all reads fail alike, one error is enough, within the time of one read.
func TestClient_GetAll_StopsWhereNothingSucceeds(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		reply       reply
		most        time.Duration
		maxRequests int
	}{
		"502":                {reply{status: 502}, 17 * time.Second, 5 * 40},
		"503":                {reply{status: 503}, 40 * time.Second, 5 * 40},
		"a reset connection": {reply{}, 17 * time.Second, 5 * 40},
		"403 with a page":    {reply{status: 403, body: "<html>"}, time.Second, 40},
		"403 FORBIDDEN":      {reply{status: 403, body: mustJSON(juspayError("FORBIDDEN"))}, time.Second, 40},
	} {
		for _, accounts := range []int{2, 7, 100, 10_000} {
			inBubble(t, fmt.Sprintf("%s, %d accounts", name, accounts), func(t *testing.T) {
				got := simulate(t, accounts, DefaultMaxRetries, always(test.reply))
				affecting := 0
				for _, failed := range got.failed {
					if failed.AffectsAllReads() {
						affecting++
					}
				}
				if affecting == 0 || len(got.failed)+got.skipped != accounts || len(got.failed) > 40 {
					t.Errorf("%s, %d accounts: %d failed, %d were skipped, %d errors affect all", name, accounts, len(got.failed), got.skipped, affecting)
				}
				if got.took > test.most || got.sent > test.maxRequests {
					t.Errorf("%s, %d accounts: it took %s and %d requests", name, accounts, got.took, got.sent)
				}
			})
		}
	}
}

// TestThrottling_RandomServers holds for any server that nobody healthy is lost.
func TestThrottling_RandomServers(t *testing.T) { //nolint:paralleltest // its report is printed as one
	var ratios []float64
	seeds := uint64(40)
	if raceEnabled {
		seeds = 2
	}
	for seed := range seeds {
		inBubble(t, fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 22))
			pick := func(low, high float64) float64 { return low + (high-low)*random.Float64() }
			clients, perSecond, burst := 1+random.IntN(20), pick(5, 1000), float64(1+random.IntN(50))
			refused := reply{status: []int{429, 503}[random.IntN(2)], retryAfter: []string{"", "0", "1", "2"}[random.IntN(4)]}
			accounts := max(40, min(400, int(perSecond*200/float64(clients)/1.6)))
			every := 1_000_000
			if random.IntN(2) == 0 {
				every = 34 + random.IntN(100)
			}
			failing := (accounts-8)/every + 1
			s := newSimulation(sick(every, reply{status: 429}, tokenBucket(perSecond, burst, refused)), seed)
			s.latency = time.Duration(pick(5, 300)) * time.Millisecond
			s.run(t, clients, accounts)
			about := fmt.Sprintf("seed %d: %d clients of %d accounts, %.0f/s, burst %.0f, %d %q, %s", seed, clients, accounts, perSecond, burst, refused.status, refused.retryAfter, s.latency)
			concurrency := time.Duration(float64(clients*accounts) * float64(time.Second) / perSecond)
			ideal := max(concurrency, time.Duration(accounts)*s.latency/DefaultMaxConcurrentRequests)
			ratios = append(ratios, s.delivered.Seconds()/ideal.Seconds())
			s.checkReads(t, about, clients*failing, 0)
		})
	}
	slices.Sort(ratios)
	t.Logf("times the ideal: at least %.2f, median %.2f, nine of ten %.2f, at most %.2f", ratios[0], ratios[len(ratios)/2], ratios[len(ratios)*9/10], ratios[len(ratios)-1])
}
