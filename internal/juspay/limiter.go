// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"
)

const (
	// initialInFlight bounds the requests in flight at the start. Each request that is
	// served permits one more, and after initialHold all are permitted.
	initialInFlight = 4
	initialHold     = time.Second
	// measured is the time over which the served rate is measured, or longer until
	// minMeasured requests have ended.
	measured    = time.Second
	minMeasured = 16
	// The gain is the ratio of the sent rate to the served rate. A client alone on a limit
	// is refused what exceeds it, so minGain suffices. On a shared limit, what a client
	// gets is its share of all requests, and the gain grows up to maxGain.
	minGain, initialGain, maxGain = 1.25, 2, 2.4
	// The gain grows by gainGrowth after refusals in a row, as only a limit that others use
	// causes them, and shrinks by gainDecay otherwise.
	gainGrowth, gainDecay = 0.4, 0.02
	// minRun is the number of such refusals, relative to the gain.
	minRun = 1.8
	// The rate is limited only if more first attempts are refused than these. Accounts
	// that are always refused, a few percent of all, are not.
	minThrottled, minThrottledShare = 1.5, 0.05
	// After quiet without a refusal, the limit has been raised, and the gain is at
	// least quietGain.
	quiet, quietGain = 2 * time.Second, 2
	// memory is the time over which the share of the refused reads is counted.
	memory = 10 * time.Second
	// minRate is added to the rate, so that a client finds its share again.
	minRate = 0.5
	// maxLag is the maximum delay that the limiter makes up for.
	maxLag = 10 * time.Millisecond
	// maxInterval is far above the timeout of a read. Without it, the interval of a low
	// rate could overflow time.Duration.
	maxInterval = 24 * time.Hour
)

// limiter is the client-side rate limiter. It bounds the requests in flight and their
// rate. While a server refuses requests, it sends a little more than are served.
type limiter struct {
	mu          sync.Mutex
	queue       []*ticket // those of reads that failed come last, and each as they came
	inFlight    int
	maxInFlight int
	maxRate     float64 // requests_per_second, or +Inf
	started     time.Time
	timer       *time.Timer
	next        time.Time // when the next request is due
	breaker     breaker
	alike       alike

	served, refused int // requests so far
	recent          []ended
	limited         time.Time // since when the rate is limited; zero if it is not
	gain            float64
	run             int // refusals since a request was served
	lastRefused     time.Time
	servedAt        []time.Time // of the last memory
	refusedReads    int         // reads that were refused and have not ended
	remaining       int         // requests until reset, as the server says
	reset           time.Time

	// A cycle begins when the server serves requests again after it refused all.
	cycleStart  time.Time
	cycleServed int
	cycleRate   float64 // of the last cycle
}

// ended is a request that ended.
type ended struct {
	at                     time.Time
	served, refused, first bool
}

// ticket is the permission to send one request.
type ticket struct {
	read          *readState
	due, deadline time.Time
	served        int // requests before it was sent
	granted       chan struct{}
}

// outcome describes the end of a request to the limiter.
type outcome struct {
	served, throttled, failed bool // all are false if it was canceled
	retryAfter                time.Duration
	tooLong                   bool // the Retry-After ends after the read's deadline
	remaining                 int  // requests that the server permits until reset, if that is not 0
	reset                     time.Duration
}

func newLimiter(maxConcurrent int, perSecond float64) *limiter {
	if perSecond <= 0 {
		perSecond = math.Inf(1)
	}
	return &limiter{maxInFlight: maxConcurrent, maxRate: perSecond, gain: initialGain}
}

// acquire waits until a request may be sent. The caller hands the ticket to release.
func (l *limiter) acquire(ctx context.Context, read *readState) (*ticket, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	t := &ticket{read: read, due: time.Now(), granted: make(chan struct{})}
	t.deadline, _ = ctx.Deadline()
	l.mu.Lock()
	place := len(l.queue)
	for place > 0 && read.failures == 0 && l.queue[place-1].read.failures > 0 {
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
	} else {
		l.inFlight--
		l.breaker.cancel(t)
	}
	l.dispatch()
	return nil, ctx.Err()
}

// dispatch grants tickets while requests may be sent, and sets the timer for the next.
// The caller holds mu.
func (l *limiter) dispatch() {
	now := time.Now()
	for len(l.queue) > 0 && l.inFlight < l.maxInFlight {
		if wait := l.wait(now); wait > 0 {
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
		i := 0
		if l.breaker.isOpen() {
			i = l.breaker.pick(now, l.queue)
		}
		t := l.queue[i]
		l.queue = slices.Delete(l.queue, i, i+1)
		if t.read.attempts == 0 {
			t.read.servedBefore, t.read.refusedBefore = l.served, l.refused
		}
		if l.started.IsZero() {
			l.started, l.cycleStart = now, now
		}
		t.served = l.served
		l.inFlight++
		if now.Sub(l.next) > maxLag {
			l.next = now
		}
		l.next = l.next.Add(time.Duration(min(float64(time.Second)/l.rate(now), float64(maxInterval))))
		close(t.granted)
	}
}

// wait returns the wait until a request may be sent.
func (l *limiter) wait(now time.Time) time.Duration {
	if l.breaker.isOpen() {
		return l.breaker.wait(now, l.queue)
	}
	if now.Before(l.reset) && l.inFlight >= l.remaining {
		// Servers round the seconds up, so that in the last one single requests are sent.
		if wait := l.reset.Sub(now) - time.Second; wait > 0 || l.inFlight > 0 {
			return max(wait, minProbeWait)
		}
	}
	var hold time.Duration
	if math.IsInf(l.maxRate, 1) && l.inFlight >= initialInFlight+l.served {
		hold = l.started.Add(initialHold).Sub(now)
	}
	return max(hold, l.next.Sub(now))
}

// rate is the rate at which requests are sent.
func (l *limiter) rate(now time.Time) float64 {
	if l.limited.IsZero() {
		return l.maxRate
	}
	gain, served := l.gain, l.servedRate(now)
	if now.Sub(l.lastRefused) > quiet {
		gain = max(gain, quietGain)
	}
	if now.Sub(l.cycleStart) < measured {
		served = max(served, l.cycleRate)
	}
	return min(l.maxRate, gain*served+minRate)
}

// servedRate is the rate of requests that were served lately.
func (l *limiter) servedRate(now time.Time) float64 {
	n := l.count(now, func(e ended) bool { return e.served })
	if n == 0 {
		return 0
	}
	return n / max(now.Sub(l.recent[0].at), 100*time.Millisecond).Seconds()
}

// count returns how many of the recent requests match.
func (l *limiter) count(now time.Time, match func(ended) bool) (n float64) {
	for len(l.recent) > minMeasured && now.Sub(l.recent[0].at) > measured {
		l.recent = l.recent[1:]
	}
	for _, e := range l.recent {
		if match(e) {
			n++
		}
	}
	return n
}

// release records how a request ended. It reports whether all reads end, because none can
// succeed.
func (l *limiter) release(t *ticket, result outcome) (isOver bool) {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.dispatch()
	l.inFlight--
	if result.reset > 0 {
		l.remaining, l.reset = result.remaining, now.Add(result.reset)
	}
	if result.served || result.throttled {
		l.recent = append(l.recent, ended{now, result.served, result.throttled, t.read.attempts == 1})
	}
	switch {
	case result.served:
		l.serve(now)
	case result.throttled:
		l.refuse(now, t.read)
	case result.failed:
		t.read.fail(l.served, t.served, 2*l.maxInFlight)
	default:
		l.breaker.cancel(t)
		return false
	}
	if !result.served && l.breaker.fail(now, t, result) && l.limited.IsZero() && l.breaker.responds() {
		l.limited = now
	}
	return l.breaker.isOver
}

// serve records that a request was served.
func (l *limiter) serve(now time.Time) {
	l.served++
	l.servedAt = append(l.servedAt, now)
	if !l.limited.IsZero() && now.Sub(l.limited) > measured {
		if l.gain -= gainDecay; float64(l.run) >= minRun*l.gain {
			l.gain += gainGrowth
		}
		l.gain = min(maxGain, max(minGain, l.gain))
	}
	if l.breaker.isOpen() {
		l.cycleRate = float64(l.cycleServed) / max(now.Sub(l.cycleStart), 100*time.Millisecond).Seconds()
		l.next, l.cycleStart, l.cycleServed = now, now, 0
	}
	l.cycleServed++
	l.run = 0
	refused := l.count(now, func(e ended) bool { return e.refused })
	l.breaker.succeed(now, (refused+1)/float64(len(l.recent)+2))
}

// refuse records that a limit refused a request. The rate is limited once more than a
// few percent of the reads are refused at first.
func (l *limiter) refuse(now time.Time, read *readState) {
	l.refused++
	l.run++
	l.lastRefused = now
	if read.refusals == 0 {
		l.refusedReads++
	}
	for len(l.servedAt) > 0 && now.Sub(l.servedAt[0]) > memory {
		l.servedAt = l.servedAt[1:]
	}
	refusedShare := float64(l.refusedReads) / float64(l.refusedReads+len(l.servedAt))
	read.refuse(l.served, l.refused, l.maxInFlight/2, refusedShare, l.breaker.isLost(now))
	first := l.count(now, func(e ended) bool { return e.first })
	refused := l.count(now, func(e ended) bool { return e.first && e.refused })
	if l.limited.IsZero() && l.breaker.responds() && refused > minThrottled+minThrottledShare*first {
		l.limited = now
	}
}

// responds reports whether any request was served, and whether reads wait for the server
// in spite of their failures.
func (l *limiter) responds() (responds, waits bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.breaker.responds(), l.breaker.responds() || l.breaker.isOpen()
}

// end records how a read ended.
func (l *limiter) end(read *readState, failure *APIError) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if read.refusals > 0 {
		l.refusedReads--
	}
	if l.alike.end(failure) {
		failure.affectsAllReads = true
	}
}
