// SPDX-License-Identifier: MPL-2.0

// Package juspay reads customer accounts from Juspay's API. It sends no other
// method than GET, follows no redirect, and keeps nothing of an answer but what
// CustomerAccount holds.
//
// # Reading
//
// New makes a Client of a Config, which needs a key and a base URL. Keep the
// client: its connections are pooled, and its limits hold for all that it reads.
// Get reads one account, GetAll many at the same time, List all of a customer.
// ReadOptions leave the VPA out, or wait until a validation has ended.
//
// # What happens on the way
//
// A read takes one path: Get builds the URL, Client.get repeats attempts as
// retry.go says, each attempt is one trip through attempts.RoundTrip, at a pace
// that pace.go keeps, and what comes back is a CustomerAccount, an *APIError, or
// a *WaitError.
//
// # Errors
//
// APIError.Reason is one value for each thing that can be done about an error.
// Every text in it is cleaned of keys and of what may be personal, so it can be
// shown. Nothing is told apart by a message's words.
//
// Package juspaytest is a fake Juspay for tests.
package juspay

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// Defaults for the fields of Config.
const (
	DefaultRequestTimeout        = 30 * time.Second
	DefaultMaxRetries            = 4
	DefaultMaxConcurrentRequests = 32
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
	// MaxConcurrentRequests bounds the reads that are under way at once, and
	// with them the connections.
	MaxConcurrentRequests int
	// RequestsPerSecond bounds the requests, retries included, when it is above
	// zero.
	RequestsPerSecond float64
	// Transport takes the place of the network when it is set: a benchmark's.
	Transport http.RoundTripper
	// OnAttempt, when set, is told of each attempt as it ends, on the goroutine
	// and with the context of the read.
	OnAttempt func(context.Context, Attempt)
	// OnPoll, when set, is told of each read that found a validation under way
	// where its end is waited for.
	OnPoll func(context.Context, Poll)
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
	Err        error // why the answer cannot be used, or none came
}

// Client reads from one Juspay installation with one key. It is safe for use by
// many goroutines, and meant to be kept: its connections are pooled.
type Client struct {
	cfg     Config
	header  http.Header
	redact  redactor
	pace    *pace
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
	if cfg.MaxConcurrentRequests == 0 {
		cfg.MaxConcurrentRequests = DefaultMaxConcurrentRequests
	}
	if cfg.Transport == nil {
		cfg.Transport = newTransport(cfg.RequestTimeout, cfg.MaxConcurrentRequests)
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

	c := &Client{
		cfg:    cfg,
		header: header,
		redact: newRedactor(cfg.APIKey),
		pace:   newPace(cfg.MaxConcurrentRequests, cfg.RequestsPerSecond),
	}
	c.retryer = &retryablehttp.Client{
		HTTPClient: &http.Client{Transport: &attempts{
			next:    cfg.Transport,
			pace:    c.pace,
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
	a.RequestID = c.redact.token(a.RequestID)
	if a.Err != nil {
		a.Err = c.redact.error(a.Err)
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
	return slices.Clone(c.redact)
}

// answer is what came back for one attempt.
type answer struct {
	statusCode int
	header     http.Header
	body       []byte
}

// trace is what a read has gone through. It travels in the context of the
// read's requests, since go-retryablehttp tells nothing of what came before the
// last attempt.
type trace struct {
	attempts int
	last     answer // the last that came, however incomplete
	// How many requests of the client were answered when the last attempt began,
	// and the one before it; see pace.isCrowdedOut.
	answeredAtStart, answeredBefore int
}

type traceKey struct{}

// get is the one path that every request takes. It returns the fields of a 200
// answer that is no error of Juspay's, and how it came, or an *APIError.
func (c *Client) get(ctx context.Context, path, routingID string) (map[string]json.RawMessage, *trace, error) {
	t := &trace{}
	end, err := c.pace.begin(ctx)
	if err != nil {
		return nil, nil, c.connectionError(t, err)
	}
	defer end()
	c.pace.mark(t)
	ctx = context.WithValue(ctx, traceKey{}, t)
	req, err := retryablehttp.NewRequestWithContext(ctx, http.MethodGet, c.cfg.BaseURL+path, nil)
	if err != nil {
		return nil, nil, c.connectionError(t, err)
	}
	req.Header = c.header.Clone()
	req.Header.Set("X-Routing-Id", routingID)

	resp, err := c.retryer.Do(req)
	if err != nil {
		// What the end of the caller's patience broke is not what failed.
		return nil, nil, c.connectionError(t, cmp.Or(ctx.Err(), err))
	}
	_ = resp.Body.Close() // attempts has read it
	if t.last.statusCode != http.StatusOK {
		return nil, nil, c.statusError(t)
	}
	fields, err := decodeObject(t.last.body)
	switch {
	case err != nil:
		return nil, nil, c.answerError(t, err)
	case envelopeOf(fields).isError():
		return nil, nil, c.statusError(t)
	}
	return fields, t, nil
}
