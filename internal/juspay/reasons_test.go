// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// reasonConstants returns the text of each reason, keyed by the name of its constant.
func reasonConstants() map[string]string {
	constants := map[string]string{}
	for _, match := range regexp.MustCompile(`(?m)^\t(Reason\w+) +Reason = "(.*?)"`).FindAllStringSubmatch(string(check.Must(os.ReadFile("reasons.go"))), -1) {
		constants[match[1]] = match[2]
	}
	return constants
}

func TestReasons_HaveAKind(t *testing.T) {
	t.Parallel()
	for name, text := range reasonConstants() {
		if reasonKinds[Reason(text)] == "" {
			t.Errorf("reasonKinds in reasons.go: got no kind of %s, want one", name)
		}
	}
	check.Equal(t, "the number of reasons in reasonKinds of reasons.go", len(Reasons()), len(reasonConstants()))
}

// The errors of the table of fields have reasons of this package.
func TestReasons_OfTheTableOfFields(t *testing.T) {
	t.Parallel()
	rows := regexp.MustCompile(`(?m)^[a-z]+\t([^:\t]+): `).FindAllStringSubmatch(string(check.Must(os.ReadFile("fields/known.tsv"))), -1)
	for _, row := range rows {
		if !slices.Contains(Reasons(), Reason(row[1])) {
			t.Errorf("fields/known.tsv: got the reason %q, want one of Reasons", row[1])
		}
	}
	if len(rows) < 20 {
		t.Errorf("fields/known.tsv: got %d rows with a reason, want at least 20", len(rows))
	}
}

// TestReasons_AreTested names a reason that no test mentions: no test file has its constant, or an error that begins
// with it. That a row causes it is for the author to see.
func TestReasons_AreTested(t *testing.T) {
	t.Parallel()
	var tests strings.Builder
	for _, file := range check.Must(filepath.Glob("*_test.go")) {
		tests.Write(check.Must(os.ReadFile(file)))
	}
	for name, text := range reasonConstants() {
		if !regexp.MustCompile(`\b` + name + `\b|["` + "`" + `]juspay: ` + text + `\b|` + text + ` \(HTTP`).MatchString(tests.String()) {
			t.Errorf("the tests: got none that wants %s or an error that begins with %q, want a row of TestClassify_Responses", name, text)
		}
	}
}
