// SPDX-License-Identifier: MPL-2.0

package fields

import (
	"cmp"
	_ "embed" // for known.tsv
	"slices"
	"strings"
)

//go:embed known.tsv
var knownTSV string

// fieldRule says which values of a field are good, and which error any other value causes. Empty values are
// always good. With the zero rule, every value is.
type fieldRule struct {
	original string // the name of the field whose value a copy must have
	good     string // the column good: words, a key of goodWords, goodCount or goodAboveCount
	reason   string // the reason of the error of any other value
	problem  string // the text of that error, which completes "the field x ..."
}

// A rule whose good is empty is of one of these three kinds.
func (r fieldRule) acceptsAny() bool { return r.reason == "" }
func (r fieldRule) isCopy() bool     { return r.original != "" }
func (r fieldRule) isUnknown() bool  { return !r.acceptsAny() && !r.isCopy() && r.good == "" }

const goodNoError, goodCount, goodAboveCount = "noError", "=", ">" // names in the column good of known.tsv

// goodWords maps names in the column good to good words. They match in upper or lower case.
var goodWords = map[string]string{
	"yes":       "true 1 yes y active valid verified enabled usable success ok",
	"no":        "false 0 no n",
	goodNoError: "false 0 00 no none na success", // and objects whose members are good
}

// The tables map simple names of fields to their rules. "" is any other field.
var (
	pageFields, accountFields                = loadFields("page"), loadFields("page", "account")
	detailFields, errorFields                = loadFields("details"), loadFields("error")
	totalFields, listFields, wholeListFields = loadFields("total"), loadFields("list", "total"), loadFields("list", "total", "whole")
)

// loadFields returns the rows of tables. A later line of known.tsv replaces an earlier one, whatever the order
// of tables. The simple name of "_" is "".
func loadFields(tables ...string) map[string]fieldRule {
	loaded := map[string]fieldRule{}
	for line := range strings.Lines(knownTSV) {
		columns := strings.Split(strings.TrimSpace(line), "\t")
		if !slices.Contains(tables, columns[0]) {
			continue
		}
		reason, problem, _ := strings.Cut(columns[1], ": ")
		good, original, isCopy := strings.Cut(columns[2], "@")
		for _, name := range rowNames(columns) {
			rule := fieldRule{good: good, reason: reason, problem: problem}
			if isCopy {
				rule.original = cmp.Or(original, name)
			}
			loaded[simpleName(name)] = rule
		}
	}
	return loaded
}

// IsDocumented reports whether a word is a field of the reference page, as it is spelled there: loadFields keeps that
// spelling as the original.
func IsDocumented(word string) bool {
	rule, isNamed := pageFields[simpleName(word)]
	return isNamed && rule.original == word
}

// rowNames returns the names of a row, without a prefix and with each of the row's prefixes.
func rowNames(columns []string) (names []string) {
	prefixes := []string{""}
	if len(columns) == 5 { // a row may lack the last column
		prefixes = append(prefixes, strings.Fields(columns[4])...)
	}
	for _, prefix := range prefixes {
		for name := range strings.FieldsSeq(columns[3]) {
			names = append(names, prefix+name)
		}
	}
	return names
}
