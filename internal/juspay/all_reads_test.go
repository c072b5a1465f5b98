// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

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
