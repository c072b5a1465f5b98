// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/fields"
)

// Defaults of the fields of Config. New applies all but DefaultMaxRetries, since 0 means no retries.
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
	// ExtraSecrets are hidden in errors, such as the lines of a private key. Client.Secrets returns
	// them for loggers to mask.
	ExtraSecrets []string
	// HTTPSProxy is the URL of a proxy, and NoProxy a list of hosts to reach without it,
	// in the form of the environment variable NO_PROXY. See ValidateProxyURL.
	HTTPSProxy, NoProxy string
	// RequestTimeout bounds one attempt, from the connection to the last byte
	// of the body.
	RequestTimeout time.Duration
	// MaxRetries is the maximum number of attempts of a read after the first. Once the server has served
	// a read, failures do not count while at least eight reads fail and none succeeds (an outage), and refusals
	// by a rate limit count only if a healthy read would hardly be refused as often.
	MaxRetries int
	// MaxConcurrentRequests bounds the requests in flight, and with them the
	// connections.
	MaxConcurrentRequests int
	// RequestsPerSecond bounds the rate of requests, retries included. Zero means no
	// limit.
	RequestsPerSecond float64
	// AcceptedFields are fields of responses that the user has checked with Juspay: the name
	// of an unknown field, or name=value for a value that contradicts the status ACTIVE. See
	// fields.ValidateAccepted.
	AcceptedFields []string
	// UnknownFields decides about unknown fields of accounts. Empty means fields.ReportUnknown.
	UnknownFields fields.UnknownMode
	// Transport replaces the network when it is set, in tests and benchmarks.
	Transport http.RoundTripper
	// OnAttempt, when set, is called as each attempt ends, on the goroutine and
	// with the context of the read.
	OnAttempt func(context.Context, Attempt)
	// OnPoll, when set, is called for each read that found a validation
	// unfinished while WaitForValidation polls.
	OnPoll func(context.Context, PollEvent)
	// OnProgress, when set, is called as a GetAll starts and ends, and every ten seconds
	// meanwhile, on another goroutine.
	OnProgress func(context.Context, Progress)
}

// Validate returns a *ConfigError for each field that cannot be used, joined with
// errors.Join, or nil.
func (cfg Config) Validate() error {
	var errs []error
	check := func(field string, err error) {
		if err != nil {
			errs = append(errs, &ConfigError{Field: field, Problem: err.Error()})
		}
	}
	check("APIKey", ValidateAPIKey("APIKey", cfg.APIKey))
	_, err := NormalizeBaseURL("BaseURL", cfg.BaseURL)
	check("BaseURL", err)
	if cfg.MerchantID != "" {
		check("MerchantID", ValidateHeaderValue("MerchantID", cfg.MerchantID))
	}
	if cfg.UserAgent != "" {
		check("UserAgent", ValidateHeaderValue("UserAgent", cfg.UserAgent))
	}
	if cfg.HTTPSProxy != "" {
		check("HTTPSProxy", ValidateProxyURL("HTTPSProxy", cfg.HTTPSProxy))
	}
	switch cfg.UnknownFields {
	case "", fields.ReportUnknown, fields.RejectUnknown, fields.IgnoreUnknown:
	default:
		check("UnknownFields", fmt.Errorf("UnknownFields must be empty, %q, %q or %q", fields.ReportUnknown, fields.RejectUnknown, fields.IgnoreUnknown))
	}
	checkNumber := func(field string, isUsable bool) {
		if !isUsable {
			check(field, fmt.Errorf("%s must be zero or more", field))
		}
	}
	checkNumber("RequestTimeout", cfg.RequestTimeout >= 0)
	checkNumber("MaxRetries", cfg.MaxRetries >= 0)
	checkNumber("MaxConcurrentRequests", cfg.MaxConcurrentRequests >= 0)
	checkNumber("RequestsPerSecond", cfg.RequestsPerSecond >= 0) // false for NaN too
	for _, entry := range cfg.AcceptedFields {
		check("AcceptedFields", fields.ValidateAccepted("AcceptedFields", entry))
	}
	return errors.Join(append(errs, ValidateRequestHeaders(cfg.RequestHeaders)...)...)
}

// ConfigError reports a field of Config that cannot be used. It never has the value,
// which may be secret, but for the names of headers and of accepted fields.
type ConfigError struct {
	// Field is the name of the field.
	Field string
	// Header is the canonical name of the header, with "-" for "_". It is empty unless Field
	// is RequestHeaders.
	Header string
	// Problem begins with the name of the field, as in "APIKey is empty". For
	// RequestHeaders, it names the header.
	Problem string
}

// Error returns the problem.
func (e *ConfigError) Error() string { return e.Problem }

// secrets returns the strings that no log or message may contain. Client.Secrets adds the form in which the
// key is sent.
func secrets(cfg Config) []string {
	return slices.Concat([]string{cfg.APIKey}, cfg.ExtraSecrets, slices.Sorted(maps.Values(cfg.RequestHeaders)), proxySecrets(cfg.HTTPSProxy))
}
