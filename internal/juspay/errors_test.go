// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"bytes"
	"compress/gzip"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
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
		"401":                        {juspaytest.Fault{Status: 401, Body: juspayError("UNAUTHORIZED")}, ReasonUnauthorized, "juspay: unauthorized (HTTP 401)"},
		"403 BAD_ORIGIN":             {juspaytest.Fault{Status: 403, Body: juspayError("BAD_ORIGIN")}, ReasonBadOrigin, "juspay: bad origin (HTTP 403)"},
		"403 with another code":      {juspaytest.Fault{Status: 403, Body: juspayError("UNAUTHORIZED")}, ReasonForbidden, "juspay: forbidden (HTTP 403)"},
		"404":                        {juspaytest.Fault{Status: 404, Body: juspayError("RESOURCE_NOT_FOUND")}, ReasonNotFound, "juspay: not found (HTTP 404)"},
		"404 without an envelope":    {juspaytest.Fault{Status: 404, Body: "404 page not found"}, ReasonNotJuspay, "juspay: not Juspay (HTTP 404)"},
		"403 without an envelope":    {juspaytest.Fault{Status: 403, Body: "<html>"}, ReasonNotJuspay, "juspay: not Juspay (HTTP 403)"},
		"400 without an envelope":    {juspaytest.Fault{Status: 400}, ReasonNotJuspay, "juspay: not Juspay (HTTP 400)"},
		"400 with only a status":     {juspaytest.Fault{Status: 400, Body: `{"status":"error"}`}, ReasonInvalidInput, "juspay: invalid input (HTTP 400)"},
		"400":                        {juspaytest.Fault{Status: 400, Body: juspayError("INVALID_INPUT")}, ReasonInvalidInput, "juspay: invalid input (HTTP 400)"},
		"429":                        {juspaytest.Fault{Status: 429, Body: juspayError("")}, ReasonThrottled, "juspay: throttled (HTTP 429)"},
		"500":                        {juspaytest.Fault{Status: 500, Body: juspayError("INTERNAL_SERVER_ERROR")}, ReasonServerError, "juspay: server error (HTTP 500)"},
		"501":                        {juspaytest.Fault{Status: 501}, ReasonServerError, "juspay: server error (HTTP 501)"},
		"418":                        {juspaytest.Fault{Status: 418}, ReasonUnexpectedStatus, "juspay: unexpected status (HTTP 418)"},
		"204":                        {juspaytest.Fault{Status: 204}, ReasonUnexpectedStatus, "juspay: unexpected status (HTTP 204)"},
		"200 UNAUTHORIZED":           {juspaytest.Fault{Body: juspayError("UNAUTHORIZED")}, ReasonUnauthorized, "juspay: unauthorized (HTTP 200)"},
		"200 UNAUTHENTICATED":        {juspaytest.Fault{Body: juspayError("UNAUTHENTICATED")}, ReasonUnauthorized, "juspay: unauthorized (HTTP 200)"},
		"200 BAD_ORIGIN":             {juspaytest.Fault{Body: juspayError("BAD_ORIGIN")}, ReasonBadOrigin, "juspay: bad origin (HTTP 200)"},
		"200 RESOURCE_NOT_FOUND":     {juspaytest.Fault{Body: juspayError("RESOURCE_NOT_FOUND")}, ReasonNotFound, "juspay: not found (HTTP 200)"},
		"200 INVALID_INPUT":          {juspaytest.Fault{Body: juspayError("INVALID_INPUT")}, ReasonInvalidInput, "juspay: invalid input (HTTP 200)"},
		"200 MISSING_MANDATORY...":   {juspaytest.Fault{Body: juspayError("MISSING_MANDATORY_PARAMETER")}, ReasonInvalidInput, "juspay: invalid input (HTTP 200)"},
		"200 INTERNAL_SERVER_ERROR":  {juspaytest.Fault{Body: juspayError("INTERNAL_SERVER_ERROR")}, ReasonServerError, "juspay: server error (HTTP 200)"},
		"200 with an unknown code":   {juspaytest.Fault{Body: juspayError("NEW_CODE")}, ReasonUnexpectedStatus, "juspay: unexpected status (HTTP 200)"},
		"200 with only a status":     {juspaytest.Fault{Body: `{"status":"error"}`}, ReasonUnexpectedStatus, "juspay: unexpected status (HTTP 200)"},
		"200 invalid_request_error":  {juspaytest.Fault{Body: `{"status":"invalid_request_error"}`}, ReasonUnexpectedStatus, "juspay: unexpected status (HTTP 200)"},
		"200 with only a code":       {juspaytest.Fault{Body: `{"error_code":"object_not_found"}`}, ReasonUnexpectedStatus, "juspay: unexpected status (HTTP 200)"},
		"200 with HTML":              {juspaytest.Fault{Body: "<html>"}, ReasonNotJSON, "juspay: not JSON (HTTP 200): the answer is not JSON"},
		"200 with nothing":           {juspaytest.Fault{}, ReasonNotJSON, "juspay: not JSON (HTTP 200): the answer is not JSON"},
		"200 with another account":   {juspaytest.Fault{Body: juspaytest.NewAccount("cst_a", "banh_b")}, ReasonNotAccount, `juspay: not the account (HTTP 200): the answer is for the account "banh_b" where "banh_a" was asked for`},
		"200 that is cut short":      {juspaytest.Fault{Body: `{"object":`, Truncate: true}, ReasonConnection, "juspay: connection failed: unexpected EOF"},
		"200 that is too large":      {juspaytest.Fault{Body: strings.Repeat(" ", maxBody+1)}, ReasonTooLarge, "juspay: too large: the answer is longer than 1048576 bytes"},
		"200 that unpacks too large": {juspaytest.Fault{Body: gzipped(t, 2<<20), Header: http.Header{"Content-Encoding": {"gzip"}}}, ReasonTooLarge, "juspay: too large: the answer is longer than 1048576 bytes"},
		"a dropped connection":       {juspaytest.Fault{Drop: true}, ReasonConnection, "juspay: connection failed: EOF"},
		"502 with a body cut short":  {juspaytest.Fault{Status: 502, Body: "<html>", Truncate: true}, ReasonServerError, "juspay: server error (HTTP 502)"},
		"502 with a body too large":  {juspaytest.Fault{Status: 502, Body: strings.Repeat(" ", maxBody+1)}, ReasonServerError, "juspay: server error (HTTP 502)"},
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
			if got.RedirectHost != want || got.StatusCode != 302 || got.Attempts != 1 || len(server.Requests()) != 1 {
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

func trust(t *testing.T, client *Client, certificate *x509.Certificate) {
	t.Helper()
	sent, ok := client.retryer.HTTPClient.Transport.(*attempts)
	if !ok {
		t.Fatalf("the transport is a %T", client.retryer.HTTPClient.Transport)
	}
	transport, ok := sent.next.(*http.Transport)
	if !ok {
		t.Fatalf("the next transport is a %T", sent.next)
	}
	transport.TLSClientConfig = &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12}
	transport.TLSClientConfig.RootCAs.AddCert(certificate)
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

func TestCleanShowsNothingSecretOrPersonal(t *testing.T) {
	t.Parallel()
	client := newClient(t, Sandbox.BaseURL)
	for name, test := range map[string]struct{ text, want string }{
		"plain text stays":                 {"Customer account not found.", "Customer account not found."},
		"the key goes":                     {"key " + juspaytest.APIKey + " is bad", "key [removed] is bad"},
		"the authorization goes":           {"Basic " + encodeKey(juspaytest.APIKey) + " is bad", "Basic [removed] is bad"},
		"a VPA goes":                       {"VPA '4225246777@yesg' is bad", "VPA '[removed]' is bad"},
		"an e-mail address goes":           {"<a.b-c@mail.example.com>", "<[removed]>"},
		"a proxy's credentials go":         {`invalid "http://user:pass@proxy:3128"`, `invalid "[removed]"`},
		"an account number goes":           {"account 000111222 is bad", "account [removed] is bad"},
		"short numbers stay":               {"limit 12345678", "limit 12345678"},
		"line breaks become spaces":        {"a\r\n\tb\u2028c", "a b c"},
		"control and invisible parts go":   {"a\x1b[31mb\u200bc\x00", "a[31mbc"},
		"what is long is cut at the limit": {strings.Repeat("ab ", 200), strings.Repeat("ab ", 100) + "..."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := client.clean(test.text); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestErrorsShowNothingSecretOrPersonal(t *testing.T) {
	t.Parallel()
	secrets := fmt.Sprintf("%s %s %s", juspaytest.APIKey, encodeKey(juspaytest.APIKey), juspaytest.VPA)
	for name, fault := range map[string]juspaytest.Fault{
		"in a message":      {Status: 400, Body: juspaytest.Error("error", secrets, secrets, secrets, secrets)},
		"in headers":        {Status: 400, Header: http.Header{"X-Request-Id": {secrets}, "Content-Type": {secrets}}},
		"in a body":         {Status: 400, Body: secrets},
		"in a redirect":     {Status: 302, Header: http.Header{"Location": {"https://" + juspaytest.APIKey + "/" + juspaytest.VPA}}},
		"in another object": {Body: map[string]any{"object": secrets}},
		"in a field name":   {Body: `{"` + juspaytest.VPA + `":1,"` + juspaytest.VPA + `":2}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := failure(t, fault)
			shown := fmt.Sprintf("%v %+v", got, *got)
			for _, secret := range strings.Fields(secrets) {
				if strings.Contains(shown, secret) {
					t.Errorf("%q is in %s", secret, shown)
				}
			}
		})
	}
}
