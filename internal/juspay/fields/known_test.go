// SPDX-License-Identifier: MPL-2.0

package fields

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// TestKnown_Rows finds slips of the table that would accept a field in silence: a reason, a
// good value or a table that nothing reads, and a name twice.
func TestKnown_Rows(t *testing.T) {
	t.Parallel()
	var tables []string
	seen := map[string]bool{}
	for line := range strings.Lines(knownTSV) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		columns := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(columns) != 4 && len(columns) != 5 {
			t.Fatalf("the row %q: got %d columns, want 4, or 5 with prefixes", line, len(columns))
		}
		tables = append(tables, columns[0])
		for _, name := range rowNames(columns) {
			if key := columns[0] + " " + simpleName(name); seen[key] {
				t.Errorf("got %s twice in the table %s, want it once", name, columns[0])
			} else {
				seen[key] = true
			}
		}
		t.Run(strings.TrimSpace(line), func(t *testing.T) {
			t.Parallel()
			reason, problem, _ := strings.Cut(columns[1], ": ")
			isChecked, good := reason != "" && problem != "", columns[2]
			mayBeAny := columns[0] == "whole" || strings.HasPrefix(columns[3], "bank_name ")
			if isChecked == mayBeAny {
				t.Errorf("got the error %q, want a reason and what the field does: %t", columns[1], !mayBeAny)
			}
			if isChecked && (good == "") != (columns[3] == "_") {
				t.Errorf("got the good values %q, want some unless it is the row of unknown fields", good)
			}
			if !regexp.MustCompile(`^(@[a-z_]*|=|>|yes|no|noError|false|0 1|0 false|)$`).MatchString(good) {
				t.Errorf("got the good values %q, want a form that the head of the table lists, or words that this test does", good)
			}
		})
	}
	want := strings.Fields("account details error list page total whole")
	check.Equal(t, "the tables", slices.Compact(slices.Sorted(slices.Values(tables))), want)
}

// pageNames returns the fields of the reference page, sorted.
func pageNames() (names []string) {
	for _, rule := range pageFields {
		names = append(names, rule.original)
	}
	return slices.Sorted(slices.Values(names))
}

// TestKnown_IsInTheGuide compares the list of known fields in the guide with the rows of accounts. The guide
// links the reference page for the fields of the table page.
func TestKnown_IsInTheGuide(t *testing.T) {
	t.Parallel()
	guide := check.Must(os.ReadFile("../../../templates/guides/reliability.md.tmpl"))
	_, list, _ := strings.Cut(string(guide), "\nThese fields of an account are known:\n")
	list, _, _ = strings.Cut(list, "\nNames are compared")
	var got []string
	for _, word := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(list, -1) {
		got = append(got, word[1])
	}
	var want []string
	for line := range strings.Lines(knownTSV) {
		if columns := strings.Split(strings.TrimSpace(line), "\t"); columns[0] == "account" && columns[3] != "_" {
			want = append(want, strings.Fields(strings.Join(columns[3:], " "))...)
		}
	}
	check.Equal(t, "the names and prefixes in the guide, compared with known.tsv", unique(got), unique(append(want, "customer_account_id")))
}

func unique(words []string) []string { return slices.Compact(slices.Sorted(slices.Values(words))) }
