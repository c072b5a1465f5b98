// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"encoding/base64"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// A read has neither the attempts nor the status of other reads, and is not lost to a limit.
func TestClient_Get_Concurrently(t *testing.T) {
	t.Parallel()
	refused := reply{status: 429, retryAfter: "1"}
	for name, test := range map[string]struct {
		server     simServer
		maxRetries int
		wantFailed map[Reason]int
	}{
		"resets of every tenth account beside a 429": {failEvery(1_000_000, reply{status: 429}, everyTenthReset), 2,
			map[Reason]int{ReasonConnection: 20, ReasonThrottled: 1}},
		"a token bucket, no retries":   {tokenBucket(50, 10, reply{status: 429, retryAfter: "0"}), 0, map[Reason]int{}},
		"a fixed window, no retries":   {fixedWindow(100, time.Second, refused), 0, map[Reason]int{}},
		"a token bucket of 1, 1 retry": {tokenBucket(20, 1, reply{status: 429}), 1, map[Reason]int{}},
	} {
		check.InBubble(t, name, func(t *testing.T) {
			got := simulate(t, 200, test.maxRetries, test.server)
			failed := map[Reason]int{}
			for path, failure := range got.failed {
				failed[failure.Reason]++
				isReset := failure.Reason == ReasonConnection
				check.Equal(t, "the attempts in the error of "+path, failure.Attempts, got.requests[path])
				if isReset {
					check.Equal(t, "the attempts of "+path+", which is reset", failure.Attempts, test.maxRetries+1)
				} else if failure.Attempts <= test.maxRetries {
					t.Errorf("the attempts of %s: got %d, want more than max_retries, %d", path, failure.Attempts, test.maxRetries)
				}
				check.Equal(t, "whether the error of "+path+" has a status", failure.StatusCode != 0, !isReset)
			}
			check.Equal(t, "the number of reads that failed, by reason", failed, test.wantFailed)
			check.Equal(t, "the number of reads that were skipped", got.skipped, 0)
		})
	}
}

// Reads of other data sources that wait for the limiter send no request with a rejected key.
func TestClient_Get_SendsNothingAfterARejectedKey(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		script := respondInTurn(delayed(50*time.Millisecond, failWithCode(401, "UNAUTHORIZED")))
		client := scriptedClient(t, script, func(c *Config) { c.MaxConcurrentRequests = 1 })
		var reads sync.WaitGroup
		for _, ref := range newRefs(10) {
			reads.Go(func() {
				_, err := client.Get(t.Context(), ref, ReadOptions{})
				checkReason(t, err, ReasonUnauthorized)
			})
		}
		reads.Wait()
		check.Equal(t, "the number of requests", len(script.times), 1)
	})
}

func TestClient_Get(t *testing.T) {
	t.Parallel()
	standard := http.Header{
		"Authorization":   {"Basic " + base64.StdEncoding.EncodeToString([]byte(juspaytest.APIKey+":"))},
		"X-Routing-Id":    {"cst_a"},
		"Content-Type":    {"application/x-www-form-urlencoded"},
		"Accept":          {"application/json"},
		"Accept-Encoding": {"gzip"},
		"User-Agent":      {"client-test"},
		"Cache-Control":   {"no-cache, no-store"},
		"Pragma":          {"no-cache"},
	}
	for name, test := range map[string]struct {
		routingID string
		change    func(*Config)
		want      http.Header // the headers beside the standard ones
	}{
		"by default":        {"", func(*Config) {}, nil},
		"with a routing id": {"order 12", func(*Config) {}, http.Header{"X-Routing-Id": {"order 12"}}},
		"of a merchant":     {"", func(c *Config) { c.MerchantID = "shop" }, http.Header{"X-Merchantid": {"shop"}}},
		"with more headers": {"", func(c *Config) {
			c.RequestHeaders = map[string]string{"version": "2019-05-07", "X-Gateway-Key": "fake"}
		}, http.Header{"Version": {"2019-05-07"}, "X-Gateway-Key": {"fake"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := startServer(t, test.change)
			ref := accountA
			ref.RoutingID = test.routingID
			got, err := client.Get(t.Context(), ref, ReadOptions{})
			checkAccount(t, got, err, fakeAccount)
			header := standard.Clone()
			for name, values := range test.want {
				header[name] = values
			}
			requests := server.Requests()
			requests[0].Header.Del("X-Request-Id") // another one each time
			check.Equal(t, "the requests", requests, []juspaytest.Request{{
				Method:   "GET",
				Target:   "/customers/cst_a/customer-accounts/banh_a",
				Segments: []string{"customers", "cst_a", "customer-accounts", "banh_a"},
				Header:   header,
			}})
		})
	}
}

func TestClient_Get_BaseURLWithPath(t *testing.T) {
	t.Parallel()
	server, _ := startServer(t)
	for _, suffix := range []string{"/bank/a%2Fb", "/bank/a%2Fb/"} {
		_ = getError(t, newClient(t, server.URL+suffix), ReasonNotJuspay, 1)
	}
	for _, request := range server.Requests() {
		check.Equal(t, "the target, which begins with the path of the base URL", request.Target, "/bank/a%2Fb/customers/cst_a/customer-accounts/banh_a")
	}
}

func TestClient_Get_EscapesIdentifiers(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]struct{ sent, reported string }{
		"a?b=c":            {"a%3Fb=c", "a%3Fb=c"},
		"a#b":              {"a%23b", "a%23b"},
		"100%":             {"100%25", "100%25"},
		"%2":               {"%252", "%252"},
		"a b":              {"a%20b", "a%20b"},
		"a+b":              {"a+b", "a+b"},
		"a;b,c":            {"a%3Bb%2Cc", "a%3Bb%2Cc"},
		"दुकान":            {"%E0%A4%A6%E0%A5%81%E0%A4%95%E0%A4%BE%E0%A4%A8", "%E0%A4%A6%E0%A5%81%E0%A4%95%E0%A4%BE%E0%A4%A8"},
		"ravi@example.com": {"ravi@example.com", "ra***"},
		"98765 43210":      {"98765%2043210", "98***"},
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			var reported string
			server, client := startServer(t, func(c *Config) { c.OnAttempt = func(_ context.Context, a Attempt) { reported = a.Path } })
			server.Put(juspaytest.NewAccount(id, id))
			_, err := client.Get(t.Context(), AccountRef{CustomerID: id, CustomerAccountID: id}, ReadOptions{})
			check.NoError(t, "Get", err)
			path := func(id string) string { return "/customers/" + id + "/customer-accounts/" + id }
			var targets []string
			for _, request := range server.DrainRequests() {
				targets = append(targets, request.Target)
			}
			check.Equal(t, "the targets of the requests", targets, []string{path(want.sent)})
			check.Equal(t, "the path of the attempt that was reported", reported, path(want.reported))
		})
	}
}

// FuzzGet_Path checks that an identifier which passes validation reaches the server
// as itself, in a path of exactly four segments.
func FuzzGet_Path(f *testing.F) {
	server := juspaytest.NewServer()
	f.Cleanup(server.Close)
	client := newClient(f, server.URL)
	for _, seed := range []string{"banh_qn2zdmZ4VAEFaBny", "a/b", "..", "../x", "%2f", "a?b#c", "a b", "\u200b", "list", "%", "दुकान", "a\\b", "\xff"} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, customerID, accountID string) {
		_, err := client.Get(t.Context(), AccountRef{CustomerID: customerID, CustomerAccountID: accountID}, ReadOptions{})
		requests := server.DrainRequests()
		if ValidateIdentifier("it", customerID) != nil || ValidateCustomerAccountID("it", accountID) != nil {
			if len(requests) != 0 {
				t.Fatalf("got the request %q, want none", requests[0].Target)
			}
			return
		}
		checkReason(t, err, ReasonNotFound)
		want := []string{"customers", customerID, "customer-accounts", accountID}
		if len(requests) != 1 || !slices.Equal(requests[0].Segments, want) {
			t.Fatalf("the requests: got %+v, want one with the segments %q", requests, want)
		}
	})
}
