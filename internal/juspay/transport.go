// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"crypto/tls"
	"net"
	"net/http"
	"time"
)

// maxHeader is the maximum size of a response's header in bytes, far above what Juspay sends.
const maxHeader = 64 << 10

// newTransport returns a transport that keeps a connection open for each request in
// flight. With net/http's default of 2, most requests would open and close one.
func newTransport(timeout time.Duration, maxConnections int, proxy httpsProxyFunc, tlsConfig *tls.Config) *http.Transport {
	return &http.Transport{
		Proxy:                  proxy,
		OnProxyConnectResponse: checkProxyConnect,
		DialContext:            (&net.Dialer{Timeout: timeout}).DialContext,
		TLSClientConfig:        tlsConfig,
		TLSHandshakeTimeout:    timeout,
		ForceAttemptHTTP2:      true,
		// A dead HTTP/2 connection is found before the attempts on it time out,
		// so that they are retried on another.
		HTTP2:                  &http.HTTP2Config{SendPingTimeout: timeout / 4, PingTimeout: timeout / 4},
		MaxConnsPerHost:        maxConnections,
		MaxIdleConnsPerHost:    maxConnections,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: maxHeader,
	}
}
