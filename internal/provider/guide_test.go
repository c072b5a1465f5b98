// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

func readTemplate(t *testing.T, name string) string {
	t.Helper()
	return readFile(t, "../../templates", name)
}

func readFile(t *testing.T, dir, name string) string {
	t.Helper()
	content, err := fs.ReadFile(os.DirFS(dir), name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// goFiles returns the names of the package's sources without its tests.
func goFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(files, func(name string) bool { return strings.HasSuffix(name, "_test.go") })
}

// TestTroubleshooting_HasEverySummary checks that the guide explains each diagnostic.
func TestTroubleshooting_HasEverySummary(t *testing.T) {
	t.Parallel()
	summaries := []string{"Invalid function argument"} // the CLI's own
	for _, match := range regexp.MustCompile(`= "(.*)"`).FindAllStringSubmatch(readFile(t, ".", "summaries.go"), -1) {
		summaries = append(summaries, match[1])
	}
	ofReasons := map[string]bool{}
	for _, explanation := range explanations {
		ofReasons[explanation.summary] = true
	}
	if len(ofReasons) != len(juspay.Reasons()) {
		t.Errorf("%d reasons have %d summaries", len(juspay.Reasons()), len(ofReasons))
	}
	for _, explanation := range listExplanations {
		ofReasons[explanation.summary] = true
	}
	guide := readTemplate(t, "guides/troubleshooting.md.tmpl")
	for _, summary := range slices.AppendSeq(summaries, maps.Keys(ofReasons)) {
		if strings.HasSuffix(summary, " ") {
			summary += "..."
		}
		if !strings.Contains(guide, "\n| "+summary+" | ") {
			t.Errorf("%q is not in a table", summary)
		}
		if words := len(strings.Fields(summary)); words > 6 {
			t.Errorf("%q has %d words", summary, words)
		}
	}
}

// TestTroubleshooting_NamesEverySetting checks that a search for the whole summary
// finds it.
func TestTroubleshooting_NamesEverySetting(t *testing.T) {
	t.Parallel()
	guide := readTemplate(t, "guides/troubleshooting.md.tmpl")
	for name := range providerSchema().Attributes {
		if !strings.Contains(guide, "Invalid "+name+" ") && !strings.Contains(guide, "Invalid "+name+",") {
			t.Errorf("Invalid %s is not in a table", name)
		}
	}
}

// TestSummaries_AreConstants keeps every summary in summaries.go or explanations.go, where
// TestTroubleshooting_HasEverySummary finds it.
func TestSummaries_AreConstants(t *testing.T) {
	t.Parallel()
	literal := regexp.MustCompile(`(Add|New)\w*(Error|Warning|Diagnostic)\((\w[^",]*, )?"`)
	for _, file := range goFiles(t) {
		if found := literal.FindString(readFile(t, ".", file)); found != "" {
			t.Errorf("%s has the literal summary %s", file, found)
		}
	}
}

// The sample of the page is the reported error with the lines that Terraform adds.
func TestAccountError_SampleOfTheGuide(t *testing.T) {
	t.Parallel()
	sample, err := fs.ReadFile(os.DirFS("../../examples"), "errors/api-key-rejected.txt")
	if err != nil {
		t.Fatal(err)
	}
	reported := accountError(juspay.AccountRef{CustomerID: "cst_acme", CustomerAccountID: "banh_acme_active"}, defaultReadTimeout, &juspay.APIError{
		Reason: juspay.ReasonUnauthorized, BaseURL: juspay.Sandbox.BaseURL, StatusCode: 401, Code: "UNAUTHORIZED", DeveloperMessage: "Invalid API Key.",
		RequestID: "b2e0fd33-7655-4778-83a8-5179ed21b0b7", Attempts: 1,
	})
	words := func(text string) string { return strings.Join(strings.Fields(text), " ") }
	summary, detail, _ := strings.Cut(string(sample), "vendor\" {\n\n")
	if !strings.HasPrefix(summary, "Error: "+reported.Summary()+"\n") || words(detail) != words(reported.Detail()) {
		t.Errorf("the sample is\n%s\nand the error\n%s\n%s", sample, reported.Summary(), reported.Detail())
	}
}
