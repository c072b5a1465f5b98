// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"math"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
)

const (
	// measured is how far back the limiter looks to measure what a server
	// delivers and how much of it is refused.
	measured = time.Second
	// minCutInterval lets a cut show before the next.
	minCutInterval = 250 * time.Millisecond
	// minCutShare is the share of refused attempts from which the rate is cut,
	// minCooldownShare that from which all requests wait for a Retry-After.
	minCutShare, minCooldownShare = 0.05, 0.2
	// cutFactor is what a cut leaves of the rate that was delivered.
	cutFactor = 0.95
	// plateau is how long the rate stays as it is after a Retry-After. Servers
	// that send one count requests per window, so what was delivered is their
	// limit, where others' limits have to be searched.
	plateau = 4 * time.Second
	// maxLag is how far behind its schedule the limiter may be and catch up.
	maxLag = 10 * time.Millisecond
	// maxInterval is far above the timeout of a read. A lower rate may make an
	// interval that no Duration holds.
	maxInterval = 24 * time.Hour
)

// limiter is the client-side rate limiter. It bounds the reads in flight and the
// rate of requests. The rate starts at requests_per_second, or without a limit,
// and adapts: when a server throttles several reads (429), the limiter cuts the
// rate to a little less than what the server delivered, and then lets it grow.
//
// A read that is throttled alone changes nothing for the others: it backs off by
// itself, as retryPolicy says.
type limiter struct {
	slots *semaphore.Weighted // one for each read in flight, first come, first served
	turn  *semaphore.Weighted // held by the request that is sent next

	mu       sync.Mutex
	maxRate  float64       // requests_per_second, or +Inf
	rate     float64       // after the last cut, or maxRate
	lastCut  time.Time     //
	growFrom time.Time     // when the rate begins to grow
	cooldown time.Time     // when requests may be sent again
	next     time.Time     // when the next request is due
	recent   []observation // within measured
}

// observation is how an attempt ended.
type observation struct {
	read       *requestState // nil unless throttled
	start, end time.Time
	delivered  bool
	throttled  bool
}

func newLimiter(maxConcurrent int, perSecond float64) *limiter {
	if perSecond <= 0 {
		perSecond = math.Inf(1)
	}
	return &limiter{
		slots:   semaphore.NewWeighted(int64(maxConcurrent)),
		turn:    semaphore.NewWeighted(1),
		maxRate: perSecond,
		rate:    perSecond,
	}
}

// acquire waits until one more read may be in flight. The read keeps its slot
// while it backs off, so that reads which have not begun do not overtake it.
func (l *limiter) acquire(ctx context.Context) (release func(), err error) {
	if err := l.slots.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	return func() { l.slots.Release(1) }, nil
}

// wait waits until a request may be sent.
func (l *limiter) wait(ctx context.Context) error {
	if err := l.turn.Acquire(ctx, 1); err != nil {
		return err
	}
	defer l.turn.Release(1)
	for {
		due := l.schedule(time.Now())
		if due <= 0 {
			return nil
		}
		// Rate and cooldown may change meanwhile, so look again afterwards.
		if err := sleep(ctx, due); err != nil {
			return err
		}
	}
}

// schedule returns how long it is until a request may be sent. If it may be sent
// now, the next one is due an interval later.
func (l *limiter) schedule(now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if wait := max(l.next.Sub(now), l.cooldown.Sub(now)); wait > 0 {
		return wait
	}
	if now.Sub(l.next) > maxLag {
		l.next = now
	}
	l.next = l.next.Add(time.Duration(min(float64(time.Second)/l.currentRate(now), float64(maxInterval))))
	return 0
}

// currentRate is the rate after the last cut, and what it has grown by since: 6 %
// in the first second, half in three, twelve times in six.
func (l *limiter) currentRate(now time.Time) float64 {
	seconds := max(0, now.Sub(l.growFrom).Seconds())
	return min(l.maxRate, l.rate*math.Exp(0.05*seconds+0.01*seconds*seconds*seconds))
}

// observe takes note of how an attempt of a read ended, and adapts the rate.
func (l *limiter) observe(read *requestState, start time.Time, got response) {
	now := time.Now()
	o := observation{
		start:     start,
		end:       now,
		delivered: got.statusCode != 0 && got.statusCode < 500 && got.statusCode != http.StatusTooManyRequests,
		throttled: got.statusCode == http.StatusTooManyRequests,
	}
	if o.throttled {
		o.read = read // of the others, thousands of responses would stay in memory
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.recent) > 0 && now.Sub(l.recent[0].end) > measured {
		l.recent = l.recent[1:]
	}
	l.recent = append(l.recent, o)
	if o.throttled {
		l.adapt(now, read, retryAfter(got.header, now))
	}
}

// adapt cuts the rate and begins a cooldown, if more than one read is concerned.
func (l *limiter) adapt(now time.Time, read *requestState, retryAfter time.Duration) {
	delivered, throttled, others := 0, 0, false
	for _, o := range l.recent {
		switch {
		case o.delivered:
			delivered++
		case o.throttled:
			throttled++
			others = others || o.read != read
		}
	}
	share := float64(throttled) / float64(len(l.recent))
	if !others || share < minCutShare {
		return
	}
	if now.Sub(l.lastCut) >= minCutInterval {
		// A server with windows delivers in a moment what it delivers in a window.
		span := min(measured, max(now.Sub(l.recent[0].start), retryAfter))
		cut := cutFactor * float64(max(1, delivered)) / span.Seconds()
		l.rate = min(l.currentRate(now), cut)
		l.lastCut, l.growFrom = now, now
	}
	if retryAfter > maxRetryAfter {
		return // each read fails by itself
	}
	until := now.Add(retryAfter)
	if share >= minCooldownShare && until.After(l.cooldown) {
		l.cooldown = until
	}
	if retryAfter > 0 {
		l.growFrom = until.Add(plateau)
	}
}
