// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/http/httpproxy"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/redact"
)

// httpsProxyFunc is the type of an http.Transport's Proxy: it returns nil for no proxy.
type httpsProxyFunc = func(*http.Request) (*url.URL, error)

// newHTTPSProxyFunc returns the proxy for https requests. It returns none for http, which
// is for servers on this machine: a proxy elsewhere would see the key.
func newHTTPSProxyFunc(cfg Config) httpsProxyFunc {
	proxies := httpproxy.Config{HTTPSProxy: cfg.HTTPSProxy, NoProxy: cfg.NoProxy}
	proxyFor := proxies.ProxyFunc()
	return func(req *http.Request) (*url.URL, error) { return proxyFor(req.URL) }
}

// proxyAddress returns the host and the port of the proxy for requests to cfg.BaseURL, without
// credentials, or "".
func proxyAddress(cfg Config) string {
	server, err := url.Parse(cfg.BaseURL)
	if err != nil {
		return ""
	}
	proxy, err := newHTTPSProxyFunc(cfg)(&http.Request{URL: server})
	if err != nil || proxy == nil {
		return ""
	}
	port := map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}[proxy.Scheme]
	return net.JoinHostPort(proxy.Hostname(), cmp.Or(proxy.Port(), port))
}

// proxySecrets returns the password of a proxy's URL, as it is written and without percent-encoding, and the
// credentials as HTTP Basic encodes them. A user name is a secret only without a password, since it may be a token
// then: other user names, such as "proxy", would hide words that explain an error. Loggers would mask a short
// password within other words.
func proxySecrets(proxy string) []string {
	_, location, hasScheme := strings.Cut(proxy, "://")
	if !hasScheme {
		location = proxy
	}
	credentials, _, hasCredentials := strings.Cut(location, "@")
	user, password, _ := strings.Cut(credentials, ":")
	written := cmp.Or(password, user)
	decoded, _ := url.PathUnescape(written) // ValidateProxyURL accepted it
	if !hasCredentials || len(decoded) < redact.MinSecret {
		return nil
	}
	plaintext, _ := url.PathUnescape(user + ":" + password)
	return slices.Compact([]string{written, decoded, base64.StdEncoding.EncodeToString([]byte(plaintext))})
}

// proxyError reports that a proxy did not connect to the server.
type proxyError struct{ statusCode int }

func (e *proxyError) Error() string { return fmt.Sprintf("the proxy responded with %d", e.statusCode) }

// checkProxyConnect fails unless a proxy connected to the server. It is an http.Transport's
// OnProxyConnectResponse.
func checkProxyConnect(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode != http.StatusOK {
		return &proxyError{resp.StatusCode}
	}
	return nil
}

// isProxyFailure reports whether the connection to a proxy failed, or the proxy's connection to
// the server.
func isProxyFailure(err error) bool {
	var (
		proxy     *proxyError
		operation *net.OpError
	)
	return errors.As(err, &proxy) || errors.As(err, &operation) && (operation.Op == "proxyconnect" || strings.HasPrefix(operation.Op, "socks "))
}
