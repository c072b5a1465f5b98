// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"bytes"
	"cmp"
	_ "embed" // for known_fields.tsv
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

//go:embed known_fields.tsv
var knownFields string

// maxRule is the size in bytes from which on a value is not read: no word or number is that long.
const maxRule = 8 << 10

// goodWords has names of good values in known_fields.tsv, which are in any case.
var goodWords = map[string]string{
	"yes":     "true 1 yes y active valid verified enabled usable success ok",
	"no":      "false 0 no n",
	"noError": "false 0 00 no none na success", // and objects whose members are good
}

// fieldRule says which values of a field are good, and what any other value is. Without a
// reason, all are good.
type fieldRule struct {
	original string // the field whose value a copy must have
	good     string // "" if the field is unknown
	reason   Reason
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
func (r fieldRule) isGood(value json.RawMessage, originals map[string]json.RawMessage, accounts int) bool {
	switch copied := originals[r.original]; {
	case r.reason == "" || emptyRE.Match(value):
		return true
	case r.good == "@":
		return bytes.Equal(value, copied) || valueText(value) == valueText(copied)
	case len(value) >= maxRule:
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

var emptyRE = regexp.MustCompile(`^(null|""|\{\s*\}|\[\s*\]|)$`)

// noErrorRE matches valid JSON without a value that reports an error. A text after "{" or ","
// is a name, since an array must be empty.
var noErrorRE = regexp.MustCompile(`^(?:[{,]\s*(?:"(?:[^"\\]|\\.)*"|\})|[:}\s]|null|false|0|"(?i:` + strings.ReplaceAll(goodWords["noError"], " ", "|") + `|)"|\[\s*\])*$`)

// valueText returns the text of a string, and any other value, or a very long one, as JSON.
func valueText(value json.RawMessage) (text string) {
	if len(value) < maxRule && string(value) != "null" && json.Unmarshal(value, &text) == nil {
		return text
	}
	return string(value)
}

// check fails if a field breaks its rule, and returns the names of unknown fields, to be shown. A
// field contradicts an ACTIVE account only, and a copy any.
func (d responseDecoder) check(table fieldTable, fields, originals map[string]json.RawMessage, accounts int, status ValidationStatus) (unknown []string, err error) {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		rule, isKnown := table[simpleName(name)]
		if !isKnown {
			rule = table[""]
		}
		isChecked := status == StatusActive && (rule.reason != ReasonUnknownField || d.unknown == RefuseUnknownFields)
		switch {
		case rule.isGood(fields[name], originals, accounts), rule.good != "@" && d.accepted.accept(name, fields[name]):
		case isChecked || rule.good == "@":
			rule.problem = strings.NewReplacer("{original}", rule.original, "{listed}", strconv.Itoa(accounts)).Replace(rule.problem)
			return nil, d.redact.newFieldError(rule, name, fields[name])
		case rule.good == "" && d.unknown != IgnoreUnknownFields:
			unknown = append(unknown, d.redact.fieldName(name))
		}
	}
	return unknown, nil
}

// checkAccount returns the names of unknown fields.
func (d responseDecoder) checkAccount(fields, details map[string]json.RawMessage, status ValidationStatus) (unknown string, err error) {
	originals := maps.Clone(fields)
	originals["vpa"] = details["vpa"]
	if _, err = d.check(detailFields, details, originals, 0, status); err != nil {
		return "", err
	}
	names, err := d.check(accountFields, fields, fields, 0, status)
	return strings.Join(names, " "), err
}

// checkList fails unless every field outside the accounts is known and good, because nothing else
// shows that a list of so many accounts is complete.
func (d responseDecoder) checkList(fields map[string]json.RawMessage, accounts int) error {
	table := listFields
	for name, value := range fields {
		if rule, isTotal := totalFields[simpleName(name)]; isTotal && !emptyRE.Match(value) && rule.isGood(value, nil, accounts) {
			table = wholeListFields
		}
	}
	_, err := d.check(table, fields, fields, accounts, StatusActive)
	return err
}

// reportedError returns an error if a field of a response reports one.
func (d responseDecoder) reportedError(fields map[string]json.RawMessage) error {
	_, err := d.check(errorFields, fields, fields, 0, StatusActive)
	return err
}
