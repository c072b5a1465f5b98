// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"errors"
	"maps"
	"net"
	"net/http"
	"slices"
)

// Reason classifies the error of a read: one value for each remedy that a user has.
type Reason string

// The reasons. An error is classed by HTTP status, by Juspay's code and by the type of the network's
// error, never by the words of a message, but for TLS alerts. A status 4xx other than 401 and 429
// belongs to an error in Juspay's envelope (see errorEnvelope): the same status of another server is
// ReasonNotJuspay. 401, 429 and 5xx need no envelope, but 511 is never Juspay's. An error under 200 has the
// reason of its code, such as ReasonServerError of INTERNAL_SERVER_ERROR (see reasonByCode).
const (
	ReasonUnauthorized        Reason = "unauthorized"                // 401: the key was rejected
	ReasonBadOrigin           Reason = "bad origin"                  // 403 BAD_ORIGIN: this machine's address was rejected
	ReasonForbidden           Reason = "forbidden"                   // any other 403
	ReasonNotFound            Reason = "not found"                   // 404: no such account
	ReasonInvalidInput        Reason = "invalid input"               // 400: an identifier or the routing id was rejected
	ReasonNotJuspay           Reason = "not Juspay"                  // 511, or without Juspay's envelope: 304, 1xx, 2xx except 200, 4xx except 401 and 429
	ReasonThrottled           Reason = "throttled"                   // 429, a code for throttling, or a 503 that has no envelope, no error_code and no status
	ReasonServerError         Reason = "server error"                // any other 5xx except 511
	ReasonUnexpectedError     Reason = "unexpected error"            // any other error of Juspay's
	ReasonRedirect            Reason = "redirect"                    // 3xx except 304, which is never followed
	ReasonNotJSON             Reason = "not JSON"                    // 200 with something that is not JSON
	ReasonNotAccount          Reason = "not the account"             // 200 with JSON that is not what was requested
	ReasonOtherCustomer       Reason = "another customer"            // 200 with an account of another customer
	ReasonInDoubt             Reason = "in doubt"                    // 200 with a response that contradicts itself
	ReasonUnknownField        Reason = "unknown field"               // 200 with an ACTIVE account with an unknown field, if Config rejects those
	ReasonStale               Reason = "stale"                       // a response from a cache
	ReasonIncomplete          Reason = "incomplete"                  // 200 with a list that may lack accounts
	ReasonTooLarge            Reason = "too large"                   // 200 with a body over 1 MiB
	ReasonTimeout             Reason = "timeout"                     // no complete response within the timeout of one attempt
	ReasonConnectionRefused   Reason = "connection refused"          // nothing listens at the address of the server
	ReasonNameNotFound        Reason = "name not found"              // the host name does not resolve
	ReasonUntrusted           Reason = "untrusted"                   // the server's certificate does not verify
	ReasonCertificateRequired Reason = "client certificate required" // the server requires a client certificate, and none is configured
	ReasonCertificateRejected Reason = "client certificate rejected" // the server does not accept the client certificate
	ReasonNotTLS              Reason = "not TLS"                     // the server responds to https with plain HTTP
	ReasonProxy               Reason = "proxy"                       // the proxy, or the connection to it, failed
	ReasonConnection          Reason = "connection failed"           // any other failure of the network
	ReasonCanceled            Reason = "canceled"                    // the caller's context ended
)

// reasonKind says what a read that failed for a reason means for a retry, for the limiter and for other
// reads. isServed, isTransient and isAboutAllReads know the exceptions.
type reasonKind string

const (
	kindAllReads  reasonKind = "all reads" // every other read would end in the error too, so that the client sends nothing more
	kindTransient reasonKind = "transient" // the server or the network failed, so that a retry may succeed
	kindForeign   reasonKind = "foreign"   // a server in between responded, so that a retry may reach Juspay if other reads do
	kindServed    reasonKind = "served"    // Juspay, or a cache of it, served the request: the failure is about the account, or about the response
	kindCanceled  reasonKind = "canceled"  // the caller ended the read, which says nothing of the server
)

// reasonKinds maps every reason to its kind.
var reasonKinds = map[Reason]reasonKind{
	ReasonUnauthorized:        kindAllReads,
	ReasonBadOrigin:           kindAllReads,
	ReasonForbidden:           kindServed,
	ReasonNotFound:            kindServed,
	ReasonInvalidInput:        kindServed,
	ReasonNotJuspay:           kindForeign,
	ReasonThrottled:           kindTransient,
	ReasonServerError:         kindTransient,
	ReasonUnexpectedError:     kindServed,
	ReasonRedirect:            kindForeign,
	ReasonNotJSON:             kindForeign,
	ReasonNotAccount:          kindServed,
	ReasonOtherCustomer:       kindServed,
	ReasonInDoubt:             kindServed,
	ReasonUnknownField:        kindServed,
	ReasonStale:               kindServed, // of Juspay, but old: no limit refused it
	ReasonIncomplete:          kindServed,
	ReasonTooLarge:            kindServed,
	ReasonTimeout:             kindTransient,
	ReasonConnectionRefused:   kindTransient,
	ReasonNameNotFound:        kindAllReads,
	ReasonUntrusted:           kindAllReads,
	ReasonCertificateRequired: kindAllReads,
	ReasonCertificateRejected: kindAllReads,
	ReasonNotTLS:              kindAllReads,
	ReasonProxy:               kindTransient,
	ReasonConnection:          kindTransient,
	ReasonCanceled:            kindCanceled,
}

// Reasons lists every reason.
func Reasons() []Reason { return slices.Sorted(maps.Keys(reasonKinds)) }

// isAboutAllReads reports whether the error by itself is about all reads of the client.
func isAboutAllReads(failure *APIError) bool {
	switch {
	case isNameNotFound(failure):
		return !failure.isAfterSuccess
	case failure.Reason == ReasonProxy:
		return !isTransient(failure)
	}
	return reasonKinds[failure.Reason] == kindAllReads
}

// isNameNotFound reports whether the name of the server or of the proxy does not resolve. After a read
// succeeded, that is a fault of DNS which may pass.
func isNameNotFound(failure *APIError) bool {
	var name *net.DNSError
	return errors.As(failure, &name) && name.IsNotFound
}

// isTransient reports whether a retry may succeed. It returns false for failures that
// are known to last: a retry would only delay the same error.
func isTransient(failure *APIError) bool {
	switch failure.Reason {
	case ReasonNameNotFound:
		return failure.isAfterSuccess
	case ReasonServerError:
		return isTransientStatus(failure.StatusCode) || failure.StatusCode == http.StatusOK // with a code
	case ReasonProxy:
		var proxy *proxyError
		return !errors.As(failure, &proxy) || isTransientStatus(proxy.statusCode)
	case ReasonConnection:
		var alert *net.OpError
		return !errors.As(failure, &alert) || alert.Op != "remote error" || isInternalAlert(failure)
	case ReasonNotJuspay, ReasonUnexpectedError:
		return isTransientStatus(failure.StatusCode)
	}
	return reasonKinds[failure.Reason] == kindTransient
}

// isTransientStatus reports whether a retry may succeed after a status of the server or of a proxy.
func isTransientStatus(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported, http.StatusNetworkAuthenticationRequired:
		return false
	}
	return status >= 500
}

// isForeign reports whether a response is not Juspay's, but of a server in between.
func isForeign(failure *APIError) bool { return reasonKinds[failure.Reason] == kindForeign }

// isServed reports whether Juspay served the request. The failure is about the account then, or about
// the response. A status that may pass, such as 408, does not mean that Juspay served, even with a code of Juspay's.
func isServed(failure *APIError) bool {
	return reasonKinds[failure.Reason] == kindServed && !isTransient(failure)
}

// showsAccount reports whether a response had an account that cannot be used: the key belongs to this
// environment then.
func showsAccount(failure *APIError) bool {
	switch failure.Reason {
	case ReasonInDoubt, ReasonOtherCustomer, ReasonUnknownField:
		return true
	}
	return false
}

// isAboutAccount reports whether a failure is about the account or its response, and not about the key, as
// a 403 may be.
func isAboutAccount(failure *APIError) bool {
	return failure.Reason != ReasonForbidden && isServed(failure)
}
