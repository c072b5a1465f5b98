// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// PathWithOPA returns a setting of PATH whose opa is the tool: "opa" or "opa-oldest".
func PathWithOPA(t testing.TB, tool string) string {
	t.Helper()
	programs := t.TempDir()
	check.MustNoError(t, "os.Symlink", os.Symlink(Program(t, tool), filepath.Join(programs, "opa")))
	return "PATH=" + programs + string(os.PathListSeparator) + os.Getenv("PATH")
}

// NewGate copies the policies into a configuration's directory, as the guide says, allows the
// server in settings.json, and returns the directory and a function that runs gate.sh there.
func NewGate(t testing.TB, server *juspaytest.Server, configuration fs.FS, env ...string) (w *Workspace, gate func(args ...string) (int, string)) {
	t.Helper()
	SkipUnlessAcc(t)
	SkipWithoutShell(t)
	temporary := t.TempDir()
	t.Cleanup(func() {
		if left, err := filepath.Glob(filepath.Join(temporary, "tmp.*")); err != nil || len(left) != 0 {
			t.Errorf("temporary files of gate.sh: got %q, %v; want none", left, err)
		}
	})
	env = append([]string{PathWithOPA(t, "opa"), "TERRAFORM=" + CLI, "TMPDIR=" + temporary}, env...)
	w = NewWorkspace(t, server, configuration, env...)
	check.MustNoError(t, "os.CopyFS", os.CopyFS(filepath.Join(w.Dir, "policies"), Example(t, "policies")))
	w.PointAt(server)
	w.Change("policies/settings.json", `"registry_providers": true`, `"registry_providers": false`) // dev_overrides has the provider
	w.Change("policies/settings.json", `"servers": ["production"]`, fmt.Sprintf(`"servers": [%q]`, server.URL))
	return w, func(args ...string) (int, string) {
		return w.TryRunProgram(t.Context(), filepath.Join(w.Dir, "policies", "gate.sh"), args...)
	}
}
