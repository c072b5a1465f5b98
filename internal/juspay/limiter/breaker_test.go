// SPDX-License-Identifier: MPL-2.0

package limiter

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// failedTicket is the ticket of a read that nothing is known of.
func failedTicket() *Ticket { return &Ticket{read: &Read{chance: 1, Attempts: 1}} }

// openBreaker returns a breaker that has just opened after a success and eight failures.
func openBreaker(now time.Time) *breaker {
	b := newBreaker()
	b.succeed(failedTicket(), 0.01)
	failTimes(&b, now, MinAlike, failedTicket, Outcome{Failed: true})
	return &b
}

func failTimes(b *breaker, now time.Time, n int, next func() *Ticket, result Outcome) {
	for range n {
		b.fail(now, next(), result)
	}
}

func TestBreaker_Opens(t *testing.T) {
	t.Parallel()
	now := time.Now()
	failed, refused := Outcome{Failed: true}, Outcome{Refused: true}
	sick := func() *Ticket { return &Ticket{read: &Read{chance: 1, contradicted: true, Failures: 1}} }
	unlikely := func() *Ticket { return &Ticket{read: &Read{chance: maxSickChance / 2}} }
	one := failedTicket()
	sevenAround := func(success int) func(*breaker) {
		return func(b *breaker) {
			failTimes(b, now, MinAlike-1, failedTicket, failed)
			b.succeed(&Ticket{read: &Read{}, number: success}, 0.01)
			failTimes(b, now, 1, failedTicket, failed)
		}
	}
	for name, row := range map[string]struct {
		responds bool // whether a read succeeded before
		fail     func(*breaker)
		isOpen   bool
	}{
		"seven reads that fail do not open it":                    {true, func(b *breaker) { failTimes(b, now, 7, failedTicket, failed) }, false},
		"eight reads that fail open it":                           {true, func(b *breaker) { failTimes(b, now, 8, failedTicket, failed) }, true},
		"a newer request that is served in between prevents that": {true, sevenAround(1), false},
		"an earlier request that is served in between does not":   {true, sevenAround(0), true},
		"one read that fails eight times does not open it":        {true, func(b *breaker) { failTimes(b, now, 8, func() *Ticket { return one }, failed) }, false},
		"forty reads known to be sick do not open it":             {true, func(b *breaker) { failTimes(b, now, 40, sick, failed) }, false},
		"forty reads that are refused too often do not open it":   {true, func(b *breaker) { failTimes(b, now, 40, unlikely, refused) }, false},
		"failures before any success do not open it":              {false, func(b *breaker) { failTimes(b, now, 40, failedTicket, failed) }, false},
		"refusals before any success open it":                     {false, func(b *breaker) { failTimes(b, now, 8, failedTicket, refused) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBreaker()
			if row.responds {
				b.succeed(failedTicket(), 0.01)
			}
			row.fail(&b)
			check.Equal(t, "open", b.isOpen(), row.isOpen)
		})
	}
}

// A read is sick if a newer request is served, whether that ends before its own attempt or after it.
func TestBreaker_Contradicted(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for name, row := range map[string]struct {
		served      int // number of the request, where the one that fails has number 5
		servedFirst bool
		want        bool
	}{
		"a newer request is served before":    {6, true, true},
		"a newer request is served after":     {6, false, true},
		"an earlier request is served before": {4, true, false},
		"an earlier request is served after":  {4, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, failed := newBreaker(), failedTicket()
			failed.number = 5
			steps := []func(){
				func() { b.succeed(&Ticket{read: &Read{}, number: row.served}, 0.01) },
				func() { b.fail(now, failed, Outcome{Failed: true}) },
			}
			if !row.servedFirst {
				b.succeed(&Ticket{read: &Read{}, number: 1}, 0.01)
				slices.Reverse(steps)
			}
			for _, step := range steps {
				step()
			}
			check.Equal(t, "contradicted", failed.read.contradicted, row.want)
		})
	}
}

// While the breaker is open, only its probe closes it. An earlier request may be served later.
func TestBreaker_OnlyAProbeClosesIt(t *testing.T) {
	t.Parallel()
	now := time.Now()
	b, probe := openBreaker(now), failedTicket()
	b.probe = probe
	check.Equal(t, "an earlier request closes it", b.succeed(failedTicket(), 0.01), false)
	check.Equal(t, "open", b.isOpen(), true)
	check.Equal(t, "the probe closes it", b.succeed(probe, 0.01), true)
	check.Equal(t, "open", b.isOpen(), false)
}

// TestBreaker_Probes lets each probe fail at once, and checks when the next is due. Each wait is up to
// a sixteenth longer.
func TestBreaker_Probes(t *testing.T) {
	t.Parallel()
	const ms, s = time.Millisecond, time.Second
	for name, row := range map[string]struct {
		share float64
		later time.Duration // wait before the ninth probe and all after it
	}{
		"a server that is down":                {0.01, laterProbeWait},
		"a limit that may refuse many by luck": {sharedRefusals, sharedProbeWait},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, now := openBreaker(time.Now()), time.Now()
			b.refusedShare = row.share
			queue := []*Ticket{failedTicket()}
			for i, want := range []time.Duration{125 * ms, 125 * ms, 250 * ms, 500 * ms, s, 2 * s, 4 * s, 8 * s, row.later, row.later} {
				_, wait := b.pick(now, queue)
				check.Within(t, fmt.Sprintf("the wait before probe %d", i+1), wait, want-ms, want+want/16)
				now = b.nextProbe
				_, wait = b.pick(now, queue)
				check.Equal(t, "a further wait", wait, time.Duration(0))
				b.probe = queue[0]
				_, wait = b.pick(now, queue)
				check.Equal(t, "the wait during a probe", wait, maxInterval)
				b.fail(now, queue[0], Outcome{Refused: true})
			}
		})
	}
}

// All reads end once the probes of a minute failed, unless a limit may have refused them by bad luck.
func TestBreaker_IsOver(t *testing.T) {
	t.Parallel()
	refused := Outcome{Refused: true}
	for name, row := range map[string]struct {
		share  float64
		result Outcome // of 20 probes
		late   bool    // whether the last one is a minute after the breaker opened
		want   bool
	}{
		"refusals of a limit that refuses few":                     {0.1, refused, true, true},
		"refusals of a limit that refuses few, less than a minute": {0.1, refused, false, false},
		"refusals of a limit that refuses many":                    {sharedRefusals, refused, true, false},
		"errors of a server with a limit that refuses many":        {sharedRefusals, Outcome{Failed: true}, true, true},
		"refusals with a Retry-After that was waited for":          {sharedRefusals, Outcome{Refused: true, RetryAfter: 2 * time.Second}, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			b := openBreaker(start)
			b.refusedShare = row.share
			for i := range 20 {
				b.probe = failedTicket()
				now := start.Add(maxOutage - 1)
				if row.late && i == 19 {
					now = b.opened.Add(maxOutage)
				}
				b.fail(now, b.probe, row.result)
			}
			check.Equal(t, "over", b.isOver, row.want)
			b.probe = failedTicket()
			b.succeed(b.probe, 0.1)
			check.Equal(t, "open after a late success", b.isOpen(), false)
			check.Equal(t, "over after a late success", b.isOver, row.want)
		})
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
			got, wait := b.pick(b.nextProbe, row.queue)
			check.Equal(t, "the index", got, row.want)
			check.Equal(t, "the wait", wait, time.Duration(0))
		})
	}
}

// A probe that is refused with a Retry-After delays the next one for so long, except for a read
// that cannot wait.
func TestBreaker_RetryAfterOfAProbe(t *testing.T) {
	t.Parallel()
	now := time.Now()
	b, patient := openBreaker(now), failedTicket()
	b.probe = patient
	b.fail(now, patient, Outcome{Refused: true, RetryAfter: 30 * time.Second})
	_, wait := b.pick(now, []*Ticket{patient})
	check.Equal(t, "the wait", wait, 30*time.Second)
	urgent := &Ticket{read: &Read{}, deadline: now.Add(8 * time.Second)}
	_, wait = b.pick(now, []*Ticket{patient, urgent})
	check.Within(t, "the wait beside a read of 8 s", wait, minProbeWait, minProbeWait+minProbeWait/16)
}
