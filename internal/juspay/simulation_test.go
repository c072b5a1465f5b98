// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"errors"
	"fmt"
	"math"
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
	header     map[string]string
	body       string
	delay      time.Duration // of the response
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

// delayedBucket delays what exceeds a rate, and throttles what exceeds a burst too.
func delayedBucket(perSecond, burst float64, refused reply) server {
	excess, last := 0.0, time.Time{}
	return func(string, int) reply {
		now := time.Now()
		excess, last = max(0, excess-perSecond*now.Sub(last).Seconds()), now
		if excess > burst {
			return refused
		}
		excess++
		return reply{status: http.StatusOK, delay: time.Duration((excess - 1) / perSecond * float64(time.Second))}
	}
}

// rateLimitFields are the fields of the IETF's draft.
func rateLimitFields(remaining int, reset time.Duration) map[string]string {
	return map[string]string{"RateLimit-Remaining": fmt.Sprint(max(0, remaining)), "RateLimit-Reset": fmt.Sprint(int(math.Ceil(reset.Seconds())))}
}

// fixedWindow throttles all but so many requests in each period, which begins with a request.
func fixedWindow(requests int, period time.Duration, refused func(reset time.Duration) reply) server {
	var window time.Time
	n := 0
	return func(string, int) reply {
		now := time.Now()
		if now.Sub(window) >= period {
			window, n = now, 0
		}
		if n++; n > requests {
			return refused(window.Add(period).Sub(now))
		}
		return ok
	}
}

// alignedWindow throttles all but so many requests in each period of the clock.
func alignedWindow(requests int, period time.Duration, random *rand.Rand, refused func(reset time.Duration) reply) server {
	offset := time.Duration(random.Int64N(int64(period)))
	var window time.Time
	n := 0
	return func(string, int) reply {
		now := time.Now().Add(offset)
		if begun := now.Truncate(period); !begun.Equal(window) {
			window, n = begun, 0
		}
		n++
		reset := window.Add(period).Sub(now)
		r := ok
		if n > requests {
			r = refused(reset)
		}
		r.header = rateLimitFields(requests-n, reset)
		return r
	}
}

// slidingLog throttles while so many requests were accepted within a period.
func slidingLog(requests int, period time.Duration, _ *rand.Rand, refused func(reset time.Duration) reply) server {
	var accepted []time.Time
	return func(string, int) reply {
		now := time.Now()
		for len(accepted) > 0 && now.Sub(accepted[0]) >= period {
			accepted = accepted[1:]
		}
		if len(accepted) >= requests {
			return refused(accepted[0].Add(period).Sub(now))
		}
		accepted = append(accepted, now)
		return ok
	}
}

// slidingCounter throttles by the count of the current period and a part of the last's.
func slidingCounter(requests int, period time.Duration, random *rand.Rand, refused func(reset time.Duration) reply) server {
	offset := time.Duration(random.Int64N(int64(period)))
	var window time.Time
	last, n := 0, 0
	return func(string, int) reply {
		now := time.Now().Add(offset)
		if begun := now.Truncate(period); !begun.Equal(window) {
			last = n
			if begun.Sub(window) > period {
				last = 0
			}
			window, n = begun, 0
		}
		if left := 1 - now.Sub(window).Seconds()/period.Seconds(); float64(n)+float64(last)*left >= float64(requests) {
			return refused(window.Add(period).Sub(now))
		}
		n++
		return ok
	}
}

// maxConn serves so many requests in parallel and queues others for a time.
func maxConn(servers int, service, patience time.Duration, refused reply) server {
	free := make([]time.Time, servers)
	return func(string, int) reply {
		now := time.Now()
		slices.SortFunc(free, time.Time.Compare)
		wait := max(0, free[0].Sub(now))
		if wait > patience {
			r := refused
			r.delay = patience
			return r
		}
		free[0] = now.Add(wait + service)
		return reply{status: http.StatusOK, delay: wait}
	}
}

// banAt refuses everything for a time, which each request may extend, from some moment on.
func banAt(from, length time.Duration, extended bool, refused reply, otherwise server) server {
	var until time.Time
	return func(id string, inFlight int) reply {
		now := time.Now()
		if until.IsZero() && now.Sub(bubbleStart) >= from {
			until = now.Add(length)
		}
		if now.Before(until) {
			if extended {
				until = now.Add(length)
			}
			return refused
		}
		return otherwise(id, inFlight)
	}
}

// evasive bans for a time, which each request extends, once a period had so many requests.
func evasive(requests int, period, length time.Duration, refused reply) server {
	var until time.Time
	limited := fixedWindow(requests, period, func(time.Duration) reply { return refused })
	return func(id string, inFlight int) reply {
		now := time.Now()
		if now.Before(until) || limited(id, inFlight).status != http.StatusOK {
			until = now.Add(length)
			return refused
		}
		return ok
	}
}

// between responds as one server between two times, and as another otherwise.
func between(from, to time.Duration, then, otherwise server) server {
	return within(from, otherwise, within(to, then, otherwise))
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

// everyTenthReset resets the connections of every tenth account.
func everyTenthReset(id string, _ int) reply {
	if strings.HasSuffix(id, "0") {
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
	if err := sleep(req.Context(), oneWay+r.delay); err != nil {
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
	response := respond(req, r.status, r.retryAfter, body)
	for name, value := range r.header {
		response.Header.Set(name, value)
	}
	return response, nil
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

// throttlingRow is a server, and what reading from it must come to.
type throttlingRow struct {
	name          string
	server        func(random *rand.Rand) server
	accounts      int
	ideal         time.Duration // 0 is without a limit
	median, worst float64       // ratios to the ideal
	extra         time.Duration // beyond the ratio
	clients       int
	concurrent    int
	wantFailed    int
}

func perSecond(accounts int, rate float64) time.Duration {
	return time.Duration(float64(accounts) / rate * float64(time.Second))
}

func throttlingRows() []throttlingRow {
	refused := func(status int, retryAfter string) reply { return reply{status: status, retryAfter: retryAfter} }
	envelope := func(status int) reply { return reply{status: status, body: mustJSON(juspayError("TOO_MANY_REQUESTS"))} }
	var rows []throttlingRow
	add := func(row throttlingRow, newServer func(*rand.Rand) server) {
		row.server = newServer
		rows = append(rows, row)
	}
	bucket := func(rate, burst float64, r reply, accounts int, median, worst float64) {
		name := fmt.Sprintf("%.0f/s, burst %.0f, %d", rate, burst, r.status)
		if r.retryAfter != "" {
			name += ", Retry-After: " + r.retryAfter
		}
		add(throttlingRow{name: name, accounts: accounts, ideal: perSecond(accounts, rate), median: median, worst: worst}, func(*rand.Rand) server { return tokenBucket(rate, burst, r) })
	}
	bucket(50, 1, refused(429, ""), 1000, 1.65, 1.8)
	bucket(50, 5, refused(429, ""), 1000, 1.15, 1.35)
	bucket(50, 10, refused(429, ""), 1000, 1.15, 1.35)
	bucket(50, 10, refused(429, "0"), 1000, 1.15, 1.35)
	bucket(50, 20, refused(503, ""), 1000, 1.15, 1.35)
	bucket(20, 1, refused(503, ""), 1000, 1.6, 1.8)
	bucket(20, 20, refused(503, ""), 1000, 1.15, 1.35)
	bucket(50, 10, envelope(200), 1000, 1.15, 1.35)
	bucket(50, 10, envelope(400), 1000, 1.15, 1.35)
	bucket(50, 1, refused(429, "1"), 1000, 1.6, 2.2)
	bucket(50, 5, refused(429, "1"), 1000, 1.15, 1.35)
	bucket(100, 5, refused(429, "1"), 1000, 1.15, 1.35)
	bucket(100, 20, refused(429, "1"), 1000, 1.15, 1.35)
	bucket(500, 20, refused(429, ""), 2000, 1.45, 1.7)
	add(throttlingRow{name: "50/s, burst 20, 503, 256 concurrent", accounts: 1000, ideal: perSecond(1000, 50), median: 1.15, worst: 1.35, concurrent: 256},
		func(*rand.Rand) server { return tokenBucket(50, 20, refused(503, "")) })
	add(throttlingRow{name: "50/s, burst 20 delayed, 503", accounts: 1000, ideal: perSecond(1000, 50), median: 1.15, worst: 1.35},
		func(*rand.Rand) server { return delayedBucket(50, 20, refused(503, "")) })
	once := func(*rand.Rand) server {
		sent := false
		return func(id string, inFlight int) reply {
			if id == "banh_500" && !sent {
				sent = true
				return refused(429, "5")
			}
			return ok
		}
	}
	add(throttlingRow{name: "no limit, one Retry-After: 5", accounts: 2000, median: 1.15, worst: 1.35, extra: 5 * time.Second}, once)
	for _, shared := range []struct {
		clients, accounts int
		rate              float64
		retryAfter        string
	}{{2, 500, 50, ""}, {2, 500, 20, ""}, {5, 200, 50, ""}, {5, 480, 24, ""}, {5, 480, 24, "1"}, {10, 100, 50, ""}, {10, 240, 24, ""}, {10, 240, 24, "1"}, {20, 120, 24, ""}} {
		name := fmt.Sprintf("%d plans of %d, %.0f/s, burst 1, 503", shared.clients, shared.accounts, shared.rate)
		if shared.retryAfter != "" {
			name += ", Retry-After: " + shared.retryAfter
		}
		add(throttlingRow{name: name, clients: shared.clients, accounts: shared.accounts, ideal: perSecond(shared.clients*shared.accounts, shared.rate), median: 2.25, worst: 2.5},
			func(*rand.Rand) server { return tokenBucket(shared.rate, 1, refused(503, shared.retryAfter)) })
	}
	add(throttlingRow{name: "20 plans of 400, 50/s, burst 50, Retry-After: 1", clients: 20, accounts: 400, ideal: perSecond(8000, 50), median: 1.2, worst: 1.4},
		func(*rand.Rand) server { return tokenBucket(50, 50, refused(429, "1")) })
	add(throttlingRow{name: "5 plans of 480, 24/s, burst 5, 503", clients: 5, accounts: 480, ideal: perSecond(2400, 24), median: 1.2, worst: 1.4},
		func(*rand.Rand) server { return tokenBucket(24, 5, refused(503, "")) })
	for _, w := range []struct {
		requests int
		period   time.Duration
		accounts int
	}{{100, time.Second, 1000}, {60, time.Second, 1000}, {600, 10 * time.Second, 1500}, {1000, time.Minute, 1500}, {600, time.Minute, 1000}, {100, 10 * time.Second, 300}} {
		for _, kind := range []struct {
			name string
			make func(int, time.Duration, *rand.Rand, func(time.Duration) reply) server
		}{
			{"fixed", func(n int, d time.Duration, _ *rand.Rand, r func(time.Duration) reply) server {
				return fixedWindow(n, d, r)
			}},
			{"aligned", alignedWindow},
			{"log", slidingLog},
			{"counter", slidingCounter},
		} {
			for _, headers := range []string{"", "Retry-After", "RateLimit"} {
				if headers != "" && (kind.name == "counter" || kind.name == "log") || headers == "RateLimit" && kind.name == "fixed" {
					continue
				}
				r := func(reset time.Duration) reply {
					r := reply{status: 429}
					if headers != "" {
						r.retryAfter = fmt.Sprint(int(math.Ceil(reset.Seconds())))
					}
					return r
				}
				name := fmt.Sprintf("%d in %s, %s", w.requests, w.period, kind.name)
				median := 1.3
				if headers != "" {
					name += ", " + headers
					median = 1.2
				}
				add(throttlingRow{name: name, accounts: w.accounts, ideal: perSecond(w.accounts, float64(w.requests)/w.period.Seconds()), median: median, worst: 1.7},
					func(random *rand.Rand) server {
						s := kind.make(w.requests, w.period, random, r)
						if headers == "RateLimit" {
							return s // the window itself sets the fields
						}
						return func(id string, inFlight int) reply {
							reply := s(id, inFlight)
							reply.header = nil
							return reply
						}
					})
			}
		}
	}
	add(throttlingRow{name: "100 in 1s, Retry-After: 1 always", accounts: 1000, ideal: perSecond(1000, 100), median: 1.3, worst: 1.7},
		func(*rand.Rand) server {
			return fixedWindow(100, time.Second, func(time.Duration) reply { return refused(429, "1") })
		})
	for _, status := range []int{429, 503} {
		for _, n := range []int{100, 50} {
			add(throttlingRow{name: fmt.Sprintf("%d/s, refused ones count, %d", n, status), accounts: 1000, ideal: perSecond(1000, float64(n)), median: 1.55, worst: 1.7},
				func(*rand.Rand) server { return stickTable(n, refused(status, "")) })
		}
	}
	for _, n := range []int{5, 10} {
		add(throttlingRow{name: fmt.Sprintf("limit_conn %d, 503", n), accounts: 1000, ideal: 1000 * 50 * time.Millisecond / time.Duration(n), median: 1.6, worst: 1.9},
			func(*rand.Rand) server { return maxInFlight(n, refused(503, "")) })
		add(throttlingRow{name: fmt.Sprintf("maxconn %d, queue 100 ms, 503", n), accounts: 1000, ideal: 1000 * 50 * time.Millisecond / time.Duration(n), median: 1.4, worst: 1.8},
			func(*rand.Rand) server {
				return maxConn(n, 50*time.Millisecond, 100*time.Millisecond, refused(503, ""))
			})
	}
	const slack = 8 * time.Second
	for _, b := range []struct {
		length   time.Duration
		extended bool
	}{{3 * time.Second, false}, {30 * time.Second, false}, {3 * time.Second, true}, {8 * time.Second, true}} {
		name := fmt.Sprintf("ban of %s", b.length)
		if b.extended {
			name += ", extended by each request"
		}
		for _, r := range []reply{refused(429, ""), {status: 403, body: "<html>"}} {
			add(throttlingRow{name: name + fmt.Sprintf(", %d", r.status), accounts: 2000, ideal: perSecond(2000, 100), median: 1.3, worst: 1.3, extra: b.length + slack},
				func(*rand.Rand) server {
					return banAt(2*time.Second, b.length, b.extended, r, tokenBucket(100, 20, refused(429, "")))
				})
		}
	}
	add(throttlingRow{name: "ban of 3s after 500 in 1s, again and again, 403", accounts: 2000, ideal: perSecond(2000, 500), median: 10, worst: 11},
		func(*rand.Rand) server {
			return evasive(500, time.Second, 3*time.Second, reply{status: 403, body: "<html>"})
		})
	for _, d := range []time.Duration{time.Second, 5 * time.Second, 10 * time.Second} {
		for _, r := range []reply{refused(502, ""), {}} {
			add(throttlingRow{name: fmt.Sprintf("outage of %s, %d", d, r.status), accounts: 4000, median: 1.3, worst: 1.3, extra: d + slack},
				func(*rand.Rand) server { return between(time.Second, time.Second+d, always(r), unlimited) })
			add(throttlingRow{name: fmt.Sprintf("outage of %s at the end, %d", d, r.status), accounts: 4000, median: 1.3, worst: 1.3, extra: d + slack},
				func(*rand.Rand) server { return between(6*time.Second, 6*time.Second+d, always(r), unlimited) })
		}
	}
	add(throttlingRow{name: "502 for a second", accounts: 2000, median: 1.3, worst: 1.3, extra: 2 * time.Second},
		func(*rand.Rand) server { return within(time.Second, always(refused(502, "")), unlimited) })
	for _, n := range []int{605, 630} {
		add(throttlingRow{name: fmt.Sprintf("600 in 1m, %d accounts", n), accounts: n, ideal: time.Minute, median: 1.2, worst: 1.3},
			func(random *rand.Rand) server {
				return fixedWindow(600, time.Minute, func(time.Duration) reply { return refused(429, "") })
			})
	}
	add(throttlingRow{name: "window 20, 100, 20 per second", accounts: 2000, ideal: 20*time.Second + perSecond(1000-200, 20), median: 1.3, worst: 1.7},
		func(*rand.Rand) server {
			w := func(n int) server {
				return fixedWindow(n, time.Second, func(time.Duration) reply { return refused(429, "") })
			}
			return within(10*time.Second, w(20), within(20*time.Second, w(100), w(20)))
		})
	add(throttlingRow{name: "50/s, no limit from 2 s to 7 s", accounts: 5200, ideal: 45 * time.Second, median: 1.45, worst: 1.6},
		func(*rand.Rand) server { return unlimitedBetween(2, 7) })
	add(throttlingRow{name: "50/s, no limit from 2 s to 17 s", accounts: 11_600, ideal: 55 * time.Second, median: 1.4, worst: 1.5},
		func(*rand.Rand) server { return unlimitedBetween(2, 17) })
	add(throttlingRow{name: "no limit", accounts: 2000, median: 1.1, worst: 1.15}, func(*rand.Rand) server { return unlimited })
	sickRow := func(name string, n int, r reply, extra time.Duration) {
		add(throttlingRow{name: name, accounts: 2000, median: 1.3, worst: 1.35, extra: extra, wantFailed: n}, func(*rand.Rand) server { return sick(2000/n, r, unlimited) })
	}
	adjacent := func(name string, from, n int, r reply, extra time.Duration) {
		add(throttlingRow{name: name, accounts: 2000, median: 1.3, worst: 1.35, extra: extra, wantFailed: n}, func(*rand.Rand) server {
			return func(id string, _ int) reply {
				if k, err := strconv.Atoi(strings.TrimPrefix(id, "banh_")); err == nil && k >= from && k < from+n {
					return r
				}
				return ok
			}
		})
	}
	sickRow("1 account 429", 1, refused(429, ""), 0)
	sickRow("1 account Retry-After: 30", 1, refused(429, "30"), 0)
	sickRow("2 accounts Retry-After: 30", 2, refused(429, "30"), 2*time.Second)
	sickRow("8 accounts Retry-After: 30", 8, refused(429, "30"), 2*time.Second)
	sickRow("40 accounts 429", 40, refused(429, ""), 2*time.Second)
	sickRow("40 accounts Retry-After: 30", 40, refused(429, "30"), 2*time.Second)
	sickRow("40 accounts 503", 40, refused(503, ""), 2*time.Second)
	sickRow("40 accounts 503, Retry-After: 30", 40, refused(503, "30"), 2*time.Second)
	sickRow("40 accounts 500", 40, refused(500, ""), 2*time.Second)
	sickRow("40 accounts hang", 40, reply{status: -1}, 2*DefaultRequestTimeout)
	sickRow("80 accounts hang", 80, reply{status: -1}, 2*DefaultRequestTimeout)
	sickRow("1 account 403", 1, reply{status: 403, body: "<html>"}, 0)
	for _, from := range []int{1000, 1960} {
		where := map[int]string{1000: "in the middle", 1960: "at the end"}[from]
		adjacent("40 adjacent accounts 429 "+where, from, 40, refused(429, ""), 2*time.Second)
		adjacent("40 adjacent accounts Retry-After: 30 "+where, from, 40, refused(429, "30"), 2*time.Second)
		adjacent("40 adjacent accounts 500 "+where, from, 40, refused(500, ""), 2*time.Second)
		adjacent("40 adjacent accounts hang "+where, from, 40, reply{status: -1}, 2*DefaultRequestTimeout)
		adjacent("5 adjacent accounts 429 "+where, from+35*from/1960, 5, refused(429, ""), 2*time.Second)
	}
	return rows
}

// TestThrottling reads many accounts from servers that throttle or fail, and prints
// how long that takes over the ideal: the server's limit, or the same reads without
// the accounts that fail.
func TestThrottling(t *testing.T) { //nolint:paralleltest // its report is printed as one
	seeds := numberFrom("THROTTLING_SEEDS", 1)
	rows := throttlingRows()
	lines := make([]string, len(rows))
	t.Run("rows", func(t *testing.T) {
		for i, row := range rows {
			t.Run(strings.ReplaceAll(row.name, "/s", " per s"), func(t *testing.T) {
				t.Parallel()
				if raceEnabled && i%12 != 0 {
					t.Skip("it takes long with -race, and finds no other race")
				}
				lines[i] = row.run(t, seeds)
			})
		}
	})
	report := fmt.Sprintf("%8s  %-55s %8s  %6s  %6s  %7s  %4s  %8s  %5s\n", "accounts", "server", "ideal", "median", "worst", "refused", "lost", "attempts", "ends")
	report += strings.Join(lines, "")
	t.Logf("\n%s", report)
	if file := os.Getenv("THROTTLING_TABLE"); file != "" {
		if err := os.WriteFile(file, []byte(report), 0o600); err != nil {
			t.Error(err)
		}
	}
}

// minMedianSeeds is the number of seeds from which a median is not by chance.
const minMedianSeeds = 10

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// run reads from the row's server with so many seeds, and returns a line of the table.
func (row throttlingRow) run(t *testing.T, seeds int) string {
	clients := max(row.clients, 1)
	var ratios, refused, over, ends []float64
	most, lost := 0, 0
	for seed := range uint64(seeds) {
		inBubble(t, fmt.Sprint(seed), func(t *testing.T) {
			s := newSimulation(nil, seed)
			s.respond = row.server(s.random)
			s.run(t, clients, row.accounts, func(c *Config) { c.MaxConcurrentRequests = row.concurrent })
			ideal := row.ideal
			if ideal == 0 {
				ideal = time.Duration(row.accounts) * s.latency / DefaultMaxConcurrentRequests
			}
			ratios = append(ratios, s.delivered.Seconds()/ideal.Seconds())
			over = append(over, (s.delivered-row.extra).Seconds()/ideal.Seconds())
			refused = append(refused, 1-float64(clients*row.accounts-row.wantFailed)/float64(s.sent))
			ends = append(ends, s.took.Seconds())
			most = max(most, s.maxAttempts)
			if n := len(s.failed) + s.skipped - row.wantFailed; n != 0 {
				lost += n
				t.Errorf("seed %d: %d reads failed and %d were skipped, want %d", seed, len(s.failed), s.skipped, row.wantFailed)
				for _, failed := range s.failed {
					t.Logf("such as %v after %d attempts", failed, failed.Attempts)
					break
				}
			}
		})
	}
	if got := median(over); seeds >= minMedianSeeds && got > row.median {
		t.Errorf("the median ratio is %.2f, want at most %.2f", got, row.median)
	}
	if got := slices.Max(over); got > row.worst {
		t.Errorf("the worst ratio is %.2f, want at most %.2f", got, row.worst)
	}
	ideal := row.ideal
	if ideal == 0 {
		ideal = time.Duration(row.accounts) * 50 * time.Millisecond / DefaultMaxConcurrentRequests
	}
	verdict := ""
	if t.Failed() {
		verdict = " *"
	}
	return fmt.Sprintf("%8d  %-55s %6.1f s  %6.2f  %6.2f  %5.0f %%  %4d  %8d  %3.0f s%s\n", clients*row.accounts, row.name, ideal.Seconds(), median(ratios), slices.Max(ratios),
		100*median(refused), lost, most, median(ends), verdict)
}

// When all reads fail alike, one error is enough, within the time of one read, or of an outage if they
// are throttled: other plans may use up a limit for a while.
func TestClient_GetAll_StopsWhereNothingSucceeds(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		reply       reply
		most        time.Duration
		maxRequests int
	}{
		"502":                {reply{status: 502}, 17 * time.Second, 5 * 40},
		"503":                {reply{status: 503}, 65 * time.Second, 5 * 40},
		"a reset connection": {reply{}, 17 * time.Second, 5 * 40},
		"403 with a page":    {reply{status: 403, body: "<html>"}, time.Second, 40},
		"403 FORBIDDEN":      {reply{status: 403, body: mustJSON(juspayError("FORBIDDEN"))}, time.Second, 40},
	} {
		for _, accounts := range []int{2, 7, 100, fewerWithRace(10_000)} {
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

// TestThrottling_RandomServers checks for any server that nobody healthy is lost.
func TestThrottling_RandomServers(t *testing.T) { //nolint:paralleltest // its report is printed as one
	var ratios []float64
	seeds := numberFrom("THROTTLING_SERVERS", 10)
	if raceEnabled {
		seeds = 2
	}
	for seed := range uint64(seeds) {
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
			if len(s.failed)+s.skipped != clients*failing {
				t.Errorf("%s: %d reads failed and %d were skipped, want %d", about, len(s.failed), s.skipped, clients*failing)
				for _, failed := range s.failed {
					t.Logf("such as %v after %d attempts", failed, failed.Attempts)
					break
				}
			}
		})
	}
	slices.Sort(ratios)
	t.Logf("times the ideal: at least %.2f, median %.2f, nine of ten %.2f, at most %.2f", ratios[0], ratios[len(ratios)/2], ratios[len(ratios)*9/10], ratios[len(ratios)-1])
}
