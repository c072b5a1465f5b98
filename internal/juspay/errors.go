// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// APIError is the error of a read that returned no account. It is returned as a
// pointer. Every text in it that came from the network is shortened, cleaned of
// the key and of personal data, and can be shown.
type APIError struct {
	Reason Reason
	// BaseURL is the server that the read was sent to.
	BaseURL string
	// APIKeySource is the APIKeySource of Config.
	APIKeySource string
	// Attempts is the number of requests that were sent. It is 0 if none could be sent.
	Attempts int

	// Elapsed is the time from the start of the read to the error, waits included.
	Elapsed time.Duration
	// IsRepeated reports whether an earlier read of the client ended in this error, so
	// that nothing was sent for this one.
	IsRepeated bool

	// StatusCode is the status of the last response, 0 when none came. If the last
	// attempt got no response, this field and the fields below are from an earlier attempt.
	StatusCode int
	// Code is error_info.code, or error_code where Juspay sent only that.
	Code string
	// DeveloperMessage is error_info.developer_message, or else
	// error_info.user_message or error_message.
	DeveloperMessage string
	// RequestID identifies the request to Juspay's support.
	RequestID string
	// SentRequestID is the x-request-id of the last request that was sent, if no response
	// came to it.
	SentRequestID string
	// CertificateRequested reports whether the server requested a client certificate.
	// CertificateConfigured reports whether one is configured. A missing or rejected
	// certificate can explain a response that is not Juspay's.
	CertificateRequested, CertificateConfigured bool
	// RetryAfter is the Retry-After of the last response, 0 when it had none.
	RetryAfter time.Duration
	// RetryAfterTooLong reports whether the Retry-After ends after the read's deadline.
	// No further attempt was made then.
	RetryAfterTooLong bool
	// ContentType is the media type of the last response, without parameters.
	ContentType string
	// CertificateProblem classifies the server's certificate when Reason is
	// ReasonUntrusted, or the proxy's if IsProxyCertificate is set.
	CertificateProblem CertificateProblem
	IsProxyCertificate bool
	// Proxy is the host and the port of the proxy to the server, when the connection
	// failed. It is empty without a proxy.
	Proxy string
	// RedirectHost is the target host of a redirect, empty when the redirect names none.
	RedirectHost string
	// Timeout is the timeout of one attempt, when Reason is ReasonTimeout.
	Timeout time.Duration
	// IsDNSTimeout reports whether DNS did not respond in time, so nothing was sent.
	IsDNSTimeout bool
	// AcceptedField is the entry of Config.AcceptedFields that accepts the field because of
	// which the response cannot be used. It is empty if no entry does.
	AcceptedField string
	// Err is the error of the connection, or the reason why a 200 response cannot be used.
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
func (e *APIError) AffectsAllReads() bool { return e.affectsAllReads || e.rejectsAllReads() }

// rejectsAllReads reports whether the error by itself is about all reads of the client.
func (e *APIError) rejectsAllReads() bool {
	switch e.Reason {
	case ReasonUnauthorized, ReasonBadOrigin, ReasonNameNotFound, ReasonUntrusted, ReasonNotTLS,
		ReasonCertificateRequired, ReasonCertificateRefused:
		return true
	case ReasonProxy:
		var name *net.DNSError
		return !isTransient(e) || errors.As(e, &name) && name.IsNotFound
	}
	return false
}

// envelope is the body of Juspay's errors. It has one of two forms: the reference page's
// 401 and 404, or the form of Juspay's error pages, which may be within a field response. Any
// part may be missing.
type envelope struct {
	code, errorCode, message, requestID string
	status                              string
	isJuspay                            bool // whether the body has one of the two forms
}

// newEnvelope returns the parts that can be read: a malformed error is still an error.
func newEnvelope(fields map[string]json.RawMessage) envelope {
	outer := &decoder{fields: fields}
	if inner := outer.object("response"); len(inner.fields) > 0 {
		outer = inner
	}
	details := outer.object("error_info")
	e := envelope{
		code:      details.anyText("code"),
		errorCode: outer.anyText("error_code", "errorCode"),
		message: cmp.Or(details.anyText("developer_message", "user_message"),
			outer.anyText("error_message", "errorMessage", "userMessage")),
		requestID: details.anyText("request_id"),
		status:    outer.anyText("status"),
	}
	isError := string(outer.fields["error"]) == "true"
	e.isJuspay = len(details.fields) > 0 || isCode(e.errorCode) || isError && e.errorCode != "" || e.message != "" && (e.status != "" || isError)
	return e
}

// statusError returns the error for a status other than 200, or for an error that is
// reported under 200.
func (c *Client) statusError(state *readState, err error) *APIError {
	e := c.newError(state)
	e.Reason = reasonFromStatus(state.last.statusCode, state.last.envelope)
	if e.Reason == ReasonUnexpectedError || errors.Is(err, errByteOrderMark) || errors.Is(err, errUTF16) {
		e.Err = err // other reasons are clearer than the name of the field
	}
	return e
}

// responseError returns the error for a response that is not the account.
func (c *Client) responseError(state *readState, err error) *APIError {
	var field *fieldError
	if errors.As(err, &field) && field.reason == ReasonUnexpectedError {
		return c.statusError(state, err)
	}
	e := c.newError(state)
	e.Reason, e.Err = ReasonNotAccount, err
	if field != nil {
		e.Reason, e.AcceptedField = field.reason, field.entry
	}
	for kind, reason := range map[error]Reason{
		errNotJSON:       ReasonNotJSON,
		errIncomplete:    ReasonIncomplete,
		errOtherCustomer: ReasonOtherCustomer,
		errStale:         ReasonStale,
	} {
		if errors.Is(err, kind) {
			e.Reason = reason
		}
	}
	return e
}

// connectionError returns the error for a read whose last attempt got no complete
// response.
func (c *Client) connectionError(state *readState, err error) *APIError {
	var redirect *redirectError
	isRedirect := errors.As(err, &redirect)
	if isRedirect && state.last.statusCode == http.StatusNotModified {
		return c.statusError(state, nil) // it leads nowhere
	}
	e := c.newError(state)
	e.Reason, e.Err = cmp.Or(c.certificate.reason(err), reasonFromError(err)), c.redact.error(err)
	e.Proxy, e.SentRequestID = c.proxy, state.sentRequestID
	if isRedirect {
		e.RedirectHost = c.redact.matchOrEmpty(hostRE, strings.ToLower(redirect.host))
	}
	switch e.Reason {
	case ReasonUntrusted:
		problem, description := describeUntrusted(err, c.redact)
		e.CertificateProblem, e.Err = problem, &redactedError{description, err}
		e.IsProxyCertificate = isProxyFailure(err)
	case ReasonTimeout:
		e.Timeout = c.cfg.RequestTimeout
	}
	var name *net.DNSError
	e.IsDNSTimeout = errors.Is(err, errDNSTimeout) || errors.As(err, &name) && name.IsTimeout
	return e
}

// newError returns an error with the facts of a read's attempts and last response,
// without a Reason.
func (c *Client) newError(state *readState) *APIError {
	e := &APIError{
		BaseURL:               c.cfg.BaseURL,
		APIKeySource:          c.cfg.APIKeySource,
		Attempts:              state.Attempts,
		Elapsed:               time.Since(state.start),
		StatusCode:            state.last.statusCode,
		CertificateRequested:  c.certificate.requested.Load(),
		CertificateConfigured: c.certificate.cert != nil,
	}
	details := state.last.envelope
	e.Code = cmp.Or(c.redact.code(details.code), c.redact.code(details.errorCode))
	e.DeveloperMessage = c.redact.message(details.message, e.Code)
	e.RequestID = cmp.Or(c.redact.matchOrEmpty(uuidRE, details.requestID), c.redact.matchOrEmpty(uuidRE, state.last.header.Get("X-Request-Id")))
	e.RetryAfter = retryAfter(state.last.header, time.Now())
	mediaType, _, _ := mime.ParseMediaType(state.last.header.Get("Content-Type"))
	e.ContentType = c.redact.matchOrEmpty(mediaTypeRE, mediaType)
	return e
}

var (
	lowerCodeRE = regexp.MustCompile(`^[a-z]{1,30}(_[a-z]{1,30}){0,9}$`)
	mediaTypeRE = regexp.MustCompile(`^(application|audio|font|image|message|model|multipart|text|video)/[a-z.+-]{1,40}$`)
)

func isCode(text string) bool { return codeRE.MatchString(text) || lowerCodeRE.MatchString(text) }

// code returns text if it has the form of Juspay's codes, and "" otherwise.
func (r redactor) code(text string) string {
	return cmp.Or(r.matchOrEmpty(codeRE, text), r.matchOrEmpty(lowerCodeRE, text))
}

// error returns an error that shows only the redacted text of err. It omits the full stop
// that messages of Windows end with, because callers end the sentence.
func (r redactor) error(err error) error {
	return &redactedError{strings.TrimSuffix(r.text(err.Error()), "."), err}
}

// redactedError shows text, and wraps err for errors.Is and errors.As.
type redactedError struct {
	text string
	err  error
}

func (e *redactedError) Error() string { return e.text }
func (e *redactedError) Unwrap() error { return e.err }
