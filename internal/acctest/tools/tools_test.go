// SPDX-License-Identifier: MPL-2.0

package tools

import (
	"os/exec"
	"strings"
	"testing"
)

func TestPath_Runs(t *testing.T) {
	t.Parallel()
	path, err := Path("opa")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), path, "version").Output(); err != nil || !strings.HasPrefix(string(out), "Version: 1.") {
		t.Errorf("got %q, %v", out, err)
	}
}

func TestPath_NotBuilt(t *testing.T) {
	t.Parallel()
	if path, err := Path("no-such-tool"); err == nil || !strings.HasPrefix(err.Error(), "no-such-tool is not built: run `make tools` (") {
		t.Errorf("got %q, %v", path, err)
	}
}

func TestPath_OutsideTheRepository(t *testing.T) {
	t.Chdir(t.TempDir())
	if path, err := Path("opa"); err == nil || err.Error() != "no GNUmakefile is above the working directory, so opa cannot be found" {
		t.Errorf("got %q, %v", path, err)
	}
}
