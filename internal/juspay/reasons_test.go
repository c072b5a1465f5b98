// SPDX-License-Identifier: MPL-2.0

package juspay

import "testing"

func TestIsThrottled(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]bool{
		"TOO_MANY_REQUESTS":   true,
		"TooManyRequests":     true,
		"RATE_LIMITED":        true,
		"rate_limit_exceeded": true,
		"RateLimitExceeded":   true,
		"THROTTLED":           true,
		"throttling_error":    true,
		"QUOTA_EXCEEDED":      true,
		"TOO_MANY_ACCOUNTS":   false,
		"INVALID_INPUT":       false,
		"":                    false,
	} {
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
