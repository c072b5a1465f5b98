// SPDX-License-Identifier: MPL-2.0

// Package juspay reads customer accounts from Juspay's API. It sends no method
// other than GET, and follows no redirect. Of a response, it keeps only the fields of
// CustomerAccount.
//
// # Reading
//
// New returns a Client for a Config, which needs a key and a base URL. Keep the
// client: its connections are pooled, and its limits apply to all of its reads.
// Get reads one account, GetAll many accounts concurrently, and List all accounts of a
// customer.
// ReadOptions leave the VPA out, or poll until a validation has finished.
//
// # The request path
//
// Every read takes the same path: Client.do sends attempts until retryPolicy
// (retry.go) says that no further one is due. Package limiter delays
// each attempt, and attemptTransport (transport.go) bounds it. A read ends
// in a CustomerAccount, an *APIError or a *WaitError.
//
// # Errors
//
// APIError.Reason is one value for each thing that a user can do about an error.
// Every text in an APIError is cleaned of keys and of personal data, and can be
// shown. Errors are never classed by the words of a message.
//
// Package juspaytest is a fake Juspay for tests.
package juspay

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/limiter"
)

// Defaults for the fields of Config.
const (
	DefaultRequestTimeout        = 30 * time.Second
	DefaultMaxRetries            = 4
	DefaultMaxConcurrentRequests = 32
)

// Config configures a Client. All fields but APIKey and BaseURL may
// be left empty.
type Config struct {
	// APIKey is the user name of HTTP Basic; see ValidateAPIKey.
	APIKey string
	// APIKeySource names the setting that APIKey comes from, for errors.
	APIKeySource string
	// BaseURL is an Environment's, or another server's; see NormalizeBaseURL.
	BaseURL string
	// MerchantID is sent as x-merchantid; when it is empty, the header is not
	// sent. See ValidateHeaderValue.
	MerchantID string
	// UserAgent is sent unchanged; see ValidateHeaderValue.
	UserAgent string
	// RequestHeaders are sent in addition to the client's own; see ValidateRequestHeaders.
	RequestHeaders map[string]string
	// RootCAs has the authorities to trust. Nil means the system's. See NewCertPool.
	RootCAs *x509.CertPool
	// ClientCertificate is sent to a server that requests a client certificate; see
	// NewClientCertificate.
	ClientCertificate *tls.Certificate
	// ExtraSecrets are hidden in errors and by Client.Secrets, such as the lines of a
	// private key.
	ExtraSecrets []string
	// HTTPSProxy is the URL of a proxy, and NoProxy a list of hosts to reach without it,
	// in the form of the environment variable NO_PROXY. See ValidateProxyURL.
	HTTPSProxy, NoProxy string
	// RequestTimeout bounds one attempt, from the connection to the last byte
	// of the body.
	RequestTimeout time.Duration
	// MaxRetries is the maximum number of attempts of a read after the first, without those
	// that a rate limit refused.
	MaxRetries int
	// MaxConcurrentRequests bounds the requests in flight, and with them the
	// connections.
	MaxConcurrentRequests int
	// RequestsPerSecond bounds the rate of requests, retries included. Zero means no
	// limit.
	RequestsPerSecond float64
	// AcceptedFields are fields of responses that the user has checked with Juspay: the name
	// of an unknown field, or name=value for a value that contradicts the status ACTIVE. See
	// ValidateAcceptedField.
	AcceptedFields []string
	// UnknownFields decides about unknown fields of accounts. Empty means ReportUnknownFields.
	UnknownFields UnknownFields
	// Transport replaces the network when it is set, in tests and benchmarks.
	Transport http.RoundTripper
	// OnAttempt, when set, is called as each attempt ends, on the goroutine and
	// with the context of the read.
	OnAttempt func(context.Context, Attempt)
	// OnPoll, when set, is called for each read that found a validation
	// unfinished while WaitForValidation polls.
	OnPoll func(context.Context, PollEvent)
	// OnProgress, when set, is called as a GetAll starts and ends, and every ten seconds
	// meanwhile.
	OnProgress func(context.Context, Progress)
}

// Attempt is one request and how it ended. It contains no header, no body and
// nothing secret, and may be logged.
type Attempt struct {
	Number     int // counts from 1
	Method     string
	Path       string // escaped, with the identifiers as DisplayID shows them
	StatusCode int    // 0 when no response came
	RequestID  string // x-request-id, empty when none came
	// SentRequestID is the x-request-id that the attempt sent, "" if it sent nothing.
	SentRequestID string
	Duration      time.Duration
	Err           error // why the response cannot be used, or none came
}

// Client reads from one Juspay installation with one key. It is safe for
// concurrent use, and meant to be kept: its connections are pooled.
type Client struct {
	cfg       Config
	header    http.Header
	redact    redactor
	limiter   *limiter.Limiter
	alike     alike
	retry     retryPolicy
	transport *attemptTransport
	decoder   responseDecoder
	decoding  chan struct{} // has one element for each response that is decoded
	freshness freshness
	proxy     string                   // the address of the proxy to the server, "" for none
	throttled atomic.Int64             // responses that reported throttling
	rejected  atomic.Pointer[APIError] // the first error that every other read would end in too

	certificate *clientCertificate
}

// maxDecoding is the maximum number of responses that are decoded concurrently. It bounds
// the memory: decoding takes several times the size of a response.
const maxDecoding = 2

// New returns a client for cfg, or the errors of Config.Validate. It opens no connection.
func New(cfg Config) (*Client, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg.BaseURL, _ = NormalizeBaseURL("BaseURL", cfg.BaseURL)
	certificate := &clientCertificate{cert: cfg.ClientCertificate}
	cfg.RequestTimeout = cmp.Or(cfg.RequestTimeout, DefaultRequestTimeout)
	cfg.MaxConcurrentRequests = cmp.Or(cfg.MaxConcurrentRequests, DefaultMaxConcurrentRequests)
	if cfg.Transport == nil {
		cfg.Transport = newTransport(cfg.RequestTimeout, cfg.MaxConcurrentRequests, newHTTPSProxyFunc(cfg), &tls.Config{
			MinVersion:           tls.VersionTLS12,
			RootCAs:              cfg.RootCAs,
			GetClientCertificate: certificate.getClientCertificate,
			Renegotiation:        certificate.renegotiation(),
			ClientSessionCache:   tls.NewLRUClientSessionCache(0),
		})
	}

	header := http.Header{}
	for name, value := range cfg.RequestHeaders {
		header.Set(name, value)
	}
	header.Set("Authorization", "Basic "+encodeKey(cfg.APIKey))
	// The reference page requires this type although a GET has no body.
	header.Set("Content-Type", "application/x-www-form-urlencoded")
	header.Set("Accept", "application/json")
	// A status from a cache may have changed. HTTP/1.0 caches know only Pragma.
	header.Set("Cache-Control", "no-cache, no-store")
	header.Set("Pragma", "no-cache")
	header.Set("User-Agent", cfg.UserAgent)
	if cfg.MerchantID != "" {
		header.Set("X-Merchantid", cfg.MerchantID)
	}
	redact := newRedactor(secrets(cfg)...)
	return &Client{
		cfg:       cfg,
		header:    header,
		redact:    redact,
		limiter:   limiter.New(cfg.MaxConcurrentRequests, cfg.RequestsPerSecond),
		retry:     retryPolicy{cfg.MaxRetries, firstBackoff, maxBackoff},
		transport: &attemptTransport{next: cfg.Transport, timeout: cfg.RequestTimeout},
		decoder:   responseDecoder{redact, newAcceptedFields(cfg.AcceptedFields), cfg.UnknownFields, &customerIDs{}},
		decoding:  make(chan struct{}, maxDecoding),
		proxy:     proxyAddress(cfg),

		certificate: certificate,
	}, nil
}

// encodeKey returns the credentials of HTTP Basic for key and an empty password.
func encodeKey(key string) string {
	return base64.StdEncoding.EncodeToString([]byte(key + ":"))
}

// Secrets are the strings that no log or message may contain: the key, and the forms in
// which it is sent, the client's private key, and values of headers.
func (c *Client) Secrets() []string {
	return append(secrets(c.cfg), encodeKey(c.cfg.APIKey))
}

// readState is the progress of a read.
type readState struct {
	limiter.Read
	start         time.Time
	sentRequestID string   // of the last request that was sent, empty when a response came to it
	last          response // the last response, complete or not
	resends       atomic.Int32
}

// decodeFunc decodes a 200 response. It fails if the response is not the requested one.
type decodeFunc func(fields map[string]json.RawMessage, header http.Header) error

// do makes a read, and retries its attempts. It returns the response header or an
// *APIError. It calls onFirstFailure before the first retry. Every request takes this path.
func (c *Client) do(ctx context.Context, path, routingID string, decode decodeFunc, onFirstFailure func(error)) (http.Header, error) {
	if repeated := c.repeatedRejection(); repeated != nil {
		return nil, repeated
	}
	state := &readState{Read: limiter.NewRead(), start: time.Now()}
	for {
		failure := c.attempt(ctx, path, routingID, decode, state)
		if failure == nil {
			c.alike.end(nil)
			return state.last.header, nil
		}
		if failure.IsRepeated {
			c.alike.end(failure)
			return nil, failure
		}
		_, waits := c.limiter.Responds()
		isFinal := c.retry.isFinal(state, waits, failure)
		// An error now is more useful than a wait until the deadline.
		failure.RetryAfterTooLong = !isFinal && endsAfter(ctx, failure.RetryAfter)
		if isFinal || failure.RetryAfterTooLong || failure.AffectsAllReads() {
			c.alike.end(failure)
			return nil, failure
		}
		if state.Attempts == 1 {
			onFirstFailure(failure)
		}
		if err := sleep(ctx, c.retry.wait(state, waits, failure)); err != nil {
			failure = c.connectionError(state, err)
			c.alike.end(failure)
			return nil, failure
		}
	}
}

// repeatedRejection returns the error that rejected all reads, or nil.
func (c *Client) repeatedRejection() *APIError {
	earlier := c.rejected.Load()
	if earlier == nil {
		return nil
	}
	repeated := *earlier
	repeated.IsRepeated, repeated.Attempts = true, 0
	return &repeated
}

// attempt waits for the limiter, and sends one request. It sends none after an error that
// rejects all reads.
func (c *Client) attempt(ctx context.Context, path, routingID string, decode decodeFunc, state *readState) (failure *APIError) {
	var got response
	ticket, err := c.limiter.Wait(ctx, &state.Read)
	if err != nil {
		return c.connectionError(state, err)
	}
	if repeated := c.repeatedRejection(); repeated != nil {
		c.limiter.Done(ticket, limiter.Outcome{})
		return repeated
	}
	defer func() {
		if failure != nil && failure.rejectsAllReads() {
			rejection := *failure                      // which other reads repeat, while this one goes on
			c.rejected.CompareAndSwap(nil, &rejection) // before the limiter lets another read begin
		}
		if c.limiter.Done(ticket, newOutcome(ctx, got.header, failure)) && failure != nil {
			failure.affectsAllReads = true
		}
	}()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.cfg.BaseURL+path, nil)
	if err != nil {
		return c.connectionError(state, err)
	}
	state.Attempts++
	requestID := newRequestID()
	req.Header = c.header.Clone() // an attempt that was given up may still read the header
	req.Header.Set("X-Routing-Id", routingID)
	req.Header.Set("X-Request-Id", requestID)
	report := Attempt{Number: state.Attempts, Method: req.Method, Path: displayPath(req.URL)}
	start := time.Now()
	var isSent bool
	got, isSent, err = c.transport.send(req, &state.resends)
	report.Duration = time.Since(start)
	report.StatusCode, report.RequestID = got.statusCode, got.header.Get("X-Request-Id")
	if isSent {
		state.sentRequestID, report.SentRequestID = requestID, requestID
	}
	if got.statusCode != 0 {
		state.last, state.sentRequestID = got, ""
	}
	if err != nil {
		report.Err = c.redact.error(err)
		c.report(ctx, report)
		// If the caller's context ended, that is the cause.
		return c.connectionError(state, cmp.Or(ctx.Err(), err))
	}
	failure = c.decodeResponse(ctx, start, state, decode)
	if failure != nil {
		report.Err = failure
		if failure.Reason == ReasonThrottled {
			c.throttled.Add(1)
		}
	}
	c.report(ctx, report)
	return failure
}

// report passes an attempt to OnAttempt.
func (c *Client) report(ctx context.Context, a Attempt) {
	if c.cfg.OnAttempt == nil {
		return
	}
	a.RequestID = c.redact.matchOrEmpty(uuidRE, a.RequestID)
	c.cfg.OnAttempt(ctx, a)
}

// decodeResponse decodes the last response to a request that was sent at that time. The
// response's body is not kept.
func (c *Client) decodeResponse(ctx context.Context, sent time.Time, state *readState, decode decodeFunc) *APIError {
	if err := c.acquireDecoding(ctx); err != nil {
		return c.connectionError(state, err)
	}
	defer func() { <-c.decoding }()
	last := &state.last
	fields, err := decodeObject(last.body)
	last.body, last.envelope = nil, newEnvelope(fields)
	if stale := c.freshness.check(last.header, sent); stale != nil && !isTransientStatus(last.statusCode) {
		return c.responseError(state, stale)
	}
	if last.statusCode != http.StatusOK {
		return c.statusError(state, err)
	}
	if err == nil {
		err = decode(fields, last.header)
	}
	if err != nil {
		return c.responseError(state, err)
	}
	return nil
}

// acquireDecoding waits until a response can be decoded. It fails only if it has to wait: a
// response that has arrived is used even if ctx has ended since.
func (c *Client) acquireDecoding(ctx context.Context) error {
	select {
	case c.decoding <- struct{}{}:
		return nil
	default:
	}
	select {
	case c.decoding <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// isTransientStatus reports whether a response with the status is retried, so that its age
// does not matter.
func isTransientStatus(status int) bool {
	return status >= 500 || status == http.StatusTooManyRequests || status == http.StatusTooEarly || status == http.StatusRequestTimeout
}
