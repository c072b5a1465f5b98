// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// startTLS starts a server with a certificate for 127.0.0.1 as changed, and returns the
// certificate of its authority.
func startTLS(t *testing.T, change func(*x509.Certificate), versions ...uint16) (server *juspaytest.Server, caCertPEM string) {
	t.Helper()
	authority := juspaytest.NewAuthority(t)
	cert, key := authority.Issue(t, change)
	pair := check.Must(tls.X509KeyPair([]byte(cert), []byte(key)))
	tlsConfig := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	if len(versions) == 2 {
		tlsConfig.MinVersion, tlsConfig.MaxVersion = versions[0], versions[1]
	}
	server = juspaytest.NewTLSServerWith(tlsConfig)
	t.Cleanup(server.Close)
	server.Put(juspaytest.NewAccount("cst_a", "banh_a"))
	return server, authority.CertPEM
}

func TestFaultsTLS(t *testing.T) {
	t.Parallel()
	type cert = *x509.Certificate
	same := func(cert) {}
	const untrusted, day = "-: Server certificate not trusted", 24 * time.Hour
	for name, test := range map[string]struct {
		change    func(cert)
		versions  []uint16
		isTrusted bool
		want      string // the summary of the error, empty where the account must be read
		also      string
	}{
		"a private authority that is trusted":     {same, nil, true, "", ""},
		"a private authority that is not trusted": {same, nil, false, untrusted, "is from an unknown authority"},
		"a certificate for another host": {func(c cert) { c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 9)} }, nil, true,
			untrusted, "is for 127.0.0.9, not for 127.0.0.1"},
		"a certificate that has expired":      {func(c cert) { c.NotAfter = time.Now().Add(-day) }, nil, true, untrusted, "expired at "},
		"a certificate that is not valid yet": {func(c cert) { c.NotBefore = time.Now().Add(day) }, nil, true, untrusted, "is valid only from "},
		"a certificate without names":         {func(c cert) { c.IPAddresses = nil }, nil, true, untrusted, "has no subject alternative names (SAN)"},
		"a certificate for clients": {func(c cert) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }, nil, true,
			untrusted, "is not for servers"},
		"TLS 1.1 only": {same, []uint16{tls.VersionTLS10, tls.VersionTLS11}, true,
			"-: Connection to Juspay failed", "protocol version not supported"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, certificate := startTLS(t, test.change, test.versions...)
			trusted := tfObject{"ca_cert_pem": tfString(certificate)}
			if !test.isTrusted {
				trusted = nil
			}
			_, diags := readData(t, newConfiguredPlugin(t, server, trusted), typeAccount, configAccountA)
			if test.want == "" {
				checkSummaries(t, "the read", diags)
				checkRequests(t, server, 1)
				return
			}
			checkSummaries(t, "the read", diags, test.want)
			check.Contains(t, "the detail of the error", diags[0].Detail, test.also, "Attempts: 1")
			checkRequests(t, server, 0) // and so no key was sent
		})
	}
}

// No server that a redirect points to ever gets a request. One from https to http would
// send the key as plaintext.
func TestFaultsTLS_Redirect(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			other, plain := acctest.StartAPI(t), acctest.StartAPI(t)
			secure, certificate := startTLS(t, func(*x509.Certificate) {})
			for server, config := range map[*juspaytest.Server]tfObject{plain: nil, secure: {"ca_cert_pem": tfString(certificate)}} {
				server.Fail(juspaytest.Fault{Status: status, Header: http.Header{"Location": {other.URL + "/customers/cst_a/customer-accounts/banh_a"}}})
				_, diags := readData(t, newConfiguredPlugin(t, server, config), typeAccount, configAccountA)
				checkSummaries(t, "a redirect of "+server.URL, diags, "-: Redirect not followed")
				check.Contains(t, "the detail of the error", diags[0].Detail, "redirects to another address", "Attempts: 1")
				checkRequests(t, server, 1)
			}
			checkRequests(t, other, 0)
		})
	}
}

// A private authority must not cut off what the system trusts.
func TestAccFaultsTLS_SystemAuthoritiesStayTrusted(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessAcc(t)
	server, certificate := startTLS(t, func(*x509.Certificate) {})
	file := filepath.Join(t.TempDir(), "ca.pem")
	check.MustNoError(t, "os.WriteFile", os.WriteFile(file, []byte(certificate), 0o600))
	newWorkspace(t, server, accountA, "SSL_CERT_FILE="+file, "JUSPAY_CA_CERT_PEM="+juspaytest.NewAuthority(t).CertPEM).Plan(0)
}

func TestAccFaultsTLS_SystemCertificatesUnreadable(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("other systems keep their certificates elsewhere than in files")
	}
	unreadable := t.TempDir()
	w := newWorkspace(t, acctest.StartAPI(t), accountA,
		"SSL_CERT_FILE="+unreadable, "SSL_CERT_DIR="+unreadable, "JUSPAY_CA_CERT_PEM="+juspaytest.NewAuthority(t).CertPEM)
	check.Contains(t, "the output of plan", w.Plan(1), "Error: Invalid ca_cert_pem with provider",
		"JUSPAY_CA_CERT_PEM: the system's certificate authorities cannot be read:", "Make the operating system's certificates readable, or remove ca_cert_pem.")
}
