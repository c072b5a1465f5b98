// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"net/http"
	"time"
)

// outcome describes the end of a request to the limiter.
type outcome struct {
	served, throttled, failed bool // all are false if it was canceled
	retryAfter                time.Duration
	tooLong                   bool // the Retry-After ends after the read's deadline
	remaining                 int  // requests that the server permits until reset, if that is not 0
	reset                     time.Duration
}

// newOutcome describes the end of an attempt to the limiter.
func newOutcome(ctx context.Context, header http.Header, failure *APIError) (o outcome) {
	if o.remaining, o.reset = quota(header, time.Now()); endsAfter(ctx, o.reset) {
		o.reset = 0 // a read fails by a refusal, never by a field
	}
	switch {
	case failure == nil || isOfAccount(failure):
		o.served = true
	case failure.Reason == ReasonThrottled:
		o.throttled, o.retryAfter = true, failure.RetryAfter
		if o.tooLong = endsAfter(ctx, failure.RetryAfter); o.tooLong {
			o.retryAfter = 0 // the read fails at once, and others may have longer deadlines
		}
	default:
		o.failed = failure.Reason != ReasonCanceled
	}
	return o
}
