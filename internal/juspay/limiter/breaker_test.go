// SPDX-License-Identifier: MPL-2.0

package limiter

import (
	"testing"
	"time"
)

// failedTicket is the ticket of a read that nothing is known of.
func failedTicket() *Ticket { return &Ticket{read: &Read{chance: 1, Attempts: 1}} }

// openBreaker returns a breaker that has just opened after a success and eight failures.
func openBreaker(now time.Time) *breaker {
	b := &breaker{}
	b.succeed(now, 0.01)
	for range MinAlike {
		b.fail(now, failedTicket(), Outcome{Failed: true})
	}
	return b
}

func TestBreaker_Opens(t *testing.T) {
	t.Parallel()
	now := time.Now()
	failed, refused := Outcome{Failed: true}, Outcome{Throttled: true}
	sick := func() *Ticket { return &Ticket{read: &Read{sickByFailure: true}} }
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
			failTimes(b, now, 8, func() *Ticket { return one }, failed)
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

func failTimes(b *breaker, now time.Time, n int, next func() *Ticket, result Outcome) {
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
	queue := []*Ticket{failedTicket()}
	for i, want := range []time.Duration{125 * ms, 125 * ms, 250 * ms, 500 * ms, s, 2 * s, 4 * s, 8 * s, 4 * s, 4 * s} {
		if _, got := b.pick(now, queue); got != want {
			t.Errorf("the wait before probe %d: got %s, want %s", i+1, got, want)
		}
		now = now.Add(want)
		if _, got := b.pick(now, queue); got != 0 {
			t.Errorf("after the wait for probe %d: got a further wait of %s, want a probe at once", i+1, got)
		}
		b.probe = queue[0]
		if _, got := b.pick(now, queue); got != maxInterval {
			t.Errorf("the wait during probe %d: got %s, want %s", i+1, got, maxInterval)
		}
		b.fail(now, queue[0], Outcome{Failed: true})
		if b.isOver {
			t.Errorf("it is over after probe %d", i+1)
		}
	}
	now = start.Add(maxOutage)
	b.probe = queue[0]
	if b.fail(now, queue[0], Outcome{Failed: true}); !b.isOver {
		t.Errorf("it is not over after %s", maxOutage)
	}
	if b.succeed(now, 0.01); b.isOpen() || !b.isOver {
		t.Errorf("after a late success, got open %t and over %t, want it over", b.isOpen(), b.isOver)
	}
}

func TestBreaker_Pick(t *testing.T) {
	t.Parallel()
	now := time.Now()
	untried := func() *Ticket { return &Ticket{read: &Read{}} }
	tried := failedTicket
	twice := func() *Ticket { return &Ticket{read: &Read{Attempts: 2}} }
	urgent := &Ticket{read: &Read{Attempts: 1}, deadline: now.Add(time.Second)}
	for name, row := range map[string]struct {
		queue   []*Ticket
		retryAt time.Time
		want    int
	}{
		"the last untried read":                              {[]*Ticket{untried(), untried(), tried(), twice()}, time.Time{}, 1},
		"a read that was tried once before one tried twice":  {[]*Ticket{tried(), twice()}, time.Time{}, 0},
		"the last of reads that were tried as often":         {[]*Ticket{twice(), twice()}, time.Time{}, 1},
		"a read that the server's Retry-After would outlast": {[]*Ticket{untried(), urgent, untried()}, now.Add(time.Minute), 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := openBreaker(now)
			b.retryAt = row.retryAt
			if got, wait := b.pick(now.Add(minProbeWait), row.queue); got != row.want || wait != 0 {
				t.Errorf("got %d after %s, want %d at once", got, wait, row.want)
			}
		})
	}
}

// A probe that is refused with a Retry-After delays the next one for so long, except for a read
// that cannot wait.
func TestBreaker_RetryAfterOfAProbe(t *testing.T) {
	t.Parallel()
	now := time.Now()
	b, patient := openBreaker(now), failedTicket()
	now = now.Add(minProbeWait)
	b.probe = patient
	b.fail(now, patient, Outcome{Throttled: true, RetryAfter: 30 * time.Second})
	if _, got := b.pick(now, []*Ticket{patient}); got != 30*time.Second {
		t.Errorf("the wait: got %s, want 30s", got)
	}
	urgent := &Ticket{read: &Read{}, deadline: now.Add(8 * time.Second)}
	if _, got := b.pick(now, []*Ticket{patient, urgent}); got != minProbeWait {
		t.Errorf("the wait beside a read of 8 s: got %s, want %s", got, minProbeWait)
	}
}
