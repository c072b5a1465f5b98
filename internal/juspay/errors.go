// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode"
)

// Reason is why a read did not end in the account: one value for each thing
// that a user can do about it.
type Reason string

// The reasons. They are told apart by HTTP status, by error_info.code and by the
// type of the network's error, never by a message's words.
const (
	ReasonUnauthorized     Reason = "unauthorized"       // 401: the key was refused
	ReasonBadOrigin        Reason = "bad origin"         // 403 BAD_ORIGIN: this machine's address was refused
	ReasonForbidden        Reason = "forbidden"          // any other 403
	ReasonNotFound         Reason = "not found"          // 404: no such account
	ReasonInvalidInput     Reason = "invalid input"      // 400: an identifier or the routing id was refused
	ReasonNotJuspay        Reason = "not Juspay"         // 400, 403 or 404 without an error of Juspay's
	ReasonThrottled        Reason = "throttled"          // 429
	ReasonServerError      Reason = "server error"       // 5xx
	ReasonUnexpectedStatus Reason = "unexpected status"  // any other status, or an error under 200
	ReasonRedirect         Reason = "redirect"           // 3xx, which is never followed
	ReasonNotJSON          Reason = "not JSON"           // 200 with something that is not JSON
	ReasonNotAccount       Reason = "not the account"    // 200 with JSON that is not the account asked for
	ReasonTooLarge         Reason = "too large"          // 200 with a body over 1 MiB
	ReasonTimeout          Reason = "timeout"            // no complete answer within the time for one attempt
	ReasonRefused          Reason = "connection refused" // nothing listens there
	ReasonNameNotFound     Reason = "name not found"     // the host name does not resolve
	ReasonUntrusted        Reason = "untrusted"          // the server's certificate does not verify
	ReasonNotTLS           Reason = "not TLS"            // the server answers https with plain text
	ReasonConnection       Reason = "connection failed"  // any other failure of the network
	ReasonCanceled         Reason = "canceled"           // the caller's context ended
)

// APIError is a read that did not end in the account. It is returned as a
// pointer. Every text in it that came from the network is shortened and cleaned
// of the key and of what may be personal, and can be shown.
type APIError struct {
	Reason Reason
	// BaseURL is the server that was asked.
	BaseURL string
	// Attempts is how many requests were sent, at least 1 unless none could be.
	Attempts int

	// StatusCode is that of the last answer, 0 when none came.
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

// isErrorEnvelope finds an error that came under HTTP 200: it says so and,
// unlike an account, has no object.
func isErrorEnvelope(body []byte) bool {
	fields, err := decodeObject(body)
	if err != nil {
		return false
	}
	d := decoder{fields: fields}
	info := decodeEnvelope(body)
	failed := info.status == "error" || info.status == "invalid_request_error" || info.code != ""
	return failed && d.text("object") == ""
}

// decodeEnvelope takes what it can: a broken error is still an error.
func decodeEnvelope(body []byte) envelope {
	fields, err := decodeObject(body)
	if err != nil {
		return envelope{}
	}
	outer := &decoder{fields: fields}
	info := outer.object("error_info")
	return envelope{
		status:    outer.text("status"),
		code:      plainToken(firstOf(info.text("code"), outer.text("error_code"))),
		message:   firstOf(info.text("developer_message"), info.text("user_message"), outer.text("error_message")),
		requestID: plainToken(info.text("request_id")),
	}
}

func firstOf(values ...string) string {
	for _, value := range values {
		if value != "" {
			return value
		}
	}
	return ""
}

// statusError is the error for an answer whose status is not 200, or that is an
// error envelope under 200.
func (c *Client) statusError(got answer) *APIError {
	info := decodeEnvelope(got.body)
	e := c.newError(got)
	e.Reason = reasonOf(got.statusCode, info)
	e.Code = info.code
	e.DeveloperMessage = c.clean(info.message)
	e.RequestID = firstOf(info.requestID, e.RequestID)
	return e
}

// answerError is the error for a 200 answer that is not the account.
func (c *Client) answerError(got answer, err error) *APIError {
	e := c.newError(got)
	e.Reason, e.Err = ReasonNotAccount, err
	if errors.Is(err, errNotJSON) {
		e.Reason = ReasonNotJSON
	}
	return e
}

// newError tells what is known of an answer from its headers.
func (c *Client) newError(got answer) *APIError {
	contentType, _, err := mime.ParseMediaType(got.header.Get("Content-Type"))
	if err != nil {
		contentType = ""
	}
	wait, _ := retryAfter(got.header, time.Now())
	return &APIError{
		BaseURL:     c.cfg.BaseURL,
		Attempts:    got.attempts,
		StatusCode:  got.statusCode,
		RequestID:   plainToken(got.header.Get("X-Request-Id")),
		RetryAfter:  wait,
		ContentType: c.clean(contentType),
	}
}

// statusesOfAnyServer are what firewalls, proxies and web servers that are not
// Juspay answer too. Juspay itself gives details with them.
var statusesOfAnyServer = []int{http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound}

func reasonOf(status int, info envelope) Reason {
	switch {
	case status == http.StatusOK:
		return reasonOfCode(info.code)
	case info == envelope{} && slices.Contains(statusesOfAnyServer, status):
		return ReasonNotJuspay
	case status == http.StatusBadRequest:
		return ReasonInvalidInput
	case status == http.StatusUnauthorized:
		return ReasonUnauthorized
	case status == http.StatusForbidden && info.code == "BAD_ORIGIN":
		return ReasonBadOrigin
	case status == http.StatusForbidden:
		return ReasonForbidden
	case status == http.StatusNotFound:
		return ReasonNotFound
	case status == http.StatusTooManyRequests:
		return ReasonThrottled
	case status >= 500:
		return ReasonServerError
	}
	return ReasonUnexpectedStatus
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
	return ReasonUnexpectedStatus
}

// connectionError is the error for a read that no complete answer ended.
func (c *Client) connectionError(err error, attempts int) *APIError {
	var redirect *redirectError
	if errors.As(err, &redirect) {
		e := c.newError(redirect.answer)
		e.Reason, e.Attempts, e.RedirectHost = ReasonRedirect, attempts, c.clean(redirect.host)
		return e
	}
	e := &APIError{Reason: reasonOfFailure(err), BaseURL: c.cfg.BaseURL, Attempts: attempts}
	if e.Reason == ReasonTimeout {
		e.Timeout = c.cfg.RequestTimeout
	}
	e.Err = c.cleanError(err)
	return e
}

func reasonOfFailure(err error) Reason {
	var (
		name        *net.DNSError
		certificate *tls.CertificateVerificationError
		notTLS      tls.RecordHeaderError
		timeout     net.Error
	)
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return ReasonCanceled
	case errors.Is(err, errTooLarge):
		return ReasonTooLarge
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

// innermost strips net/http's wrapper, which repeats the method and the URL.
func innermost(err error) error {
	var wrapper *url.Error
	if errors.As(err, &wrapper) {
		return wrapper.Err
	}
	return err
}

func (c *Client) cleanError(err error) error {
	return &cleanedError{text: c.clean(innermost(err).Error()), err: err}
}

// cleanedError shows only the cleaned text of an error, and is that error to
// errors.Is and errors.As.
type cleanedError struct {
	text string
	err  error
}

func (e *cleanedError) Error() string { return e.text }
func (e *cleanedError) Unwrap() error { return e.err }

const (
	redacted   = "[removed]"
	maxMessage = 300 // characters of a message from the network that are shown
)

// personal matches what looks like a VPA, an e-mail address or a URL's
// credentials, and runs of digits as long as phone and bank account numbers.
var personal = regexp.MustCompile(`[^\s"'<>(),;]+@[^\s"'<>(),;]*|[0-9]{9,}`)

// clean makes a text from the network fit to be shown: on one line, short, and
// without the key or what may be personal.
func (c *Client) clean(text string) string {
	for _, secret := range c.Secrets() {
		text = strings.ReplaceAll(text, secret, redacted)
	}
	text = personal.ReplaceAllString(text, redacted)
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > maxMessage {
		text = string(runes[:maxMessage]) + "..."
	}
	return text
}

// plain matches codes and request ids. Anything else in their place is not
// shown, since it may be anything.
var plain = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

func plainToken(s string) string {
	if plain.MatchString(s) {
		return s
	}
	return ""
}

// identifier matches names and ids as Juspay and merchants make them, and no
// VPA.
var identifier = regexp.MustCompile(`^[^\s\pC@]{1,128}$`)

// quoteIdentifier shows a name or id from the network that is not the expected
// one.
func quoteIdentifier(id string) string {
	switch {
	case id == "":
		return "missing"
	case !identifier.MatchString(id):
		return "something that is not an identifier"
	}
	return strconv.Quote(id)
}
