// SPDX-License-Identifier: MPL-2.0

// Package examples tests what the documentation shows, with the real CLI and the
// provider's binary, against a fake Juspay.
package examples

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func TestMain(m *testing.M) {
	tearDown, err := acctest.Setup()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	tearDown()
	os.Exit(code)
}

const (
	// vendorAddress is the address of the account in most examples.
	vendorAddress = "data.juspay_customer_account.vendor"

	requirement  = "terraform {\n  required_providers {\n    juspay = {\n      source = \"juspay/juspay\"\n    }\n  }\n}\n"
	inProduction = "provider \"juspay\" {\n  environment = \"production\"\n}\n"
	singleRead   = `
data "juspay_customer_account" "vendor" {
  customer_id         = "cst_acme"
  customer_account_id = "banh_acme_active"
}
`
)

// acmeWith returns the account that the examples read by default, with another status.
func acmeWith(status string) juspaytest.Account {
	return juspaytest.NewAccount("cst_acme", "banh_acme_active").With("validation_status", status)
}

// vendor makes an example read another account than its default.
func vendor(customerID, customerAccountID string) []string {
	return []string{"-var", "customer_id=" + customerID, "-var", "customer_account_id=" + customerAccountID}
}

func plan(more ...string) []string {
	return append([]string{"plan", "-no-color"}, more...)
}

func apply(more ...string) []string {
	return append([]string{"apply", "-no-color", "-auto-approve"}, more...)
}

// logged are the settings of a run that writes all logs to trace.log.
var logged = []string{"TF_LOG=TRACE", "TF_LOG_PATH=trace.log"}

// planAndApply saves a plan as saved.plan, applies it, and returns what both printed.
func planAndApply(w *acctest.Workspace) string {
	return w.Run(0, plan("-out", "saved.plan")...) + w.Run(0, apply("saved.plan")...)
}

// newPageExample returns a workspace with an example, completed by a block
// required_providers if it has none.
func newPageExample(t *testing.T, server *juspaytest.Server, directory string, env ...string) *acctest.Workspace {
	t.Helper()
	w := acctest.NewWorkspace(t, server, os.DirFS(directory), env...)
	if !strings.Contains(readExample(t, directory), "required_providers") {
		w.Write("versions.tf", requirement)
	}
	return w
}

// addProvider builds the stand-in for another provider, and lets the CLI find it.
func addProvider(t *testing.T, w *acctest.Workspace, name string) {
	t.Helper()
	dir := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(dir, "terraform-provider-"+name), "./testdata/"+name)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	change(t, w, "cli.tfrc", "dev_overrides {\n", fmt.Sprintf("dev_overrides {\n    \"hashicorp/%s\" = %q\n", name, filepath.ToSlash(dir)))
}

// readExample returns the whole configuration of an example.
func readExample(t *testing.T, directory string) string {
	t.Helper()
	files, err := fs.Glob(os.DirFS(directory), "*.tf")
	if err != nil || len(files) == 0 {
		t.Fatalf("%s has the files %q, %v", directory, files, err)
	}
	var all strings.Builder
	for _, file := range files {
		all.WriteString(readFile(t, directory+"/"+file) + "\n")
	}
	return all.String()
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	content, err := fs.ReadFile(os.DirFS(filepath.Dir(name)), filepath.Base(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// writeFile writes a file, with the directories that lead to it, and returns its path.
func writeFile(t *testing.T, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func change(t *testing.T, w *acctest.Workspace, name, old, replacement string) {
	t.Helper()
	before := w.Read(name)
	if !strings.Contains(before, old) {
		t.Fatalf("%q is not in %s", old, name)
	}
	w.Write(name, strings.Replace(before, old, replacement, 1))
}

// needShell skips a test of a shell script where none can run.
func needShell(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("there is no POSIX shell")
	}
}

// checkPaid checks whether the placeholder for a payout was made.
func checkPaid(t *testing.T, w *acctest.Workspace, want bool) {
	t.Helper()
	if got := paidOut(w); got != want {
		t.Errorf("a payout was made: %v, want %v", got, want)
	}
}

func paidOut(w *acctest.Workspace) bool {
	_, printed := w.TryRun(context.Background(), "state", "list")
	return strings.Contains(printed, "terraform_data.payout")
}

// checkRequests checks how many requests the server got since it was last asked.
func checkRequests(t *testing.T, server *juspaytest.Server, want int) {
	t.Helper()
	if got := len(server.DrainRequests()); got != want {
		t.Errorf("%d requests, want %d", got, want)
	}
}
