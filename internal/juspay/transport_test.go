// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func TestTransport_Redirects(t *testing.T) {
	t.Parallel()
	other := juspaytest.NewServer()
	t.Cleanup(other.Close)
	for name, test := range map[string]struct{ location, wantHost string }{
		"to another server":  {other.URL + "/customers/cst_a/customer-accounts/banh_a", ""},
		"within the server":  {"/login", ""},
		"to a name":          {"https://login.example.com/?token=secret", "login.example.com"},
		"with credentials":   {"https://user:secret@login.example.com/", "login.example.com"},
		"to nowhere":         {"", ""},
		"to what is no URL":  {"https://exa mple.com:x/%zz", ""},
		"to another scheme":  {"ftp://files.example.com/a", "files.example.com"},
		"to an address":      {"https://192.0.2.7/", ""},
		"with a port":        {"https://sso-2.Example.com:8443/", "sso-2.example.com"},
		"to personal things": {"https://4225246777/", ""},
		"to the key":         {"https://" + juspaytest.APIKey + "/", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := start(t)
			server.Fail(juspaytest.Fault{Status: 302, Header: http.Header{"Location": {test.location}}})
			_, err := client.Get(t.Context(), accountA, ReadOptions{})
			got := checkReason(t, err, ReasonRedirect)
			want := test.wantHost
			if got.Err.Error() != "the response is a redirect" || got.RedirectHost != want || got.StatusCode != 302 || got.RequestID != requestID || got.Attempts != 1 || len(server.Requests()) != 1 {
				t.Errorf("got %+v after %d requests, want host %q", got, len(server.Requests()), want)
			}
		})
	}
	t.Cleanup(func() {
		if n := len(other.Requests()); n != 0 {
			t.Errorf("%d requests were redirected", n)
		}
	})
}

func TestTransport_Timeout(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]juspaytest.Fault{
		"before the response":     {Delay: time.Hour},
		"in the middle of a body": {Body: `{"object":`, Hang: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := start(t, func(c *Config) { c.RequestTimeout, c.MaxRetries = 500*time.Millisecond, 1 })
			server.Fail(fault)
			_, err := client.Get(t.Context(), accountA, ReadOptions{})
			got := checkReason(t, err, ReasonTimeout)
			if got.Err.Error() != "no complete response came within the timeout of one attempt" || got.Timeout != 500*time.Millisecond || got.Attempts != 2 {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestTransport_ConnectionRefused(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	server.Close()
	_, err := client.Get(t.Context(), accountA, ReadOptions{})
	if got := checkReason(t, err, ReasonRefused); got.Attempts != 3 || !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("got %+v", got)
	}
}

func TestTransport_UntrustedCertificate(t *testing.T) {
	t.Parallel()
	server := juspaytest.NewTLSServer()
	t.Cleanup(server.Close)
	client := newClient(t, server.URL)
	_, err := client.Get(t.Context(), accountA, ReadOptions{})
	got := checkReason(t, err, ReasonUntrusted)
	var certificate *tls.CertificateVerificationError
	if got.Attempts != 1 || len(server.Requests()) != 0 || !errors.As(err, &certificate) {
		t.Errorf("got %+v after %d requests", got, len(server.Requests()))
	}
}

func TestTransport_PlainHTTP(t *testing.T) {
	t.Parallel()
	server := juspaytest.NewServer()
	t.Cleanup(server.Close)
	client := newClient(t, strings.Replace(server.URL, "http://", "https://", 1))
	_, err := client.Get(t.Context(), accountA, ReadOptions{})
	if got := checkReason(t, err, ReasonNotTLS); got.Attempts != 1 {
		t.Errorf("%d attempts", got.Attempts)
	}
}

// discard is for servers whose connections are meant to fail.
var discard = log.New(io.Discard, "", 0)

func transportOf(t *testing.T, client *Client) *http.Transport {
	t.Helper()
	transport, ok := client.transport.next.(*http.Transport)
	if !ok {
		t.Fatalf("the transport is a %T", client.transport.next)
	}
	return transport
}

func trust(t *testing.T, client *Client, certificate *x509.Certificate) {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(certificate)
	transportOf(t, client).TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
}

func TestProxies(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status       int
		wantText     string
		wantAttempts int
	}{
		"a proxy that wants a password": {407, "juspay: proxy: the proxy responded with 407", 1},
		"a proxy that forbids":          {403, "juspay: proxy: the proxy responded with 403", 1},
		"a proxy that fails":            {500, "juspay: proxy: the proxy responded with 500", 3},
		"a proxy that finds no server":  {502, "juspay: proxy: the proxy responded with 502", 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int64
			proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				requests.Add(1)
				if r.Method != http.MethodConnect || r.Header.Get("Authorization") != "" {
					t.Errorf("the proxy was sent %s with %v", r.Method, r.Header)
				}
				w.WriteHeader(test.status)
			}))
			t.Cleanup(proxy.Close)
			_, err := clientBehind(t, proxy.URL).Get(t.Context(), accountA, ReadOptions{})
			got := checkReason(t, err, ReasonProxy)
			if got.Error() != test.wantText || got.Attempts != test.wantAttempts || int(requests.Load()) != test.wantAttempts {
				t.Errorf("got %q after %d attempts and %d requests", got.Error(), got.Attempts, requests.Load())
			}
		})
	}
}

func TestProxies_Connect(t *testing.T) {
	t.Parallel()
	server := juspaytest.NewTLSServer()
	t.Cleanup(server.Close)
	server.Put(juspaytest.NewAccount("cst_a", "banh_a"))
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect || r.Host != "example.com:443" {
			t.Errorf("the proxy was sent %s %s", r.Method, r.Host)
		}
		tunnel(t, w, strings.TrimPrefix(server.URL, "https://"))
	}))
	t.Cleanup(proxy.Close)
	client := clientBehind(t, proxy.URL)
	client.cfg.BaseURL = "https://example.com" // which the server's certificate is for
	certificate, err := x509.ParseCertificate(server.Certificate())
	if err != nil {
		t.Fatal(err)
	}
	trust(t, client, certificate)
	if got, err := client.Get(t.Context(), accountA, ReadOptions{}); err != nil || got != referenceAccount {
		t.Errorf("got %+v, %v", got, err)
	}
}

// tunnel responds to a CONNECT with a connection to address, until one side closes.
func tunnel(t *testing.T, w http.ResponseWriter, address string) {
	t.Helper()
	server, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Error(err)
		return
	}
	w.WriteHeader(http.StatusOK)
	client, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	go func() {
		_, _ = io.Copy(server, client)
		_ = server.Close()
	}()
	_, _ = io.Copy(client, server)
	_ = client.Close()
}

func TestProxies_Refused(t *testing.T) {
	t.Parallel()
	gone := juspaytest.NewServer()
	gone.Close()
	_, err := clientBehind(t, gone.URL).Get(t.Context(), accountA, ReadOptions{})
	if got := checkReason(t, err, ReasonProxy); !strings.Contains(got.Error(), "proxyconnect") {
		t.Errorf("got %q", got.Error())
	}
}

// clientBehind returns a client of the sandbox behind a proxy.
func clientBehind(t *testing.T, proxy string) *Client {
	t.Helper()
	client := newClient(t, Sandbox.BaseURL)
	u, err := url.Parse(proxy)
	if err != nil {
		t.Fatal(err)
	}
	transportOf(t, client).Proxy = http.ProxyURL(u)
	return client
}

// The key is sent as plaintext to this machine, and so to no proxy.
func TestNewHTTPSProxyFunc(t *testing.T) {
	t.Parallel()
	const proxy = "http://proxy.example:3128"
	transport := transportOf(t, newClient(t, Sandbox.BaseURL, func(c *Config) { c.HTTPSProxy, c.NoProxy = proxy, "direct.example" }))
	for target, want := range map[string]string{"https://juspay.example/": proxy, "https://direct.example/": "", "http://juspay.example/": ""} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if u, err := transport.Proxy(req); err != nil {
			t.Error(err)
		} else if u != nil {
			got = u.String()
		}
		if got != want {
			t.Errorf("%s: got the proxy %q, want %q", target, got, want)
		}
	}
}

// Over HTTP/2 reads share connections; without it there are no more of them than
// reads in flight.
func TestTransport_HTTP2(t *testing.T) {
	t.Parallel()
	var connections atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 2 {
			t.Errorf("requested by %s", r.Proto)
		}
		_ = json.NewEncoder(w).Encode(accountFor(r))
	}))
	server.EnableHTTP2 = true
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.StartTLS()
	t.Cleanup(server.Close)
	client := newClient(t, server.URL)
	trust(t, client, server.Certificate())
	if _, err := client.Get(t.Context(), accountA, ReadOptions{}); err != nil {
		t.Fatal(err)
	}
	for i, result := range client.GetAll(t.Context(), refs(500), ReadOptions{}) {
		if result.Err != nil {
			t.Fatalf("result %d is %v", i, result.Err)
		}
	}
	if n := connections.Load(); n != 1 {
		t.Errorf("%d connections", n)
	}
}

// A connection that died without a word is found by HTTP/2 pings before the attempt
// on it times out, and the next attempt is made on another.
func TestTransport_HTTP2_DeadConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		authority := juspaytest.NewAuthority(t)
		certificate, err := tls.X509KeyPair(pemPair(authority.Issue(t)))
		if err != nil {
			t.Fatal(err)
		}
		listener := pipeListener{make(chan net.Conn)}
		server := &http.Server{
			ReadHeaderTimeout: time.Hour,
			// A ticket would be written to a pipe that nobody reads yet.
			TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12, SessionTicketsDisabled: true},
			Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.ProtoMajor != 2 {
					t.Errorf("requested by %s", r.Proto)
				}
				_, _ = io.WriteString(w, accountBody)
			}),
		}
		go func() { _ = server.ServeTLS(listener, "", "") }()
		var attempts []string
		client := newClient(t, "https://127.0.0.1", func(c *Config) {
			c.RootCAs = certPool(authority)
			c.OnAttempt = func(_ context.Context, a Attempt) { attempts = append(attempts, fmt.Sprint(a.StatusCode)) }
		})
		var dialed []*mutedConn
		transportOf(t, client).DialContext = func(context.Context, string, string) (net.Conn, error) {
			own, other := net.Pipe()
			dialed = append(dialed, &mutedConn{Conn: own})
			listener.connections <- other
			return dialed[len(dialed)-1], nil
		}
		start := time.Now()
		for range 2 {
			if _, err := client.Get(t.Context(), accountA, ReadOptions{}); err != nil {
				t.Error(err)
			}
			dialed[0].muted.Store(true)
		}
		if took := time.Since(start); len(dialed) != 2 || !slices.Equal(attempts, []string{"200", "0", "200"}) || took.Round(time.Second) != DefaultRequestTimeout/2 {
			t.Errorf("%d connections and the attempts %q took %s", len(dialed), attempts, took)
		}
		transportOf(t, client).CloseIdleConnections()
		_ = server.Close()
	})
}

func pemPair(certificate, key string) ([]byte, []byte) { return []byte(certificate), []byte(key) }

// pipeListener accepts the ends of pipes, on which time can be a fake.
type pipeListener struct{ connections chan net.Conn }

func (l pipeListener) Accept() (net.Conn, error) {
	if conn, ok := <-l.connections; ok {
		return conn, nil
	}
	return nil, net.ErrClosed
}

func (l pipeListener) Close() error {
	close(l.connections)
	return nil
}

func (l pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

// mutedConn swallows what is written to it once it is muted.
type mutedConn struct {
	net.Conn
	muted atomic.Bool
}

func (c *mutedConn) Write(p []byte) (int, error) {
	if c.muted.Load() {
		return len(p), nil
	}
	return c.Conn.Write(p)
}

func TestClient_Secrets(t *testing.T) {
	t.Parallel()
	client := newClient(t, Sandbox.BaseURL, func(c *Config) {
		c.APIKey, c.RequestHeaders = "fake-key", map[string]string{"X-Gateway-Key": "fake gateway"}
	})
	if got := client.Secrets(); !slices.Equal(got, []string{"fake-key", "fake gateway", "ZmFrZS1rZXk6"}) {
		t.Errorf("got %q", got)
	}
}

func TestTransport_TLSAlert(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert, MinVersion: tls.VersionTLS12}
	server.Config.ErrorLog = discard
	server.StartTLS()
	t.Cleanup(server.Close)
	client := newClient(t, server.URL)
	trust(t, client, server.Certificate())
	_, err := client.Get(t.Context(), accountA, ReadOptions{})
	if got := checkReason(t, err, ReasonConnection); got.Attempts != 1 {
		t.Errorf("%d attempts for %v", got.Attempts, err)
	}
}

func TestTransport_NameDoesNotResolve(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err          error
		want         Reason
		wantAttempts int
	}{
		{&net.DNSError{Err: "no such host", Name: "jspay.example.com", IsNotFound: true}, ReasonNameNotFound, 1},
		{&net.DNSError{Err: "i/o timeout", Name: "api.juspay.in", IsTimeout: true}, ReasonTimeout, 3},
		{&net.DNSError{Err: "server misbehaving", Name: "api.juspay.in", IsTemporary: true}, ReasonConnection, 3},
	} {
		synctest.Test(t, func(t *testing.T) {
			script := &attemptScript{play: func(int, *http.Request) (*http.Response, error) { return nil, test.err }}
			_, err := scriptedClient(t, script, func(c *Config) { c.MaxRetries = 2 }).Get(t.Context(), accountA, ReadOptions{})
			if got := checkReason(t, err, test.want); got.Attempts != test.wantAttempts || len(script.times) != test.wantAttempts {
				t.Errorf("%v: %d attempts", test.err, got.Attempts)
			} else if isTimeout := test.want == ReasonTimeout; got.IsDNSTimeout != isTimeout {
				t.Errorf("%v: got IsDNSTimeout %t", test.err, got.IsDNSTimeout)
			}
		})
	}
}

// net/http does not say that it was waiting for DNS when the attempt's time ended.
func TestTransport_DNSTimeout(t *testing.T) {
	t.Parallel()
	resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	transport := newTransport(time.Minute, 1, nil, nil)
	transport.DialContext = (&net.Dialer{Resolver: resolver}).DialContext
	client := scriptedClient(t, transport, func(c *Config) {
		c.BaseURL, c.RequestTimeout, c.MaxRetries = "https://api.example.com", 50*time.Millisecond, 0
	})
	_, err := client.Get(t.Context(), accountA, ReadOptions{})
	if got := checkReason(t, err, ReasonTimeout); !got.IsDNSTimeout {
		t.Errorf("%v does not say that DNS timed out", err)
	}
}

// Package net says of a connection that was not made in time that it is
// context.DeadlineExceeded, which it is not.
func TestTransport_DialTimeout(t *testing.T) {
	t.Parallel()
	late, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	_, err := new(net.Dialer).DialContext(late, "tcp", "127.0.0.1:1")
	for what, err := range map[string]error{"to the server": err, "to a proxy": &net.OpError{Op: "proxyconnect", Err: err}} {
		if !errors.Is(err, context.DeadlineExceeded) || reasonFromError(err) != ReasonTimeout {
			t.Errorf("%s: %v is reported as %s", what, err, reasonFromError(err))
		}
	}
	if got := reasonFromError(context.DeadlineExceeded); got != ReasonCanceled {
		t.Errorf("a context that ended is reported as %s", got)
	}
}
