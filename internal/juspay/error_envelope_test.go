// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/redact"
)

// FuzzErrorEnvelope checks that whatever an error's body says, the error shows no part of
// the key, no four digits of a VPA, and no more than a line.
func FuzzErrorEnvelope(f *testing.F) {
	const key = "fake-key"
	fourDigitsRE := regexp.MustCompile(`4225|2252|2524|5246|2467|4677|6777`)
	f.Add([]byte(`{"error_info":{"developer_message":"4225246777@yesg, 4225 246 777, 422\u00352\u0034","code":"A_4225246777"}}`), 400)
	f.Add([]byte(`{"error_message":"banh_4225246777 b2e0fd33-7655-4778-83a8-5179ed21b0b7 %46&#x61;KE"}`), 200)
	f.Add([]byte(`{"status":"error","error_code":"access_denied","error_info":{"user_message":"Unauthorized.","request_id":"r-1","developer_message":"Invalid `+
		`API Key.","code":"UNAUTHORIZED"}}`), 401)
	f.Add([]byte(`{"error_info":{"developer_message":"fake-\u200bkey","code":"fake-key","request_id":"x-fake-key"}}`), 400)
	f.Add([]byte(`{"error_info":"text","error_message":["fake-key"]}`), 200)
	f.Add([]byte("<html>fake-key</html>"), 502)
	f.Fuzz(func(t *testing.T, body []byte, status int) {
		// A client of its own, since some errors end all later reads of a client.
		client := newClient(t, Sandbox.BaseURL, func(c *Config) {
			c.APIKey, c.MaxRetries = key, 0
			c.Transport = respondInTurn(func(req *http.Request) (*http.Response, error) {
				resp := newHTTPResponse(req, status, "", string(body))
				resp.Header.Set("X-Request-Id", string(body))
				return resp, nil
			})
		})
		_, err := client.Get(t.Context(), AccountRef{CustomerID: "cst_a", CustomerAccountID: "banh_a"}, ReadOptions{})
		var e *APIError
		if !errors.As(err, &e) {
			return // the body is an account
		}
		for _, shown := range []string{e.Error(), e.Code, e.DeveloperMessage, e.RequestID, e.ContentType} {
			isSecret := strings.Contains(strings.ToLower(shown), "fake") || redact.Redactor{}.UUID(shown) == "" && fourDigitsRE.MatchString(shown)
			if isSecret || strings.ContainsAny(shown, "\r\n\x00\x1b") || len([]rune(shown)) > redact.MaxLength+3 {
				t.Fatalf("of the body %q: got the text %q, want no secret, no number of four digits, one line and %d characters", body, shown, redact.MaxLength)
			}
		}
		if e.Reason == "" {
			t.Fatalf("%d with the body %q: got no reason, want one", status, body)
		}
	})
}
