// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestLinesOfExamples holds the width at which a page shows a block without a
// scrollbar. Policies hold whole messages. The hash of a pinned action and the printed errors have no shorter form.
func TestLinesOfExamples(t *testing.T) {
	t.Parallel()
	const maxColumns = 80
	extensions := []string{".tf", ".hcl", ".sh", ".yml", ".csv"}
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, entry fs.DirEntry, err error) error {
		if name == "policies" {
			return fs.SkipDir
		}
		if err != nil || entry.IsDir() || !slices.Contains(extensions, path.Ext(name)) {
			return err
		}
		for i, line := range strings.Split(readFile(t, name), "\n") {
			if columns := utf8.RuneCountInString(line); columns > maxColumns && !strings.Contains(line, "uses: ") {
				t.Errorf("%s:%d has %d columns", name, i+1, columns)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
