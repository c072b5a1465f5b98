// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// maxBody is the maximum size of a response's body in bytes. A list of some thousand accounts is larger.
const maxBody = 1 << 20

var (
	errTimeout    = errors.New("no complete response came within the timeout of one attempt")
	errDNSTimeout = fmt.Errorf("DNS did not respond: %w", errTimeout)
	errTooLarge   = errors.New("the response is larger than 1 MiB")
	// errResend ends an attempt that net/http would resend by itself. net/http resends
	// requests that it considers safe, and has no limit for fresh connections.
	errResend = errors.New("the connection was closed before a response came")
)

// redirectError reports a redirect, and the host that it points to. It ends the attempt,
// so that nothing is sent to that host.
type redirectError struct{ host string }

func (e *redirectError) Error() string { return "the response is a redirect" }

// newRedirectError returns the error of a redirect, without a host if its Location is not a URL.
func newRedirectError(resp *http.Response) error {
	location, err := resp.Location()
	if err != nil {
		return &redirectError{}
	}
	return &redirectError{host: location.Hostname()}
}

// attemptTransport sends single attempts. It bounds each in time and size, and
// reads the whole response within these bounds, so that an attempt whose body breaks off
// is retried like any other that fails.
type attemptTransport struct {
	next    http.RoundTripper
	timeout time.Duration
}

// send makes an attempt of one request. It returns as much of a response as arrived, even with an
// error, and whether the server may have received the request. resends counts the resends of the read.
func (t *attemptTransport) send(req *http.Request, resends *atomic.Int32) (got response, isSent bool, err error) {
	var wroteHeader atomic.Bool
	got, err = t.roundTrip(req.WithContext(traceHeader(req.Context(), &wroteHeader)), resends)
	return got, wroteHeader.Load() || got.statusCode != 0, err
}

// roundTrip sends a request within the timeout, and returns as much of a response as arrived.
func (t *attemptTransport) roundTrip(req *http.Request, resends *atomic.Int32) (response, error) {
	ctx, cancel := context.WithTimeoutCause(req.Context(), t.timeout, errTimeout)
	defer cancel()
	ctx, cancelCause := context.WithCancelCause(ctx)
	defer cancelCause(nil)
	var resolving atomic.Bool
	resp, err := t.next.RoundTrip(req.WithContext(traceDNS(limitResends(ctx, cancelCause, resends), &resolving)))
	if err != nil {
		err = attemptCause(ctx, err)
		if errors.Is(err, errTimeout) && resolving.Load() {
			err = errDNSTimeout
		}
		isNetworkError := ctx.Err() == nil || errors.Is(err, errResend) // and not the timeout or a cancellation
		if idle, ok := t.next.(interface{ CloseIdleConnections() }); ok && isNetworkError {
			idle.CloseIdleConnections() // the server may have closed them too, and a retry would take one
		}
		return response{}, err
	}
	defer func() { _ = resp.Body.Close() }() // after 101, nothing else ends the connection
	got := response{statusCode: resp.StatusCode, header: resp.Header}
	if resp.StatusCode >= 300 && resp.StatusCode < 400 && resp.StatusCode != http.StatusNotModified { // a 304 leads nowhere
		return got, newRedirectError(resp)
	}
	// After 101 the body is the connection itself, which no context ends.
	if resp.StatusCode != http.StatusSwitchingProtocols {
		got.body, err = io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	}
	if len(got.body) > maxBody {
		got.body, err = nil, errTooLarge
	}
	// A broken body matters under 200, and under a 4xx that says nothing without it, unless that is too large.
	if err != nil && (resp.StatusCode == http.StatusOK || needsBody(resp.StatusCode) && !errors.Is(err, errTooLarge)) {
		return got, attemptCause(ctx, err)
	}
	return got, nil // the status of a failed request matters more than an error of its body
}

// needsBody reports whether the status of a failed request says nothing without the body: Juspay sends
// it with an envelope, and other servers send it too.
func needsBody(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return false
	}
	return status >= 400 && status < 500
}

// attemptCause returns errTimeout or errResend if it ended ctx, and err otherwise.
func attemptCause(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); errors.Is(cause, errTimeout) || errors.Is(cause, errResend) {
		return cause
	}
	return err
}

// traceHeader sets wroteHeader once the header of a request is written to a connection.
func traceHeader(ctx context.Context, wroteHeader *atomic.Bool) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { wroteHeader.Store(true) }})
}

// traceDNS sets resolving while a DNS lookup runs or after it failed, because
// net/http's error does not show whether ctx ended during the lookup.
func traceDNS(ctx context.Context, resolving *atomic.Bool) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		DNSStart: func(httptrace.DNSStartInfo) { resolving.Store(true) },
		DNSDone:  func(info httptrace.DNSDoneInfo) { resolving.Store(info.Err != nil) },
	})
}

// MaxResends is the maximum number of requests of a read that net/http sends again over HTTP/2, since
// the server declared them unprocessed: above the last stream of a GOAWAY, or refused (RFC 9113,
// sections 6.8 and 8.7). net/http waits for a second and longer between them, and resends after a
// PROTOCOL_ERROR too. A server that closes each connection after one stream needs up to a dozen.
const MaxResends = 24

// limitResends ends ctx, and with it the attempt, when net/http takes a second connection
// for a request that the server may have processed. A resend is then an attempt like any other,
// so that it is counted, limited and logged. Over HTTP/1, each second connection counts, because
// net/http does not say whether the request was sent on the first. Over HTTP/2, up to MaxResends
// further connections of a read pass: there net/http resends what the server declared unprocessed.
func limitResends(ctx context.Context, cancelCause context.CancelCauseFunc, resends *atomic.Int32) context.Context {
	var connections atomic.Int32
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		if connections.Add(1) == 1 {
			return
		}
		secure, _ := info.Conn.(*tls.Conn)
		isHTTP2 := secure != nil && secure.ConnectionState().NegotiatedProtocol == "h2"
		if isHTTP2 && resends.Add(1) <= MaxResends {
			return
		}
		cancelCause(errResend)
		if mayHaveOtherRequests := isHTTP2 && info.Reused; mayHaveOtherRequests {
			return
		}
		_ = info.Conn.Close() // the request may be on its way to it
	}})
}
