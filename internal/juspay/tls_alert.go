// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"crypto/tls"
	"errors"
	"net"
	"slices"
)

// certificateAlerts contains the TLS alerts (RFC 8446, section 6.2) of a server that lacks
// or rejects a client certificate: handshake_failure, bad_certificate,
// unsupported_certificate, certificate_revoked, certificate_expired,
// certificate_unknown, unknown_ca, access_denied and certificate_required.
var certificateAlerts = []tls.AlertError{40, 42, 43, 44, 45, 46, 48, 49, 116}

// isCertificateAlert reports whether err is one of certificateAlerts, which the server sent.
func isCertificateAlert(err error) bool {
	return isAlert(err, "remote error", certificateAlerts...)
}

// isInternalAlert reports whether err is the alert internal_error, which says nothing about the
// handshake. Servers send it while they reload.
func isInternalAlert(err error) bool {
	return isAlert(err, "remote error", 80)
}

// isRejectedRenegotiation reports whether this machine rejected a second handshake with the alert
// no_renegotiation. Under TLS 1.2, servers request one to get a client certificate for a path.
func isRejectedRenegotiation(err error) bool {
	return isAlert(err, "local error", 100)
}

// isAlert reports whether err is one of alerts. It compares texts, since crypto/tls does not
// export the type of the alerts that it returns.
func isAlert(err error, side string, alerts ...tls.AlertError) bool {
	var operation *net.OpError
	return errors.As(err, &operation) && operation.Op == side &&
		slices.ContainsFunc(alerts, func(alert tls.AlertError) bool { return alert.Error() == operation.Err.Error() })
}
