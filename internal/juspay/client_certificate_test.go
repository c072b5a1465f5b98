// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func TestClientCertificate_KeyOfTheFirst(t *testing.T) {
	t.Parallel()
	authority := juspaytest.NewAuthority(t)
	cert, key := authority.Issue(t)
	chain, signer := check.Must(ParseCertificates("it", cert+authority.CertPEM)), check.Must(ParsePrivateKey("it", key))
	joined, err := NewClientCertificate(chain, signer)
	check.MustNoError(t, "NewClientCertificate", err)
	check.Equal(t, "the number of certificates in the chain", len(joined.Certificate), 2)
	check.Equal(t, "whether the first certificate is the leaf", joined.Leaf == chain[0], true)
	slices.Reverse(chain)
	_, err = NewClientCertificate(chain, signer)
	const want = "the private key does not belong to the first client certificate"
	check.ErrorText(t, "the certificates in the other order", err, want)
	_, err = NewClientCertificate([]*x509.Certificate{{PublicKey: crypto.PublicKey("unknown")}}, signer)
	check.ErrorText(t, "a key of an unknown type", err, want)
}

// TestClientCertificate_Renegotiation expects a second handshake only for a certificate. make
// gateways tests it with Apache: no server of Go's renegotiates.
func TestClientCertificate_Renegotiation(t *testing.T) {
	t.Parallel()
	rejected := errors.Join(&net.OpError{Op: "local error", Err: tls.AlertError(100)})
	for name, row := range map[string]struct {
		certificate *tls.Certificate
		want        tls.RenegotiationSupport
		err         error
		reason      Reason
	}{
		"with a certificate, one is allowed":        {&tls.Certificate{}, tls.RenegotiateOnceAsClient, rejected, ""},
		"without one, a request for it is an error": {nil, tls.RenegotiateNever, rejected, ReasonCertificateRequired},
		"another alert says nothing":                {nil, tls.RenegotiateNever, &net.OpError{Op: "local error", Err: tls.AlertError(10)}, ""},
		"the server's own alert says nothing":       {nil, tls.RenegotiateNever, &net.OpError{Op: "remote error", Err: tls.AlertError(100)}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := newClient(t, Sandbox.BaseURL, func(c *Config) { c.ClientCertificate = row.certificate })
			if got := transportOf(t, client).TLSClientConfig.Renegotiation; got != row.want {
				t.Errorf("handshakes after the first: got tls.RenegotiationSupport %d, want %d (0 permits none, 1 permits one)", got, row.want)
			}
			check.Equal(t, "the reason", reasonFromClientCertificate(row.err, client.certificate), row.reason)
		})
	}
}

// newGateway starts a server of authority that requests client certificates, and
// responds with a page of its own.
func newGateway(t *testing.T, authority *juspaytest.Authority, version uint16, http2 bool, demand tls.ClientAuthType) (baseURL string) {
	t.Helper()
	tlsConfig := &tls.Config{
		MinVersion: version, MaxVersion: version, Certificates: []tls.Certificate{*issuePair(t, authority)},
		ClientAuth: demand, ClientCAs: certPool(authority),
	}
	baseURL, _ = serve(t, tlsConfig, func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "No required SSL certificate was sent", http.StatusBadRequest)
	}, func(s *httptest.Server) { s.EnableHTTP2, s.Listener = http2, lingeringListener{s.Listener} })
	return baseURL
}

// lingeringListener closes connections as gateways do: the client gets the alert that was
// sent last. A close with unread data resets the connection, which can lose the alert.
type lingeringListener struct{ net.Listener }

func (l lingeringListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return lingeringConn{conn}, nil
}

type lingeringConn struct{ net.Conn }

func (c lingeringConn) Close() error {
	if conn, ok := c.Conn.(*net.TCPConn); ok && conn.CloseWrite() == nil {
		_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
		_, _ = io.Copy(io.Discard, conn)
	}
	return c.Conn.Close()
}

func TestClientCertificate(t *testing.T) {
	t.Parallel()
	authority := juspaytest.NewAuthority(t)
	server := juspaytest.NewMutualTLSServer(t, authority)
	server.Put(juspaytest.NewAccount("cst_a", "banh_a"))
	client := newClient(t, server.URL, func(c *Config) { c.RootCAs, c.ClientCertificate = certPool(authority), issuePair(t, authority) })
	got, err := client.Get(t.Context(), accountA, ReadOptions{})
	checkAccount(t, got, err, fakeAccount)
}

// A gateway may reject a certificate in either version of TLS and of HTTP, and with HTTP/2 the alert can
// be lost, so that only a retry brings it. Many gateways request a certificate without demanding it, and
// respond with a page if it is missing.
func TestClientCertificate_Rejected(t *testing.T) {
	t.Parallel()
	authority := juspaytest.NewAuthority(t)
	valid, foreign := issuePair(t, authority), issuePair(t, juspaytest.NewAuthority(t))
	expired := issuePair(t, authority, func(c *x509.Certificate) { c.NotAfter = c.NotBefore.Add(time.Hour) })
	for name, test := range map[string]struct {
		demand tls.ClientAuthType
		pair   *tls.Certificate
		want   Reason
	}{
		"no certificate is requested or configured":          {tls.NoClientCert, nil, ReasonNotJuspay},
		"a certificate is requested, and none is configured": {tls.RequestClientCert, nil, ReasonNotJuspay},
		"a certificate is requested, and one is configured":  {tls.RequestClientCert, valid, ReasonNotJuspay},
		"a certificate is demanded, and none is configured":  {tls.RequireAndVerifyClientCert, nil, ReasonCertificateRequired},
		"a certificate of another authority is configured":   {tls.RequireAndVerifyClientCert, foreign, ReasonCertificateRejected},
		"a certificate that has expired is configured":       {tls.RequireAndVerifyClientCert, expired, ReasonCertificateRejected},
	} {
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			for _, http2 := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, %s, HTTP/2: %t", name, tls.VersionName(version), http2), func(t *testing.T) {
					t.Parallel()
					baseURL := newGateway(t, authority, version, http2, test.demand)
					client := newClient(t, baseURL, func(c *Config) { c.RootCAs, c.ClientCertificate, c.MaxRetries = certPool(authority), test.pair, 10 })
					_, err := client.Get(t.Context(), accountA, ReadOptions{})
					got := checkReason(t, err, test.want)
					check.Equal(t, "whether a certificate was requested", got.CertificateRequested, test.demand != tls.NoClientCert)
					check.Equal(t, "whether a certificate was configured", got.CertificateConfigured, test.pair != nil)
					if test.want == ReasonNotJuspay {
						check.Equal(t, "the number of attempts", got.Attempts, 1)
					}
				})
			}
		}
	}
}
