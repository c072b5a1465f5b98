// SPDX-License-Identifier: MPL-2.0

package limiter

import "time"

const (
	// A read is sick if a healthy read is refused as often with a chance below sickChance: its
	// refusals say nothing of the server.
	sickChance = 0.01
	// Below giveUpChance, refusals are not by chance: a read is not retried, and an outage ends all
	// reads. It is low, because the chance is estimated from few requests.
	giveUpChance = 1e-9
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

	contradicted         bool    // whether a newer request was served although an attempt failed
	chance               float64 // the chance that a healthy read is refused as often
	firstsBefore         counts  // first attempts of all reads before the last refusal, or the first attempt
	servedAtFirstRefusal int     // requests of all reads
}

// Ticket is the permission to send one request.
type Ticket struct {
	read     *Read
	deadline time.Time
	number   int           // the place of the request in the order in which all are sent
	granted  chan struct{} // is closed when the request may be sent
}

// endsBefore reports whether the read's deadline ends before a time.
func (t *Ticket) endsBefore(end time.Time) bool {
	return !t.deadline.IsZero() && t.deadline.Before(end)
}

// Outcome describes the end of a request.
type Outcome struct {
	Served, Refused, Failed bool // Refused is by a limit; all are false if the request was canceled
	RetryAfter              time.Duration
	TooLong                 bool // the Retry-After ends after the read's deadline
	Remaining               int  // requests that the server permits until Reset, if that is not 0
	Reset                   time.Duration
}

// NewRead returns a read without attempts.
func NewRead() Read { return Read{chance: 1} }

// FailsAlone reports whether attempts failed, but not by a limit, while other reads
// succeeded. Two may be by chance: requests do not quite arrive in the order in which they are sent.
func (r *Read) FailsAlone() bool { return r.contradicted && r.Failures > 2 }

// IsRefusedByChance reports whether a healthy read could have been refused as often.
func (r *Read) IsRefusedByChance() bool { return r.chance >= giveUpChance }

// refuse records that a limit refused an attempt. The chance of that is the share of the first
// attempts since the read's last refusal that were refused. Without any, it is usualShare, the share
// of healthy reads, if more than minServed requests were served since the read's first refusal.
func (r *Read) refuse(firsts counts, served, minServed int, usualShare float64) {
	if r.Refusals++; r.Refusals == 1 {
		r.servedAtFirstRefusal = served
	}
	firstsRefused, firstsServed := float64(firsts.refused-r.firstsBefore.refused), float64(firsts.served-r.firstsBefore.served)
	switch {
	case firstsRefused+firstsServed > 0:
		r.chance *= max(firstsRefused/(firstsRefused+firstsServed), usualShare)
	case served-r.servedAtFirstRefusal > minServed:
		r.chance *= usualShare
	}
	r.firstsBefore = firsts
}

// isSick reports whether attempts fail while other reads succeed.
func (r *Read) isSick() bool { return r.contradicted && r.Failures > 0 || r.chance < sickChance }

// mayBeSick reports whether the read is sick, or failed otherwise than by a limit.
func (r *Read) mayBeSick() bool { return r.isSick() || r.Attempts > r.Refusals }
