// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"net/http"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/limiter"
)

// newOutcome describes the end of an attempt to the limiter.
func newOutcome(ctx context.Context, header http.Header, failure *APIError) (o limiter.Outcome) {
	if o.Remaining, o.Reset = quota(header, time.Now()); endsAfter(ctx, o.Reset) {
		o.Reset = 0 // a read fails by a refusal, never by a field
	}
	switch {
	case failure == nil || isOfAccount(failure):
		o.Served = true
	case failure.Reason == ReasonThrottled:
		o.Throttled, o.RetryAfter = true, failure.RetryAfter
		if o.TooLong = endsAfter(ctx, failure.RetryAfter); o.TooLong {
			o.RetryAfter = 0 // the read fails at once, and others may have longer deadlines
		}
	default:
		o.Failed = failure.Reason != ReasonCanceled
	}
	return o
}
