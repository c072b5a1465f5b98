// SPDX-License-Identifier: MPL-2.0

package release

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
	"github.com/juspay/terraform-provider-juspay/internal/tfcli"
)

// TestSnapshotInstalls installs the provider as its users do, from a mirror in
// place of a registry, and reads an account.
func TestSnapshotInstalls(t *testing.T) {
	t.Parallel()
	dir, version := dist(t)
	mirror := t.TempDir()
	archive := archiveName(version, thisPlatform)
	for _, host := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		write(t, mirror, filepath.Join(host, "juspay", "juspay", archive), string(read(t, dir, archive)))
	}
	checkInstalls(t, version, fmt.Sprintf("filesystem_mirror {\n    path = %q\n  }", filepath.ToSlash(mirror)), 0)
}

// TestPublishedInstalls is TestSnapshotInstalls with the registry itself, which
// takes a while to know a new version.
func TestPublishedInstalls(t *testing.T) {
	t.Parallel()
	version := os.Getenv("RELEASE_VERSION")
	if version == "" {
		t.Skip("make smoke sets RELEASE_VERSION")
	}
	checkInstalls(t, version, "direct {}", 30*time.Minute)
}

// newInstaller returns a directory with a configuration that requires a version from a
// source, and runs the CLI there. The method is of the CLI's provider_installation.
func newInstaller(
	t *testing.T, source, version, method, more string, env ...string,
) (dir string, run func(args ...string) (string, error)) {
	t.Helper()
	dir = t.TempDir()
	write(t, dir, "cli.tfrc", "provider_installation {\n  "+method+"\n}\n")
	write(t, dir, "main.tf", fmt.Sprintf(`
terraform {
  required_providers {
    juspay = {
      source  = %q
      version = %q
    }
  }
}
%s`, source, version, more))
	cli, err := tfcli.Find(t.Context(), os.Stderr)
	check.MustNoError(t, "tfcli.Find", err)
	return dir, func(args ...string) (string, error) {
		command := exec.CommandContext(t.Context(), cli, args...)
		command.Dir = dir
		command.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+filepath.Join(dir, "cli.tfrc"), "CHECKPOINT_DISABLE=1")
		command.Env = append(command.Env, env...)
		out, err := command.CombinedOutput()
		return string(out), err
	}
}

// checkInstalls installs a version, which may fail for so long, and reads an account of
// a fake Juspay.
func checkInstalls(t *testing.T, version, method string, patience time.Duration) {
	t.Helper()
	server := juspaytest.NewServer()
	t.Cleanup(server.Close)
	server.Put(juspaytest.NewAccount("cst_acme", "banh_acme_active"))
	_, try := newInstaller(t, "juspay/juspay", version, method, `
data "juspay_customer_account" "vendor" {
  customer_id         = "cst_acme"
  customer_account_id = "banh_acme_active"
}
output "status" {
  value = data.juspay_customer_account.vendor.validation_status
}
`, "JUSPAY_API_KEY="+juspaytest.APIKey, "JUSPAY_BASE_URL="+server.URL)
	checkPrints := func(want string, args ...string) {
		t.Helper()
		printed, err := try(args...)
		if err != nil || !strings.Contains(printed, want) {
			t.Fatalf("%v: got %v, want no error and %q in the output:\n%s", args, err, want, printed)
		}
	}
	for start := time.Now(); time.Since(start) < patience; time.Sleep(30 * time.Second) {
		printed, err := try("init", "-no-color", "-input=false")
		if err == nil {
			break
		}
		t.Logf("init: %v\n%s", err, printed)
	}
	checkPrints("", "init", "-no-color", "-input=false")
	checkPrints(`+ status = "ACTIVE"`, "plan", "-no-color", "-input=false")
	checkPrints("juspay/juspay v"+version, "version")
	if agent := server.Requests()[0].Header.Get("User-Agent"); !strings.HasPrefix(agent, project+"/"+version+" Terraform/") {
		t.Errorf("User-Agent: got %q, want the beginning %q", agent, project+"/"+version+" Terraform/")
	}
}

// write writes a file, with the directories that lead to it, and returns its path.
func write(t *testing.T, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	check.MustNoError(t, "os.MkdirAll", os.MkdirAll(filepath.Dir(path), 0o700))
	check.MustNoError(t, "os.WriteFile", os.WriteFile(path, []byte(content), 0o600))
	return path
}
