// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	_ "embed" // for known_fields.tsv
	"slices"
	"strings"
)

//go:embed known_fields.tsv
var knownFields string

const goodNoError, goodCount, goodAboveCount = "noError", "=", ">" // names in the column good of known_fields.tsv

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

// loadFields returns the rows of tables. Later ones replace earlier ones. The simple name of "_" is "".
func loadFields(tables ...string) map[string]fieldRule {
	loaded := map[string]fieldRule{}
	for line := range strings.Lines(knownFields) {
		columns := strings.Split(strings.TrimSpace(line), "\t")
		if !slices.Contains(tables, columns[0]) {
			continue
		}
		reason, problem, _ := strings.Cut(columns[1], ": ")
		good, original, isCopy := strings.Cut(columns[2], "@")
		for _, name := range rowNames(columns) {
			rule := fieldRule{good: good, showsValue: good != "", reason: Reason(reason), problem: problem}
			if isCopy {
				rule.original = cmp.Or(original, name)
			}
			loaded[simpleName(name)] = rule
		}
	}
	return loaded
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
