// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	_ "embed" // for known_fields.tsv
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

//go:embed known_fields.tsv
var knownFields string

// goodWords has names of good values in known_fields.tsv, which are in any case.
var goodWords = map[string]string{
	"yes":     "true 1 yes y active valid verified enabled usable success ok",
	"no":      "false 0 no n",
	"noError": "false 0 00 no none na success", // and objects whose members are good
}

// fieldRule says which values of a field are good, and what any other value is.
type fieldRule struct {
	original string // the field whose value a copy must have
	good     string // "" if the field is unknown, or any value is good
	reason   Reason // "" if all values are good
	problem  string // completes "the field x ..."
}

// fieldTable maps simple names of fields to their rules. The rule of any other has the name "".
type fieldTable map[string]fieldRule

var (
	pageFields, accountFields                = loadFields("page"), loadFields("page", "account")
	detailFields, errorFields                = loadFields("details"), loadFields("error")
	totalFields, listFields, wholeListFields = loadFields("total"), loadFields("list", "total"), loadFields("list", "total", "whole")
)

// loadFields returns the rows of tables. Later ones replace earlier ones.
func loadFields(tables ...string) fieldTable {
	loaded := fieldTable{}
	for line := range strings.Lines(knownFields) {
		columns := strings.Split(strings.TrimSpace(line), "\t")
		if !slices.Contains(tables, columns[0]) {
			continue
		}
		reason, problem, _ := strings.Cut(columns[1], ": ")
		good, copied, _ := strings.Cut(columns[2], " of ")
		for name := range strings.FieldsSeq(columns[3]) {
			loaded[simpleName(name)] = fieldRule{cmp.Or(copied, name), cmp.Or(goodWords[good], good), Reason(reason), problem}
		}
	}
	return loaded
}

// isGood reports whether a value is good, in a list of so many accounts. originals has the
// fields in their own spelling.
func (r fieldRule) isGood(value json.RawMessage, originals jsonObject, accounts int) bool {
	switch copied := originals[r.original]; {
	case r.reason == "" || isEmpty(value):
		return true
	case r.good == "@":
		return valueText(value) == valueText(copied)
	case len(value) >= maxReadValue:
		return false
	}
	text := strings.ToLower(valueText(value))
	number, _ := strconv.ParseFloat(text, 64)
	switch isNumber := decimalRE.MatchString(text); r.good {
	case "=":
		return isNumber && number == float64(accounts)
	case ">":
		return isNumber && number > float64(accounts)
	}
	return slices.Contains(strings.Fields(r.good), text) || r.good == goodWords["noError"] && noErrorRE.Match(value)
}

// noErrorRE matches valid JSON without a value that reports an error. A text after "{" or ","
// is a name, since an array must be empty.
var noErrorRE = regexp.MustCompile(`^(?:[{,]\s*(?:"(?:[^"\\]|\\.)*"|\})|[:}\s]|null|false|0|"(?i:` + strings.ReplaceAll(goodWords["noError"], " ", "|") + `|)"|\[\s*\])*$`)
