// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// withCertificates configures a client for a gateway of an authority.
func withCertificates(authority *juspaytest.Authority, cert, key string) func(*Config) {
	return func(c *Config) {
		c.RootCAs = certPool(authority)
		if pair, err := tls.X509KeyPair([]byte(cert), []byte(key)); err == nil {
			c.ClientCertificate = &pair
		}
	}
}

// certPool returns a pool that trusts only authority.
func certPool(authority *juspaytest.Authority) *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(authority.CertPEM))
	return pool
}

func TestMutualTLS(t *testing.T) {
	t.Parallel()
	authority := juspaytest.NewAuthority(t)
	server := juspaytest.NewMutualTLSServer(t, authority)
	server.Put(juspaytest.NewAccount("cst_a", "banh_a"))
	cert, key := authority.Issue(t)
	client := newClient(t, server.URL, withCertificates(authority, cert, key))
	got, err := client.Get(t.Context(), accountA, ReadOptions{})
	if err != nil || got != referenceAccount {
		t.Errorf("got %+v, %v", got, err)
	}
}

// A gateway may refuse in either version of TLS and of HTTP, and with HTTP/2 the
// alert can be lost, so that only a retry brings it.
func TestMutualTLS_Refused(t *testing.T) {
	t.Parallel()
	authority := juspaytest.NewAuthority(t)
	foreign, foreignKey := juspaytest.NewAuthority(t).Issue(t)
	expired, expiredKey := authority.Issue(t, func(c *x509.Certificate) { c.NotAfter = c.NotBefore.Add(time.Hour) })
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for _, http2 := range []bool{false, true} {
			server := newGateway(t, authority, version, http2, tls.RequireAndVerifyClientCert)
			for name, test := range map[string]struct {
				cert, key string
				want      Reason
			}{
				"none":                     {"", "", ReasonCertificateRequired},
				"one of another authority": {foreign, foreignKey, ReasonCertificateRefused},
				"one that has expired":     {expired, expiredKey, ReasonCertificateRefused},
			} {
				t.Run(fmt.Sprintf("%s, %s, HTTP/2: %t", name, tls.VersionName(version), http2), func(t *testing.T) {
					t.Parallel()
					client := newClient(t, server.URL, withCertificates(authority, test.cert, test.key), func(c *Config) { c.MaxRetries = 10 })
					_, err := client.Get(t.Context(), accountA, ReadOptions{})
					checkReason(t, err, test.want)
					var apiError *APIError
					if !errors.As(err, &apiError) || !apiError.CertificateRequested {
						t.Errorf("got %+v", apiError)
					}
				})
			}
		}
	}
}

// newGateway is a server of an authority that requests client certificates, and
// responds with a page of its own.
func newGateway(t *testing.T, authority *juspaytest.Authority, version uint16, http2 bool, demand tls.ClientAuthType) *httptest.Server {
	t.Helper()
	cert, key := authority.Issue(t)
	own, err := tls.X509KeyPair([]byte(cert), []byte(key))
	if err != nil {
		t.Fatal(err)
	}
	clients := x509.NewCertPool()
	if !clients.AppendCertsFromPEM([]byte(authority.CertPEM)) {
		t.Fatal("no certificate")
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "No required SSL certificate was sent", http.StatusBadRequest)
	}))
	server.EnableHTTP2 = http2
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{MinVersion: version, MaxVersion: version, Certificates: []tls.Certificate{own}, ClientAuth: demand, ClientCAs: clients}
	server.Listener = lingeringListener{server.Listener}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

// lingeringListener closes connections as gateways do: the client gets the alert that was
// sent last. A close with unread data resets the connection, which can lose the alert.
type lingeringListener struct{ net.Listener }

func (l lingeringListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return lingeringConn{conn}, nil
}

type lingeringConn struct{ net.Conn }

func (c lingeringConn) Close() error {
	if conn, ok := c.Conn.(*net.TCPConn); ok && conn.CloseWrite() == nil {
		_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
		_, _ = io.Copy(io.Discard, conn)
	}
	return c.Conn.Close()
}

// Many gateways request a certificate without demanding it, and refuse with a page.
func TestMutualTLS_CertificateRequestedAndSent(t *testing.T) {
	t.Parallel()
	authority := juspaytest.NewAuthority(t)
	cert, key := authority.Issue(t)
	for name, test := range map[string]struct {
		demand          tls.ClientAuthType
		cert, key       string
		requested, sent bool
	}{
		"not requested":                     {tls.NoClientCert, "", "", false, false},
		"requested, and none is configured": {tls.RequestClientCert, "", "", true, false},
		"requested, and one is configured":  {tls.RequestClientCert, cert, key, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newGateway(t, authority, tls.VersionTLS13, true, test.demand)
			_, err := newClient(t, server.URL, withCertificates(authority, test.cert, test.key)).Get(t.Context(), accountA, ReadOptions{})
			got := checkReason(t, err, ReasonNotJuspay)
			if got.CertificateRequested != test.requested || got.CertificateSent != test.sent {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestRequestHeaders(t *testing.T) {
	t.Parallel()
	server, client := start(t, func(c *Config) {
		c.RequestHeaders = map[string]string{"version": "2019-05-07", "X-Gateway-Key": "fake-key-of-a-gateway"}
	})
	server.Fail(juspaytest.Fault{Status: 400, Body: juspaytest.Error("error", "x", "INVALID_INPUT", "x", "Bad key fake-key-of-a-gateway.")})
	_, err := client.Get(t.Context(), accountA, ReadOptions{})
	var apiError *APIError
	if !errors.As(err, &apiError) || apiError.DeveloperMessage != "Bad key ***." {
		t.Errorf("got %+v", apiError)
	}
	header := server.Requests()[0].Header
	if header.Get("Version") != "2019-05-07" || header.Get("X-Gateway-Key") != "fake-key-of-a-gateway" {
		t.Errorf("the header is %v", header)
	}
}

func TestRequestID_DiffersByAttempt(t *testing.T) {
	t.Parallel()
	var logged []string
	server, client := start(t, func(c *Config) {
		c.OnAttempt = func(_ context.Context, a Attempt) { logged = append(logged, a.SentRequestID) }
	})
	server.Put(juspaytest.NewAccount("cst_a", "banh_a"))
	server.Fail(juspaytest.Fault{Times: 2, Status: 503})
	if _, err := client.Get(t.Context(), accountA, ReadOptions{}); err != nil {
		t.Fatal(err)
	}
	var sent []string
	for _, request := range server.Requests() {
		sent = append(sent, request.Header.Get("X-Request-Id"))
	}
	if len(sent) != 3 || !slices.Equal(sent, logged) || sent[0] == sent[1] || sent[1] == sent[2] || sent[0] == sent[2] {
		t.Errorf("sent %q, logged %q", sent, logged)
	}
}

func TestRequestID_WithoutResponse(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		faults []juspaytest.Fault
		want   bool
	}{
		"no response to any attempt":            {[]juspaytest.Fault{{Drop: true}}, true},
		"a response to the first attempt alone": {[]juspaytest.Fault{{Times: 1, Status: 503}, {Drop: true}}, true},
		"a response to the last attempt":        {[]juspaytest.Fault{{Times: 1, Drop: true}, {Status: 404}}, false},
		"a response that breaks off":            {[]juspaytest.Fault{{Body: `{"object":`, Truncate: true}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := start(t, func(c *Config) { c.MaxRetries = 1 })
			server.Fail(test.faults...)
			_, err := client.Get(t.Context(), accountA, ReadOptions{})
			requests := server.Requests()
			want := ""
			if test.want {
				want = requests[len(requests)-1].Header.Get("X-Request-Id")
			}
			var apiError *APIError
			if !errors.As(err, &apiError) || apiError.SentRequestID != want || test.want && want == "" {
				t.Errorf("got %+v, want %q", apiError, want)
			}
		})
	}
}
