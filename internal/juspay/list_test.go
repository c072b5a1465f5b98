// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"errors"
	"maps"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func TestClient_List(t *testing.T) {
	t.Parallel()
	server, client := startServer(t)
	for _, id := range []string{"banh_b", "banh_a", "banh_c"} {
		server.Put(juspaytest.NewAccount("shop 12", id))
	}
	server.Put(juspaytest.NewAccount("cst_other", "banh_other"))
	for routingID, want := range map[string]string{"": "shop 12", "another": "another"} { //nolint:paralleltest // it counts the requests
		t.Run("the header X-Routing-Id is "+want, func(t *testing.T) {
			accounts, err := client.List(t.Context(), "shop 12", routingID, ReadOptions{})
			check.Equal(t, "the ids", slices.Sorted(maps.Keys(accounts)), []string{"banh_a", "banh_b", "banh_c"})
			checkAccount(t, accounts["banh_b"].Account, err, fakeAccount)
			var requests []string
			for _, r := range server.DrainRequests() {
				requests = append(requests, r.Method+" "+r.Target+" "+r.Header.Get("X-Routing-Id"))
			}
			check.Equal(t, "the requests", requests, []string{"GET /customers/shop%2012/customer-accounts/list " + want})
		})
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

// An error under 200 may have an empty list.
func TestClient_List_RetriesAThrottledRequestWithAnEmptyList(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		throttled := respondWith(200, `{"status":"error","error_code":"TOO_MANY_REQUESTS","list":[]}`)
		script := respondInTurn(throttled, respondWith(200, `{"list":[`+accountJSON("banh_a", "cst_a")+`]}`))
		accounts, err := scriptedClient(t, script).List(t.Context(), "cst_a", "", ReadOptions{})
		check.NoError(t, "List", err)
		check.Equal(t, "the ids", slices.Collect(maps.Keys(accounts)), []string{"banh_a"})
		check.Equal(t, "the number of requests", len(script.times), 2)
	})
}
