// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// failWithFault reads from a server that responds with fault, and returns the error.
func failWithFault(t *testing.T, fault juspaytest.Fault) *APIError {
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

// dialError returns the error of a connection that cannot be made for the reason number.
func dialError(number syscall.Errno) error {
	return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connectex", number)}
}

// Messages of Windows are sentences. Other sentences quote them.
func TestAPIError_OmitsFullStopOfSystemMessage(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]string{
		"No connection could be made.": "No connection could be made",
		"connection reset by peer":     "connection reset by peer",
	} {
		t.Run(message, func(t *testing.T) {
			t.Parallel()
			script := respondInTurn(func(*http.Request) (*http.Response, error) { return nil, errors.New(message) })
			client := newClient(t, Sandbox.BaseURL, func(c *Config) { c.Transport = script })
			check.ErrorText(t, "the cause", getError(t, client, ReasonConnection, 3).Err, want)
		})
	}
}

func TestAPIError_Reasons(t *testing.T) {
	t.Parallel()
	const (
		byteOrderMark = ": the response begins with a byte order mark (U+FEFF), which JSON must not have"
		utf16         = ": the response is in UTF-16, and JSON must be in UTF-8"
	)
	notFound, unauthorized := check.MustJSON(juspayError("RESOURCE_NOT_FOUND")), check.MustJSON(juspayError("UNAUTHORIZED"))
	// inUTF16 encodes ASCII.
	inUTF16 := func(text string) string { return "\xff\xfe" + strings.Join(strings.Split(text, ""), "\x00") + "\x00" }
	check.Rows(t, func(t *testing.T, fault juspaytest.Fault) string {
		got := failWithFault(t, fault)
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
		"502 with a body too large": {juspaytest.Fault{Status: 502, Body: strings.Repeat(" ", maxBody+1)}, "server error (HTTP 502)"},
	})
}

func TestAPIError_Details(t *testing.T) {
	t.Parallel()
	type details struct{ Code, Message, RequestID, ContentType string }
	const json, otherID = "application/json", "00000000-7655-4778-83a8-5179ed21b0b7"
	for name, test := range map[string]struct {
		body        any
		contentType string
		want        details
	}{
		"all fields":                {juspayError("NEW_CODE"), json, details{"NEW_CODE", "For the developer.", requestID, json}},
		"no developer message":      {`{"error_info":{"user_message":"For the user.","code":"X"}}`, json, details{"X", "For the user.", requestID, json}},
		"only an error message":     {`{"error_message":"Plain.","error_code":"plain_code"}`, json, details{"plain_code", "Plain.", requestID, json}},
		"an error_info of its own":  {`{"error_code":"c","error_info":"text"}`, json, details{"c", "", requestID, json}},
		"fields of other types":     {`{"error_code":1,"error_info":{"code":[],"developer_message":{},"request_id":7}}`, json, details{"", "", requestID, json}},
		"another request id":        {`{"error_info":{"request_id":"` + otherID + `"}}`, json, details{"", "", otherID, json}},
		"a request id of a gateway": {`{"error_info":{"request_id":"from-the-gateway"}}`, json, details{"", "", requestID, json}},
		"a code that is no code":    {`{"error_info":{"code":"someone@bank"}}`, json, details{"", "", requestID, json}},
		"a request id that is none": {`{"error_info":{"request_id":"4225246777@yesg"}}`, json, details{"", "", requestID, json}},
		"HTML":                      {"<html>", "text/html; charset=utf-8", details{"", "", requestID, "text/html"}},
		"no content type":           {"<html>", "no type at all", details{"", "", requestID, ""}},
		"a personal content type":   {"<html>", "someone@bank/html", details{"", "", requestID, ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := failWithFault(t, juspaytest.Fault{Status: 418, Body: test.body, Header: http.Header{"Content-Type": {test.contentType}}})
			check.Equal(t, "the details of the error", details{e.Code, e.DeveloperMessage, e.RequestID, e.ContentType}, test.want)
		})
	}
}

// Where the last attempt got no response, the status of an earlier one stays, and the id
// that was sent helps.
func TestAPIError_LastResponse(t *testing.T) {
	t.Parallel()
	type faults []juspaytest.Fault
	const missing, upkeep = "RESOURCE_NOT_FOUND", "MAINTENANCE"
	drop := juspaytest.Fault{Times: 1, Drop: true}
	status := func(status int, code string) juspaytest.Fault {
		return juspaytest.Fault{Times: 1, Status: status, Body: juspayError(code)}
	}
	for name, test := range map[string]struct {
		faults     faults
		want       Reason
		wantStatus int
		wantCode   string
		wantSentID bool
	}{
		"no response to any attempt":            {faults{drop, drop}, ReasonConnection, 0, "", true},
		"a response to the first attempt alone": {faults{status(503, upkeep), drop}, ReasonConnection, 503, upkeep, true},
		"a response to the last attempt":        {faults{drop, status(404, missing)}, ReasonNotFound, 404, missing, false},
		"a response that breaks off":            {faults{{Body: `{"object":`, Truncate: true}}, ReasonConnection, 200, "", false},
		"a drop, a 500 and a 502":               {faults{drop, status(500, "INTERNAL_SERVER_ERROR"), status(502, upkeep)}, ReasonServerError, 502, upkeep, false},
		"a 502 and a timeout":                   {faults{status(502, upkeep), {Delay: time.Hour}}, ReasonTimeout, 502, upkeep, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := startServer(t, func(c *Config) { c.MaxRetries, c.RequestTimeout = len(test.faults)-1, 2*time.Second })
			server.Fail(test.faults...)
			got := getError(t, client, test.want, len(test.faults))
			wantID, wantSentID := requestID, ""
			if test.wantStatus == 0 {
				wantID = ""
			}
			if requests := server.Requests(); test.wantSentID {
				wantSentID = requests[len(requests)-1].Header.Get("X-Request-Id")
			}
			check.Equal(t, "the status of the error", got.StatusCode, test.wantStatus)
			check.Equal(t, "the code of the error", got.Code, test.wantCode)
			check.Equal(t, "the request id of the response", got.RequestID, wantID)
			if got.SentRequestID != wantSentID || test.wantSentID && wantSentID == "" {
				t.Errorf("got the sent id %q, want %q", got.SentRequestID, wantSentID)
			}
		})
	}
}

// TestAPIError_SentRequestID expects the id of a request that may have reached the server, and
// of no other.
func TestAPIError_SentRequestID(t *testing.T) {
	t.Parallel()
	// dropAfter handles as many connections, and hangs up at each later one.
	dropAfter := func(handled int64) func(*httptest.Server) {
		return func(server *httptest.Server) {
			server.Listener = &droppingListener{Listener: server.Listener, handled: handled}
		}
	}
	dropped := func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Errorf("taking the connection: got the error %v, want none", err)
			return
		}
		_ = conn.Close()
	}
	silent := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	for name, row := range map[string]struct {
		handler http.HandlerFunc
		tls     *tls.Config
		changes []func(*httptest.Server)
		want    Reason
		sent    []bool // whether each attempt was sent
		wantID  int    // the number of the attempt whose id the error has, 0 for none
	}{
		"both requests are dropped":      {dropped, nil, nil, ReasonConnection, []bool{true, true}, 2},
		"no response comes to a request": {silent, nil, nil, ReasonTimeout, []bool{true, true}, 2},
		"the server hangs up before TLS": {dropped, &tls.Config{}, []func(*httptest.Server){dropAfter(0)}, ReasonConnection,
			[]bool{false, false}, 0},
		"a request is dropped, and no TLS for the second": {dropped, &tls.Config{}, []func(*httptest.Server){dropAfter(1)}, ReasonConnection,
			[]bool{true, false}, 1},
		"the certificate is not trusted":                   {dropped, &tls.Config{ServerName: "untrusted"}, nil, ReasonUntrusted, []bool{false}, 0},
		"a response comes to the first request, then none": {respondOnce(dropped), nil, nil, ReasonConnection, []bool{true, true}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			authority := juspaytest.NewAuthority(t)
			if row.tls != nil && row.tls.ServerName == "" {
				row.tls.Certificates = []tls.Certificate{*issuePair(t, authority)}
			}
			server, _ := serve(t, row.tls, row.handler, row.changes...)
			var ids []string
			var sent []bool
			client := newClient(t, server, func(c *Config) {
				c.RootCAs, c.MaxRetries = certPool(authority), 1
				if row.want == ReasonTimeout {
					c.RequestTimeout = 2 * time.Second
				}
				c.OnAttempt = func(_ context.Context, a Attempt) {
					ids, sent = append(ids, a.SentRequestID), append(sent, a.SentRequestID != "")
				}
			})
			got := getError(t, client, row.want, len(row.sent))
			check.Equal(t, "the attempts that were sent", sent, row.sent)
			want := ""
			if row.wantID != 0 {
				want = ids[row.wantID-1]
			}
			check.Equal(t, fmt.Sprintf("the sent id of the error, which is that of attempt %d", row.wantID), got.SentRequestID, want)
		})
	}
}

// respondOnce responds to the first request with 503, and to the others with a handler.
func respondOnce(then http.HandlerFunc) http.HandlerFunc {
	var requests atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		if requests.Add(1) == 1 {
			w.Header().Set("Connection", "close")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		then(w, r)
	}
}

// droppingListener closes each connection after the first ones.
type droppingListener struct {
	net.Listener

	handled  int64
	accepted atomic.Int64
}

func (l *droppingListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err == nil && l.accepted.Add(1) > l.handled {
		_ = conn.Close()
	}
	return conn, err
}

// The last response may be the one to an earlier attempt.
func TestAPIError_IsEarlierResponse(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		steps []step
		want  bool
	}{
		"an error of the server":           {[]step{failWith(503, "")}, false},
		"a reset after an error":           {[]step{failWith(503, ""), resetConnection}, true},
		"a timeout after an error":         {[]step{failWith(503, ""), hang}, true},
		"a redirect":                       {[]step{failWith(503, ""), failWith(302, "")}, false},
		"an error of the server afterward": {[]step{resetConnection, failWith(503, "")}, false},
		"a reset and no response":          {[]step{resetConnection}, false},
	} {
		check.InBubble(t, name, func(t *testing.T) {
			client := scriptedClient(t, respondInTurn(test.steps...), func(c *Config) { c.MaxRetries = len(test.steps) - 1 })
			_, err := client.Get(t.Context(), accountA, ReadOptions{})
			var apiErr *APIError
			if !errors.As(err, &apiErr) {
				t.Fatalf("the read: got the error %v, want an *APIError", err)
			}
			check.Equal(t, "whether the response is of an earlier attempt", apiErr.IsEarlierResponse, test.want)
		})
	}
}

func gzipped(zeros int) string {
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	_, _ = writer.Write(make([]byte, zeros)) // to a Buffer, it cannot fail
	_ = writer.Close()
	return packed.String()
}
