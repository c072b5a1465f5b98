// SPDX-License-Identifier: MPL-2.0

package limiter

import "time"

const (
	// The wait before a probe doubles from the second on, from minProbeWait to 8 s: in that, a
	// ban ends that each request extends. After these doublings it is laterProbeWait. Before
	// the server serves anything, it is at most maxFirstProbeWait.
	minProbeWait, doublings           = 125 * time.Millisecond, 6
	laterProbeWait, maxFirstProbeWait = 4 * time.Second, time.Second
	// maxOutage is the time after which all reads end, unless a limit may have refused all probes.
	maxOutage = time.Minute
)

// breaker stops requests while all accounts fail. It lets one probe through at a
// time, and the first success closes it.
type breaker struct {
	lastSuccess time.Time
	failing     map[*Read]struct{} // since the last success
	tooLong     int                // reads whose Retry-After ends after their deadline
	share       float64            // of the requests of healthy reads that limits refused
	chance      float64            // that all probes are refused by such limits
	opened      time.Time          // zero while it is closed
	probe       *Ticket
	probes      int       // that failed
	next        time.Time // when the next probe is due
	retryAt     time.Time // when the server says that it is
	isOver      bool
}

func (b *breaker) isOpen() bool { return !b.opened.IsZero() }

func (b *breaker) responds() bool { return !b.lastSuccess.IsZero() }

// isLost reports whether nothing was served for so long that further retries are useless, of
// the few reads that are left.
func (b *breaker) isLost(now time.Time) bool {
	return b.responds() && !b.isOpen() && now.Sub(b.lastSuccess) > maxOutage
}

// pick returns the index of the ticket to probe with, and the wait until then. The read with
// the fewest attempts is least likely to be sick. Of several it is the last, because neighbors
// of a sick read may be sick too.
func (b *breaker) pick(now time.Time, queue []*Ticket) (best int, wait time.Duration) {
	switch {
	case b.isOver:
		return 0, 0
	case b.probe != nil:
		return 0, maxInterval // until it is released
	}
	wait = maxInterval
	for i, t := range queue {
		switch due := b.due(t).Sub(now); {
		case due > 0:
			wait = min(wait, due)
		case b.probe == nil || t.read.Attempts <= b.probe.read.Attempts:
			best, b.probe = i, t
		}
	}
	if b.probe != nil {
		wait = 0
	}
	return best, wait
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

// succeed closes the breaker. Limits refuse share of the requests of healthy reads.
func (b *breaker) succeed(now time.Time, share float64) {
	*b = breaker{lastSuccess: now, share: share, chance: 1}
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
		if result.RetryAfter > time.Second { // shorter ones are rounded up
			b.retryAt = now.Add(result.RetryAfter)
		}
	case !t.read.isSick() && !b.isOpen() && (b.responds() || result.Throttled):
		if b.failing == nil {
			b.failing = map[*Read]struct{}{}
		}
		b.failing[t.read] = struct{}{}
		if len(b.failing) >= MinAlike {
			b.opened, b.next = now, now.Add(b.backoff())
			for read := range b.failing {
				read.forgive()
			}
		}
	}
	b.isOver = b.isOver || b.tooLong >= MinAlike || b.isOpen() && now.Sub(b.opened) >= maxOutage && b.chance < maxChance
}

// backoff returns the wait before the next probe.
func (b *breaker) backoff() time.Duration {
	wait := minProbeWait << max(0, min(b.probes-1, doublings))
	switch {
	case !b.responds():
		return min(wait, maxFirstProbeWait)
	case b.probes > doublings+1:
		return laterProbeWait
	}
	return wait
}
