// SPDX-License-Identifier: MPL-2.0

package limiter

import "time"

const (
	// maxChance is the chance of a healthy read to be refused as often, below which a
	// refusal is not by chance. It is estimated from few requests, which maxChance allows for.
	maxChance = 1e-9
	// Below maxSickChance, a read says nothing of the server.
	maxSickChance = 1e-3
	// MinAlike is the number of reads that must fail, while none succeeds, before the failure
	// affects all reads.
	MinAlike = 8
	// maxInterval is far above the timeout of a read. Without it, the interval of a low
	// rate could overflow time.Duration.
	maxInterval = 24 * time.Hour
)

// Read tells the limiter about a read, whose attempts it permits.
type Read struct {
	Attempts           int // requests that were sent, which the caller counts
	Refusals, Failures int // attempts that a limit refused, and that failed otherwise while others did not

	// Requests of all reads so far:
	servedAtFailure             int // served when this one failed last
	servedAtRefusal             int // served when it was refused first
	servedBefore, refusedBefore int // served and refused when it was refused last, or began

	chance                   float64 // that a healthy read is refused as often
	failsAlone, refusedAlone bool    // while others succeeded
}

// Ticket is the permission to send one request.
type Ticket struct {
	read     *Read
	deadline time.Time
	served   int // requests before it was sent
	granted  chan struct{}
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
func (r *Read) FailsAlone() bool { return r.failsAlone && r.Failures > 2 }

// IsRefusedByChance reports whether a healthy read could have been refused as often.
func (r *Read) IsRefusedByChance() bool { return r.chance >= maxChance }

// refuse records that a limit refused an attempt. The chance of that is the share of the
// requests since the read's last refusal that were refused. If none was served since, but many
// after its first refusal, it is the share of the requests of healthy reads. Nothing is by
// chance once the server has refused all for long.
func (r *Read) refuse(served, refused, many int, refusedShare float64, isLost bool) {
	if r.Refusals++; r.Refusals == 1 {
		r.servedAtRefusal = served
	}
	since := float64(refused - r.refusedBefore)
	chance, refusedAgain := since/(since+float64(served-r.servedBefore)), served-r.servedAtRefusal > many
	switch {
	case isLost:
		chance = 0
	case refusedAgain && served == r.servedBefore:
		chance = refusedShare
	}
	r.chance *= chance
	r.servedBefore, r.refusedBefore = served, refused
	r.refusedAlone = r.refusedAlone || refusedAgain || r.chance < maxSickChance
}

// fail records that an attempt failed otherwise than by a limit. It is not the read's failure
// if all fail. A read is sick if many others succeeded meanwhile.
func (r *Read) fail(served, servedWhenSent, many int, allFail bool) {
	since := served - servedWhenSent
	if r.failed() > 1 {
		since, many = served-r.servedAtFailure, MinAlike
	}
	r.servedAtFailure = served
	if !allFail {
		r.Failures++
		r.failsAlone = r.failsAlone || since > many
	}
}

// forgive forgets failures that were not the read's own, because all reads failed.
func (r *Read) forgive() { r.Failures = 0 }

// failed counts the attempts that failed otherwise than by a limit, alone or with all.
func (r *Read) failed() int { return r.Attempts - r.Refusals }

// isSick reports whether the read failed while others succeeded, so that it says nothing of the
// server.
func (r *Read) isSick() bool { return r.failsAlone || r.refusedAlone }
