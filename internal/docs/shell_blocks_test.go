// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"fmt"
	"os"
	"regexp"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

var (
	shellBlockRE   = regexp.MustCompile("(?s)```(?:shell|sh|bash|zsh|console)\n(.*?)```")
	shellCommentRE = regexp.MustCompile(`(?m)^(?:.*[ \t])?#.*$`)
)

// shellComments returns the lines of a page's shell blocks that have a comment, and the
// number of blocks.
func shellComments(page string) (comments []string, blocks int) {
	for _, block := range shellBlockRE.FindAllStringSubmatch(page, -1) {
		comments = append(comments, shellCommentRE.FindAllString(block[1], -1)...)
		blocks++
	}
	return comments, blocks
}

// TestDocs_ShellBlocksHaveNoComments checks that each shell block can be pasted: zsh, the
// shell of macOS, takes a comment as arguments where it is used interactively.
func TestDocs_ShellBlocksHaveNoComments(t *testing.T) {
	t.Parallel()
	pages := readFiles(t, "docs", ".md")
	readme, err := os.ReadFile("README.md")
	check.MustNoError(t, "os.ReadFile", err)
	pages["README.md"] = string(readme)
	total := 0
	for name, page := range pages {
		comments, blocks := shellComments(page)
		total += blocks
		if len(comments) != 0 {
			t.Errorf("%s: got comments in shell blocks %q, want none", name, comments)
		}
	}
	if total < 7 {
		t.Errorf("got %d shell blocks, want at least 7", total)
	}
}

func TestDocs_ShellComments(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ page, want string }{
		"a comment after a command":          {"```shell\nx=1 # why\nmake\n```", `["x=1 # why"] 1`},
		"a line of its own":                  {"```sh\nmake\n# why\n```", `["# why"] 1`},
		"an indented block":                  {"1. Run\n\n    ```shell\n    make # why\n    ```\n", `["    make # why"] 1`},
		"a # within a word is not a comment": {"```shell\necho ${x#y} a#b\n```", `[] 1`},
		"YAML is a file to copy":             {"```yaml\n# why\nrun: x\n```", `[] 0`},
		"a heading between blocks":           {"```shell\nmake\n```\n# Title\n```shell\nmake\n```", `[] 2`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			comments, blocks := shellComments(row.page)
			if got := fmt.Sprintf("%q %d", comments, blocks); got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
}
