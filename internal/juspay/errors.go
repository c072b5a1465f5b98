// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Reason is why a read did not end in the account: one value for each thing
// that a user can do about it.
type Reason string

// The reasons. An error is classed by HTTP status, by Juspay's code and by the
// type of the network's error, never by the words of a message.
const (
	ReasonUnauthorized        Reason = "unauthorized"                // 401: the key was refused
	ReasonBadOrigin           Reason = "bad origin"                  // 403 BAD_ORIGIN: this machine's address was refused
	ReasonForbidden           Reason = "forbidden"                   // any other 403
	ReasonNotFound            Reason = "not found"                   // 404: no such account
	ReasonInvalidInput        Reason = "invalid input"               // 400: an identifier or the routing id was refused
	ReasonNotJuspay           Reason = "not Juspay"                  // another status than 200 without an error of Juspay's
	ReasonThrottled           Reason = "throttled"                   // 429, 503, or a code that says so
	ReasonServerError         Reason = "server error"                // 5xx
	ReasonUnexpectedError     Reason = "unexpected error"            // any other error of Juspay's
	ReasonRedirect            Reason = "redirect"                    // 3xx, which is never followed
	ReasonNotJSON             Reason = "not JSON"                    // 200 with something that is not JSON
	ReasonNotAccount          Reason = "not the account"             // 200 with JSON that is not what was requested
	ReasonOtherCustomer       Reason = "another customer"            // 200 with an account of another customer
	ReasonInDoubt             Reason = "in doubt"                    // 200 with an account or a list that shows a sign of an error
	ReasonStale               Reason = "stale"                       // 200 from a cache
	ReasonIncomplete          Reason = "incomplete"                  // 200 with a list that lacks accounts
	ReasonTooLarge            Reason = "too large"                   // 200 with a body over 1 MiB
	ReasonTimeout             Reason = "timeout"                     // no complete response within the timeout of one attempt
	ReasonRefused             Reason = "connection refused"          // nothing listens there
	ReasonNameNotFound        Reason = "name not found"              // the host name does not resolve
	ReasonUntrusted           Reason = "untrusted"                   // the server's certificate does not verify
	ReasonCertificateRequired Reason = "client certificate required" // the server requires a client certificate, and none is configured
	ReasonCertificateRefused  Reason = "client certificate refused"  // the server does not accept the client certificate
	ReasonNotTLS              Reason = "not TLS"                     // the server responds to https with plain HTTP
	ReasonProxy               Reason = "proxy"                       // the proxy, or the connection to it, failed
	ReasonConnection          Reason = "connection failed"           // any other failure of the network
	ReasonCanceled            Reason = "canceled"                    // the caller's context ended
)

// Reasons lists every reason.
func Reasons() []Reason {
	return []Reason{
		ReasonUnauthorized, ReasonBadOrigin, ReasonForbidden, ReasonNotFound, ReasonInvalidInput, ReasonNotJuspay,
		ReasonThrottled, ReasonServerError, ReasonUnexpectedError, ReasonRedirect, ReasonNotJSON, ReasonNotAccount, ReasonOtherCustomer, ReasonInDoubt, ReasonStale, ReasonIncomplete,
		ReasonTooLarge, ReasonTimeout, ReasonRefused, ReasonNameNotFound, ReasonUntrusted, ReasonCertificateRequired, ReasonCertificateRefused, ReasonNotTLS, ReasonProxy,
		ReasonConnection, ReasonCanceled,
	}
}

// APIError is a read that did not end in the account. It is returned as a
// pointer. Every text in it that came from the network is shortened, cleaned of
// the key and of personal data, and can be shown.
type APIError struct {
	Reason Reason
	// BaseURL is the server that the read was sent to.
	BaseURL string
	// APIKeySource is the APIKeySource of Config.
	APIKeySource string
	// Attempts is how many requests were sent, at least 1 unless none could be.
	Attempts int

	// StatusCode is the status of the last response, 0 when none came. It and the
	// fields below are of an earlier attempt where the last one got no response.
	StatusCode int
	// Code is error_info.code, or error_code where Juspay sent only that.
	Code string
	// DeveloperMessage is error_info.developer_message, or what Juspay sent in
	// its stead.
	DeveloperMessage string
	// RequestID identifies the request to Juspay's support.
	RequestID string
	// SentRequestID is the x-request-id of the last attempt, if that may have reached
	// Juspay, and no response came.
	SentRequestID string
	// CertificateRequested is whether the server requested a client certificate,
	// which may be why it did not respond as Juspay does, and CertificateSent whether
	// one is configured.
	CertificateRequested, CertificateSent bool
	// RetryAfter is the Retry-After of the last response, 0 when it had none.
	RetryAfter time.Duration
	// RetryAfterTooLong is whether the Retry-After ends after the read's deadline, so
	// that no further attempt was made.
	RetryAfterTooLong bool
	// ContentType is the media type of the last response, without parameters.
	ContentType string
	// CertificateProblem is why the server's certificate does not verify, when Reason is
	// ReasonUntrusted.
	CertificateProblem CertificateProblem
	// RedirectHost is where a redirect points to, empty when it does not say.
	RedirectHost string
	// Timeout is the timeout of one attempt, when Reason is ReasonTimeout.
	Timeout time.Duration
	// IsDNSTimeout reports whether DNS did not respond in time, so nothing was sent.
	IsDNSTimeout bool
	// Err is the failure below HTTP, or the fault of a 200 response.
	Err error

	affectsAllReads bool
}

// Error returns the reason in a line.
func (e *APIError) Error() string {
	text := "juspay: " + string(e.Reason)
	if e.StatusCode != 0 {
		text += fmt.Sprintf(" (HTTP %d)", e.StatusCode)
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns Err.
func (e *APIError) Unwrap() error { return e.Err }

// AffectsAllReads reports whether every other read of the client would end in the
// error too: it is about the key, this machine's address, the host or the
// certificates, or GetAll found that no read succeeds.
func (e *APIError) AffectsAllReads() bool {
	switch e.Reason {
	case ReasonUnauthorized, ReasonBadOrigin, ReasonNameNotFound, ReasonUntrusted, ReasonNotTLS,
		ReasonCertificateRequired, ReasonCertificateRefused:
		return true
	case ReasonProxy:
		var name *net.DNSError
		return e.affectsAllReads || !isTransient(e) || errors.As(e, &name) && name.IsNotFound
	}
	return e.affectsAllReads
}

// envelope is the body of Juspay's errors, as the reference page's 401 and 404
// show it. Any part may be missing.
type envelope struct {
	code, errorCode, message, requestID string
	status                              string
}

// decodeEnvelope takes what it can: a malformed error is still an error.
func decodeEnvelope(body []byte) envelope {
	fields, _ := decodeObject(body) // none where it is no object
	outer := &decoder{fields: fields}
	info := outer.object("error_info")
	return envelope{
		code:      info.anyText("code"),
		errorCode: outer.anyText("error_code"),
		message:   cmp.Or(info.anyText("developer_message"), info.anyText("user_message"), outer.anyText("error_message")),
		requestID: info.anyText("request_id"),
		status:    outer.anyText("status"),
	}
}

// statusError is the error for a response whose status is not 200, or that
// reports an error under 200.
func (c *Client) statusError(state *readState, err error) *APIError {
	e := c.newError(state)
	e.Reason = reasonFromStatus(state.last.statusCode, decodeEnvelope(state.last.body))
	if e.Reason == ReasonUnexpectedError {
		e.Err = err // for others, the reason says more than the field
	}
	return e
}

// responseError is the error for a 200 response that is not the account.
func (c *Client) responseError(state *readState, err error) *APIError {
	e := c.newError(state)
	e.Reason, e.Err = ReasonNotAccount, err
	switch {
	case errors.Is(err, errNotJSON):
		e.Reason = ReasonNotJSON
	case errors.Is(err, errIncomplete):
		e.Reason = ReasonIncomplete
	case errors.Is(err, errOtherCustomer):
		e.Reason = ReasonOtherCustomer
	case errors.Is(err, errDoubt):
		e.Reason = ReasonInDoubt
	case errors.Is(err, errStale):
		e.Reason = ReasonStale
	}
	return e
}

// connectionError is the error for a read whose last attempt got no complete
// response.
func (c *Client) connectionError(state *readState, err error) *APIError {
	e := c.newError(state)
	e.Reason, e.Err = cmp.Or(c.certificate.reason(err), reasonFromError(err)), c.redact.error(err)
	var redirect *redirectError
	if errors.As(err, &redirect) {
		e.RedirectHost = c.redact.only(hostRE, strings.ToLower(redirect.host))
	}
	switch e.Reason {
	case ReasonUntrusted:
		problem, description := describeUntrusted(err, c.redact)
		e.CertificateProblem, e.Err = problem, &redactedError{description, err}
	case ReasonTimeout, ReasonConnection, ReasonCanceled:
		e.SentRequestID = state.sentRequestID
	}
	var name *net.DNSError
	e.IsDNSTimeout = errors.Is(err, errDNSTimeout) || errors.As(err, &name) && name.IsTimeout
	if e.Reason == ReasonTimeout {
		e.Timeout = c.cfg.RequestTimeout
	}
	return e
}

// newError holds what is known of a read's attempts and of the last response.
func (c *Client) newError(state *readState) *APIError {
	e := &APIError{
		BaseURL:              c.cfg.BaseURL,
		APIKeySource:         c.cfg.APIKeySource,
		Attempts:             state.attempts,
		StatusCode:           state.last.statusCode,
		CertificateRequested: c.certificate.requested.Load(),
		CertificateSent:      c.certificate.cert != nil,
	}
	info := decodeEnvelope(state.last.body)
	e.Code = cmp.Or(c.redact.code(info.code), c.redact.code(info.errorCode))
	e.DeveloperMessage = c.redact.text(info.message)
	e.RequestID = cmp.Or(c.redact.only(uuidRE, info.requestID), c.redact.only(uuidRE, state.last.header.Get("X-Request-Id")))
	e.RetryAfter = retryAfter(state.last.header, time.Now())
	mediaType, _, _ := mime.ParseMediaType(state.last.header.Get("Content-Type"))
	e.ContentType = c.redact.only(mediaTypeRE, mediaType)
	return e
}

func reasonFromStatus(status int, info envelope) Reason {
	switch {
	case isThrottled(status, info):
		return ReasonThrottled
	case status == http.StatusOK:
		return cmp.Or(reasonByCode[info.code], reasonByCode[info.errorCode], ReasonUnexpectedError)
	case status == http.StatusUnauthorized:
		return ReasonUnauthorized
	case status >= 500:
		return ReasonServerError
	case info == envelope{}:
		// Firewalls, proxies and other web servers send these statuses too, and
		// Juspay sends details with them.
		return ReasonNotJuspay
	case status == http.StatusBadRequest:
		return ReasonInvalidInput
	case status == http.StatusForbidden && info.code == "BAD_ORIGIN":
		return ReasonBadOrigin
	case status == http.StatusForbidden:
		return ReasonForbidden
	case status == http.StatusNotFound:
		return ReasonNotFound
	}
	return ReasonUnexpectedError
}

// throttledCodes are codes that report throttling under any status.
var throttledCodes = []string{"TOO_MANY_REQUESTS", "RATE_LIMITED", "RATE_LIMIT_EXCEEDED", "THROTTLED", "TOO_MANY_REQUEST"}

// isThrottled is the one place that decides whether a response reports throttling.
// nginx and HAProxy throttle with 503 by default.
func isThrottled(status int, info envelope) bool {
	return status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable ||
		slices.Contains(throttledCodes, strings.ToUpper(info.code)) || slices.Contains(throttledCodes, strings.ToUpper(info.errorCode))
}

// reasonByCode are for errors under HTTP 200, which only the code can class:
// error_info.code and error_code; either may be absent.
var reasonByCode = map[string]Reason{
	"UNAUTHORIZED":                ReasonUnauthorized,
	"UNAUTHENTICATED":             ReasonUnauthorized,
	"access_denied":               ReasonUnauthorized,
	"BAD_ORIGIN":                  ReasonBadOrigin,
	"RESOURCE_NOT_FOUND":          ReasonNotFound,
	"object_not_found":            ReasonNotFound,
	"INVALID_INPUT":               ReasonInvalidInput,
	"MISSING_MANDATORY_PARAMETER": ReasonInvalidInput,
	"INTERNAL_SERVER_ERROR":       ReasonServerError,
}

func reasonFromError(err error) Reason {
	var (
		redirect    *redirectError
		proxy       *proxyError
		operation   *net.OpError
		name        *net.DNSError
		certificate *tls.CertificateVerificationError
		notTLS      tls.RecordHeaderError
		timeout     net.Error
	)
	switch {
	case errors.As(err, &operation) && operation.Timeout():
		return ReasonTimeout // although package net says that it is context.DeadlineExceeded
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return ReasonCanceled
	case errors.As(err, &redirect):
		return ReasonRedirect
	case errors.Is(err, errTooLarge):
		return ReasonTooLarge
	case errors.As(err, &proxy), errors.As(err, &operation) && operation.Op == "proxyconnect":
		return ReasonProxy
	case errors.As(err, &certificate):
		return ReasonUntrusted
	case errors.As(err, &notTLS):
		return ReasonNotTLS
	case errors.As(err, &name) && name.IsNotFound:
		return ReasonNameNotFound
	case errors.Is(err, errTimeout), errors.As(err, &timeout) && timeout.Timeout():
		return ReasonTimeout
	case errors.Is(err, syscall.ECONNREFUSED):
		return ReasonRefused
	}
	return ReasonConnection
}

var (
	lowerCodeRE = regexp.MustCompile(`^[a-z]{1,30}(_[a-z]{1,30}){0,9}$`)
	mediaTypeRE = regexp.MustCompile(`^(application|audio|font|image|message|model|multipart|text|video)/[a-z.+-]{1,40}$`)
)

// code returns one of Juspay's codes.
func (r redactor) code(text string) string {
	return cmp.Or(r.only(codeRE, text), r.only(lowerCodeRE, text))
}

// error returns an error that shows only the redacted text of err.
func (r redactor) error(err error) error { return &redactedError{r.text(err.Error()), err} }

// redactedError is err to errors.Is and errors.As.
type redactedError struct {
	text string
	err  error
}

func (e *redactedError) Error() string { return e.text }
func (e *redactedError) Unwrap() error { return e.err }
