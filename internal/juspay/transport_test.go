// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

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
		// newTransport sends a ping after a quarter of the timeout, and waits another quarter for the response.
		const lostPingTime = DefaultRequestTimeout/4 + DefaultRequestTimeout/4
		check.Equal(t, "the time of both reads, of which the second waits for a lost ping", time.Since(start).Round(time.Second), lostPingTime)
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
		_, _ = io.WriteString(w, accountBody)
	})
	client := newClient(t, baseURL, func(c *Config) { c.RootCAs = certPool(authority) })
	for range 3 {
		_, err := client.Get(t.Context(), accountA, ReadOptions{})
		check.MustNoError(t, "Get", err)
	}
	check.Equal(t, "whether each connection resumed a session", resumed, []bool{false, true, true})
}
