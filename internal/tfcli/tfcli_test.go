// SPDX-License-Identifier: MPL-2.0

package tfcli

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// fakeCLI writes an executable that runs script, and returns its path.
func fakeCLI(t *testing.T, dir, name, script string) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the stand-in for the CLI is a shell script, which Windows cannot run")
	}
	path := filepath.Join(dir, name)
	check.MustNoError(t, "writing the stand-in", os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o700))
	return path
}

// setEnvironment lets Find see only path as PATH, and cache as the home of the user's cache.
func setEnvironment(t *testing.T, path, cache string) {
	t.Helper()
	for name, value := range map[string]string{"PATH": path, "HOME": cache, "XDG_CACHE_HOME": cache} {
		t.Setenv(name, value)
	}
}

func checkFind(t *testing.T, want string) {
	t.Helper()
	var said bytes.Buffer
	got, err := Find(t.Context(), &said)
	check.NoError(t, "Find", err)
	check.Equal(t, "the CLI", got, want)
	check.Equal(t, "the output", said.String(), "")
}

func TestFind_PrefersTerraform(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TF_ACC_TERRAFORM_PATH", "")
	setEnvironment(t, dir, "")
	checkFind(t, fakeCLI(t, dir, "tofu", ""))
	checkFind(t, fakeCLI(t, dir, "terraform", ""))
	t.Setenv("TF_ACC_TERRAFORM_PATH", "/somewhere/else")
	checkFind(t, "/somewhere/else")
}

func TestFind_UsesCache(t *testing.T) {
	t.Setenv("TF_ACC_TERRAFORM_PATH", "")
	setEnvironment(t, t.TempDir(), t.TempDir())
	downloads, err := os.UserCacheDir()
	check.MustNoError(t, "finding the cache", err)
	downloads = filepath.Join(downloads, "terraform-provider-juspay")
	check.MustNoError(t, "making a directory in the cache", os.MkdirAll(downloads, 0o700))
	checkFind(t, fakeCLI(t, downloads, "terraform", "echo Terraform v1.11.4"))
}

func TestFind_AnnouncesDownload(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // so that nothing is downloaded
	var said bytes.Buffer
	t.Setenv("PATH", t.TempDir())
	_, err := findOrDownload(ctx, &said, dir)
	checkError(t, err, "downloading Terraform, since neither terraform nor tofu is on PATH: ")
	check.Equal(t, "the output", said.String(), "Neither terraform nor tofu is on PATH: downloading Terraform into "+dir+"\n")
}

func TestFind_NoCacheDirectory(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows takes the cache directory from %LocalAppData%, and not from the HOME that this test unsets")
	}
	t.Setenv("TF_ACC_TERRAFORM_PATH", "")
	setEnvironment(t, "", "")
	_, err := Find(t.Context(), io.Discard)
	checkError(t, err, "finding a place for Terraform")
	_, err = findOrDownload(t.Context(), io.Discard, "/dev/null/x")
	checkError(t, err, "mkdir /dev/null")
}

func checkError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want an error with %q", err, want)
	}
}

func TestNew_IgnoresCallerSettings(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TF_CLI_CONFIG_FILE", "/does/not/exist")
	t.Setenv("TF_LOG", "TRACE")
	t.Setenv("JUSPAY_API_KEY", "fake-key-of-the-caller")
	t.Setenv("KEPT", "yes")
	cli, err := New(fakeCLI(t, dir, "cli", "pwd; env; echo args $*; echo err >&2"), dir, "/providers", "JUSPAY_ENV=sandbox")
	check.MustNoError(t, "New", err)
	var stdout, stderr bytes.Buffer
	check.NoError(t, "Run", cli.Run(t.Context(), &stdout, &stderr, "plan", "-no-color"))
	lines := strings.Split(stdout.String(), "\n")
	for _, want := range []string{dir, "KEPT=yes", "JUSPAY_ENV=sandbox", "CHECKPOINT_DISABLE=1", "TF_CLI_CONFIG_FILE=" + filepath.Join(dir, "cli.tfrc"),
		"args plan -no-color"} {
		if !slices.Contains(lines, want) {
			t.Errorf("got an output without %q, want it in:\n%s", want, &stdout)
		}
	}
	for _, line := range lines {
		if strings.HasPrefix(line, "TF_LOG") || strings.HasPrefix(line, "JUSPAY_API_KEY") {
			t.Errorf("the environment of the CLI: got %q, want no such variable", line)
		}
	}
	check.Equal(t, "stderr", stderr.String(), "err\n")
	cliConfig, err := fs.ReadFile(os.DirFS(dir), "cli.tfrc")
	check.NoError(t, "reading the CLI configuration", err)
	check.Equal(t, "the CLI configuration", string(cliConfig),
		"provider_installation {\n  dev_overrides {\n    \"juspay/juspay\" = \"/providers\"\n  }\n  direct {}\n}\n")
}

func TestNew_MissingDirectory(t *testing.T) {
	t.Parallel()
	_, err := New("terraform", filepath.Join(t.TempDir(), "missing"), "/providers")
	checkError(t, err, "missing")
}

func TestBuildProvider_CompilerErrors(t *testing.T) {
	t.Setenv("GOFLAGS", "-nonsense")
	checkError(t, BuildProvider(t.Context(), t.TempDir()), "nonsense")
}

func TestWithoutColours(t *testing.T) {
	t.Parallel()
	printed := "\x1b[31m╷\x1b[0m\x1b[0m\n\x1b[1;31mError: \x1b[0mAPI key rejected [1m]\n"
	check.Equal(t, "the text", WithoutColours(printed), "╷\nError: API key rejected [1m]\n")
}
