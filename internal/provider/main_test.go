// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

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

// run makes the tests independent of the machine's settings and network.
func run(m *testing.M) (int, error) {
	tearDown, err := acctest.Setup()
	if err != nil {
		return 1, err
	}
	defer tearDown()
	stop, err := resolveNothing()
	if err != nil {
		return 1, err
	}
	defer stop()
	if acctest.Enabled() {
		stop, err := startToxiproxy()
		if err != nil {
			return 1, err
		}
		defer stop()
	}
	return m.Run(), nil
}

// resolveNothing makes every host name in this process one that does not exist,
// as far as no hosts file knows it.
func resolveNothing() (stop func(), err error) {
	server, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	net.DefaultResolver = &net.Resolver{
		PreferGo: true,
		Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "udp", server.LocalAddr().String())
		},
	}
	go respondNoSuchName(server)
	return func() { _ = server.Close() }, nil
}

func respondNoSuchName(server *net.UDPConn) {
	packet := make([]byte, 1500)
	for {
		n, from, err := server.ReadFromUDP(packet)
		if err != nil {
			return
		}
		var message dnsmessage.Message
		if message.Unpack(packet[:n]) != nil {
			continue
		}
		message.Response = true
		message.RCode = dnsmessage.RCodeNameError
		message.Additionals = nil
		if response, err := message.Pack(); err == nil {
			_, _ = server.WriteToUDP(response, from)
		}
	}
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
