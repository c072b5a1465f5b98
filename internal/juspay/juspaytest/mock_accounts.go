// SPDX-License-Identifier: MPL-2.0

package juspaytest

import (
	"fmt"
	"net/http"
	"time"
)

// MockAccount is a test account of make mock. Its reads show a person one thing that can happen, as
// the test cards of a payment provider do.
type MockAccount struct {
	Account Account
	// Shows describes for a person what its reads return.
	Shows string
	// RoutingID is the only x-routing-id that is accepted. Empty means any.
	RoutingID string

	// fault returns the response to the nth read, or nil for the account.
	fault func(account Account, read int) *Fault
}

// MockAccounts returns the Samples, and an account for each thing that can happen to a read.
func MockAccounts() []MockAccount {
	var all []MockAccount
	for _, account := range Samples() {
		shows := fmt.Sprintf("`%v`", account["validation_status"])
		if _, isUPI := account["account_details"].(map[string]any)["vpa"]; !isUPI {
			shows += ", a bank account: it has no VPA"
		}
		all = append(all, MockAccount{Account: account, Shows: shows})
	}
	currency := newMockAccount("euro_trader", "euro_trader_currency", "`ACTIVE`, with the currency `EUR`", nil)
	currency.Account["currency"] = "EUR"
	old := newMockAccount("founder", "founder_validated_long_ago", "`ACTIVE`, validated 400 days ago", nil)
	old.Account["last_validated"] = time.Now().AddDate(0, 0, -400).UTC().Format(time.RFC3339)
	unknown := newMockAccount("gstin", "gstin_unknown_field", "`ACTIVE`, with the field `gstin_verified`, which the provider does not know", nil)
	unknown.Account["gstin_verified"] = true
	blocked := newMockAccount("house", "house_contradicting", "an error: `ACTIVE`, but `is_blocked` is true", nil)
	blocked.Account["is_blocked"] = true
	routing := newMockAccount("office", "office_routing_id", "`ACTIVE`, only with the routing id `office-7`; `INVALID_INPUT` with another", nil)
	routing.RoutingID = "office-7"
	return append(all,
		newMockAccount("fickle", "fickle_fails_later", "`ACTIVE` in the first read, `FAILURE` in each later one", failsAfter(1)),
		newMockAccount("turner", "turner_fails_at_apply", "`ACTIVE` in two reads, as of a plan with a data source and an ephemeral resource; "+
			"then `FAILURE`, as at apply", failsAfter(2)),
		newMockAccount("grower", "grower_active_later", "`PENDING` in three reads, then `ACTIVE`", func(account Account, read int) *Fault {
			if read > 3 {
				return nil
			}
			return &Fault{Body: account.With("validation_status", "PENDING")}
		}),
		newMockAccount("hasty", "hasty_throttled", "429 with `Retry-After: 1`, always",
			always(Fault{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"1"}}})),
		newMockAccount("idler", "idler_slow", "`ACTIVE` after 3 seconds", func(account Account, _ int) *Fault {
			return &Fault{Delay: 3 * time.Second, Body: account}
		}),
		newMockAccount("jammed", "jammed_hangs", "no response, so that each attempt takes `request_timeout`", always(Fault{Delay: time.Hour})),
		newMockAccount("kiosk", "kiosk_server_error", "502, a gateway's page",
			always(Fault{Status: http.StatusBadGateway, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<h1>Bad Gateway</h1>"})),
		newMockAccount("lagging", "lagging_cached", "an error: `ACTIVE`, but kept by a cache for ten minutes", func(account Account, _ int) *Fault {
			return &Fault{Header: http.Header{"Age": {"600"}}, Body: account}
		}),
		currency, old, unknown, blocked, routing,
	)
}

// newMockAccount returns an ACTIVE account whose reads have the faults that fault returns, unless it is nil.
func newMockAccount(customer, id, shows string, fault func(account Account, read int) *Fault) MockAccount {
	return MockAccount{Account: activeAccount("cst_"+customer, "banh_"+id), Shows: shows, fault: fault}
}

// always returns a fault of each read.
func always(fault Fault) func(account Account, read int) *Fault {
	return func(Account, int) *Fault { return &fault }
}

// failsAfter returns a fault of an account whose validation fails after some reads.
func failsAfter(reads int) func(account Account, read int) *Fault {
	return func(account Account, read int) *Fault {
		if read <= reads {
			return nil
		}
		return &Fault{Body: account.With("validation_status", "FAILURE")}
	}
}

// activeAccount returns an ACTIVE account that was validated yesterday.
func activeAccount(customerID, customerAccountID string) Account {
	return NewAccount(customerID, customerAccountID).With("last_validated", time.Now().AddDate(0, 0, -1).UTC().Format(time.RFC3339))
}

// NumberedAccounts returns n accounts of as many customers. The one in the middle is in
// FAILURE.
func NumberedAccounts(n int) []Account {
	accounts := make([]Account, 0, n)
	for i := range n {
		accounts = append(accounts, activeAccount(fmt.Sprintf("cst_vendor_%05d", i+1), fmt.Sprintf("banh_vendor_%05d", i+1)))
	}
	if n > 0 {
		accounts[n/2]["validation_status"] = "FAILURE"
	}
	return accounts
}

// PutMock stores a MockAccount.
func (s *Server) PutMock(account MockAccount) {
	s.Put(account.Account)
	customerID, _ := account.Account["customer_id"].(string)
	id, _ := account.Account["customer_account_id"].(string)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mocks[accountPath{customerID, id}] = &mockState{MockAccount: account}
}

// mockState is a MockAccount with the number of its reads.
type mockState struct {
	MockAccount
	reads int
}

// mockFault returns the fault of a read of a MockAccount, or nil. A read without the key
// does not count.
func (s *Server) mockFault(r *http.Request, segments []string) *Fault {
	n := len(segments)
	if n < 4 || !s.accepts(r) {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	mock := s.mocks[accountPath{segments[n-3], segments[n-1]}]
	switch {
	case mock == nil:
		return nil
	case mock.RoutingID != "" && r.Header.Get("X-Routing-Id") != mock.RoutingID:
		return &Fault{Status: http.StatusBadRequest, Body: otherRoutingIDBody}
	case mock.fault == nil:
		return nil
	}
	mock.reads++
	return mock.fault(mock.Account, mock.reads)
}
