// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"container/heap"
	"context"
	"math"
	"sync"
	"time"
)

const (
	// initialInFlight bounds the requests in flight at the start, so that many plans
	// which start together do not all fill a server's burst. Each response that is
	// not throttled permits one more, and after initialHold all are permitted.
	initialInFlight = 4
	initialHold     = time.Second
	// The rate is cut only if the weight of throttled attempts exceeds minThrottled
	// plus minThrottledShare of the weight of all attempts. One read never exceeds
	// minThrottled. A few percent of accounts that are always refused do not exceed
	// minThrottledShare.
	minThrottled, minThrottledShare = 1.5, 0.05
	// minCooldownShare is the share of first attempts that must be refused with a
	// Retry-After before all requests wait for it.
	minCooldownShare = 0.5
	// maxLag is the maximum delay that the limiter makes up for. After a longer delay,
	// the schedule starts again.
	maxLag = 10 * time.Millisecond
	// maxInterval is far above the timeout of a read. Without it, the interval of a low
	// rate could overflow time.Duration.
	maxInterval = 24 * time.Hour
)

// limiter is the client-side rate limiter. It bounds the requests in flight and
// their rate. First attempts are sent before retries, and retries in the order in
// which they were due. The rate starts at requests_per_second, or without a limit,
// and adapts to a server that throttles many different reads.
type limiter struct {
	mu          sync.Mutex
	queue       waiters
	inFlight    int
	maxInFlight int
	started     time.Time // when the first request was sent
	throttled   int       // responses that were throttled
	unthrottled int       // responses that were not throttled
	timer       *time.Timer
	next        time.Time // when the next request is due
	cooldown    time.Time // when requests may be sent again
	maxRate     float64   // requests_per_second, or +Inf
	growth      rateGrowth
	window      window
}

// ticket is the permission to send one request.
type ticket struct {
	attempt int
	due     time.Time // when the attempt entered the queue
	sent    time.Time
	granted chan struct{}
	index   int // in the queue, or -1
}

func newLimiter(maxConcurrent int, perSecond float64) *limiter {
	if perSecond <= 0 {
		perSecond = math.Inf(1)
	}
	return &limiter{maxInFlight: maxConcurrent, maxRate: perSecond, growth: rateGrowth{start: perSecond}}
}

// acquire waits until a request may be sent. The caller hands the ticket to release.
func (l *limiter) acquire(ctx context.Context, attempt int) (*ticket, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	t := &ticket{attempt: attempt, due: time.Now(), granted: make(chan struct{})}
	l.mu.Lock()
	heap.Push(&l.queue, t)
	l.dispatch()
	l.mu.Unlock()
	select {
	case <-t.granted:
		return t, nil
	case <-ctx.Done():
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if t.index >= 0 {
		heap.Remove(&l.queue, t.index)
	} else {
		l.inFlight--
	}
	l.dispatch()
	return nil, ctx.Err()
}

// dispatch grants tickets while requests may be sent, and sets the timer for the next.
// The caller holds mu.
func (l *limiter) dispatch() {
	now := time.Now()
	for len(l.queue) > 0 && l.inFlight < l.inFlightLimit(now) {
		if wait := l.schedule(now); wait > 0 {
			l.wake(wait)
			return
		}
		if l.started.IsZero() {
			l.started = now
			l.window.start(now)
		}
		t, _ := heap.Pop(&l.queue).(*ticket)
		t.sent = now
		l.inFlight++
		close(t.granted)
	}
	if len(l.queue) > 0 && l.inFlight < l.maxInFlight {
		l.wake(l.started.Add(initialHold).Sub(now))
	}
}

func (l *limiter) wake(after time.Duration) {
	if l.timer != nil {
		l.timer.Stop()
	}
	l.timer = time.AfterFunc(after, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.dispatch()
	})
}

func (l *limiter) inFlightLimit(now time.Time) int {
	if !math.IsInf(l.maxRate, 1) || !l.started.IsZero() && now.Sub(l.started) >= initialHold {
		return l.maxInFlight
	}
	return min(l.maxInFlight, initialInFlight+l.unthrottled)
}

// schedule returns the wait until a request may be sent. If that is 0, it schedules the
// next request an interval later.
func (l *limiter) schedule(now time.Time) time.Duration {
	if wait := max(l.next.Sub(now), l.cooldown.Sub(now)); wait > 0 {
		return wait
	}
	if now.Sub(l.next) > maxLag {
		l.next = now
	}
	rate := min(l.maxRate, l.growth.rate(now))
	l.next = l.next.Add(time.Duration(min(float64(time.Second)/rate, float64(maxInterval))))
	return 0
}

// release records how a request ended, and adapts the rate.
func (l *limiter) release(t *ticket, result outcome) {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.inFlight--
	if result.throttled {
		l.throttled++
	} else {
		l.unthrottled++
	}
	l.window.add(now, t, result)
	if result.throttled {
		l.adapt(now, result.retryAfter)
	}
	l.dispatch()
}

// adapt cuts the rate, and begins a cooldown, if the server throttles many reads.
func (l *limiter) adapt(now time.Time, retryAfter time.Duration) {
	w := &l.window
	sums := w.sums(now)
	if sums.throttled <= minThrottled+minThrottledShare*sums.weight {
		return
	}
	if l.unthrottled == 0 && l.throttled < minAlikeFailures {
		return // if all fail, GetAll ends soon, and a lower rate would delay that
	}
	if retryAfter > 0 && sums.firstAttemptsDelayed > minCooldownShare*sums.firstAttempts {
		l.cooldown = now.Add(retryAfter)
	}
	if l.unthrottled == 0 && !math.IsInf(l.growth.start, 1) {
		return // there is nothing to measure yet
	}
	measured := now.Sub(sums.from)
	if cooldown := l.cooldown.Sub(now); cooldown > 0 {
		// A server that counts per window delivers the requests of a window in a burst.
		measured = max(measured, min(cooldown, bucketLength*buckets))
	}
	l.growth.start = min(l.growth.start, l.maxRate)
	from := now
	if l.cooldown.After(now) {
		from = l.cooldown
	}
	l.growth = l.growth.cut(now, from, float64(sums.delivered)/max(measured, bucketLength).Seconds())
	w.cut(now)
}

// waiters is a heap of tickets: first attempts before retries, each ordered by due.
type waiters []*ticket

func (w waiters) Len() int { return len(w) }

func (w waiters) Less(i, j int) bool {
	if first := w[i].attempt == 1; first != (w[j].attempt == 1) {
		return first
	}
	return w[i].due.Before(w[j].due)
}

func (w waiters) Swap(i, j int) {
	w[i], w[j] = w[j], w[i]
	w[i].index, w[j].index = i, j
}

func (w *waiters) Push(x any) {
	t, _ := x.(*ticket)
	t.index = len(*w)
	*w = append(*w, t)
}

func (w *waiters) Pop() any {
	last := len(*w) - 1
	t := (*w)[last]
	t.index = -1
	(*w)[last] = nil
	*w = (*w)[:last]
	return t
}
