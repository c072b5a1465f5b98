// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/http/httpproxy"
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
