// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"slices"
	"testing"
)

func TestIsThrottled(t *testing.T) {
	t.Parallel()
	throttling := []string{
		"TOO_MANY_REQUESTS", "TooManyRequests", "toomanyrequests", "too-many-requests", "RATE_LIMITED", "rate_limit_exceeded", "RateLimitExceeded",
		"API_RATE_LIMIT", "THROTTLED", "ThrottlingException", "throttling_error", "QUOTA_EXCEEDED", "quotaExceeded", "429_TOO_MANY_REQUESTS",
		"APIRateLimitExceeded", "ApiRateLimitExceeded", "apiRateLimit", "API_RateLimit", "MerchantAPIRateLimited",
		"ABRateLimit", "AQuotaError", "E429TooManyRequests", "RateLimit2",
	}
	other := []string{
		"TOO_MANY_ACCOUNTS", "INVALID_INPUT", "CORPORATE_LIMIT_EXCEEDED", "CorporateLimit", "UNTHROTTLEABLE", "QUOTATION_MISSING", "MAINTENANCE", "LIMIT", "",
		"CORPORATELimitExceeded", "CORPORATERateless", "APIRATE", "apirateLimitExceeded", "PirateLimit", "RateLimitless", "RATELIMITLESS", "AQuotas", "Throttler",
	}
	for _, code := range append(throttling, other...) {
		want := slices.Contains(throttling, code)
		// nginx and HAProxy throttle with 503, and send no code.
		for status, always := range map[int]bool{200: false, 400: false, 403: false, 429: true, 500: false, 503: code == ""} {
			if got := isThrottled(status, envelope{code: code}); got != (want || always) {
				t.Errorf("code %q under %d: got %t, want %t", code, status, got, want || always)
			}
			if got := isThrottled(status, envelope{errorCode: code}); got != (want || always) {
				t.Errorf("error code %q under %d: got %t, want %t", code, status, got, want || always)
			}
		}
	}
	if isThrottled(503, envelope{status: "maintenance"}) {
		t.Error("maintenance under 503: got true, want false")
	}
}
