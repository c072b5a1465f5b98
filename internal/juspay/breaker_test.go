// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// failedTicket is the ticket of a read that nothing is known of.
func failedTicket() *ticket { return &ticket{read: &readState{chance: 1, attempts: 1}} }

// openBreaker returns a breaker that has just opened after a success and eight failures.
func openBreaker(now time.Time) *breaker {
	b := &breaker{}
	b.succeed(now, 0.01)
	for range minAlikeFailures {
		b.fail(now, failedTicket(), outcome{failed: true})
	}
	return b
}

func TestBreaker_Opens(t *testing.T) {
	t.Parallel()
	now := time.Now()
	failed, refused := outcome{failed: true}, outcome{throttled: true}
	sick := func() *ticket { return &ticket{read: &readState{failsAlone: true}} }
	one := failedTicket()
	for name, row := range map[string]struct {
		responds bool // whether a read succeeded before
		fail     func(*breaker)
		isOpen   bool
	}{
		"seven reads that fail do not open it": {true, func(b *breaker) { failTimes(b, now, 7, failedTicket, failed) }, false},
		"eight reads that fail open it":        {true, func(b *breaker) { failTimes(b, now, 8, failedTicket, failed) }, true},
		"a success in between does not count them together": {true, func(b *breaker) {
			failTimes(b, now, 7, failedTicket, failed)
			b.succeed(now, 0.01)
			failTimes(b, now, 7, failedTicket, failed)
		}, false},
		"one read that fails eight times does not open it": {true, func(b *breaker) {
			failTimes(b, now, 8, func() *ticket { return one }, failed)
		}, false},
		"forty reads known to be sick do not open it": {true, func(b *breaker) { failTimes(b, now, 40, sick, failed) }, false},
		"failures before any success do not open it":  {false, func(b *breaker) { failTimes(b, now, 40, failedTicket, failed) }, false},
		"refusals before any success open it":         {false, func(b *breaker) { failTimes(b, now, 8, failedTicket, refused) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := &breaker{}
			if row.responds {
				b.succeed(now, 0.01)
			}
			row.fail(b)
			if got := b.isOpen(); got != row.isOpen {
				t.Errorf("got open %t, want %t", got, row.isOpen)
			}
		})
	}
}

func failTimes(b *breaker, now time.Time, n int, next func() *ticket, result outcome) {
	for range n {
		b.fail(now, next(), result)
	}
}

// TestBreaker_Probes lets each probe fail at once, and checks when the next is due.
func TestBreaker_Probes(t *testing.T) {
	t.Parallel()
	const ms, s = time.Millisecond, time.Second
	start := time.Now()
	b, now := openBreaker(start), start
	queue := []*ticket{failedTicket()}
	for i, want := range []time.Duration{125 * ms, 125 * ms, 250 * ms, 500 * ms, s, 2 * s, 4 * s, 8 * s, 8 * s, 3 * s, 3 * s} {
		if _, got := b.pick(now, queue); got != want {
			t.Errorf("the wait before probe %d: got %s, want %s", i+1, got, want)
		}
		now = now.Add(want)
		if _, got := b.pick(now, queue); got != 0 || b.probe != queue[0] {
			t.Errorf("after the wait for probe %d: got %s and no probe, want one at once", i+1, got)
		}
		if _, got := b.pick(now, queue); got != maxInterval {
			t.Errorf("the wait during probe %d: got %s, want %s", i+1, got, maxInterval)
		}
		b.fail(now, queue[0], outcome{failed: true})
		if b.isOver {
			t.Errorf("it is over after probe %d", i+1)
		}
	}
	now = start.Add(maxOutage)
	b.pick(now, queue)
	if b.fail(now, queue[0], outcome{failed: true}); !b.isOver {
		t.Errorf("it is not over after %s", maxOutage)
	}
	if b.succeed(now, 0.01); b.isOpen() || b.isOver {
		t.Errorf("after a success, got open %t and over %t, want neither", b.isOpen(), b.isOver)
	}
}

func TestBreaker_Pick(t *testing.T) {
	t.Parallel()
	now := time.Now()
	untried := func() *ticket { return &ticket{read: &readState{}} }
	tried := failedTicket
	twice := func() *ticket { return &ticket{read: &readState{attempts: 2}} }
	urgent := &ticket{read: &readState{attempts: 1}, deadline: now.Add(time.Second)}
	for name, row := range map[string]struct {
		queue   []*ticket
		retryAt time.Time
		want    int
	}{
		"the last untried read":                              {[]*ticket{untried(), untried(), tried(), twice()}, time.Time{}, 1},
		"a read that was tried once before one tried twice":  {[]*ticket{tried(), twice()}, time.Time{}, 0},
		"the last of reads that were tried as often":         {[]*ticket{twice(), twice()}, time.Time{}, 1},
		"a read that the server's Retry-After would outlast": {[]*ticket{untried(), urgent, untried()}, now.Add(time.Minute), 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := openBreaker(now)
			b.retryAt = row.retryAt
			if got, wait := b.pick(now.Add(minProbeWait), row.queue); got != row.want || wait != 0 || b.probe != row.queue[row.want] {
				t.Errorf("got %d after %s, want %d at once", got, wait, row.want)
			}
		})
	}
}

// A probe that is refused with a Retry-After holds back the next one for so long, except for a read
// that cannot wait.
func TestBreaker_RetryAfterOfAProbe(t *testing.T) {
	t.Parallel()
	now := time.Now()
	b, patient := openBreaker(now), failedTicket()
	now = now.Add(minProbeWait)
	b.pick(now, []*ticket{patient})
	b.fail(now, patient, outcome{throttled: true, retryAfter: 30 * time.Second})
	if _, got := b.pick(now, []*ticket{patient}); got != 30*time.Second {
		t.Errorf("the wait: got %s, want 30s", got)
	}
	urgent := &ticket{read: &readState{}, deadline: now.Add(8 * time.Second)}
	if _, got := b.pick(now, []*ticket{patient, urgent}); got != minProbeWait {
		t.Errorf("the wait beside a read of 8 s: got %s, want %s", got, minProbeWait)
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

// TestClient_GetAll_EndsAfterTheLastSuccess reads from servers that serve so many requests, and
// then respond to each request alike.
func TestClient_GetAll_EndsAfterTheLastSuccess(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		then reply
		most time.Duration // after the last success
	}{
		"a quota of a day":                   {reply{status: 429, retryAfter: "86400"}, 15 * time.Second},
		"a quota without a Retry-After":      {reply{status: 429}, 75 * time.Second},
		"a maintenance page under 200":       {reply{status: 200, body: "<html>"}, 75 * time.Second},
		"a page of a firewall":               {reply{status: 403, body: "<html>"}, 75 * time.Second},
		"a redirect to a login":              {reply{status: 302}, 75 * time.Second},
		"a 400 of a proxy with mutual TLS":   {reply{status: 400, body: "<html>"}, 75 * time.Second},
		"a server that is down":              {reply{status: 502}, 75 * time.Second},
		"connections that are reset forever": {reply{}, 75 * time.Second},
	} {
		accounts := fewerWithRace(2_000)
		for _, served := range []int{accounts / 4, accounts - 100} {
			inBubble(t, name+" after "+strconv.Itoa(served), func(t *testing.T) {
				n := 0
				s := simulate(t, accounts, DefaultMaxRetries, func(string, int) reply {
					if n++; n > served {
						return row.then
					}
					return ok
				})
				affecting := 0
				for _, failed := range s.failed {
					if failed.AffectsAllReads() {
						affecting++
					}
				}
				if affecting == 0 || len(s.failed)+s.skipped != accounts-served {
					t.Errorf("got %d failures and %d skipped reads, %d errors that affect all, want %d and at least one", len(s.failed), s.skipped, affecting, accounts-served)
				}
				if after := s.sent - served; after > 64 {
					t.Errorf("got %d requests after the last success, want at most 64", after)
				}
				if after := s.took - s.delivered; after > row.most {
					t.Errorf("it took %s after the last success, want at most %s", after, row.most)
				}
			})
		}
	}
}

// From the start, one error says what all accounts have in common.
func TestClient_GetAll_EndsWhereAllRespondAlike(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		reply        reply
		want         Reason
		mostRequests int
	}{
		"a redirect to a login":            {reply{status: 302}, ReasonRedirect, 40},
		"a maintenance page under 200":     {reply{status: 200, body: "<html>"}, ReasonNotJSON, 40},
		"a 400 of a proxy with mutual TLS": {reply{status: 400, body: "<html>"}, ReasonNotJuspay, 40},
		"accounts of another environment":  {reply{status: 404, body: mustJSON(juspayError("RESOURCE_NOT_FOUND"))}, ReasonNotFound, 64},
		"a quota that has ended":           {reply{status: 429, retryAfter: "86400"}, ReasonThrottled, 40},
	} {
		inBubble(t, name, func(t *testing.T) {
			s := simulate(t, fewerWithRace(10_000), DefaultMaxRetries, always(row.reply))
			affecting := 0
			for _, failed := range s.failed {
				if failed.Reason != row.want {
					t.Errorf("got reason %q, want %q", failed.Reason, row.want)
				}
				if failed.AffectsAllReads() {
					affecting++
				}
			}
			if affecting == 0 || s.sent > row.mostRequests || s.took > 2*time.Second {
				t.Errorf("got %d errors that affect all after %d requests and %s, want one after at most %d and 2s", affecting, s.sent, s.took, row.mostRequests)
			}
		})
	}
}
