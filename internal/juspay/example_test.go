// SPDX-License-Identifier: MPL-2.0

package juspay_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// newClient returns a client for server.
func newClient(server *juspaytest.Server) *juspay.Client {
	client, err := juspay.New(juspay.Config{APIKey: juspaytest.APIKey, BaseURL: server.URL})
	if err != nil {
		panic(err)
	}
	return client
}

func ExampleClient_Get() {
	server := juspaytest.NewServer()
	defer server.Close()
	server.Put(juspaytest.NewAccount("cst_acme", "banh_acme"))

	account, err := newClient(server).Get(context.Background(), juspay.AccountRef{CustomerID: "cst_acme", CustomerAccountID: "banh_acme"}, juspay.ReadOptions{})
	fmt.Println(account.ValidationStatus, account.ValidationAmount, account.Currency, err)
	// Output: ACTIVE 1.0 INR <nil>
}

func ExampleClient_GetAll() {
	server := juspaytest.NewServer()
	defer server.Close()
	server.Put(juspaytest.NewAccount("cst_acme", "banh_acme"))
	server.Put(juspaytest.NewAccount("cst_dairy", "banh_dairy").With("validation_status", "PENDING"))

	for _, result := range newClient(server).GetAll(context.Background(), []juspay.AccountRef{
		{CustomerID: "cst_acme", CustomerAccountID: "banh_acme"},
		{CustomerID: "cst_dairy", CustomerAccountID: "banh_dairy"},
	}, juspay.ReadOptions{OmitVPA: true}) {
		fmt.Println(result.Account.ValidationStatus, result.Err)
	}
	// Output:
	// ACTIVE <nil>
	// PENDING <nil>
}

func ExampleClient_List() {
	server := juspaytest.NewServer()
	defer server.Close()
	server.Put(juspaytest.NewAccount("cst_acme", "banh_one"))
	server.Put(juspaytest.NewAccount("cst_acme", "banh_two"))

	accounts, err := newClient(server).List(context.Background(), "cst_acme", "", juspay.ReadOptions{})
	fmt.Println(len(accounts), accounts["banh_two"].Account.ValidationStatus, err)
	// Output: 2 ACTIVE <nil>
}

// Wait for a validation, for as long as the context lives.
func ExampleReadOptions() {
	server := juspaytest.NewServer()
	defer server.Close()
	account := juspaytest.NewAccount("cst_acme", "banh_acme")
	server.Put(account)
	server.Fail(juspaytest.Fault{Times: 1, Body: account.With("validation_status", "PENDING")})

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	validated, err := newClient(server).Get(ctx, juspay.AccountRef{CustomerID: "cst_acme", CustomerAccountID: "banh_acme"},
		juspay.ReadOptions{WaitForValidation: true})
	fmt.Println(validated.ValidationStatus, err, len(server.Requests()))
	// Output: ACTIVE <nil> 2
}

// Every failed read is an APIError, and says by its Reason what can be done.
func ExampleAPIError() {
	server := juspaytest.NewServer()
	defer server.Close()

	_, err := newClient(server).Get(context.Background(), juspay.AccountRef{CustomerID: "cst_acme", CustomerAccountID: "banh_gone"}, juspay.ReadOptions{})
	var apiErr *juspay.APIError
	if errors.As(err, &apiErr) && apiErr.Reason == juspay.ReasonNotFound {
		fmt.Println(apiErr.StatusCode, apiErr.Code, apiErr.DeveloperMessage)
	}
	// Output: 404 RESOURCE_NOT_FOUND Customer account not found.
}
