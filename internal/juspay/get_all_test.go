// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/limiter"
)

// countShared counts the shared errors.
func countShared(failed map[string]*APIError) (n int) {
	for _, failure := range failed {
		if failure.IsShared() {
			n++
		}
	}
	return n
}

// When all reads fail alike, one error is enough, within the time of one read, or of an outage if they
// are throttled: other plans may use up a limit for a while.
func TestClient_GetAll_StopsWhereNothingSucceeds(t *testing.T) {
	t.Parallel()
	const (
		maxReads    = DefaultMaxConcurrentRequests + limiter.MinFailingReads // those in flight may still fail after the others
		maxAttempts = (DefaultMaxRetries + 1) * maxReads
		maxProbes   = limiter.MinFailingReads + 72 // refusals open the breaker; for a minute it probes every second, and a little faster at first
	)
	for name, test := range map[string]struct {
		reply       reply
		maxTime     time.Duration
		maxRequests int
	}{
		"each response is 502":        {reply{status: 502}, 17 * time.Second, maxAttempts},
		"each response is 503":        {reply{status: 503}, 65 * time.Second, maxProbes},
		"each response is 429":        {reply{status: 429}, 65 * time.Second, maxProbes},
		"each connection is reset":    {reply{}, 17 * time.Second, maxAttempts},
		"each response is a 403 page": {reply{status: 403, body: "<html>"}, time.Second, maxReads},
		"each response is FORBIDDEN":  {reply{status: 403, body: check.MustJSON(juspayError("FORBIDDEN"))}, time.Second, maxReads},
	} {
		for _, accounts := range []int{2, 7, 100, fewerWithRace(10_000)} {
			check.InBubble(t, fmt.Sprintf("%s, %d accounts", name, accounts), func(t *testing.T) {
				got := simulate(t, accounts, DefaultMaxRetries, replyAlways(test.reply))
				got.checkUnread(t, "all reads", accounts)
				check.Within(t, "the number of reads that failed, and were not skipped", len(got.failed), 1, maxReads)
				check.Within(t, "the number of shared errors", countShared(got.failed), 1, maxReads)
				check.Within(t, "the time of all reads", got.took, 0, test.maxTime)
				check.Within(t, "the number of requests", got.sent, 1, test.maxRequests)
			})
		}
	}
}

func TestClient_GetAll(t *testing.T) {
	t.Parallel()
	server, client := startServer(t)
	for i := range 500 {
		server.Put(numberedAccount(i))
	}
	another := numberedRef(0)
	another.RoutingID = "another"
	results := client.GetAll(t.Context(), append(newRefs(501), another), ReadOptions{})
	checkReason(t, results[500].Err, ReasonNotFound)
	for i, result := range results[:500] {
		if want := fmt.Sprintf("user%d@bank", i); result.Err != nil || result.Account.VPA != want {
			t.Errorf("result %d: got %+v, want the VPA %s", i, result, want)
		}
	}
	check.Equal(t, "the first account with another routing id", results[501], results[0])
	check.Equal(t, "the number of results", len(results), 502)
	check.Equal(t, "the number of requests", len(server.DrainRequests()), 502)
	if results := client.GetAll(t.Context(), nil, ReadOptions{}); len(results) != 0 || len(server.Requests()) != 0 {
		t.Errorf("without accounts: got %d results of %d requests, want none", len(results), len(server.Requests()))
	}
}

func TestClient_GetAll_Canceled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		script := respondInTurn(hang)
		client := scriptedClient(t, script, func(c *Config) { c.MaxConcurrentRequests = 4 })
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		for _, result := range client.GetAll(ctx, newRefs(1000), ReadOptions{}) {
			checkReason(t, result.Err, ReasonCanceled)
		}
		check.Equal(t, "the time of all reads", time.Since(start), time.Second)
		check.Equal(t, "the number of requests", len(script.times), 4)
	})
}

// The limiter grants requests in turn, so that a GetAll of few accounts does not wait for all of another's.
func TestClient_GetAll_DoesNotHoldUpOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		script := respondInTurn(delayed(50*time.Millisecond, succeed))
		client := scriptedClient(t, script, func(c *Config) { c.MaxConcurrentRequests = 4 })
		start := time.Now()
		var group sync.WaitGroup
		group.Go(func() { client.GetAll(t.Context(), newRefs(400), ReadOptions{}) })
		time.Sleep(time.Second)
		client.GetAll(t.Context(), newRefs(10), ReadOptions{})
		check.Within(t, "the time until the 10 accounts are read, which begin after 1s", time.Since(start), time.Second, 2*time.Second)
		group.Wait()
		check.Within(t, "the time until the 400 accounts are read", time.Since(start), 5*time.Second, time.Minute)
	})
}

// One rejected key is one error, not one for each account.
func TestClient_GetAll_StopsAtSharedErrors(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fail     step
		want     Reason
		isShared bool
	}{
		"401 with a code":        {failWithCode(401, "UNAUTHORIZED"), ReasonUnauthorized, true},
		"401 without details":    {failWith(401, ""), ReasonUnauthorized, true},
		"UNAUTHORIZED under 200": {failWithCode(200, "UNAUTHORIZED"), ReasonUnauthorized, true},
		"BAD_ORIGIN under 200":   {failWithCode(200, "BAD_ORIGIN"), ReasonBadOrigin, true},
		"403 BAD_ORIGIN":         {failWithCode(403, "BAD_ORIGIN"), ReasonBadOrigin, true},
		"403 of one account":     {failWithCode(403, "FORBIDDEN"), ReasonForbidden, false},
		"404 of one account":     {failWithCode(404, "RESOURCE_NOT_FOUND"), ReasonNotFound, false},
		"500 of one account":     {failWith(500, ""), ReasonServerError, false},
	} {
		for _, waiting := range []bool{false, true} {
			check.InBubble(t, fmt.Sprintf("%s, waiting %t", name, waiting), func(t *testing.T) {
				script := respondInTurn(func(req *http.Request) (*http.Response, error) {
					if err := sleep(req.Context(), 50*time.Millisecond); err != nil {
						return nil, err
					}
					if path.Base(req.URL.Path) == "banh_3" {
						return test.fail(req)
					}
					return newHTTPResponse(req, 200, "", check.MustJSON(accountFor(req).With("validation_status", "PENDING"))), nil
				})
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				client := scriptedClient(t, script, func(c *Config) { c.MaxConcurrentRequests = 2 })
				got := map[string]int{}
				for _, result := range client.GetAll(ctx, newRefs(30), ReadOptions{WaitForValidation: waiting}) {
					got[readOutcome(result.Err)]++
				}
				// Two requests are in flight at a time, so that banh_0 to banh_2 are read by the time that banh_3 fails.
				// A read that waits for a validation polls until it is skipped or its deadline passes.
				want := map[string]int{string(test.want): 1, "read": 3, "skipped": 26}
				switch {
				case !test.isShared && waiting:
					want = map[string]int{string(test.want): 1, "late": 29}
				case !test.isShared:
					want = map[string]int{string(test.want): 1, "read": 29}
				case waiting:
					want = map[string]int{string(test.want): 1, "skipped": 29}
				}
				check.Equal(t, "the results", got, want)
				if test.isShared {
					check.Within(t, "the number of requests", len(script.times), 4, 5)
				}
			})
		}
	}
}

// A read that failed by itself is not skipped.
func TestClient_GetAll_KeepsAccountsThatWereRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		script := respondInTurn(func(req *http.Request) (*http.Response, error) {
			if path.Base(req.URL.Path) == "banh_0" {
				return delayed(time.Second, failWith(401, ""))(req)
			}
			// It is on its way already when the other response comes.
			return delayed(2*time.Second, failWithCode(404, "RESOURCE_NOT_FOUND"))(req)
		})
		results := scriptedClient(t, script).GetAll(t.Context(), newRefs(2), ReadOptions{})
		checkReason(t, results[0].Err, ReasonUnauthorized)
		checkReason(t, results[1].Err, ReasonNotFound)
	})
}

// TestClient_GetAll_EndsWhenNoReadCanSucceed expects that few requests or handshakes
// show what concerns all accounts: failed logins lock accounts in a directory.
func TestClient_GetAll_EndsWhenNoReadCanSucceed(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		prepare func(*testing.T, *Config) *countingListener
		want    Reason
	}{
		"a wrong proxy password": {func(t *testing.T, c *Config) *countingListener {
			proxy, listener := serve(t, nil, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusProxyAuthRequired) })
			c.HTTPSProxy = strings.Replace(proxy, "http://", "http://reader:wrong@", 1)
			return listener
		}, ReasonProxy},
		"an unknown proxy host": {func(_ *testing.T, c *Config) *countingListener {
			c.HTTPSProxy = "http://proxy.invalid:3128"
			c.Transport = resolvesNothing(*c)
			return new(countingListener)
		}, ReasonProxy},
		"an unknown server host": {func(_ *testing.T, c *Config) *countingListener {
			c.BaseURL = "https://api.invalid"
			c.Transport = resolvesNothing(*c)
			return new(countingListener)
		}, ReasonNameNotFound},
		"an untrusted certificate": {func(t *testing.T, c *Config) (listener *countingListener) {
			c.BaseURL, listener = serve(t, &tls.Config{}, http.NotFound)
			return listener
		}, ReasonUntrusted},
		"a missing client certificate": {func(t *testing.T, c *Config) (listener *countingListener) {
			authority := juspaytest.NewAuthority(t)
			c.RootCAs = certPool(authority)
			c.BaseURL, listener = serve(t, &tls.Config{
				Certificates: []tls.Certificate{*issuePair(t, authority)}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: certPool(authority),
			}, http.NotFound)
			return listener
		}, ReasonCertificateRequired},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var attempts atomic.Int64
			var listener *countingListener
			client := scriptedClient(t, nil, func(c *Config) {
				c.BaseURL, c.OnAttempt = "https://api.example.com", func(context.Context, Attempt) { attempts.Add(1) }
				listener = row.prepare(t, c)
			})
			outcomes := map[string]int{}
			for _, result := range client.GetAll(t.Context(), newRefs(1_000), ReadOptions{}) {
				outcomes[readOutcome(result.Err)]++
				var failed *APIError
				if errors.As(result.Err, &failed) && !failed.IsShared() {
					t.Errorf("got the error %v, want a shared one", failed)
				}
			}
			check.Within(t, "the number of attempts", attempts.Load(), 1, DefaultMaxConcurrentRequests)
			check.Within(t, "the number of connections", listener.accepted.Load(), 0, DefaultMaxConcurrentRequests)
			failed := outcomes[string(row.want)]
			check.Within(t, "the number of reads that failed for the reason "+string(row.want), failed, 1, DefaultMaxConcurrentRequests)
			check.Equal(t, fmt.Sprintf("the number that was skipped, of the outcomes %v", outcomes), outcomes["skipped"], 1_000-failed)
		})
	}
}

// resolvesNothing returns the transport of cfg with a DNS that has no name.
func resolvesNothing(cfg Config) http.RoundTripper {
	transport := newTransport(time.Minute, DefaultMaxConcurrentRequests, newHTTPSProxyFunc(cfg), nil)
	transport.DialContext = func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", IsNotFound: true}}
	}
	return transport
}

// A name that does not resolve ends all reads, but not once a read succeeded: DNS fails now and then.
func TestClient_GetAll_NameNotFoundAfterASuccess(t *testing.T) {
	t.Parallel()
	for name, notFound := range map[string]error{
		"of the server": &net.DNSError{Err: "no such host", IsNotFound: true},
		"of the proxy":  &net.OpError{Op: "proxyconnect", Err: &net.DNSError{Err: "no such host", IsNotFound: true}},
	} {
		for _, row := range []struct{ failures, unread int }{{1, 0}, {3, 0}, {1_000, 9}} {
			check.InBubble(t, fmt.Sprintf("%s, for %d attempts", name, row.failures), func(t *testing.T) {
				var attempts atomic.Int64
				script := &attemptScript{play: func(_ int, req *http.Request) (*http.Response, error) {
					if n := int(attempts.Add(1)); n > 1 && n <= 1+row.failures {
						return nil, notFound
					}
					return newHTTPResponse(req, 200, "", check.MustJSON(accountFor(req))), nil
				}}
				client := scriptedClient(t, script)
				refs := newRefs(10)
				_, err := client.Get(t.Context(), refs[0], ReadOptions{})
				check.MustNoError(t, "the first read", err)
				unread := 0
				for _, result := range client.GetAll(t.Context(), refs[1:], ReadOptions{}) {
					if result.Err != nil {
						unread++
					}
				}
				check.Equal(t, "the number of reads that failed", unread, row.unread)
			})
		}
	}
}

// TestClient_GetAll_EndsAfterTheLastSuccess reads from servers that serve so many requests, and
// then respond to each request alike.
func TestClient_GetAll_EndsAfterTheLastSuccess(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		then    reply
		maxTime time.Duration // the maximum time after the last success
	}{
		"a quota of a day":                   {reply{status: 429, retryAfter: "86400"}, 15 * time.Second},
		"a quota without a Retry-After":      {reply{status: 429}, 75 * time.Second},
		"a maintenance page under 200":       {reply{status: 200, body: "<html>"}, 75 * time.Second},
		"a page of a firewall":               {reply{status: 403, body: "<html>"}, 75 * time.Second},
		"a redirect to a login":              {reply{status: 302}, 75 * time.Second},
		"a 400 of a proxy with mutual TLS":   {reply{status: 400, body: "<html>"}, 75 * time.Second},
		"a server that is down":              {reply{status: 502}, 75 * time.Second},
		"connections that are reset forever": {reply{}, 75 * time.Second},
	} {
		accounts := fewerWithRace(2_000)
		for _, served := range []int{accounts / 4, accounts - 100} {
			check.InBubble(t, name+" after "+strconv.Itoa(served), func(t *testing.T) {
				n := 0
				s := simulate(t, accounts, DefaultMaxRetries, func(string, int) reply {
					if n++; n > served {
						return row.then
					}
					return okReply
				})
				s.checkUnread(t, "the reads after the last success", accounts-served)
				check.Within(t, "the number of shared errors", countShared(s.failed), 1, 64)
				check.Within(t, "the number of requests after the last success", s.sent-served, 1, 64)
				check.Within(t, "the time after the last success", s.took-s.delivered, 0, row.maxTime)
				outages, want := 0, 0
				if row.maxTime > time.Minute {
					want = 1
				}
				for _, failure := range s.failed {
					if failure.Outage == limiter.MaxOutage && !failure.IsOfOtherRead {
						outages++
					}
				}
				check.Equal(t, "the number of errors that say that no request succeeded for a minute", outages, want)
			})
		}
	}
}

// A quota may end while a limit refuses some of the requests.
func TestClient_GetAll_EndsAfterALimitAndAQuota(t *testing.T) {
	t.Parallel()
	skipWithRace(t)
	refused := reply{status: 429}
	for name, limit := range map[string]func() simServer{
		"50/s, burst 1":          func() simServer { return tokenBucket(50, 1, refused) },
		"50/s, burst 20":         func() simServer { return tokenBucket(50, 20, refused) },
		"100 in each second":     func() simServer { return fixedWindow(100, time.Second, refused) },
		"600 in 10 seconds":      func() simServer { return fixedWindow(600, 10*time.Second, refused) },
		"10 concurrent requests": func() simServer { return maxInFlight(10, refused) },
	} {
		for _, quota := range []int{50, 500, 1_900} {
			check.InBubble(t, fmt.Sprintf("%s, and %d in all", name, quota), func(t *testing.T) {
				served, after, limited := 0, 0, limit()
				s := simulate(t, 2_000, DefaultMaxRetries, func(id string, inFlight int) reply {
					if served == quota {
						after++
						return refused
					}
					r := limited(id, inFlight)
					if r.status == okReply.status {
						served++
					}
					return r
				})
				s.checkUnread(t, "the reads after the last success", 2_000-quota)
				check.Within(t, "the number of requests after the last success", after, 1, 64)
				check.Within(t, "the time after the last success", s.took-s.delivered, 0, 75*time.Second)
			})
		}
	}
}

// From the start, one error says what all accounts have in common.
func TestClient_GetAll_EndsWhereAllRespondAlike(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		reply       reply
		want        Reason
		maxRequests int
	}{
		"a redirect to a login":            {reply{status: 302}, ReasonRedirect, 40},
		"a maintenance page under 200":     {reply{status: 200, body: "<html>"}, ReasonNotJSON, 40},
		"a 400 of a proxy with mutual TLS": {reply{status: 400, body: "<html>"}, ReasonNotJuspay, 40},
		"accounts of another environment":  {reply{status: 404, body: check.MustJSON(juspayError("RESOURCE_NOT_FOUND"))}, ReasonNotFound, 64},
		"a quota that has ended":           {reply{status: 429, retryAfter: "86400"}, ReasonThrottled, 40},
	} {
		check.InBubble(t, name, func(t *testing.T) {
			s := simulate(t, fewerWithRace(10_000), DefaultMaxRetries, replyAlways(row.reply))
			for _, failed := range s.failed {
				check.Equal(t, "the reason", failed.Reason, row.want)
			}
			check.Within(t, "the number of shared errors", countShared(s.failed), 1, row.maxRequests)
			check.Within(t, "the number of requests", s.sent, 1, row.maxRequests)
			check.Within(t, "the time of all reads", s.took, 0, 2*time.Second)
		})
	}
}
