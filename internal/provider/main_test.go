// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/acctest/toxiproxy"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// run makes the tests independent of the machine's settings.
func run(m *testing.M) (int, error) {
	tearDown, err := acctest.Setup()
	if err != nil {
		return 1, err
	}
	defer tearDown()
	if acctest.Enabled() {
		stop, err := startToxiproxy()
		if err != nil {
			return 1, err
		}
		defer stop()
	}
	return m.Run(), nil
}

// network is the toxiproxy of all tests that need one.
var network *toxiproxy.Server

func startToxiproxy() (stop func(), err error) {
	network, err = toxiproxy.Start(context.Background())
	if err != nil {
		return nil, err
	}
	return network.Stop, nil
}

// newProxy puts a network with these toxics before a server.
func newProxy(t *testing.T, server *juspaytest.Server, toxics ...toxiproxy.Toxic) *toxiproxy.Proxy {
	t.Helper()
	if network == nil {
		t.Skip("acceptance tests run when TF_ACC is set")
	}
	proxy, err := network.NewProxy(t.Context(), strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = proxy.Remove(context.WithoutCancel(t.Context())) })
	if err := proxy.Add(t.Context(), toxics...); err != nil {
		t.Fatal(err)
	}
	return proxy
}
