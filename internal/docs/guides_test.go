// SPDX-License-Identifier: MPL-2.0

// Package docs tests the documentation: its links, and the tests that hold its promises.
package docs

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

func readTemplate(t *testing.T, name string) string {
	t.Helper()
	content, err := fs.ReadFile(os.DirFS("../../templates"), name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// TestDocs_EveryPromiseNamesTests finds the tests that comments of the templates name.
func TestDocs_EveryPromiseNamesTests(t *testing.T) {
	t.Parallel()
	tests := allTests(t)
	promise := regexp.MustCompile(`\{\{- /\*(.*?)\*/\}\}`)
	for name, promises := range map[string]int{
		"guides/troubleshooting": 4, "guides/reliability": 9, "guides/asserting-active": 6, "guides/policy-checks": 5,
		"guides/testing-modules": 3, "guides/pipelines": 4, "guides/checking-many-accounts": 8, "guides/personal-data": 6,
		"index": 7, "data-sources/customer_account": 2, "data-sources/customer_accounts": 4, "ephemeral-resources/customer_account": 2, "functions/validated_within": 1,
	} {
		comments := promise.FindAllStringSubmatch(readTemplate(t, name+".md.tmpl"), -1)
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

// allTests returns the sources of all tests.
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

// TestDocs_ShowOnlyFiles holds that guides include files, which tests run, and no code.
func TestDocs_ShowOnlyFiles(t *testing.T) {
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
