// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func TestRedactedText(t *testing.T) {
	t.Parallel()
	redact := newRedactor("fake-key")
	for name, test := range map[string]struct{ text, want string }{
		"plain text stays":                   {"Customer account not found.", "Customer account not found."},
		"the key goes":                       {"key fake-key is bad", "key [removed] is bad"},
		"the authorization goes":             {"Basic ZmFrZS1rZXk6 is bad", "Basic [removed] is bad"},
		"the key in base64 goes":             {"key ZmFrZS1rZXk= is bad", "key [removed] is bad"},
		"a key with something invisible":     {"key fake-\u200bkey is bad", "key [removed] is bad"},
		"a VPA goes":                         {"VPA '4225246777@yesg' is bad", "VPA '[removed]' is bad"},
		"an escaped VPA goes":                {"/vpa/someone%40bank", "[removed]"},
		"an e-mail address goes":             {"<a.b-c@mail.example.com>", "<[removed]>"},
		"a proxy's credentials go":           {`invalid "http://user:pass@proxy:3128"`, `invalid "[removed]"`},
		"an account number goes":             {"account 000111222 is bad", "account [removed] is bad"},
		"a grouped number goes":              {"account 1234 5678 9012 3456 is bad", "account [removed] is bad"},
		"a number with something invisible":  {"account 00011\u200b1222 is bad", "account [removed] is bad"},
		"an IFSC goes":                       {"IFSC EXMP0000001 is bad", "IFSC [removed] is bad"},
		"a VPA with a space goes":            {"VPA ravi.kumar @okhdfc is bad", "VPA [removed] is bad"},
		"a full-width VPA goes":              {"VPA ravi＠okhdfc is bad", "VPA [removed] is bad"},
		"a VPA in HTML entities goes":        {"VPA ravi&#64;okhdfc, ravi&commat;ok, ravi&amp;#64;ok", "VPA [removed], [removed], [removed]"},
		"a VPA that is escaped twice goes":   {"/vpa/ravi%2540okhdfc", "[removed]"},
		"a dotted account number goes":       {"account 5010.0123.4567.89 is bad", "account [removed] is bad"},
		"full-width digits go":               {"account ０００１１１２２２ is bad", "account [removed] is bad"},
		"digits of another script go":        {"account ९८७६५४३२१० is bad", "account [removed] is bad"},
		"a PAN goes":                         {"PAN ABCDE1234F is bad", "PAN [removed] is bad"},
		"an IFSC in small letters goes":      {"IFSC hdfc0001234 is bad", "IFSC [removed] is bad"},
		"an IP address stays":                {"dial tcp 192.168.100.200:443: refused", "dial tcp 192.168.100.200:443: refused"},
		"a UUID stays":                       {"request b2e0fd33-7655-4778-83a8-5179ed21b0b7 failed", "request b2e0fd33-7655-4778-83a8-5179ed21b0b7 failed"},
		"short numbers stay":                 {"limit 12345678", "limit 12345678"},
		"line breaks become spaces":          {"a\r\n\tb\u2028c", "a b c"},
		"control and invisible parts go":     {"a\x1b[31mb\u200bc\x00", "a[31mbc"},
		"what is as long as the limit stays": {strings.Repeat("abc", 100), strings.Repeat("abc", 100)},
		"what is long is cut at the limit":   {strings.Repeat("ab ", 200), strings.Repeat("ab ", 100) + "..."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := redact.text(test.text); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestTokensAndIdentifiers(t *testing.T) {
	t.Parallel()
	redact := newRedactor("fake-key")
	const hidden = "with an id that is not shown"
	for text, want := range map[string]struct{ token, quoted string }{
		"RESOURCE_NOT_FOUND":                   {"RESOURCE_NOT_FOUND", hidden},
		"b2e0fd33-7655-4778-83a8-5179ed21b0b7": {"b2e0fd33-7655-4778-83a8-5179ed21b0b7", hidden},
		"banh_qn2zdmZ4VAEFaBny":                {"banh_qn2zdmZ4VAEFaBny", `"banh_qn2zdmZ4VAEFaBny"`},
		"cst_zqqmw0v4exbhvv2l":                 {"cst_zqqmw0v4exbhvv2l", `"cst_zqqmw0v4exbhvv2l"`},
		"bank_woeriusdfk":                      {"bank_woeriusdfk", `"bank_woeriusdfk"`},
		"banh_123456789":                       {"", hidden},
		"BANH_A":                               {"BANH_A", hidden},
		"cst_ravi.kumar":                       {"cst_ravi.kumar", hidden},
		"दुकान":                                {"", hidden},
		"RAVI_KUMAR":                           {"RAVI_KUMAR", hidden},
		"+919876543210":                        {"", hidden},
		"HDFC0001234":                          {"", hidden},
		"ABCDE1234F":                           {"", hidden},
		"acct:50100123456789":                  {"", hidden},
		"someone@bank":                         {"", hidden},
		"someone%40bank":                       {"", hidden},
		"4225246777":                           {"", hidden},
		"4225-246-777":                         {"", hidden},
		"x-fake-key-x":                         {"", hidden},
		"ZmFrZS1rZXk6":                         {"", hidden},
		"two words":                            {"", hidden},
		"zero\u200bwidth":                      {"", hidden},
		strings.Repeat("a", 129):               {"", hidden},
	} {
		if got := redact.token(text); got != want.token {
			t.Errorf("token: %q is shown as %q, want %q", text, got, want.token)
		}
		if got := redact.quote(text); got != want.quoted {
			t.Errorf("quote: %q is shown as %s, want %s", text, got, want.quoted)
		}
	}
}

// Each secret, alone, in each place of a response from which an error takes
// something.
func TestErrorsAndAttemptsShowNothingSecretOrPersonal(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{juspaytest.APIKey, encodeKey(juspaytest.APIKey), juspaytest.VPA, "4225246777", "someone%40bank"} {
		for name, fault := range map[string]juspaytest.Fault{
			"an error's texts":    {Status: 400, Body: juspaytest.Error("error", secret, secret, secret, secret)},
			"an error's code":     {Status: 400, Body: map[string]any{"error_code": secret}},
			"an error's id":       {Status: 400, Body: map[string]any{"error_info": map[string]any{"request_id": secret}}},
			"the request id":      {Status: 400, Header: http.Header{"X-Request-Id": {secret}}},
			"the content type":    {Status: 400, Header: http.Header{"Content-Type": {secret + "/" + secret}}},
			"a body":              {Status: 400, Body: secret},
			"a redirect":          {Status: 302, Header: http.Header{"Location": {"https://" + secret + "/" + secret}}},
			"an object":           {Body: map[string]any{"object": secret}},
			"an account id":       {Body: map[string]any{"object": "customer_account", "customer_account_id": secret}},
			"a field's name":      {Body: `{"` + secret + `":1,"` + secret + `":2}`},
			"a status line":       {Raw: "HTTP/1.1 " + secret + "\r\n\r\n"},
			"what is no HTTP":     {Raw: secret + "\r\n\r\n"},
			"a header's name":     {Raw: "HTTP/1.1 200 OK\r\n" + secret + "\r\n\r\n"},
			"a length":            {Raw: "HTTP/1.1 200 OK\r\nContent-Length: " + secret + "\r\n\r\n"},
			"a transfer encoding": {Raw: "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + secret + "\r\n\r\n"},
		} {
			t.Run(name+"/"+secret, func(t *testing.T) {
				t.Parallel()
				var shown strings.Builder
				server, client := start(t, func(c *Config) {
					c.MaxRetries, c.RequestTimeout = 0, time.Second
					c.OnAttempt = func(_ context.Context, a Attempt) { fmt.Fprintf(&shown, "%+v\n", a) }
				})
				server.Fail(fault)
				_, err := client.Get(t.Context(), accountA, ReadOptions{})
				if err == nil {
					t.Fatal("the read did not fail")
				}
				fmt.Fprintf(&shown, "%v\n", err)
				var apiErr *APIError
				if errors.As(err, &apiErr) {
					fmt.Fprintf(&shown, "%+v\n", *apiErr)
				}
				if strings.Contains(shown.String(), secret) {
					t.Errorf("%q is in\n%s", secret, &shown)
				}
			})
		}
	}
}
