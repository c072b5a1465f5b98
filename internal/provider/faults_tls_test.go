// SPDX-License-Identifier: MPL-2.0

//go:build unix

package provider

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// certify returns a certificate that signs itself, for 127.0.0.1 as changed.
func certify(t *testing.T, change func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "juspaytest"},
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore:             time.Now().Add(-48 * time.Hour),
		NotAfter:              time.Now().Add(48 * time.Hour),
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	change(template)
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func TestAccFaults_TLS(t *testing.T) {
	t.Parallel()
	withCertificate := func(change func(*x509.Certificate)) *juspaytest.Server {
		return juspaytest.NewTLSServerWith(&tls.Config{Certificates: []tls.Certificate{certify(t, change)}, MinVersion: tls.VersionTLS12})
	}
	for name, test := range map[string]struct {
		server  *juspaytest.Server
		trusted bool
		fault   fault
	}{
		"a private authority that is trusted": {withCertificate(func(*x509.Certificate) {}), true, fault{requests: 1}},
		"a certificate that signs itself": {withCertificate(func(*x509.Certificate) {}), false,
			fault{want: "Server certificate not trusted", also: []string{"is from an unknown authority", "JUSPAY_CA_CERT_PEM", "Attempts: 1"}}},
		"a certificate for another host": {withCertificate(func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 9)} }), true,
			fault{want: "Server certificate not trusted", also: []string{"is for 127.0.0.9, not for 127.0.0.1", "Attempts: 1"}}},
		"a certificate that has expired": {withCertificate(func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-24 * time.Hour) }), true,
			fault{want: "Server certificate not trusted", also: []string{"must renew the certificate", "expired at ", "Attempts: 1"}}},
		"a certificate that is not valid yet": {withCertificate(func(c *x509.Certificate) { c.NotBefore = time.Now().Add(24 * time.Hour) }), true,
			fault{want: "Server certificate not trusted", also: []string{"is valid only from ", "this machine's clock", "Attempts: 1"}}},
		"a certificate without names": {withCertificate(func(c *x509.Certificate) { c.IPAddresses = nil }), true,
			fault{want: "Server certificate not trusted", also: []string{"has no subject alternative names (SAN)", "The common name no longer counts", "Attempts: 1"}}},
		"a certificate for clients": {withCertificate(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }), true,
			fault{want: "Server certificate not trusted", also: []string{"is not for servers", "Attempts: 1"}}},
		"TLS 1.1 only": {juspaytest.NewTLSServerWith(&tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}), true,
			fault{want: "Connection to Juspay failed", also: []string{"protocol version not supported", "Attempts: 1"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.fault.tls = func(*testing.T) *juspaytest.Server { return test.server }
			if test.trusted {
				test.fault.env = []string{"SSL_CERT_FILE=" + writeCertificate(t, test.server)}
			}
			test.fault.run(t)
			if test.fault.want != "" && len(test.server.Requests()) != 0 {
				t.Error("a request, and with it the key, was sent")
			}
		})
	}
}

// A redirect from https to http would send the key as plaintext.
func TestAccTLS_RedirectToHTTPIsNotFollowed(t *testing.T) {
	t.Parallel()
	plain := acctest.StartAPI(t)
	server := juspaytest.NewTLSServer()
	fault{
		tls:       func(*testing.T) *juspaytest.Server { return server },
		responses: []juspaytest.Fault{{Status: 307, Header: map[string][]string{"Location": {plain.URL + "/customers/cst_a/customer-accounts/banh_a"}}}},
		env:       []string{"SSL_CERT_FILE=" + writeCertificate(t, server)},
		want:      "Redirect not followed",
		also:      []string{"redirects to another address"},
		requests:  1,
	}.run(t)
	if n := len(plain.Requests()); n != 0 {
		t.Errorf("%d requests were redirected", n)
	}
}
