// SPDX-License-Identifier: MPL-2.0

package programs

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

func TestPath_Runs(t *testing.T) {
	t.Parallel()
	path, err := Path("opa")
	check.MustNoError(t, "Path", err)
	if out, err := exec.CommandContext(t.Context(), path, "version").Output(); err != nil || !strings.HasPrefix(string(out), "Version: 1.") {
		t.Errorf("opa version: got %q, %v; want the beginning \"Version: 1.\"", out, err)
	}
}

func TestPath_NotBuilt(t *testing.T) {
	t.Parallel()
	if path, err := Path("no-such-tool"); err == nil || !strings.HasPrefix(err.Error(), "no-such-tool is not built: run `make tools` (") {
		t.Errorf("got %q, %v; want an error that says to run make tools", path, err)
	}
}

func TestPath_OutsideTheRepository(t *testing.T) {
	t.Chdir(t.TempDir())
	_, err := Path("opa")
	check.ErrorText(t, "Path", err, "no GNUmakefile is above the working directory, so opa cannot be found")
}
