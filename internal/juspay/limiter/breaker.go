// SPDX-License-Identifier: MPL-2.0

package limiter

import (
	"math"
	"math/rand/v2"
	"time"
)

const (
	// The waits before the first two probes are minProbeWait, and each later one is twice the one before: probes
	// come an eighth of a second after the breaker opened, a quarter, a half, a second, which is the usual period
	// of a limit, and so on. After maxDoublings, the wait is 8 s: a shorter ban ends, even if each request
	// extends it.
	minProbeWait = 125 * time.Millisecond
	maxDoublings = 6
	// The later waits are laterProbeWait, or sharedProbeWait if a limit is known: other clients may use it up, and
	// it serves one of the many probes within MaxOutage.
	laterProbeWait  = 4 * time.Second
	sharedProbeWait = 1250 * time.Millisecond
	// After maxTooLongProbes whose Retry-After ends after their deadline, the other reads with that
	// deadline end.
	maxTooLongProbes = 4
	// maxInterval is far above the timeout of a read: a wait of it does not end by itself. The interval of
	// a low rate is at most that, because it could overflow time.Duration.
	maxInterval = 24 * time.Hour
	// MaxOutage is the time after which all reads end.
	MaxOutage = time.Minute
)

// breaker stops requests while all reads fail. It lets one probe through at a
// time, and the first probe that is served closes it.
type breaker struct {
	hasServed     bool                      // whether any request was served
	newestServed  int                       // the highest number of a request that was served
	unservedSince time.Time                 // the time of the first failure or refusal since the last success, zero if there is none
	unserved      map[*Read]unservedRequest // the last unserved request of each read, unless a newer request was served
	mayBeShared   bool                      // Limiter.mayBeShared at the last success, because a quota that ends looks like a limit
	isOver        bool                      // whether all reads end

	opened        time.Time // when the breaker opened, zero while it is closed
	probe         *Ticket   // the probe in flight
	failedProbes  int
	tooLongProbes int       // the number of failed probes whose Retry-After ends after the read's deadline
	nextProbe     time.Time // when the next probe is due
	retryAt       time.Time // the end of the last probe's Retry-After
}

// unservedRequest is a request that failed, or that a limit refused.
type unservedRequest struct {
	number  int  // the number of the request
	refused bool // whether a limit refused it
}

func newBreaker() breaker { return breaker{unserved: map[*Read]unservedRequest{}, mayBeShared: true} }

func (b *breaker) isOpen() bool { return !b.opened.IsZero() }

// endOutage closes the breaker, and forgets what belongs to the outage. Each success calls it, so that unservedSince
// begins anew.
func (b *breaker) endOutage() {
	*b = breaker{hasServed: b.hasServed, newestServed: b.newestServed, unserved: b.unserved, mayBeShared: b.mayBeShared, isOver: b.isOver}
}

// isLongUnserved reports whether requests have failed or been refused for MaxOutage, and none was served, while the
// breaker is closed: too few reads are left to open it.
func (b *breaker) isLongUnserved(now time.Time) bool {
	return b.hasServed && !b.isOpen() && !b.unservedSince.IsZero() && now.Sub(b.unservedSince) > MaxOutage
}

// pick returns the index of the ticket to probe with, and the wait until then. The read with
// the fewest attempts is least likely to be sick. Of several it is the last:
// adjacent reads may be sick together, and the last is farthest from those that opened the breaker.
func (b *breaker) pick(now time.Time, queue []*Ticket) (index int, wait time.Duration) {
	if b.probe != nil {
		return 0, maxInterval // until it is done
	}
	wait = maxInterval
	fewest := math.MaxInt
	for i, t := range queue {
		switch due := b.due(t).Sub(now); {
		case due > 0:
			wait = min(wait, due)
		case due <= 0 && t.read.Attempts <= fewest:
			index, wait, fewest = i, 0, t.read.Attempts
		}
	}
	return index, wait
}

// due returns when a read may probe: after the server's Retry-After, unless the read ends before.
func (b *breaker) due(t *Ticket) time.Time {
	if b.nextProbe.After(b.retryAt) || t.endsBefore(b.retryAt) {
		return b.nextProbe
	}
	return b.retryAt
}

// cancel ends a probe without a result.
func (b *breaker) cancel(t *Ticket) {
	if b.probe == t {
		b.probe = nil
	}
}

// recordServed records that a request was served, and reports whether that closes the breaker. mayBeShared is of the
// limiter. The request overtakes only unserved ones that were sent before it, because a refusal may come sooner than
// the response to an earlier request.
func (b *breaker) recordServed(t *Ticket, mayBeShared bool) (closed bool) {
	b.hasServed, b.mayBeShared = true, mayBeShared
	if b.isOpen() && b.probe != t { // the request was sent before, which says nothing of now
		return false
	}
	closed = b.isOpen()
	for read, request := range b.unserved {
		if request.number < t.number {
			read.overtaken = read.overtaken || !request.refused // Read.chance judges refusals
			delete(b.unserved, read)
		}
	}
	b.newestServed = max(b.newestServed, t.number)
	b.endOutage()
	return closed
}

// recordUnserved records that a request failed or was refused, and opens the breaker if too many reads have one.
func (b *breaker) recordUnserved(now time.Time, t *Ticket, outcome Outcome) {
	if b.unservedSince.IsZero() {
		b.unservedSince = now
	}
	switch {
	case b.probe == t:
		b.failProbe(now, outcome)
	case b.isOpen(): // the request was sent before
	case t.number < b.newestServed:
		t.read.overtaken = t.read.overtaken || !outcome.Refused
	case !b.hasServed && !outcome.Refused: // nothing says that the server will ever serve
	case !t.read.isSick():
		b.unserved[t.read] = unservedRequest{t.number, outcome.Refused}
		if len(b.unserved) >= MinFailingReads {
			b.open(now)
		}
	}
}

// open stops all requests but probes. The failures that led to it were not the reads' own.
func (b *breaker) open(now time.Time) {
	b.opened, b.nextProbe = now, now.Add(b.backoff())
	for read := range b.unserved {
		read.Failures = 0
	}
	clear(b.unserved)
}

// failProbe records that the probe failed. All reads end after MaxOutage.
func (b *breaker) failProbe(now time.Time, outcome Outcome) {
	b.probe = nil
	b.failedProbes++
	if outcome.RetryAfterTooLong {
		b.tooLongProbes++
	}
	b.nextProbe = now.Add(b.backoff())
	if outcome.RetryAfter > time.Second { // servers round up what is less
		b.retryAt = now.Add(outcome.RetryAfter)
	}
	b.isOver = b.isOver || now.Sub(b.opened) >= MaxOutage
}

// backoff returns the wait before the next probe. Part of it is random, so that clients that wait
// together do not probe together.
func (b *breaker) backoff() time.Duration {
	wait := laterProbeWait
	switch {
	case b.failedProbes <= maxDoublings+1:
		wait = minProbeWait << max(0, b.failedProbes-1)
	case b.mayBeShared:
		wait = sharedProbeWait
	}
	return wait + rand.N(wait/16) //nolint:gosec // it spreads load, and protects nothing
}
