// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest/programs"
	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// Root returns the directory of the repository.
func Root(t testing.TB) string {
	t.Helper()
	root, err := programs.Root()
	check.MustNoError(t, "programs.Root", err)
	return root
}

// Program returns the path of a program that make tools builds.
func Program(t testing.TB, name string) string {
	t.Helper()
	path, err := programs.Path(name)
	check.MustNoError(t, "programs.Path", err)
	return path
}

// ReadFile returns the text of a file.
func ReadFile(t testing.TB, name string) string {
	t.Helper()
	content, err := fs.ReadFile(os.DirFS(filepath.Dir(name)), filepath.Base(name))
	check.MustNoError(t, "fs.ReadFile", err)
	return string(content)
}

// WriteFile writes a file, with the directories that lead to it, and returns its path.
func WriteFile(t testing.TB, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	check.MustNoError(t, "os.MkdirAll", os.MkdirAll(filepath.Dir(path), 0o700))
	check.MustNoError(t, "os.WriteFile", os.WriteFile(path, []byte(content), 0o600))
	return path
}

// SkipWithoutShell skips a test of a shell script where none can run.
func SkipWithoutShell(t testing.TB) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no POSIX shell, which the tested script needs")
	}
}
