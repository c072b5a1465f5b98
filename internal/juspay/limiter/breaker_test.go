// SPDX-License-Identifier: MPL-2.0

package limiter

import (
	"fmt"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// newTicket returns the ticket of a request with this number. Only the attempts of its read are known.
func newTicket(attempts, number int) *Ticket {
	read := NewRead()
	read.Attempts = attempts
	return &Ticket{read: &read, number: number}
}

// attemptedTicket returns the ticket of a read with one attempt.
func attemptedTicket() *Ticket { return newTicket(1, 0) }

// openBreaker returns a breaker that has just opened after a success and MinFailingReads failures.
func openBreaker(now time.Time) *breaker {
	b := newBreaker()
	b.recordServed(attemptedTicket(), false)
	failTimes(&b, now, MinFailingReads, attemptedTicket, Outcome{Failed: true})
	return &b
}

func failTimes(b *breaker, now time.Time, n int, next func() *Ticket, outcome Outcome) {
	for range n {
		b.recordUnserved(now, next(), outcome)
	}
}

func TestBreaker_Opens(t *testing.T) {
	t.Parallel()
	now := time.Now()
	failed, refused := Outcome{Failed: true}, Outcome{Refused: true}
	sick := func() *Ticket { return &Ticket{read: &Read{chance: 1, overtaken: true, Failures: 1}} }
	unlikely := func() *Ticket { return &Ticket{read: &Read{chance: sickChance / 2}} }
	one := attemptedTicket()
	sameRead := func() *Ticket { return one }
	numberFive := func() *Ticket { return newTicket(1, 5) }
	fails := func(times int, newTicket func() *Ticket, outcome Outcome) func(*breaker) {
		return func(b *breaker) { failTimes(b, now, times, newTicket, outcome) }
	}
	failuresAroundSuccess := func(served int) func(*breaker) {
		return func(b *breaker) {
			failTimes(b, now, MinFailingReads-1, numberFive, failed)
			b.recordServed(newTicket(1, served), false)
			b.recordUnserved(now, newTicket(1, 7), failed)
		}
	}
	for name, row := range map[string]struct {
		hasServed bool // whether a read succeeded before
		fail      func(*breaker)
		isOpen    bool
	}{
		"too few reads that fail do not open it":                            {true, fails(MinFailingReads-1, attemptedTicket, failed), false},
		"enough reads that fail open it":                                    {true, fails(MinFailingReads, attemptedTicket, failed), true},
		"a newer request that is served among the failures keeps it closed": {true, failuresAroundSuccess(6), false},
		"an earlier request that is served among them lets it open":         {true, failuresAroundSuccess(4), true},
		"one read that fails MinFailingReads times does not open it":        {true, fails(MinFailingReads, sameRead, failed), false},
		"forty reads known to be sick do not open it":                       {true, fails(40, sick, failed), false},
		"forty reads that are refused too often do not open it":             {true, fails(40, unlikely, refused), false},
		"failures before any success do not open it":                        {false, fails(40, attemptedTicket, failed), false},
		"refusals before any success open it":                               {false, fails(MinFailingReads, attemptedTicket, refused), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBreaker()
			if row.hasServed {
				b.recordServed(attemptedTicket(), false)
			}
			row.fail(&b)
			check.Equal(t, "whether the breaker is open", b.isOpen(), row.isOpen)
		})
	}
}

// A read is sick if a newer request is served, whether that ends before its own attempt or after it.
func TestBreaker_Overtaken(t *testing.T) {
	t.Parallel()
	const fails, served = false, true
	type event struct { // the end of a request
		isServed bool
		number   int // the place of the request in the order in which all were sent
	}
	for name, row := range map[string]struct {
		events []event
		want   bool // whether the read whose request failed is overtaken
	}{
		"a newer request is served before":    {[]event{{served, 6}, {fails, 5}}, true},
		"a newer request is served after":     {[]event{{served, 1}, {fails, 5}, {served, 6}}, true},
		"an earlier request is served before": {[]event{{served, 4}, {fails, 5}}, false},
		"an earlier request is served after":  {[]event{{served, 1}, {fails, 5}, {served, 4}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := time.Now()
			b, failed := newBreaker(), attemptedTicket()
			for _, e := range row.events {
				if e.isServed {
					b.recordServed(newTicket(1, e.number), false)
					continue
				}
				failed.number = e.number
				b.recordUnserved(now, failed, Outcome{Failed: true})
			}
			check.Equal(t, "whether the read is overtaken", failed.read.overtaken, row.want)
		})
	}
}

// While the breaker is open, only its probe closes it. An earlier request may be served later.
func TestBreaker_OnlyAProbeClosesIt(t *testing.T) {
	t.Parallel()
	now := time.Now()
	b, probe := openBreaker(now), attemptedTicket()
	b.probe = probe
	check.Equal(t, "whether an earlier request closes it", b.recordServed(attemptedTicket(), false), false)
	check.Equal(t, "whether it is open after an earlier request", b.isOpen(), true)
	check.Equal(t, "whether the probe closes it", b.recordServed(probe, false), true)
	check.Equal(t, "whether it is open after the probe", b.isOpen(), false)
}

// A request that was sent before a server refused the others shows that it serves, but not that it does so now.
func TestBreaker_FirstSuccessWhileOpen(t *testing.T) {
	t.Parallel()
	b := newBreaker()
	failTimes(&b, time.Now(), MinFailingReads, attemptedTicket, Outcome{Refused: true})
	check.Equal(t, "whether the success closes it", b.recordServed(attemptedTicket(), false), false)
	check.Equal(t, "whether it is open", b.isOpen(), true)
	check.Equal(t, "whether any request was served", b.hasServed, true)
}

// TestBreaker_Probes lets each probe fail immediately, and checks when the next is due. Each wait is up to
// a sixteenth longer.
func TestBreaker_Probes(t *testing.T) {
	t.Parallel()
	const ms, s = time.Millisecond, time.Second
	served := func(mayBeShared bool) func(*breaker) {
		return func(b *breaker) { b.recordServed(attemptedTicket(), mayBeShared) }
	}
	for name, row := range map[string]struct {
		prepare func(*breaker)
		later   time.Duration // the wait before the ninth probe and all after it
	}{
		"a server without a limit":             {served(false), laterProbeWait},
		"a limit that others may use up":       {served(true), sharedProbeWait},
		"a server that has served nothing yet": {func(*breaker) {}, sharedProbeWait},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now, b := time.Now(), newBreaker()
			row.prepare(&b)
			failTimes(&b, now, MinFailingReads, attemptedTicket, Outcome{Refused: true})
			queue := []*Ticket{attemptedTicket()}
			for i, want := range []time.Duration{125 * ms, 125 * ms, 250 * ms, 500 * ms, s, 2 * s, 4 * s, 8 * s, row.later, row.later} {
				_, wait := b.pick(now, queue)
				check.Within(t, fmt.Sprintf("the wait before probe %d", i+1), wait, want, want+want/16)
				now = b.nextProbe
				_, wait = b.pick(now, queue)
				check.Equal(t, fmt.Sprintf("the wait once probe %d is due", i+1), wait, time.Duration(0))
				b.probe = queue[0]
				_, wait = b.pick(now, queue)
				check.Equal(t, fmt.Sprintf("the wait during probe %d", i+1), wait, maxInterval)
				b.recordUnserved(now, queue[0], Outcome{Refused: true})
			}
		})
	}
}

// All reads end once the probes of a minute failed.
func TestBreaker_IsOver(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		outcome Outcome       // the outcome of each of 20 probes
		last    time.Duration // when the last one ends, after the breaker opened
		want    bool
	}{
		"errors for a minute":                     {Outcome{Failed: true}, MaxOutage, true},
		"errors for less than a minute":           {Outcome{Failed: true}, MaxOutage - 1, false},
		"refusals for a minute":                   {Outcome{Refused: true}, MaxOutage, true},
		"refusals for less than a minute":         {Outcome{Refused: true}, MaxOutage - 1, false},
		"a minute of refusals with a Retry-After": {Outcome{Refused: true, RetryAfter: 2 * time.Second}, MaxOutage, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := openBreaker(time.Now())
			for i := range 20 {
				b.probe = attemptedTicket()
				now := b.opened.Add(time.Second)
				if i == 19 {
					now = b.opened.Add(row.last)
				}
				b.recordUnserved(now, b.probe, row.outcome)
			}
			check.Equal(t, "whether all reads end", b.isOver, row.want)
			b.probe = attemptedTicket()
			b.recordServed(b.probe, false)
			check.Equal(t, "whether the breaker is open after a late success", b.isOpen(), false)
			check.Equal(t, "whether all reads end after a late success", b.isOver, row.want)
		})
	}
}

func TestBreaker_Pick(t *testing.T) {
	t.Parallel()
	now := time.Now()
	untried := func() *Ticket { return newTicket(0, 0) }
	tried := attemptedTicket
	twice := func() *Ticket { return newTicket(2, 0) }
	urgent := attemptedTicket()
	urgent.deadline = now.Add(time.Second)
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
			got, wait := b.pick(b.nextProbe, row.queue)
			check.Equal(t, "the index of the read that probes", got, row.want)
			check.Equal(t, "the wait", wait, time.Duration(0))
		})
	}
}

// The failures that open the breaker are not the reads' own, unless a read is sick.
func TestBreaker_OpeningForgivesFailures(t *testing.T) {
	t.Parallel()
	now, b := time.Now(), newBreaker()
	b.recordServed(attemptedTicket(), false)
	sick := &Ticket{read: &Read{chance: 1, overtaken: true, Failures: 1}}
	b.recordUnserved(now, sick, Outcome{Failed: true})
	healthy := attemptedTicket()
	healthy.read.Failures = 2
	b.recordUnserved(now, healthy, Outcome{Failed: true})
	failTimes(&b, now, MinFailingReads-1, attemptedTicket, Outcome{Failed: true})
	check.Equal(t, "whether the breaker is open", b.isOpen(), true)
	check.Equal(t, "the failures of a healthy read", healthy.read.Failures, 0)
	check.Equal(t, "the failures of a sick read", sick.read.Failures, 1)
	b.probe = newTicket(1, 100)
	b.recordServed(b.probe, false)
	check.Equal(t, "whether the healthy read is taken for sick after the outage", healthy.read.isSick() || healthy.read.overtaken, false)
}

// A probe that is refused with a Retry-After delays the next one for so long, except for a read
// that cannot wait.
func TestBreaker_RetryAfterOfAProbe(t *testing.T) {
	t.Parallel()
	now := time.Now()
	b, patient := openBreaker(now), attemptedTicket()
	b.probe = patient
	b.recordUnserved(now, patient, Outcome{Refused: true, RetryAfter: 30 * time.Second})
	_, wait := b.pick(now, []*Ticket{patient})
	check.Equal(t, "the wait of a read without a deadline", wait, 30*time.Second)
	urgent := newTicket(0, 0)
	urgent.deadline = now.Add(8 * time.Second)
	_, wait = b.pick(now, []*Ticket{patient, urgent})
	check.Within(t, "the wait beside a read of 8 s", wait, minProbeWait, minProbeWait+minProbeWait/16)

	b, patient = openBreaker(now), attemptedTicket()
	b.probe = patient
	b.recordUnserved(now, patient, Outcome{Refused: true, RetryAfter: time.Second})
	_, wait = b.pick(now, []*Ticket{patient})
	check.Within(t, "the wait after a Retry-After that may be rounded up", wait, minProbeWait, minProbeWait+minProbeWait/16)
}
