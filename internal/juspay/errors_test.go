// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"bytes"
	"compress/gzip"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// failure returns the error of a read that the server responds to with fault.
func failure(t *testing.T, fault juspaytest.Fault) *APIError {
	t.Helper()
	server, client := start(t, func(c *Config) { c.MaxRetries, c.APIKeySource = 1, "api_key" })
	server.Fail(fault)
	_, err := client.Get(t.Context(), accountA, ReadOptions{})
	var apiErr *APIError
	if !errors.As(err, &apiErr) {
		t.Fatalf("got %v, want an *APIError", err)
	}
	if apiErr.BaseURL != server.URL || apiErr.APIKeySource != "api_key" {
		t.Errorf("the error is of %s, with a key from %q", apiErr.BaseURL, apiErr.APIKeySource)
	}
	if apiErr.Attempts != len(server.Requests()) {
		t.Errorf("%d attempts reported, %d requests sent", apiErr.Attempts, len(server.Requests()))
	}
	return apiErr
}

func TestAPIError_Reasons(t *testing.T) {
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
		"404 with another code":            {juspaytest.Fault{Status: 404, Body: juspayError("BAD_ORIGIN")}, ReasonNotFound, "juspay: not found (HTTP 404)"},
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
		"300":                              {juspaytest.Fault{Status: 300}, ReasonRedirect, "juspay: redirect (HTTP 300): the response is a redirect"},
		"101, after which no HTTP follows": {juspaytest.Fault{Raw: "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"}, ReasonNotJuspay, "juspay: not Juspay (HTTP 101)"},
		"an account and an error in one":   {juspaytest.Fault{Body: juspaytest.NewAccount("cst_a", "banh_a").With("status", "error").With("error_info", map[string]any{"code": "UNAUTHORIZED"})}, ReasonUnauthorized, "juspay: unauthorized (HTTP 200)"},
		"200 UNAUTHORIZED":                 {juspaytest.Fault{Body: juspayError("UNAUTHORIZED")}, ReasonUnauthorized, "juspay: unauthorized (HTTP 200)"},
		"200 UNAUTHENTICATED":              {juspaytest.Fault{Body: juspayError("UNAUTHENTICATED")}, ReasonUnauthorized, "juspay: unauthorized (HTTP 200)"},
		"200 BAD_ORIGIN":                   {juspaytest.Fault{Body: juspayError("BAD_ORIGIN")}, ReasonBadOrigin, "juspay: bad origin (HTTP 200)"},
		"200 RESOURCE_NOT_FOUND":           {juspaytest.Fault{Body: juspayError("RESOURCE_NOT_FOUND")}, ReasonNotFound, "juspay: not found (HTTP 200)"},
		"200 INVALID_INPUT":                {juspaytest.Fault{Body: juspayError("INVALID_INPUT")}, ReasonInvalidInput, "juspay: invalid input (HTTP 200)"},
		"200 MISSING_MANDATORY...":         {juspaytest.Fault{Body: juspayError("MISSING_MANDATORY_PARAMETER")}, ReasonInvalidInput, "juspay: invalid input (HTTP 200)"},
		"200 INTERNAL_SERVER_ERROR":        {juspaytest.Fault{Body: juspayError("INTERNAL_SERVER_ERROR")}, ReasonServerError, "juspay: server error (HTTP 200)"},
		"200 with an unknown code":         {juspaytest.Fault{Body: juspayError("NEW_CODE")}, ReasonUnexpectedError, "juspay: unexpected error (HTTP 200): the field error_code reports an error"},
		"200 with only a status":           {juspaytest.Fault{Body: `{"status":"error"}`}, ReasonUnexpectedError, "juspay: unexpected error (HTTP 200): the field status does not report success"},
		"200 invalid_request_error":        {juspaytest.Fault{Body: `{"status":"invalid_request_error"}`}, ReasonUnexpectedError, "juspay: unexpected error (HTTP 200): the field status does not report success"},
		"200 with only error_code":         {juspaytest.Fault{Body: `{"error_code":"object_not_found"}`}, ReasonNotFound, "juspay: not found (HTTP 200)"},
		"200 with a new code beside":       {juspaytest.Fault{Body: `{"error_code":"access_denied","error_info":{"code":"NEW"}}`}, ReasonUnauthorized, "juspay: unauthorized (HTTP 200)"},
		"200 with only error_message":      {juspaytest.Fault{Body: `{"error_message":"No."}`}, ReasonUnexpectedError, "juspay: unexpected error (HTTP 200): the field error_message reports an error"},
		"401 without an envelope":          {juspaytest.Fault{Status: 401}, ReasonUnauthorized, "juspay: unauthorized (HTTP 401)"},
		"200 with HTML":                    {juspaytest.Fault{Body: "<html>"}, ReasonNotJSON, "juspay: not JSON (HTTP 200): the response is not JSON"},
		"200 with nothing":                 {juspaytest.Fault{}, ReasonNotJSON, "juspay: not JSON (HTTP 200): the response is not JSON"},
		"200 with another account":         {juspaytest.Fault{Body: juspaytest.NewAccount("cst_a", "banh_b")}, ReasonNotAccount, `juspay: not the account (HTTP 200): the response is for the account "banh_b"; "banh_a" was requested`},
		"200 that is cut short":            {juspaytest.Fault{Body: `{"object":`, Truncate: true}, ReasonConnection, "juspay: connection failed (HTTP 200): unexpected EOF"},
		"200 that is too large":            {juspaytest.Fault{Body: strings.Repeat(" ", maxBody+1)}, ReasonTooLarge, "juspay: too large (HTTP 200): the response is larger than 1 MiB"},
		"200 that unpacks too large":       {juspaytest.Fault{Body: gzipped(t, 2<<20), Header: http.Header{"Content-Encoding": {"gzip"}}}, ReasonTooLarge, "juspay: too large (HTTP 200): the response is larger than 1 MiB"},
		"a dropped connection":             {juspaytest.Fault{Drop: true}, ReasonConnection, "juspay: connection failed: EOF"},
		"502 with a body cut short":        {juspaytest.Fault{Status: 502, Body: "<html>", Truncate: true}, ReasonServerError, "juspay: server error (HTTP 502)"},
		"502 with a body too large":        {juspaytest.Fault{Status: 502, Body: strings.Repeat(" ", maxBody+1)}, ReasonServerError, "juspay: server error (HTTP 502)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !slices.Contains(Reasons(), test.wantReason) {
				t.Errorf("%q is in no list", test.wantReason)
			}
			got := failure(t, test.fault)
			if got.Reason != test.wantReason || got.Error() != test.wantText {
				t.Errorf("got %q, %q\nwant %q, %q", got.Reason, got, test.wantReason, test.wantText)
			}
		})
	}
}

func TestTransport_BodyOfTheMaximumSize(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	body := `{"object":"customer_account","customer_account_id":"banh_a","customer_id":"cst_a","currency":"INR"}`
	server.Fail(juspaytest.Fault{Body: body + strings.Repeat(" ", maxBody-len(body))})
	if got, err := client.Get(t.Context(), accountA, ReadOptions{}); err != nil || got.Currency != "INR" {
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

func TestAPIError_Details(t *testing.T) {
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
		"another request id":        {`{"error_info":{"request_id":"00000000-7655-4778-83a8-5179ed21b0b7"}}`, "", "", "00000000-7655-4778-83a8-5179ed21b0b7"},
		"a request id of a gateway": {`{"error_info":{"request_id":"from-the-gateway"}}`, "", "", requestID},
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

func TestAPIError_ContentType(t *testing.T) {
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

// Where the last attempt got no response, the status of an earlier one stays.
func TestAPIError_LastResponse(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		steps []step
		want  Reason
	}{
		"a reset, a 500 and a 502": {[]step{reset, failAs(500, "INTERNAL_SERVER_ERROR"), failAs(502, "MAINTENANCE")}, ReasonServerError},
		"a 502 and a timeout":      {[]step{failAs(502, "MAINTENANCE"), hang}, ReasonTimeout},
	} {
		synctest.Test(t, func(t *testing.T) {
			script := respondInTurn(test.steps...)
			_, err := scriptedClient(t, script, func(c *Config) { c.MaxRetries = len(test.steps) - 1 }).Get(t.Context(), accountA, ReadOptions{})
			got := checkReason(t, err, test.want)
			if got.StatusCode != 502 || got.Code != "MAINTENANCE" || got.RequestID != requestID || got.Attempts != len(test.steps) {
				t.Errorf("%s: got %+v", name, got)
			}
		})
	}
}

// FuzzErrorEnvelope holds that whatever an error's body says, the error shows no part of
// the key, no four digits of a VPA, and no more than a line.
func FuzzErrorEnvelope(f *testing.F) {
	const key = "fake-key"
	fourDigitsRE := regexp.MustCompile(`4225|2252|2524|5246|2467|4677|6777`)
	f.Add([]byte(`{"error_info":{"developer_message":"4225246777@yesg, 4225 246 777, 422\u00352\u0034","code":"A_4225246777"}}`), 400)
	f.Add([]byte(`{"error_message":"banh_4225246777 b2e0fd33-7655-4778-83a8-5179ed21b0b7 %46&#x61;KE"}`), 200)
	f.Add([]byte(`{"status":"error","error_code":"access_denied","error_info":{"user_message":"Unauthorized.","request_id":"r-1","developer_message":"Invalid API Key.","code":"UNAUTHORIZED"}}`), 401)
	f.Add([]byte(`{"error_info":{"developer_message":"fake-\u200bkey","code":"fake-key","request_id":"x-fake-key"}}`), 400)
	f.Add([]byte(`{"error_info":"text","error_message":["fake-key"]}`), 200)
	f.Add([]byte("<html>fake-key</html>"), 502)
	client, err := New(Config{APIKey: key, BaseURL: Sandbox.BaseURL})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte, status int) {
		e := client.statusError(&readState{attempts: 1, last: response{statusCode: status, header: http.Header{"X-Request-Id": {string(body)}}, body: body}}, nil)
		for _, shown := range []string{e.Error(), e.Code, e.DeveloperMessage, e.RequestID, e.ContentType} {
			if strings.Contains(strings.ToLower(shown), "fake") || !uuidRE.MatchString(shown) && fourDigitsRE.MatchString(shown) || strings.ContainsAny(shown, "\r\n\x00\x1b") || len([]rune(shown)) > maxMessage+3 {
				t.Fatalf("%q is shown of %q", shown, body)
			}
		}
		if e.Reason == "" {
			t.Fatalf("%d %q has no reason", status, body)
		}
	})
}

func TestAPIError_AffectsAllReads_Proxy(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status int
		found  bool // by GetAll
		want   bool
	}{
		"a refusal affects all":                        {407, false, true},
		"a failure may pass":                           {502, false, false},
		"a failure affects all where no read succeeds": {502, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := &APIError{Reason: ReasonProxy, Err: &proxyError{statusCode: test.status}, affectsAllReads: test.found}
			if got := e.AffectsAllReads(); got != test.want {
				t.Errorf("got %t", got)
			}
		})
	}
}
