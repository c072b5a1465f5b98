// SPDX-License-Identifier: MPL-2.0

package juspaytest

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

const (
	pathA = "/customers/cst_a/customer-accounts/banh_a"
	pathB = "/customers/cst_a/customer-accounts/banh_b"
)

func startServer(t *testing.T) *Server {
	t.Helper()
	server := NewServer()
	t.Cleanup(server.Close)
	server.Put(NewAccount("cst_a", "banh_a"))
	return server
}

// sendRequest sends a request as the provider does, with changes. The status is 0 if no complete
// response comes.
func sendRequest(t *testing.T, server *Server, method, path string, changes ...func(*http.Request)) (status int, body string) {
	t.Helper()
	req := check.Must(http.NewRequestWithContext(t.Context(), method, server.URL+path, nil))
	req.SetBasicAuth(APIKey, "")
	req.Header.Set("X-Routing-Id", "cst_a")
	for _, change := range changes {
		change(req)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, ""
	}
	defer func() { _ = resp.Body.Close() }()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, ""
	}
	return resp.StatusCode, string(content)
}

func TestServer_ServeHTTP(t *testing.T) {
	t.Parallel()
	server := startServer(t)
	errorInfo := func(code, user, developer string) string { // encoding/json sorts the names
		return `"error_info":{"category":"USER_ERROR","code":"` + code + `","developer_message":"` + developer +
			`","href":"NA","request_id":"b2e0fd33-7655-4778-83a8-5179ed21b0b7","user_message":"` + user + `"}`
	}
	unauthorized := `{"error_code":"access_denied",` +
		errorInfo("UNAUTHORIZED", "Unauthorized.", "Invalid API Key. Please pass a valid and active api key.") + `,"status":"error"}`
	unchanged := func(*http.Request) {}
	without := func(header string) func(*http.Request) { return func(r *http.Request) { r.Header.Del(header) } }
	with := func(key, password string) func(*http.Request) {
		return func(r *http.Request) { r.SetBasicAuth(key, password) }
	}
	for name, test := range map[string]struct {
		method, path string
		change       func(*http.Request)
		status       int
		want         string
	}{
		"an account":                {"GET", pathA, unchanged, 200, check.MustJSON(NewAccount("cst_a", "banh_a"))},
		"no key":                    {"GET", pathA, without("Authorization"), 401, unauthorized},
		"another key":               {"GET", pathA, with("fake-key-of-another", ""), 401, unauthorized},
		"a password beside the key": {"GET", pathA, with(APIKey, "fake-password"), 401, unauthorized},
		"no routing id": {"GET", pathA, without("X-Routing-Id"), 400, `{"error_code":"missing_parameter",` +
			errorInfo("MISSING_MANDATORY_PARAMETER", "Mandatory parameter missing.", "x-routing-id header is missing.") + `,"status":"error"}`},
		"no such account": {"GET", pathA + "x", unchanged, 404, `{"error_code":"object_not_found",` +
			errorInfo("RESOURCE_NOT_FOUND", "Cannot process your request as customer account not found.", "Customer account not found.") +
			`,"error_message":"Cannot find what you are looking for","status":"invalid_request_error"}`},
		"another path":   {"GET", "/orders/1", unchanged, 404, "404 page not found"},
		"another method": {"POST", pathA, unchanged, 405, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, body := sendRequest(t, server, test.method, test.path, test.change)
			check.Equal(t, "the status", status, test.status)
			check.Equal(t, "the body", strings.TrimSpace(body), test.want)
		})
	}
}

func TestServer_Fail(t *testing.T) {
	t.Parallel()
	server := startServer(t)
	server.Put(NewAccount("cst_a", "banh_b"))
	server.Fail(
		Fault{Times: 2, Status: 503, Header: http.Header{"Retry-After": {"1"}}},
		Fault{Times: 1, CustomerAccountID: "banh_b", Status: 500, Body: "broken"},
		Fault{Times: 1, Truncate: true, Body: `{"obj`},
		Fault{Times: 1, Drop: true},
	)
	var got []int
	for _, path := range []string{pathA, pathA, pathB, pathA, pathA, pathA} {
		status, _ := sendRequest(t, server, "GET", path)
		got = append(got, status)
	}
	// net/http retries a GET on a connection that was used before and dropped.
	if want := []int{503, 503, 500, 0, 0, 200}; !slices.Equal(got, want) && !slices.Equal(got, []int{503, 503, 500, 0, 200, 200}) {
		t.Errorf("the statuses: got %v, want %v", got, want)
	}
	server.Fail(Fault{})
	status, body := sendRequest(t, server, "GET", pathA)
	check.Equal(t, "the status of the zero fault", status, 200)
	check.Equal(t, "the body of the zero fault", body, "")
	server.ClearFaults()
	status, body = sendRequest(t, server, "GET", pathA)
	check.Equal(t, "the status without faults", status, 200)
	check.Equal(t, "the body without faults", strings.TrimSpace(body), check.MustJSON(NewAccount("cst_a", "banh_a")))
}

func TestServer_Requests(t *testing.T) {
	t.Parallel()
	server := startServer(t)
	const target = "/customers/a%2Fb/customer-accounts/x?y=z"
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			sendRequest(t, server, "GET", target)
			_ = server.Requests()
			server.AcceptKeys(APIKey)
		})
	}
	group.Wait()
	requests := server.Requests()
	if len(requests) != 20 {
		t.Fatalf("got %d requests, want 20", len(requests))
	}
	check.Equal(t, "the target", requests[7].Target, target)
	check.Equal(t, "the segments", requests[7].Segments, []string{"customers", "a/b", "customer-accounts", "x"})
}

func TestServer_ListensOnLoopback(t *testing.T) {
	t.Parallel()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	check.MustNoError(t, "ListenConfig.Listen", err)
	for name, server := range map[string]*Server{
		"the server": NewServer(), "the server with TLS": NewTLSServer(), "the server on a listener": NewServerOn(listener),
	} {
		t.Cleanup(server.Close)
		check.Equal(t, "whether "+name+" listens on loopback", net.ParseIP(check.Must(url.Parse(server.URL)).Hostname()).IsLoopback(), true)
	}
}

// However a connection ends, it is counted as ended once.
func TestServer_WaitForNoConnections(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]Fault{
		"raw text is sent over a connection":      {Raw: "x\r\n\r\n"},
		"a body is cut off":                       {Body: "x", Truncate: true},
		"a connection is dropped before raw text": {Drop: true, Raw: "x\r\n\r\n"},
		"a client leaves before raw text is sent": {Delay: time.Hour, Raw: "x\r\n\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := startServer(t)
			server.Fail(fault)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				sendRequest(t, server, "GET", pathA, func(r *http.Request) { *r = *r.WithContext(ctx) })
			}()
			check.MustNoError(t, "server.WaitForRequests", server.WaitForRequests(t.Context(), 1))
			if fault.Delay != 0 {
				cancel()
			}
			<-ended
			check.NoError(t, "server.WaitForNoConnections", server.WaitForNoConnections(t.Context()))
			server.http.Close() // it returns after net/http has reported the end of each connection
			server.mu.Lock()
			defer server.mu.Unlock()
			check.Equal(t, "the number of open connections", server.open, 0)
		})
	}
}

// A request that a test waited for has its fault, also if it ends before the server serves it.
func TestServer_Fail_IsOfTheRecordedRequest(t *testing.T) {
	t.Parallel()
	server := startServer(t)
	server.Delay(200 * time.Millisecond)
	server.Fail(Fault{Times: 1, Status: 503})
	first := make(chan int)
	go func() {
		status, _ := sendRequest(t, server, "GET", pathA)
		first <- status
	}()
	check.MustNoError(t, "server.WaitForRequests", server.WaitForRequests(t.Context(), 1))
	server.Delay(0)
	second, _ := sendRequest(t, server, "GET", pathA)
	check.Equal(t, "the status of the second request", second, 200)
	check.Equal(t, "the status of the first request", <-first, 503)
}

// An account that changes is not one of another customer.
func TestServer_MockOfAnotherCustomer(t *testing.T) {
	t.Parallel()
	server := startServer(t)
	server.PutMock(MockAccount{
		Account: NewAccount("cst_b", "banh_b"),
		fault:   func(account Account, _ int) *Fault { return &Fault{Body: account.With("validation_status", "PENDING")} },
	})
	for customer, want := range map[string]int{"cst_b": http.StatusOK, "cst_a": http.StatusNotFound} {
		status, _ := sendRequest(t, server, http.MethodGet, "/customers/"+customer+"/customer-accounts/banh_b")
		check.Equal(t, "the status of banh_b of "+customer, status, want)
	}
}
