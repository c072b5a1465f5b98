// SPDX-License-Identifier: MPL-2.0

package juspaytest_test

import (
	"context"
	"fmt"
	"net/http"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// A test puts accounts and faults, which take turns, points a client at the server, and
// looks at what was requested.
func Example() {
	server := juspaytest.NewServer()
	defer server.Close()
	server.Put(juspaytest.NewAccount("cst_acme", "banh_acme").With("validation_status", "FAILURE"))
	server.Fail(juspaytest.Fault{Times: 1, Status: http.StatusServiceUnavailable})

	client, err := juspay.New(juspay.Config{APIKey: juspaytest.APIKey, BaseURL: server.URL, MaxRetries: 1})
	if err != nil {
		panic(err)
	}
	account, err := client.Get(context.Background(), juspay.AccountRef{CustomerID: "cst_acme", CustomerAccountID: "banh_acme"}, juspay.ReadOptions{})
	fmt.Println(account.ValidationStatus, err)
	for _, request := range server.Requests() {
		fmt.Println(request.Method, request.Target)
	}
	// Output:
	// FAILURE <nil>
	// GET /customers/cst_acme/customer-accounts/banh_acme
	// GET /customers/cst_acme/customer-accounts/banh_acme
}
