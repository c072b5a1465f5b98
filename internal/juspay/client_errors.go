// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	"errors"
	"mime"
	"net"
	"regexp"
	"strings"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/fields"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/redact"
)

// statusError returns the error for a status other than 200, or for an error that is reported under 200.
// err says why the body could not be read, or which field reports the error. It is kept only for
// ReasonUnexpectedError, where it names the field, and if it is ErrByteOrderMark or ErrUTF16, which a person
// can correct.
func (c *Client) statusError(state *readState, err error) *APIError {
	e := c.newError(state)
	e.Reason = reasonFromStatus(state.lastResponse.statusCode, state.lastResponse.envelope)
	if e.Reason == ReasonUnexpectedError || errors.Is(err, fields.ErrByteOrderMark) || errors.Is(err, fields.ErrUTF16) {
		e.Err = err
	}
	return e
}

// responseError returns the error for a response that is not the account.
func (c *Client) responseError(state *readState, err error) *APIError {
	var field *fields.Error
	if errors.As(err, &field) && Reason(field.Reason) == ReasonUnexpectedError {
		return c.statusError(state, err)
	}
	e := c.newError(state)
	e.Reason, e.Err = ReasonNotAccount, err
	if field != nil {
		e.Reason, e.AcceptedField = Reason(field.Reason), field.Entry
	}
	switch {
	case errors.Is(err, fields.ErrNotJSON):
		e.Reason = ReasonNotJSON
	case errors.Is(err, errIncomplete):
		e.Reason = ReasonIncomplete
	case errors.Is(err, errOtherCustomer):
		e.Reason = ReasonOtherCustomer
	case errors.Is(err, errStale):
		e.Reason = ReasonStale
	}
	return e
}

// attemptError returns the error for a read whose last attempt got no complete
// response, or was canceled: before it was sent, or before its response was decoded.
func (c *Client) attemptError(state *readState, err error) *APIError {
	e := c.newError(state)
	e.Reason, e.Err = cmp.Or(reasonFromClientCertificate(err, c.certificate), reasonFromError(err)), c.redactor.Error(err)
	e.Proxy, e.SentRequestID = c.proxy, state.pendingRequestID
	var redirect *redirectError
	if errors.As(err, &redirect) {
		e.RedirectHost = c.redactor.Match(hostRE, strings.ToLower(redirect.host))
	}
	switch e.Reason {
	case ReasonUntrusted:
		problem, description := describeUntrusted(err, c.redactor)
		e.CertificateProblem, e.Err = problem, &redact.Error{Text: description, Err: err}
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
		StatusCode:            state.lastResponse.statusCode,
		IsEarlierResponse:     state.lastResponse.statusCode != 0 && state.lastAttempt.StatusCode == 0,
		CertificateRequested:  c.certificate.requested.Load(),
		CertificateConfigured: c.certificate.cert != nil,
		isAfterSuccess:        c.limiter.HasServed(),
	}
	envelope := state.lastResponse.envelope
	e.Code = cmp.Or(c.redactor.Code(envelope.code), c.redactor.Code(envelope.errorCode))
	e.DeveloperMessage = c.redactor.Message(envelope.message, e.Code)
	e.RequestID = cmp.Or(c.redactor.UUID(envelope.requestID), c.redactor.UUID(state.lastResponse.header.Get("X-Request-Id")))
	if !e.IsEarlierResponse {
		e.RetryAfter = parseRetryAfter(state.lastResponse.header, time.Now())
	}
	mediaType, _, _ := mime.ParseMediaType(state.lastResponse.header.Get("Content-Type"))
	e.ContentType = c.redactor.Match(mediaTypeRE, mediaType)
	return e
}

var mediaTypeRE = regexp.MustCompile(`^(application|audio|font|image|message|model|multipart|text|video)/[a-z.+-]{1,40}$`)
