// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func encodeBlock(kind string, content []byte, headers map[string]string) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content, Headers: headers}))
}

const notPEM = `it is not PEM, which begins with "-----BEGIN "`

func TestParseCertificates(t *testing.T) {
	t.Parallel()
	authority := juspaytest.NewAuthority(t)
	cert, key := authority.Issue(t)
	const damaged = "it holds a PEM block that is damaged or incomplete; copy it again, from its BEGIN line to its END line"
	for name, test := range map[string]struct {
		text, want string
		n          int
	}{
		"one certificate":                    {cert, "", 1},
		"a bundle with comments":             {"# The bank's\n" + authority.CertPEM + "\n# The client's\r\n" + cert, "", 2},
		"line ends of Windows":               {strings.ReplaceAll(cert, "\n", "\r\n"), "", 1},
		"nothing":                            {"", notPEM, 0},
		"the name of a file":                 {"certs/ca.pem", notPEM, 0},
		"DER":                                {"\x30\x82\x01\x0a", notPEM, 0},
		"a certificate without its end":      {cert[:len(cert)/2], damaged, 0},
		"a damaged certificate among others": {strings.Replace(cert, "MII", "!!!", 1) + authority.CertPEM, damaged, 0},
		"a certificate and its key":          {cert + key, `it must hold only certificates, but holds a block of the type "PRIVATE KEY"`, 0},
		"PEM of something else": {authority.CertPEM + encodeBlock("CERTIFICATE", []byte("x"), nil),
			"it holds something that is not a certificate in its PEM block 2 of 2", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseCertificates("it", test.text)
			if len(got) != test.n {
				t.Errorf("%s: got %d certificates, want %d", name, len(got), test.n)
			}
			checkMessage(t, err, test.want)
		})
	}
}

func TestParsePrivateKey(t *testing.T) {
	t.Parallel()
	cert, pkcs8 := juspaytest.NewAuthority(t).Issue(t)
	elliptical := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	sec1 := must(x509.MarshalECPrivateKey(elliptical))
	pkcs1 := x509.MarshalPKCS1PrivateKey(must(rsa.GenerateKey(rand.Reader, 2048)))
	edwards := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	agreement := must(ecdh.X25519().GenerateKey(rand.Reader))
	inPKCS8 := func(key any) string { return encodeBlock("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(key)), nil) }
	const (
		encrypted = `it is encrypted; decrypt it, such as with "openssl pkey", and pass the result`
		unusable  = "it must hold an RSA, ECDSA or Ed25519 key in the form PKCS #8, PKCS #1 or SEC 1"
	)
	checkMessages(t, func(text string) error {
		got, err := ParsePrivateKey("it", text)
		if (got == nil) != (err != nil) {
			t.Errorf("got %T beside the error %v, want one of them", got, err)
		}
		return err
	}, map[string]textRow{
		"an ECDSA key in PKCS #8":      {pkcs8, ""},
		"an Ed25519 key in PKCS #8":    {inPKCS8(edwards), ""},
		"an RSA key in PKCS #1":        {encodeBlock("RSA PRIVATE KEY", pkcs1, nil), ""},
		"an ECDSA key in SEC 1":        {encodeBlock("EC PARAMETERS", []byte{6}, nil) + encodeBlock("EC PRIVATE KEY", sec1, nil), ""},
		"a key beside its certificate": {cert + pkcs8, ""},
		"nothing":                      {"", notPEM},
		"a certificate":                {cert, "it must hold one private key, but holds 0"},
		"two keys":                     {pkcs8 + pkcs8, "it must hold one private key, but holds 2"},
		"an encrypted key in PKCS #8":  {encodeBlock("ENCRYPTED PRIVATE KEY", sec1, nil), encrypted},
		"a key that openssl has encrypted": {encodeBlock("RSA PRIVATE KEY", pkcs1, map[string]string{"Proc-Type": "4,ENCRYPTED", "DEK-Info": "AES-128-CBC,00"}),
			encrypted},
		"a key for another purpose":   {inPKCS8(agreement), unusable},
		"something that is not a key": {encodeBlock("PRIVATE KEY", []byte("x"), nil), unusable},
	})
}

func TestNewClientCertificate_KeyOfTheFirst(t *testing.T) {
	t.Parallel()
	authority := juspaytest.NewAuthority(t)
	cert, key := authority.Issue(t)
	chain, signer := must(ParseCertificates("it", cert+authority.CertPEM)), must(ParsePrivateKey("it", key))
	joined, err := NewClientCertificate(chain, signer)
	if err != nil || len(joined.Certificate) != 2 || joined.Leaf != chain[0] {
		t.Errorf("got %+v, %v, want two certificates, of which the first is the leaf", joined, err)
	}
	slices.Reverse(chain)
	_, err = NewClientCertificate(chain, signer)
	const want = "the private key does not belong to the first client certificate"
	checkMessage(t, err, want)
	_, err = NewClientCertificate([]*x509.Certificate{{PublicKey: crypto.PublicKey("unknown")}}, signer)
	checkMessage(t, err, want)
}

func TestNewCertPool(t *testing.T) {
	t.Parallel()
	own, systems := juspaytest.NewAuthority(t), juspaytest.NewAuthority(t)
	system, want := certPool(systems), certPool(systems)
	want.AppendCertsFromPEM([]byte(own.CertPEM))
	certificates := must(ParseCertificates("it", own.CertPEM))
	got, err := newCertPool(func() (*x509.CertPool, error) { return system, nil }, certificates)
	if err != nil || !got.Equal(want) {
		t.Errorf("got %v, %v", got, err)
	}
	_, err = newCertPool(func() (*x509.CertPool, error) { return nil, errors.New("no permission") }, certificates)
	checkMessage(t, err, "the system's certificate authorities cannot be read: no permission")
}

func TestNewCertPool_HoldsTheSystemsAuthorities(t *testing.T) {
	t.Parallel()
	got, err := NewCertPool(nil)
	if err != nil || !got.Equal(must(x509.SystemCertPool())) {
		t.Errorf("got another pool (%v), want the system's", err)
	}
}

func TestIsCertificateAlert(t *testing.T) {
	t.Parallel()
	var got []string
	own := &clientCertificate{cert: &tls.Certificate{}}
	for alert := range 256 {
		text := tls.AlertError(alert).Error()
		err := &net.OpError{Op: "remote error", Err: errors.New(text)}
		for requested, want := range map[bool]Reason{false: "", true: ReasonCertificateRefused} {
			own.requested.Store(requested)
			if reason := own.reason(err); reason == want && requested {
				got = append(got, strings.TrimPrefix(text, "tls: "))
			} else if reason != "" {
				t.Errorf("%s, requested %t: got the reason %q, want none", text, requested, reason)
			}
		}
	}
	want := []string{
		"handshake failure", "bad certificate", "unsupported certificate", "revoked certificate", "expired certificate",
		"unknown certificate", "unknown certificate authority", "access denied", "certificate required",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for name, err := range map[string]error{
		"this machine's own alert": &net.OpError{Op: "local error", Err: errors.New("tls: bad certificate")},
		"no alert":                 errors.New("tls: bad certificate"),
	} {
		if reason := own.reason(err); reason != "" {
			t.Errorf("%s: got the reason %q, want none", name, reason)
		}
	}
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
				t.Errorf("got renegotiation %d, want %d", got, row.want)
			}
			if got := client.certificate.reason(row.err); got != row.reason {
				t.Errorf("got reason %q, want %q", got, row.reason)
			}
		})
	}
}

// A server that reloads sends the alert internal_error, which is retried. Another alert of a
// server is not.
func TestIsInternalAlert(t *testing.T) {
	t.Parallel()
	authority := juspaytest.NewAuthority(t)
	pair := issuePair(t, authority)
	for name, test := range map[string]struct {
		config func(handshakes int32) (*tls.Config, error)
		want   int32 // handshakes
	}{
		"internal_error is retried": {func(n int32) (*tls.Config, error) {
			if n == 1 {
				return nil, errors.New("reloading")
			}
			return nil, nil
		}, 2},
		"protocol_version is not": {func(int32) (*tls.Config, error) {
			return &tls.Config{Certificates: []tls.Certificate{*pair}, MaxVersion: tls.VersionTLS11}, nil
		}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var handshakes atomic.Int32
			config := &tls.Config{Certificates: []tls.Certificate{*pair}, GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
				return test.config(handshakes.Add(1))
			}}
			url, _ := serve(t, config, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, accountBody) })
			_, err := newClient(t, url, func(c *Config) { c.RootCAs = certPool(authority) }).Get(t.Context(), accountA, ReadOptions{})
			if (err == nil) != (test.want == 2) || handshakes.Load() != test.want {
				t.Errorf("got %d handshakes and the error %v, want %d", handshakes.Load(), err, test.want)
			}
		})
	}
}

// A gateway may close each connection. A full handshake for each would take most of the
// time of many reads.
func TestTransport_ResumesTLSSessions(t *testing.T) {
	t.Parallel()
	authority := juspaytest.NewAuthority(t)
	pair := issuePair(t, authority, func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)} })
	var resumed []bool
	baseURL, _ := serve(t, &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{*pair}}, func(w http.ResponseWriter, r *http.Request) {
		resumed = append(resumed, r.TLS.DidResume)
		w.Header().Set("Connection", "close")
		_, _ = io.WriteString(w, referenceResponse)
	})
	client := newClient(t, baseURL, func(c *Config) { c.RootCAs = certPool(authority) })
	for range 3 {
		_, _ = client.Get(t.Context(), accountA, ReadOptions{})
	}
	if !slices.Equal(resumed, []bool{false, true, true}) {
		t.Errorf("whether each connection resumed a session: got %v, want [false true true]; a read that failed has none", resumed)
	}
}
