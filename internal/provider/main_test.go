// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/juspay/terraform-provider-juspay/internal/tfcli"
)

// binaryDir holds the provider's binary, where acceptance tests run.
var binaryDir string

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
	temp, err := os.MkdirTemp("", "juspay-provider-test-")
	if err != nil {
		return 1, err
	}
	defer func() { _ = os.RemoveAll(temp) }()

	emptyConfig := filepath.Join(temp, "empty.tfrc")
	if err := os.WriteFile(emptyConfig, nil, 0o600); err != nil {
		return 1, err
	}
	for name, value := range map[string]string{
		"TF_CLI_CONFIG_FILE":        emptyConfig,
		"TF_ACC_PROVIDER_NAMESPACE": "juspay",
		"JUSPAY_API_KEY":            "",
		"JUSPAY_ENV":                "",
		"JUSPAY_BASE_URL":           "",
		"JUSPAY_MERCHANT_ID":        "",
		"TF_APPEND_USER_AGENT":      "",
		"HTTP_PROXY":                "",
		"HTTPS_PROXY":               "",
		"http_proxy":                "",
		"https_proxy":               "",
		"NO_PROXY":                  "",
		"no_proxy":                  "",
	} {
		if err := os.Setenv(name, value); err != nil {
			return 1, err
		}
	}
	stop, err := resolveNothing()
	if err != nil {
		return 1, err
	}
	defer stop()

	if os.Getenv("TF_ACC") != "" {
		binaryDir = temp
		if err := prepareAcceptance(); err != nil {
			return 1, err
		}
		stop, err := startToxiproxy()
		if err != nil {
			return 1, err
		}
		defer stop()
	}
	return m.Run(), nil
}

// prepareAcceptance builds the provider and makes plugin-testing use the CLI
// that tfcli finds, with the provider address that this CLI expects.
func prepareAcceptance() error {
	ctx := context.Background()
	if err := tfcli.BuildProvider(ctx, binaryDir); err != nil {
		return err
	}
	cli, err := tfcli.Find(ctx, os.Stderr)
	if err != nil {
		return err
	}
	if err := os.Setenv("TF_ACC_TERRAFORM_PATH", cli); err != nil {
		return err
	}
	if strings.HasPrefix(filepath.Base(cli), "tofu") && os.Getenv("TF_ACC_PROVIDER_HOST") == "" {
		return os.Setenv("TF_ACC_PROVIDER_HOST", "registry.opentofu.org")
	}
	return nil
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
	go answerNoSuchName(server)
	return func() { _ = server.Close() }, nil
}

func answerNoSuchName(server *net.UDPConn) {
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
		if answer, err := message.Pack(); err == nil {
			_, _ = server.WriteToUDP(answer, from)
		}
	}
}
