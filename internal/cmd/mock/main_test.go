// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func TestMock_ServesSamples(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	read, write := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, []string{"-address", "127.0.0.1:0"}, write) }()

	url := ""
	lines := bufio.NewScanner(read)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "Press") {
		if _, after, found := strings.Cut(lines.Text(), "JUSPAY_BASE_URL="); found {
			url = after
		}
	}
	for _, account := range juspaytest.Samples() {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%s/customers/%v/customer-accounts/%v", url, account["customer_id"], account["customer_account_id"]), nil)
		if err != nil {
			t.Fatal(err)
		}
		req.SetBasicAuth(juspaytest.APIKey, "")
		req.Header.Set("X-Routing-Id", "x")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%v: %s", account["customer_account_id"], resp.Status)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestMock_PortInUse(t *testing.T) {
	t.Parallel()
	server := juspaytest.NewServer()
	t.Cleanup(server.Close)
	address := strings.TrimPrefix(server.URL, "http://")
	want := "something listens at " + address + " already, perhaps another mock: stop that, or choose another port: go run ./internal/cmd/mock -address 127.0.0.1:PORT"
	if err := run(t.Context(), []string{"-address", address}, io.Discard); err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func TestMock_LoopbackOnly(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"0.0.0.0:0":    "-address must be a loopback address, such as 127.0.0.1:8787",
		":0":           "-address must be a loopback address, such as 127.0.0.1:8787",
		"192.0.2.1:80": "-address must be a loopback address, such as 127.0.0.1:8787",
		"127.0.0.1":    "address 127.0.0.1: missing port in address",
	} {
		if err := run(t.Context(), []string{"-address", address}, io.Discard); err == nil || err.Error() != want {
			t.Errorf("%s: got %v", address, err)
		}
	}
}
