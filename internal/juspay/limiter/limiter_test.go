// SPDX-License-Identifier: MPL-2.0

package limiter

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// waitForTicket returns a ticket, which must be granted within an hour.
func waitForTicket(t *testing.T, l *Limiter) *Ticket {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour) // without it, a ticket that is never granted would be a deadlock
	defer cancel()
	ticket, err := l.Wait(ctx, new(NewRead()))
	if err != nil {
		t.Fatalf("Wait: got no ticket within an hour (%v) with %d in flight of %d, want one", err, l.inFlight, l.maxInFlight)
	}
	return ticket
}

// startWait begins to wait for a ticket, which goes to Done, and sends how the wait ended.
func startWait(ctx context.Context, l *Limiter) <-chan error {
	ended := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(ctx, time.Hour) // without it, a ticket that is never granted would be a deadlock
		defer cancel()
		ticket, err := l.Wait(ctx, new(NewRead()))
		if err == nil {
			l.Done(ticket, Outcome{Served: true}, nil)
		}
		ended <- err
	}()
	synctest.Wait() // until it is in the queue
	return ended
}

// checkNoneInFlight checks that all tickets were handed to Done.
func checkNoneInFlight(t *testing.T, l *Limiter) {
	t.Helper()
	check.Equal(t, "the number in flight", l.inFlight, 0)
	check.Equal(t, "the length of the queue", len(l.queue), 0)
}

// TestLimiter_Schedule sends two requests. The first was due a while ago.
func TestLimiter_Schedule(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		perSecond float64
		late      time.Duration // the delay of the first request
		want      time.Duration // the wait of the second request
	}{
		"a low rate":                                    {0.001, 0, 1000 * time.Second},
		"a very low rate waits for a day":               {1e-10, 0, 24 * time.Hour},
		"the lowest rate waits for a day":               {math.SmallestNonzeroFloat64, 0, 24 * time.Hour},
		"without a limit nothing waits":                 {0, 0, 0},
		"a request in time":                             {50, 0, 20 * time.Millisecond},
		"a late request does not delay those behind it": {50, maxLag, 20*time.Millisecond - maxLag},
		"a very late one is followed by no burst":       {50, maxLag + 1, 20 * time.Millisecond},
	} {
		check.InBubble(t, name, func(t *testing.T) {
			l := New(2, test.perSecond)
			l.nextDue = time.Now().Add(-test.late)
			waitForTicket(t, l)
			_, wait := l.pick(time.Now())
			check.Equal(t, "the wait of the second request", max(0, wait), test.want)
		})
	}
}

func TestLimiter_SlowStart(t *testing.T) {
	t.Parallel()
	const concurrent = 3 * initialInFlight
	for name, prepare := range map[string]func(*testing.T, *Limiter){
		"at the start": func(*testing.T, *Limiter) {},
		"after an outage": func(t *testing.T, l *Limiter) {
			t.Helper()
			for range 100 {
				l.Done(waitForTicket(t, l), Outcome{Served: true}, nil)
			}
			for range MinFailingReads {
				l.Done(waitForTicket(t, l), Outcome{Failed: true}, nil)
			}
			l.Done(waitForTicket(t, l), Outcome{Served: true}, nil)
		},
	} {
		check.InBubble(t, name, func(t *testing.T) {
			l := New(concurrent, 0)
			prepare(t, l)
			var granted atomic.Int64
			for range concurrent {
				go func() {
					if _, err := l.Wait(t.Context(), new(NewRead())); err == nil {
						granted.Add(1)
					}
				}()
			}
			start := time.Now()
			for _, step := range []struct {
				at   time.Duration
				want int64
			}{{0, initialInFlight}, {slowStartTime - 1, initialInFlight}, {slowStartTime, concurrent}} {
				time.Sleep(step.at - time.Since(start))
				synctest.Wait()
				check.Equal(t, fmt.Sprintf("the number in flight %s after the first", step.at), granted.Load(), step.want)
			}
		})
	}
}

// A read that failed may be sick, and would delay the others.
func TestLimiter_ReadsThatFailedComeLast(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := New(1, 0)
		ticket := waitForTicket(t, l)
		var got []string
		var reads sync.WaitGroup
		for _, read := range []struct {
			name string
			read Read
		}{
			{"failed", Read{chance: 1, Attempts: 1}},
			{"new", NewRead()},
			{"refused too often", Read{chance: sickChance / 2, Attempts: 9, Refusals: 9}},
			{"refused", Read{chance: 1, Attempts: 1, Refusals: 1}},
			{"failed later", Read{chance: 1, Attempts: 2}},
			{"new later", NewRead()},
		} {
			reads.Go(func() {
				ticket, err := l.Wait(t.Context(), &read.read)
				if err != nil {
					t.Errorf("the wait of the read that is %s: got the error %v, want none", read.name, err)
					return
				}
				got = append(got, read.name)
				l.Done(ticket, Outcome{}, nil)
			})
			synctest.Wait()
		}
		l.Done(ticket, Outcome{Served: true}, nil)
		reads.Wait()
		check.Equal(t, "the order", got, []string{"new", "refused", "new later", "failed", "refused too often", "failed later"})
	})
}

func TestLimiter_Canceled(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(*Limiter){
		"a wait for a slot": func(l *Limiter) { l.inFlight = l.maxInFlight },
		"a wait for a probe to be due": func(l *Limiter) {
			l.lastDone, l.breaker.opened, l.breaker.nextProbe = time.Now(), time.Now(), time.Now().Add(20*time.Second)
		},
		"a wait for the reset of a limit":       func(l *Limiter) { l.reset = time.Now().Add(20 * time.Second) },
		"a wait for the next request to be due": func(l *Limiter) { l.nextDue = time.Now().Add(20 * time.Second) },
	} {
		for _, want := range []error{context.Canceled, context.DeadlineExceeded} {
			if name == "a wait for the reset of a limit" && errors.Is(want, context.DeadlineExceeded) {
				continue // the read does not wait: TestLimiter_ADeadlineBeforeTheReset
			}
			check.InBubble(t, name+", "+want.Error(), func(t *testing.T) {
				l := New(1, 0)
				prepare(l)
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(time.Second, cancel)
				if errors.Is(want, context.DeadlineExceeded) {
					ctx, cancel = context.WithTimeout(t.Context(), time.Second)
				}
				defer cancel()
				start := time.Now()
				ticket, err := l.Wait(ctx, new(NewRead()))
				check.Equal(t, "whether the wait got a ticket", ticket != nil, false)
				check.Equal(t, "the error", err, want, cmpopts.EquateErrors())
				check.Equal(t, "the time until it ended", time.Since(start), time.Second)
			})
		}
	}
}

func TestLimiter_CanceledWaitLeavesTheQueue(t *testing.T) {
	t.Parallel()
	const waits = 3
	for canceled := range waits {
		check.InBubble(t, fmt.Sprintf("wait %d of %d", canceled+1, waits), func(t *testing.T) {
			l := New(1, 0)
			first := waitForTicket(t, l)
			var cancels [waits]context.CancelFunc
			var ended [waits]<-chan error
			for n := range waits {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				cancels[n], ended[n] = cancel, startWait(ctx, l)
			}
			cancels[canceled]()
			synctest.Wait()
			check.Equal(t, "the length of the queue", len(l.queue), waits-1)
			l.Done(first, Outcome{Served: true}, nil)
			for n := range waits {
				var want error
				if n == canceled {
					want = context.Canceled
				}
				check.Equal(t, fmt.Sprintf("the error of wait %d", n+1), <-ended[n], want, cmpopts.EquateErrors())
			}
			checkNoneInFlight(t, l)
		})
	}
}

// A wait may be canceled in the moment in which it is granted.
func TestLimiter_CanceledGrantFreesItsSlot(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		cancelsFirst bool
		want         error
	}{
		"it is canceled, and granted before it notices": {true, context.Canceled},
		"it is granted, and canceled before it notices": {false, nil},
	} {
		check.InBubble(t, name, func(t *testing.T) {
			l := New(1, 0)
			waitForTicket(t, l)
			ctx, cancel := context.WithCancel(t.Context())
			first, next := startWait(ctx, l), startWait(t.Context(), l)
			l.mu.Lock() // until both have happened
			if row.cancelsFirst {
				cancel()
			}
			l.inFlight--
			l.dispatch()
			cancel()
			l.mu.Unlock()
			check.Equal(t, "the error of the first wait", <-first, row.want, cmpopts.EquateErrors())
			check.NoError(t, "the wait after it", <-next)
			checkNoneInFlight(t, l)
		})
	}
}

// A probe may be granted in the moment in which its read ends. Another read probes then.
func TestLimiter_CanceledProbeLetsAnotherReadProbe(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := New(32, 0)
		for range MinFailingReads {
			l.Done(waitForTicket(t, l), Outcome{Refused: true}, nil)
		}
		ctx, cancel := context.WithCancel(t.Context())
		l.breaker.nextProbe = time.Now().Add(time.Minute)
		canceled := startWait(ctx, l)
		l.mu.Lock()
		cancel()
		l.breaker.nextProbe = time.Now()
		l.dispatch()
		check.Equal(t, "whether the read got the probe", l.breaker.probe != nil, true)
		l.mu.Unlock()
		check.Equal(t, "the error of the canceled wait", <-canceled, context.Canceled, cmpopts.EquateErrors())
		check.NoError(t, "the wait of another read", <-startWait(t.Context(), l))
	})
}

func TestLimiter_CanceledWaitTakesNoTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		l := New(2, 1) // the second request is due after a second
		first := waitForTicket(t, l)
		ctx, cancel := context.WithCancel(t.Context())
		canceled := startWait(ctx, l)
		cancel()
		check.Equal(t, "the error of the canceled wait", <-canceled, context.Canceled, cmpopts.EquateErrors())
		second := waitForTicket(t, l)
		check.Equal(t, "the wait of the next request", time.Since(start), time.Second)
		l.Done(first, Outcome{Served: true}, nil)
		l.Done(second, Outcome{Served: true}, nil)
		checkNoneInFlight(t, l)
	})
}

// The few reads that are left are not refused by chance once the server has refused all for long. A
// client that sent nothing for long does not count.
func TestLimiter_RefusalsAfterAMinuteAreNotByChance(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		failsBefore    bool // whether another read failed before the idle time
		idle, refusing time.Duration
		mayBeUnlucky   bool
	}{
		"a first refusal after an idle hour":                {false, time.Hour, 0, true},
		"a first refusal after a failure and idle hour":     {true, time.Hour, 0, true},
		"a failure, 50 seconds idle, then 20 of refusals":   {true, 50 * time.Second, 20 * time.Second, true},
		"a minute of refusals":                              {false, 0, MaxOutage, true},
		"more than a minute of refusals":                    {false, 0, MaxOutage + 1, false},
		"an idle hour, then more than a minute of refusals": {false, time.Hour, MaxOutage + 1, false},
		"a failure, an idle hour, then the same":            {true, time.Hour, MaxOutage + 1, false},
		"a failure, then more than a minute of refusals":    {true, 0, MaxOutage + 1, false},
	} {
		check.InBubble(t, name, func(t *testing.T) {
			l := New(32, 0)
			l.Done(waitForTicket(t, l), Outcome{Served: true}, nil)
			if test.failsBefore {
				l.Done(waitForTicket(t, l), Outcome{Failed: true}, nil)
			}
			read := NewRead()
			time.Sleep(test.idle)
			for _, pause := range []time.Duration{0, test.refusing} {
				ticket, err := l.Wait(t.Context(), &read)
				check.MustNoError(t, "the wait", err)
				time.Sleep(pause)
				read.Attempts++
				l.Done(ticket, Outcome{Refused: true}, nil)
			}
			check.Equal(t, "whether the read may be unlucky", read.MayBeUnlucky(), test.mayBeUnlucky)
		})
	}
}

// An outage does not outlast a time in which no read waits: it begins anew.
func TestLimiter_IdleTimeEndsAnOutage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := New(32, 0)
		l.Done(waitForTicket(t, l), Outcome{Served: true}, nil)
		for range MinFailingReads {
			l.Done(waitForTicket(t, l), Outcome{Failed: true}, nil)
		}
		check.Equal(t, "whether the breaker is open", l.breaker.isOpen(), true)
		time.Sleep(time.Hour)
		start := time.Now()
		for range MinFailingReads - 1 {
			check.Equal(t, "what a failed request after an hour ends", doneEnds(t, l, Outcome{Failed: true}), "no other read")
		}
		check.Equal(t, "whether the breaker is open before an eighth read fails", l.breaker.isOpen(), false)
		for !l.breaker.isOver && time.Since(start) < time.Hour {
			l.Done(waitForTicket(t, l), Outcome{Failed: true}, func(bool) {})
		}
		check.Within(t, "the time of probes until all reads end", time.Since(start), MaxOutage, MaxOutage+2*sharedProbeWait)
	})
}

// A read that began before an idle time goes on with the outage: its last attempt belongs to it.
func TestLimiter_IdleTimeOfARetryEndsNoOutage(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		attempts int
		isOpen   bool
	}{"a read that begins": {0, false}, "a retry": {1, true}} {
		check.InBubble(t, name, func(t *testing.T) {
			l := New(32, 0)
			for range MinFailingReads {
				l.Done(waitForTicket(t, l), Outcome{Refused: true}, nil)
			}
			time.Sleep(2 * minIdle)
			read := NewRead()
			read.Attempts = row.attempts
			_, err := l.Wait(t.Context(), &read)
			check.MustNoError(t, "the wait", err)
			check.Equal(t, "whether the breaker is open", l.breaker.isOpen(), row.isOpen)
		})
	}
}

// Failures before an idle time do not open the breaker with one after it.
func TestLimiter_IdleTimeForgetsFailures(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		idle   time.Duration
		isOpen bool
	}{"without an idle time": {0, true}, "after an idle time": {2 * minIdle, false}} {
		check.InBubble(t, name, func(t *testing.T) {
			l := New(32, 0)
			l.Done(waitForTicket(t, l), Outcome{Served: true}, nil)
			for range MinFailingReads - 1 {
				l.Done(waitForTicket(t, l), Outcome{Failed: true}, nil)
			}
			time.Sleep(row.idle)
			l.Done(waitForTicket(t, l), Outcome{Failed: true}, nil)
			check.Equal(t, "whether the breaker is open", l.breaker.isOpen(), row.isOpen)
		})
	}
}

// A Retry-After of a probe binds a read that begins while those before it wait.
func TestLimiter_IdleTimeDoesNotEndARetryAfter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := New(32, 0)
		l.Done(waitForTicket(t, l), Outcome{Served: true}, nil)
		for range MinFailingReads {
			l.Done(waitForTicket(t, l), Outcome{Refused: true}, nil)
		}
		probe := waitForTicket(t, l)
		start := time.Now()
		l.Done(probe, Outcome{Refused: true, RetryAfter: 30 * time.Second}, nil)
		time.Sleep(2 * minIdle)
		waitForTicket(t, l)
		check.Equal(t, "when the next request is sent, after the Retry-After", time.Since(start), 30*time.Second)
	})
}

// doneEnds lets a request end, and returns which other reads that ends.
func doneEnds(t *testing.T, l *Limiter, outcome Outcome) string {
	t.Helper()
	ends := "no other read"
	l.Done(waitForTicket(t, l), outcome, func(all bool) {
		ends = map[bool]string{false: "reads with its deadline", true: "all reads"}[all]
	})
	return ends
}

// Once all reads end, those that wait and later ones return immediately, even if one is served after all.
func TestLimiter_EndsAllReads(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := New(2*MinFailingReads, 0)
		l.Done(waitForTicket(t, l), Outcome{Served: true}, nil)
		isOver, start := false, time.Now()
		var ended <-chan error
		for !isOver && time.Since(start) < time.Hour {
			ticket := waitForTicket(t, l)
			if ended == nil && l.breaker.isOpen() {
				ended = startWait(t.Context(), l)
			}
			l.Done(ticket, Outcome{Failed: true}, func(all bool) {
				isOver = true
				check.Equal(t, "whether all reads end", all, true)
				check.Equal(t, "the number of waits that returned before all reads ended", len(ended), 0)
			})
		}
		if ended == nil {
			t.Fatalf("got a breaker that is closed %s after all requests began to fail, want an open one", time.Since(start))
		}
		check.Within(t, "the time until all reads end", time.Since(start), MaxOutage, 4*MaxOutage)
		check.NoError(t, "the wait that all reads ended during", <-ended)
		start = time.Now()
		waitForTicket(t, l)
		check.Equal(t, "the time of a later wait", time.Since(start), time.Duration(0))
	})
}

// TestLimiter_Reset waits for the reset of a limit that permits nothing before. In its last second, which
// servers round up, one request at a time is sent.
func TestLimiter_Reset(t *testing.T) {
	t.Parallel()
	const reset = 10 * time.Second
	for name, test := range map[string]struct {
		remaining int
		want      []time.Duration // when each of four requests is sent, which end after the reset
	}{
		"nothing remains": {0, []time.Duration{reset - time.Second, reset, reset, reset}},
		"two remain":      {2, []time.Duration{0, 0, reset, reset}},
	} {
		check.InBubble(t, name, func(t *testing.T) {
			l, start := New(32, 0), time.Now()
			l.Done(waitForTicket(t, l), Outcome{Served: true, Remaining: test.remaining, Reset: reset}, nil)
			sent := make(chan time.Duration)
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour) // without it, a ticket that is never granted would be a deadlock
			defer cancel()
			for range test.want {
				go func() {
					_, err := l.Wait(ctx, new(NewRead()))
					check.NoError(t, "Wait", err)
					sent <- time.Since(start)
				}()
				synctest.Wait()
			}
			for i, want := range test.want {
				check.Equal(t, fmt.Sprintf("when request %d is sent", i+1), <-sent, want)
			}
		})
	}
}

// A read whose deadline ends before the reset of a limit does not wait for it, and others do.
func TestLimiter_ADeadlineBeforeTheReset(t *testing.T) {
	t.Parallel()
	const patient, urgent = time.Hour, 5 * time.Second
	for name, order := range map[string][]time.Duration{"behind another read": {patient, urgent}, "before another read": {urgent, patient}} {
		check.InBubble(t, name, func(t *testing.T) {
			l, start := New(32, 0), time.Now()
			l.Done(waitForTicket(t, l), Outcome{Served: true, Remaining: 0, Reset: 10 * time.Second}, nil)
			sent := map[time.Duration]chan time.Duration{patient: make(chan time.Duration, 1), urgent: make(chan time.Duration, 1)}
			for _, timeout := range order {
				go func() {
					ctx, cancel := context.WithTimeout(t.Context(), timeout)
					defer cancel()
					ticket, err := l.Wait(ctx, new(NewRead()))
					if err != nil {
						t.Errorf("the wait of the read of %s: got the error %v, want none", timeout, err)
						close(sent[timeout])
						return
					}
					sent[timeout] <- time.Since(start)
					l.Done(ticket, Outcome{Served: true}, nil)
				}()
				synctest.Wait()
			}
			check.Equal(t, "when the read of 5 s is sent", <-sent[urgent], time.Duration(0))
			check.Equal(t, "when the read of an hour is sent", <-sent[patient], 9*time.Second)
		})
	}
}

// A server that refuses everything, and has served nothing, shows no rate.
func TestLimiter_RefusalsBeforeAnySuccess(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := New(32, 0)
		refuse := func() {
			read := NewRead()
			ticket, err := l.Wait(t.Context(), &read)
			check.MustNoError(t, "the wait", err)
			read.Attempts++
			l.Done(ticket, Outcome{Refused: true}, nil)
		}
		for range 4 {
			refuse()
		}
		check.Equal(t, "whether requests are limited before any success", l.isLimited, false)
		l.Done(waitForTicket(t, l), Outcome{Served: true}, nil)
		refuse()
		check.Equal(t, "whether requests are limited after it", l.isLimited, true)
	})
}

// Reads whose Retry-After ends after their deadline end others only if they probe: adjacent reads may be sick
// alike. They say nothing of reads with more time.
func TestLimiter_RetryAfterTooLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := New(2*MinFailingReads, 0)
		l.Done(waitForTicket(t, l), Outcome{Served: true}, nil)
		for i := range MinFailingReads + maxTooLongProbes {
			check.Equal(t, fmt.Sprintf("what wait %d that is too long ends", i+1), doneEnds(t, l, Outcome{Refused: true, RetryAfterTooLong: true}),
				map[bool]string{false: "no other read", true: "reads with its deadline"}[i == MinFailingReads+maxTooLongProbes-1])
		}
		check.Equal(t, "what a read that can wait ends", doneEnds(t, l, Outcome{Refused: true, RetryAfter: time.Second}), "no other read")
		check.Equal(t, "what a read that is served ends", doneEnds(t, l, Outcome{Served: true}), "no other read")
	})
}

// The last reads have no first attempts to be compared with. Others may have begun to use the limit up, so
// that it refuses far more than before.
func TestLimiter_RefusalsOfTheLastReads(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		isLimited    bool
		refusals     int
		mayBeUnlucky bool
	}{
		"five where nothing shows a limit": {false, 5, true},
		"six where nothing shows a limit":  {false, 6, false},
		"forty of a limit":                 {true, 40, true},
		"a hundred of a limit":             {true, 100, false},
	} {
		check.InBubble(t, name, func(t *testing.T) {
			l, read := New(1, 0), NewRead()
			l.served, l.isLimited = 100, row.isLimited
			for range row.refusals {
				l.refuse(time.Now(), &Ticket{read: &read})
				l.served += 2
			}
			check.Equal(t, "whether the read may be unlucky", read.MayBeUnlucky(), row.mayBeUnlucky)
		})
	}
}

// Until the limiter knows the share of its own reads that limits refuse, it allows for bad luck.
func TestLimiter_RetriesRefusedShare(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		served    int
		isLimited bool
		firsts    counts // the first attempts of all reads
		want      float64
	}{
		"few requests were served":                {minMeasured - 1, false, counts{}, sharedRefusedShare},
		"enough were, and no limit is known":      {minMeasured, false, counts{served: minMeasured}, minRefusedShare},
		"a limit is known":                        {minMeasured, true, counts{served: minMeasured}, sharedRefusedShare},
		"a limit refuses nine of ten requests":    {minMeasured, true, counts{1, 9}, 0.9},
		"nine of ten at the start are refused":    {1, false, counts{1, 9}, 0.9},
		"a limit refuses a tenth, and is unknown": {minMeasured, false, counts{9, 1}, 0.1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := &Limiter{served: row.served, isLimited: row.isLimited, meter: meter{firstAttempts: row.firsts}}
			check.Within(t, "the share", l.retriesRefusedShare(), row.want-1e-12, row.want+1e-12)
		})
	}
}

// A refusal does not make a read sick: in an outage after it, the read fails as all others do.
func TestLimiter_OutageAfterRefusals(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := New(64, 0)
		request := func(read *Read, outcome Outcome) {
			ticket, err := l.Wait(t.Context(), read)
			check.MustNoError(t, "the wait", err)
			read.Attempts++
			l.Done(ticket, outcome, nil)
		}
		serveOne := func() { request(new(NewRead()), Outcome{Served: true}) }
		for range minMeasured {
			serveOne()
		}
		reads := make([]Read, MinFailingReads)
		for i := range reads {
			reads[i] = NewRead()
			request(&reads[i], Outcome{Refused: true})
			serveOne()
		}
		for i := range reads {
			check.Equal(t, "whether the breaker is open before the last read fails", l.breaker.isOpen(), false)
			request(&reads[i], Outcome{Failed: true})
		}
		check.Equal(t, "whether the breaker is open", l.breaker.isOpen(), true)
	})
}

// Reads that are served early are the lucky ones: the others count too, while they are still refused.
func TestLimiter_UsualRefusedShare(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := New(32, 0)
		for i := range 16 {
			read := NewRead()
			ticket, err := l.Wait(t.Context(), &read)
			check.MustNoError(t, "the wait", err)
			read.Attempts++
			l.Done(ticket, Outcome{Served: i%4 == 0, Refused: i%4 != 0}, nil)
		}
		check.Equal(t, "the share of requests that are refused", l.usualRefusedShare(), 0.75)
	})
}

func TestLimiter_Rate(t *testing.T) {
	t.Parallel()
	const configured = 1000
	now := time.Now()
	for name, row := range map[string]struct {
		isLimited, isOpen bool
		want              float64
	}{
		"without a limit, the configured rate":       {false, false, configured},
		"with a limit, what it serves and more":      {true, false, 70 + extraRate*0.475}, // 7 of 24 within minPeriod, and 56 % refused
		"probes are sent at the configured rate":     {true, true, configured},
		"probes without a limit are sent so as well": {false, true, configured},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := New(1, configured)
			for i := range 24 {
				l.meter.add(request{at: now, isServed: i < 7})
			}
			l.isLimited, l.lastRefusal, l.meter.refusedShare = row.isLimited, now, 0.5625
			if row.isOpen {
				l.breaker.opened = now
			}
			check.Equal(t, "the rate", l.rate(now), row.want)
		})
	}
}

// The refusals of a sick read say nothing of the rate that the server serves. Otherwise, sick reads that are
// left at the end slow down the healthy ones among them.
func TestLimiter_RefusalsOfSickReads(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for name, row := range map[string]struct {
		read     Read
		want     time.Time
		measured int
	}{
		"a healthy read that is refused": {Read{chance: 1, Attempts: 1}, now, 1},
		"a sick read that is refused":    {Read{chance: sickChance / 2, Attempts: 9, Refusals: 8}, time.Time{}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, read := New(1, 0), row.read
			l.refuse(now, &Ticket{read: &read})
			check.Equal(t, "the last refusal that slows requests", l.lastRefusal, row.want)
			check.Equal(t, "the number of refusals that are measured", len(l.meter.recent), row.measured)
		})
	}
}

// A failure counts against its read, but not while the breaker is open: it is the server's then.
func TestLimiter_CountsFailures(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		isOpen bool
		want   int
	}{"while the breaker is closed": {false, 3}, "while the breaker is open": {true, 2}} {
		check.InBubble(t, name, func(t *testing.T) {
			l, read := New(32, 0), Read{chance: 1, Attempts: 2, Failures: 2}
			ticket, err := l.Wait(t.Context(), &read)
			check.MustNoError(t, "the wait", err)
			if row.isOpen {
				l.breaker.open(time.Now())
			}
			l.Done(ticket, Outcome{Failed: true}, nil)
			check.Equal(t, "the failures of the read", read.Failures, row.want)
		})
	}
}

// In a slow start, each request that is served permits one more in flight.
func TestLimiter_SlowStartGrows(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := New(32, 0)
		for range 3 {
			l.Done(waitForTicket(t, l), Outcome{Served: true}, nil)
		}
		for range initialInFlight + 3 {
			waitForTicket(t, l)
		}
		start := time.Now()
		waitForTicket(t, l)
		check.Equal(t, "the wait of one more", time.Since(start), slowStartTime)
	})
}

// Once enough requests are served, a limit that is not known is not assumed.
func TestLimiter_MayBeShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := New(32, 0)
		for i := range minMeasured {
			check.Equal(t, fmt.Sprintf("whether others may use up a limit after %d requests", i), l.mayBeShared(), true)
			l.Done(waitForTicket(t, l), Outcome{Served: true}, nil)
		}
		check.Equal(t, "whether they may after enough", l.mayBeShared(), false)
		l.isLimited = true
		check.Equal(t, "whether they may once a limit is known", l.mayBeShared(), true)
	})
}

// A server that fails may recover if it has served a request, or while the breaker probes it.
func TestLimiter_Snapshot(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ hasServed, isOpen, mayRecover bool }{
		"a server that has served nothing":            {false, false, false},
		"a server that has served":                    {true, false, true},
		"a server that is probed":                     {false, true, true},
		"a server that is probed after it has served": {true, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, read := New(32, 0), Read{Attempts: 3}
			l.breaker.hasServed = row.hasServed
			if row.isOpen {
				l.breaker.open(time.Now())
			}
			copied, mayRecover := l.Snapshot(&read)
			check.Equal(t, "whether the server may recover", mayRecover, row.mayRecover)
			check.Equal(t, "the attempts of the copy", copied.Attempts, 3)
		})
	}
}

// A header is wrong if the server serves a request, and says that none remain, before the reset that it stated so.
func TestLimiter_AResetThatIsWrong(t *testing.T) {
	t.Parallel()
	const reset = 10 * time.Second
	none := Outcome{Served: true, Remaining: 0, Reset: reset}
	for name, row := range map[string]struct {
		first, second Outcome
		pause         time.Duration // the time between the two
		want          time.Duration // the wait of the next request
	}{
		"a second one served, and none remain":         {none, none, 0, 0},
		"a second one served, and one remains":         {none, Outcome{Served: true, Remaining: 1, Reset: reset}, 0, 0},
		"a second one refused":                         {none, Outcome{Refused: true, Remaining: 0, Reset: reset}, 0, reset - time.Second},
		"a first one refused":                          {Outcome{Refused: true, Remaining: 0, Reset: reset}, none, 0, reset - time.Second},
		"a first one after which one remains":          {Outcome{Served: true, Remaining: 1, Reset: reset}, none, 0, reset - time.Second},
		"a second one after the reset of the first":    {none, none, reset, reset - time.Second},
		"a second one before the reset of the first":   {none, none, reset - 1, 0},
		"a second one without the header after a none": {none, Outcome{Served: true}, 0, reset - time.Second},
	} {
		check.InBubble(t, name, func(t *testing.T) {
			l := New(32, 0)
			first, second := waitForTicket(t, l), waitForTicket(t, l)
			l.Done(first, row.first, nil)
			time.Sleep(row.pause)
			l.Done(second, row.second, nil)
			start := time.Now()
			waitForTicket(t, l)
			check.Equal(t, "the wait of the next request", time.Since(start), row.want)
		})
	}
}
