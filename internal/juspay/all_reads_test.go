// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"net/http"
	"path"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// After an error that every other read would end in too, nothing more is sent.
func TestRejection_RepeatsAnErrorOfAllReads(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault    juspaytest.Fault
		want     Reason
		requests int // of three reads
	}{
		"a rejected key":            {juspaytest.Fault{Status: 401, Body: juspayError("UNAUTHORIZED")}, ReasonUnauthorized, 1},
		"a rejected address":        {juspaytest.Fault{Status: 403, Body: juspayError("BAD_ORIGIN")}, ReasonBadOrigin, 1},
		"an account that is absent": {juspaytest.Fault{Status: 404, Body: juspayError("RESOURCE_NOT_FOUND")}, ReasonNotFound, 3},
		"an error of the server":    {juspaytest.Fault{Status: 500}, ReasonServerError, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := start(t, func(c *Config) { c.MaxRetries = 0 })
			server.Fail(test.fault)
			for i := range 3 {
				_, err := client.Get(t.Context(), accountA, ReadOptions{})
				got := checkReason(t, err, test.want)
				if want := i > 0 && test.requests == 1; got.IsRepeated != want {
					t.Errorf("read %d: got IsRepeated %t, want %t", i, got.IsRepeated, want)
				}
			}
			if n := len(server.Requests()); n != test.requests {
				t.Errorf("got %d requests, want %d", n, test.requests)
			}
		})
	}
}

// A read that backs off while another one is rejected sends nothing more, and says what it sent.
func TestRejection_CountsWhatWasSent(t *testing.T) {
	t.Parallel()
	inBubble(t, "a throttled read", func(t *testing.T) {
		script := respondInTurn(func(req *http.Request) (*http.Response, error) {
			if path.Base(req.URL.Path) == "banh_a" {
				return respond(req, 429, "2", ""), nil
			}
			return failAs(401, "UNAUTHORIZED")(req)
		})
		client := scriptedClient(t, script)
		throttled := make(chan error)
		go func() {
			_, err := client.Get(t.Context(), accountA, ReadOptions{})
			throttled <- err
		}()
		time.Sleep(time.Second)
		_, err := client.Get(t.Context(), numberedRef(1), ReadOptions{})
		check.Equal(t, "the rejected read is repeated", checkReason(t, err, ReasonUnauthorized).IsRepeated, false)
		got := checkReason(t, <-throttled, ReasonUnauthorized)
		check.Equal(t, "the throttled read is repeated", got.IsRepeated, true)
		check.Equal(t, "the attempts of the throttled read", got.Attempts, 1)
		check.Equal(t, "requests", len(script.times), 2)
	})
}
