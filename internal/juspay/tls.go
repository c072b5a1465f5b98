// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync/atomic"
)

// The errors of this file complete a sentence that begins with the name of what was
// parsed, as the validators of validate.go do. They hold no key material.

// ParseCertificates returns the certificates in text, at least one, which is PEM and
// holds nothing else.
func ParseCertificates(text string) ([]*x509.Certificate, error) {
	blocks, err := pemBlocks(text, "CERTIFICATE")
	if err != nil {
		return nil, err
	}
	var certificates []*x509.Certificate
	for i, block := range blocks {
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("must hold certificates alone, but holds a block of the type %q", block.Type)
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("holds something that is not a certificate in its PEM block %d of %d", i+1, len(blocks))
		}
		certificates = append(certificates, certificate)
	}
	return certificates, nil
}

// ParsePrivateKey returns the one private key in text, which is PEM and may hold
// certificates and parameters too.
func ParsePrivateKey(text string) (crypto.Signer, error) {
	blocks, err := pemBlocks(text, "PRIVATE KEY")
	if err != nil {
		return nil, err
	}
	var keys []*pem.Block
	for _, block := range blocks {
		if strings.HasSuffix(block.Type, "PRIVATE KEY") {
			keys = append(keys, block)
		}
	}
	if len(keys) != 1 {
		return nil, fmt.Errorf("must hold one private key, but holds %d", len(keys))
	}
	if keys[0].Type == "ENCRYPTED PRIVATE KEY" || keys[0].Headers["DEK-Info"] != "" {
		return nil, errors.New(`is encrypted; decrypt it, such as with "openssl pkey", and pass the result`)
	}
	signer, ok := parseKey(keys[0]).(crypto.Signer)
	if !ok {
		return nil, errors.New("must hold an RSA, ECDSA or Ed25519 key in the form PKCS #8, PKCS #1 or SEC 1")
	}
	return signer, nil
}

// parseKey is nil for what is not a private key.
func parseKey(block *pem.Block) crypto.PrivateKey {
	if key, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		return key
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key
	}
	if key, err := x509.ParseECPrivateKey(block.Bytes); err == nil {
		return key
	}
	return nil
}

// NewClientCertificate joins a chain of certificates, the client's own first, with
// the key of that one.
func NewClientCertificate(chain []*x509.Certificate, key crypto.Signer) (*tls.Certificate, error) {
	public, ok := chain[0].PublicKey.(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !public.Equal(key.Public()) {
		return nil, errors.New("is not the key of the first client certificate")
	}
	joined := &tls.Certificate{PrivateKey: key, Leaf: chain[0]}
	for _, certificate := range chain {
		joined.Certificate = append(joined.Certificate, certificate.Raw)
	}
	return joined, nil
}

// pemBlocks returns all blocks of text. Decoding PEM skips what is damaged, and a
// certificate less would show much later.
func pemBlocks(text, kind string) ([]*pem.Block, error) {
	const begin = "-----BEGIN "
	if !strings.Contains(text, begin) {
		return nil, fmt.Errorf("is not PEM, which begins with %q; pass the content of a file, as with file(\"name.pem\"), and not its name", begin+kind+"-----")
	}
	var blocks []*pem.Block
	for block, remaining := pem.Decode([]byte(text)); block != nil; block, remaining = pem.Decode(remaining) {
		blocks = append(blocks, block)
	}
	if len(blocks) != strings.Count(text, begin) {
		return nil, errors.New("holds a PEM block that is damaged or incomplete; copy it again, from its BEGIN line to its END line")
	}
	return blocks, nil
}

// newCertPool adds certificates to the system's, so that a private authority of a
// proxy does not cut off Juspay. Without any it is nil, which is the system's.
func newCertPool(system func() (*x509.CertPool, error), text string) (*x509.CertPool, error) {
	if text == "" {
		return nil, nil
	}
	added, err := ParseCertificates(text)
	if err != nil {
		return nil, err
	}
	pool, err := system()
	if err != nil {
		return nil, fmt.Errorf("cannot be added to the system's, which cannot be read: %w", err)
	}
	for _, certificate := range added {
		pool.AddCert(certificate)
	}
	return pool, nil
}

// newClientCertificate has nothing to present if both texts are empty.
func newClientCertificate(certPEM, keyPEM string) (*clientCertificate, error) {
	if certPEM == "" && keyPEM == "" {
		return &clientCertificate{}, nil
	}
	chain, err := ParseCertificates(certPEM)
	if err != nil {
		return nil, fmt.Errorf("the client certificate %w", err)
	}
	key, err := ParsePrivateKey(keyPEM)
	if err != nil {
		return nil, fmt.Errorf("the client key %w", err)
	}
	own, err := NewClientCertificate(chain, key)
	if err != nil {
		return nil, fmt.Errorf("the client key %w", err)
	}
	return &clientCertificate{own: own}, nil
}

// certificateAlerts are the TLS alerts (RFC 8446, section 6.2) of a server that misses
// a client certificate or refuses it: handshake_failure, bad_certificate,
// unsupported_certificate, certificate_revoked, certificate_expired,
// certificate_unknown, unknown_ca, access_denied and certificate_required.
var certificateAlerts = []tls.AlertError{40, 42, 43, 44, 45, 46, 48, 49, 116}

// isCertificateAlert compares texts because the type of the alerts that crypto/tls
// returns is its own. Both texts are crypto/tls's.
func isCertificateAlert(err error) bool {
	var operation *net.OpError
	return errors.As(err, &operation) && operation.Op == "remote error" &&
		slices.ContainsFunc(certificateAlerts, func(alert tls.AlertError) bool { return alert.Error() == operation.Err.Error() })
}

// clientCertificate is what is presented to a server that requests a certificate,
// nothing if own is nil. It keeps whether one did.
type clientCertificate struct {
	own       *tls.Certificate
	requested atomic.Bool
}

// present is a tls.Config's GetClientCertificate. It presents a certificate of
// whatever authority, since a refusal is easier to explain than a silence.
func (c *clientCertificate) getClientCertificate(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
	c.requested.Store(true)
	if c.own == nil {
		return &tls.Certificate{}, nil
	}
	return c.own, nil
}

// reason returns why a connection failed with err if that is about the client
// certificate, and "" if not.
func (c *clientCertificate) reason(err error) Reason {
	switch {
	case !c.requested.Load() || !isCertificateAlert(err):
		return ""
	case c.own == nil:
		return ReasonCertificateRequired
	}
	return ReasonCertificateRefused
}
