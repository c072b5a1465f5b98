// SPDX-License-Identifier: MPL-2.0

package limiter

import "time"

const (
	// minChance is the least chance of a healthy read to be refused as often. Below it, the
	// read is sick. It allows for an estimate from few requests.
	minChance = 1e-9
	// Below maxSickChance, a read says nothing of the server.
	maxSickChance = 1e-3
	// MinAlike is the number of reads that must fail, while none succeeds, before the failure
	// affects all reads.
	MinAlike = 8
	// maxInterval is far above the timeout of a read. Without it, the interval of a low
	// rate could overflow time.Duration.
	maxInterval = 24 * time.Hour
)

// Read tells the limiter about a read, whose attempts it permits. Of its attempts, some are
// refused by a limit, and others fail: by themselves, or because all reads fail.
type Read struct {
	Attempts int // requests that were sent, which the caller counts
	Refusals int // attempts that a limit refused
	Failures int // attempts that failed by themselves

	totalsAtRefusal      totals // when it was refused last, or began
	servedAtFirstRefusal int
	servedAtLastFailure  int

	chance        float64 // that a healthy read is refused as often
	sickByFailure bool    // it fails while others succeed
	sickByRefusal bool    // it is refused while others are served
}

// totals are the numbers of requests of all reads so far.
type totals struct{ served, refused int }

// Ticket is the permission to send one request.
type Ticket struct {
	read           *Read
	deadline       time.Time
	servedWhenSent int // requests of all reads
	granted        chan struct{}
}

// Outcome describes the end of a request.
type Outcome struct {
	Served, Throttled, Failed bool // all are false if it was canceled
	RetryAfter                time.Duration
	TooLong                   bool // the Retry-After ends after the read's deadline
	Remaining                 int  // requests that the server permits until Reset, if that is not 0
	Reset                     time.Duration
}

// NewRead returns a read without attempts.
func NewRead() Read { return Read{chance: 1} }

// FailsAlone reports whether attempts failed, but not by a limit, while other reads
// succeeded. Two of them may be the first of bans, after which other requests in flight succeed.
func (r *Read) FailsAlone() bool { return r.sickByFailure && r.Failures > 2 }

// IsRefusedByChance reports whether a healthy read could have been refused as often.
func (r *Read) IsRefusedByChance() bool { return r.chance >= minChance }

// refuse records that a limit refused an attempt. The chance of that is the share of the
// requests since the read's last refusal that were refused. It is usualShare, as for healthy reads,
// if none was served since that refusal, and more than enough were since the read's first one.
func (r *Read) refuse(soFar totals, enough int, usualShare float64) {
	if r.Refusals++; r.Refusals == 1 {
		r.servedAtFirstRefusal = soFar.served
	}
	refused, served := float64(soFar.refused-r.totalsAtRefusal.refused), float64(soFar.served-r.totalsAtRefusal.served)
	share, enoughServed := refused/(refused+served), soFar.served-r.servedAtFirstRefusal > enough
	if enoughServed && served == 0 {
		share = usualShare
	}
	r.chance *= share
	r.totalsAtRefusal = soFar
	r.sickByRefusal = r.sickByRefusal || enoughServed || r.chance < maxSickChance
}

// fail records that an attempt failed otherwise than by a limit. It is not the read's failure
// if all fail. A read is sick if more than enough others succeeded during the attempt that failed
// first, or more than MinAlike since its last failure.
func (r *Read) fail(served, servedWhenSent, enough int, allFail bool) {
	enoughDuringAttempt := served-servedWhenSent > enough
	enoughSinceFailure := served-r.servedAtLastFailure > MinAlike
	isFirst := r.unrefused() <= 1
	r.servedAtLastFailure = served
	if allFail {
		return
	}
	r.Failures++
	if isFirst && enoughDuringAttempt || !isFirst && enoughSinceFailure {
		r.sickByFailure = true
	}
}

// forgive forgets failures that were not the read's own, because all reads failed.
func (r *Read) forgive() { r.Failures = 0 }

// unrefused is the number of attempts that no limit refused: in a read that waits, all failed.
func (r *Read) unrefused() int { return r.Attempts - r.Refusals }

// isSick reports whether the read failed while others succeeded, so that it says nothing of the
// server.
func (r *Read) isSick() bool { return r.sickByFailure || r.sickByRefusal }
