// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/limiter"
)

// What ends other reads too:
//
//	cause                                                       found by                     ends
//	an error that is about all reads, such as a rejected key    allReadsError.failFast       all of the client
//	a minute in which no probe succeeded                        limit                        all of the client
//	enough reads of the client that failed alike, before any    alikeFailures.shareIfMany    the others of its GetAll
//	  read succeeded
//	probes whose Retry-After is too long for them               limit                        the others of its GetAll
//	a GetAll of few accounts that all failed alike              markAlike                    none, but one error is reported

// MinAlikeResponses is the number of reads that must get the same response, such as 404, while no
// account was read, before the error is shared.
const MinAlikeResponses = 32

// allReadsError has the first error that every other read would end in too.
type allReadsError struct{ first atomic.Pointer[APIError] }

// failFast keeps the first error that is about all reads. From then on reads end in it, and nothing is
// sent.
func (e *allReadsError) failFast(_ context.Context, state *readState, next func() *APIError) *APIError {
	if earlier := e.first.Load(); earlier != nil {
		ofOther := *earlier
		ofOther.IsOfOtherRead, ofOther.Attempts, ofOther.Elapsed = true, state.Attempts, time.Since(state.start)
		return &ofOther
	}
	failure := next()
	if failure != nil && isAboutAllReads(failure) {
		e.keep(failure)
	}
	return failure
}

// keep keeps a copy of the first error that ends all reads, because its own read goes on to change it.
func (e *allReadsError) keep(failure *APIError) {
	kept := *failure
	kept.isShared = true
	e.first.CompareAndSwap(nil, &kept)
}

// alikeFailures counts the reads that failed alike until one succeeds.
type alikeFailures struct {
	mu           sync.Mutex
	anySucceeded bool
	anyExists    bool // whether a response had an account, even if the account cannot be used
	failed       map[Reason]int
}

// shareIfMany marks a failure as shared if enough reads failed alike.
func (a *alikeFailures) shareIfMany(_ context.Context, _ *readState, next func() *APIError) *APIError {
	failure := next()
	a.mu.Lock()
	defer a.mu.Unlock()
	if failure == nil {
		a.anySucceeded = true
		return nil
	}
	a.anyExists = a.anyExists || showsAccount(failure)
	if a.anySucceeded || failure.Reason == ReasonCanceled || failure.Reason == ReasonNotFound && a.anyExists {
		return failure
	}
	if a.failed == nil {
		a.failed = map[Reason]int{}
	}
	reason := alikeReason(failure)
	a.failed[reason]++
	failure.isShared = failure.isShared || a.failed[reason] >= minAlike(failure)
	return failure
}

// alikeReason returns one reason for all failures of the server and the network that may pass.
func alikeReason(failure *APIError) Reason {
	if isTransient(failure) {
		return ReasonServerError
	}
	return failure.Reason
}

// minAlike returns the number of reads that must fail like failure before it is shared.
func minAlike(failure *APIError) int {
	if isAboutAccount(failure) {
		return MinAlikeResponses
	}
	return limiter.MinFailingReads
}
