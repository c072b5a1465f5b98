// SPDX-License-Identifier: MPL-2.0

// Package docs tests the documentation: its links, the tests that check its promises, and the
// examples that it shows, with the real CLI and the provider's binary, against a fake Juspay.
// The tests run in the root of the repository.
package docs

import (
	"flag"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func TestMain(m *testing.M) { acctest.MainInRoot(m) }

// With a log of the files that the tests read, go test repeats an old result after a page or an example changed.
func TestMain_NoResultIsRepeated(t *testing.T) {
	t.Parallel()
	check.Equal(t, "-test.testlogfile", flag.Lookup("test.testlogfile").Value.String(), "")
}

// logged are the settings of a run that writes all logs to trace.log.
var logged = []string{"TF_LOG=TRACE", "TF_LOG_PATH=trace.log"}

// readFiles returns the files of a directory and below it whose names end so.
func readFiles(t *testing.T, directory, ending string) map[string]string {
	t.Helper()
	files := map[string]string{}
	root := os.DirFS(directory)
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(name, ending) {
			return err
		}
		content, err := fs.ReadFile(root, name)
		files[name] = string(content)
		return err
	})
	check.MustNoError(t, "fs.WalkDir", err)
	return files
}

// newPageExample returns a workspace with an example, completed by a block
// required_providers if it has none.
func newPageExample(t *testing.T, server *juspaytest.Server, directory string, env ...string) *acctest.Workspace {
	t.Helper()
	w := acctest.NewWorkspace(t, server, acctest.Example(t, directory), env...)
	if !strings.Contains(acctest.ReadExample(t, directory), "required_providers") {
		w.Write("versions.tf", acctest.Requirement)
	}
	return w
}

// checkSucceeds runs a command, and ends the test if it fails.
func checkSucceeds(t *testing.T, command *exec.Cmd) {
	t.Helper()
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%q: got %v, want no error:\n%s", command.Args, err, out)
	}
}
