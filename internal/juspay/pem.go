// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
)

// ErrNotPEM is the error of a text without any PEM block.
var ErrNotPEM = errors.New(`not PEM, which begins with "-----BEGIN "`)

// The errors of the parsers begin with name, like the errors of validate.go. No error
// contains key material.

// ParseCertificates returns the certificates in text, at least one. The text is PEM and
// contains only certificates.
func ParseCertificates(name, text string) ([]*x509.Certificate, error) {
	blocks, err := pemBlocks(name, text)
	if err != nil {
		return nil, err
	}
	var certificates []*x509.Certificate
	for i, block := range blocks {
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("%s must hold only certificates, but holds a block of the type %q", name, block.Type)
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%s holds something that is not a certificate in its PEM block %d of %d", name, i+1, len(blocks))
		}
		certificates = append(certificates, certificate)
	}
	return certificates, nil
}

// ParsePrivateKey returns the private key in text. The text is PEM and contains one key, and
// may contain certificates and parameters too.
func ParsePrivateKey(name, text string) (crypto.Signer, error) {
	blocks, err := pemBlocks(name, text)
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
		return nil, fmt.Errorf("%s must hold one private key, but holds %d", name, len(keys))
	}
	if keys[0].Type == "ENCRYPTED PRIVATE KEY" || keys[0].Headers["DEK-Info"] != "" {
		return nil, fmt.Errorf(`%s is encrypted; decrypt it, such as with "openssl pkey", and pass the result`, name)
	}
	signer, ok := parseKey(keys[0]).(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("%s must hold an RSA, ECDSA or Ed25519 key in the form PKCS #8, PKCS #1 or SEC 1", name)
	}
	return signer, nil
}

// parseKey returns nil if block is not a private key.
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

// pemBlocks returns all blocks of text, or an error for a damaged block. Package pem skips
// damaged blocks, and the missing certificate would fail a read much later.
func pemBlocks(name, text string) ([]*pem.Block, error) {
	const begin = "-----BEGIN "
	if !strings.Contains(text, begin) {
		return nil, fmt.Errorf("%s is %w", name, ErrNotPEM)
	}
	var blocks []*pem.Block
	for block, remaining := pem.Decode([]byte(text)); block != nil; block, remaining = pem.Decode(remaining) {
		blocks = append(blocks, block)
	}
	if len(blocks) != strings.Count(text, begin) {
		return nil, fmt.Errorf("%s holds a PEM block that is damaged or incomplete; copy it again, from its BEGIN line to its END line", name)
	}
	return blocks, nil
}
