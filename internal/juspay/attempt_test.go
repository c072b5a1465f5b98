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
