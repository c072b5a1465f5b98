// SPDX-License-Identifier: MPL-2.0

// Package juspaytest is a Juspay that listens on loopback, in the manner of
// net/http/httptest. It is a fake, not a recording, because what matters is
// which requests are made and which are not: it responds as the reference page
// says, fails on demand, and records the requests.
//
// NewServer starts one that accepts APIKey. Put gives it accounts, which NewAccount
// makes of the page's sample. Fail puts Faults in line, from a status to a
// connection that is reset in the middle of a response; Throttle and Delay make it
// busy and slow. Requests returns the requests that it got, and Connections counts
// their connections. WaitForRequests waits for more requests.
package juspaytest

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// APIKey is the key that a new server accepts.
const APIKey = "fake-key-accepted-by-juspaytest"

// Server is a running Juspay. Its methods may be called at any time, by many
// goroutines.
type Server struct {
	// URL is the base URL, without a trailing slash.
	URL string

	http *httptest.Server

	mu        sync.Mutex // guards the fields below
	keys      []string   // the keys that are accepted
	accounts  map[accountPath]Account
	mocks     map[accountPath]*mockState
	faults    []*Fault      // the faults of the next requests, in their order
	pickFault func() *Fault // the choice of FailBy, nil without it
	latency   time.Duration // the delay of each response
	requests  []Request
	opened    int           // the number of connections so far
	open      int           // the number of open connections
	changed   chan struct{} // a channel that is closed when requests grow or open falls

	overLimit      func(time.Time) bool // whether a request exceeds what is allowed; nil allows all
	throttleStatus int
	retryAfter     string // the header of a throttled response
	throttled      int    // the number of throttled requests so far
}

// accountPath has the identifiers in the path of a request for an account.
type accountPath struct{ customerID, customerAccountID string }

// NewServer starts a server on a free loopback port. Close it after use.
func NewServer() *Server {
	s := newServer()
	s.http.Start()
	s.URL = s.http.URL
	return s
}

// NewTLSServer is NewServer with https and a certificate that nobody trusts
// without being configured to; see Certificate.
func NewTLSServer() *Server {
	return NewTLSServerWith(nil)
}

// NewTLSServerWith is NewTLSServer with the caller's settings, and with their certificate if they
// have one.
func NewTLSServerWith(tlsConfig *tls.Config) *Server {
	s := newServer()
	s.http.TLS = tlsConfig
	s.http.StartTLS()
	s.URL = s.http.URL
	return s
}

// NewMutualTLSServer is NewTLSServer with a certificate of the authority, and
// demands one of the same authority of each client.
func NewMutualTLSServer(t testing.TB, a *Authority) *Server {
	t.Helper()
	own, err := tls.X509KeyPair(pemPair(a.Issue(t)))
	if err != nil {
		t.Fatal(err)
	}
	clients := x509.NewCertPool()
	clients.AddCert(a.certificate)
	server := NewTLSServerWith(&tls.Config{
		MinVersion:   tls.VersionTLS12,
		Certificates: []tls.Certificate{own},
		ClientAuth:   tls.RequireAndVerifyClientCert,
		ClientCAs:    clients,
	})
	t.Cleanup(server.Close)
	return server
}

func pemPair(certPEM, keyPEM string) (cert, key []byte) { return []byte(certPEM), []byte(keyPEM) }

// NewServerOn is NewServer on a listener of the caller's, for a fixed port.
func NewServerOn(listener net.Listener) *Server {
	s := newServer()
	_ = s.http.Listener.Close()
	s.http.Listener = listener
	s.http.Start()
	s.URL = s.http.URL
	return s
}

func newServer() *Server {
	s := &Server{keys: []string{APIKey}, accounts: map[accountPath]Account{}, mocks: map[accountPath]*mockState{}, changed: make(chan struct{})}
	s.http = httptest.NewUnstartedServer(s)
	s.http.Config.ConnState = s.countConnections
	// Clients that break off or do not trust the certificate are no news here.
	s.http.Config.ErrorLog = log.New(io.Discard, "", 0)
	return s
}

// Close breaks off what is in flight and stops the server.
func (s *Server) Close() {
	s.http.CloseClientConnections()
	s.http.Close()
}

// Certificate is the TLS server's certificate in DER form.
func (s *Server) Certificate() []byte {
	return s.http.Certificate().Raw
}

// AcceptKeys makes keys the only ones that are accepted.
func (s *Server) AcceptKeys(keys ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys = keys
}

// Delay makes every response take that much longer, faults included.
func (s *Server) Delay(latency time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.latency = latency
}

// Put stores account under the identifiers that it contains.
func (s *Server) Put(account Account) {
	customerID, _ := account["customer_id"].(string)
	customerAccountID, _ := account["customer_account_id"].(string)
	s.PutUnder(customerID, customerAccountID, account)
}

// PutUnder stores account under other identifiers than it contains, as Juspay does
// for a customer that is requested by the merchant's own reference.
func (s *Server) PutUnder(customerID, customerAccountID string, account Account) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accounts[accountPath{customerID, customerAccountID}] = account
}

// CloseConnections closes all connections, and goes on listening.
func (s *Server) CloseConnections() {
	s.http.CloseClientConnections()
}

// hijackedEnded counts a connection whose end net/http does not report.
func (s *Server) hijackedEnded() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open--
	s.notifyLocked()
}

func (s *Server) countConnections(_ net.Conn, state http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch state {
	case http.StateNew:
		s.opened++
		s.open++
	case http.StateClosed:
		s.open--
		s.notifyLocked()
	}
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	segments := splitPath(r.URL)
	body, _ := io.ReadAll(r.Body)
	latency, fault := s.record(Request{Method: r.Method, Target: r.RequestURI, Segments: segments, Header: r.Header.Clone(), Body: string(body)})
	w.Header().Set("X-Request-Id", requestID)
	time.Sleep(latency)

	if fault != nil {
		s.serveFault(fault, w, r)
		return
	}
	if status, retryAfter := s.throttle(); status != 0 {
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		w.WriteHeader(status)
		return
	}
	if fault := s.mockFault(r, segments); fault != nil {
		s.serveFault(fault, w, r)
		return
	}
	s.serve(w, r, segments)
}

// record records a request and takes its fault in one step: whoever waits for the request knows that
// a later one does not get that fault.
func (s *Server) record(r Request) (latency time.Duration, fault *Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r)
	fault = s.nextFaultLocked(r.Segments)
	s.notifyLocked()
	return s.latency, fault
}

// serve sends the response of the reference page.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, segments []string) {
	if !s.accepts(r) {
		send(w, http.StatusUnauthorized, unauthorizedBody)
		return
	}
	if len(segments) != 4 || segments[0] != "customers" || segments[2] != "customer-accounts" {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet {
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	if r.Header.Get("X-Routing-Id") == "" {
		send(w, http.StatusBadRequest, noRoutingIDBody)
		return
	}
	if segments[3] == "list" {
		send(w, http.StatusOK, s.list(segments[1]))
		return
	}
	account := s.account(segments[1], segments[3])
	if account == nil {
		send(w, http.StatusNotFound, notFoundBody)
		return
	}
	send(w, http.StatusOK, account)
}

// accepts reports whether a request has one of the keys.
func (s *Server) accepts(r *http.Request) bool {
	key, password, ok := r.BasicAuth()
	s.mu.Lock()
	defer s.mu.Unlock()
	return ok && password == "" && slices.Contains(s.keys, key)
}

func (s *Server) account(customerID, customerAccountID string) Account {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.accounts[accountPath{customerID, customerAccountID}]
}

// list returns Juspay's response for all accounts of a customer, in the order of
// their ids.
func (s *Server) list(customerID string) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	listed := []Account{}
	paths := slices.SortedFunc(maps.Keys(s.accounts), func(a, b accountPath) int { return strings.Compare(a.customerAccountID, b.customerAccountID) })
	for _, path := range paths {
		if path.customerID == customerID {
			listed = append(listed, s.accounts[path])
		}
	}
	return map[string]any{"object": "list", "list": listed, "count": len(listed), "total": len(listed), "offset": 0}
}

// splitPath returns the segments of a path, unescaped.
func splitPath(u *url.URL) []string {
	parts := strings.Split(strings.TrimPrefix(u.EscapedPath(), "/"), "/")
	for i, part := range parts {
		if plain, err := url.PathUnescape(part); err == nil {
			parts[i] = plain
		}
	}
	return parts
}

func send(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// An account that cannot be encoded is a mistake of the test's, which sees
	// the empty body; a client may go away.
	_ = json.NewEncoder(w).Encode(body)
}
