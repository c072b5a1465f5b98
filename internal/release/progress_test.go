// SPDX-License-Identifier: MPL-2.0

package release

import (
	"errors"
	"os/exec"
	"testing"
)

// TestProgress checks that make sees the output and the failure of a command.
func TestProgress(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no POSIX shell")
	}
	out, err := exec.CommandContext(t.Context(), "sh", "../../tools/progress.sh", "Building x", "sh", "-c", "echo built; exit 3").Output()
	if got, want := string(out), "Building x\nbuilt\n"; got != want {
		t.Errorf("the output: got %q, want %q", got, want)
	}
	var failure *exec.ExitError
	if !errors.As(err, &failure) || failure.ExitCode() != 3 {
		t.Errorf("got %v, want exit code 3", err)
	}
}
