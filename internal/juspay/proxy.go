// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/http/httpproxy"
)

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

// isProxyFailure reports whether the connection to a proxy failed, or the proxy's connection to
// the server.
func isProxyFailure(err error) bool {
	var (
		refusal   *proxyError
		operation *net.OpError
	)
	return errors.As(err, &refusal) || errors.As(err, &operation) && (operation.Op == "proxyconnect" || strings.HasPrefix(operation.Op, "socks "))
}

// ValidateProxyURL reports why raw cannot be the URL of a proxy, or nil. Package
// httpproxy would ignore some such URLs, and send requests without a proxy, or take a
// part of a password for the host. The error contains nothing of raw, which may contain a
// password.
func ValidateProxyURL(name, raw string) error {
	scheme, location, hasScheme := strings.Cut(raw, "://")
	if !hasScheme {
		scheme, location = "http", raw
	}
	switch strings.ToLower(scheme) {
	case "http", "https", "socks5", "socks5h":
	default:
		return fmt.Errorf("%s must begin with http://, https://, socks5:// or socks5h://", name)
	}
	u, err := url.Parse("http://" + location)
	if err != nil || u.Hostname() == "" || !isValidPort(u.Port()) || strings.TrimRight(u.Path, "/") != "" || strings.ContainsAny(location, "?# \t\r\n") || strings.Count(location, "@") > 1 {
		return fmt.Errorf(`%s must be a URL such as http://proxy.example.com:3128 or http://user:password@proxy.example.com:3128, without whitespace; in a user name or password, percent-encode every character other than a letter or digit, such as "#" as %%23`, name)
	}
	return nil
}
