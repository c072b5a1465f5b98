// SPDX-License-Identifier: MPL-2.0

package toxiproxy

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

func TestProxy_AppliesToxics(t *testing.T) {
	t.Parallel()
	server, err := Start(t.Context())
	check.MustNoError(t, "toxiproxy.Start", err)
	t.Cleanup(server.Stop)
	upstream := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(upstream.Close)
	proxy, err := server.NewProxy(t.Context(), strings.TrimPrefix(upstream.URL, "http://"))
	check.MustNoError(t, "server.NewProxy", err)
	if host, _, err := net.SplitHostPort(proxy.Address); err != nil || !net.ParseIP(host).IsLoopback() {
		t.Errorf("the address: got %s, %v; want one of loopback", proxy.Address, err)
	}
	get := func(limit time.Duration) error {
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+proxy.Address, nil)
		check.MustNoError(t, "http.NewRequestWithContext", err)
		resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
		if err == nil {
			_ = resp.Body.Close()
		}
		return err
	}
	check.NoError(t, "a request without a toxic", get(10*time.Second))
	check.MustNoError(t, "proxy.Add", proxy.Add(t.Context(), Downstream("timeout", map[string]any{"timeout": 0})))
	if err := get(200 * time.Millisecond); err == nil {
		t.Error("a request with the toxic: got a response, want an error")
	}
	if err := proxy.Add(t.Context(), Downstream("nonsense", nil)); err == nil || !strings.HasPrefix(err.Error(), "toxiproxy: ") {
		t.Errorf("a toxic that does not exist: got %v, want an error of toxiproxy", err)
	}
}
