// SPDX-License-Identifier: MPL-2.0

// Package acctest runs acceptance tests: the real CLI, in a directory of its own, with a
// provider that was built from this source and a fake Juspay.
package acctest

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest/programs"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
	"github.com/juspay/terraform-provider-juspay/internal/tfcli"
)

var (
	// ProviderDir is the directory of the provider's binary, or "" unless TF_ACC is set.
	ProviderDir string
	// CLI is the executable of Terraform or OpenTofu, or "" unless TF_ACC is set.
	CLI string
)

// Main runs the tests of a package. Its TestMain calls Main.
func Main(m *testing.M) {
	os.Exit(run(m, func() error { return nil }))
}

// MainInRoot is Main for tests that run in the root of the repository: their paths begin there.
func MainInRoot(m *testing.M) {
	os.Exit(run(m, func() error {
		root, err := programs.Root()
		if err != nil {
			return err
		}
		// go test repeats an old result unless a file changed that the tests read. It takes their paths to
		// begin in the package, finds no file there, and would never see a change. Without the log of these
		// paths, it repeats no result.
		flag.Parse()
		if err := flag.Set("test.testlogfile", ""); err != nil {
			return err
		}
		return os.Chdir(root)
	}))
}

// run runs the tests of a package after enter, and returns the exit code.
func run(m *testing.M, enter func() error) int {
	tearDown, err := setup()
	if err == nil {
		defer tearDown()
		err = enter()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// setup makes the tests of a package independent of the machine's settings and
// builds the provider, if acceptance tests are to run.
func setup() (tearDown func(), err error) {
	temp, err := os.MkdirTemp("", "juspay-provider-test-")
	if err != nil {
		return nil, err
	}
	tearDown = func() { _ = os.RemoveAll(temp) }
	if err := clearEnvironment(temp); err != nil {
		tearDown()
		return nil, err
	}
	if Enabled() {
		if err := prepare(temp); err != nil {
			tearDown()
			return nil, err
		}
	}
	return tearDown, nil
}

// clearEnvironment unsets the variables of the provider and of Terraform, so that tests do not
// depend on them, and the proxies. It keeps what configures acceptance tests and logs.
func clearEnvironment(temp string) error {
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		isKept := strings.HasPrefix(name, "TF_ACC") || strings.HasPrefix(name, "TF_LOG")
		if isKept || !strings.HasPrefix(name, "TF_") && !strings.HasPrefix(name, "JUSPAY_") {
			continue
		}
		if err := os.Unsetenv(name); err != nil {
			return err
		}
	}
	emptyConfig := filepath.Join(temp, "empty.tfrc")
	if err := os.WriteFile(emptyConfig, nil, 0o600); err != nil {
		return err
	}
	for name, value := range map[string]string{
		"TF_CLI_CONFIG_FILE":        emptyConfig,
		"TF_ACC_PROVIDER_NAMESPACE": "juspay",
		"HTTP_PROXY":                "",
		"HTTPS_PROXY":               "",
		"http_proxy":                "",
		"https_proxy":               "",
		"NO_PROXY":                  "",
		"no_proxy":                  "",
	} {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	return nil
}

// prepare builds the provider and makes plugin-testing use the CLI that tfcli
// finds, with the provider address that this CLI expects.
func prepare(temp string) (err error) {
	ctx := context.Background()
	ProviderDir = temp
	if err := tfcli.BuildProvider(ctx, ProviderDir); err != nil {
		return err
	}
	if CLI, err = tfcli.Find(ctx, os.Stderr); err != nil {
		return err
	}
	if err := os.Setenv("TF_ACC_TERRAFORM_PATH", CLI); err != nil {
		return err
	}
	if strings.HasPrefix(filepath.Base(CLI), "tofu") && os.Getenv("TF_ACC_PROVIDER_HOST") == "" {
		return os.Setenv("TF_ACC_PROVIDER_HOST", "registry.opentofu.org")
	}
	return nil
}

// Enabled reports whether acceptance tests are to run.
func Enabled() bool { return os.Getenv("TF_ACC") != "" }

// StartAPI returns a running server that contains the sample accounts and the account
// banh_a of cst_a.
func StartAPI(t testing.TB) *juspaytest.Server {
	t.Helper()
	server := juspaytest.NewServer()
	t.Cleanup(server.Close)
	server.Put(juspaytest.NewAccount("cst_a", "banh_a"))
	for _, account := range juspaytest.Samples() {
		server.Put(account)
	}
	return server
}

// CheckNewRequests fails unless the server got want requests since they were last drained.
func CheckNewRequests(t testing.TB, server *juspaytest.Server, want int) {
	t.Helper()
	check.Equal(t, "the number of new requests", len(server.DrainRequests()), want)
}
