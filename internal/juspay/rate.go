// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"math"
	"time"
)

const (
	// beta is the share of the delivered rate that a cut leaves. RFC 9438 has 0.7,
	// and this rate has no queue to drain.
	beta = 0.85
	// A hold is the time in which the rate grows back to its target. The rate then stays
	// near the target for about a hold. A hold lasts as long as holdRequests at the target
	// rate, within minHold and maxHold. Clients that share a limit have low rates, so they
	// wait longer before they exceed their targets.
	holdRequests     = 32
	minHold, maxHold = 1.5, 8.0 // seconds
	// probeGrowth is the growth per hold after the rate was near its target for a hold.
	// With it, a client finds a limit that is higher because other clients have ended.
	probeGrowth = 3
	// searchGrowth is the growth per second while the server's limit is unknown.
	searchGrowth = 4
	// headroom is the maximum ratio of a target to the delivered rate. It exceeds 1,
	// because the window of a cut also holds buckets from before the rate grew.
	headroom = 1.1
	// settleTime is the time after a cut in which the delivered rate is not taken for
	// the server's limit: a server that also counts refused requests refuses for seconds.
	settleTime = 3 * time.Second
	// maxGrowth is the growth since a cut after which the rate is unlimited. The server's
	// limit has gone, and the rate says nothing about a new one.
	maxGrowth = 64
)

// rateGrowth is the rate after a cut, and how it grows.
type rateGrowth struct {
	start  float64 // after the cut; +Inf before the first
	target float64 // where the server's limit is assumed; 0 if it is unknown
	from   time.Time
	settle time.Time // until then, the target stays
}

// cut returns the rate after the server refused a part of the requests. The cut is CUBIC's
// multiplicative decrease (RFC 9438, section 4.6), with the target in the place of
// W_max. From an unlimited rate, the server's limit is searched for.
// The rate grows again from the time at which requests may be sent again.
func (g rateGrowth) cut(now, from time.Time, delivered float64) rateGrowth {
	rate := g.rate(now)
	switch {
	case math.IsInf(rate, 1):
		return rateGrowth{start: beta * max(1, delivered), from: from}
	case now.Before(g.settle):
		return rateGrowth{start: max(rate/2, g.target/4), target: g.target, from: from, settle: g.settle}
	}
	target := max(min(rate, headroom*delivered), rate/4)
	return rateGrowth{start: beta * target, target: target, from: from, settle: from.Add(settleTime)}
}

// rate grows as CUBIC's window does (RFC 9438, section 4.2; the adaptive retry mode
// of AWS SDKs uses it for rates): steeply to the target and slowly around it. Then it
// grows exponentially. Its constants are relative to the rate, so that clients which
// share a limit grow alike.
func (g rateGrowth) rate(now time.Time) float64 {
	rate := g.rateAfter(max(0, now.Sub(g.from).Seconds()))
	if rate > maxGrowth*max(g.start, g.target) {
		return math.Inf(1)
	}
	return rate
}

func (g rateGrowth) rateAfter(seconds float64) float64 {
	if g.target == 0 {
		return g.start * math.Pow(searchGrowth, seconds)
	}
	hold := min(maxHold, max(minHold, holdRequests/g.target))
	x := seconds/hold - 1 // holds since the target was reached
	switch {
	case x < 0:
		return g.target + (g.target-g.start)*x*x*x
	case x <= 1:
		return g.target * (1 + (1-beta)*x*x*x)
	}
	return g.target * (2 - beta) * math.Pow(probeGrowth, x-1)
}

const (
	// retryWeight is the weight of a retry, relative to the attempt before it, so that one read
	// weighs less than 1.5 however often it is refused.
	retryWeight = 0.3
	// buckets is the number of buckets in a window, each bucketLength long.
	buckets      = 10
	bucketLength = 100 * time.Millisecond
	// minWeight is the weight of attempts that the window keeps, however long ago they
	// ended.
	minWeight = 24
)

// outcome describes the end of a request to the limiter.
type outcome struct {
	delivered, throttled bool
	retryAfter           time.Duration
}

// counts are sums over attempts.
type counts struct {
	from                 time.Time
	delivered            int
	weight, throttled    float64 // see retryWeight
	firstAttempts        float64
	firstAttemptsDelayed float64 // first attempts refused with a Retry-After
}

// window counts the outcomes of recent attempts.
type window struct {
	lastCut time.Time
	recent  []counts // the last bucket is the current one
}

func (w *window) start(now time.Time) { w.recent = append(w.recent[:0], counts{from: now}) }

// cut drops the counts from before a cut, since they do not show whether the server
// accepts the rate after it.
func (w *window) cut(now time.Time) {
	w.lastCut = now
	w.start(now)
}

func (w *window) add(now time.Time, t *ticket, result outcome) {
	last := &w.recent[len(w.recent)-1]
	if now.Sub(last.from) >= bucketLength {
		w.recent = append(w.recent, counts{from: now})
		w.trim(now)
		last = &w.recent[len(w.recent)-1]
	}
	if result.delivered {
		last.delivered++
	}
	if t.sent.Before(w.lastCut) {
		return
	}
	weight := math.Pow(retryWeight, float64(t.attempt-1))
	last.weight += weight
	if result.throttled {
		last.throttled += weight
	}
	if t.attempt == 1 {
		last.firstAttempts++
		if result.throttled && result.retryAfter > 0 {
			last.firstAttemptsDelayed++
		}
	}
}

// trim drops old buckets, as long as enough attempts are left.
func (w *window) trim(now time.Time) {
	weight := w.sums(now).weight
	for len(w.recent) > 1 && now.Sub(w.recent[1].from) >= buckets*bucketLength && weight-w.recent[0].weight >= minWeight {
		weight -= w.recent[0].weight
		w.recent = w.recent[1:]
	}
}

func (w *window) sums(now time.Time) counts {
	total := counts{from: now}
	for i, c := range w.recent {
		if i == 0 {
			total.from = c.from
		}
		total.delivered += c.delivered
		total.weight += c.weight
		total.throttled += c.throttled
		total.firstAttempts += c.firstAttempts
		total.firstAttemptsDelayed += c.firstAttemptsDelayed
	}
	return total
}
