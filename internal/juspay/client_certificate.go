// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"sync/atomic"
)

// NewClientCertificate returns a client certificate with its chain and key, or an error if key does
// not belong to the first of the chain, the client's own certificate. The chain is not empty.
func NewClientCertificate(chain []*x509.Certificate, key crypto.Signer) (*tls.Certificate, error) {
	public, ok := chain[0].PublicKey.(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !public.Equal(key.Public()) {
		return nil, errors.New("the private key does not belong to the first client certificate")
	}
	certificate := &tls.Certificate{PrivateKey: key, Leaf: chain[0]}
	for _, link := range chain {
		certificate.Certificate = append(certificate.Certificate, link.Raw)
	}
	return certificate, nil
}

// clientCertificate responds to requests for a client certificate, and records that there was one.
type clientCertificate struct {
	cert      *tls.Certificate // the certificate, nil if none is configured
	requested atomic.Bool      // whether a server requested one
}

// getClientCertificate is a tls.Config's GetClientCertificate. It ignores the authorities that the
// server accepts, since the error of a rejected certificate is clearer than the error of a missing one.
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
