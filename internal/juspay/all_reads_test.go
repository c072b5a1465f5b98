// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"fmt"
	"net/http"
	"path"
	"testing"
	"testing/synctest"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/limiter"
)

// After an error that every other read would end in too, nothing more is sent.
func TestAllReadsError_EndsOtherReads(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault    juspaytest.Fault
		want     Reason
		requests int // the number of requests of three reads
	}{
		"a rejected key":            {juspaytest.Fault{Status: 401, Body: juspayError("UNAUTHORIZED")}, ReasonUnauthorized, 1},
		"a rejected address":        {juspaytest.Fault{Status: 403, Body: juspayError("BAD_ORIGIN")}, ReasonBadOrigin, 1},
		"an account that is absent": {juspaytest.Fault{Status: 404, Body: juspayError("RESOURCE_NOT_FOUND")}, ReasonNotFound, 3},
		"an error of the server":    {juspaytest.Fault{Status: 500}, ReasonServerError, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := startServer(t, func(c *Config) { c.MaxRetries = 0 })
			server.Fail(test.fault)
			for i := range 3 {
				_, err := client.Get(t.Context(), accountA, ReadOptions{})
				got := checkReason(t, err, test.want)
				check.Equal(t, fmt.Sprintf("whether the error of read %d is of another one", i+1), got.IsOfOtherRead, i > 0 && test.requests == 1)
			}
			check.Equal(t, "the number of requests", len(server.Requests()), test.requests)
		})
	}
}

// A read that backs off while another one is rejected sends nothing more, and says what it sent.
func TestAllReadsError_CountsWhatWasSent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		script := respondInTurn(func(req *http.Request) (*http.Response, error) {
			if path.Base(req.URL.Path) == "banh_a" {
				return newHTTPResponse(req, 429, "2", ""), nil
			}
			return failWithCode(401, "UNAUTHORIZED")(req)
		})
		client := scriptedClient(t, script)
		throttled := make(chan error)
		go func() {
			_, err := client.Get(t.Context(), accountA, ReadOptions{})
			throttled <- err
		}()
		time.Sleep(time.Second)
		_, err := client.Get(t.Context(), numberedRef(1), ReadOptions{})
		check.Equal(t, "whether the error of the rejected read is of another one", checkReason(t, err, ReasonUnauthorized).IsOfOtherRead, false)
		got := checkReason(t, <-throttled, ReasonUnauthorized)
		check.Equal(t, "whether the error of the throttled read is of another one", got.IsOfOtherRead, true)
		check.Equal(t, "the attempts of the throttled read", got.Attempts, 1)
		check.Equal(t, "the number of requests", len(script.times), 2)
	})
}

func TestAlikeFailures_ShareIfMany(t *testing.T) {
	t.Parallel()
	type reasonCount struct {
		reason Reason
		n      int
	}
	for name, test := range map[string]struct {
		first    []reasonCount
		last     Reason
		succeeds bool // whether a read before the last one succeeds
		want     bool // whether the last one is shared
	}{
		"seven that failed alike":                   {[]reasonCount{{ReasonServerError, limiter.MinFailingReads - 2}}, ReasonServerError, false, false},
		"eight that failed alike":                   {[]reasonCount{{ReasonServerError, limiter.MinFailingReads - 1}}, ReasonServerError, false, true},
		"failures of the network and of the server": {[]reasonCount{{ReasonConnectionRefused, 3}, {ReasonTimeout, 4}}, ReasonServerError, false, true},
		"eight that are forbidden":                  {[]reasonCount{{ReasonForbidden, limiter.MinFailingReads - 1}}, ReasonForbidden, false, true},
		"eight for two reasons":                     {[]reasonCount{{ReasonServerError, limiter.MinFailingReads - 1}}, ReasonForbidden, false, false},
		"31 accounts that do not exist":             {[]reasonCount{{ReasonNotFound, MinAlikeResponses - 2}}, ReasonNotFound, false, false},
		"32 accounts that do not exist":             {[]reasonCount{{ReasonNotFound, MinAlikeResponses - 1}}, ReasonNotFound, false, true},
		"eight after another read succeeded":        {[]reasonCount{{ReasonServerError, limiter.MinFailingReads - 1}}, ReasonServerError, true, false},
		"canceled reads":                            {[]reasonCount{{ReasonCanceled, 100}}, ReasonCanceled, false, false},
		"32 that do not exist beside one in doubt": {
			[]reasonCount{{ReasonInDoubt, 1}, {ReasonNotFound, MinAlikeResponses - 1}}, ReasonNotFound, false, false},
		"120 that do not exist around one of another customer": {
			[]reasonCount{{ReasonNotFound, 20}, {ReasonOtherCustomer, 1}, {ReasonNotFound, 100}}, ReasonNotFound, false, false},
		"32 that do not exist beside one with a field": {
			[]reasonCount{{ReasonUnknownField, 1}, {ReasonNotFound, MinAlikeResponses - 1}}, ReasonNotFound, false, false},
		"32 in doubt": {[]reasonCount{{ReasonInDoubt, MinAlikeResponses - 1}}, ReasonInDoubt, false, true},
		"32 that do not exist beside a response that is no account": {
			[]reasonCount{{ReasonNotAccount, 1}, {ReasonNotFound, MinAlikeResponses - 1}}, ReasonNotFound, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := &alikeFailures{}
			count := func(failure *APIError) bool {
				counted := a.shareIfMany(t.Context(), nil, func() *APIError { return failure })
				return counted != nil && counted.IsShared()
			}
			for _, before := range test.first {
				for i := range before.n {
					if count(&APIError{Reason: before.reason}) {
						t.Fatalf("failure %d of %s: got a shared one, want its own", i+1, before.reason)
					}
				}
			}
			if test.succeeds {
				count(nil)
			}
			check.Equal(t, "whether the last failure is shared", count(&APIError{Reason: test.last}), test.want)
		})
	}
}
