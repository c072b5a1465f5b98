// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// countedListener counts the connections, and with them the handshakes.
type countedListener struct {
	net.Listener
	accepted atomic.Int64
}

func (l *countedListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err == nil {
		l.accepted.Add(1)
	}
	return conn, err
}

// startCounted runs a server with TLS until the test ends.
func startCounted(t *testing.T, config *tls.Config, handler http.Handler) (*httptest.Server, *countedListener) {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	listener := &countedListener{Listener: server.Listener}
	server.Listener, server.TLS = listener, config
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	if config == nil {
		server.Start()
	} else {
		server.StartTLS()
	}
	t.Cleanup(server.Close)
	return server, listener
}

// TestClient_GetAll_EndsWhenNoReadCanSucceed expects that few requests or handshakes
// show what concerns all accounts: failed logins lock accounts in a directory.
func TestClient_GetAll_EndsWhenNoReadCanSucceed(t *testing.T) {
	t.Parallel()
	refuse := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusProxyAuthRequired) })
	for name, row := range map[string]struct {
		prepare func(*testing.T, *Config) *countedListener
		want    Reason
	}{
		"a wrong proxy password": {func(t *testing.T, c *Config) *countedListener {
			proxy, listener := startCounted(t, nil, refuse)
			c.HTTPSProxy = strings.Replace(proxy.URL, "http://", "http://reader:wrong@", 1)
			return listener
		}, ReasonProxy},
		"an unknown proxy host": {func(_ *testing.T, c *Config) *countedListener {
			c.HTTPSProxy = "http://proxy.invalid:3128"
			return nil
		}, ReasonProxy},
		"an unknown server host": {func(_ *testing.T, c *Config) *countedListener {
			c.BaseURL = "https://api.invalid"
			return nil
		}, ReasonNameNotFound},
		"an untrusted certificate": {func(t *testing.T, c *Config) *countedListener {
			server, listener := startCounted(t, &tls.Config{}, http.NotFoundHandler())
			c.BaseURL = server.URL
			return listener
		}, ReasonUntrusted},
		"a missing client certificate": {func(t *testing.T, c *Config) *countedListener {
			authority := juspaytest.NewAuthority(t)
			pair, err := tls.X509KeyPair(pemBytes(authority.Issue(t)))
			if err != nil {
				t.Fatal(err)
			}
			trusted := x509.NewCertPool()
			trusted.AppendCertsFromPEM([]byte(authority.CertPEM))
			server, listener := startCounted(t, &tls.Config{Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: trusted}, http.NotFoundHandler())
			c.BaseURL, c.RootCAs = server.URL, certPool(authority)
			return listener
		}, ReasonCertificateRequired},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var attempts atomic.Int64
			cfg := Config{APIKey: "fake-key", BaseURL: "https://api.example.com", MaxRetries: DefaultMaxRetries, OnAttempt: func(context.Context, Attempt) { attempts.Add(1) }}
			listener := row.prepare(t, &cfg)
			client, err := New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			skipped := 0
			for _, result := range client.GetAll(t.Context(), refs(1_000), ReadOptions{}) {
				var failed *APIError
				switch {
				case errors.Is(result.Err, ErrSkipped):
					skipped++
				case !errors.As(result.Err, &failed):
					t.Errorf("got %v, want an *APIError", result.Err)
				case failed.Reason != row.want:
					t.Errorf("got reason %v (%v), want %v", failed.Reason, failed, row.want)
				case !failed.AffectsAllReads():
					t.Errorf("%v does not affect all reads", failed)
				}
			}
			if n := attempts.Load(); n > DefaultMaxConcurrentRequests {
				t.Errorf("got %d attempts, want at most %d", n, DefaultMaxConcurrentRequests)
			}
			if listener != nil && listener.accepted.Load() > DefaultMaxConcurrentRequests {
				t.Errorf("got %d connections, want at most %d", listener.accepted.Load(), DefaultMaxConcurrentRequests)
			}
			if skipped < 1_000-DefaultMaxConcurrentRequests {
				t.Errorf("%d accounts were skipped", skipped)
			}
		})
	}
}

func pemBytes(certPEM, keyPEM string) (cert, key []byte) { return []byte(certPEM), []byte(keyPEM) }
