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
	"github.com/juspay/terraform-provider-juspay/internal/juspay/redact"
)

func TestClientErrors_MediaType(t *testing.T) {
	t.Parallel()
	checkTexts(t, mediaTypeRE.FindString, map[string]textRow{
		"a media type is shown":  {"application/problem+json", "application/problem+json"},
		"a VPA is no media type": {"someone@bank/html", ""},
	})
}

func TestClientErrors_RedirectHost(t *testing.T) {
	t.Parallel()
	redactor := redact.New(isAPIName, "hidden.test")
	checkTexts(t, func(host string) string { return redactor.Match(hostRE, host) }, map[string]textRow{
		"a host is shown":                   {"sso12.corp-net.example", "sso12.corp-net.example"},
		"a phone number is no host":         {"x9876543210.example", ""},
		"a host that is a secret is hidden": {"a.hidden.test", ""},
	})
}

// Each secret, alone, in each place of a response from which an error takes
// something.
func TestClientErrors_HideSecrets(t *testing.T) {
	t.Parallel()
	const header = "gateway-key"
	for _, secret := range []string{header, juspaytest.APIKey, redact.BasicCredentials(juspaytest.APIKey), juspaytest.VPA, "4225246777", "someone%40bank"} {
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
				server, client := startServer(t, func(c *Config) {
					c.MaxRetries, c.RequestTimeout = 0, time.Second
					c.RequestHeaders = map[string]string{"X-Gateway-Key": header}
					c.OnAttempt = func(_ context.Context, a Attempt) { fmt.Fprintf(&shown, "%+v\n", a) }
				})
				server.Fail(fault)
				_, err := client.Get(t.Context(), accountA, ReadOptions{})
				if err == nil {
					t.Fatal("got no error, want one")
				}
				fmt.Fprintf(&shown, "%v\n", err)
				var apiErr *APIError
				if errors.As(err, &apiErr) {
					fmt.Fprintf(&shown, "%+v\n", *apiErr)
				}
				if strings.Contains(shown.String(), secret) {
					t.Errorf("got the secret %q in these texts, want it in none:\n%s", secret, &shown)
				}
			})
		}
	}
}
