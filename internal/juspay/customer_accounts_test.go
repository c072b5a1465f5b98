// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func refs(n int) []AccountRef {
	var all []AccountRef
	for i := range n {
		all = append(all, AccountRef{CustomerID: fmt.Sprintf("cst_%d", i), CustomerAccountID: fmt.Sprintf("banh_%d", i)})
	}
	return all
}

func TestGetAllKeepsTheOrder(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	for i := range 500 {
		server.Put(soakAccount(i))
	}
	results := client.GetAll(t.Context(), refs(501), ReadOptions{})
	for i, result := range results[:500] {
		if want := fmt.Sprintf("user%d@bank", i); result.Err != nil || result.Account.VPA != want {
			t.Errorf("result %d is %+v", i, result)
		}
	}
	checkReason(t, results[500].Err, ReasonNotFound)
	if n := len(server.Requests()); n != 501 {
		t.Errorf("%d requests", n)
	}
}

func TestGetAllReadsTheSameAccountOnce(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	server.Put(soakAccount(0))
	same := refs(1)[0]
	other := same
	other.RoutingID = "another"
	results := client.GetAll(t.Context(), []AccountRef{same, other, same, same}, ReadOptions{})
	for _, result := range results {
		if result.Err != nil || result.Account.VPA != "user0@bank" {
			t.Errorf("got %+v", result)
		}
	}
	if n := len(server.Requests()); len(results) != 4 || n != 2 {
		t.Errorf("%d results of %d requests", len(results), n)
	}
}

func TestGetAllOfNothing(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	if results := client.GetAll(t.Context(), nil, ReadOptions{}); len(results) != 0 || len(server.Requests()) != 0 {
		t.Errorf("%d results of %d requests", len(results), len(server.Requests()))
	}
}

func TestCancelingEndsGetAllAtOnce(t *testing.T) {
	t.Parallel()
	server, client := start(t, func(c *Config) { c.MaxConcurrentRequests = 4 })
	server.Fail(juspaytest.Fault{Delay: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		untilRequests(t, server, 4)
		cancel()
	}()
	for _, result := range client.GetAll(ctx, refs(1000), ReadOptions{}) {
		checkReason(t, result.Err, ReasonCanceled)
	}
	if n := len(server.Requests()); n != 4 {
		t.Errorf("%d requests were sent", n)
	}
}

// Reads take turns, so that few accounts do not wait for all of many.
func TestManyReadsDoNotHoldUpFew(t *testing.T) {
	t.Parallel()
	const many, few = 400, 10
	server, client := start(t, func(c *Config) { c.MaxConcurrentRequests = 4 })
	server.Delay(5 * time.Millisecond)
	var group sync.WaitGroup
	group.Go(func() { client.GetAll(t.Context(), refs(many), ReadOptions{}) })
	untilRequests(t, server, 40)
	group.Go(func() {
		var own []AccountRef
		for i := range few {
			own = append(own, AccountRef{CustomerID: "cst_few", CustomerAccountID: fmt.Sprintf("banh_few_%d", i)})
		}
		client.GetAll(t.Context(), own, ReadOptions{})
	})
	group.Wait()
	requests := server.Requests()
	last := 0
	for i, request := range requests {
		if strings.HasPrefix(request.Target, "/customers/cst_few/") {
			last = i
		}
	}
	if len(requests) != many+few || last > many/2 {
		t.Errorf("the last of few was request %d of %d", last, len(requests))
	}
}

// A refusal makes every read wait, so that each read is refused seldom, and none
// so often that it fails.
func TestThrottlingFailsNoRead(t *testing.T) {
	t.Parallel()
	const accounts, perSecond = 250, 50 // few enough that a slow machine is throttled too
	server, client := start(t, func(c *Config) { c.MaxRetries = 1 })
	for i := range accounts {
		server.Put(soakAccount(i))
	}
	server.Throttle(perSecond)
	for i, result := range client.GetAll(t.Context(), refs(accounts), ReadOptions{}) {
		if result.Err != nil {
			t.Fatalf("result %d is %v", i, result.Err)
		}
	}
	throttled := server.Throttled()
	if n := len(server.Requests()); throttled == 0 || n != accounts+throttled {
		t.Errorf("%d requests, of which %d were refused", n, throttled)
	}
	if n := server.Connections(); n > DefaultMaxConcurrentRequests {
		t.Errorf("%d connections", n)
	}
}

// Where fewer are allowed than are read at once, most are refused again and again.
func TestReadsThatOthersCrowdOutDoNotFail(t *testing.T) {
	t.Parallel()
	const accounts, perSecond = 40, 5
	server, client := start(t, func(c *Config) { c.MaxRetries = 1 })
	for i := range accounts {
		server.Put(soakAccount(i))
	}
	server.Throttle(perSecond)
	for i, result := range client.GetAll(t.Context(), refs(accounts), ReadOptions{}) {
		if result.Err != nil {
			t.Errorf("result %d is %v", i, result.Err)
		}
	}
	// Where nobody gets through, reads fail as if they were alone.
	server.Fail(juspaytest.Fault{Status: 429})
	server.TakeRequests()
	for _, result := range client.GetAll(t.Context(), refs(3), ReadOptions{}) {
		if got := checkReason(t, result.Err, ReasonThrottled); got.Attempts != 2 {
			t.Errorf("%d attempts", got.Attempts)
		}
	}
}

func TestListReadsAllAccountsOfACustomer(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	for _, id := range []string{"banh_b", "banh_a", "banh_c"} {
		server.Put(juspaytest.NewAccount("cst_a/b", id))
	}
	server.Put(juspaytest.NewAccount("cst_other", "banh_other"))
	for _, routingID := range []string{"", "another"} {
		accounts, err := client.List(t.Context(), "cst_a/b", routingID, ReadOptions{})
		if got := slices.Sorted(maps.Keys(accounts)); err != nil || !slices.Equal(got, []string{"banh_a", "banh_b", "banh_c"}) || accounts["banh_b"].Account != referenceAccount {
			t.Errorf("got %v, %v", got, err)
		}
		requests := server.TakeRequests()
		want := routingID
		if want == "" {
			want = "cst_a/b"
		}
		if len(requests) != 1 || requests[0].Method != "GET" || requests[0].Target != "/customers/cst_a%2Fb/customer-accounts/list" || requests[0].Header.Get("X-Routing-Id") != want {
			t.Errorf("the requests are %+v", requests)
		}
	}
	if accounts, err := client.List(t.Context(), "cst_none", "", ReadOptions{}); err != nil || accounts == nil || len(accounts) != 0 {
		t.Errorf("a customer without accounts has %v, %v", accounts, err)
	}
}

func TestListRefusesWhatCannotBeSent(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	for want, arguments := range map[string][2]string{"customer_id must not be empty": {"", "x"}, "routing_id must not": {"cst_a", "a\nb"}} {
		if _, err := client.List(t.Context(), arguments[0], arguments[1], ReadOptions{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestAnswersThatAreNoWholeList(t *testing.T) {
	t.Parallel()
	const a, b = `{"object":"customer_account","customer_account_id":"banh_a"}`, `{"object":"customer_account","customer_account_id":"banh_b"}`
	for name, test := range map[string]struct {
		body   string
		reason Reason
		want   string
	}{
		"more in total":            {`{"list":[` + a + `],"total":2}`, ReasonIncomplete, "its total is 2, and it holds 1"},
		"more in total, as text":   {`{"list":[],"total":"1"}`, ReasonIncomplete, "its total is 1, and it holds 0"},
		"a larger count":           {`{"list":[` + a + `],"count":2}`, ReasonIncomplete, "its count is 2"},
		"an offset":                {`{"list":[` + a + `],"offset":1}`, ReasonIncomplete, "its offset is 1"},
		"a total that is none":     {`{"list":[],"total":"many"}`, ReasonNotAccount, "total is not a decimal number"},
		"no list":                  {`{"total":0}`, ReasonNotAccount, "the answer has no array list"},
		"null":                     {`{"list":null}`, ReasonNotAccount, "the answer has no array list"},
		"an object":                {`{"list":{}}`, ReasonNotAccount, "the answer has no array list"},
		"one account":              {a, ReasonNotAccount, "the answer has no array list"},
		"an array":                 {`[]`, ReasonNotAccount, "not an object"},
		"a page":                   {`<html>`, ReasonNotJSON, "not JSON"},
		"the same account twice":   {`{"list":[` + a + `,` + b + `,` + a + `]}`, ReasonNotAccount, `element 2 of list: the account "banh_a" is there twice`},
		"an account without an id": {`{"list":[` + a + `,{"object":"customer_account"}]}`, ReasonNotAccount, "element 1 of list: it has no customer_account_id that could be one"},
		"an id that can be none":   {`{"list":[{"object":"customer_account","customer_account_id":".."}]}`, ReasonNotAccount, "element 0 of list: it has no customer_account_id that could be one"},
		"something else":           {`{"list":[{"object":"bank_account","customer_account_id":"banh_a"}]}`, ReasonNotAccount, "element 0 of list: the answer's object is"},
		"a number":                 {`{"list":[1]}`, ReasonNotAccount, "element 0 of list: the answer is JSON, but not an object"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := start(t)
			server.Fail(juspaytest.Fault{Body: test.body})
			accounts, err := client.List(t.Context(), "cst_a", "", ReadOptions{})
			got := checkReason(t, err, test.reason)
			if accounts != nil || !strings.Contains(got.Err.Error(), test.want) {
				t.Errorf("got %v, %v; want %q", accounts, got.Err, test.want)
			}
		})
	}
}

func decodeList(body string) (map[string]CustomerAccount, error) {
	fields, err := decodeObject([]byte(body))
	if err != nil {
		return nil, err
	}
	return decodeAccounts(fields, ReadOptions{}, nil)
}

func TestNumbersBesideAListMayBeMissing(t *testing.T) {
	t.Parallel()
	for _, beside := range []string{``, `,"total":null`, `,"total":1,"count":1,"offset":0`, `,"total":"1"`, `,"total":0`} {
		body := `{"list":[{"object":"customer_account","customer_account_id":"banh_a"}]` + beside + `}`
		if accounts, err := decodeList(body); err != nil || len(accounts) != 1 {
			t.Errorf("%s: %v, %v", body, accounts, err)
		}
	}
}

func TestAnErrorOfAListIsAnAPIError(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	server.Fail(juspaytest.Fault{Status: 401, Body: juspayError("UNAUTHORIZED")})
	_, err := client.List(t.Context(), "cst_a", "", ReadOptions{})
	checkReason(t, err, ReasonUnauthorized)
	if errors.Is(err, errIncomplete) {
		t.Error("it is incomplete")
	}
}

func FuzzDecodeAccounts(f *testing.F) {
	f.Add([]byte(`{"list":[` + referenceAnswer + `],"total":1}`))
	f.Add([]byte(`{"list":[{"object":"customer_account","customer_account_id":"banh_a"}],"count":"2"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		accounts, err := decodeList(string(body))
		if (err == nil) != (accounts != nil) {
			t.Errorf("got %v, %v", accounts, err)
		}
		for id := range accounts {
			if ValidateCustomerAccountID(id) != nil {
				t.Errorf("%q is the id of an account", id)
			}
		}
	})
}
