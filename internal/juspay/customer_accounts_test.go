// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"path"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/acctest/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func TestClient_GetAll(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	for i := range 500 {
		server.Put(numberedAccount(i))
	}
	another := numberedRef(0)
	another.RoutingID = "another"
	results := client.GetAll(t.Context(), append(refs(501), numberedRef(0), another, numberedRef(0)), ReadOptions{})
	checkReason(t, results[500].Err, ReasonNotFound)
	for i, result := range results[:500] {
		if want := fmt.Sprintf("user%d@bank", i); result.Err != nil || result.Account.VPA != want {
			t.Errorf("result %d: got %+v, want the VPA %s", i, result, want)
		}
	}
	if again := results[501:]; !slices.Equal(again, slices.Repeat(results[:1], 3)) {
		t.Errorf("the first account again: got %+v, want three times %+v", again, results[0])
	}
	if n := len(server.DrainRequests()); len(results) != 504 || n != 502 {
		t.Errorf("got %d results of %d requests, want 504 of 502", len(results), n)
	}
	if results := client.GetAll(t.Context(), nil, ReadOptions{}); len(results) != 0 || len(server.Requests()) != 0 {
		t.Errorf("without accounts: got %d results of %d requests, want none", len(results), len(server.Requests()))
	}
}

func TestClient_GetAll_Canceled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		script := respondInTurn(hang)
		client := scriptedClient(t, script, func(c *Config) { c.MaxConcurrentRequests = 4 })
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		for _, result := range client.GetAll(ctx, refs(1000), ReadOptions{}) {
			checkReason(t, result.Err, ReasonCanceled)
		}
		if took := time.Since(start); took != time.Second || len(script.times) != 4 {
			t.Errorf("got %s and %d requests, want 1s and 4", took, len(script.times))
		}
	})
}

// Slots are given in turn, so that few accounts do not wait for all of many.
func TestClient_GetAll_DoesNotHoldUpOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		script := respondInTurn(delayed(50*time.Millisecond, succeed))
		client := scriptedClient(t, script, func(c *Config) { c.MaxConcurrentRequests = 4 })
		start := time.Now()
		var group sync.WaitGroup
		group.Go(func() { client.GetAll(t.Context(), refs(400), ReadOptions{}) })
		time.Sleep(time.Second)
		client.GetAll(t.Context(), refs(10), ReadOptions{})
		few := time.Since(start)
		group.Wait()
		if many := time.Since(start); few > 2*time.Second || many < 5*time.Second {
			t.Errorf("got %s for few and %s for many, want at most 2s and at least 5s", few, many)
		}
	})
}

// One refused key is one error, not one for each account.
func TestClient_GetAll_StopsAtErrorsThatAffectAllReads(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fail       step
		want       Reason
		affectsAll bool
	}{
		"401":                    {failAs(401, "UNAUTHORIZED"), ReasonUnauthorized, true},
		"401 without details":    {fail(401, ""), ReasonUnauthorized, true},
		"UNAUTHORIZED under 200": {failAs(200, "UNAUTHORIZED"), ReasonUnauthorized, true},
		"BAD_ORIGIN under 200":   {failAs(200, "BAD_ORIGIN"), ReasonBadOrigin, true},
		"403 BAD_ORIGIN":         {failAs(403, "BAD_ORIGIN"), ReasonBadOrigin, true},
		"403 of one account":     {failAs(403, "FORBIDDEN"), ReasonForbidden, false},
		"404":                    {failAs(404, "RESOURCE_NOT_FOUND"), ReasonNotFound, false},
		"500":                    {fail(500, ""), ReasonServerError, false},
	} {
		for _, waiting := range []bool{false, true} {
			inBubble(t, fmt.Sprintf("%s, waiting %t", name, waiting), func(t *testing.T) {
				script := respondInTurn(func(req *http.Request) (*http.Response, error) {
					if err := sleep(req.Context(), 50*time.Millisecond); err != nil {
						return nil, err
					}
					if path.Base(req.URL.Path) == "banh_3" {
						return test.fail(req)
					}
					return respond(req, 200, "", mustJSON(accountFor(req).With("validation_status", "PENDING"))), nil
				})
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				client := scriptedClient(t, script, func(c *Config) { c.MaxConcurrentRequests = 2 })
				got := map[string]int{}
				for _, result := range client.GetAll(ctx, refs(30), ReadOptions{WaitForValidation: waiting}) {
					got[readOutcome(result.Err)]++
				}
				want := map[string]int{string(test.want): 1, "read": 3, "skipped": 26}
				switch {
				case !test.affectsAll && waiting:
					want = map[string]int{string(test.want): 1, "late": 29}
				case !test.affectsAll:
					want = map[string]int{string(test.want): 1, "read": 29}
				case waiting:
					want = map[string]int{string(test.want): 1, "skipped": 29}
				}
				check.Equal(t, "the results", got, want)
				if test.affectsAll {
					check.Within(t, "the number of requests", len(script.times), 4, 5)
				}
			})
		}
	}
}

// Reads of other data sources that wait for the limiter send no request with a refused key.
func TestClient_Get_SendsNothingAfterARefusedKey(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		script := respondInTurn(delayed(50*time.Millisecond, failAs(401, "UNAUTHORIZED")))
		client := scriptedClient(t, script, func(c *Config) { c.MaxConcurrentRequests = 1 })
		var reads sync.WaitGroup
		for _, ref := range refs(10) {
			reads.Go(func() {
				_, err := client.Get(t.Context(), ref, ReadOptions{})
				checkReason(t, err, ReasonUnauthorized)
			})
		}
		reads.Wait()
		check.Equal(t, "the number of requests", len(script.times), 1)
	})
}

// readOutcome names the end of a read.
func readOutcome(err error) string {
	var apiErr *APIError
	switch {
	case err == nil:
		return "read"
	case errors.Is(err, ErrSkipped):
		return "skipped"
	case errors.As(err, &apiErr):
		return string(apiErr.Reason)
	case errors.As(err, new(*WaitError)):
		return "late"
	}
	return err.Error()
}

// A read that failed by itself is not skipped.
func TestClient_GetAll_KeepsAccountsThatWereRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		script := respondInTurn(func(req *http.Request) (*http.Response, error) {
			if path.Base(req.URL.Path) == "banh_0" {
				return delayed(time.Second, fail(401, ""))(req)
			}
			// It is on its way already when the other response comes.
			return delayed(2*time.Second, failAs(404, "RESOURCE_NOT_FOUND"))(req)
		})
		results := scriptedClient(t, script).GetAll(t.Context(), refs(2), ReadOptions{})
		checkReason(t, results[0].Err, ReasonUnauthorized)
		checkReason(t, results[1].Err, ReasonNotFound)
	})
}

func TestClient_List(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	for _, id := range []string{"banh_b", "banh_a", "banh_c"} {
		server.Put(juspaytest.NewAccount("shop 12", id))
	}
	server.Put(juspaytest.NewAccount("cst_other", "banh_other"))
	for _, routingID := range []string{"", "another"} {
		accounts, err := client.List(t.Context(), "shop 12", routingID, ReadOptions{})
		check.Equal(t, "the ids", slices.Sorted(maps.Keys(accounts)), []string{"banh_a", "banh_b", "banh_c"})
		checkAccount(t, accounts["banh_b"].Account, err, fakeAccount)
		requests := server.DrainRequests()
		want := routingID
		if want == "" {
			want = "shop 12"
		}
		if len(requests) != 1 || requests[0].Method != "GET" || requests[0].Target != "/customers/shop%2012/customer-accounts/list" ||
			requests[0].Header.Get("X-Routing-Id") != want {
			t.Errorf("got the requests %+v, want one with the routing id %s", requests, want)
		}
	}
	if accounts, err := client.List(t.Context(), "cst_none", "", ReadOptions{}); err != nil || accounts == nil || len(accounts) != 0 {
		t.Errorf("a customer without accounts: got %v, %v, want an empty map and no error", accounts, err)
	}
	server.Fail(juspaytest.Fault{Status: 401, Body: juspayError("UNAUTHORIZED")})
	_, err := client.List(t.Context(), "cst_a", "", ReadOptions{})
	if checkReason(t, err, ReasonUnauthorized); errors.Is(err, errIncomplete) {
		t.Errorf("got the error %v, want one that is not errIncomplete", err)
	}
}

func FuzzDecodeAccounts(f *testing.F) {
	f.Add([]byte(`{"list":[` + referenceResponse + `],"total":1}`))
	f.Add([]byte(`{"list":[{"object":"customer_account","customer_account_id":"banh_a"}],"count":"2"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		fields, err := decodeObject(body)
		if err != nil {
			return
		}
		accounts, err := newResponseDecoder(redactor{}).accounts(fields, "cst_a", ReadOptions{})
		if (err == nil) != (accounts != nil) {
			t.Errorf("got %v, %v, want accounts or an error", accounts, err)
		}
		for id := range accounts {
			if ValidateCustomerAccountID("it", id) != nil {
				t.Errorf("got an account with the id %q, want none", id)
			}
		}
	})
}
