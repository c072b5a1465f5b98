// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
	"github.com/juspay/terraform-provider-juspay/internal/tfcli"
)

// Workspace is a directory with a configuration in which the CLI is run, with the
// provider's binary. It shows what terraform-plugin-testing, whose provider runs
// inside the test, cannot: warnings, logs, files, for_each, and several
// configurations of one provider.
type Workspace struct {
	// Dir is the directory.
	Dir string

	t   testing.TB
	cli *tfcli.CLI
}

// NewWorkspace copies the files of configuration, and points the provider at
// server.
func NewWorkspace(t testing.TB, server *juspaytest.Server, configuration fs.FS, env ...string) *Workspace {
	t.Helper()
	return NewWorkspaceWith(t, ProviderDir, server, configuration, env...)
}

// NewWorkspaceWith is NewWorkspace with a provider from another directory.
func NewWorkspaceWith(t testing.TB, providerDir string, server *juspaytest.Server, configuration fs.FS, env ...string) *Workspace {
	t.Helper()
	SkipUnlessAcc(t)
	dir := filepath.Join(t.TempDir(), "configuration")
	check.MustNoError(t, "os.CopyFS", os.CopyFS(dir, configuration))
	settings := []string{"JUSPAY_API_KEY=" + juspaytest.APIKey, "JUSPAY_BASE_URL=" + server.URL}
	runner, err := tfcli.New(CLI, dir, providerDir, append(settings, env...)...)
	check.MustNoError(t, "tfcli.New", err)
	return &Workspace{Dir: dir, t: t, cli: runner}
}

// accNameRE matches the name of an acceptance test, and of its subtests. It does not match TestAccountError.
var accNameRE = regexp.MustCompile(`^TestAcc[A-Z]`)

// SkipUnlessAcc skips the test unless acceptance tests are enabled. It fails a test whose name would
// keep it from make testacc and make test-clis. Neither runs benchmarks.
func SkipUnlessAcc(t testing.TB) {
	t.Helper()
	if _, isBenchmark := t.(*testing.B); !isBenchmark && !accNameRE.MatchString(t.Name()) {
		t.Fatalf("got the name %s for a test that runs the CLI, want one that begins with TestAcc and an upper-case letter", t.Name())
	}
	if !Enabled() {
		t.Skip("acceptance tests run when TF_ACC is set")
	}
}

// MainFile returns a directory that contains only a main.tf. It skips the test unless
// acceptance tests are enabled.
func MainFile(t testing.TB, content string) fs.FS {
	t.Helper()
	SkipUnlessAcc(t)
	dir := t.TempDir()
	check.MustNoError(t, "os.WriteFile", os.WriteFile(filepath.Join(dir, "main.tf"), []byte(content), 0o600))
	return os.DirFS(dir)
}

var boxes = strings.NewReplacer("│", " ", "╷", " ", "╵", " ")

// Run runs a command and fails unless it exits with want. It returns the output without
// boxes and colours, and on one line: each run of whitespace is one space.
func (w *Workspace) Run(want int, args ...string) string {
	w.t.Helper()
	got, printed := w.TryRun(w.t.Context(), args...)
	if got != want {
		w.t.Fatalf("%v: got exit code %d, want %d:\n%s", args, got, want, printed)
	}
	return printed
}

// Plan is Run for plan.
func (w *Workspace) Plan(want int, args ...string) string {
	w.t.Helper()
	return w.Run(want, append([]string{"plan", "-no-color"}, args...)...)
}

// Apply is Run for apply, without an approval.
func (w *Workspace) Apply(want int, args ...string) string {
	w.t.Helper()
	return w.Run(want, append([]string{"apply", "-no-color", "-auto-approve"}, args...)...)
}

// PlanAndApply saves a plan as saved.plan, applies it, and returns what both printed.
func (w *Workspace) PlanAndApply() string {
	w.t.Helper()
	return w.Plan(0, "-out", "saved.plan") + w.Apply(0, "saved.plan")
}

// PlanJSON returns saved.plan as JSON.
func (w *Workspace) PlanJSON() (plan json.RawMessage) {
	w.t.Helper()
	w.JSON(&plan, "show", "-json", "saved.plan")
	return plan
}

// TryRun is Run for any exit code, which it returns with the output. The end of ctx interrupts the
// command.
func (w *Workspace) TryRun(ctx context.Context, args ...string) (int, string) {
	w.t.Helper()
	return w.try(ctx, w.cli, args)
}

// TryRunProgram is TryRun for another program, with the same environment.
func (w *Workspace) TryRunProgram(ctx context.Context, program string, args ...string) (int, string) {
	w.t.Helper()
	return w.try(ctx, w.cli.With(program), args)
}

func (w *Workspace) try(ctx context.Context, cli *tfcli.CLI, args []string) (int, string) {
	w.t.Helper()
	var printed bytes.Buffer
	err := cli.Run(ctx, &printed, &printed, args...)
	code := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		w.t.Fatalf("%v: got %v, want an exit code:\n%s", args, err, &printed)
	}
	return code, strings.Join(strings.Fields(boxes.Replace(tfcli.WithoutColours(printed.String()))), " ")
}

// JSON decodes a command's standard output into value.
func (w *Workspace) JSON(value any, args ...string) {
	w.t.Helper()
	var printed bytes.Buffer
	check.MustNoError(w.t, "cli.Run", w.cli.Run(w.t.Context(), &printed, io.Discard, args...))
	check.MustNoError(w.t, "json.Unmarshal", json.Unmarshal(printed.Bytes(), value))
}

// Output returns the value of one output of the last apply.
func (w *Workspace) Output(name string) any {
	w.t.Helper()
	var value any
	w.JSON(&value, "output", "-json", name)
	return value
}

// Read returns the content of a file in the directory.
func (w *Workspace) Read(name string) string {
	w.t.Helper()
	return ReadFile(w.t, filepath.Join(w.Dir, name))
}

// Write writes a file in the directory.
func (w *Workspace) Write(name, content string) {
	w.t.Helper()
	check.MustNoError(w.t, "os.WriteFile", os.WriteFile(filepath.Join(w.Dir, filepath.FromSlash(name)), []byte(content), 0o600))
}

// Change replaces the first occurrence of a text in a file in the directory.
func (w *Workspace) Change(name, old, replacement string) {
	w.t.Helper()
	before := w.Read(name)
	if !strings.Contains(before, old) {
		w.t.Fatalf("%s: got a file without %q, want it there to replace it:\n%.5000s", name, old, before)
	}
	w.Write(name, strings.Replace(before, old, replacement, 1))
}

var environmentRE = regexp.MustCompile(`(?m)^(\s*)environment\s*=\s*"(` + environmentNames() + `)"$`)

// environmentNames returns a pattern that matches the name of each environment.
func environmentNames() string {
	var names []string
	for _, known := range juspay.Environments() {
		names = append(names, regexp.QuoteMeta(known.Name))
	}
	return strings.Join(names, "|")
}

// PointAt replaces the environment in the provider blocks of main.tf by the URL of
// server, a literal as policies require it.
func (w *Workspace) PointAt(server *juspaytest.Server) {
	w.t.Helper()
	w.Write("main.tf", environmentRE.ReplaceAllString(w.Read("main.tf"), "${1}base_url = \""+server.URL+"\""))
}

// Unzip returns the concatenated files of an archive in the directory, such as a saved
// plan.
func (w *Workspace) Unzip(name string) string {
	w.t.Helper()
	archive, err := zip.OpenReader(filepath.Join(w.Dir, name))
	check.MustNoError(w.t, "zip.OpenReader", err)
	defer func() { _ = archive.Close() }()
	var content bytes.Buffer
	for _, file := range archive.File {
		reader, err := file.Open()
		check.MustNoError(w.t, "file.Open", err)
		_, err = content.ReadFrom(io.LimitReader(reader, 64<<20))
		check.MustNoError(w.t, "content.ReadFrom", err)
		_ = reader.Close()
	}
	return content.String()
}
