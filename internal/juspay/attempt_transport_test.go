// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// frameServer speaks HTTP/2 frame by frame, as net/http's server resets no stream
// with a code of the test's choice. It resets the streams of one account.
type frameServer struct {
	sick string
	code http2.ErrCode
	// healAfter is the number of resets after which the account is served, if it is not 0.
	healAfter int

	mu    sync.Mutex
	reset int // the number of resets so far
}

// serve responds on one connection until the client closes it.
func (s *frameServer) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	preface := make([]byte, len(http2.ClientPreface))
	if _, err := io.ReadFull(conn, preface); err != nil {
		return
	}
	framer := http2.NewFramer(conn, conn)
	framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	_ = framer.WriteSettings()
	for {
		frame, err := framer.ReadFrame()
		if err != nil {
			return
		}
		switch frame := frame.(type) {
		case *http2.SettingsFrame:
			if !frame.IsAck() {
				_ = framer.WriteSettingsAck()
			}
		case *http2.PingFrame:
			if !frame.IsAck() {
				_ = framer.WritePing(true, frame.Data)
			}
		case *http2.MetaHeadersFrame:
			s.respond(framer, frame)
		}
	}
}

func (s *frameServer) respond(framer *http2.Framer, request *http2.MetaHeadersFrame) {
	stream := request.StreamID
	segments := strings.Split(request.PseudoValue("path"), "/")
	customerID, id := segments[len(segments)-3], segments[len(segments)-1]
	if id == s.sick && s.countReset() {
		_ = framer.WriteRSTStream(stream, s.code)
		return
	}
	var header bytes.Buffer
	encoder := hpack.NewEncoder(&header)
	_ = encoder.WriteField(hpack.HeaderField{Name: ":status", Value: "200"})
	_ = encoder.WriteField(hpack.HeaderField{Name: "content-type", Value: "application/json"})
	_ = framer.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: header.Bytes(), EndHeaders: true})
	_ = framer.WriteData(stream, true, []byte(check.MustJSON(juspaytest.NewAccount(customerID, id))))
}

// countReset counts a reset of the sick account's stream, unless the account has healed.
func (s *frameServer) countReset() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.healAfter > 0 && s.reset == s.healAfter {
		return false
	}
	s.reset++
	return true
}

// start serves until the test ends, and returns the base URL and the authority.
func (s *frameServer) start(t *testing.T) (baseURL string, authority *juspaytest.Authority) {
	t.Helper()
	authority = juspaytest.NewAuthority(t)
	tlsConfig := &tls.Config{Certificates: []tls.Certificate{*issuePair(t, authority)}, NextProtos: []string{"h2"}}
	baseURL, _ = serve(t, tlsConfig, nil, func(server *httptest.Server) {
		server.Config.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){
			"h2": func(_ *http.Server, conn *tls.Conn, _ http.Handler) { s.serve(conn) },
		}
	})
	return baseURL, authority
}

func TestAttemptTransport_SendsOneRequestForAnAttempt_HTTP2(t *testing.T) {
	t.Parallel()
	for _, code := range []http2.ErrCode{http2.ErrCodeInternal, http2.ErrCodeCancel, http2.ErrCodeEnhanceYourCalm} {
		t.Run(code.String(), func(t *testing.T) {
			t.Parallel()
			all := newRefs(100)
			server := &frameServer{sick: all[7].CustomerAccountID, code: code}
			baseURL, authority := server.start(t)
			var mu sync.Mutex
			attempts := 0
			client := newClient(t, baseURL, func(c *Config) {
				c.RootCAs = certPool(authority)
				c.OnAttempt = func(_ context.Context, a Attempt) {
					mu.Lock()
					defer mu.Unlock()
					if strings.HasSuffix(a.Path, "/"+server.sick) {
						attempts++
					}
				}
			})
			for i, result := range client.GetAll(t.Context(), all, ReadOptions{}) {
				if isSick := i == 7; (result.Err != nil) != isSick {
					t.Errorf("account %d: got the error %v, want one only for account 7", i, result.Err)
				}
			}
			check.Equal(t, "the number of attempts for the account whose streams are reset", attempts, 3)
			server.mu.Lock()
			defer server.mu.Unlock()
			check.Equal(t, "the number of requests for it, one for each attempt", server.reset, attempts)
		})
	}
}

// A stream that the server refuses was not processed. net/http sends it again within the attempt.
func TestAttemptTransport_ResendsRefusedStreams(t *testing.T) {
	t.Parallel()
	for name, refused := range map[string]int{
		"a stream that is refused once does not end the attempt":  1,
		"a stream that is refused twice does not end the attempt": 2,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := &frameServer{sick: accountA.CustomerAccountID, code: http2.ErrCodeRefusedStream, healAfter: refused}
			baseURL, authority := server.start(t)
			var attempts atomic.Int32
			client := newClient(t, baseURL, func(c *Config) {
				c.RootCAs, c.MaxRetries = certPool(authority), 0
				c.OnAttempt = func(context.Context, Attempt) { attempts.Add(1) }
			})
			_, err := client.Get(t.Context(), accountA, ReadOptions{})
			server.mu.Lock()
			defer server.mu.Unlock()
			check.NoError(t, "Get", err)
			check.Equal(t, "the number of attempts", int(attempts.Load()), 1)
			check.Equal(t, "the number of refused streams", server.reset, refused)
		})
	}
}

// However many streams a server refuses, a read ends: net/http resends at most MaxResends streams of it.
func TestLimitResends(t *testing.T) {
	t.Parallel()
	var resends atomic.Int32
	for attempt := range 3 {
		ctx, cancel := context.WithCancelCause(t.Context())
		authority := juspaytest.NewAuthority(t)
		baseURL, _ := serve(t, &tls.Config{Certificates: []tls.Certificate{*issuePair(t, authority)}, NextProtos: []string{"h2"}}, nil)
		dialer := &tls.Dialer{Config: &tls.Config{RootCAs: certPool(authority), NextProtos: []string{"h2"}}}
		conn, err := dialer.DialContext(t.Context(), "tcp", strings.TrimPrefix(baseURL, "https://"))
		check.MustNoError(t, "Dialer.DialContext", err)
		gotConn := httptrace.ContextClientTrace(limitResends(ctx, cancel, &resends)).GotConn
		sent := 0
		for ctx.Err() == nil {
			gotConn(httptrace.GotConnInfo{Conn: conn, Reused: true})
			sent++
		}
		// The first connection, all resends and the one that is too many; later attempts have no resend left.
		if want := []int{1 + MaxResends + 1, 2, 2}[attempt]; sent != want || !errors.Is(context.Cause(ctx), errResend) {
			t.Errorf("attempt %d: got %d connections and then %v, want %d and %v", attempt+1, sent, context.Cause(ctx), want, errResend)
		}
		_ = conn.Close()
	}
}

// The server responds to the first request on a connection, and closes it when the
// second has come, as net/http finds safe to resend.
func TestAttemptTransport_SendsOneRequestForAnAttempt(t *testing.T) {
	t.Parallel()
	const concurrent = 8
	var requests atomic.Int32
	var connections sync.Map
	allCame := make(chan struct{})
	baseURL, _ := serve(t, nil, func(w http.ResponseWriter, r *http.Request) {
		n := requests.Add(1)
		if _, isReused := connections.LoadOrStore(r.RemoteAddr, true); isReused {
			panic(http.ErrAbortHandler)
		}
		if n == concurrent {
			close(allCame)
		}
		<-allCame // so that concurrent reads need a connection each
		_, _ = io.WriteString(w, accountBody)
	})
	client := newClient(t, baseURL, func(c *Config) { c.MaxRetries = 0 })
	readConcurrently(t, client, concurrent)
	_ = getError(t, client, ReasonConnection, 1)
	time.Sleep(50 * time.Millisecond) // a request on its way would have come
	if n := requests.Load() - concurrent; n != 1 {
		t.Errorf("one attempt: got %d requests, want 1", n)
	}
}

// Without its body, a response of these statuses may be Juspay's or another server's.
func TestAttemptTransport_ABodyThatBreaksOff(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]struct {
		outcome  string
		attempts int
		first    string // how the first attempt ended
	}{
		200: {"read", 2, "unexpected EOF"},
		400: {"read", 2, "unexpected EOF"},
		401: {string(ReasonUnauthorized), 1, "juspay: unauthorized (HTTP 401)"},
		403: {"read", 2, "unexpected EOF"},
		404: {"read", 2, "unexpected EOF"},
		408: {"read", 2, "juspay: not Juspay (HTTP 408)"},
		425: {"read", 2, "juspay: not Juspay (HTTP 425)"},
		429: {"read", 2, "juspay: throttled (HTTP 429)"},
		500: {"read", 2, "juspay: server error (HTTP 500)"},
	} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			var ends []error
			server, client := startServer(t, func(c *Config) { c.OnAttempt = func(_ context.Context, a Attempt) { ends = append(ends, a.Err) } })
			server.Fail(juspaytest.Fault{Times: 1, Status: status, Body: `{"status":"error","error_info":`, Truncate: true})
			_, err := client.Get(t.Context(), accountA, ReadOptions{})
			check.Equal(t, "the outcome", readOutcome(err), want.outcome)
			check.Equal(t, "the number of requests", len(server.Requests()), want.attempts)
			check.ErrorText(t, "the first attempt", ends[0], want.first)
		})
	}
}

func TestAttemptTransport_Redirects(t *testing.T) {
	t.Parallel()
	other := juspaytest.NewServer()
	t.Cleanup(other.Close)
	for name, test := range map[string]struct{ location, wantHost string }{
		"to another server":               {other.URL + "/customers/cst_a/customer-accounts/banh_a", ""},
		"within the server":               {"/login", ""},
		"to a name":                       {"https://login.example.com/?token=secret", "login.example.com"},
		"with credentials":                {"https://user:secret@login.example.com/", "login.example.com"},
		"to nowhere":                      {"", ""},
		"to a Location that is not a URL": {"https://exa mple.com:x/%zz", ""},
		"to another scheme":               {"ftp://files.example.com/a", "files.example.com"},
		"to an address":                   {"https://192.0.2.7/", ""},
		"with a port":                     {"https://sso-2.Example.com:8443/", "sso-2.example.com"},
		"to a personal number":            {"https://4225246777/", ""},
		"to the key":                      {"https://" + juspaytest.APIKey + "/", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := startServer(t)
			server.Fail(juspaytest.Fault{Status: 302, Header: http.Header{"Location": {test.location}}})
			got := getError(t, client, ReasonRedirect, 1)
			check.ErrorText(t, "Get", got, "juspay: redirect (HTTP 302): the response is a redirect")
			check.Equal(t, "the host of the redirect", got.RedirectHost, test.wantHost)
			check.Equal(t, "the request id of the response", got.RequestID, requestID)
			check.Equal(t, "the number of requests", len(server.Requests()), 1)
		})
	}
	t.Cleanup(func() {
		check.Equal(t, "the number of requests to the server that redirects lead to", len(other.Requests()), 0)
	})
}

func TestAttemptTransport_BodyOfTheMaximumSize(t *testing.T) {
	t.Parallel()
	server, client := startServer(t)
	body := `{"object":"customer_account","customer_account_id":"banh_a","customer_id":"cst_a","currency":"INR"}`
	server.Fail(juspaytest.Fault{Body: body + strings.Repeat(" ", maxBody-len(body))})
	got, err := client.Get(t.Context(), accountA, ReadOptions{})
	check.NoError(t, "Get", err)
	check.Equal(t, "the currency", got.Currency, "INR")
}
