// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func TestValidateProxyURL(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		"http://proxy:3128", "https://proxy.example/", "HTTP://proxy", "socks5://127.0.0.1:1080", "socks5h://[::1]:1080",
		"proxy:3128", "proxy.example", "user:50%25off@proxy:1", "http://user:p%23%2F%3F%20s@proxy:1",
	} {
		checkMessage(t, ValidateProxyURL("it", raw), "")
	}
	for _, raw := range []string{
		"http://user:50%off@proxy:1", " http://proxy:1", "http://proxy:1 ", "http://proxy:1\n", "http://user:p#s@proxy:1",
		"http://user:p/s@proxy:1", "http://user:12/s@proxy:1", "http://user:p?s@proxy:1", "http://user:p s@proxy:1",
		"http://user:p@s@proxy:1", "http://proxy:port", "http://proxy:0", "http://proxy:65536", "http://", "http://:3128",
		"http:proxy:3128", "ftp://proxy:21", "http://http://proxy:1", "http://proxy:1/path", "http://proxy:1#x", "http://[::1",
	} {
		err := ValidateProxyURL("it", raw)
		if err == nil || strings.Contains(strings.ReplaceAll(err.Error(), "user:password@proxy.example.com", ""), "@proxy") {
			t.Errorf("%q: got the error %v, want one without the password", raw, err)
		}
	}
}

func TestProxies(t *testing.T) {
	t.Parallel()
	for status, wantAttempts := range map[int]int{403: 1, 407: 1, 499: 1, 500: 3, 502: 3, 503: 3} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int64
			proxy, _ := serve(t, nil, func(w http.ResponseWriter, r *http.Request) {
				requests.Add(1)
				if r.Method != http.MethodConnect || r.Header.Get("Authorization") != "" {
					t.Errorf("the proxy: got %s, want CONNECT without Authorization", r.Method)
				}
				w.WriteHeader(status)
			})
			got := getError(t, clientBehind(t, proxy), ReasonProxy, wantAttempts)
			checkMessage(t, got, fmt.Sprintf("juspay: proxy: the proxy responded with %d", status))
			if n := int(requests.Load()); n != wantAttempts {
				t.Errorf("got %d requests, want %d", n, wantAttempts)
			}
			// A refusal concerns all reads; a failure may pass, unless GetAll found that none succeeds.
			if affectsAll := got.AffectsAllReads(); affectsAll != (wantAttempts == 1) {
				t.Errorf("whether it affects all reads: got %t, want %t", affectsAll, !affectsAll)
			}
			if got.affectsAllReads = true; !got.AffectsAllReads() {
				t.Error("whether it affects all reads where none succeeds: got false, want true")
			}
		})
	}
}

func TestProxies_Connect(t *testing.T) {
	t.Parallel()
	authority := juspaytest.NewAuthority(t)
	pair := issuePair(t, authority, func(c *x509.Certificate) { c.DNSNames = []string{"juspay.example"} })
	server, _ := serve(t, &tls.Config{Certificates: []tls.Certificate{*pair}}, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w,
			accountBody)
	})
	proxy, _ := serve(t, nil, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect || r.Host != "juspay.example:443" {
			t.Errorf("the proxy: got %s %s, want CONNECT juspay.example:443", r.Method, r.Host)
		}
		tunnel(t, w, strings.TrimPrefix(server, "https://"))
	})
	client := clientBehind(t, proxy, func(c *Config) { c.BaseURL, c.RootCAs = "https://juspay.example", certPool(authority) })
	got, err := client.Get(t.Context(), accountA, ReadOptions{})
	checkAccount(t, got, err, fakeAccount)
}

// tunnel responds to a CONNECT with a connection to address, until one side closes.
func tunnel(t *testing.T, w http.ResponseWriter, address string) {
	t.Helper()
	server, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Error(err)
		return
	}
	w.WriteHeader(http.StatusOK)
	client, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	go func() {
		_, _ = io.Copy(server, client)
		_ = server.Close()
	}()
	_, _ = io.Copy(client, server)
	_ = client.Close()
}

func TestProxies_Refused(t *testing.T) {
	t.Parallel()
	gone := juspaytest.NewServer()
	gone.Close()
	if got := getError(t, clientBehind(t, gone.URL), ReasonProxy, 3); !strings.Contains(got.Error(), "proxyconnect") {
		t.Errorf("got the error %v, want one with proxyconnect", got)
	}
}

// clientBehind returns a client of the sandbox behind a proxy.
func clientBehind(t *testing.T, proxy string, changes ...func(*Config)) *Client {
	t.Helper()
	return newClient(t, Sandbox.BaseURL, append(changes, func(c *Config) { c.HTTPSProxy = proxy })...)
}

// The key is sent as plaintext to this machine, and so to no proxy.
func TestNewHTTPSProxyFunc(t *testing.T) {
	t.Parallel()
	const proxy = "http://proxy.example:3128"
	transport := transportOf(t, newClient(t, Sandbox.BaseURL, func(c *Config) { c.HTTPSProxy, c.NoProxy = proxy, "direct.example" }))
	for target, want := range map[string]string{"https://juspay.example/": proxy, "https://direct.example/": "", "http://juspay.example/": ""} {
		got := ""
		if u := must(transport.Proxy(must(http.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)))); u != nil {
			got = u.String()
		}
		if got != want {
			t.Errorf("%s: got the proxy %q, want %q", target, got, want)
		}
	}
}
