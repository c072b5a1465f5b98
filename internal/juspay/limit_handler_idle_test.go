// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// Plans that read one account, and many accounts two minutes later, lose none to a limit.
func TestLimitHandler_AfterAnIdleTime(t *testing.T) {
	t.Parallel()
	const idle = 2 * time.Minute
	for _, test := range []struct {
		plans, accounts int
		rate, burst     float64
	}{{2, 200, 20, 1}, {20, 60, 24, 1}, {20, 60, 24, 5}} {
		check.InBubble(t, fmt.Sprintf("%d plans of %d, %g/s, burst %g", test.plans, test.accounts, test.rate, test.burst), func(t *testing.T) {
			s := newSimulation(tokenBucket(test.rate, test.burst, reply{status: 503}), 0)
			s.latency, s.respond = s.latency/10, servesIn(s.latency*9/10, s.respond)
			var plans sync.WaitGroup
			for range test.plans {
				client := scriptedClient(t, s)
				plans.Go(func() {
					_, _ = client.Get(t.Context(), numberedRef(0), ReadOptions{}) // it is refused in some plans
					time.Sleep(idle)
					ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
					defer cancel()
					for i, result := range client.GetAll(ctx, refs(test.accounts), ReadOptions{}) {
						check.Error(t, fmt.Sprintf("account %d", i), result.Err, "")
					}
				})
			}
			plans.Wait()
		})
	}
}

// A header alone lets no read miss its deadline: the server may serve all the same.
func TestLimitHandler_ADeadlineBeforeTheResetOfALimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := scriptedClient(t, respondInTurn(func(req *http.Request) (*http.Response, error) {
			response, err := succeed(req)
			response.Header.Set("RateLimit-Remaining", "0")
			response.Header.Set("RateLimit-Reset", "60")
			return response, err
		}))
		for _, timeout := range []time.Duration{5 * time.Minute, 10 * time.Second} {
			ctx, cancel := context.WithTimeout(t.Context(), timeout)
			defer cancel()
			_, err := client.Get(ctx, accountA, ReadOptions{})
			check.Error(t, fmt.Sprintf("the read within %s", timeout), err, "")
		}
	})
}
