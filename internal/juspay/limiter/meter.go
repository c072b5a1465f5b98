// SPDX-License-Identifier: MPL-2.0

package limiter

import (
	"math"
	"time"
)

const (
	// The served rate is measured over rateWindow, or longer until minMeasured requests have
	// ended. A burst is measured over minPeriod.
	rateWindow  = time.Second
	minMeasured = 16
	minPeriod   = 100 * time.Millisecond
	// A cycle lasts minCycle at least: adjacent sick reads may open the breaker again and again.
	minCycle = 500 * time.Millisecond

	// The rate is limited as soon as more than maxSickReads + n*maxSickShare of n recent first attempts are
	// refused. Fewer may be of sick reads.
	maxSickReads = 1.5
	maxSickShare = 0.1

	// refusedShare is an average of shareMemory recent requests, and before there are so many, as if the others had
	// been served: of fewer, it is mostly chance.
	shareMemory = 32

	// Twice the served rate is sent after doublingTime without a refusal, or after the time in which one request is
	// served, if that is longer. It is at most maxDoublingTime.
	doublingTime    = 600 * time.Millisecond
	maxDoublingTime = 3 * time.Second
	// extraRate is sent in addition, so that a client finds its share of a limit. While more than half of the
	// requests are refused, other clients send it too: soon after a refusal, less of it is sent, and at least
	// minExtra of it.
	extraRate = 4.5
	minExtra  = 0.1
)

// sentRate returns the rate to send at, when a limit serves a rate, and refused no request for
// some time. The limit may have been raised, and others may have ended:
//
//	2 x served |          ____
//	           |        .
//	           |      .
//	    served |__..          each refusal starts anew
//	           +----------+---
//	           0    doublingTime
//
// refusedShare is the share of recent requests that were refused.
func sentRate(served, refusedShare float64, sinceRefusal time.Duration) float64 {
	doubling := min(max(doublingTime.Seconds(), 1/served), maxDoublingTime.Seconds())
	growth := min(math.Pow(sinceRefusal.Seconds()/doubling, 2), 1)
	extra := min(max(6.1-10*refusedShare, growth, minExtra), 1) // all of it up to 51 % refused, and minExtra from 60 % on
	return served*(1+growth) + extra*extraRate
}

// meter measures the rate at which requests are served.
type meter struct {
	recent        []request
	refusedShare  float64 // the share of recent requests that were refused
	firstAttempts counts  // the numbers of first attempts so far

	// A cycle is the time from the first request, or from when the breaker closes, until it closes again,
	// such as one window of a limit.
	cycleStart    time.Time
	cycleServed   int
	lastCycleRate float64 // the served rate of the last cycle, but at least half of the value before
}

// counts has numbers of requests.
type counts struct{ served, refused int }

// refusedShare returns the share of the requests that were refused, or 0 if there are none.
func (c counts) refusedShare() float64 {
	return float64(c.refused) / float64(max(c.served+c.refused, 1))
}

// request is a request that was served or refused.
type request struct {
	at                time.Time
	isServed, isFirst bool // isFirst is a read's first attempt
}

// add records a request, and forgets those that are no longer measured.
func (m *meter) add(r request) {
	m.refusedShare -= m.refusedShare / shareMemory
	if r.isServed {
		m.cycleServed++
	} else {
		m.refusedShare += 1.0 / shareMemory
	}
	switch {
	case r.isFirst && r.isServed:
		m.firstAttempts.served++
	case r.isFirst:
		m.firstAttempts.refused++
	}
	m.recent = append(m.recent, r)
	m.forget(r.at)
}

func (m *meter) forget(now time.Time) {
	for len(m.recent) > minMeasured && now.Sub(m.recent[0].at) > rateWindow {
		m.recent = m.recent[1:]
	}
}

// beginCycle ends a cycle, and begins the next. A cycle shorter than minCycle goes on instead, and with
// each cycle the rate falls to half at most: adjacent sick reads may open the breaker several times.
func (m *meter) beginCycle(now time.Time) {
	if elapsed := now.Sub(m.cycleStart); elapsed >= minCycle {
		m.lastCycleRate = max(float64(m.cycleServed)/elapsed.Seconds(), m.lastCycleRate/2)
		m.cycleStart, m.cycleServed = now, 0
	}
}

// servedRate returns the served rate. A cycle begins with the rate of the last one, if that was higher.
func (m *meter) servedRate(now time.Time) (rate float64) {
	m.forget(now)
	served := 0.0
	for _, r := range m.recent {
		if r.isServed {
			served++
		}
	}
	if served > 0 {
		rate = served / max(minPeriod, now.Sub(m.recent[0].at)).Seconds()
	}
	if now.Sub(m.cycleStart) < rateWindow {
		rate = max(rate, m.lastCycleRate)
	}
	return rate
}

// showsLimit reports whether more reads are refused than can be sick.
func (m *meter) showsLimit() bool {
	firstAttempts, refused := 0.0, 0.0
	for _, r := range m.recent {
		if r.isFirst {
			firstAttempts++
			if !r.isServed {
				refused++
			}
		}
	}
	return refused > maxSickReads+maxSickShare*firstAttempts
}
