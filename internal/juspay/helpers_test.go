// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/redact"
)

// requestID is the request id of the fake's responses.
const requestID = "b2e0fd33-7655-4778-83a8-5179ed21b0b7"

var (
	accountA    = AccountRef{CustomerID: "cst_a", CustomerAccountID: "banh_a"}
	accountBody = check.MustJSON(juspaytest.NewAccount("cst_a", "banh_a"))
)

// fakeAccount is the result of a read of accountA. TestDecodeAccount compares the decoder with
// the reference page.
var fakeAccount = check.Must(accountFromBody(accountBody, "banh_a", redact.Redactor{}))

// checkAccount fails unless a read returned want.
func checkAccount(t *testing.T, got CustomerAccount, err error, want CustomerAccount) {
	t.Helper()
	check.NoError(t, "the read", err)
	check.Equal(t, "the account", got, want)
}

// startServer returns a running server that has accountA, and a client for it.
func startServer(t *testing.T, changes ...func(*Config)) (*juspaytest.Server, *Client) {
	t.Helper()
	server := juspaytest.NewServer()
	t.Cleanup(server.Close)
	server.Put(juspaytest.NewAccount("cst_a", "banh_a"))
	return server, newClient(t, server.URL, changes...)
}

// newClient returns a client that hardly waits between attempts. The functions change its
// configuration.
func newClient(t testing.TB, baseURL string, changes ...func(*Config)) *Client {
	t.Helper()
	cfg := Config{APIKey: juspaytest.APIKey, BaseURL: baseURL, UserAgent: "client-test", MaxRetries: 2}
	for _, change := range changes {
		change(&cfg)
	}
	client := check.Must(New(cfg))
	client.policy.firstBackoff, client.policy.maxBackoff = time.Millisecond, time.Millisecond
	return client
}

// scriptedClient returns a client whose network is script, with the defaults of New.
func scriptedClient(t *testing.T, script http.RoundTripper, changes ...func(*Config)) *Client {
	t.Helper()
	defaults := func(c *Config) { c.APIKey, c.MaxRetries, c.Transport = "fake-key", DefaultMaxRetries, script }
	client := newClient(t, Sandbox.BaseURL, append([]func(*Config){defaults}, changes...)...)
	client.policy.firstBackoff, client.policy.maxBackoff = firstBackoff, maxBackoff
	return client
}

// attemptScript replaces the network in a synctest bubble: it plays a function
// for each attempt, and records when the attempt came.
type attemptScript struct {
	play func(number int, req *http.Request) (*http.Response, error)

	mu    sync.Mutex
	times []time.Time
}

func (s *attemptScript) RoundTrip(req *http.Request) (*http.Response, error) {
	s.mu.Lock()
	s.times = append(s.times, time.Now())
	number := len(s.times)
	s.mu.Unlock()
	return s.play(number, req)
}

// waits returns the times between attempts.
func (s *attemptScript) waits() []time.Duration { return waitsBetween(s.times) }

func waitsBetween(times []time.Time) []time.Duration {
	var all []time.Duration
	for i := 1; i < len(times); i++ {
		all = append(all, times[i].Sub(times[i-1]))
	}
	return all
}

// newHTTPResponse returns a response with a Retry-After header, if one is given.
func newHTTPResponse(req *http.Request, status int, retryAfter, body string) *http.Response {
	resp := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: req}
	if retryAfter != "" {
		resp.Header.Set("Retry-After", retryAfter)
	}
	return resp
}

// step is the network's part in one attempt.
type step func(*http.Request) (*http.Response, error)

// respondInTurn returns a network that plays the steps in turn, and the last one from then on.
func respondInTurn(steps ...step) *attemptScript {
	return &attemptScript{play: func(number int, req *http.Request) (*http.Response, error) {
		return steps[min(number, len(steps))-1](req)
	}}
}

func respondAlways(status int, retryAfter, body string) *attemptScript {
	return respondInTurn(func(req *http.Request) (*http.Response, error) {
		return newHTTPResponse(req, status, retryAfter, body), nil
	})
}

// respondWith responds with a status, a body and headers, one a line.
func respondWith(status int, body string, lines ...string) step {
	return func(req *http.Request) (*http.Response, error) {
		resp := newHTTPResponse(req, status, "", body)
		for _, line := range lines {
			name, value, _ := strings.Cut(line, ":")
			resp.Header.Add(name, value)
		}
		return resp, nil
	}
}

func succeed(req *http.Request) (*http.Response, error) {
	return newHTTPResponse(req, 200, "", check.MustJSON(accountFor(req))), nil
}

func failWith(status int, retryAfter string) step {
	return func(req *http.Request) (*http.Response, error) {
		return newHTTPResponse(req, status, retryAfter, ""), nil
	}
}

// failWithCode fails with Juspay's error of that code.
func failWithCode(status int, code string) step {
	return func(req *http.Request) (*http.Response, error) {
		return newHTTPResponse(req, status, "", check.MustJSON(juspayError(code))), nil
	}
}

func resetConnection(*http.Request) (*http.Response, error) {
	return nil, &net.OpError{Op: "read", Err: syscall.ECONNRESET}
}

// delayed plays a step after a time.
func delayed(d time.Duration, then step) step {
	return func(req *http.Request) (*http.Response, error) {
		time.Sleep(d)
		return then(req)
	}
}

func hang(req *http.Request) (*http.Response, error) {
	<-req.Context().Done()
	return nil, req.Context().Err()
}

// accountFor returns the account that req names.
func accountFor(req *http.Request) juspaytest.Account {
	segments := strings.Split(req.URL.Path, "/") // "", customers, id, customer-accounts, id
	return juspaytest.NewAccount(segments[2], segments[4])
}

func juspayError(code string) map[string]any {
	return juspaytest.Error("error", "some_error", code, "For the user.", "For the developer.")
}

// skipWithRace skips a long simulation that the race detector would find nothing new in. The tests
// run without it too.
func skipWithRace(t *testing.T) {
	t.Helper()
	if raceEnabled {
		t.Skip("it takes long with -race, and finds no other race")
	}
}

// fewerWithRace returns a tenth of n where the race detector makes simulations slow.
func fewerWithRace(n int) int {
	if raceEnabled {
		return n / 10
	}
	return n
}

func newRefs(n int) []AccountRef {
	var all []AccountRef
	for i := range n {
		all = append(all, numberedRef(i))
	}
	return all
}

func numberedRef(i int) AccountRef {
	return AccountRef{CustomerID: fmt.Sprintf("cst_%d", i), CustomerAccountID: fmt.Sprintf("banh_%d", i)}
}

// numberedAccount returns the account that numberedRef names, with a VPA of its own.
func numberedAccount(i int) juspaytest.Account {
	return juspaytest.NewAccount(fmt.Sprintf("cst_%d", i), fmt.Sprintf("banh_%d", i)).
		With("account_details", map[string]any{"vpa": fmt.Sprintf("user%d@bank", i)})
}

// checkReason fails unless err is an *APIError of that reason, and returns what
// it contains.
func checkReason(t *testing.T, err error, want Reason) APIError {
	t.Helper()
	var apiErr *APIError
	if !errors.As(err, &apiErr) {
		t.Fatalf("the read: got the error %v, want an *APIError", err)
	}
	if apiErr.Reason != want {
		t.Errorf("the reason of the error %q: got %q, want %q", err, apiErr.Reason, want)
	}
	if (apiErr.Timeout != 0) != (want == ReasonTimeout) {
		t.Errorf("the timeout of %v: got %s, want one only with the reason %q", err, apiErr.Timeout, ReasonTimeout)
	}
	return *apiErr
}

// getError reads accountA, and fails unless the read ends as an *APIError of that reason
// after so many attempts.
func getError(t *testing.T, client *Client, want Reason, wantAttempts int) *APIError {
	t.Helper()
	_, err := client.Get(t.Context(), accountA, ReadOptions{})
	got := checkReason(t, err, want)
	check.Equal(t, "the number of attempts", got.Attempts, wantAttempts)
	return &got
}

// readConcurrently reads accountA so many times concurrently, and fails unless each read succeeds.
func readConcurrently(t *testing.T, client *Client, reads int) {
	t.Helper()
	var readers sync.WaitGroup
	for range reads {
		readers.Go(func() {
			_, err := client.Get(t.Context(), accountA, ReadOptions{})
			check.NoError(t, "a read", err)
		})
	}
	readers.Wait()
}

// readOutcome names the end of a read.
func readOutcome(err error) string {
	var apiErr *APIError
	switch {
	case err == nil:
		return "read"
	case errors.Is(err, ErrSkipped):
		return "skipped"
	case errors.As(err, &apiErr):
		return string(apiErr.Reason)
	case errors.As(err, new(*WaitError)):
		return "late"
	}
	return err.Error()
}

// numberFrom returns the number in an environment variable, or otherwise if it is not set.
func numberFrom(variable string, otherwise int64) int {
	return check.Must(strconv.Atoi(cmp.Or(os.Getenv(variable), strconv.FormatInt(otherwise, 10))))
}

// accountJSON returns an ACTIVE account as the server sends it, alone or in a list.
func accountJSON(id, customerID string) string {
	return `{"object":"customer_account","customer_account_id":"` + id + `","customer_id":"` + customerID + `","validation_status":"ACTIVE"}`
}

// responseWith returns an otherwise empty response for the account "banh_a" of "cst_a"
// that has fields, a comma-separated list of JSON members.
func responseWith(fields string) string {
	return `{"object":"customer_account","customer_account_id":"banh_a","customer_id":"cst_a",` + fields + `}`
}

type textRow = check.Row[string, string]

func checkTexts(t *testing.T, function func(string) string, rows map[string]textRow) {
	t.Helper()
	check.Rows(t, func(_ *testing.T, text string) string { return function(text) }, rows)
}

func checkMessages(t *testing.T, validate func(string) error, rows map[string]textRow) {
	t.Helper()
	checkTexts(t, func(text string) string { return check.TextOf(validate(text)) }, rows)
}

// bindName returns a validator that calls the value "it".
func bindName(validate func(name, value string) error) func(string) error {
	return func(value string) error { return validate("it", value) }
}

// messageAfter returns the rest of the message of err after prefix, or "" without an error.
func messageAfter(t *testing.T, prefix string, err error) string {
	t.Helper()
	rest, found := strings.CutPrefix(check.TextOf(err), prefix)
	if err != nil && !found {
		t.Errorf("got the error %q, want it to begin with %q", err, prefix)
	}
	return rest
}

func prefixUnlessEmpty(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

func transportOf(t *testing.T, client *Client) *http.Transport {
	t.Helper()
	transport, ok := client.transport.next.(*http.Transport)
	if !ok {
		t.Fatalf("the transport: got a %T, want an *http.Transport", client.transport.next)
	}
	return transport
}

// certPool returns a pool that trusts only authority.
func certPool(authority *juspaytest.Authority) *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(authority.CertPEM))
	return pool
}

// issuePair returns a certificate of authority with its key.
func issuePair(t *testing.T, authority *juspaytest.Authority, changes ...func(*x509.Certificate)) *tls.Certificate {
	t.Helper()
	cert, key := authority.Issue(t, changes...)
	pair := check.Must(tls.X509KeyPair([]byte(cert), []byte(key)))
	return &pair
}

// countingListener counts the connections, and with them the handshakes.
type countingListener struct {
	net.Listener
	accepted atomic.Int64
}

func (l *countingListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err == nil {
		l.accepted.Add(1)
	}
	return conn, err
}

// serve runs a server until the test ends, with TLS if it has a configuration of it.
func serve(t *testing.T, tlsConfig *tls.Config, handle http.HandlerFunc, changes ...func(*httptest.Server)) (baseURL string, listener *countingListener) {
	t.Helper()
	server := httptest.NewUnstartedServer(handle)
	server.TLS = tlsConfig
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // for connections that are meant to fail
	for _, change := range changes {
		change(server)
	}
	listener = &countingListener{Listener: server.Listener}
	server.Listener = listener
	if tlsConfig == nil {
		server.Start()
	} else {
		server.StartTLS()
	}
	t.Cleanup(server.Close)
	return server.URL, listener
}

// getErrorOfFault reads from a server that responds with fault, and returns the error.
func getErrorOfFault(t *testing.T, fault juspaytest.Fault) *APIError {
	t.Helper()
	server, client := startServer(t, func(c *Config) { c.MaxRetries, c.APIKeySource = 1, "api_key" })
	server.Fail(fault)
	_, err := client.Get(t.Context(), accountA, ReadOptions{})
	var apiErr *APIError
	if !errors.As(err, &apiErr) {
		t.Fatalf("got %v, want an *APIError", err)
	}
	if apiErr.BaseURL != server.URL || apiErr.APIKeySource != "api_key" || apiErr.Attempts != len(server.Requests()) {
		t.Errorf("got %+v, want the base URL %s, the key of api_key, and %d attempts", apiErr, server.URL, len(server.Requests()))
	}
	return apiErr
}
