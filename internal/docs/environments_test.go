// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// TestEnvironments_AreAllOnEachPage names each line that lists environments, and lacks one.
func TestEnvironments_AreAllOnEachPage(t *testing.T) {
	t.Parallel()
	pages := map[string]string{"README.md": acctest.ReadFile(t, "README.md")}
	for name, content := range readFiles(t, "templates", ".tmpl") {
		pages["templates/"+name] = content
	}
	for _, problem := range missingEnvironments(pages, juspay.Environments()) {
		t.Error(problem) // it says got and want
	}
	index := pages["templates/index.md.tmpl"]
	for _, environment := range juspay.Environments() {
		row := fmt.Sprintf("\n| `%s` | %[2]s | `environment = \"%[2]s\"`", environment.BaseURL, environment.Name)
		if strings.Count(index, row) != 1 {
			t.Errorf("the table of hosts in templates/index.md.tmpl: got %d rows that begin with %s, want 1", strings.Count(index, row), strings.TrimSpace(row))
		}
	}
}

func missingEnvironments(pages map[string]string, environments []juspay.Environment) (problems []string) {
	for _, page := range slices.Sorted(maps.Keys(pages)) {
		number := 0
		for line := range strings.Lines(pages[page]) {
			number++
			var named, missing []string
			for _, environment := range environments {
				if regexp.MustCompile(`(?i)\b` + environment.Name + `\b`).MatchString(line) {
					named = append(named, environment.Name)
				} else {
					missing = append(missing, environment.Name)
				}
			}
			if len(named) > 1 && len(missing) > 0 {
				problems = append(problems, fmt.Sprintf("%s:%d: got the environments %q, want %q too", page, number, named, missing))
			}
		}
	}
	return problems
}

func TestEnvironments_Missing(t *testing.T) {
	t.Parallel()
	environments := []juspay.Environment{{Name: "a"}, {Name: "b"}, {Name: "c"}}
	got := missingEnvironments(map[string]string{"page": "a and B\na alone\nA, b and c\n"}, environments)
	check.Equal(t, "the problems", got, []string{`page:1: got the environments ["a" "b"], want ["c"] too`})
}
