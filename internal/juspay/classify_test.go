// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func TestClassify_Responses(t *testing.T) {
	t.Parallel()
	const (
		byteOrderMark = ": the response begins with a byte order mark (U+FEFF), which JSON must not have"
		utf16         = ": the response is in UTF-16, and JSON must be in UTF-8"
	)
	notFound, unauthorized := check.MustJSON(juspayError("RESOURCE_NOT_FOUND")), check.MustJSON(juspayError("UNAUTHORIZED"))
	// inUTF16 encodes ASCII.
	inUTF16 := func(text string) string { return "\xff\xfe" + strings.Join(strings.Split(text, ""), "\x00") + "\x00" }
	check.Rows(t, func(t *testing.T, fault juspaytest.Fault) string {
		got := getErrorOfFault(t, fault)
		if !slices.Contains(Reasons(), got.Reason) {
			t.Errorf("got the reason %q, want one of Reasons", got.Reason)
		}
		return messageAfter(t, "juspay: ", got)
	}, map[string]check.Row[juspaytest.Fault, string]{
		"401 with a code":           {juspaytest.Fault{Status: 401, Body: juspayError("UNAUTHORIZED")}, "unauthorized (HTTP 401)"},
		"403 BAD_ORIGIN":            {juspaytest.Fault{Status: 403, Body: juspayError("BAD_ORIGIN")}, "bad origin (HTTP 403)"},
		"403 with another code":     {juspaytest.Fault{Status: 403, Body: juspayError("UNAUTHORIZED")}, "forbidden (HTTP 403)"},
		"404 with a code":           {juspaytest.Fault{Status: 404, Body: juspayError("RESOURCE_NOT_FOUND")}, "not found (HTTP 404)"},
		"404 with another code":     {juspaytest.Fault{Status: 404, Body: juspayError("BAD_ORIGIN")}, "not found (HTTP 404)"},
		"404 without an envelope":   {juspaytest.Fault{Status: 404, Body: "404 page not found"}, "not Juspay (HTTP 404)"},
		"403 without an envelope":   {juspaytest.Fault{Status: 403, Body: "<html>"}, "not Juspay (HTTP 403)"},
		"400 without an envelope":   {juspaytest.Fault{Status: 400}, "not Juspay (HTTP 400)"},
		"400 with only a status":    {juspaytest.Fault{Status: 400, Body: `{"status":"error"}`}, "not Juspay (HTTP 400)"},
		"400 with an error_message": {juspaytest.Fault{Status: 400, Body: `{"status":"error","error_message":"No."}`}, "invalid input (HTTP 400)"},
		"403 in the second envelope": {juspaytest.Fault{Status: 403, Body: `{"error":true,"errorCode":"FORBIDDEN","errorMessage":"No."}`},
			"forbidden (HTTP 403)"},
		"403 BAD_ORIGIN in the second envelope": {juspaytest.Fault{Status: 403, Body: `{"response":{"error":true,"errorCode":"BAD_ORIGIN"}}`},
			"bad origin (HTTP 403)"},
		"404 in the second envelope": {juspaytest.Fault{Status: 404, Body: `{"error":true,"errorMessage":"No.","userMessage":"No."}`},
			"not found (HTTP 404)"},
		"404 with a code that has digits": {juspaytest.Fault{Status: 404, Body: `{"error":true,"errorCode":"E404"}`}, "not found (HTTP 404)"},
		"404 of a servlet": {juspaytest.Fault{Status: 404, Body: `{"timestamp":"x","status":404,"error":"Not Found","path":"/x"}`},
			"not Juspay (HTTP 404)"},
		"404 of a gateway": {juspaytest.Fault{Status: 404, Body: `{"message":"no Route matched with those values","request_id":"x"}`},
			"not Juspay (HTTP 404)"},
		"404 with only a status":           {juspaytest.Fault{Status: 404, Body: `{"status":"error"}`}, "not Juspay (HTTP 404)"},
		"404 of a web server":              {juspaytest.Fault{Status: 404, Body: `<h1>Not Found</h1>`}, "not Juspay (HTTP 404)"},
		"404 with a message of a page":     {juspaytest.Fault{Status: 404, Body: `{"error":"not_found","error_message":"No."}`}, "not Juspay (HTTP 404)"},
		"404 after a byte order mark":      {juspaytest.Fault{Status: 404, Body: "\ufeff" + notFound}, "not Juspay (HTTP 404)" + byteOrderMark},
		"401 after a byte order mark":      {juspaytest.Fault{Status: 401, Body: "\ufeff" + unauthorized}, "unauthorized (HTTP 401)" + byteOrderMark},
		"500 after a byte order mark":      {juspaytest.Fault{Status: 500, Body: "\ufeff{}"}, "server error (HTTP 500)" + byteOrderMark},
		"429 after a byte order mark":      {juspaytest.Fault{Status: 429, Body: "\ufeff"}, "throttled (HTTP 429)" + byteOrderMark},
		"200 after a byte order mark":      {juspaytest.Fault{Body: "\ufeff" + unauthorized}, "not the account (HTTP 200)" + byteOrderMark},
		"404 in UTF-16":                    {juspaytest.Fault{Status: 404, Body: inUTF16(notFound)}, "not Juspay (HTTP 404)" + utf16},
		"200 in UTF-16":                    {juspaytest.Fault{Body: inUTF16(referenceResponse)}, "not the account (HTTP 200)" + utf16},
		"200 in UTF-16 of the other order": {juspaytest.Fault{Body: "\xfe\xff\x00{\x00}"}, "not the account (HTTP 200)" + utf16},
		"511 of a network":                 {juspaytest.Fault{Status: 511}, "not Juspay (HTTP 511)"},
		"503 for maintenance":              {juspaytest.Fault{Status: 503, Body: `{"status":"maintenance"}`}, "server error (HTTP 503)"},
		"503 with a code":                  {juspaytest.Fault{Status: 503, Body: juspayError("MAINTENANCE")}, "server error (HTTP 503)"},
		"503 of Juspay's error page":       {juspaytest.Fault{Status: 503, Body: `{"error":true,"errorMessage":"Down for maintenance."}`}, "server error (HTTP 503)"},
		"503 with a message of Juspay's":   {juspaytest.Fault{Status: 503, Body: `{"error_info":{"developer_message":"Down."}}`}, "server error (HTTP 503)"},
		"503 of a gateway":                 {juspaytest.Fault{Status: 503, Body: `{"message":"busy"}`}, "throttled (HTTP 503)"},
		"400 with a code":                  {juspaytest.Fault{Status: 400, Body: juspayError("INVALID_INPUT")}, "invalid input (HTTP 400)"},
		"429 with an empty code":           {juspaytest.Fault{Status: 429, Body: juspayError("")}, "throttled (HTTP 429)"},
		"500 with a code":                  {juspaytest.Fault{Status: 500, Body: juspayError("INTERNAL_SERVER_ERROR")}, "server error (HTTP 500)"},
		"501 without an envelope":          {juspaytest.Fault{Status: 501}, "server error (HTTP 501)"},
		"418 with a code":                  {juspaytest.Fault{Status: 418, Body: juspayError("TEAPOT")}, "unexpected error (HTTP 418)"},
		"418 without an envelope":          {juspaytest.Fault{Status: 418}, "not Juspay (HTTP 418)"},
		"204 without a body":               {juspaytest.Fault{Status: 204}, "not Juspay (HTTP 204)"},
		"304 without a body":               {juspaytest.Fault{Status: 304}, "not Juspay (HTTP 304)"},
		"300 without a body":               {juspaytest.Fault{Status: 300}, "redirect (HTTP 300): the response is a redirect"},
		"101, after which no HTTP follows": {juspaytest.Fault{Raw: "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"},
			"not Juspay (HTTP 101)"},
		"an account and an error in one": {
			juspaytest.Fault{Body: juspaytest.NewAccount("cst_a", "banh_a").With("status", "error").With("error_info", map[string]any{"code": "UNAUTHORIZED"})},
			"in doubt (HTTP 200): the field error_info contradicts the status ACTIVE",
		},
		"200 UNAUTHORIZED":          {juspaytest.Fault{Body: juspayError("UNAUTHORIZED")}, "unauthorized (HTTP 200)"},
		"200 UNAUTHENTICATED":       {juspaytest.Fault{Body: juspayError("UNAUTHENTICATED")}, "unauthorized (HTTP 200)"},
		"200 BAD_ORIGIN":            {juspaytest.Fault{Body: juspayError("BAD_ORIGIN")}, "bad origin (HTTP 200)"},
		"200 RESOURCE_NOT_FOUND":    {juspaytest.Fault{Body: juspayError("RESOURCE_NOT_FOUND")}, "not found (HTTP 200)"},
		"200 INVALID_INPUT":         {juspaytest.Fault{Body: juspayError("INVALID_INPUT")}, "invalid input (HTTP 200)"},
		"200 MISSING_MANDATORY...":  {juspaytest.Fault{Body: juspayError("MISSING_MANDATORY_PARAMETER")}, "invalid input (HTTP 200)"},
		"200 INTERNAL_SERVER_ERROR": {juspaytest.Fault{Body: juspayError("INTERNAL_SERVER_ERROR")}, "server error (HTTP 200)"},
		"200 with an unknown code": {juspaytest.Fault{Body: juspayError("NEW_CODE")},
			"unexpected error (HTTP 200): the field error_code reports an error"},
		"200 with only a status": {juspaytest.Fault{Body: `{"status":"error"}`},
			"unexpected error (HTTP 200): the field status (error) reports an error"},
		"200 invalid_request_error": {juspaytest.Fault{Body: `{"status":"invalid_request_error"}`},
			"unexpected error (HTTP 200): the field status reports an error"},
		"200 with only error_code":   {juspaytest.Fault{Body: `{"error_code":"object_not_found"}`}, "not found (HTTP 200)"},
		"200 with a new code beside": {juspaytest.Fault{Body: `{"error_code":"access_denied","error_info":{"code":"NEW"}}`}, "unauthorized (HTTP 200)"},
		"200 with only error_message": {juspaytest.Fault{Body: `{"error_message":"No."}`},
			"unexpected error (HTTP 200): the field error_message (No.) reports an error"},
		"401 without an envelope": {juspaytest.Fault{Status: 401}, "unauthorized (HTTP 401)"},
		"200 with HTML":           {juspaytest.Fault{Body: "<html>"}, "not JSON (HTTP 200): the response is not JSON"},
		"200 with another account": {juspaytest.Fault{Body: juspaytest.NewAccount("cst_a", "banh_b")},
			`not the account (HTTP 200): the response is for the account "banh_b"; "banh_a" was requested`},
		"200 that is cut short": {juspaytest.Fault{Body: `{"object":`, Truncate: true}, "connection failed (HTTP 200): unexpected EOF"},
		"200 that is too large": {juspaytest.Fault{Body: strings.Repeat(" ", maxBody+1)}, "too large (HTTP 200): the response is larger than 1 MiB"},
		"200 that unpacks too large": {juspaytest.Fault{Body: gzipped(2 << 20), Header: http.Header{"Content-Encoding": {"gzip"}}},
			"too large (HTTP 200): the response is larger than 1 MiB"},
		"a dropped connection":      {juspaytest.Fault{Drop: true}, "connection failed: EOF"},
		"502 with a body cut short": {juspaytest.Fault{Status: 502, Body: "<html>", Truncate: true}, "server error (HTTP 502)"},
		"404 with a body too large": {juspaytest.Fault{Status: 404, Body: strings.Repeat(" ", maxBody+1)}, "not Juspay (HTTP 404)"},
		"502 with a body too large": {juspaytest.Fault{Status: 502, Body: strings.Repeat(" ", maxBody+1)}, "server error (HTTP 502)"},
	})
}

func gzipped(zeros int) string {
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	_, _ = writer.Write(make([]byte, zeros)) // to a Buffer, it cannot fail
	_ = writer.Close()
	return packed.String()
}

func TestIsThrottled(t *testing.T) {
	t.Parallel()
	rows := map[string]bool{} // whether the code reports throttling
	for _, code := range []string{
		"TOO_MANY_REQUESTS", "TooManyRequests", "toomanyrequests", "too-many-requests", "RATE_LIMITED", "rate_limit_exceeded", "RateLimitExceeded",
		"API_RATE_LIMIT", "THROTTLED", "ThrottlingException", "throttling_error", "QUOTA_EXCEEDED", "quotaExceeded", "429_TOO_MANY_REQUESTS",
		"APIRateLimitExceeded", "ApiRateLimitExceeded", "apiRateLimit", "API_RateLimit", "MerchantAPIRateLimited",
		"ABRateLimit", "AQuotaError", "E429TooManyRequests", "RateLimit2",
	} {
		rows[code] = true
	}
	for _, code := range []string{
		"TOO_MANY_ACCOUNTS", "INVALID_INPUT", "CORPORATE_LIMIT_EXCEEDED", "CorporateLimit", "UNTHROTTLEABLE", "QUOTATION_MISSING", "MAINTENANCE", "LIMIT", "",
		"CORPORATELimitExceeded", "CORPORATERateless", "APIRATE", "apirateLimitExceeded", "PirateLimit", "RateLimitless", "RATELIMITLESS", "AQuotas", "Throttler",
	} {
		rows[code] = false
	}
	for code, want := range rows {
		// nginx and HAProxy throttle with 503, and send no code.
		for status, always := range map[int]bool{200: false, 400: false, 403: false, 429: true, 500: false, 503: code == ""} {
			t.Run(fmt.Sprintf("%d with the code %q", status, code), func(t *testing.T) {
				t.Parallel()
				check.Equal(t, "whether the code reports throttling", isThrottled(status, errorEnvelope{code: code, isJuspay: code != ""}), want || always)
				check.Equal(t, "whether the errorCode reports throttling", isThrottled(status, errorEnvelope{errorCode: code}), want || always)
			})
		}
	}
	t.Run("503 with the status maintenance", func(t *testing.T) {
		t.Parallel()
		check.Equal(t, "whether the response reports throttling", isThrottled(503, errorEnvelope{status: "maintenance"}), false)
	})
}

// dialError returns the error of a connection that cannot be made for the reason number.
func dialError(number syscall.Errno) error {
	return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connectex", number)}
}

// respondWithPlainText returns a client of a server that responds on the raw connection, after the TLS
// handshake and the request, as a firewall that injects a page does.
func respondWithPlainText(t *testing.T) *Client {
	t.Helper()
	authority := juspaytest.NewAuthority(t)
	pair := issuePair(t, authority, func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)} })
	baseURL, _ := serve(t, &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{*pair}}, func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if secure, ok := conn.(*tls.Conn); err == nil && ok {
			_, _ = io.WriteString(secure.NetConn(), "HTTP/1.1 403 Forbidden\r\n\r\n")
			_ = secure.NetConn().Close()
		}
	})
	return newClient(t, baseURL, func(c *Config) { c.RootCAs = certPool(authority) })
}

func TestClassify_Failures(t *testing.T) {
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
		"plain text on a connection with TLS": {respondWithPlainText, ReasonConnection, 3, false},
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

// Package net says of a connection that was not made in time that it is
// context.DeadlineExceeded, which it is not.
func TestClassify_DialTimeout(t *testing.T) {
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
