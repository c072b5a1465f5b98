// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

func readTemplate(t *testing.T, name string) string {
	t.Helper()
	content, err := fs.ReadFile(os.DirFS("../../templates"), name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestEveryErrorIsInTheGuide(t *testing.T) {
	t.Parallel()
	guide := readTemplate(t, "guides/reliability.md.tmpl")
	summaries := map[string]bool{}
	for _, reason := range juspay.Reasons() {
		summaries[explanations[reason].summary] = true
	}
	if len(summaries) != len(juspay.Reasons()) {
		t.Errorf("%d reasons have %d summaries", len(juspay.Reasons()), len(summaries))
	}
	for _, explanation := range listExplanations {
		summaries[explanation.summary] = true
	}
	for _, summary := range []string{summaryNotRead, summaryLate, summaryManyLate, summaryWait, summaryMore} {
		summaries[summary] = true
	}
	for summary := range summaries {
		if !strings.Contains(guide, "\n| "+summary+" | ") {
			t.Errorf("%q is not in the table", summary)
		}
		if words := len(strings.Fields(summary)); words > 6 {
			t.Errorf("%q has %d words", summary, words)
		}
	}
}

// A promise is worth the test that holds it.
func TestEveryPromiseOfAGuideNamesTestsThatExist(t *testing.T) {
	t.Parallel()
	tests := allTests(t)
	promise := regexp.MustCompile(`\{\{- /\*(.*?)\*/\}\}`)
	for name, promises := range map[string]int{"reliability": 10, "asserting-active": 6, "policy-checks": 5, "testing-modules": 3, "checking-many-accounts": 8, "personal-data": 6} {
		comments := promise.FindAllStringSubmatch(readTemplate(t, "guides/"+name+".md.tmpl"), -1)
		if len(comments) < promises {
			t.Errorf("%s has only %d promises with tests", name, len(comments))
		}
		for _, comment := range comments {
			for test := range strings.FieldsSeq(comment[1]) {
				if !strings.Contains(tests, "\nfunc "+test+"(t *testing.T) {") {
					t.Errorf("%s: there is no test %s", name, test)
				}
			}
		}
	}
}

// allTests is the source of the tests of all packages.
func allTests(t *testing.T) string {
	t.Helper()
	var sources strings.Builder
	for _, directory := range []string{"..", "../../examples"} {
		tests := os.DirFS(directory)
		err := fs.WalkDir(tests, ".", func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, "_test.go") {
				return err
			}
			content, err := fs.ReadFile(tests, path)
			sources.Write(content)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return sources.String()
}

// What a guide shows is a file that tests run, and no copy of one.
func TestGuidesShowFilesAlone(t *testing.T) {
	t.Parallel()
	guides, err := fs.Glob(os.DirFS("../../templates/guides"), "*.tmpl")
	if err != nil || len(guides) < 4 {
		t.Fatalf("the guides are %v, %v", guides, err)
	}
	for _, guide := range guides {
		if strings.Contains(readTemplate(t, "guides/"+guide), "```") {
			t.Errorf("%s has code of its own", guide)
		}
	}
}
