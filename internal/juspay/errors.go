// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/http"
	"syscall"
	"time"
)

// Reason is why a read did not end in the account: one value for each thing
// that a user can do about it.
type Reason string

// The reasons. They are told apart by HTTP status, by error_info.code and by the
// type of the network's error, never by a message's words.
const (
	ReasonUnauthorized    Reason = "unauthorized"       // 401: the key was refused
	ReasonBadOrigin       Reason = "bad origin"         // 403 BAD_ORIGIN: this machine's address was refused
	ReasonForbidden       Reason = "forbidden"          // any other 403
	ReasonNotFound        Reason = "not found"          // 404: no such account
	ReasonInvalidInput    Reason = "invalid input"      // 400: an identifier or the routing id was refused
	ReasonNotJuspay       Reason = "not Juspay"         // another status than 200 without an error of Juspay's
	ReasonThrottled       Reason = "throttled"          // 429
	ReasonServerError     Reason = "server error"       // 5xx
	ReasonUnexpectedError Reason = "unexpected error"   // any other error of Juspay's
	ReasonRedirect        Reason = "redirect"           // 3xx, which is never followed
	ReasonNotJSON         Reason = "not JSON"           // 200 with something that is not JSON
	ReasonNotAccount      Reason = "not the account"    // 200 with JSON that is not what was asked for
	ReasonIncomplete      Reason = "incomplete"         // 200 with a list that lacks accounts
	ReasonTooLarge        Reason = "too large"          // 200 with a body over 1 MiB
	ReasonTimeout         Reason = "timeout"            // no complete answer within the time for one attempt
	ReasonRefused         Reason = "connection refused" // nothing listens there
	ReasonNameNotFound    Reason = "name not found"     // the host name does not resolve
	ReasonUntrusted       Reason = "untrusted"          // the server's certificate does not verify
	ReasonNotTLS          Reason = "not TLS"            // the server answers https with plain text
	ReasonProxy           Reason = "proxy"              // the way to the server's proxy, or the proxy, failed
	ReasonConnection      Reason = "connection failed"  // any other failure of the network
	ReasonCanceled        Reason = "canceled"           // the caller's context ended
)

// Reasons lists every reason.
func Reasons() []Reason {
	return []Reason{
		ReasonUnauthorized, ReasonBadOrigin, ReasonForbidden, ReasonNotFound, ReasonInvalidInput, ReasonNotJuspay,
		ReasonThrottled, ReasonServerError, ReasonUnexpectedError, ReasonRedirect, ReasonNotJSON, ReasonNotAccount, ReasonIncomplete,
		ReasonTooLarge, ReasonTimeout, ReasonRefused, ReasonNameNotFound, ReasonUntrusted, ReasonNotTLS, ReasonProxy,
		ReasonConnection, ReasonCanceled,
	}
}

// APIError is a read that did not end in the account. It is returned as a
// pointer. Every text in it that came from the network is shortened and cleaned
// of the key and of what may be personal, and can be shown.
type APIError struct {
	Reason Reason
	// BaseURL is the server that was asked.
	BaseURL string
	// Attempts is how many requests were sent, at least 1 unless none could be.
	Attempts int

	// StatusCode is that of the last answer, 0 when none came. It and what
	// follows are of an earlier attempt where the last one got no answer.
	StatusCode int
	// Code is error_info.code, or error_code where Juspay sent only that.
	Code string
	// DeveloperMessage is error_info.developer_message, or what Juspay sent in
	// its stead.
	DeveloperMessage string
	// RequestID is what Juspay's support asks for.
	RequestID string
	// RetryAfter is how long the last answer asked to wait, 0 when it did not.
	RetryAfter time.Duration
	// ContentType is the media type of the last answer, without parameters.
	ContentType string
	// RedirectHost is where a redirect points to, empty when it does not say.
	RedirectHost string
	// Timeout is the time for one attempt, when Reason is ReasonTimeout.
	Timeout time.Duration
	// Err is what failed below HTTP, or what is wrong with a 200 answer.
	Err error
}

// Error tells the reason in a line.
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

// Unwrap gives Err.
func (e *APIError) Unwrap() error { return e.Err }

// AskedToWaitTooLong tells whether Juspay asked to wait longer than a read
// waits, so that no further attempt was made.
func (e *APIError) AskedToWaitTooLong() bool { return e.RetryAfter > maxRetryAfter }

// envelope is the body of Juspay's errors, as the reference page's 401 and 404
// show it. Any part may be missing.
type envelope struct {
	status, code, message, requestID string
}

// decodeEnvelope takes what it can: a broken error is still an error.
func decodeEnvelope(body []byte) envelope {
	fields, err := decodeObject(body)
	if err != nil {
		return envelope{}
	}
	return envelopeOf(fields)
}

func envelopeOf(fields map[string]json.RawMessage) envelope {
	outer := &decoder{fields: fields}
	info := outer.object("error_info")
	return envelope{
		status:    outer.text("status"),
		code:      cmp.Or(info.text("code"), outer.text("error_code")),
		message:   cmp.Or(info.text("developer_message"), info.text("user_message"), outer.text("error_message")),
		requestID: info.text("request_id"),
	}
}

// isError finds an error that came under HTTP 200. One that has the fields of
// an account too is an error all the same: an account in doubt is none.
func (e envelope) isError() bool {
	return e.status == "error" || e.status == "invalid_request_error" || e.code != ""
}

// statusError is the error for an answer whose status is not 200, or that is an
// error envelope under 200.
func (c *Client) statusError(t *trace) *APIError {
	e := c.newError(t)
	e.Reason = reasonOf(t.last.statusCode, decodeEnvelope(t.last.body))
	return e
}

// answerError is the error for a 200 answer that is not the account.
func (c *Client) answerError(t *trace, err error) *APIError {
	e := c.newError(t)
	e.Reason, e.Err = ReasonNotAccount, err
	switch {
	case errors.Is(err, errNotJSON):
		e.Reason = ReasonNotJSON
	case errors.Is(err, errIncomplete):
		e.Reason = ReasonIncomplete
	}
	return e
}

// connectionError is the error for a read whose last attempt got no complete
// answer.
func (c *Client) connectionError(t *trace, err error) *APIError {
	e := c.newError(t)
	e.Reason, e.Err = reasonOfFailure(err), c.redact.error(err)
	var redirect *redirectError
	if errors.As(err, &redirect) {
		e.RedirectHost = c.redact.text(redirect.host)
	}
	if e.Reason == ReasonTimeout {
		e.Timeout = c.cfg.RequestTimeout
	}
	return e
}

// newError tells what is known of a read's attempts and of the last answer.
func (c *Client) newError(t *trace) *APIError {
	e := &APIError{BaseURL: c.cfg.BaseURL, Attempts: t.attempts, StatusCode: t.last.statusCode}
	if e.StatusCode == 0 {
		return e
	}
	info := decodeEnvelope(t.last.body)
	e.Code = c.redact.token(info.code)
	e.DeveloperMessage = c.redact.text(info.message)
	e.RequestID = cmp.Or(c.redact.token(info.requestID), c.redact.token(t.last.header.Get("X-Request-Id")))
	e.RetryAfter, _ = retryAfter(t.last.header, time.Now())
	if mediaType, _, err := mime.ParseMediaType(t.last.header.Get("Content-Type")); err == nil {
		e.ContentType = c.redact.text(mediaType)
	}
	return e
}

func reasonOf(status int, info envelope) Reason {
	switch {
	case status == http.StatusOK:
		return reasonOfCode(info.code)
	case status == http.StatusUnauthorized:
		return ReasonUnauthorized
	case status == http.StatusTooManyRequests:
		return ReasonThrottled
	case status >= 500:
		return ReasonServerError
	case info == envelope{}:
		// Firewalls, proxies and other web servers give such answers too, and
		// Juspay gives details with them.
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

// reasonOfCode is for errors that come under HTTP 200, where the code is all
// there is to tell them apart.
func reasonOfCode(code string) Reason {
	switch code {
	case "UNAUTHORIZED", "UNAUTHENTICATED":
		return ReasonUnauthorized
	case "BAD_ORIGIN":
		return ReasonBadOrigin
	case "RESOURCE_NOT_FOUND":
		return ReasonNotFound
	case "INVALID_INPUT", "MISSING_MANDATORY_PARAMETER":
		return ReasonInvalidInput
	case "INTERNAL_SERVER_ERROR":
		return ReasonServerError
	}
	return ReasonUnexpectedError
}

func reasonOfFailure(err error) Reason {
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
	case errors.As(err, &operation) && operation.Op == "dial" && operation.Timeout():
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
	case errors.Is(err, http.ErrSchemeMismatch), errors.As(err, &notTLS):
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
