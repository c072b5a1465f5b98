// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// TestDocs_EveryPromiseNamesTests finds the tests that comments of the templates name.
func TestDocs_EveryPromiseNamesTests(t *testing.T) {
	t.Parallel()
	tests := strings.Join(slices.Collect(maps.Values(readFiles(t, "internal", "_test.go"))), "\n")
	templates := readFiles(t, "templates", ".md.tmpl")
	promiseRE := regexp.MustCompile(`\{\{- /\*(.*?)\*/\}\}`)
	for name, promises := range map[string]int{
		"guides/troubleshooting": 4, "guides/reliability": 9, "guides/asserting-active": 6, "guides/policy-checks": 5,
		"guides/testing-modules": 3, "guides/pipelines": 4, "guides/checking-many-accounts": 8, "guides/personal-data": 6,
		"index": 7, "data-sources/customer_account": 2, "data-sources/customer_accounts": 4, "ephemeral-resources/customer_account": 2,
		"functions/validated_within": 1,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			comments := promiseRE.FindAllStringSubmatch(templates[name+".md.tmpl"], -1)
			if len(comments) < promises {
				t.Errorf("got %d promises with tests, want at least %d", len(comments), promises)
			}
			for _, comment := range comments {
				for test := range strings.FieldsSeq(comment[1]) {
					if !strings.Contains(tests, "\nfunc "+test+"(t *testing.T) {") {
						t.Errorf("got the test %s, want one that exists", test)
					}
				}
			}
		})
	}
}

// TestDocs_ShowOnlyFiles checks that guides include files, which tests run, and no code.
func TestDocs_ShowOnlyFiles(t *testing.T) {
	t.Parallel()
	guides := readFiles(t, "templates/guides", ".tmpl")
	if len(guides) < 4 {
		t.Fatalf("got %d guides, want at least 4", len(guides))
	}
	for name, guide := range guides {
		if strings.Contains(guide, "```") {
			t.Errorf("%s: got a block of code, want only files that it includes", name)
		}
	}
}

// TestGuides_PlatformsHaveOneShape checks that the guide on platforms leads to each platform
// at its beginning, and says the same of each in the same order.
func TestGuides_PlatformsHaveOneShape(t *testing.T) {
	t.Parallel()
	page := acctest.ReadFile(t, "docs/guides/policies-on-platforms.md")
	beginning := strings.Join(strings.SplitN(page, "\n", 11)[:10], "\n")
	sections := map[string]string{}
	for _, section := range strings.Split(page, "\n## ")[1:] {
		title, content, _ := strings.Cut(section, "\n")
		sections[strings.ReplaceAll(strings.ToLower(title), " ", "-")] = content
	}
	labelRE := regexp.MustCompile(`(?m)^- \*\*(.*?)\*\*:`)
	files, err := filepath.Glob("examples/policies/platforms/*/*")
	check.MustNoError(t, "filepath.Glob", err)
	platforms := map[string]bool{}
	for _, file := range files {
		platforms[filepath.Base(filepath.Dir(file))] = true
	}
	check.Equal(t, "the number of platforms", len(platforms), 6)
	for name := range platforms {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check.Contains(t, "the beginning of the guide", beginning, "](#"+name+")")
			var labels []string
			for _, match := range labelRE.FindAllStringSubmatch(sections[name], -1) {
				labels = append(labels, match[1])
			}
			check.Equal(t, "the parts of the section", labels, []string{"You get", "Add", "It runs", "It cannot"})
			if name != "atlantis" { // which takes a directory
				check.Contains(t, "the section "+name, sections[name], "`sh policies/platforms/one-file.sh "+name+" >juspay.rego`")
			}
		})
	}
}
