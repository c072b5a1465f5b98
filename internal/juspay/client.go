// SPDX-License-Identifier: MPL-2.0

// Package juspay reads customer accounts from Juspay's API. It sends no other
// method than GET, follows no redirect, and keeps nothing of an answer but what
// CustomerAccount holds.
//
// A read takes one path: Get builds the URL, Client.get repeats attempts as
// retry.go says, each attempt is one trip through attempts.RoundTrip, and what
// comes back is a CustomerAccount or an *APIError.
package juspay

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// Defaults for the fields of Config.
const (
	DefaultRequestTimeout = 30 * time.Second
	DefaultMaxRetries     = 4
)

const (
	// maxBody is far above any account's size; what is longer is no account.
	maxBody = 1 << 20
	// idleConns keeps as many connections open as a plan's parallel reads use,
	// where net/http's default of 2 would open and close one for most reads.
	idleConns = 32
)

// Config is what a Client needs to know. All fields but APIKey and BaseURL may
// be left empty.
type Config struct {
	// APIKey is the user name of HTTP Basic; see ValidateAPIKey.
	APIKey string
	// BaseURL is an Environment's, or another server's; see NormalizeBaseURL.
	BaseURL string
	// MerchantID is sent as x-merchantid, or nothing is when it is empty; see
	// ValidateHeaderValue.
	MerchantID string
	// UserAgent is sent as it is; see ValidateHeaderValue.
	UserAgent string
	// RequestTimeout bounds one attempt, from the connection to the last byte
	// of the body.
	RequestTimeout time.Duration
	// MaxRetries is how many attempts may follow the first.
	MaxRetries int
	// OnAttempt, when set, is told of each attempt as it ends, on the goroutine
	// and with the context of the read.
	OnAttempt func(context.Context, Attempt)
}

// Attempt is one request and how it ended. It holds no header, no body and
// nothing secret, and may be logged.
type Attempt struct {
	Number     int // counts from 1
	Method     string
	Path       string // with the identifiers, escaped
	StatusCode int    // 0 when no answer came
	RequestID  string // x-request-id, empty when none came
	Duration   time.Duration
	Err        error // why no answer came
}

// Client reads from one Juspay installation with one key. It is safe for use by
// many goroutines, and meant to be kept: its connections are pooled.
type Client struct {
	cfg     Config
	header  http.Header
	retryer *retryablehttp.Client
}

// New checks cfg and returns a client for it. It opens no connection.
func New(cfg Config) (*Client, error) {
	if err := ValidateAPIKey(cfg.APIKey); err != nil {
		return nil, fmt.Errorf("the API key %w", err)
	}
	baseURL, err := NormalizeBaseURL(cfg.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("the base URL %w", err)
	}
	cfg.BaseURL = baseURL
	if err := validateOptionalHeader(cfg.MerchantID); err != nil {
		return nil, fmt.Errorf("the merchant id %w", err)
	}
	if err := validateOptionalHeader(cfg.UserAgent); err != nil {
		return nil, fmt.Errorf("the user agent %w", err)
	}
	if cfg.RequestTimeout == 0 {
		cfg.RequestTimeout = DefaultRequestTimeout
	}

	header := http.Header{}
	header.Set("Authorization", "Basic "+encodeKey(cfg.APIKey))
	// The page asks for this type although a GET has no body.
	header.Set("Content-Type", "application/x-www-form-urlencoded")
	header.Set("Accept", "application/json")
	header.Set("User-Agent", cfg.UserAgent)
	if cfg.MerchantID != "" {
		header.Set("X-Merchantid", cfg.MerchantID)
	}

	c := &Client{cfg: cfg, header: header}
	c.retryer = &retryablehttp.Client{
		HTTPClient: &http.Client{Transport: &attempts{
			next:    newTransport(cfg.RequestTimeout),
			timeout: cfg.RequestTimeout,
			report:  c.report,
		}},
		RetryMax:     cfg.MaxRetries,
		RetryWaitMin: retryWaitMin,
		RetryWaitMax: retryWaitMax,
		CheckRetry:   checkRetry,
		Backoff:      backoff,
		// The last answer comes back as it is, so that its status, code and
		// request id reach the user.
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	return c, nil
}

func validateOptionalHeader(value string) error {
	if value == "" {
		return nil
	}
	return ValidateHeaderValue(value)
}

// report tells OnAttempt of an attempt, with nothing in it that may not be
// logged.
func (c *Client) report(ctx context.Context, a Attempt) {
	if c.cfg.OnAttempt == nil {
		return
	}
	if a.Err != nil {
		a.Err = c.cleanError(a.Err)
	}
	c.cfg.OnAttempt(ctx, a)
}

// encodeKey gives the credentials of HTTP Basic for key and an empty password.
func encodeKey(key string) string {
	return base64.StdEncoding.EncodeToString([]byte(key + ":"))
}

// Secrets are the strings that no log or message may hold: the key, and the
// forms in which it is sent.
func (c *Client) Secrets() []string {
	return []string{c.cfg.APIKey, encodeKey(c.cfg.APIKey), base64.StdEncoding.EncodeToString([]byte(c.cfg.APIKey))}
}

func newTransport(timeout time.Duration) *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: timeout}).DialContext,
		TLSHandshakeTimeout:    timeout,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    idleConns,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: maxBody,
	}
}

// answer is a complete answer to one read.
type answer struct {
	statusCode int
	header     http.Header
	body       []byte
	attempts   int
}

// get is the one path that every request takes. It returns a 200 answer that is
// no error envelope, or an *APIError.
func (c *Client) get(ctx context.Context, path, routingID string) (answer, error) {
	made := 0
	ctx = context.WithValue(ctx, attemptsMade{}, &made)
	req, err := retryablehttp.NewRequestWithContext(ctx, http.MethodGet, c.cfg.BaseURL+path, nil)
	if err != nil {
		return answer{}, c.connectionError(err, made)
	}
	req.Header = c.header.Clone()
	req.Header.Set("X-Routing-Id", routingID)

	resp, err := c.retryer.Do(req)
	if err != nil {
		return answer{}, c.connectionError(err, made)
	}
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(resp.Body) // attempts has it in memory
	got := answer{statusCode: resp.StatusCode, header: resp.Header, body: body, attempts: made}
	if got.statusCode != http.StatusOK || isErrorEnvelope(body) {
		return answer{}, c.statusError(got)
	}
	return got, nil
}

// attemptsMade is the context key of a read's *int count of attempts, which
// go-retryablehttp does not tell.
type attemptsMade struct{}

// attempts makes one attempt at a time: it bounds it, reads the whole answer
// within the bound, so that a body that breaks off can be repeated like any
// other failure, and reports how it ended.
type attempts struct {
	next    http.RoundTripper
	timeout time.Duration
	report  func(context.Context, Attempt)
}

var (
	errTimeout  = errors.New("no complete answer came within the time for one attempt")
	errTooLarge = fmt.Errorf("the answer is longer than %d bytes", maxBody)
)

// redirectError is an answer that points elsewhere. It ends the attempt before
// net/http can look at where, so that nothing is ever sent there.
type redirectError struct {
	answer answer
	host   string
}

func (e *redirectError) Error() string { return "the answer is a redirect" }

// RoundTrip implements http.RoundTripper.
func (a *attempts) RoundTrip(req *http.Request) (*http.Response, error) {
	number, ok := req.Context().Value(attemptsMade{}).(*int)
	if !ok {
		number = new(int)
	}
	*number++
	start := time.Now()
	resp, err := a.send(req)
	ended := Attempt{
		Number:   *number,
		Method:   req.Method,
		Path:     req.URL.EscapedPath(),
		Duration: time.Since(start),
		Err:      err,
	}
	if resp != nil {
		ended.StatusCode, ended.RequestID = resp.StatusCode, plainToken(resp.Header.Get("X-Request-Id"))
	}
	a.report(req.Context(), ended)
	return resp, err
}

func (a *attempts) send(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeoutCause(req.Context(), a.timeout, errTimeout)
	defer cancel()
	resp, err := a.next.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return nil, orTimeout(ctx, err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		return nil, newRedirectError(resp)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err == nil && len(body) > maxBody {
		err = errTooLarge
	}
	// The status of a failed request outweighs what became of its body.
	if err != nil && resp.StatusCode == http.StatusOK {
		return nil, orTimeout(ctx, err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

func orTimeout(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), errTimeout) {
		return errTimeout
	}
	return err
}

func newRedirectError(resp *http.Response) error {
	e := &redirectError{answer: answer{statusCode: resp.StatusCode, header: resp.Header}}
	if location, err := resp.Location(); err == nil {
		e.host = location.Host
	}
	return e
}
