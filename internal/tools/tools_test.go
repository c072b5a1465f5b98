// SPDX-License-Identifier: MPL-2.0

package tools

import (
	"os"
	"strings"
	"testing"
)

func TestPathIsThatOfAnExecutable(t *testing.T) {
	t.Parallel()
	path, err := Path(t.Context(), Policy, "conftest")
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.IsDir() || info.Mode()&0o111 == 0 {
		t.Errorf("%s has the mode %v", path, info.Mode())
	}
}

func TestPathOfAToolThatIsNotPinned(t *testing.T) {
	t.Parallel()
	if path, err := Path(t.Context(), General, "no-such-tool"); err == nil || !strings.Contains(err.Error(), `no such tool "no-such-tool"`) {
		t.Errorf("got %q, %v", path, err)
	}
}

func TestPathOutsideTheRepository(t *testing.T) {
	t.Chdir(t.TempDir())
	if path, err := Path(t.Context(), Policy, "conftest"); err == nil {
		t.Errorf("got %q", path)
	}
}
