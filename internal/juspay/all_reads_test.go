// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

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
			return new(countingListener)
		}, ReasonProxy},
		"an unknown server host": {func(_ *testing.T, c *Config) *countingListener {
			c.BaseURL = "https://api.invalid"
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
			for _, result := range client.GetAll(t.Context(), refs(1_000), ReadOptions{}) {
				outcomes[readOutcome(result.Err)]++
				var failed *APIError
				if errors.As(result.Err, &failed) && !failed.AffectsAllReads() {
					t.Errorf("%v does not affect all reads", failed)
				}
			}
			if n := attempts.Load(); n > DefaultMaxConcurrentRequests {
				t.Errorf("got %d attempts, want at most %d", n, DefaultMaxConcurrentRequests)
			}
			if n := listener.accepted.Load(); n > DefaultMaxConcurrentRequests {
				t.Errorf("got %d connections, want at most %d", n, DefaultMaxConcurrentRequests)
			}
			failed, skipped := outcomes[string(row.want)], outcomes["skipped"]
			if failed+skipped != 1_000 || failed > DefaultMaxConcurrentRequests {
				t.Errorf("the results are %v", outcomes)
			}
		})
	}
}

// TestClient_GetAll_EndsAfterTheLastSuccess reads from servers that serve so many requests, and
// then respond to each request alike.
func TestClient_GetAll_EndsAfterTheLastSuccess(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		then reply
		most time.Duration // after the last success
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
			inBubble(t, name+" after "+strconv.Itoa(served), func(t *testing.T) {
				n := 0
				s := simulate(t, accounts, DefaultMaxRetries, func(string, int) reply {
					if n++; n > served {
						return row.then
					}
					return ok
				})
				affecting := 0
				for _, failed := range s.failed {
					if failed.AffectsAllReads() {
						affecting++
					}
				}
				if affecting == 0 || len(s.failed)+s.skipped != accounts-served {
					t.Errorf("got %d failures and %d skipped reads, %d errors that affect all, want %d and at least one", len(s.failed), s.skipped, affecting, accounts-served)
				}
				if after := s.sent - served; after > 64 {
					t.Errorf("got %d requests after the last success, want at most 64", after)
				}
				if after := s.took - s.delivered; after > row.most {
					t.Errorf("it took %s after the last success, want at most %s", after, row.most)
				}
			})
		}
	}
}

// From the start, one error says what all accounts have in common.
func TestClient_GetAll_EndsWhereAllRespondAlike(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		reply        reply
		want         Reason
		mostRequests int
	}{
		"a redirect to a login":            {reply{status: 302}, ReasonRedirect, 40},
		"a maintenance page under 200":     {reply{status: 200, body: "<html>"}, ReasonNotJSON, 40},
		"a 400 of a proxy with mutual TLS": {reply{status: 400, body: "<html>"}, ReasonNotJuspay, 40},
		"accounts of another environment":  {reply{status: 404, body: mustJSON(juspayError("RESOURCE_NOT_FOUND"))}, ReasonNotFound, 64},
		"a quota that has ended":           {reply{status: 429, retryAfter: "86400"}, ReasonThrottled, 40},
	} {
		inBubble(t, name, func(t *testing.T) {
			s := simulate(t, fewerWithRace(10_000), DefaultMaxRetries, always(row.reply))
			affecting := 0
			for _, failed := range s.failed {
				if failed.Reason != row.want {
					t.Errorf("got reason %q, want %q", failed.Reason, row.want)
				}
				if failed.AffectsAllReads() {
					affecting++
				}
			}
			if affecting == 0 || s.sent > row.mostRequests || s.took > 2*time.Second {
				t.Errorf("got %d errors that affect all after %d requests and %s, want one after at most %d and 2s", affecting, s.sent, s.took, row.mostRequests)
			}
		})
	}
}
