// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// start returns a running server and a client for it that waits hardly at all
// between attempts. The functions change the client's configuration.
func start(t *testing.T, changes ...func(*Config)) (*juspaytest.Server, *Client) {
	t.Helper()
	server := juspaytest.NewServer()
	t.Cleanup(server.Close)
	return server, newClient(t, server.URL, changes...)
}

func newClient(t *testing.T, baseURL string, changes ...func(*Config)) *Client {
	t.Helper()
	config := Config{APIKey: juspaytest.APIKey, BaseURL: baseURL, UserAgent: "client-test", MaxRetries: 2}
	for _, change := range changes {
		change(&config)
	}
	client, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	client.retry.minBackoff, client.retry.maxBackoff = time.Millisecond, time.Millisecond
	return client
}

func TestNew_Refuses(t *testing.T) {
	t.Parallel()
	const control = " must not contain control characters or invisible formatting characters, such as a line break; it is sent as an HTTP header"
	for name, test := range map[string]struct {
		change func(*Config)
		want   string
	}{
		"no API key":                        {func(c *Config) { c.APIKey = "" }, "APIKey is empty"},
		"a base URL of another machine":     {func(c *Config) { c.BaseURL = "http://example.com" }, "BaseURL must begin with https://, because the API key is sent to it; http:// is for servers on this machine only (localhost, 127.0.0.0/8, ::1)"},
		"a merchant id with a line break":   {func(c *Config) { c.MerchantID = "a\nb" }, "MerchantID" + control},
		"a user agent with a line break":    {func(c *Config) { c.UserAgent = "a\nb" }, "UserAgent" + control},
		"a proxy that is no URL":            {func(c *Config) { c.HTTPSProxy = "ftp://proxy" }, "HTTPSProxy must begin with http://, https://, socks5:// or socks5h://"},
		"a reserved header":                 {func(c *Config) { c.RequestHeaders = map[string]string{"Host": "name"} }, "the header Host cannot be set: it is the host of the base URL"},
		"a key with a colon, and no server": {func(c *Config) { c.APIKey, c.BaseURL = "fake:key", "" }, "APIKey contains a colon, which the user name of HTTP Basic cannot hold; an API key is only the part before it\nBaseURL is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := Config{APIKey: "fake", BaseURL: Sandbox.BaseURL}
			test.change(&config)
			_, err := New(config)
			checkMessage(t, err, test.want)
			var configErr *ConfigError
			if !errors.As(err, &configErr) {
				t.Errorf("%T is not a ConfigError", err)
			}
		})
	}
}

func TestClient_Get(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	server.Put(juspaytest.NewAccount("cst_a", "banh_a"))

	got, err := client.Get(t.Context(), AccountRef{CustomerID: "cst_a", CustomerAccountID: "banh_a"}, ReadOptions{})
	if err != nil || got != referenceAccount {
		t.Errorf("got %+v, %v", got, err)
	}
	want := []juspaytest.Request{{
		Method:   "GET",
		Target:   "/customers/cst_a/customer-accounts/banh_a",
		Segments: []string{"customers", "cst_a", "customer-accounts", "banh_a"},
		Header: http.Header{
			"Authorization":   {"Basic " + base64.StdEncoding.EncodeToString([]byte(juspaytest.APIKey+":"))},
			"X-Routing-Id":    {"cst_a"},
			"Content-Type":    {"application/x-www-form-urlencoded"},
			"Accept":          {"application/json"},
			"Accept-Encoding": {"gzip"},
			"User-Agent":      {"client-test"},
			"Cache-Control":   {"no-cache, no-store"},
			"Pragma":          {"no-cache"},
		},
	}}
	requests := server.Requests()
	requests[0].Header.Del("X-Request-Id") // another one each time
	if !reflect.DeepEqual(requests, want) {
		t.Errorf("requests\n %+v, want\n %+v", requests, want)
	}
}

func TestClient_Get_MerchantAndRoutingID(t *testing.T) {
	t.Parallel()
	server, client := start(t, func(c *Config) { c.MerchantID = "shop" })
	server.Put(juspaytest.NewAccount("cst_a", "banh_a"))
	if _, err := client.Get(t.Context(), AccountRef{CustomerID: "cst_a", CustomerAccountID: "banh_a", RoutingID: "order 12"}, ReadOptions{}); err != nil {
		t.Fatal(err)
	}
	header := server.Requests()[0].Header
	if got := [2]string{header.Get("X-Merchantid"), header.Get("X-Routing-Id")}; got != [2]string{"shop", "order 12"} {
		t.Errorf("got %q", got)
	}
}

func TestClient_Get_BaseURLWithPath(t *testing.T) {
	t.Parallel()
	server := juspaytest.NewServer()
	t.Cleanup(server.Close)
	for _, suffix := range []string{"/bank/a%2Fb", "/bank/a%2Fb/"} {
		client := newClient(t, server.URL+suffix)
		_, err := client.Get(t.Context(), AccountRef{CustomerID: "cst_a", CustomerAccountID: "banh_a"}, ReadOptions{})
		checkReason(t, err, ReasonNotJuspay)
	}
	for _, request := range server.Requests() {
		if request.Target != "/bank/a%2Fb/customers/cst_a/customer-accounts/banh_a" {
			t.Errorf("requested %s", request.Target)
		}
	}
}

func TestClient_Get_EscapesIdentifiers(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	for id, escaped := range map[string]string{
		"a?b=c":     "a%3Fb=c",
		"a#b":       "a%23b",
		"100%":      "100%25",
		"%2":        "%252",
		"a b":       "a%20b",
		"a+b":       "a+b",
		"a;b,c":     "a%3Bb%2Cc",
		"someone@x": "someone@x",
		"दुकान":     "%E0%A4%A6%E0%A5%81%E0%A4%95%E0%A4%BE%E0%A4%A8",
	} {
		server.Put(juspaytest.NewAccount(id, id))
		if _, err := client.Get(t.Context(), AccountRef{CustomerID: id, CustomerAccountID: id}, ReadOptions{}); err != nil {
			t.Errorf("%q: %v", id, err)
			continue
		}
		requests := server.Requests()
		if got, want := requests[len(requests)-1].Target, "/customers/"+escaped+"/customer-accounts/"+escaped; got != want {
			t.Errorf("%q was sent as %s, want %s", id, got, want)
		}
	}
}

func TestClient_Get_RefusesBeforeItSends(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	for name, test := range map[string]struct {
		ref  AccountRef
		want string
	}{
		"a path":           {AccountRef{CustomerID: "vendor-7/../cst_victim", CustomerAccountID: "banh_a"}, "customer_id " + ValidateIdentifier("a/b").Error()},
		"a bad customer":   {AccountRef{CustomerID: "..", CustomerAccountID: "banh_a"}, `customer_id must not be "." or "..", which mean a directory in a URL`},
		"a bad account":    {AccountRef{CustomerID: "cst_a", CustomerAccountID: "list"}, `customer_account_id must not be "list", which names Juspay's list of accounts and not an account`},
		"a bad routing id": {AccountRef{CustomerID: "cst_a", CustomerAccountID: "banh_a", RoutingID: "a\r\nb: c"}, "routing_id must not contain control characters or invisible formatting characters, such as a line break; it is sent as an HTTP header"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := client.Get(t.Context(), test.ref, ReadOptions{})
			checkMessage(t, err, test.want)
		})
	}
	t.Cleanup(func() {
		if n := len(server.Requests()); n != 0 {
			t.Errorf("%d requests were sent", n)
		}
	})
}

func TestClient_Get_WithoutRequest(t *testing.T) {
	t.Parallel()
	_, client := start(t)
	client.cfg.BaseURL = "://"
	_, err := client.Get(t.Context(), AccountRef{CustomerID: "cst_a", CustomerAccountID: "banh_a"}, ReadOptions{})
	if got := checkReason(t, err, ReasonConnection); got.Attempts != 0 {
		t.Errorf("%d attempts", got.Attempts)
	}
}

func TestClient_ReportsAttempts(t *testing.T) {
	t.Parallel()
	var reported []Attempt
	server, client := start(t, func(c *Config) {
		c.OnAttempt = func(_ context.Context, a Attempt) { reported = append(reported, a) }
	})
	server.Put(juspaytest.NewAccount("cst a", "banh_a"))
	// The drop comes first: on a connection that was used before, net/http takes
	// it for an idle connection's end and mends it by itself.
	server.Fail(juspaytest.Fault{Times: 1, Drop: true}, juspaytest.Fault{Times: 1, Status: 503})
	if _, err := client.Get(t.Context(), AccountRef{CustomerID: "cst a", CustomerAccountID: "banh_a"}, ReadOptions{}); err != nil {
		t.Fatal(err)
	}
	const path, id = "/customers/cst%20a/customer-accounts/banh_a", "b2e0fd33-7655-4778-83a8-5179ed21b0b7"
	want := []string{
		"1 GET " + path + " 0  EOF",
		"2 GET " + path + " 503 " + id + " <nil>",
		"3 GET " + path + " 200 " + id + " <nil>",
	}
	var got []string
	for _, a := range reported {
		if a.Duration <= 0 {
			t.Errorf("attempt %d took %s", a.Number, a.Duration)
		}
		got = append(got, fmt.Sprintf("%d %s %s %d %s %v", a.Number, a.Method, a.Path, a.StatusCode, a.RequestID, a.Err))
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// The context reaches the socket: a read ends although its response never comes.
func TestClient_Get_Canceled(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	server.Fail(juspaytest.Fault{Delay: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer cancel()
		if err := server.WaitForRequests(ctx, 1); err != nil {
			t.Error(err)
		}
	}()
	_, err := client.Get(ctx, accountA, ReadOptions{})
	if got := checkReason(t, err, ReasonCanceled); got.Attempts != 1 || !errors.Is(err, context.Canceled) {
		t.Errorf("got %+v", got)
	}
}

// FuzzPath holds that an identifier which passes validation reaches the server
// as itself, in a path of exactly four segments.
func FuzzPath(f *testing.F) {
	server := juspaytest.NewServer()
	f.Cleanup(server.Close)
	client, err := New(Config{APIKey: juspaytest.APIKey, BaseURL: server.URL})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"banh_qn2zdmZ4VAEFaBny", "a/b", "..", "../x", "%2f", "a?b#c", "a b", "\u200b", "list", "%", "दुकान", "a\\b", "\xff"} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, customerID, accountID string) {
		_, err := client.Get(t.Context(), AccountRef{CustomerID: customerID, CustomerAccountID: accountID}, ReadOptions{})
		requests := server.DrainRequests()
		if ValidateIdentifier(customerID) != nil || ValidateCustomerAccountID(accountID) != nil {
			if len(requests) != 0 {
				t.Fatalf("sent %q", requests[0].Target)
			}
			return
		}
		checkReason(t, err, ReasonNotFound)
		want := []string{"customers", customerID, "customer-accounts", accountID}
		if len(requests) != 1 || !reflect.DeepEqual(requests[0].Segments, want) {
			t.Fatalf("got %+v, want segments %q", requests, want)
		}
	})
}
