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
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func TestProxies(t *testing.T) {
	t.Parallel()
	for status, wantAttempts := range map[int]int{403: 1, 407: 1, 408: 3, 425: 3, 429: 3, 499: 1, 501: 1, 505: 1, 511: 1, 500: 3, 502: 3, 503: 3} {
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
			check.ErrorText(t, "Get", got, fmt.Sprintf("juspay: proxy: the proxy responded with %d", status))
			check.Equal(t, "the number of requests to the proxy", int(requests.Load()), wantAttempts)
			// A rejection concerns all reads, and a failure may pass.
			check.Equal(t, "whether the error is shared", got.IsShared(), wantAttempts == 1)
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
		t.Errorf("the proxy connects: got the error %v, want none", err)
		return
	}
	w.WriteHeader(http.StatusOK)
	client, received, err := http.NewResponseController(w).Hijack()
	if err != nil {
		t.Errorf("the proxy takes the connection: got the error %v, want none", err)
		return
	}
	go func() {
		_, _ = io.Copy(server, received) // what came before Hijack is in its buffer
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

// TestProxies_AreNamed expects the host and the port of the proxy in each error of a
// connection, and no part of its credentials.
func TestProxies_AreNamed(t *testing.T) {
	t.Parallel()
	const credentials = "fakereader:fakepassword@"
	authority := juspaytest.NewAuthority(t)
	gone := juspaytest.NewServer()
	gone.Close()
	rejectPassword := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusProxyAuthRequired) }
	for name, row := range map[string]struct {
		proxy       func(t *testing.T) string // a URL without credentials
		changes     []func(*Config)
		want        Reason
		attempts    int
		certificate CertificateProblem
	}{
		"an HTTP proxy that rejects the password": {
			proxy: func(t *testing.T) string { return baseURLOf(serve(t, nil, rejectPassword)) }, want: ReasonProxy, attempts: 1,
		},
		"an HTTP proxy that shows the password": {
			proxy: func(t *testing.T) string {
				return baseURLOf(serve(t, nil, func(w http.ResponseWriter, _ *http.Request) {
					connection, _, err := http.NewResponseController(w).Hijack()
					check.NoError(t, "the proxy takes the connection", err)
					_, _ = io.WriteString(connection, "ERR fakepassword is wrong\r\n\r\n")
					_ = connection.Close()
				}))
			},
			want: ReasonConnection, attempts: 2,
		},
		"an HTTP proxy that nobody runs": {proxy: func(*testing.T) string { return gone.URL }, want: ReasonProxy, attempts: 2},
		"a SOCKS proxy that nobody runs": {proxy: func(*testing.T) string { return strings.Replace(gone.URL, "http:", "socks5:", 1) }, want: ReasonProxy,
			attempts: 2},
		"a SOCKS proxy that fails": {proxy: func(t *testing.T) string {
			return serveSOCKS(t, "\x05\x00", "\x05\x01\x00\x01\x00\x00\x00\x00\x00\x00")
		}, want: ReasonProxy, attempts: 2},
		"a SOCKS proxy that knows no method": {proxy: func(t *testing.T) string { return serveSOCKS(t, "\x05\xff", "") }, want: ReasonProxy, attempts: 2},
		"a SOCKS proxy that hangs up":        {proxy: func(t *testing.T) string { return serveSOCKS(t, "", "") }, want: ReasonProxy, attempts: 2},
		"an HTTP proxy that does not respond": {
			proxy: func(t *testing.T) string {
				return baseURLOf(serve(t, nil, func(http.ResponseWriter, *http.Request) { <-t.Context().Done() }))
			},
			changes: []func(*Config){func(c *Config) { c.RequestTimeout = 200 * time.Millisecond }},
			want:    ReasonTimeout, attempts: 2,
		},
		"a proxy with a certificate of an unknown authority": {
			proxy: func(t *testing.T) string { return baseURLOf(serve(t, &tls.Config{}, rejectPassword)) },
			want:  ReasonUntrusted, attempts: 1, certificate: CertificateUnknownAuthority,
		},
		"a proxy with a certificate for another host": {
			proxy: func(t *testing.T) string {
				pair := issuePair(t, authority, func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"other.example"} })
				return baseURLOf(serve(t, &tls.Config{Certificates: []tls.Certificate{*pair}}, rejectPassword))
			},
			changes: []func(*Config){func(c *Config) { c.RootCAs = certPool(authority) }},
			want:    ReasonUntrusted, attempts: 1, certificate: CertificateOtherHost,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			scheme, host, _ := strings.Cut(row.proxy(t), "://")
			client := clientBehind(t, scheme+"://"+credentials+host, append(row.changes, func(c *Config) { c.MaxRetries = 1 })...)
			got := getError(t, client, row.want, row.attempts)
			check.Equal(t, "the proxy", got.Proxy, host)
			check.Equal(t, "the problem of the certificate", got.CertificateProblem, row.certificate)
			check.Equal(t, "whether the certificate is the proxy's", got.IsProxyCertificate, row.certificate != "")
			check.Lacks(t, "the error", fmt.Sprintf("%v %+v", got, *got), "fakereader", "fakepassword")
			check.Equal(t, "the id of the request, which was not sent", got.SentRequestID, "")
		})
	}
}

func TestProxyAddress(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]check.Row[[3]string, string]{ // the proxy, NO_PROXY and the server
		"an HTTP proxy has port 80":             {[3]string{"http://proxy.example", "", Sandbox.BaseURL}, "proxy.example:80"},
		"a proxy without a scheme is of HTTP":   {[3]string{"proxy.example", "", Sandbox.BaseURL}, "proxy.example:80"},
		"an HTTPS proxy has port 443":           {[3]string{"https://proxy.example", "", Sandbox.BaseURL}, "proxy.example:443"},
		"a SOCKS proxy has port 1080":           {[3]string{"socks5h://proxy.example", "", Sandbox.BaseURL}, "proxy.example:1080"},
		"a port is kept":                        {[3]string{"http://user:password@[::1]:3128", "", Sandbox.BaseURL}, "[::1]:3128"},
		"a server of NO_PROXY has no proxy":     {[3]string{"http://proxy.example", "juspay.in", Sandbox.BaseURL}, ""},
		"a server on this machine has no proxy": {[3]string{"http://proxy.example", "", "http://127.0.0.1:8787"}, ""},
		"no proxy is configured":                {[3]string{"", "", Sandbox.BaseURL}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check.Equal(t, "the address", proxyAddress(Config{HTTPSProxy: row.In[0], NoProxy: row.In[1], BaseURL: row.In[2]}), row.Want)
		})
	}
}

// The certificate behind a proxy is the server's, or of a proxy that inspects TLS.
func TestProxies_UntrustedServer(t *testing.T) {
	t.Parallel()
	server, _ := serve(t, &tls.Config{}, http.NotFound)
	proxy, _ := serve(t, nil, func(w http.ResponseWriter, _ *http.Request) { tunnel(t, w, strings.TrimPrefix(server, "https://")) })
	got := getError(t, clientBehind(t, proxy), ReasonUntrusted, 1)
	check.Equal(t, "the proxy", got.Proxy, strings.TrimPrefix(proxy, "http://"))
	check.Equal(t, "whether the certificate is the proxy's", got.IsProxyCertificate, false)
}

// serveSOCKS runs a SOCKS proxy until the test ends. It responds to a greeting and to a
// request with these bytes, and closes the connection.
func serveSOCKS(t *testing.T, toGreeting, toRequest string) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	check.MustNoError(t, "ListenConfig.Listen", err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			received := make([]byte, 512)
			for _, toSend := range []string{toGreeting, toRequest} {
				if _, err := conn.Read(received); err != nil || toSend == "" {
					break
				}
				_, _ = io.WriteString(conn, toSend)
			}
			_ = conn.Close()
		}
	}()
	return "socks5://" + listener.Addr().String()
}

func baseURLOf(baseURL string, _ *countingListener) string { return baseURL }

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
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			got := ""
			u, err := transport.Proxy(check.Must(http.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)))
			check.MustNoError(t, "Transport.Proxy", err)
			if u != nil {
				got = u.String()
			}
			check.Equal(t, "the proxy", got, want)
		})
	}
}
