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
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/check"
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
			server, client := startServer(t)
			server.Fail(juspaytest.Fault{Status: 302, Header: http.Header{"Location": {test.location}}})
			got := getError(t, client, ReasonRedirect, 1)
			check.ErrorText(t, "Get", got, "juspay: redirect (HTTP 302): the response is a redirect")
			check.Equal(t, "the host of the redirect", got.RedirectHost, test.wantHost)
			check.Equal(t, "the request id of the response", got.RequestID, requestID)
			check.Equal(t, "the number of requests", len(server.Requests()), 1)
		})
	}
	t.Cleanup(func() {
		check.Equal(t, "the number of requests to the server that redirects lead to", len(other.Requests()), 0)
	})
}

func TestTransport_Failures(t *testing.T) {
	t.Parallel()
	startTLS := func(tlsConfig *tls.Config) func(*testing.T) *Client {
		return func(t *testing.T) *Client {
			baseURL, _ := serve(t, tlsConfig, http.NotFound)
			return newClient(t, baseURL)
		}
	}
	respondWithFault := func(fault juspaytest.Fault) func(*testing.T) *Client {
		return func(t *testing.T) *Client {
			server, client := startServer(t, func(c *Config) { c.RequestTimeout = 500 * time.Millisecond })
			server.Fail(fault)
			return client
		}
	}
	failWithError := func(err error) func(*testing.T) *Client {
		return func(t *testing.T) *Client {
			script := respondInTurn(func(*http.Request) (*http.Response, error) { return nil, err })
			return newClient(t, Sandbox.BaseURL, func(c *Config) { c.Transport = script })
		}
	}
	doNotResolve := func(err net.DNSError) func(*testing.T) *Client { return failWithError(&err) }
	for name, test := range map[string]struct {
		prepare  func(*testing.T) *Client
		want     Reason
		attempts int
		isDNS    bool // whether DNS timed out
	}{
		"no response":               {respondWithFault(juspaytest.Fault{Delay: time.Hour}), ReasonTimeout, 3, false},
		"a body that never ends":    {respondWithFault(juspaytest.Fault{Body: `{"object":`, Hang: true}), ReasonTimeout, 3, false},
		"an untrusted certificate":  {startTLS(&tls.Config{}), ReasonUntrusted, 1, false},
		"an alert of another cause": {startTLS(&tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}), ReasonConnection, 1, false},
		"a server without TLS": {func(t *testing.T) *Client {
			server, _ := startServer(t)
			return newClient(t, strings.Replace(server.URL, "http://", "https://", 1))
		}, ReasonNotTLS, 1, false},
		"a refused connection": {func(t *testing.T) *Client {
			server, client := startServer(t)
			server.Close()
			return client
		}, ReasonConnectionRefused, 3, false},
		"a connection refused on Windows": {failWithError(dialError(wsaECONNREFUSED)), ReasonConnectionRefused, 3, false},
		"a connection reset on Windows":   {failWithError(dialError(syscall.Errno(10054))), ReasonConnection, 3, false},
		"a name that is not found":        {doNotResolve(net.DNSError{Err: "no such host", IsNotFound: true}), ReasonNameNotFound, 1, false},
		"a name server that times out":    {doNotResolve(net.DNSError{Err: "i/o timeout", IsTimeout: true}), ReasonTimeout, 3, true},
		"a name server's fault":           {doNotResolve(net.DNSError{Err: "server misbehaving", IsTemporary: true}), ReasonConnection, 3, false},
		// net/http does not say that it was waiting for DNS when the attempt's time ended.
		"a name server that does not respond": {func(t *testing.T) *Client {
			resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
				<-ctx.Done()
				return nil, ctx.Err()
			}}
			transport := newTransport(time.Minute, 1, nil, nil)
			transport.DialContext = (&net.Dialer{Resolver: resolver}).DialContext
			return newClient(t, "https://api.example.com", func(c *Config) {
				c.RequestTimeout, c.MaxRetries, c.Transport = 50*time.Millisecond, 0, transport
			})
		}, ReasonTimeout, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := getError(t, test.prepare(t), test.want, test.attempts)
			check.Equal(t, "whether a connection was refused", isConnectionRefused(got), test.want == ReasonConnectionRefused)
			isUntrusted := errors.As(got, new(*tls.CertificateVerificationError))
			check.Equal(t, fmt.Sprintf("whether %v is a CertificateVerificationError", got), isUntrusted, test.want == ReasonUntrusted)
			check.Equal(t, "whether DNS timed out", got.IsDNSTimeout, test.isDNS)
			if test.want == ReasonTimeout && !test.isDNS {
				check.Equal(t, "the timeout", got.Timeout, 500*time.Millisecond)
				check.ErrorText(t, "the cause", got.Err, "no complete response came within the timeout of one attempt")
			}
		})
	}
}

// Over HTTP/2 reads share connections; without it there are no more of them than
// reads in flight.
func TestTransport_HTTP2(t *testing.T) {
	t.Parallel()
	authority := juspaytest.NewAuthority(t)
	baseURL, listener := serve(t, &tls.Config{Certificates: []tls.Certificate{*issuePair(t, authority)}}, func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 2 {
			t.Errorf("got a request by %s, want HTTP/2", r.Proto)
		}
		_ = json.NewEncoder(w).Encode(accountFor(r))
	}, func(s *httptest.Server) { s.EnableHTTP2 = true })
	client := newClient(t, baseURL, func(c *Config) { c.RootCAs = certPool(authority) })
	for _, reads := range []int{1, 500} {
		for i, result := range client.GetAll(t.Context(), newRefs(reads), ReadOptions{}) {
			if result.Err != nil {
				t.Fatalf("result %d: got the error %v, want none", i, result.Err)
			}
		}
	}
	check.Equal(t, "the number of connections", listener.accepted.Load(), int64(1))
}

// A connection that died without a word is found by HTTP/2 pings before the attempt
// on it times out, and the next attempt is made on another.
func TestTransport_HTTP2_DeadConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		authority := juspaytest.NewAuthority(t)
		listener := pipeListener{make(chan net.Conn)}
		server := &http.Server{
			ReadHeaderTimeout: time.Hour,
			// A ticket would be written to a pipe that nobody reads yet.
			TLSConfig: &tls.Config{Certificates: []tls.Certificate{*issuePair(t, authority)}, SessionTicketsDisabled: true},
			Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.ProtoMajor != 2 {
					t.Errorf("got a request by %s, want HTTP/2", r.Proto)
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
			_, err := client.Get(t.Context(), accountA, ReadOptions{})
			check.NoError(t, "the read", err)
			dialed[0].muted.Store(true)
		}
		check.Equal(t, "the time of both reads, in seconds", time.Since(start).Round(time.Second), DefaultRequestTimeout/2)
		check.Equal(t, "the number of connections", len(dialed), 2)
		check.Equal(t, "the statuses of the attempts", attempts, []string{"200", "0", "200"})
		transportOf(t, client).CloseIdleConnections()
		_ = server.Close()
	})
}

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

// Package net says of a connection that was not made in time that it is
// context.DeadlineExceeded, which it is not.
func TestTransport_DialTimeout(t *testing.T) {
	t.Parallel()
	late, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	_, err := new(net.Dialer).DialContext(late, "tcp", "127.0.0.1:1")
	for what, err := range map[string]error{"to the server": err, "to a proxy": &net.OpError{Op: "proxyconnect", Err: err}} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			if !errors.Is(err, context.DeadlineExceeded) || reasonFromError(err) != ReasonTimeout {
				t.Errorf("the error %v: got the reason %q, want %q", err, reasonFromError(err), ReasonTimeout)
			}
		})
	}
	check.Equal(t, "the reason of a context that ended", reasonFromError(context.DeadlineExceeded), ReasonCanceled)
}

// countedConn reports that it is closed, once.
type countedConn struct {
	net.Conn
	closed func()
}

func (c countedConn) Close() error {
	c.closed()
	return c.Conn.Close()
}

// TestTransport_ReusesConnections bounds the connections that are open at any moment. Over
// time a few more may be opened, since the transport dials ahead of a connection
// that becomes idle meanwhile.
func TestTransport_ReusesConnections(t *testing.T) {
	t.Parallel()
	const reads = 300
	for _, limit := range []int{1, 5, DefaultMaxConcurrentRequests} {
		t.Run(fmt.Sprintf("%d requests in flight", limit), func(t *testing.T) {
			t.Parallel()
			_, client := startServer(t, func(c *Config) { c.MaxConcurrentRequests = limit })
			var mu sync.Mutex
			dialed, open, maxOpen := 0, 0, 0
			transport := transportOf(t, client)
			dial := transport.DialContext
			transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
				conn, err := dial(ctx, network, address)
				if err != nil {
					return nil, err
				}
				mu.Lock()
				defer mu.Unlock()
				dialed++
				open++
				maxOpen = max(maxOpen, open)
				return countedConn{conn, sync.OnceFunc(func() {
					mu.Lock()
					defer mu.Unlock()
					open--
				})}, nil
			}
			for range 2 { // between the two, all are idle
				readConcurrently(t, client, reads)
			}
			mu.Lock()
			check.Within(t, "the greatest number of open connections", maxOpen, 1, limit)
			check.Within(t, fmt.Sprintf("the number of connections for %d reads", 2*reads), dialed, 1, 2*reads/5)
			mu.Unlock()
		})
	}
}

func TestTransport_BodyOfTheMaximumSize(t *testing.T) {
	t.Parallel()
	server, client := startServer(t)
	body := `{"object":"customer_account","customer_account_id":"banh_a","customer_id":"cst_a","currency":"INR"}`
	server.Fail(juspaytest.Fault{Body: body + strings.Repeat(" ", maxBody-len(body))})
	got, err := client.Get(t.Context(), accountA, ReadOptions{})
	check.NoError(t, "Get", err)
	check.Equal(t, "the currency", got.Currency, "INR")
}

// A gateway may close each connection. A full handshake for each would take most of the
// time of many reads.
func TestTransport_ResumesTLSSessions(t *testing.T) {
	t.Parallel()
	authority := juspaytest.NewAuthority(t)
	pair := issuePair(t, authority, func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)} })
	var resumed []bool
	baseURL, _ := serve(t, &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{*pair}}, func(w http.ResponseWriter, r *http.Request) {
		resumed = append(resumed, r.TLS.DidResume)
		w.Header().Set("Connection", "close")
		_, _ = io.WriteString(w, referenceResponse)
	})
	client := newClient(t, baseURL, func(c *Config) { c.RootCAs = certPool(authority) })
	for range 3 {
		_, _ = client.Get(t.Context(), accountA, ReadOptions{})
	}
	if !slices.Equal(resumed, []bool{false, true, true}) {
		t.Errorf("whether each connection resumed a session: got %v, want [false true true]; a read that failed has none", resumed)
	}
}
