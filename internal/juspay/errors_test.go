// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
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
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

const requestID = "b2e0fd33-7655-4778-83a8-5179ed21b0b7"

var accountA = AccountRef{CustomerID: "cst_a", CustomerAccountID: "banh_a"}

// checkReason fails unless err is an *APIError of that reason, and returns what
// it holds.
func checkReason(t *testing.T, err error, want Reason) APIError {
	t.Helper()
	var apiErr *APIError
	if !errors.As(err, &apiErr) {
		t.Fatalf("got %v, want an *APIError", err)
	}
	if apiErr.Reason != want {
		t.Errorf("got reason %q (%v), want %q", apiErr.Reason, err, want)
	}
	return *apiErr
}

// failure returns the error of a read that the server answers with fault.
func failure(t *testing.T, fault juspaytest.Fault) *APIError {
	t.Helper()
	server, client := start(t, func(c *Config) { c.MaxRetries = 1 })
	server.Fail(fault)
	_, err := client.Get(t.Context(), accountA)
	var apiErr *APIError
	if !errors.As(err, &apiErr) {
		t.Fatalf("got %v, want an *APIError", err)
	}
	if apiErr.BaseURL != server.URL {
		t.Errorf("the error is of %s", apiErr.BaseURL)
	}
	if apiErr.Attempts != len(server.Requests()) {
		t.Errorf("%d attempts told, %d requests made", apiErr.Attempts, len(server.Requests()))
	}
	return apiErr
}

func juspayError(code string) map[string]any {
	return juspaytest.Error("error", "some_error", code, "For the user.", "For the developer.")
}

func TestAnswersBecomeErrors(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault      juspaytest.Fault
		wantReason Reason
		wantText   string
	}{
		"401":                              {juspaytest.Fault{Status: 401, Body: juspayError("UNAUTHORIZED")}, ReasonUnauthorized, "juspay: unauthorized (HTTP 401)"},
		"403 BAD_ORIGIN":                   {juspaytest.Fault{Status: 403, Body: juspayError("BAD_ORIGIN")}, ReasonBadOrigin, "juspay: bad origin (HTTP 403)"},
		"403 with another code":            {juspaytest.Fault{Status: 403, Body: juspayError("UNAUTHORIZED")}, ReasonForbidden, "juspay: forbidden (HTTP 403)"},
		"404":                              {juspaytest.Fault{Status: 404, Body: juspayError("RESOURCE_NOT_FOUND")}, ReasonNotFound, "juspay: not found (HTTP 404)"},
		"404 without an envelope":          {juspaytest.Fault{Status: 404, Body: "404 page not found"}, ReasonNotJuspay, "juspay: not Juspay (HTTP 404)"},
		"403 without an envelope":          {juspaytest.Fault{Status: 403, Body: "<html>"}, ReasonNotJuspay, "juspay: not Juspay (HTTP 403)"},
		"400 without an envelope":          {juspaytest.Fault{Status: 400}, ReasonNotJuspay, "juspay: not Juspay (HTTP 400)"},
		"400 with only a status":           {juspaytest.Fault{Status: 400, Body: `{"status":"error"}`}, ReasonInvalidInput, "juspay: invalid input (HTTP 400)"},
		"400":                              {juspaytest.Fault{Status: 400, Body: juspayError("INVALID_INPUT")}, ReasonInvalidInput, "juspay: invalid input (HTTP 400)"},
		"429":                              {juspaytest.Fault{Status: 429, Body: juspayError("")}, ReasonThrottled, "juspay: throttled (HTTP 429)"},
		"500":                              {juspaytest.Fault{Status: 500, Body: juspayError("INTERNAL_SERVER_ERROR")}, ReasonServerError, "juspay: server error (HTTP 500)"},
		"501":                              {juspaytest.Fault{Status: 501}, ReasonServerError, "juspay: server error (HTTP 501)"},
		"418":                              {juspaytest.Fault{Status: 418, Body: juspayError("TEAPOT")}, ReasonUnexpectedError, "juspay: unexpected error (HTTP 418)"},
		"418 without an envelope":          {juspaytest.Fault{Status: 418}, ReasonNotJuspay, "juspay: not Juspay (HTTP 418)"},
		"204":                              {juspaytest.Fault{Status: 204}, ReasonNotJuspay, "juspay: not Juspay (HTTP 204)"},
		"101, after which no HTTP follows": {juspaytest.Fault{Raw: "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"}, ReasonNotJuspay, "juspay: not Juspay (HTTP 101)"},
		"an account and an error in one":   {juspaytest.Fault{Body: juspaytest.NewAccount("cst_a", "banh_a").With("status", "error").With("error_info", map[string]any{"code": "UNAUTHORIZED"})}, ReasonUnauthorized, "juspay: unauthorized (HTTP 200)"},
		"200 UNAUTHORIZED":                 {juspaytest.Fault{Body: juspayError("UNAUTHORIZED")}, ReasonUnauthorized, "juspay: unauthorized (HTTP 200)"},
		"200 UNAUTHENTICATED":              {juspaytest.Fault{Body: juspayError("UNAUTHENTICATED")}, ReasonUnauthorized, "juspay: unauthorized (HTTP 200)"},
		"200 BAD_ORIGIN":                   {juspaytest.Fault{Body: juspayError("BAD_ORIGIN")}, ReasonBadOrigin, "juspay: bad origin (HTTP 200)"},
		"200 RESOURCE_NOT_FOUND":           {juspaytest.Fault{Body: juspayError("RESOURCE_NOT_FOUND")}, ReasonNotFound, "juspay: not found (HTTP 200)"},
		"200 INVALID_INPUT":                {juspaytest.Fault{Body: juspayError("INVALID_INPUT")}, ReasonInvalidInput, "juspay: invalid input (HTTP 200)"},
		"200 MISSING_MANDATORY...":         {juspaytest.Fault{Body: juspayError("MISSING_MANDATORY_PARAMETER")}, ReasonInvalidInput, "juspay: invalid input (HTTP 200)"},
		"200 INTERNAL_SERVER_ERROR":        {juspaytest.Fault{Body: juspayError("INTERNAL_SERVER_ERROR")}, ReasonServerError, "juspay: server error (HTTP 200)"},
		"200 with an unknown code":         {juspaytest.Fault{Body: juspayError("NEW_CODE")}, ReasonUnexpectedError, "juspay: unexpected error (HTTP 200)"},
		"200 with only a status":           {juspaytest.Fault{Body: `{"status":"error"}`}, ReasonUnexpectedError, "juspay: unexpected error (HTTP 200)"},
		"200 invalid_request_error":        {juspaytest.Fault{Body: `{"status":"invalid_request_error"}`}, ReasonUnexpectedError, "juspay: unexpected error (HTTP 200)"},
		"200 with only a code":             {juspaytest.Fault{Body: `{"error_code":"object_not_found"}`}, ReasonUnexpectedError, "juspay: unexpected error (HTTP 200)"},
		"200 with HTML":                    {juspaytest.Fault{Body: "<html>"}, ReasonNotJSON, "juspay: not JSON (HTTP 200): the answer is not JSON"},
		"200 with nothing":                 {juspaytest.Fault{}, ReasonNotJSON, "juspay: not JSON (HTTP 200): the answer is not JSON"},
		"200 with another account":         {juspaytest.Fault{Body: juspaytest.NewAccount("cst_a", "banh_b")}, ReasonNotAccount, `juspay: not the account (HTTP 200): the answer is for the account "banh_b" where "banh_a" was asked for`},
		"200 that is cut short":            {juspaytest.Fault{Body: `{"object":`, Truncate: true}, ReasonConnection, "juspay: connection failed (HTTP 200): unexpected EOF"},
		"200 that is too large":            {juspaytest.Fault{Body: strings.Repeat(" ", maxBody+1)}, ReasonTooLarge, "juspay: too large (HTTP 200): the answer is longer than 1048576 bytes"},
		"200 that unpacks too large":       {juspaytest.Fault{Body: gzipped(t, 2<<20), Header: http.Header{"Content-Encoding": {"gzip"}}}, ReasonTooLarge, "juspay: too large (HTTP 200): the answer is longer than 1048576 bytes"},
		"a dropped connection":             {juspaytest.Fault{Drop: true}, ReasonConnection, "juspay: connection failed: EOF"},
		"502 with a body cut short":        {juspaytest.Fault{Status: 502, Body: "<html>", Truncate: true}, ReasonServerError, "juspay: server error (HTTP 502)"},
		"502 with a body too large":        {juspaytest.Fault{Status: 502, Body: strings.Repeat(" ", maxBody+1)}, ReasonServerError, "juspay: server error (HTTP 502)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := failure(t, test.fault)
			if got.Reason != test.wantReason || got.Error() != test.wantText {
				t.Errorf("got %q, %q\nwant %q, %q", got.Reason, got, test.wantReason, test.wantText)
			}
		})
	}
}

func TestABodyOfExactlyTheLimitIsRead(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	body := `{"object":"customer_account","customer_account_id":"banh_a","currency":"INR"}`
	server.Fail(juspaytest.Fault{Body: body + strings.Repeat(" ", maxBody-len(body))})
	if got, err := client.Get(t.Context(), accountA); err != nil || got.Currency != "INR" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func gzipped(t *testing.T, zeros int) string {
	t.Helper()
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	if _, err := writer.Write(make([]byte, zeros)); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.String()
}

func TestWhatJuspayTellsReachesTheError(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body          any
		code, message string
		requestID     string
	}{
		"everything":                {juspayError("NEW_CODE"), "NEW_CODE", "For the developer.", requestID},
		"no developer message":      {`{"error_info":{"user_message":"For the user.","code":"X"}}`, "X", "For the user.", requestID},
		"only an error message":     {`{"error_message":"Plain.","error_code":"plain_code"}`, "plain_code", "Plain.", requestID},
		"an error_info of its own":  {`{"error_code":"c","error_info":"text"}`, "c", "", requestID},
		"fields of other types":     {`{"error_code":1,"error_info":{"code":[],"developer_message":{},"request_id":7}}`, "", "", requestID},
		"another request id":        {`{"error_info":{"request_id":"from-the-body"}}`, "", "", "from-the-body"},
		"a code that is no code":    {`{"error_info":{"code":"someone@bank"}}`, "", "", requestID},
		"a request id that is none": {`{"error_info":{"request_id":"4225246777@yesg"}}`, "", "", requestID},
		"HTML":                      {"<html>", "", "", requestID},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := failure(t, juspaytest.Fault{Status: 418, Body: test.body})
			if got.Code != test.code || got.DeveloperMessage != test.message || got.RequestID != test.requestID {
				t.Errorf("got %q, %q, %q", got.Code, got.DeveloperMessage, got.RequestID)
			}
		})
	}
}

func TestTheContentTypeReachesTheError(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"text/html; charset=utf-8": "text/html",
		"no type at all":           "",
		"someone@bank/html":        "",
	} {
		got := failure(t, juspaytest.Fault{Body: "<html>", Header: http.Header{"Content-Type": {header}}})
		if got.ContentType != want {
			t.Errorf("%q became %q", header, got.ContentType)
		}
	}
}

func TestTheLastOfSeveralAnswersIsTold(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	server.Fail(
		juspaytest.Fault{Times: 1, Drop: true},
		juspaytest.Fault{Times: 1, Status: 500, Body: juspayError("INTERNAL_SERVER_ERROR")},
		juspaytest.Fault{Status: 503, Body: juspayError("MAINTENANCE"), Header: http.Header{"Retry-After": {"0"}}},
	)
	_, err := client.Get(t.Context(), accountA)
	got := checkReason(t, err, ReasonServerError)
	if got.StatusCode != 503 || got.Code != "MAINTENANCE" || got.RequestID != requestID || got.Attempts != len(server.Requests()) {
		t.Errorf("got %+v", got)
	}
}

func TestAnEarlierAnswerIsToldWhenTheLastAttemptGotNone(t *testing.T) {
	t.Parallel()
	server, client := start(t, func(c *Config) { c.MaxRetries, c.RequestTimeout = 1, 200*time.Millisecond })
	server.Fail(
		juspaytest.Fault{Times: 1, Status: 503, Body: juspayError("MAINTENANCE")},
		juspaytest.Fault{Delay: time.Hour},
	)
	_, err := client.Get(t.Context(), accountA)
	got := checkReason(t, err, ReasonTimeout)
	if got.StatusCode != 503 || got.Code != "MAINTENANCE" || got.RequestID != requestID || got.Attempts != 2 {
		t.Errorf("got %+v", got)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	other := juspaytest.NewServer()
	t.Cleanup(other.Close)
	for name, test := range map[string]struct{ location, wantHost string }{
		"to another server":  {other.URL + "/customers/cst_a/customer-accounts/banh_a", strings.TrimPrefix(other.URL, "http://")},
		"within the server":  {"/login", "same"},
		"to a name":          {"https://login.example.com/?token=secret", "login.example.com"},
		"with credentials":   {"https://user:secret@login.example.com/", "login.example.com"},
		"to nowhere":         {"", ""},
		"to what is no URL":  {"https://exa mple.com:x/%zz", ""},
		"to another scheme":  {"ftp://files.example.com/a", "files.example.com"},
		"to personal things": {"https://4225246777/", redacted},
		"to the key":         {"https://" + juspaytest.APIKey + "/", redacted},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := start(t)
			server.Fail(juspaytest.Fault{Status: 302, Header: http.Header{"Location": {test.location}}})
			_, err := client.Get(t.Context(), accountA)
			got := checkReason(t, err, ReasonRedirect)
			want := test.wantHost
			if want == "same" {
				want = strings.TrimPrefix(server.URL, "http://")
			}
			if got.RedirectHost != want || got.StatusCode != 302 || got.RequestID != requestID || got.Attempts != 1 || len(server.Requests()) != 1 {
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

func TestATimeoutNamesTheTimeForOneAttempt(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]juspaytest.Fault{
		"before the answer":       {Delay: time.Hour},
		"in the middle of a body": {Body: `{"object":`, Hang: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := start(t, func(c *Config) { c.RequestTimeout, c.MaxRetries = 100*time.Millisecond, 1 })
			server.Fail(fault)
			_, err := client.Get(t.Context(), accountA)
			got := checkReason(t, err, ReasonTimeout)
			if got.Timeout != 100*time.Millisecond || got.Attempts != 2 || len(server.Requests()) != 2 {
				t.Errorf("got %+v after %d requests", got, len(server.Requests()))
			}
		})
	}
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	server.Close()
	_, err := client.Get(t.Context(), accountA)
	if got := checkReason(t, err, ReasonRefused); got.Attempts != 3 || !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("got %+v", got)
	}
}

func TestAnUntrustedCertificateIsNotRetried(t *testing.T) {
	t.Parallel()
	server := juspaytest.NewTLSServer()
	t.Cleanup(server.Close)
	client := newClient(t, server.URL)
	_, err := client.Get(t.Context(), accountA)
	got := checkReason(t, err, ReasonUntrusted)
	var certificate *tls.CertificateVerificationError
	if got.Attempts != 1 || len(server.Requests()) != 0 || !errors.As(err, &certificate) {
		t.Errorf("got %+v after %d requests", got, len(server.Requests()))
	}
}

func TestHTTPWhereHTTPSIsAskedForIsNotRetried(t *testing.T) {
	t.Parallel()
	server := juspaytest.NewServer()
	t.Cleanup(server.Close)
	client := newClient(t, strings.Replace(server.URL, "http://", "https://", 1))
	_, err := client.Get(t.Context(), accountA)
	if got := checkReason(t, err, ReasonNotTLS); got.Attempts != 1 {
		t.Errorf("%d attempts", got.Attempts)
	}
}

// discard is for servers whose connections are meant to fail.
var discard = log.New(io.Discard, "", 0)

func transportOf(t *testing.T, client *Client) *http.Transport {
	t.Helper()
	sent, ok := client.retryer.HTTPClient.Transport.(*attempts)
	if !ok {
		t.Fatalf("the transport is a %T", client.retryer.HTTPClient.Transport)
	}
	transport, ok := sent.next.(*http.Transport)
	if !ok {
		t.Fatalf("the next transport is a %T", sent.next)
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
		"a proxy that wants a password": {407, "juspay: proxy: the proxy answered 407", 1},
		"a proxy that forbids":          {403, "juspay: proxy: the proxy answered 403", 1},
		"a proxy that finds no server":  {502, "juspay: proxy: the proxy answered 502", 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int64
			proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				if r.Method != http.MethodConnect || r.Header.Get("Authorization") != "" {
					t.Errorf("the proxy was sent %s with %v", r.Method, r.Header)
				}
				w.WriteHeader(test.status)
			}))
			t.Cleanup(proxy.Close)
			_, err := clientBehind(t, proxy.URL).Get(t.Context(), accountA)
			got := checkReason(t, err, ReasonProxy)
			if got.Error() != test.wantText || got.Attempts != test.wantAttempts || int(asked.Load()) != test.wantAttempts {
				t.Errorf("got %q after %d attempts and %d requests", got.Error(), got.Attempts, asked.Load())
			}
		})
	}
}

func TestAProxyThatConnects(t *testing.T) {
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
	if got, err := client.Get(t.Context(), accountA); err != nil || got != referenceAccount {
		t.Errorf("got %+v, %v", got, err)
	}
}

// tunnel answers a CONNECT with a connection to address, until one side closes.
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

func TestAProxyThatIsNotThere(t *testing.T) {
	t.Parallel()
	gone := juspaytest.NewServer()
	gone.Close()
	_, err := clientBehind(t, gone.URL).Get(t.Context(), accountA)
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

// The key is sent in clear to this machine, and so to no proxy.
func TestNoProxyIsAskedForHTTP(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://proxy.example:3128")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost:8787/", nil)
	if err != nil {
		t.Fatal(err)
	}
	if proxy, err := proxyFor(req); proxy != nil || err != nil {
		t.Errorf("got %v, %v", proxy, err)
	}
}

// A connection that died without a word is found by HTTP/2 pings, and the next
// attempt is made on another.
func TestADeadHTTP2ConnectionIsReplaced(t *testing.T) {
	t.Parallel()
	var connections atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 2 {
			t.Errorf("asked by %s", r.Proto)
		}
		_, _ = io.WriteString(w, `{"object":"customer_account","customer_account_id":"banh_a"}`)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	client := newClient(t, server.URL, func(c *Config) { c.RequestTimeout, c.MaxRetries = 2*time.Second, 1 })
	trust(t, client, server.Certificate())
	var first atomic.Pointer[mutedConn]
	transportOf(t, client).DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		if err != nil || connections.Add(1) > 1 {
			return conn, err
		}
		muted := &mutedConn{Conn: conn}
		first.Store(muted)
		return muted, nil
	}
	if _, err := client.Get(t.Context(), accountA); err != nil {
		t.Fatal(err)
	}
	first.Load().muted.Store(true)
	if _, err := client.Get(t.Context(), accountA); err != nil {
		t.Error(err)
	}
	if n := connections.Load(); n != 2 {
		t.Errorf("%d connections", n)
	}
}

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

func TestSecretsAreTheKeyAndItsForms(t *testing.T) {
	t.Parallel()
	client := newClient(t, Sandbox.BaseURL, func(c *Config) { c.APIKey = "fake-key" })
	if got := client.Secrets(); !slices.Equal(got, []string{"fake-key", "ZmFrZS1rZXk6", "ZmFrZS1rZXk="}) {
		t.Errorf("got %q", got)
	}
}

func TestATLSAlertIsNotRetried(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert, MinVersion: tls.VersionTLS12}
	server.Config.ErrorLog = discard
	server.StartTLS()
	t.Cleanup(server.Close)
	client := newClient(t, server.URL)
	trust(t, client, server.Certificate())
	_, err := client.Get(t.Context(), accountA)
	if got := checkReason(t, err, ReasonConnection); got.Attempts != 1 {
		t.Errorf("%d attempts for %v", got.Attempts, err)
	}
}

func TestNamesThatDoNotResolve(t *testing.T) {
	t.Parallel()
	missing := &net.DNSError{Err: "no such host", Name: "jspay.example.com", IsNotFound: true}
	if isCurable(missing) || reasonOfFailure(missing) != ReasonNameNotFound {
		t.Error("a name that does not exist is not told as such")
	}
	busy := &net.DNSError{Err: "server misbehaving", Name: "api.juspay.in", IsTemporary: true}
	if !isCurable(busy) || reasonOfFailure(busy) != ReasonConnection {
		t.Error("a name server's failure is not retried")
	}
}
