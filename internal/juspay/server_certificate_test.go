// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/redact"
)

func TestNewCertPool(t *testing.T) {
	t.Parallel()
	own, systems := juspaytest.NewAuthority(t), juspaytest.NewAuthority(t)
	system, want := certPool(systems), certPool(systems)
	want.AppendCertsFromPEM([]byte(own.CertPEM))
	certificates := check.Must(ParseCertificates("it", own.CertPEM))
	got, err := newCertPool(func() (*x509.CertPool, error) { return system, nil }, certificates)
	check.NoError(t, "newCertPool", err)
	check.Equal(t, "whether the pool has the system's authorities and its own", got.Equal(want), true)
	_, err = newCertPool(func() (*x509.CertPool, error) { return nil, errors.New("no permission") }, certificates)
	check.ErrorText(t, "newCertPool", err, "the system's certificate authorities cannot be read: no permission")
}

func TestNewCertPool_HoldsTheSystemsAuthorities(t *testing.T) {
	t.Parallel()
	got, err := NewCertPool(nil)
	if err != nil || !got.Equal(check.Must(x509.SystemCertPool())) {
		t.Errorf("got another pool (%v), want the system's", err)
	}
}

func TestDescribeUntrusted(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	past, future := time.Now().Add(-day), time.Now().Add(day)
	named := func(addresses []net.IP, names ...string) error {
		return x509.HostnameError{Certificate: &x509.Certificate{DNSNames: names, IPAddresses: addresses}, Host: "api.bank.example"}
	}
	invalid := func(reason x509.InvalidReason, notBefore, notAfter time.Time) error {
		return x509.CertificateInvalidError{Cert: &x509.Certificate{NotBefore: notBefore, NotAfter: notAfter}, Reason: reason}
	}
	for name, test := range map[string]struct {
		err     error
		problem CertificateProblem
		want    string
	}{
		"another host names both":           {named(nil, "other.example"), CertificateOtherHost, "is for other.example, not for api.bank.example"},
		"a wildcard is named by its domain": {named(nil, "*.Other.example"), CertificateOtherHost, "is for other.example, not for api.bank.example"},
		"an address is named":               {named([]net.IP{net.IPv4(192, 0, 2, 7)}), CertificateOtherHost, "is for 192.0.2.7, not for api.bank.example"},
		"three names are shown": {named(nil, "a.example", "b.example", "c.example"), CertificateOtherHost,
			"is for a.example, b.example, c.example, not for api.bank.example"},
		"a fourth name is counted": {named(nil, "a.example", "b.example", "c.example", "d.example"), CertificateOtherHost,
			"is for a.example, b.example, c.example, 1 more name, not for api.bank.example"},
		"further names are counted": {named(nil, "a.example", "b.example", "c.example", "d.example", "e.example"), CertificateOtherHost,
			"is for a.example, b.example, c.example, 2 more names, not for api.bank.example"},
		"a name twice is shown once": {named(nil, "a.example", "*.a.example"), CertificateOtherHost, "is for a.example, not for api.bank.example"},
		"a name again after another is shown once, in its first place": {named(nil, "b.example", "a.example", "*.b.example", "c.example"), CertificateOtherHost,
			"is for b.example, a.example, c.example, not for api.bank.example"},
		"an address twice is shown once": {named([]net.IP{net.IPv4(192, 0, 2, 7), net.IPv4(192, 0, 2, 8), net.IPv4(192, 0, 2, 7).To4()}), CertificateOtherHost,
			"is for 192.0.2.7, 192.0.2.8, not for api.bank.example"},
		"names that may be personal are hidden": {named(nil, "ravi@okicici", "x9876543210.example"), CertificateOtherHost,
			"is for names that are not shown, not for api.bank.example"},
		"a name that is a secret is hidden": {named(nil, "fakesecret.example"), CertificateOtherHost,
			"is for names that are not shown, not for api.bank.example"},
		"no names": {named(nil), CertificateNoNames, "has no subject alternative names (SAN), so it is valid for no host"},
		"expired":  {invalid(x509.Expired, past.Add(-day), past), CertificateExpired, "expired at " + past.UTC().Format(time.RFC3339)},
		"not yet valid": {invalid(x509.Expired, future, future.Add(day)), CertificateNotYetValid, "is valid only from " +
			future.UTC().Format(time.RFC3339)},
		"for clients only": {invalid(x509.IncompatibleUsage, past, future), CertificateWrongUsage,
			"is not for servers: its extended key usage lacks server authentication"},
		"an unknown authority": {x509.UnknownAuthorityError{}, CertificateUnknownAuthority, "is from an unknown authority"},
		"any other problem":    {errors.New("certificate of ravi@okicici is bad"), "", "does not verify: certificate of *** is bad"},
		"a problem with a quoted name": {errors.New(`x509: cannot parse dnsName "Asha Example"`), "",
			`does not verify: ***: cannot parse dnsName "***"`},
		"a problem that macOS describes": {errors.New("x509: “Asha Example” certificate is not standards compliant"), "",
			`does not verify: ***: "***" certificate is not standards compliant`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := test.err
			if test.problem != "" {
				err = fmt.Errorf("tls: %w", err)
			}
			problem, description := describeUntrusted(err, redact.New(isAPIName, "fakesecret"))
			check.Equal(t, "the problem", problem, test.problem)
			check.Equal(t, "the description", description, test.want)
		})
	}
}
