// SPDX-License-Identifier: MPL-2.0

// Package tfcli runs the real Terraform or OpenTofu with a provider that was
// built from this source, for tests, the demo and the benchmark.
package tfcli

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"

	install "github.com/hashicorp/hc-install"
	"github.com/hashicorp/hc-install/fs"
	"github.com/hashicorp/hc-install/product"
	"github.com/hashicorp/hc-install/releases"
	"github.com/hashicorp/hc-install/src"
)

// Find returns the CLI's executable: the one that TF_ACC_TERRAFORM_PATH names,
// else terraform from PATH, else tofu from PATH, else a Terraform that it
// downloads into the user's cache, which it announces on out.
func Find(ctx context.Context, out io.Writer) (string, error) {
	if path := os.Getenv("TF_ACC_TERRAFORM_PATH"); path != "" {
		return path, nil
	}
	for _, name := range []string{"terraform", "tofu"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("finding a place for Terraform, since neither terraform nor tofu is on PATH: %w", err)
	}
	return findOrDownload(ctx, out, filepath.Join(cache, "terraform-provider-juspay"))
}

// findOrDownload returns the Terraform in dir, or downloads the latest one into it.
func findOrDownload(ctx context.Context, out io.Writer, dir string) (string, error) {
	installer := install.NewInstaller()
	cached := &fs.AnyVersion{Product: &product.Terraform, ExtraPaths: []string{dir}}
	if path, err := installer.Ensure(ctx, []src.Source{cached}); err == nil {
		return path, nil
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return "", err
	}
	_, _ = fmt.Fprintf(out, "Neither terraform nor tofu is on PATH: downloading Terraform into %s\n", dir)
	latest := &releases.LatestVersion{Product: product.Terraform, InstallDir: dir}
	path, err := installer.Ensure(ctx, []src.Source{latest})
	if err != nil {
		return "", fmt.Errorf("downloading Terraform, since neither terraform nor tofu is on PATH: %w", err)
	}
	return path, nil
}

var colourRE = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// WithoutColours returns a text that a CLI printed without its colours.
func WithoutColours(printed string) string { return colourRE.ReplaceAllString(printed, "") }

// ProviderName returns the file name of the provider's binary.
func ProviderName() string {
	if runtime.GOOS == "windows" {
		return "terraform-provider-juspay.exe"
	}
	return "terraform-provider-juspay"
}

const module = "github.com/juspay/terraform-provider-juspay"

// coverDir is the environment variable with which make cover measures the provider's
// binary too. (go test sets GOCOVERDIR to a directory of its own.)
const coverDir = "PROVIDER_COVERDIR"

// BuildProvider compiles the provider into dir.
func BuildProvider(ctx context.Context, dir string) error {
	return BuildAs(ctx, module, dir)
}

// BuildAs compiles the package source into dir, under the provider's name.
func BuildAs(ctx context.Context, source, dir string) error {
	args := []string{"build", "-o", filepath.Join(dir, ProviderName())}
	if os.Getenv(coverDir) != "" {
		args = append(args, "-cover", "-coverpkg="+module+","+module+"/internal/juspay/...,"+module+"/internal/provider")
	}
	build := exec.CommandContext(ctx, "go", append(args, source)...) //nolint:gosec // tests name the package, of their own module
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

// CLI runs Terraform in one directory with one provider binary, and ignores the caller's
// settings of both.
type CLI struct {
	path string
	dir  string
	env  []string
}

// New returns a CLI that runs the executable at path in dir, takes the provider
// juspay/juspay from providerDir, and adds env to its environment. It writes a
// CLI configuration into dir, so that no registry is contacted and the configuration
// that TF_CLI_CONFIG_FILE may name has no part in it.
func New(path, dir, providerDir string, env ...string) (*CLI, error) {
	cliConfig := filepath.Join(dir, "cli.tfrc")
	overrides := fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"juspay/juspay\" = %q\n  }\n  direct {}\n}\n", filepath.ToSlash(providerDir))
	if err := os.WriteFile(cliConfig, []byte(overrides), 0o600); err != nil {
		return nil, err
	}
	added := []string{"TF_CLI_CONFIG_FILE=" + cliConfig, "CHECKPOINT_DISABLE=1"}
	if dir := os.Getenv(coverDir); dir != "" {
		added = append(added, "GOCOVERDIR="+dir)
	}
	return &CLI{path: path, dir: dir, env: append(append(inheritedEnvironment(), added...), env...)}, nil
}

// With returns a CLI that runs another program, such as a script that runs
// Terraform, in the same directory and environment.
func (c *CLI) With(program string) *CLI {
	other := *c
	other.path = program
	return &other
}

// inheritedEnvironment returns the caller's environment without the variables that
// configure Terraform or the provider.
func inheritedEnvironment() []string {
	var kept []string
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "TF_") && !strings.HasPrefix(variable, "JUSPAY_") {
			kept = append(kept, variable)
		}
	}
	return kept
}

// interruptedWait is how long an interrupted command may take to end.
const interruptedWait = time.Minute

// Run runs one command to its end. Its error is an *exec.ExitError when the
// command ran and failed. When ctx ends, the command is interrupted, as Ctrl-C
// would.
func (c *CLI) Run(ctx context.Context, stdout, stderr io.Writer, args ...string) error {
	command := exec.CommandContext(ctx, c.path, args...) //nolint:gosec // running a CLI of the caller's choice is the purpose
	command.Dir = c.dir
	command.Env = c.env
	command.Stdout = stdout
	command.Stderr = stderr
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = interruptedWait
	return command.Run()
}
