// SPDX-License-Identifier: MPL-2.0

package gateways

import (
	"errors"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// TestGateways_CertificateOfALocation reads through an Apache that requires a client certificate
// for a path, and so requests it after the handshake.
func TestGateways_CertificateOfALocation(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		protocol  string
		mutual    bool
		want      juspay.Reason // the reason of the error, "" if the account is read
		requested bool
	}{
		"TLS 1.2 with a certificate":    {"TLSv1.2", true, "", true},
		"TLS 1.2 without a certificate": {"TLSv1.2", false, juspay.ReasonCertificateRequired, false},
		"TLS 1.3 with a certificate":    {"TLSv1.3", true, juspay.ReasonNotJuspay, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireGateways(t, "apache2")
			server, authority := juspaytest.NewServer(), juspaytest.NewAuthority(t)
			t.Cleanup(server.Close)
			ref := putAccounts(server, 1)[0]
			g := gateway{
				Name: name, program: "apache2", tls: true, mutual: row.mutual, Listen: "ssl",
				Server: "SSLProtocol -all +" + row.protocol, Location: "SSLVerifyClient require\nSSLVerifyDepth 3",
			}
			g.start(t, authority, strings.TrimPrefix(server.URL, "http://"))
			account, err := g.newClient(t, authority).Get(t.Context(), ref, juspay.ReadOptions{})
			var failed *juspay.APIError
			if !errors.As(err, &failed) {
				if row.want != "" || account.ValidationStatus != juspay.StatusActive {
					t.Errorf("got %q and the error %v, want %q", account.ValidationStatus, err, row.want)
				}
				return
			}
			if failed.Reason != row.want || failed.CertificateRequested != row.requested {
				t.Errorf("got %v, a certificate requested: %t; want %q, %t", failed, failed.CertificateRequested, row.want, row.requested)
			}
		})
	}
}
