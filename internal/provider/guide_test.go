// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
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
		told := tell(&juspay.APIError{Reason: reason, Err: errors.New("x")})
		summaries[told.summary] = true
		if !strings.Contains(guide, "\n| "+told.summary+" | ") {
			t.Errorf("%q is not in the table", told.summary)
		}
	}
	if len(summaries) != len(juspay.Reasons()) {
		t.Errorf("%d reasons have %d first lines", len(juspay.Reasons()), len(summaries))
	}
}

// A promise is worth the test that holds it.
func TestEveryPromiseOfTheGuideNamesTestsThatExist(t *testing.T) {
	t.Parallel()
	tests := os.DirFS("..")
	var sources strings.Builder
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
	guide := readTemplate(t, "guides/reliability.md.tmpl")
	comments := regexp.MustCompile(`\{\{- /\*(.*?)\*/\}\}`).FindAllStringSubmatch(guide, -1)
	if len(comments) < 10 {
		t.Errorf("the guide has only %d promises with tests", len(comments))
	}
	for _, comment := range comments {
		for name := range strings.FieldsSeq(comment[1]) {
			if !strings.Contains(sources.String(), "\nfunc "+name+"(t *testing.T) {") {
				t.Errorf("there is no test %s", name)
			}
		}
	}
}
