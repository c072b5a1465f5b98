// SPDX-License-Identifier: MPL-2.0

package release

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/acctest/tfcli"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// TestSnapshotInstalls installs the provider as its users do, from a mirror in
// place of a registry, and reads an account.
func TestSnapshotInstalls(t *testing.T) {
	t.Parallel()
	dir, version := dist(t)
	mirror := t.TempDir()
	archive := fmt.Sprintf("%s_%s_%s_%s.zip", project, version, runtime.GOOS, runtime.GOARCH)
	for _, host := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		directory := filepath.Join(mirror, host, "juspay", "juspay")
		if err := os.MkdirAll(directory, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(directory, archive), read(t, dir, archive), 0o600); err != nil {
			t.Fatal(err)
		}
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

// checkInstalls installs a version by a method of the CLI's configuration, which
// may fail for so long, and reads an account of a fake Juspay.
func checkInstalls(t *testing.T, version, method string, patience time.Duration) {
	t.Helper()
	server := juspaytest.NewServer()
	t.Cleanup(server.Close)
	server.Put(juspaytest.NewAccount("cst_acme", "banh_acme_active"))
	config := t.TempDir()
	write(t, config, "cli.tfrc", "provider_installation {\n  "+method+"\n}\n")
	write(t, config, "main.tf", fmt.Sprintf(`
terraform {
  required_providers {
    juspay = {
      source  = "juspay/juspay"
      version = %q
    }
  }
}
data "juspay_customer_account" "vendor" {
  customer_id         = "cst_acme"
  customer_account_id = "banh_acme_active"
}
output "status" {
  value = data.juspay_customer_account.vendor.validation_status
}
`, version))
	cli, err := tfcli.Find(t.Context(), os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	try := func(args ...string) (string, error) {
		command := exec.CommandContext(t.Context(), cli, args...)
		command.Dir = config
		command.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+filepath.Join(config, "cli.tfrc"), "CHECKPOINT_DISABLE=1", "JUSPAY_API_KEY="+juspaytest.APIKey, "JUSPAY_BASE_URL="+server.URL)
		out, err := command.CombinedOutput()
		return string(out), err
	}
	run := func(args ...string) string {
		t.Helper()
		printed, err := try(args...)
		if err != nil {
			t.Fatalf("%v: %v\n%s", args, err, printed)
		}
		return printed
	}
	for start := time.Now(); time.Since(start) < patience; time.Sleep(30 * time.Second) {
		printed, err := try("init", "-no-color", "-input=false")
		if err == nil {
			break
		}
		t.Logf("init: %v\n%s", err, printed)
	}
	run("init", "-no-color", "-input=false")
	if printed := run("plan", "-no-color", "-input=false"); !strings.Contains(printed, `+ status = "ACTIVE"`) {
		t.Errorf("the plan is\n%s", printed)
	}
	if printed := run("version"); !strings.Contains(printed, "juspay/juspay v"+version) {
		t.Errorf("the versions are\n%s", printed)
	}
	if agent := server.Requests()[0].Header.Get("User-Agent"); !strings.HasPrefix(agent, project+"/"+version+" Terraform/") {
		t.Errorf("the User-Agent is %q", agent)
	}
}

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
