// SPDX-License-Identifier: MPL-2.0

package limiter

const (
	// A read is sick if a healthy read is refused as often with a chance below sickChance: its
	// refusals say nothing of the server.
	sickChance = 0.01
	// Below giveUpChance, refusals are not by chance: a read is not retried, and an outage ends all
	// reads. It is low, because the chance is estimated from few requests.
	giveUpChance = 1e-9
	// MinFailingReads is the number of reads that must fail, while none succeeds, for their failures to be
	// taken for the server's: the breaker opens, or the caller reports one error for all.
	MinFailingReads = 8
)

// Read has the attempts of a read, and whether the read is sick.
type Read struct {
	Attempts int // the number of attempts that were begun, also of those that found no connection; the caller counts them after Wait
	Refusals int // the number of attempts that a limit refused
	Failures int // the number of attempts that failed otherwise; 0 again when the breaker opens, and not counted while it is open

	overtaken            bool    // whether an attempt of this read failed, other than by a refusal, and a request that was sent later was served
	chance               float64 // the chance that a healthy read is refused as often
	firstAttemptsBefore  counts  // meter.firstAttempts at this read's last refusal, or at its first attempt while it has none
	servedAtFirstRefusal int     // the number of requests, of any read, that were served before this one's first refusal
}

// NewRead returns a read without attempts.
func NewRead() Read { return Read{chance: 1} }

// FailsAlone reports whether attempts failed, but not by a limit, while other reads succeeded. Two may be
// by chance: requests do not quite arrive in the order in which they are sent.
func (r *Read) FailsAlone() bool { return r.overtaken && r.Failures > 2 }

// MayBeUnlucky reports whether the refusals may still be by chance. Its threshold, giveUpChance, is far below that
// of isSick, sickChance: a sick read is retried, and only comes last.
func (r *Read) MayBeUnlucky() bool { return r.chance >= giveUpChance }

// refuse records that a limit refused an attempt, and multiplies chance by the chance of one refusal:
//
//	first attempts ended since the read's last refusal         the share of them that was refused, at least chances.usual
//	none, but more than maxInFlight requests were served       chances.ofRetries
//	  since the read's first refusal
//	neither                                                    1: nothing is known
//
// As many as maxInFlight requests may have been sent before the first refusal, so that they say nothing.
func (r *Read) refuse(firstAttempts counts, served, maxInFlight int, chances refusalChances) {
	if r.Refusals++; r.Refusals == 1 {
		r.servedAtFirstRefusal = served
	}
	since := counts{firstAttempts.served - r.firstAttemptsBefore.served, firstAttempts.refused - r.firstAttemptsBefore.refused}
	switch {
	case since != counts{}:
		r.chance *= max(since.refusedShare(), chances.usual)
	case served-r.servedAtFirstRefusal > maxInFlight:
		r.chance *= chances.ofRetries
	}
	r.firstAttemptsBefore = firstAttempts
}

// refusalChances has the chance that a limit refuses a request of a healthy read: while first attempts end, and when
// only retries are left.
type refusalChances struct{ usual, ofRetries float64 }

// isSick reports whether attempts fail while other reads succeed, or a limit refuses the read more often than
// a healthy one.
func (r *Read) isSick() bool { return r.overtaken && r.Failures > 0 || r.chance < sickChance }

// comesLast reports whether other reads' requests are sent before this one's: it is sick, or one of its
// attempts failed otherwise than by a limit, so that it may be sick.
func (r *Read) comesLast() bool { return r.isSick() || r.Attempts > r.Refusals }
