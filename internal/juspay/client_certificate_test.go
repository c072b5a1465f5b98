// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"slices"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func TestNewClientCertificate_KeyOfTheFirst(t *testing.T) {
	t.Parallel()
	authority := juspaytest.NewAuthority(t)
	cert, key := authority.Issue(t)
	chain, signer := check.Must(ParseCertificates("it", cert+authority.CertPEM)), check.Must(ParsePrivateKey("it", key))
	joined, err := NewClientCertificate(chain, signer)
	if err != nil || len(joined.Certificate) != 2 || joined.Leaf != chain[0] {
		t.Errorf("got %+v, %v, want two certificates, of which the first is the leaf", joined, err)
	}
	slices.Reverse(chain)
	_, err = NewClientCertificate(chain, signer)
	const want = "the private key does not belong to the first client certificate"
	check.Error(t, "the certificates in the other order", err, want)
	_, err = NewClientCertificate([]*x509.Certificate{{PublicKey: crypto.PublicKey("unknown")}}, signer)
	check.Error(t, "a key of an unknown type", err, want)
}

// TestClientCertificate_Renegotiation expects a second handshake only for a certificate. make
// gateways tests it with Apache: no server of Go's renegotiates.
func TestClientCertificate_Renegotiation(t *testing.T) {
	t.Parallel()
	refused := errors.Join(&net.OpError{Op: "local error", Err: tls.AlertError(100)})
	for name, row := range map[string]struct {
		certificate *tls.Certificate
		want        tls.RenegotiationSupport
		err         error
		reason      Reason
	}{
		"with a certificate, one is allowed":        {&tls.Certificate{}, tls.RenegotiateOnceAsClient, refused, ""},
		"without one, a request for it is an error": {nil, tls.RenegotiateNever, refused, ReasonCertificateRequired},
		"another alert says nothing":                {nil, tls.RenegotiateNever, &net.OpError{Op: "local error", Err: tls.AlertError(10)}, ""},
		"the server's own alert says nothing":       {nil, tls.RenegotiateNever, &net.OpError{Op: "remote error", Err: tls.AlertError(100)}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := newClient(t, Sandbox.BaseURL, func(c *Config) { c.ClientCertificate = row.certificate })
			if got := transportOf(t, client).TLSClientConfig.Renegotiation; got != row.want {
				t.Errorf("handshakes after the first: got tls.RenegotiationSupport %d, want %d (0 permits none, 1 permits one)", got, row.want)
			}
			check.Equal(t, "the reason", client.certificate.reason(row.err), row.reason)
		})
	}
}
