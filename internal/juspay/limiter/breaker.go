// SPDX-License-Identifier: MPL-2.0

package limiter

import (
	"math"
	"math/rand/v2"
	"time"
)

const (
	// The wait before a probe is minProbeWait, and doubles from the second probe on.
	minProbeWait = 125 * time.Millisecond
	// After maxDoublings it is 8 s: a ban of less ends, even if each request extends it.
	maxDoublings = 6
	// All later waits are laterProbeWait, and shorter if a limit may have refused the probes.
	laterProbeWait  = 4 * time.Second
	sharedProbeWait = 1600 * time.Millisecond
	// Before the server serves anything, a wait is at most maxFirstProbeWait.
	maxFirstProbeWait = time.Second
	// maxOutage is the time after which all reads end, unless a limit may have refused all probes.
	maxOutage = time.Minute
)

// breaker stops requests while all reads fail. It lets one probe through at a
// time, and the first success closes it.
type breaker struct {
	lastSuccess time.Time
	newest      int           // the highest number of a request that was served
	failing     map[*Read]int // the numbers of requests that failed, after which none was served
	tooLong     int           // reads whose Retry-After ends after their deadline
	share       float64       // of the requests of healthy reads that limits refused
	chance      float64       // that all probes are refused by such limits
	opened      time.Time     // zero while it is closed
	probe       *Ticket
	probes      int       // that failed
	next        time.Time // when the next probe is due
	retryAt     time.Time // when the server says that it is
	isOver      bool
}

func newBreaker() breaker { return breaker{failing: map[*Read]int{}} }

func (b *breaker) isOpen() bool { return !b.opened.IsZero() }

func (b *breaker) responds() bool { return !b.lastSuccess.IsZero() }

// isLost reports whether nothing was served for maxOutage, while too few reads are left to open
// the breaker. Each of them gives up.
func (b *breaker) isLost(now time.Time) bool {
	return b.responds() && !b.isOpen() && now.Sub(b.lastSuccess) > maxOutage
}

// pick returns the index of the ticket to probe with, and the wait until then. The read with
// the fewest attempts is least likely to be sick. Of several it is the last, because neighbors
// of a sick read may be sick too.
func (b *breaker) pick(now time.Time, queue []*Ticket) (index int, wait time.Duration) {
	if b.probe != nil {
		return 0, maxInterval // until it is done
	}
	wait, fewest := maxInterval, math.MaxInt
	for i, t := range queue {
		switch due := b.due(t).Sub(now); {
		case due > 0 && fewest == math.MaxInt:
			wait = min(wait, due)
		case due <= 0 && t.read.Attempts <= fewest:
			index, wait, fewest = i, 0, t.read.Attempts
		}
	}
	return index, wait
}

// due returns when a read may probe: after the server's Retry-After, unless the read ends
// before.
func (b *breaker) due(t *Ticket) time.Time {
	if b.next.After(b.retryAt) || !t.deadline.IsZero() && t.deadline.Before(b.retryAt) {
		return b.next
	}
	return b.retryAt
}

// cancel ends a probe without a result.
func (b *breaker) cancel(t *Ticket) {
	if b.probe == t {
		b.probe = nil
	}
}

// succeed records a success, and reports whether it closes the breaker. Limits refuse share of the
// requests of healthy reads. A success contradicts the failures of requests that were sent before
// it alone, because a refusal may come sooner than the response to an earlier request.
func (b *breaker) succeed(now time.Time, t *Ticket, share float64) (closed bool) {
	if b.isOpen() && b.probe != t {
		return false
	}
	closed = b.isOpen()
	for read, number := range b.failing {
		if number < t.number {
			read.contradicted = true
			delete(b.failing, read)
		}
	}
	*b = breaker{lastSuccess: now, newest: max(b.newest, t.number), failing: b.failing, share: share, chance: 1, isOver: b.isOver}
	return closed
}

// fail records that a request failed, and opens the breaker if too many reads did.
func (b *breaker) fail(now time.Time, t *Ticket, result Outcome) {
	if result.TooLong {
		b.tooLong++
	}
	switch {
	case b.probe == t:
		b.probe = nil
		b.chance *= b.share
		b.probes++
		b.next = now.Add(b.backoff())
		if result.RetryAfter > time.Second { // servers round up what is less
			b.retryAt = now.Add(result.RetryAfter)
		}
		if !result.Throttled || result.RetryAfter > time.Second {
			b.chance = 0 // it was no bad luck
		}
	case b.isOpen():
	case t.number < b.newest:
		t.read.contradicted = true
	case !t.read.isSick() && (b.responds() || result.Throttled):
		b.failing[t.read] = t.number
		if len(b.failing) >= MinAlike {
			b.open(now)
		}
	}
	// The chance is 0 until the server has served anything.
	b.isOver = b.isOver || b.isOpen() && now.Sub(b.opened) >= maxOutage && b.chance < minChance
}

// open stops all requests but probes. The failures that led to it were not the reads' own.
func (b *breaker) open(now time.Time) {
	b.opened, b.next = now, now.Add(b.backoff())
	for read := range b.failing {
		read.Failures = 0
	}
	clear(b.failing)
}

// backoff returns the wait before the next probe.
func (b *breaker) backoff() time.Duration {
	wait := minProbeWait << max(0, min(b.probes-1, maxDoublings))
	switch isLater := b.probes > maxDoublings+1; {
	case !b.responds():
		wait = min(wait, maxFirstProbeWait)
	case isLater && b.share >= sharedRefusals:
		wait = sharedProbeWait
	case isLater:
		wait = laterProbeWait
	}
	return wait + rand.N(wait/16) // so that plans that wait together do not probe together
}
