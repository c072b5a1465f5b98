// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// reply is the reaction of a simulated server to a request.
type reply struct {
	status     int // the status, 0 for a connection that is reset, -1 for no response at all
	retryAfter string
	header     map[string]string
	body       string
	delay      time.Duration // the delay of the response
}

// simServer decides how a simulated server responds to a request for an account. The
// requests in flight count the one that it decides about.
type simServer func(id string, inFlight int) reply

// simLatency is the usual time from a request to its response.
const simLatency = 50 * time.Millisecond

var okReply = reply{status: http.StatusOK}

// tokenBucket throttles what exceeds a rate, but for a burst.
func tokenBucket(perSecond, burst float64, refused reply) simServer {
	tokens, last := burst, time.Time{}
	return func(string, int) reply {
		now := time.Now()
		tokens, last = min(burst, tokens+perSecond*now.Sub(last).Seconds()), now
		if tokens < 1 {
			return refused
		}
		tokens--
		return okReply
	}
}

// delayedBucket delays what exceeds a rate, and throttles what exceeds a burst too.
func delayedBucket(perSecond, burst float64, refused reply) simServer {
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

// rateLimitFields returns the fields of the IETF's draft.
func rateLimitFields(remaining int, reset time.Duration) map[string]string {
	return map[string]string{"RateLimit-Remaining": fmt.Sprint(max(0, remaining)), "RateLimit-Reset": fmt.Sprint(int(math.Ceil(reset.Seconds())))}
}

// fixedWindow throttles all but so many requests in each period, which begins with a request.
func fixedWindow(requests int, period time.Duration, refused reply) simServer {
	return windowFromRequest(requests, period, nil, func(time.Duration) reply { return refused })
}

// windowFromRequest returns a fixedWindow whose refusals may say when the period ends.
func windowFromRequest(requests int, period time.Duration, _ *rand.Rand, refused func(reset time.Duration) reply) simServer {
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
		return okReply
	}
}

// alignedWindow throttles all but so many requests in each period of the clock.
func alignedWindow(requests int, period time.Duration, random *rand.Rand, refused func(reset time.Duration) reply) simServer {
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
		r := okReply
		if n > requests {
			r = refused(reset)
		}
		r.header = rateLimitFields(requests-n, reset)
		return r
	}
}

// slidingLog throttles while so many requests were accepted within a period.
func slidingLog(requests int, period time.Duration, _ *rand.Rand, refused func(reset time.Duration) reply) simServer {
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
		return okReply
	}
}

// slidingCounter throttles by the count of the current period and a part of the last's.
func slidingCounter(requests int, period time.Duration, random *rand.Rand, refused func(reset time.Duration) reply) simServer {
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
		return okReply
	}
}

// maxConn serves so many requests in parallel and queues others for a time.
func maxConn(servers int, service, patience time.Duration, refused reply) simServer {
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
func banAt(from, length time.Duration, extended bool, refused reply, otherwise simServer) simServer {
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
func evasive(requests int, period, length time.Duration, refused reply) simServer {
	var until time.Time
	limited := fixedWindow(requests, period, refused)
	return func(id string, inFlight int) reply {
		now := time.Now()
		if now.Before(until) || limited(id, inFlight).status != http.StatusOK {
			until = now.Add(length)
			return refused
		}
		return okReply
	}
}

// changeBetween responds as one server between two times, and as another before and after.
func changeBetween(from, to time.Duration, inside, outside simServer) simServer {
	return changeAfter(from, outside, changeAfter(to, inside, outside))
}

// stickTable throttles while more requests than a maximum, refused ones included,
// came within a second.
func stickTable(maximum int, refused reply) simServer {
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
		return okReply
	}
}

func maxInFlight(maximum int, refused reply) simServer {
	return func(_ string, inFlight int) reply {
		if inFlight > maximum {
			return refused
		}
		return okReply
	}
}

func unlimited(string, int) reply { return okReply }

func replyAlways(r reply) simServer { return func(string, int) reply { return r } }

// bubbleStart is when the time of every bubble begins.
var bubbleStart = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// changeAfter responds as one server for a time, and then as another.
func changeAfter(d time.Duration, before, after simServer) simServer {
	return func(id string, inFlight int) reply {
		if time.Since(bubbleStart) < d {
			return before(id, inFlight)
		}
		return after(id, inFlight)
	}
}

// unlimitedBetween throttles what exceeds 50 requests a second, but for some seconds, such
// as those in which no other plan runs.
func unlimitedBetween(from, to int) simServer {
	bucket := tokenBucket(50, 20, reply{status: http.StatusTooManyRequests})
	return changeAfter(time.Duration(to)*time.Second, changeAfter(time.Duration(from)*time.Second, bucket, unlimited), bucket)
}

// failEvery gives one reply to each request for every nth account, from the eighth on.
func failEvery(every int, r reply, others simServer) simServer {
	return func(id string, inFlight int) reply {
		if n, err := strconv.Atoi(strings.TrimPrefix(id, "banh_")); err == nil && (n-7)%every == 0 {
			return r
		}
		return others(id, inFlight)
	}
}

// failFrom gives one reply to each request for so many accounts, from the numbered one on.
func failFrom(first, accounts int, r reply) simServer {
	return func(id string, _ int) reply {
		if n, err := strconv.Atoi(strings.TrimPrefix(id, "banh_")); err == nil && n >= first && n < first+accounts {
			return r
		}
		return okReply
	}
}

// refusesOnce refuses the first request for one account.
func refusesOnce(id string, refused reply) simServer {
	isRefused := false
	return func(requested string, _ int) reply {
		if requested == id && !isRefused {
			isRefused = true
			return refused
		}
		return okReply
	}
}

// withoutHeader drops the header fields of a server's responses.
func withoutHeader(server simServer) simServer {
	return func(id string, inFlight int) reply {
		r := server(id, inFlight)
		r.header = nil
		return r
	}
}

// servesIn delays the responses to requests that are served. Refusals come sooner.
func servesIn(service time.Duration, s simServer) simServer {
	return func(id string, inFlight int) reply {
		r := s(id, inFlight)
		if r.status == 200 && r.body == "" {
			r.delay += service
		}
		return r
	}
}

// everyTenthReset resets the connections of every tenth account.
func everyTenthReset(id string, _ int) reply {
	if strings.HasSuffix(id, "0") {
		return reply{}
	}
	return okReply
}

// simulation replaces the network by one whose requests take a time that varies. Its
// time is a bubble's, so that minutes of throttling take no time.
type simulation struct {
	respond simServer
	latency time.Duration // the mean time from a request to its response, which varies by a fifth
	later   time.Duration // when all clients but the first begin

	mu     sync.Mutex
	random *rand.Rand
	start  time.Time

	inFlight, peakInFlight int

	// The results. The maps are keyed by the paths of accounts.
	requests        map[string]int
	failed          map[string]*APIError
	skipped         int           // the number of accounts that were skipped
	delivered, took time.Duration // the times until the last account was delivered, and until all reads ended
	sent            int           // the number of all requests
	maxAttempts     int           // the greatest number of requests for one account
}

func newSimulation(respond simServer, seed uint64) *simulation {
	random := rand.New(rand.NewPCG(seed, 0))
	return &simulation{
		respond: respond, latency: simLatency, random: random, start: time.Now(),
		requests: map[string]int{}, failed: map[string]*APIError{},
	}
}

func (s *simulation) RoundTrip(req *http.Request) (*http.Response, error) {
	id := path.Base(req.URL.Path)
	s.mu.Lock()
	oneWay := s.latency*2/5 + time.Duration(s.random.Int64N(int64(s.latency/5)+1))
	s.inFlight++
	s.peakInFlight = max(s.peakInFlight, s.inFlight)
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
		body = check.MustJSON(accountFor(req))
	}
	resp := newHTTPResponse(req, r.status, r.retryAfter, body)
	for name, value := range r.header {
		resp.Header.Set(name, value)
	}
	return resp, nil
}

// simulate reads accounts from a server within the default timeout of a read.
func simulate(t *testing.T, accounts, maxRetries int, respond simServer) *simulation {
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
			if plan > 0 {
				time.Sleep(s.later)
			}
			refs := newRefs(accounts)
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
					t.Errorf("got the error %v, want an *APIError or ErrSkipped", result.Err)
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

// unread returns the number of reads that failed or were skipped.
func (s *simulation) unread() int { return len(s.failed) + s.skipped }

// checkUnread fails unless so many reads failed or were skipped, and logs one that failed.
func (s *simulation) checkUnread(t *testing.T, what string, want int) {
	t.Helper()
	if s.unread() == want {
		return
	}
	t.Errorf("%s: got %d reads that failed and %d that were skipped, want %d in all", what, len(s.failed), s.skipped, want)
	for _, failed := range s.failed {
		t.Logf("such as %v after %d attempts", failed, failed.Attempts)
		break
	}
}

// timeAtRate returns the time that a rate requires for so many accounts.
func timeAtRate(accounts int, rate float64) time.Duration {
	return time.Duration(float64(accounts) / rate * float64(time.Second))
}
