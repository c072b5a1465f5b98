// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

func readTemplate(t *testing.T, name string) string {
	t.Helper()
	return acctest.ReadFile(t, "../../templates/"+name)
}

func find(pattern, text string) string {
	match := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if match == nil {
		return ""
	}
	return match[1]
}

// anchorOf returns the anchor of the section of a guide that has a row for the summary.
func anchorOf(guide, summary string) string {
	before, _, _ := strings.Cut(guide, "\n| "+summary+" | ")
	heading, _, _ := strings.Cut(before[strings.LastIndex(before, "\n## ")+4:], "\n")
	return "#" + strings.ReplaceAll(strings.ToLower(heading), " ", "-")
}

// TestTroubleshooting_HasEverySummary checks that the guide explains each diagnostic, and
// that a search for the whole summary of a setting's error finds it.
func TestTroubleshooting_HasEverySummary(t *testing.T) {
	t.Parallel()
	summaries := map[string]bool{"Invalid function argument": true} // the CLI's own
	for _, match := range regexp.MustCompile(`\n\tsummary\w+ += "(.*)"`).FindAllStringSubmatch(acctest.ReadFile(t, "explanations.go"), -1) {
		summaries[match[1]] = true
	}
	ofReasons := map[string]bool{}
	for _, e := range explanations {
		ofReasons[e.summary] = true
	}
	for _, reason := range juspay.Reasons() {
		if explanations[reason].summary == "" {
			t.Fatalf("explanations in explanations.go: got no summary for the reason %q, want one", reason)
		}
	}
	check.Equal(t, "the number of reasons with a summary of their own", len(ofReasons), len(juspay.Reasons()))
	maps.Copy(summaries, ofReasons)
	for _, e := range listExplanations {
		summaries[e.summary] = true
	}
	guide := readTemplate(t, "guides/troubleshooting.md.tmpl")
	for summary := range summaries {
		if strings.HasSuffix(summary, " ") {
			summary += "..."
		}
		if !strings.Contains(guide, "\n| "+summary+" | ") {
			t.Errorf("templates/guides/troubleshooting.md.tmpl: got no row for the summary %q, want one", summary)
		}
		if words := len(strings.Fields(summary)); words > 6 {
			t.Errorf("the summary %q: got %d words, want at most 6", summary, words)
		}
	}
	// The anchor of each help link is the section that has the summary.
	for _, reason := range juspay.Reasons() {
		explained := explanations[reason]
		if !strings.Contains(guide, "\n| "+explained.summary+" | ") {
			continue // which is reported above
		}
		check.Equal(t, fmt.Sprintf("the help link of %q", reason), helpLink(explained.section), troubleshooting+anchorOf(guide, explained.summary))
	}
	for name := range providerSchema().Attributes {
		if !strings.Contains(guide, "Invalid "+name+" ") && !strings.Contains(guide, "Invalid "+name+",") {
			t.Errorf("templates/guides/troubleshooting.md.tmpl: got no row for Invalid %s, want one", name)
		}
	}
}

// TestSummaries_AreConstants keeps every summary in explanations.go, where TestTroubleshooting_HasEverySummary
// finds it.
func TestSummaries_AreConstants(t *testing.T) {
	t.Parallel()
	literalRE := regexp.MustCompile(`(Add|New)\w*(Error|Warning|Diagnostic)\((\w[^",]*, )?"`)
	for _, file := range check.Must(filepath.Glob("*.go")) {
		if found := literalRE.FindString(acctest.ReadFile(t, file)); found != "" && !strings.HasSuffix(file, "_test.go") {
			t.Errorf("%s: got the literal summary %s, want a constant of explanations.go", file, found)
		}
	}
}

// The sample of the page is the reported error with the lines that Terraform adds.
func TestTroubleshooting_SampleOfAnError(t *testing.T) {
	t.Parallel()
	sample := acctest.ReadFile(t, "../../examples/errors/api-key-rejected.txt")
	reported := accountError(juspay.AccountRef{CustomerID: "cst_acme", CustomerAccountID: "banh_acme_active"}, defaultReadTimeout, &juspay.APIError{
		Reason: juspay.ReasonUnauthorized, BaseURL: juspay.Sandbox.BaseURL, StatusCode: 401, Code: "UNAUTHORIZED", DeveloperMessage: "Invalid API Key.",
		RequestID: "b2e0fd33-7655-4778-83a8-5179ed21b0b7", Attempts: 1,
	})
	summary, detail, _ := strings.Cut(sample, "vendor\" {\n\n")
	check.Equal(t, "the summary", find(`^Error: (.*)\n`, summary), reported.Summary())
	check.Equal(t, "the detail", strings.Fields(detail), strings.Fields(reported.Detail()))
}

// The framework has no descriptions for statuses, nor for the attributes of a map's
// objects, so that a table of each page has these names, and no others.
func TestPages_Tables(t *testing.T) {
	t.Parallel()
	var statuses []string
	for _, status := range juspay.ValidationStatuses() {
		statuses = append(statuses, string(status))
	}
	for page, want := range map[string][]string{
		"data-sources/customer_account.md.tmpl":  statuses,
		"data-sources/customer_accounts.md.tmpl": slices.Collect(maps.Keys(accountType.AttrTypes)),
	} {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, match := range regexp.MustCompile("(?m)^\\| `([^`]*)` \\| ").FindAllStringSubmatch(readTemplate(t, page), -1) {
				got = append(got, match[1])
			}
			slices.Sort(got)
			slices.Sort(want)
			check.Equal(t, "the names in the table of templates/"+page, got, want)
		})
	}
}

// The schema states each default; these are the others.
func TestPages_StateDefaults(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ page, stated, want string }{
		{"guides/reliability.md.tmpl", "`request_timeout`, (.*?) by default", fmt.Sprintf("%v seconds", juspay.DefaultRequestTimeout.Seconds())},
		{"guides/reliability.md.tmpl", "`timeouts.read` of a data source, (.*?) by default", fmt.Sprintf("%v minutes", defaultReadTimeout.Minutes())},
		{"guides/checking-many-accounts.md.tmpl", "It reads (.*?) accounts concurrently", fmt.Sprint(juspay.DefaultMaxConcurrentRequests)},
	} {
		check.Equal(t, "the default in templates/"+row.page+" where "+row.stated, find(row.stated, readTemplate(t, row.page)), row.want)
	}
}

// A longer explanation belongs in the text of a page or guide.
func TestSchemas_ShortDescriptions(t *testing.T) {
	t.Parallel()
	resp := validatedSchemas(t)
	all := []*tfprotov6.Schema{resp.Provider}
	all = slices.AppendSeq(all, maps.Values(resp.DataSourceSchemas))
	all = slices.AppendSeq(all, maps.Values(resp.EphemeralResourceSchemas))
	for _, schema := range all {
		for _, a := range schema.Block.Attributes {
			if words := len(strings.Fields(a.Description)); words == 0 || words > 60 {
				t.Errorf("the description of %s: got %d words, want 1 to 60: %q", a.Name, words, a.Description)
			}
		}
	}
}
