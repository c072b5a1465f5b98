// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"fmt"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

func TestIsThrottled(t *testing.T) {
	t.Parallel()
	rows := map[string]bool{} // whether the code reports throttling
	for _, code := range []string{
		"TOO_MANY_REQUESTS", "TooManyRequests", "toomanyrequests", "too-many-requests", "RATE_LIMITED", "rate_limit_exceeded", "RateLimitExceeded",
		"API_RATE_LIMIT", "THROTTLED", "ThrottlingException", "throttling_error", "QUOTA_EXCEEDED", "quotaExceeded", "429_TOO_MANY_REQUESTS",
		"APIRateLimitExceeded", "ApiRateLimitExceeded", "apiRateLimit", "API_RateLimit", "MerchantAPIRateLimited",
		"ABRateLimit", "AQuotaError", "E429TooManyRequests", "RateLimit2",
	} {
		rows[code] = true
	}
	for _, code := range []string{
		"TOO_MANY_ACCOUNTS", "INVALID_INPUT", "CORPORATE_LIMIT_EXCEEDED", "CorporateLimit", "UNTHROTTLEABLE", "QUOTATION_MISSING", "MAINTENANCE", "LIMIT", "",
		"CORPORATELimitExceeded", "CORPORATERateless", "APIRATE", "apirateLimitExceeded", "PirateLimit", "RateLimitless", "RATELIMITLESS", "AQuotas", "Throttler",
	} {
		rows[code] = false
	}
	for code, want := range rows {
		// nginx and HAProxy throttle with 503, and send no code.
		for status, always := range map[int]bool{200: false, 400: false, 403: false, 429: true, 500: false, 503: code == ""} {
			t.Run(fmt.Sprintf("%d with the code %q", status, code), func(t *testing.T) {
				t.Parallel()
				check.Equal(t, "whether the code reports throttling", isThrottled(status, errorEnvelope{code: code, isJuspay: code != ""}), want || always)
				check.Equal(t, "whether the errorCode reports throttling", isThrottled(status, errorEnvelope{errorCode: code}), want || always)
			})
		}
	}
	t.Run("503 with the status maintenance", func(t *testing.T) {
		t.Parallel()
		check.Equal(t, "whether the response reports throttling", isThrottled(503, errorEnvelope{status: "maintenance"}), false)
	})
}
