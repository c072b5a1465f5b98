// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"slices"
	"testing"
)

func TestIsThrottled(t *testing.T) {
	t.Parallel()
	throttling := []string{
		"TOO_MANY_REQUESTS", "TooManyRequests", "RATE_LIMITED", "rate_limit_exceeded", "RateLimitExceeded", "THROTTLED", "throttling_error", "QUOTA_EXCEEDED",
	}
	for _, code := range append(throttling, "TOO_MANY_ACCOUNTS", "INVALID_INPUT", "") {
		want := slices.Contains(throttling, code)
		for status, always := range map[int]bool{200: false, 400: false, 403: false, 429: true, 500: false, 503: true} {
			if got := isThrottled(status, envelope{code: code}); got != (want || always) {
				t.Errorf("code %q under %d: %t", code, status, got)
			}
			if got := isThrottled(status, envelope{errorCode: code}); got != (want || always) {
				t.Errorf("error code %q under %d: %t", code, status, got)
			}
		}
	}
}
