// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func TestIsCertificateAlert(t *testing.T) {
	t.Parallel()
	ofCertificates := []string{
		"handshake failure", "bad certificate", "unsupported certificate", "revoked certificate", "expired certificate",
		"unknown certificate", "unknown certificate authority", "access denied", "certificate required",
	}
	rows := map[string]check.Row[error, Reason]{
		"this machine's own alert": {&net.OpError{Op: "local error", Err: errors.New("tls: bad certificate")}, ""},
		"no alert":                 {errors.New("tls: bad certificate"), ""},
	}
	found := 0
	for alert := range 256 {
		text := tls.AlertError(alert).Error()
		reason := Reason("")
		if slices.Contains(ofCertificates, strings.TrimPrefix(text, "tls: ")) {
			reason = ReasonCertificateRejected
			found++
		}
		rows[fmt.Sprintf("alert %d (%s)", alert, text)] = check.Row[error, Reason]{&net.OpError{Op: "remote error", Err: errors.New(text)}, reason}
	}
	check.Equal(t, "the number of these alerts", found, len(ofCertificates))
	check.Rows(t, func(t *testing.T, err error) Reason {
		t.Helper()
		own := &clientCertificate{cert: &tls.Certificate{}}
		check.Equal(t, "the reason of a server that requested no certificate", reasonFromClientCertificate(err, own), Reason(""))
		own.requested.Store(true)
		return reasonFromClientCertificate(err, own)
	}, rows)
}

// A server that reloads sends the alert internal_error, which is retried. Another alert of a
// server is not.
func TestIsInternalAlert(t *testing.T) {
	t.Parallel()
	authority := juspaytest.NewAuthority(t)
	pair := issuePair(t, authority)
	for name, test := range map[string]struct {
		tlsConfig func(handshakes int32) (*tls.Config, error)
		want      int32 // the number of handshakes
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
			tlsConfig := &tls.Config{Certificates: []tls.Certificate{*pair}, GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
				return test.tlsConfig(handshakes.Add(1))
			}}
			url, _ := serve(t, tlsConfig, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, accountBody) })
			_, err := newClient(t, url, func(c *Config) { c.RootCAs = certPool(authority) }).Get(t.Context(), accountA, ReadOptions{})
			check.Equal(t, "the number of handshakes", handshakes.Load(), test.want)
			check.Equal(t, fmt.Sprintf("whether the read succeeds, where its error is %v", err), err == nil, test.want == 2)
		})
	}
}
