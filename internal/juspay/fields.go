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

// goodWords has names of good values in known_fields.tsv, which are in upper or lower case.
var goodWords = map[string]string{
	"yes":     "true 1 yes y active valid verified enabled usable success ok",
	"no":      "false 0 no n",
	"noError": "false 0 00 no none na success", // and objects whose members are good
}

// fieldRule says which values of a field are good, and what any other value is.
type fieldRule struct {
	copyOf  string // the field whose value it must have, "" if it is not a copy
	good    string // words, "=" or ">"; "" of a copy, of an unknown field, and if any value is good
	reason  Reason // "" if any value is good
	problem string // completes "the field x ..."
}

// fieldTable maps simple names of fields to their rules. "" is any other field.
type fieldTable map[string]fieldRule

var (
	pageFields, accountFields                = loadFields("page"), loadFields("page", "account")
	detailFields, errorFields                = loadFields("details"), loadFields("error")
	totalFields, listFields, wholeListFields = loadFields("total"), loadFields("list", "total"), loadFields("list", "total", "whole")
)

// loadFields returns the rows of tables. Later ones replace earlier ones. The simple name of "_" is "".
func loadFields(tables ...string) fieldTable {
	loaded := fieldTable{}
	for line := range strings.Lines(knownFields) {
		columns := strings.Split(strings.TrimSpace(line), "\t")
		if !slices.Contains(tables, columns[0]) {
			continue
		}
		reason, problem, _ := strings.Cut(columns[1], ": ")
		good, copyOf, isCopy := strings.Cut(columns[2], "@")
		for name := range strings.FieldsSeq(columns[3]) {
			rule := fieldRule{copyOf, cmp.Or(goodWords[good], good), Reason(reason), problem}
			if isCopy {
				rule.copyOf = cmp.Or(copyOf, name)
			}
			loaded[simpleName(name)] = rule
		}
	}
	return loaded
}

// isGood reports whether a value is good, in a list of so many accounts. originals has what copies
// are compared with.
func (r fieldRule) isGood(value json.RawMessage, originals jsonObject, listed int) bool {
	switch {
	case r.reason == "" || isEmpty(value):
		return true
	case r.copyOf != "":
		return valueText(value) == valueText(originals[r.copyOf])
	case len(value) >= maxComparedValue:
		return false
	}
	text := strings.ToLower(valueText(value))
	number, _ := strconv.ParseFloat(text, 64)
	switch isNumber := decimalRE.MatchString(text); r.good {
	case "=":
		return isNumber && number == float64(listed)
	case ">":
		return isNumber && number > float64(listed)
	}
	return slices.Contains(strings.Fields(r.good), text) || r.good == goodWords["noError"] && noErrorRE.Match(value)
}

// noErrorRE matches valid JSON without a value that reports an error. A text after "{" or ","
// is a name, since an array must be empty.
var noErrorRE = regexp.MustCompile(`^(?:[{,]\s*(?:"(?:[^"\\]|\\.)*"|\})|[:}\s]|null|false|0|"(?i:` + strings.ReplaceAll(goodWords["noError"], " ", "|") + `|)"|\[\s*\])*$`)
