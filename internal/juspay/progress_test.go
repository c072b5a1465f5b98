// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"net/http"
	"path"
	"testing"
	"testing/synctest"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// A key that is rejected ends a read of many: accounts that are skipped then have not failed.
func TestProgress_CountsSkippedAccounts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var last Progress
		client := scriptedClient(t, respondInTurn(failWith(401, "")), func(c *Config) {
			c.MaxConcurrentRequests = 1
			c.OnProgress = func(_ context.Context, p Progress) { last = p }
		})
		client.GetAll(t.Context(), newRefs(4), ReadOptions{})
		want := Progress{Accounts: 4, Failed: 1, Skipped: 3, Elapsed: last.Elapsed, Ended: true}
		check.Equal(t, "the last report", last, want)
	})
}

// TestProgress reads four accounts in 15 seconds. One is throttled once, and one fails.
func TestProgress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		throttled := false
		network := respondInTurn(func(req *http.Request) (*http.Response, error) {
			switch id := path.Base(req.URL.Path); {
			case id == "banh_1":
				return failWithCode(404, "RESOURCE_NOT_FOUND")(req)
			case id == "banh_2" && !throttled:
				throttled = true
				return failWith(429, "")(req)
			case id == "banh_3":
				return delayed(15*time.Second, succeed)(req)
			}
			return succeed(req)
		})
		var got []Progress
		client := scriptedClient(t, network, func(c *Config) {
			c.OnProgress = func(_ context.Context, p Progress) { got = append(got, p) }
		})
		client.GetAll(t.Context(), newRefs(4), ReadOptions{})
		want := []Progress{
			{Accounts: 4},
			{Accounts: 4, Read: 2, Failed: 1, Throttled: 1, Elapsed: 10 * time.Second},
			{Accounts: 4, Read: 3, Failed: 1, Throttled: 1, Elapsed: got[len(got)-1].Elapsed, Ended: true},
		}
		check.Equal(t, "the reports", got, want)
		check.Within(t, "the time of the last report", want[2].Elapsed, 15*time.Second, 16*time.Second)
	})
}
