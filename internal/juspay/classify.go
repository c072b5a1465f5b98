// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"regexp"
	"syscall"
)

// reasonFromStatus returns the reason of a response with an error. Under HTTP 200, only the code of
// the envelope classifies it.
func reasonFromStatus(status int, envelope errorEnvelope) Reason {
	switch {
	case isThrottled(status, envelope):
		return ReasonThrottled
	case status == http.StatusOK:
		return cmp.Or(reasonByCode[envelope.code], reasonByCode[envelope.errorCode], ReasonUnexpectedError)
	case status == http.StatusUnauthorized:
		return ReasonUnauthorized
	case status == http.StatusNetworkAuthenticationRequired:
		return ReasonNotJuspay // a network's sign-in page sends it, never the server itself (RFC 6585, section 6)
	case status >= 500:
		return ReasonServerError
	case !envelope.isJuspay:
		// Firewalls, proxies and other web servers send these statuses too, and
		// Juspay sends its envelope with them.
		return ReasonNotJuspay
	case status == http.StatusBadRequest:
		return ReasonInvalidInput
	case status == http.StatusForbidden && (envelope.code == "BAD_ORIGIN" || envelope.errorCode == "BAD_ORIGIN"):
		return ReasonBadOrigin
	case status == http.StatusForbidden:
		return ReasonForbidden
	case status == http.StatusNotFound:
		return ReasonNotFound
	}
	return ReasonUnexpectedError
}

// isThrottled reports whether a response reports throttling. No other function decides it.
// nginx and HAProxy throttle with 503 by default, and send no envelope. A status such as maintenance, or an unknown
// error_code, says that a 503 has another cause.
func isThrottled(status int, envelope errorEnvelope) bool {
	return status == http.StatusTooManyRequests || isThrottledCode(envelope.code) || isThrottledCode(envelope.errorCode) ||
		status == http.StatusServiceUnavailable && !envelope.isJuspay && envelope.errorCode == "" && envelope.status == ""
}

var (
	// throttledCodeRE matches codes that report throttling under any status, as gateways
	// spell them, once words are separated by "_".
	throttledCodeRE = regexp.MustCompile(`(?i)(^|_)(too_?many_?requests?|rate_?limit(s|ed|ing)?|throttl(e|ed|ing)|quota)(_|$)`)
	// wordStartRE and acronymEndRE find where words meet in camel case, as in APIRateLimit.
	wordStartRE  = regexp.MustCompile(`([a-z])([A-Z])|[^A-Za-z]+`)
	acronymEndRE = regexp.MustCompile(`([A-Z])([A-Z][a-z])`)
)

// isThrottledCode reports whether a code reports throttling.
func isThrottledCode(code string) bool {
	const separated = "${1}_${2}"
	return throttledCodeRE.MatchString(acronymEndRE.ReplaceAllString(wordStartRE.ReplaceAllString(code, separated), separated))
}

// reasonByCode maps error_info.code and error_code to the reason of an error under
// HTTP 200, which only the code can classify. Either code may be absent.
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

// reasonFromError returns the reason of an attempt that got no complete response.
func reasonFromError(err error) Reason {
	var (
		redirect    *redirectError
		operation   *net.OpError
		name        *net.DNSError
		certificate *tls.CertificateVerificationError
		notTLS      tls.RecordHeaderError
		timeout     net.Error
	)
	switch {
	// This is first: errors.Is takes package net's own timeout for context.DeadlineExceeded.
	case errors.As(err, &operation) && operation.Timeout():
		return ReasonTimeout
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return ReasonCanceled
	case errors.As(err, &redirect):
		return ReasonRedirect
	case errors.Is(err, errTooLarge):
		return ReasonTooLarge
	case errors.As(err, &certificate): // the certificate of the server or of a proxy: no retry helps
		return ReasonUntrusted
	case isProxyFailure(err):
		return ReasonProxy
	case errors.As(err, &notTLS) && notTLS.Conn != nil: // it is nil after the handshake, which a server without TLS cannot make
		return ReasonNotTLS
	case errors.As(err, &name) && name.IsNotFound:
		return ReasonNameNotFound
	case errors.Is(err, errTimeout), errors.As(err, &timeout) && timeout.Timeout():
		return ReasonTimeout
	case isConnectionRefused(err):
		return ReasonConnectionRefused
	}
	return ReasonConnection
}

// reasonFromClientCertificate returns the reason of err if a server lacked or rejected the client
// certificate, and "" otherwise.
func reasonFromClientCertificate(err error, certificate *clientCertificate) Reason {
	switch {
	case certificate.cert == nil && isRejectedRenegotiation(err):
		return ReasonCertificateRequired
	case !certificate.requested.Load() || !isCertificateAlert(err):
		return ""
	case certificate.cert == nil:
		return ReasonCertificateRequired
	}
	return ReasonCertificateRejected
}

// wsaECONNREFUSED is the error that Windows returns for ECONNREFUSED. On Windows, Go's ECONNREFUSED is
// a number of its own, which no socket returns. No other system has an error of this number.
const wsaECONNREFUSED = syscall.Errno(10061)

// isConnectionRefused reports whether nothing listens at the address of a connection.
func isConnectionRefused(err error) bool {
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, wsaECONNREFUSED)
}
