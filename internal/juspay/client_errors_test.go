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

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/fields"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/redact"
)

func TestClientErrors_MediaType(t *testing.T) {
	t.Parallel()
	checkTexts(t, mediaTypeRE.FindString, map[string]textRow{
		"a media type is shown":     {"application/problem+json", "application/problem+json"},
		"a VPA is not a media type": {"someone@bank/html", ""},
	})
}

func TestClientErrors_RedirectHost(t *testing.T) {
	t.Parallel()
	redactor := redact.New(isAPIName, "hidden.test")
	checkTexts(t, func(host string) string { return redactor.Match(hostRE, host) }, map[string]textRow{
		"a host is shown":                   {"sso12.corp-net.example", "sso12.corp-net.example"},
		"a phone number is not a host":      {"x9876543210.example", ""},
		"a host that is a secret is hidden": {"a.hidden.test", ""},
	})
}

// An error about a field gives its reason, its text and its entry to the error of the read, and the client
// accepts that entry.
func TestClientErrors_OfFields(t *testing.T) {
	t.Parallel()
	active := func(member string) string { return responseWith(`"validation_status":"ACTIVE",` + member) }
	for name, test := range map[string]struct {
		body, want, entry string
		reason            Reason
	}{
		"a contradiction":      {active(`"is_active":false`), "the field is_active (false) contradicts the status ACTIVE", "is_active=false", ReasonInDoubt},
		"a hidden value":       {active(`"error":"fake-key"`), "the field error contradicts the status ACTIVE", "error=VALUE", ReasonInDoubt},
		"a copy that differs":  {active(`"id":"banh_b"`), "the field id differs from customer_account_id", "", ReasonInDoubt},
		"an unknown field":     {active(`"hold":1`), "the field hold is unknown, and may limit the account", "hold", ReasonUnknownField},
		"an error":             {`{"status":"maintenance"}`, "the field status (maintenance) reports an error", "", ReasonUnexpectedError},
		"an object of no list": {`{"list":[],"object":"error"}`, "the field object (error) does not name a list", "", ReasonInDoubt},
		"a list with more":     {`{"list":[],"has_more":true}`, "the field has_more (true) does not say that the list of 0 is complete", "", ReasonIncomplete},
		"a list with a field":  {`{"list":[],"hold":1}`, "the field hold is unknown, and may say that the list is not complete", "hold", ReasonIncomplete},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			read := func(entries ...string) error {
				client := scriptedClient(t, respondAlways(200, "", test.body), func(c *Config) {
					c.APIKey, c.MaxRetries, c.UnknownFields, c.AcceptedFields = "fake-key", 0, fields.RejectUnknown, entries
				})
				if strings.Contains(test.body, `"list"`) {
					_, err := client.List(t.Context(), "cst_a", "", ReadOptions{})
					return err
				}
				account, err := client.Get(t.Context(), accountA, ReadOptions{})
				check.Equal(t, "the unknown fields", account.UnknownFieldNames, "")
				return err
			}
			got := checkReason(t, read(), test.reason)
			check.ErrorText(t, "the read", &got, "juspay: "+string(test.reason)+" (HTTP 200): "+test.want)
			check.Equal(t, "the entry", got.AcceptedField, test.entry)
			if test.entry != "" && !strings.HasSuffix(test.entry, "=VALUE") {
				check.NoError(t, "with the entry", read(test.entry))
			}
		})
	}
}

// Each secret, alone, in each place of a response from which an error takes
// something.
func TestClientErrors_HideSecrets(t *testing.T) {
	t.Parallel()
	const header = "gateway-key"
	for _, secret := range []string{header, juspaytest.APIKey, redact.BasicCredentials(juspaytest.APIKey), juspaytest.VPA, "4225246777", "someone%40bank"} {
		for name, fault := range map[string]juspaytest.Fault{
			"an error's texts":            {Status: 400, Body: juspaytest.Error("error", secret, secret, secret, secret)},
			"an error's code":             {Status: 400, Body: map[string]any{"error_code": secret}},
			"an error's id":               {Status: 400, Body: map[string]any{"error_info": map[string]any{"request_id": secret}}},
			"the request id":              {Status: 400, Header: http.Header{"X-Request-Id": {secret}}},
			"the content type":            {Status: 400, Header: http.Header{"Content-Type": {secret + "/" + secret}}},
			"a body":                      {Status: 400, Body: secret},
			"a redirect":                  {Status: 302, Header: http.Header{"Location": {"https://" + secret + "/" + secret}}},
			"an object":                   {Body: map[string]any{"object": secret}},
			"an account id":               {Body: map[string]any{"object": "customer_account", "customer_account_id": secret}},
			"a field's name":              {Body: `{"` + secret + `":1,"` + secret + `":2}`},
			"a status line":               {Raw: "HTTP/1.1 " + secret + "\r\n\r\n"},
			"a response that is not HTTP": {Raw: secret + "\r\n\r\n"},
			"a header's name":             {Raw: "HTTP/1.1 200 OK\r\n" + secret + "\r\n\r\n"},
			"a length":                    {Raw: "HTTP/1.1 200 OK\r\nContent-Length: " + secret + "\r\n\r\n"},
			"a transfer encoding":         {Raw: "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + secret + "\r\n\r\n"},
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

func TestClientErrors_Details(t *testing.T) {
	t.Parallel()
	type details struct{ Code, Message, RequestID, ContentType string }
	const json, otherID = "application/json", "00000000-7655-4778-83a8-5179ed21b0b7"
	for name, test := range map[string]struct {
		body        any
		contentType string
		want        details
	}{
		"all fields":                 {juspayError("NEW_CODE"), json, details{"NEW_CODE", "For the developer.", requestID, json}},
		"no developer message":       {`{"error_info":{"user_message":"For the user.","code":"X"}}`, json, details{"X", "For the user.", requestID, json}},
		"only an error message":      {`{"error_message":"Plain.","error_code":"plain_code"}`, json, details{"plain_code", "Plain.", requestID, json}},
		"an error_info of its own":   {`{"error_code":"c","error_info":"text"}`, json, details{"c", "", requestID, json}},
		"fields of other types":      {`{"error_code":1,"error_info":{"code":[],"developer_message":{},"request_id":7}}`, json, details{"", "", requestID, json}},
		"another request id":         {`{"error_info":{"request_id":"` + otherID + `"}}`, json, details{"", "", otherID, json}},
		"a request id of a gateway":  {`{"error_info":{"request_id":"from-the-gateway"}}`, json, details{"", "", requestID, json}},
		"a code that is a VPA":       {`{"error_info":{"code":"someone@bank"}}`, json, details{"", "", requestID, json}},
		"a request id that is a VPA": {`{"error_info":{"request_id":"4225246777@yesg"}}`, json, details{"", "", requestID, json}},
		"HTML":                       {"<html>", "text/html; charset=utf-8", details{"", "", requestID, "text/html"}},
		"no content type":            {"<html>", "no type at all", details{"", "", requestID, ""}},
		"a personal content type":    {"<html>", "someone@bank/html", details{"", "", requestID, ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := getErrorOfFault(t, juspaytest.Fault{Status: 418, Body: test.body, Header: http.Header{"Content-Type": {test.contentType}}})
			check.Equal(t, "the details of the error", details{e.Code, e.DeveloperMessage, e.RequestID, e.ContentType}, test.want)
		})
	}
}
