// SPDX-License-Identifier: MPL-2.0

// Package limiter is a client-side rate limiter that learns a server's limit from refused
// requests. Limiter bounds the requests in flight and their rate, a breaker stops them
// while all reads fail, and Read records whether a read is sick or unlucky.
package limiter

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"
)

const (
	// At the start and after an outage, initialInFlight requests may be in flight, unless a rate is
	// configured. Each request that is served permits one more, until slowStartTime has passed.
	initialInFlight = 4
	slowStartTime   = time.Second

	// A limit is assumed to refuse minRefusedShare of requests at least, even if it refused none.
	minRefusedShare = 1.0 / 64
	// A limit that other clients may use too is assumed to refuse sharedRefusedShare of a read's retries at least.
	sharedRefusedShare = 0.75

	// In the last second before a reset, pick is called again every minResetWait.
	minResetWait = 125 * time.Millisecond

	// An outage ends with a time of more than minIdle in which no read sends a request.
	minIdle = 10 * time.Second

	// maxLag is the maximum delay that the limiter makes up for.
	maxLag = 10 * time.Millisecond
)

// Limiter bounds the requests in flight and their rate. While a server refuses requests, it
// sends a little more than are served. While all requests fail, the breaker lets single ones
// through.
type Limiter struct {
	mu             sync.Mutex
	queue          []*Ticket // the tickets that are not granted, last the ones whose read comesLast
	inFlight       int
	maxInFlight    int
	maxRate        float64   // the configured rate, or +Inf
	slowStartBegan time.Time // when the first request was sent, or the breaker closed
	slowStartLimit int       // the number of requests that may be in flight until slowStartTime has passed
	nextDue        time.Time // when the next request is due
	timer          *time.Timer
	breaker        breaker

	lastDone    time.Time // when a request ended last
	lastNumber  int       // the number of the newest request
	served      int       // the number of requests that were served
	meter       meter
	isLimited   bool      // whether requests are sent at the served rate, and a little more
	lastRefusal time.Time // the time of the last refusal of a read that is not sick
	remaining   int       // the maximum number of requests in flight until reset; each response with the header renews it
	reset       time.Time // when the server resets its limit, zero if it does not say
	noneUntil   time.Time // the reset that the newest response with the header stated, if that was served and said that none remain
}

// New returns a limiter for so many requests in flight and per second. A perSecond of 0
// permits any rate.
func New(maxConcurrent int, perSecond float64) *Limiter {
	if perSecond <= 0 {
		perSecond = math.Inf(1)
	}
	return &Limiter{maxInFlight: maxConcurrent, maxRate: perSecond, slowStartLimit: initialInFlight, breaker: newBreaker()}
}

// Wait waits until a request may be sent. The caller hands the ticket to Done.
func (l *Limiter) Wait(ctx context.Context, read *Read) (*Ticket, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	t := &Ticket{read: read, granted: make(chan struct{})}
	t.deadline, _ = ctx.Deadline()
	l.mu.Lock()
	now := time.Now()
	isIdle := len(l.queue) == 0 && l.inFlight == 0 && now.Sub(l.lastDone) > minIdle && now.After(l.breaker.retryAt)
	if isIdle && read.Attempts == 0 { // before a retry, its read waited: that time is part of the outage
		l.breaker.endOutage()
		clear(l.breaker.unserved)
	}
	place := len(l.queue)
	for place > 0 && !read.comesLast() && l.queue[place-1].read.comesLast() {
		place--
	}
	l.queue = slices.Insert(l.queue, place, t)
	l.dispatch()
	l.mu.Unlock()
	select {
	case <-t.granted:
		return t, nil
	case <-ctx.Done():
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := slices.Index(l.queue, t); i >= 0 {
		l.queue = slices.Delete(l.queue, i, i+1)
	} else { // it was granted at the same moment
		l.inFlight--
		l.breaker.cancel(t)
	}
	l.dispatch()
	return nil, ctx.Err()
}

// dispatch grants tickets while requests may be sent, and sets the timer for the next.
// The caller has locked mu.
func (l *Limiter) dispatch() {
	for len(l.queue) > 0 && l.inFlight < l.maxInFlight {
		now := time.Now()
		i, wait := l.pick(now)
		if wait > 0 {
			if l.timer != nil {
				l.timer.Stop()
			}
			l.timer = time.AfterFunc(wait, func() {
				l.mu.Lock()
				defer l.mu.Unlock()
				l.dispatch()
			})
			return
		}
		t := l.queue[i]
		l.queue = slices.Delete(l.queue, i, i+1)
		if l.breaker.isOpen() {
			l.breaker.probe = t
		}
		t.isFirst = t.read.Attempts == 0
		if t.isFirst {
			t.read.firstAttemptsBefore = l.meter.firstAttempts
		}
		if l.slowStartBegan.IsZero() {
			l.slowStartBegan = now
			l.meter.beginCycle(now)
		}
		l.lastNumber++
		t.number = l.lastNumber
		l.inFlight++
		if now.Sub(l.nextDue) > maxLag {
			l.nextDue = now
		}
		l.nextDue = l.nextDue.Add(time.Duration(min(float64(time.Second)/l.rate(now), float64(maxInterval))))
		close(t.granted)
	}
}

// pick returns the index of the next ticket in the queue, and the wait until its request may be sent.
func (l *Limiter) pick(now time.Time) (int, time.Duration) {
	if l.breaker.isOver {
		return 0, 0 // each Wait returns immediately, and its caller sends nothing, since Done has called endOthers
	}
	switch wait := l.nextDue.Sub(now); {
	case wait > 0:
		return 0, wait
	case l.breaker.isOpen():
		return l.breaker.pick(now, l.queue)
	}
	if now.Before(l.reset) && l.inFlight >= l.remaining {
		if i := slices.IndexFunc(l.queue, func(t *Ticket) bool { return t.endsBefore(l.reset) }); i >= 0 {
			return i, 0 // it cannot wait for the reset, and no header alone ends a read
		}
		// Servers round seconds up: in the last second, one request at a time is sent.
		if wait := l.reset.Sub(now) - time.Second; wait > 0 || l.inFlight > 0 {
			return 0, max(wait, minResetWait)
		}
	}
	if math.IsInf(l.maxRate, 1) && l.inFlight >= l.slowStartLimit {
		return 0, l.slowStartBegan.Add(slowStartTime).Sub(now)
	}
	return 0, 0
}

// rate returns the rate at which requests are sent.
func (l *Limiter) rate(now time.Time) float64 {
	if !l.isLimited || l.breaker.isOpen() {
		return l.maxRate
	}
	return min(l.maxRate, sentRate(l.meter.servedRate(now), l.meter.refusedShare, now.Sub(l.lastRefusal)))
}

// Done records how a request ended. If that ends other reads too, it calls endOthers before any Wait
// returns:
//
//	endOthers(true)   after an outage of MaxOutage. From then on each Wait returns immediately, and the caller
//	                  must send nothing.
//	endOthers(false)  after maxTooLongProbes probes with a Retry-After that ends after their deadline. Other
//	                  reads with that deadline would fail alike.
func (l *Limiter) Done(t *Ticket, outcome Outcome, endOthers func(all bool)) {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.dispatch()
	l.inFlight--
	l.lastDone = now
	if outcome.Reset > 0 {
		l.recordReset(now, outcome)
	}
	switch {
	case outcome.Served:
		l.serve(now, t)
		return
	case outcome.Refused:
		l.refuse(now, t)
	case outcome.Failed:
		if !l.breaker.isOpen() {
			t.read.Failures++
		}
	default:
		l.breaker.cancel(t)
		return
	}
	l.breaker.recordUnserved(now, t, outcome)
	if l.breaker.isOver || outcome.RetryAfterTooLong && l.breaker.tooLongProbes >= maxTooLongProbes {
		endOthers(l.breaker.isOver)
	}
}

// recordReset records what a header says of a limit. A server that serves more requests than remain counts
// something else.
func (l *Limiter) recordReset(now time.Time, outcome Outcome) {
	saysNone := outcome.Served && outcome.Remaining == 0
	isWrong := saysNone && now.Before(l.noneUntil)
	l.remaining, l.reset, l.noneUntil = outcome.Remaining, now.Add(outcome.Reset), time.Time{}
	if saysNone {
		l.noneUntil = l.reset
	}
	if isWrong {
		l.reset = time.Time{}
	}
}

// serve records that a request was served.
func (l *Limiter) serve(now time.Time, t *Ticket) {
	l.served++
	l.slowStartLimit++
	l.meter.add(request{now, true, t.isFirst})
	if l.breaker.recordServed(t, l.mayBeShared()) {
		l.meter.beginCycle(now)
		l.slowStartBegan, l.slowStartLimit = now, initialInFlight
	}
}

// usualRefusedShare returns the share of requests that limits refuse, as first attempts show it. Each read
// counts once there: a sick read weighs little, and reads that are not yet served are included.
func (l *Limiter) usualRefusedShare() float64 {
	return max(l.meter.firstAttempts.refusedShare(), minRefusedShare)
}

// mayBeShared reports whether other clients may use up a limit of the server: one is known, or so few requests were
// served that there may be one.
func (l *Limiter) mayBeShared() bool { return l.isLimited || l.served < minMeasured }

// retriesRefusedShare returns the greatest share of a healthy read's retries that a limit may refuse.
func (l *Limiter) retriesRefusedShare() float64 {
	if l.mayBeShared() {
		return max(l.usualRefusedShare(), sharedRefusedShare)
	}
	return l.usualRefusedShare()
}

// refuse records that a limit refused a request.
func (l *Limiter) refuse(now time.Time, t *Ticket) {
	read := t.read
	if !read.isSick() { // otherwise, its refusals say nothing of the limit
		l.meter.add(request{now, false, t.isFirst})
		l.lastRefusal = now
	}
	read.refuse(l.meter.firstAttempts, l.served, l.maxInFlight, refusalChances{
		usual: l.usualRefusedShare(), ofRetries: l.retriesRefusedShare(),
	})
	if l.breaker.isLongUnserved(now) {
		read.chance = 0 // a healthy read would have been served long ago
	}
	l.isLimited = l.isLimited || l.breaker.hasServed && l.meter.showsLimit()
}

// HasServed reports whether any request was served.
func (l *Limiter) HasServed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.breaker.hasServed
}

// Snapshot returns a copy of a read, which the failures of others change, and whether a server that fails may
// serve again: it served a request before, or the breaker probes it.
func (l *Limiter) Snapshot(read *Read) (copied Read, mayRecover bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return *read, l.breaker.hasServed || l.breaker.isOpen()
}
