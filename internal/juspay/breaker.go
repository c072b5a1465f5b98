// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"slices"
	"time"
)

const (
	// minAlikeFailures is the number of reads that must fail alike, while none succeeds,
	// before the failure affects all reads. maxOpenChance is the chance of a row of
	// refusals that a limit causes which others use too.
	minAlikeFailures = 8
	// MinAlikeResponses is that number for responses about single accounts.
	MinAlikeResponses = 32
	maxOpenChance     = 1e-3
	// The wait before a probe is as long as the breaker has been open, within minProbeWait
	// and maxProbeWait: a ban that each request extends ends in such a wait. Then it is
	// laterProbeWait, and maxFirstProbeWait if the server has served nothing yet.
	minProbeWait, maxProbeWait        = 125 * time.Millisecond, 8 * time.Second
	laterProbeWait, maxFirstProbeWait = 3 * time.Second, time.Second
	// maxOutage is the time after which all reads end.
	maxOutage = time.Minute
)

// breaker holds requests back while all accounts fail. It lets one probe through at a
// time, and the first success closes it.
type breaker struct {
	lastSuccess   time.Time
	failing       map[*readState]struct{} // since the last success
	share, chance float64                 // of refused requests at that time, and that all since are refused by chance
	tooLong       int                     // reads whose Retry-After ends after their deadline
	opened        time.Time               // zero while it is closed
	probe         *ticket
	next          time.Time // when the next probe is due
	retryAt       time.Time // when the server says that it is
	isOver        bool
}

func (b *breaker) isOpen() bool { return !b.opened.IsZero() }

func (b *breaker) responds() bool { return !b.lastSuccess.IsZero() }

// isLost reports whether nothing was served for so long that further retries are useless.
func (b *breaker) isLost(now time.Time) bool {
	return b.responds() && now.Sub(b.lastSuccess) > maxOutage
}

// wait returns the wait until a probe may be sent.
func (b *breaker) wait(now time.Time, queue []*ticket) time.Duration {
	switch {
	case b.isOver:
		return 0
	case b.probe != nil:
		return maxInterval // until it is released
	case b.next.Before(b.retryAt) && !slices.ContainsFunc(queue, b.cannotWait):
		return b.retryAt.Sub(now)
	}
	return b.next.Sub(now)
}

// cannotWait reports whether a read ends before the server's Retry-After does.
func (b *breaker) cannotWait(t *ticket) bool {
	return !t.deadline.IsZero() && t.deadline.Before(b.retryAt)
}

// pick returns the index of the ticket to probe with: one of a read that is not known to be
// sick, best an untried one, and of those the last, because neighbors of a sick read may be sick too.
func (b *breaker) pick(now time.Time, queue []*ticket) int {
	best, bestRank := 0, -1
	for i, t := range queue {
		rank := 0
		if !t.read.isSick() {
			rank = 2
		}
		if t.read.attempts == 0 {
			rank++
		}
		if now.Before(b.retryAt) && !b.cannotWait(t) {
			rank = -1
		}
		if rank >= bestRank {
			best, bestRank = i, rank
		}
	}
	if !b.isOver {
		b.probe = queue[best]
	}
	return best
}

// cancel ends a probe without a result.
func (b *breaker) cancel(t *ticket) {
	if b.probe == t {
		b.probe = nil
	}
}

// succeed closes the breaker. share is the share of requests that were refused lately.
func (b *breaker) succeed(now time.Time, share float64) {
	*b = breaker{lastSuccess: now, share: share, chance: 1}
}

// fail records that a request failed. It reports whether the breaker opens.
func (b *breaker) fail(now time.Time, t *ticket, result outcome) (opens bool) {
	if result.tooLong {
		b.tooLong++
	}
	b.chance *= b.share
	b.isOver = b.isOver || b.tooLong >= minAlikeFailures
	switch {
	case b.probe == t:
		b.probe = nil
		b.next = now.Add(b.backoff(now))
		if result.retryAfter > time.Second { // shorter ones are rounded up
			b.retryAt = now.Add(result.retryAfter)
		}
		b.isOver = b.isOver || now.Sub(b.opened) >= maxOutage && b.chance < maxChance
	case !t.read.isSick() && !b.isOpen() && (b.responds() || result.throttled):
		if b.failing == nil {
			b.failing = map[*readState]struct{}{}
		}
		b.failing[t.read] = struct{}{}
		if len(b.failing) >= minAlikeFailures && b.chance < maxOpenChance {
			b.opened = now
			b.next = now.Add(b.backoff(now))
			return true
		}
	}
	return false
}

// backoff returns the wait before the next probe.
func (b *breaker) backoff(now time.Time) time.Duration {
	open := now.Sub(b.opened)
	switch {
	case open > 2*maxProbeWait:
		return laterProbeWait
	case !b.responds():
		open = min(open, maxFirstProbeWait)
	}
	return max(minProbeWait, min(open, maxProbeWait))
}

// alike counts the reads that failed alike until one succeeds.
type alike struct {
	isRead bool
	failed map[Reason]int
}

// end records how a read ended, and reports whether enough failed alike that all will.
func (a *alike) end(failure *APIError) bool {
	if a.isRead = a.isRead || failure == nil; a.isRead || failure.Reason == ReasonCanceled {
		return false
	}
	if a.failed == nil {
		a.failed = map[Reason]int{}
	}
	a.failed[alikeReason(failure)]++
	return a.failed[alikeReason(failure)] >= minAlike(failure)
}

// alikeReason returns one reason for all failures of the server and the network.
func alikeReason(failure *APIError) Reason {
	if isTransient(failure) {
		return ReasonServerError
	}
	return failure.Reason
}

func minAlike(failure *APIError) int {
	if failure.Reason != ReasonForbidden && isOfAccount(failure) {
		return MinAlikeResponses
	}
	return minAlikeFailures
}
