// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"crypto/tls"
	"errors"
	"net"
	"slices"
	"sync/atomic"
)

// certificateAlerts contains the TLS alerts (RFC 8446, section 6.2) of a server that lacks
// or rejects a client certificate: handshake_failure, bad_certificate,
// unsupported_certificate, certificate_revoked, certificate_expired,
// certificate_unknown, unknown_ca, access_denied and certificate_required.
var certificateAlerts = []tls.AlertError{40, 42, 43, 44, 45, 46, 48, 49, 116}

// isCertificateAlert reports whether err is one of certificateAlerts. It compares texts,
// since crypto/tls does not export the type of the alerts that it returns.
func isCertificateAlert(err error) bool {
	var operation *net.OpError
	return errors.As(err, &operation) && operation.Op == "remote error" &&
		slices.ContainsFunc(certificateAlerts, func(alert tls.AlertError) bool { return alert.Error() == operation.Err.Error() })
}

// isRefusedRenegotiation reports whether this machine refused a second handshake. Under TLS 1.2,
// servers request one to get a client certificate for a path.
func isRefusedRenegotiation(err error) bool {
	const noRenegotiation = tls.AlertError(100)
	var operation *net.OpError
	return errors.As(err, &operation) && operation.Op == "local error" && operation.Err.Error() == noRenegotiation.Error()
}

// clientCertificate serves requests for a client certificate, and records them.
type clientCertificate struct {
	cert      *tls.Certificate // nil if none is configured
	requested atomic.Bool
}

// getClientCertificate is a tls.Config's GetClientCertificate. It ignores the authorities
// that the server accepts, since the error of a rejected certificate is clearer than the error of a missing one.
func (c *clientCertificate) getClientCertificate(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
	c.requested.Store(true)
	if c.cert == nil {
		return &tls.Certificate{}, nil
	}
	return c.cert, nil
}

// renegotiation allows one handshake more if there is a certificate for it.
func (c *clientCertificate) renegotiation() tls.RenegotiationSupport {
	if c.cert == nil {
		return tls.RenegotiateNever
	}
	return tls.RenegotiateOnceAsClient
}

// reason returns the reason of err if a server lacked or rejected the client certificate,
// and "" otherwise.
func (c *clientCertificate) reason(err error) Reason {
	switch {
	case c.cert == nil && isRefusedRenegotiation(err):
		return ReasonCertificateRequired
	case !c.requested.Load() || !isCertificateAlert(err):
		return ""
	case c.cert == nil:
		return ReasonCertificateRequired
	}
	return ReasonCertificateRefused
}
