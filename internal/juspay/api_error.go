// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"fmt"
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
	// Attempts is the number of attempts of the read, those that found no connection included. It
	// is 0 if the read ended before its first one. If a poll is canceled between two reads, it is
	// the number of the attempts of all its reads.
	Attempts int
	// Elapsed is the time from the start of the read to the error, waits included.
	Elapsed time.Duration
	// IsOfOtherRead reports whether another read of the client ended in this error before, so
	// that this one ended without a further attempt. Only Attempts and Elapsed are its own, and
	// RetryAfterTooLong is false.
	IsOfOtherRead bool
	// Outage is the time in which no request of the client succeeded, so that all of its reads ended with this
	// error. It is 0 for other errors.
	Outage time.Duration

	// StatusCode is the status of the last response, 0 when none came.
	StatusCode int
	// IsEarlierResponse reports whether that response is of an earlier attempt, because the last
	// one got none. Code, DeveloperMessage, RequestID and ContentType are of that response too then,
	// and RetryAfter is 0.
	IsEarlierResponse bool
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
	// RetryAfterTooLong reports whether the read ended because its Retry-After ends after its
	// deadline. It is false if no retry was left in any case.
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

	isAfterSuccess bool // whether the server had served a read before
	// isShared is set by shareIfMany, limit, markAlike or allReadsError.keep: one report stands for several
	// reads. IsShared adds the errors that are shared by their reason.
	isShared bool
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

// IsShared reports whether the error is reported once for several reads. The table in all_reads.go says
// which other reads it ends: all of the client, all of the same GetAll, or none.
func (e *APIError) IsShared() bool { return e.isShared || isAboutAllReads(e) }
