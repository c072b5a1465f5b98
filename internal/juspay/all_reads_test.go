// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"testing"

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
