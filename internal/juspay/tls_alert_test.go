// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"crypto/tls"
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

// A server that reloads sends the alert internal_error, which is retried. Another alert of a
// server is not.
func TestIsInternalAlert(t *testing.T) {
	t.Parallel()
	authority := juspaytest.NewAuthority(t)
	pair := issuePair(t, authority)
	for name, test := range map[string]struct {
		tlsConfig func(handshakes int32) (*tls.Config, error)
		want      int32 // handshakes
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
			if (err == nil) != (test.want == 2) || handshakes.Load() != test.want {
				t.Errorf("got %d handshakes and the error %v, want %d", handshakes.Load(), err, test.want)
			}
		})
	}
}
