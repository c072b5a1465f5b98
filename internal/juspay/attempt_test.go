// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func TestNewRequestID_IsAUUID(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	seen := map[string]bool{}
	for range 1000 {
		id := newRequestID()
		if !form.MatchString(id) || seen[id] {
			t.Fatalf("got the id %s, want a new UUID", id)
		}
		seen[id] = true
	}
}

func TestAttempt_IsReported(t *testing.T) {
	t.Parallel()
	var reported []Attempt
	server, client := startServer(t, func(c *Config) {
		c.OnAttempt = func(_ context.Context, a Attempt) { reported = append(reported, a) }
	})
	blocked := juspaytest.NewAccount("cst_a", "banh_a").With("is_blocked", true)
	server.Fail(juspaytest.Fault{Times: 1, Drop: true}, juspaytest.Fault{Times: 1, Status: 503}, juspaytest.Fault{Times: 1, Body: blocked})
	_, err := client.Get(t.Context(), accountA, ReadOptions{})
	checkReason(t, err, ReasonInDoubt)
	var sent, got, want []string
	for i, request := range server.Requests() {
		id := request.Header.Get("X-Request-Id")
		if slices.Contains(sent, id) {
			t.Errorf("got the id %s of two requests, want one of its own for each", id)
		}
		sent = append(sent, id)
		outcome := []string{"0  EOF", "503 " + requestID + " juspay: throttled (HTTP 503)", "200 " + requestID +
			" juspay: in doubt (HTTP 200): the field is_blocked (true) contradicts the status ACTIVE"}[i]
		want = append(want, fmt.Sprintf("%d %s GET /customers/cst_a/customer-accounts/banh_a %s", i+1, id, outcome))
	}
	for _, a := range reported {
		if a.Duration <= 0 {
			t.Errorf("attempt %d: got the duration %s, want more than 0", a.Number, a.Duration)
		}
		got = append(got, fmt.Sprintf("%d %s %s %s %d %s %v", a.Number, a.SentRequestID, a.Method, a.Path, a.StatusCode, a.RequestID, a.Err))
	}
	check.Equal(t, "the attempts", got, want)
	check.Equal(t, "the number of attempts", len(got), 3)
}

// net/http quotes what a server sends in the errors of malformed responses.
func TestAttempt_ErrorsShowNoQuotedText(t *testing.T) {
	t.Parallel()
	const name, ok, chunked, broken = "Asha Example", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n",
		"***: *** transport connection broken: "
	for what, row := range map[string]check.Row[string, string]{
		"a response that is not HTTP":   {name + " is here\r\n\r\n", broken + `malformed HTTP status code "***"`},
		"a status line without a code":  {"Asha\r\n\r\n", broken + `malformed HTTP response "***"`},
		"a version":                     {"HTTP/Asha 200 Example\r\n\r\n", broken + `malformed HTTP version "***"`},
		"a status code":                 {"HTTP/1.1 " + name + "\r\n\r\n", broken + `malformed HTTP status code "***"`},
		"a header without a colon":      {ok + name + "\r\n\r\n", broken + `malformed MIME header: missing colon: "***"`},
		"a header that is JSON":         {ok + `{"beneficiary_name": "` + name + "\"\r\n\r\n", broken + `malformed MIME header line: "***"`},
		"a header that begins indented": {ok + " " + name + ": x\r\n\r\n", broken + `malformed MIME header initial line: "***"`},
		"a header's value":              {ok + "Name: " + name + "\x00\r\n\r\n", broken + `malformed MIME header line: "***"`},
		"a length":                      {ok + "Content-Length: " + name + "\r\n\r\n", broken + `bad Content-Length "***"`},
		"two lengths": {ok + "Content-Length: 1\r\nContent-Length: " + name + "\r\n\r\n",
			broken + `http: message cannot contain multiple Content-Length headers; got ["***"]`},
		"a transfer encoding":      {ok + "Transfer-Encoding: " + name + "\r\n\r\n", broken + `unsupported transfer encoding: "***"`},
		"two transfer encodings":   {chunked + "Transfer-Encoding: " + name + "\r\n\r\n", broken + `too many transfer encodings: ["***"]`},
		"a trailer's name":         {chunked + "Trailer: Content-Length, " + name + "\r\n\r\n", broken + `bad trailer key "***"`},
		"a trailer after the body": {chunked + "\r\n0\r\n" + name + "\r\n\r\n", `malformed MIME header: missing colon: "***"`},
		"the length of a chunk":    {chunked + "\r\n" + name + "\r\n", "invalid byte in chunk length"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			var logged error
			server, client := startServer(t, func(c *Config) {
				c.MaxRetries, c.OnAttempt = 0, func(_ context.Context, a Attempt) { logged = a.Err }
			})
			server.Fail(juspaytest.Fault{Raw: row.In})
			check.ErrorText(t, "the read", getError(t, client, ReasonConnection, 1).Err, row.Want)
			check.ErrorText(t, "the logged attempt", logged, row.Want)
		})
	}
}
