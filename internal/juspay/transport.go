// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// maxBody is far above any account's size; what is longer is no account.
const maxBody = 1 << 20

// newTransport keeps as many connections open as there are reads at once, where
// net/http's default of 2 would open and close one for most of them.
func newTransport(timeout time.Duration, connections int) *http.Transport {
	return &http.Transport{
		Proxy:                  proxyFor,
		OnProxyConnectResponse: checkProxy,
		DialContext:            (&net.Dialer{Timeout: timeout}).DialContext,
		TLSHandshakeTimeout:    timeout,
		ForceAttemptHTTP2:      true,
		// An HTTP/2 connection that has died is found before the attempts on it
		// time out, so that they are repeated on another.
		HTTP2:                  &http.HTTP2Config{SendPingTimeout: timeout / 4, PingTimeout: timeout / 4},
		MaxConnsPerHost:        connections,
		MaxIdleConnsPerHost:    connections,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: maxBody,
	}
}

// proxyFor is http.ProxyFromEnvironment for https alone: http is for servers on
// this machine, and a proxy elsewhere would see the key.
func proxyFor(req *http.Request) (*url.URL, error) {
	if req.URL.Scheme != "https" {
		return nil, nil
	}
	return http.ProxyFromEnvironment(req)
}

// proxyError is a proxy's refusal to connect.
type proxyError struct{ status int }

func (e *proxyError) Error() string { return fmt.Sprintf("the proxy answered %d", e.status) }

func checkProxy(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode != http.StatusOK {
		return &proxyError{resp.StatusCode}
	}
	return nil
}

// attempts makes one attempt at a time: it awaits its turn, bounds the attempt,
// reads the whole answer within the bound, so that a body that breaks off can be
// repeated like any other failure, and reports how it ended.
type attempts struct {
	next    http.RoundTripper
	pace    *pace
	timeout time.Duration
	report  func(context.Context, Attempt)
}

var (
	errTimeout  = errors.New("no complete answer came within the time for one attempt")
	errTooLarge = fmt.Errorf("the answer is longer than %d bytes", maxBody)
)

// redirectError is an answer that points elsewhere. It ends the attempt before
// net/http can look at where, so that nothing is ever sent there.
type redirectError struct{ host string }

func (e *redirectError) Error() string { return "the answer is a redirect" }

// RoundTrip implements http.RoundTripper.
func (a *attempts) RoundTrip(req *http.Request) (*http.Response, error) {
	t, ok := req.Context().Value(traceKey{}).(*trace)
	if !ok {
		t = &trace{}
	}
	for {
		resp, err := a.try(req, t)
		if err != nil || !a.pace.isCrowdedOut(t, t.last) {
			return resp, err
		}
	}
}

func (a *attempts) try(req *http.Request, t *trace) (*http.Response, error) {
	refused, err := a.pace.await(req.Context())
	if err != nil {
		return nil, err
	}
	if refused != nil {
		t.last = *refused
		return &http.Response{StatusCode: refused.statusCode, Header: refused.header, Body: http.NoBody, Request: req}, nil
	}
	t.attempts++
	a.pace.mark(t)
	start := time.Now()
	got, resp, err := a.send(req)
	a.pace.obey(got, t.attempts)
	if got.statusCode != 0 {
		t.last = got
	}
	a.report(req.Context(), Attempt{
		Number:     t.attempts,
		Method:     req.Method,
		Path:       req.URL.EscapedPath(),
		StatusCode: got.statusCode,
		RequestID:  got.header.Get("X-Request-Id"),
		Duration:   time.Since(start),
		Err:        err,
	})
	return resp, err
}

// send makes the attempt. The answer is as much as came, even beside an error.
func (a *attempts) send(req *http.Request) (answer, *http.Response, error) {
	ctx, cancel := context.WithTimeoutCause(req.Context(), a.timeout, errTimeout)
	defer cancel()
	resp, err := a.next.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return answer{}, nil, orTimeout(ctx, err)
	}
	// After 101 nothing but this closes the connection.
	defer func(body io.Closer) { _ = body.Close() }(resp.Body)
	got := answer{statusCode: resp.StatusCode, header: resp.Header}
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		return got, nil, newRedirectError(resp)
	}
	// After 101 the body is the connection itself, which no context ends.
	if resp.StatusCode != http.StatusSwitchingProtocols {
		got.body, err = io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	}
	if len(got.body) > maxBody {
		got.body, err = nil, errTooLarge
	}
	// The status of a failed request outweighs what became of its body.
	if err != nil && resp.StatusCode == http.StatusOK {
		return got, nil, orTimeout(ctx, err)
	}
	resp.Body = http.NoBody
	return got, resp, nil
}

func orTimeout(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), errTimeout) {
		return errTimeout
	}
	return err
}

func newRedirectError(resp *http.Response) error {
	location, err := resp.Location()
	if err != nil {
		return &redirectError{}
	}
	return &redirectError{host: location.Host}
}
