// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/redact"
)

// NewCertPool returns the system's authorities and the given certificates. With only
// a proxy's private authority, Juspay's own certificate would not be trusted.
func NewCertPool(certificates []*x509.Certificate) (*x509.CertPool, error) {
	return newCertPool(x509.SystemCertPool, certificates)
}

// newCertPool is NewCertPool with the function that reads the system's authorities.
func newCertPool(system func() (*x509.CertPool, error), certificates []*x509.Certificate) (*x509.CertPool, error) {
	pool, err := system()
	if err != nil {
		return nil, fmt.Errorf("the system's certificate authorities cannot be read: %w", err)
	}
	for _, certificate := range certificates {
		pool.AddCert(certificate)
	}
	return pool, nil
}

// CertificateProblem classifies a server's certificate that does not verify: one value for
// each remedy that a user has.
type CertificateProblem string

// The problems. The empty value is any other.
const (
	CertificateOtherHost        CertificateProblem = "other host"
	CertificateNoNames          CertificateProblem = "no names"
	CertificateExpired          CertificateProblem = "expired"
	CertificateNotYetValid      CertificateProblem = "not yet valid"
	CertificateWrongUsage       CertificateProblem = "wrong usage"
	CertificateUnknownAuthority CertificateProblem = "unknown authority"
)

// describeUntrusted returns why a certificate does not verify, and a description that
// completes "the certificate ...". Names in a certificate are text from the network.
func describeUntrusted(err error, redactor redact.Redactor) (CertificateProblem, string) {
	var (
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
		authority x509.UnknownAuthorityError
	)
	switch {
	case errors.As(err, &host) && len(host.Certificate.DNSNames)+len(host.Certificate.IPAddresses) == 0:
		return CertificateNoNames, "has no subject alternative names (SAN), so it is valid for no host"
	case errors.As(err, &host):
		return CertificateOtherHost, fmt.Sprintf("is for %s, not for %s", describeNames(host.Certificate, redactor), host.Host)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && time.Now().Before(invalid.Cert.NotBefore):
		return CertificateNotYetValid, "is valid only from " + invalid.Cert.NotBefore.UTC().Format(time.RFC3339)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return CertificateExpired, "expired at " + invalid.Cert.NotAfter.UTC().Format(time.RFC3339)
	case errors.As(err, &invalid) && invalid.Reason == x509.IncompatibleUsage:
		return CertificateWrongUsage, "is not for servers: its extended key usage lacks server authentication"
	case errors.As(err, &authority):
		return CertificateUnknownAuthority, "is from an unknown authority"
	}
	return "", "does not verify: " + redactor.Error(err).Error()
}

// describeNames returns the first names of a certificate that can be shown, each once.
func describeNames(certificate *x509.Certificate, redactor redact.Redactor) string {
	var names []string
	seen := map[string]bool{"": true} // Match returns "" for a name that is not shown
	add := func(name string) {
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	for _, name := range certificate.DNSNames {
		add(redactor.Match(hostRE, strings.TrimPrefix(strings.ToLower(name), "*.")))
	}
	for _, address := range certificate.IPAddresses {
		add(address.String())
	}
	const maxNames = 3
	switch more := len(names) - maxNames; {
	case more == 1:
		names = append(names[:maxNames], "1 more name")
	case more > 1:
		names = append(names[:maxNames], fmt.Sprintf("%d more names", more))
	}
	if len(names) == 0 {
		return "names that are not shown"
	}
	return strings.Join(names, ", ")
}
