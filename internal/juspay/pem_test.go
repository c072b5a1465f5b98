// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

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
		"an empty text":                      {"", notPEM, 0},
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
			check.Equal(t, "the number of certificates", len(got), test.n)
			check.ErrorText(t, "ParseCertificates", err, test.want)
		})
	}
}

func TestParsePrivateKey(t *testing.T) {
	t.Parallel()
	cert, pkcs8 := juspaytest.NewAuthority(t).Issue(t)
	elliptical := check.Must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	sec1 := check.Must(x509.MarshalECPrivateKey(elliptical))
	pkcs1 := x509.MarshalPKCS1PrivateKey(check.Must(rsa.GenerateKey(rand.Reader, 2048)))
	edwards := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	agreement := check.Must(ecdh.X25519().GenerateKey(rand.Reader))
	inPKCS8 := func(key any) string {
		return encodeBlock("PRIVATE KEY", check.Must(x509.MarshalPKCS8PrivateKey(key)), nil)
	}
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
		"an empty text":                {"", notPEM},
		"a certificate":                {cert, "it must hold one private key, but holds 0"},
		"two keys":                     {pkcs8 + pkcs8, "it must hold one private key, but holds 2"},
		"an encrypted key in PKCS #8":  {encodeBlock("ENCRYPTED PRIVATE KEY", sec1, nil), encrypted},
		"a key that openssl has encrypted": {encodeBlock("RSA PRIVATE KEY", pkcs1, map[string]string{"Proc-Type": "4,ENCRYPTED", "DEK-Info": "AES-128-CBC,00"}),
			encrypted},
		"a key for another purpose":   {inPKCS8(agreement), unusable},
		"something that is not a key": {encodeBlock("PRIVATE KEY", []byte("x"), nil), unusable},
	})
}

const notPEM = `it is not PEM, which begins with "-----BEGIN "`

func encodeBlock(kind string, content []byte, headers map[string]string) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content, Headers: headers}))
}
