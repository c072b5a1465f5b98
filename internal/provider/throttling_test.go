// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"net/http"
	"strings"
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
	for name, throttle := range map[string]func(*juspaytest.Server){
		"40 requests in each second":      func(s *juspaytest.Server) { s.Throttle(40) },
		"40 requests/s with a burst of 5": func(s *juspaytest.Server) { s.ThrottleBucket(40, 5) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			w := manyWorkspace(t, server, 200, "")
			throttle(server)
			acctest.CheckContains(t, w.Run(0, "plan", "-no-color"), "No changes.")
			if throttled, sent := server.Throttled(), len(server.Requests()); throttled == 0 || sent != 200+throttled {
				t.Errorf("%d requests were sent, of which %d were throttled", sent, throttled)
			}
		})
	}
}

// checkOneError checks that a plan printed one error.
func checkOneError(t *testing.T, printed string) {
	t.Helper()
	if n := strings.Count(printed, "Error: "); n != 1 {
		t.Errorf("%d errors in\n%s", n, printed)
	}
}

func TestAccThrottling_OneAccountFailsAlone(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := manyWorkspace(t, server, 200, oneRetry)
	server.Fail(juspaytest.Fault{CustomerAccountID: "banh_0007", Status: 429})
	printed := w.Run(1, "plan", "-no-color")
	acctest.CheckContains(t, printed, "Error: Requests throttled", `Customer account "banh_0007" of customer "cst_many" could not be read`, "Attempts: 2")
	checkOneError(t, printed)
	// Every account is requested once, and banh_0007 twice.
	if n := len(server.Requests()); n != 201 {
		t.Errorf("%d requests were sent", n)
	}
}

// A gateway such as nginx responds with 503, and no Retry-After, to more than its limit.
func TestAccThrottling_GatewayWith503(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := manyWorkspace(t, server, 200, "")
	var mu sync.Mutex
	var second time.Time
	passed, refused := 0, 0
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
		refused++
		return &juspaytest.Fault{Status: http.StatusServiceUnavailable, Body: "<html>503 Service Temporarily Unavailable</html>", Header: http.Header{"Content-Type": {"text/html"}}}
	})
	acctest.CheckContains(t, w.Run(0, "plan", "-no-color"), "No changes.")
	mu.Lock()
	defer mu.Unlock()
	if sent := len(server.Requests()); refused == 0 || sent != 200+refused {
		t.Errorf("%d requests were sent, of which %d were refused", sent, refused)
	}
}

func TestAccThrottling_EightAccountsFailAlone(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := manyWorkspace(t, server, 200, oneRetry)
	for i := range 8 {
		server.Fail(juspaytest.Fault{CustomerAccountID: fmt.Sprintf("banh_%04d", 20*i), Status: http.StatusTooManyRequests})
	}
	printed := w.Run(1, "plan", "-no-color")
	acctest.CheckContains(t, printed, "HTTP status: 429")
	for i := range 8 {
		acctest.CheckContains(t, printed, fmt.Sprintf("banh_%04d", 20*i))
	}
	// Every account is requested once, and each of the eight twice.
	if n := len(server.Requests()); n != 208 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestAccCustomerAccounts_FirewallsPageForOneAccount(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := manyWorkspace(t, server, 200, "")
	server.Fail(juspaytest.Fault{CustomerAccountID: "banh_0007", Status: http.StatusForbidden, Body: "<html>blocked</html>", Header: http.Header{"Content-Type": {"text/html"}}})
	printed := w.Run(1, "plan", "-no-color")
	acctest.CheckContains(t, printed, `Customer account "banh_0007" of customer "cst_many" could not be read`, "HTTP status: 403")
	checkOneError(t, printed)
	if n := len(server.Requests()); n != 200 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestAccCustomerAccounts_UnknownHostIsReportedOnce(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := manyWorkspace(t, server, 200, "provider \"juspay\" {\n  base_url = \"https://juspay.invalid\"\n}\n")
	printed := w.Run(1, "plan", "-no-color")
	acctest.CheckContains(t, printed, "200 of 200 accounts (first accounts[", "Attempts: 1")
	checkOneError(t, printed)
}

func TestAccCustomerAccounts_RejectedKeyIsReportedOnce(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := manyWorkspace(t, server, 200, "provider \"juspay\" {\n  max_concurrent_requests = 4\n}\n")
	server.AcceptKeys("fake-key-of-somebody-else")
	printed := w.Run(1, "plan", "-no-color")
	acctest.CheckContains(t, printed, "Error: API key rejected", `200 of 200 accounts (first accounts["banh_0`, "could not be read: "+server.URL+" did not accept the API key.",
		"The key comes from the environment variable JUSPAY_API_KEY.", "HTTP status: 401", "Attempts: 1")
	checkOneError(t, printed)
	if n := len(server.Requests()); n > 4 {
		t.Errorf("%d requests were sent", n)
	}
	server.AcceptKeys(juspaytest.APIKey)
	server.Fail(juspaytest.Fault{Status: http.StatusForbidden, Body: juspayError("BAD_ORIGIN", "Internal Server error.")})
	acctest.CheckContains(t, w.Run(1, "plan", "-no-color"), "Error: IP address not allowed", `200 of 200 accounts (first accounts["`)
}
