// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"sync/atomic"
	"time"
)

const (
	// maxChance is the chance of a healthy read to be refused as often, below which a read
	// is given up as throttled. It is estimated from few requests, which maxChance allows for.
	maxChance = 1e-9
	// Below maxSickChance, a read says nothing of the server.
	maxSickChance = 1e-3
)

// readState is the progress of a read.
type readState struct {
	start         time.Time
	attempts      int
	sentRequestID string   // of the last attempt, empty when a response came
	last          response // the last response, complete or not
	resends       atomic.Int32

	// The limiter keeps these.
	refusals, failures                                            int     // attempts that a limit refused, and that failed otherwise
	servedAtFailure, servedAtRefusal, servedBefore, refusedBefore int     // of other reads, until the last refusal
	chance                                                        float64 // that a healthy read is refused as often
	failsAlone, refusedAlone                                      bool    // while others succeeded
}

// refuse records that a limit refused an attempt. The chance of that is the share of the
// requests since the read's last refusal that were refused. If none was served since, but many
// after its first refusal, it is the share of the requests of healthy reads. Nothing is by
// chance once the server has refused all for long.
func (r *readState) refuse(served, refused, many int, refusedShare float64, isLost bool) {
	if r.refusals++; r.refusals == 1 {
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

// fail records that an attempt failed otherwise than by a limit. A read is sick if many others
// succeeded meanwhile.
func (r *readState) fail(served, servedWhenSent, many int) {
	since := served - servedWhenSent
	if r.failures > 0 {
		since, many = served-r.servedAtFailure, minAlikeFailures
	}
	r.failures++
	r.servedAtFailure = served
	r.failsAlone = r.failsAlone || since > many
}

// isSick reports whether the read failed while others succeeded, so that it says nothing of the
// server.
func (r *readState) isSick() bool { return r.failsAlone || r.refusedAlone }
