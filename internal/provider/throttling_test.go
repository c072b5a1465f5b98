// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// How many requests are throttled depends on the machine; TestThrottling bounds
// them in virtual time.
func TestAccThrottling_FailsNoAccount(t *testing.T) {
	t.Parallel()
	for name, throttle := range map[string]func(*juspaytest.Server) (throttled func() int){
		"40 requests in each second":      func(s *juspaytest.Server) func() int { s.Throttle(40); return s.Throttled },
		"40 requests/s with a burst of 5": func(s *juspaytest.Server) func() int { s.ThrottleBucket(40, 5); return s.Throttled },
		"a gateway with 503":              refuseAbove40,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			w := manyWorkspace(t, server, 200, "")
			throttled := throttle(server)
			acctest.CheckContains(t, w.Run(0, "plan", "-no-color"), "No changes.")
			if throttled() == 0 {
				t.Error("no request was throttled")
			}
			checkRequests(t, server, 200+throttled())
		})
	}
}

// refuseAbove40 responds as a gateway such as nginx to more than 40 requests in a second:
// with 503, and no Retry-After.
func refuseAbove40(server *juspaytest.Server) (refused func() int) {
	var mu sync.Mutex
	var second time.Time
	passed, refusals := 0, 0
	server.FailAtRandom(func() *juspaytest.Fault {
		mu.Lock()
		defer mu.Unlock()
		if now := time.Now(); now.Sub(second) >= time.Second {
			second, passed = now, 0
		}
		if passed < 40 {
			passed++
			return nil
		}
		refusals++
		return &juspaytest.Fault{Status: http.StatusServiceUnavailable, Body: "<html>503 Service Temporarily Unavailable</html>", Header: http.Header{"Content-Type": {"text/html"}}}
	})
	return func() int {
		mu.Lock()
		defer mu.Unlock()
		return refusals
	}
}

// Every account is requested once, and a throttled one twice.
func TestAccCustomerAccounts_SomeFailAlone(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		failing, requests int
		fault             juspaytest.Fault
		want              []string
	}{
		"one account is throttled":     {1, 201, juspaytest.Fault{Status: 429}, []string{"Error: Requests throttled", "HTTP status: 429", "Attempts: 2"}},
		"eight accounts are throttled": {8, 208, juspaytest.Fault{Status: 429}, []string{"HTTP status: 429"}},
		"one account has a page of a firewall": {1, 200, juspaytest.Fault{Status: 403, Body: "<html>blocked</html>", Header: http.Header{"Content-Type": {"text/html"}}},
			[]string{"HTTP status: 403"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			w := manyWorkspace(t, server, 200, providerBlock("  max_retries     = 1\n  request_timeout = \"2s\""))
			for i := range test.failing {
				id := fmt.Sprintf("banh_%04d", 20*i)
				test.fault.CustomerAccountID = id
				server.Fail(test.fault)
				test.want = append(test.want, fmt.Sprintf("Customer account %q of customer \"cst_many\" could not be read", id))
			}
			printed := w.Run(1, "plan", "-no-color")
			acctest.CheckContains(t, printed, test.want...)
			if test.failing == 1 {
				checkOneError(t, printed)
			}
			checkRequests(t, server, test.requests)
		})
	}
}

// TestAccountErrors has every kind of report.
func TestAccCustomerAccounts_RejectedKeyIsReportedOnce(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := manyWorkspace(t, server, 200, providerBlock("  max_concurrent_requests = 4"))
	server.AcceptKeys("fake-key-of-somebody-else")
	printed := w.Run(1, "plan", "-no-color")
	acctest.CheckContains(t, printed, "Error: API key rejected", `200 of 200 accounts (first accounts["banh_0`, "could not be read: "+server.URL+" did not accept the API key.",
		"The key comes from the environment variable JUSPAY_API_KEY.", "HTTP status: 401", "Attempts: 1")
	checkOneError(t, printed)
	if n := len(server.Requests()); n > 4 {
		t.Errorf("%d requests were sent", n)
	}
}
