// SPDX-License-Identifier: MPL-2.0

// Package juspay reads customer accounts from Juspay's API. It sends no method
// other than GET, and follows no redirect. Of accounts, it returns only the fields of
// CustomerAccount.
//
// # Reading
//
// New returns a Client for a Config, which needs a key and a base URL. Keep the
// client: its connections are pooled, and its limits apply to all of its reads.
// Get reads one account, GetAll many accounts concurrently, and List all accounts of a
// customer. ReadOptions leave the VPA out, or poll until a validation has finished.
//
// # The request path
//
// Every read takes the same path, of one handler for each concern. Client.do assembles
// them. A read ends in a CustomerAccount, an *APIError or a *WaitError. If its arguments cannot be
// sent, it ends in another error, without a request. In GetAll, it may end in ErrSkipped.
//
// # Errors
//
// APIError.Reason is one value for each thing that a user can do about an error.
// Every text in an APIError is cleaned of keys and of personal data, and can be
// shown. Errors are never classed by the words of a message, but for TLS alerts.
//
// Package juspaytest is a fake Juspay for tests.
package juspay

import (
	"cmp"
	"crypto/tls"
	"net/http"
	"sync/atomic"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/fields"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/limiter"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/redact"
)

// Client reads from one Juspay installation with one key. It is safe for
// concurrent use, and meant to be kept: its connections are pooled.
type Client struct {
	cfg           Config
	header        http.Header // the header that all requests have in common
	redactor      redact.Redactor
	limiter       *limiter.Limiter
	allReadsError allReadsError
	alikeFailures alikeFailures
	policy        retryPolicy
	transport     *attemptTransport
	decoder       accountDecoder
	decodeSlots   chan struct{} // one element for each response that is being decoded
	freshness     freshness
	proxy         string       // the address of the proxy to the server, "" for none
	throttled     atomic.Int64 // the number of responses that reported throttling
	certificate   *clientCertificate
}

// maxConcurrentDecodes is the maximum number of responses that are decoded concurrently. It bounds
// the memory: decoding takes several times the size of a response.
const maxConcurrentDecodes = 2

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
	redactor := redact.New(isAPIName, secrets(cfg)...)
	return &Client{
		cfg:         cfg,
		header:      newHeader(cfg),
		redactor:    redactor,
		limiter:     limiter.New(cfg.MaxConcurrentRequests, cfg.RequestsPerSecond),
		policy:      retryPolicy{maxRetries: cfg.MaxRetries, firstBackoff: firstBackoff, maxBackoff: maxBackoff},
		transport:   &attemptTransport{next: cfg.Transport, timeout: cfg.RequestTimeout},
		decoder:     accountDecoder{redactor, fields.NewChecker(redactor, cfg.AcceptedFields, cfg.UnknownFields), &returnedIDs{}},
		decodeSlots: make(chan struct{}, maxConcurrentDecodes),
		proxy:       proxyAddress(cfg),
		certificate: certificate,
	}, nil
}

// newHeader returns the header that all requests have in common.
func newHeader(cfg Config) http.Header {
	header := http.Header{}
	for name, value := range cfg.RequestHeaders {
		header.Set(name, value)
	}
	header.Set("Authorization", "Basic "+redact.BasicCredentials(cfg.APIKey))
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
	return header
}

// Secrets returns the strings that no log or message may contain: the key, the form in which it is
// sent, Config.ExtraSecrets, the values of Config.RequestHeaders, and the password of the proxy.
func (c *Client) Secrets() []string {
	return append(secrets(c.cfg), redact.BasicCredentials(c.cfg.APIKey))
}
