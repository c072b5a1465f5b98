// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// Messages of Windows are sentences. Other sentences quote them.
func TestAPIError_OmitsFullStopOfSystemMessage(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]string{
		"No connection could be made.": "No connection could be made",
		"connection reset by peer":     "connection reset by peer",
	} {
		t.Run(message, func(t *testing.T) {
			t.Parallel()
			script := respondInTurn(func(*http.Request) (*http.Response, error) { return nil, errors.New(message) })
			client := newClient(t, Sandbox.BaseURL, func(c *Config) { c.Transport = script })
			check.ErrorText(t, "the cause", getError(t, client, ReasonConnection, 3).Err, want)
		})
	}
}

// Where the last attempt got no response, the status of an earlier one stays, and the id
// that was sent helps.
func TestAPIError_LastResponse(t *testing.T) {
	t.Parallel()
	type faults []juspaytest.Fault
	const missing, upkeep = "RESOURCE_NOT_FOUND", "MAINTENANCE"
	drop := juspaytest.Fault{Times: 1, Drop: true}
	status := func(status int, code string) juspaytest.Fault {
		return juspaytest.Fault{Times: 1, Status: status, Body: juspayError(code)}
	}
	for name, test := range map[string]struct {
		faults     faults
		want       Reason
		wantStatus int
		wantCode   string
		wantSentID bool
	}{
		"no response to any attempt":            {faults{drop, drop}, ReasonConnection, 0, "", true},
		"a response to the first attempt alone": {faults{status(503, upkeep), drop}, ReasonConnection, 503, upkeep, true},
		"a response to the last attempt":        {faults{drop, status(404, missing)}, ReasonNotFound, 404, missing, false},
		"a response that breaks off":            {faults{{Body: `{"object":`, Truncate: true}}, ReasonConnection, 200, "", false},
		"a drop, a 500 and a 502":               {faults{drop, status(500, "INTERNAL_SERVER_ERROR"), status(502, upkeep)}, ReasonServerError, 502, upkeep, false},
		"a 502 and a timeout":                   {faults{status(502, upkeep), {Delay: time.Hour}}, ReasonTimeout, 502, upkeep, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := startServer(t, func(c *Config) { c.MaxRetries, c.RequestTimeout = len(test.faults)-1, 2*time.Second })
			server.Fail(test.faults...)
			got := getError(t, client, test.want, len(test.faults))
			wantID, wantSentID := requestID, ""
			if test.wantStatus == 0 {
				wantID = ""
			}
			if requests := server.Requests(); test.wantSentID {
				wantSentID = requests[len(requests)-1].Header.Get("X-Request-Id")
			}
			check.Equal(t, "the status of the error", got.StatusCode, test.wantStatus)
			check.Equal(t, "the code of the error", got.Code, test.wantCode)
			check.Equal(t, "the request id of the response", got.RequestID, wantID)
			if got.SentRequestID != wantSentID || test.wantSentID && wantSentID == "" {
				t.Errorf("got the sent id %q, want %q", got.SentRequestID, wantSentID)
			}
		})
	}
}

// TestAPIError_SentRequestID expects the id of a request that may have reached the server, and
// of no other.
func TestAPIError_SentRequestID(t *testing.T) {
	t.Parallel()
	// dropAfter lets handled connections through, and hangs up at each later one.
	dropAfter := func(handled int64) func(*httptest.Server) {
		return func(server *httptest.Server) {
			server.Listener = &droppingListener{Listener: server.Listener, handled: handled}
		}
	}
	dropped := func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Errorf("taking the connection: got the error %v, want none", err)
			return
		}
		_ = conn.Close()
	}
	silent := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	for name, row := range map[string]struct {
		handler http.HandlerFunc
		tls     string // "" for none, or whether its certificate is trusted or untrusted
		changes []func(*httptest.Server)
		want    Reason
		sent    []bool // whether each attempt was sent
		wantID  int    // the number of the attempt whose id the error has, 0 for none
	}{
		"both requests are dropped":      {dropped, "", nil, ReasonConnection, []bool{true, true}, 2},
		"no response comes to a request": {silent, "", nil, ReasonTimeout, []bool{true, true}, 2},
		"the server hangs up before TLS": {dropped, "trusted", []func(*httptest.Server){dropAfter(0)}, ReasonConnection,
			[]bool{false, false}, 0},
		"a request is dropped, and no TLS for the second": {dropped, "trusted", []func(*httptest.Server){dropAfter(1)}, ReasonConnection,
			[]bool{true, false}, 1},
		"the certificate is not trusted":                   {dropped, "untrusted", nil, ReasonUntrusted, []bool{false}, 0},
		"a response comes to the first request, then none": {respondOnce(dropped), "", nil, ReasonConnection, []bool{true, true}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			authority := juspaytest.NewAuthority(t)
			config := map[string]*tls.Config{
				"trusted":   {Certificates: []tls.Certificate{*issuePair(t, authority)}},
				"untrusted": {}, // httptest adds its own certificate
			}[row.tls]
			server, _ := serve(t, config, row.handler, row.changes...)
			var ids []string
			var sent []bool
			client := newClient(t, server, func(c *Config) {
				c.RootCAs, c.MaxRetries = certPool(authority), 1
				if row.want == ReasonTimeout {
					c.RequestTimeout = 2 * time.Second
				}
				c.OnAttempt = func(_ context.Context, a Attempt) {
					ids, sent = append(ids, a.SentRequestID), append(sent, a.SentRequestID != "")
				}
			})
			got := getError(t, client, row.want, len(row.sent))
			check.Equal(t, "the attempts that were sent", sent, row.sent)
			want := ""
			if row.wantID != 0 {
				want = ids[row.wantID-1]
			}
			check.Equal(t, fmt.Sprintf("the sent id of the error, which is that of attempt %d", row.wantID), got.SentRequestID, want)
		})
	}
}

// respondOnce responds to the first request with 503, and to the others with a handler.
func respondOnce(then http.HandlerFunc) http.HandlerFunc {
	var requests atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		if requests.Add(1) == 1 {
			w.Header().Set("Connection", "close")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		then(w, r)
	}
}

// droppingListener closes each connection after the first ones.
type droppingListener struct {
	net.Listener

	handled  int64
	accepted atomic.Int64
}

func (l *droppingListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err == nil && l.accepted.Add(1) > l.handled {
		_ = conn.Close()
	}
	return conn, err
}

// The last response may be the one to an earlier attempt.
func TestAPIError_IsEarlierResponse(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		steps []step
		want  bool
	}{
		"an error of the server":           {[]step{failWith(503, "")}, false},
		"a reset after an error":           {[]step{failWith(503, ""), resetConnection}, true},
		"a timeout after an error":         {[]step{failWith(503, ""), hang}, true},
		"a redirect":                       {[]step{failWith(503, ""), failWith(302, "")}, false},
		"an error of the server afterward": {[]step{resetConnection, failWith(503, "")}, false},
		"a reset and no response":          {[]step{resetConnection}, false},
	} {
		check.InBubble(t, name, func(t *testing.T) {
			client := scriptedClient(t, respondInTurn(test.steps...), func(c *Config) { c.MaxRetries = len(test.steps) - 1 })
			_, err := client.Get(t.Context(), accountA, ReadOptions{})
			var apiErr *APIError
			if !errors.As(err, &apiErr) {
				t.Fatalf("the read: got the error %v, want an *APIError", err)
			}
			check.Equal(t, "whether the response is of an earlier attempt", apiErr.IsEarlierResponse, test.want)
		})
	}
}
