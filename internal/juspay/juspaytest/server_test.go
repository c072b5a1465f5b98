// SPDX-License-Identifier: MPL-2.0

package juspaytest

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"testing"
)

// sendRequest sends a request as the provider does, less what without names.
func sendRequest(t *testing.T, server *Server, method, path string, without ...string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth(APIKey, "")
	req.Header.Set("X-Routing-Id", "cst_a")
	for _, name := range without {
		req.Header.Del(name)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	return resp.StatusCode, string(body)
}

const pathA = "/customers/cst_a/customer-accounts/banh_a"

func start(t *testing.T) *Server {
	t.Helper()
	server := NewServer()
	t.Cleanup(server.Close)
	server.Put(NewAccount("cst_a", "banh_a"))
	return server
}

func TestServer_Get(t *testing.T) {
	t.Parallel()
	server := start(t)
	for name, test := range map[string]struct {
		method, path string
		without      string
		status       int
		want         string
	}{
		"an account": {"GET", pathA, "", 200, `{"object":"customer_account","customer_account_id":"banh_a","customer_id":"cst_a","date_created":"2023-06-06T13:29:49Z",
			"account_details":{"vpa":"4225246777@yesg"},"validation_amount":1.0,"currency":"INR","validation_status":"ACTIVE","last_validated":"2023-06-06T13:29:53Z"}`},
		"no key": {"GET", pathA, "Authorization", 401, `{"status":"error","error_code":"access_denied","error_info":{"user_message":"Unauthorized.","request_id":"b2e0fd33-7655-4778-83a8-5179ed21b0b7",
			"href":"NA","developer_message":"Invalid API Key. Please pass a valid and active api key.","code":"UNAUTHORIZED","category":"USER_ERROR"}}`},
		"no routing id": {"GET", pathA, "X-Routing-Id", 400, `{"status":"error","error_code":"missing_parameter","error_info":{"user_message":"Mandatory parameter missing.","request_id":"b2e0fd33-7655-4778-83a8-5179ed21b0b7",
			"href":"NA","developer_message":"x-routing-id header is missing.","code":"MISSING_MANDATORY_PARAMETER","category":"USER_ERROR"}}`},
		"no such account": {"GET", pathA + "x", "", 404, `{"error_message":"Cannot find what you are looking for","status":"invalid_request_error","error_code":"object_not_found","error_info":{"user_message":"Cannot process your request as customer account not found.",
			"request_id":"b2e0fd33-7655-4778-83a8-5179ed21b0b7","href":"NA","developer_message":"Customer account not found.","code":"RESOURCE_NOT_FOUND","category":"USER_ERROR"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, body := sendRequest(t, server, test.method, test.path, test.without)
			var got, want any
			if err := json.Unmarshal([]byte(body), &got); err != nil {
				t.Fatalf("%v in %s", err, body)
			}
			if err := json.Unmarshal([]byte(test.want), &want); err != nil {
				t.Fatal(err)
			}
			if status != test.status || !reflect.DeepEqual(got, want) {
				t.Errorf("got %d\n%s", status, body)
			}
		})
	}
	if status, _ := sendRequest(t, server, "GET", "/orders/1"); status != 404 {
		t.Errorf("another path: %d", status)
	}
	if status, _ := sendRequest(t, server, "POST", pathA); status != 405 {
		t.Errorf("POST: %d", status)
	}
}

func TestServer_Fail(t *testing.T) {
	t.Parallel()
	server := start(t)
	server.Put(NewAccount("cst_a", "banh_b"))
	server.Fail(
		Fault{Times: 2, Status: 503, Header: http.Header{"Retry-After": {"1"}}},
		Fault{Times: 1, CustomerAccountID: "banh_b", Status: 500, Body: "broken"},
		Fault{Times: 1, Truncate: true, Body: `{"obj`},
		Fault{Times: 1, Drop: true},
	)
	var got []int
	for _, path := range []string{pathA, pathA, strings.Replace(pathA, "banh_a", "banh_b", 1), pathA, pathA, pathA} {
		status, _ := sendRequest(t, server, "GET", path)
		got = append(got, status)
	}
	// net/http retries a GET on a connection that was used before and dropped.
	if want := []int{503, 503, 500, 0, 0, 200}; !reflect.DeepEqual(got, want) && !reflect.DeepEqual(got, []int{503, 503, 500, 0, 200, 200}) {
		t.Errorf("got %v, want %v", got, want)
	}
	server.Fail(Fault{})
	if status, body := sendRequest(t, server, "GET", pathA); status != 200 || body != "" {
		t.Errorf("the zero fault returns %d %q", status, body)
	}
	server.ClearFaults()
	if status, body := sendRequest(t, server, "GET", pathA); status != 200 || body == "" {
		t.Errorf("a healed server returns %d %q", status, body)
	}
}

func TestServer_Put(t *testing.T) {
	t.Parallel()
	account := NewAccount("cst_a", "banh_a")
	changed := account.With("currency", "USD").Without("last_validated").WithBankDetails()
	if account["currency"] != "INR" || account["last_validated"] == nil || !reflect.DeepEqual(account["account_details"], map[string]any{"vpa": VPA}) {
		t.Errorf("the original became %v", account)
	}
	if changed["currency"] != "USD" || changed["last_validated"] != nil {
		t.Errorf("the copy is %v", changed)
	}
}

func TestServer_DrainRequests(t *testing.T) {
	t.Parallel()
	server := start(t)
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			sendRequest(t, server, "GET", "/customers/a%2Fb/customer-accounts/x?y=z")
			_ = server.Requests()
			server.AcceptKeys(APIKey)
		})
	}
	group.Wait()
	requests := server.Requests()
	if len(requests) != 20 || requests[7].Target != "/customers/a%2Fb/customer-accounts/x?y=z" || !reflect.DeepEqual(requests[7].Segments, []string{"customers", "a/b", "customer-accounts", "x"}) {
		t.Errorf("got %d requests, such as %+v", len(requests), requests[7])
	}
}

func TestServer_Loopback(t *testing.T) {
	t.Parallel()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	for _, server := range []*Server{NewServer(), NewTLSServer(), NewServerOn(listener)} {
		t.Cleanup(server.Close)
		u, err := url.Parse(server.URL)
		if err != nil || !net.ParseIP(u.Hostname()).IsLoopback() {
			t.Errorf("%s, %v", server.URL, err)
		}
	}
}
