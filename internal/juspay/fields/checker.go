// SPDX-License-Identifier: MPL-2.0

// Package fields reads the JSON of a response strictly, and checks each field against a table, known.tsv.
// The table lists the values that do not contradict the account or the list, so that a response that
// contradicts itself is an error, and a field that the table lacks is known to be unknown.
// A copy is a field with the value of another one, its original: customerId is a copy of customer_id.
package fields

import (
	"cmp"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/redact"
)

// UnknownMode decides how unknown fields of an account affect its read.
type UnknownMode string

// The values of UnknownMode. "" means ReportUnknown.
const (
	ReportUnknown UnknownMode = "warn"   // the names of unknown fields are returned
	RejectUnknown UnknownMode = "error"  // an unknown field of an ACTIVE account is an error
	IgnoreUnknown UnknownMode = "ignore" // unknown fields change nothing
)

// Checker compares the fields of a response with the table. Its redactor hides text of errors.
type Checker struct {
	redactor    redact.Redactor
	accepted    acceptedFields
	unknownMode UnknownMode
}

// NewChecker returns a Checker that accepts the fields of entries, which ValidateAccepted accepts.
func NewChecker(redactor redact.Redactor, entries []string, unknownMode UnknownMode) Checker {
	return Checker{redactor, newAccepted(entries), unknownMode}
}

// checkedObject is an object of a response, with the values to compare its fields with.
type checkedObject struct {
	table            map[string]fieldRule
	fields           Object // the fields to check
	originals        Object // the fields among which the originals of copies are
	listed           int    // the number of accounts in a list
	onlyCopies       bool   // whether only copies must be good, as in an account that is not ACTIVE
	toleratesUnknown bool   // whether unknown fields are not errors
}

// CheckAccount fails if a field contradicts the account, and returns the names of unknown fields, separated by
// spaces. details are the fields of account_details; only copies among them are checked. A copy must equal its
// original at every status; any other field can contradict only an ACTIVE account.
func (c Checker) CheckAccount(fields, details Object, isActive bool) (unknownNames string, err error) {
	originals := maps.Clone(fields)
	originals["vpa"] = details["vpa"] // the one original that is in account_details: another spelling, such as VPA, is its copy
	ofDetails := checkedObject{table: detailFields, fields: details, originals: originals, onlyCopies: !isActive}
	if _, err := c.check(ofDetails); err != nil {
		return "", err
	}
	ofAccount := checkedObject{table: accountFields, fields: fields, originals: fields,
		onlyCopies: !isActive, toleratesUnknown: c.unknownMode != RejectUnknown}
	names, err := c.check(ofAccount)
	return strings.Join(names, " "), err
}

// listObjectRE matches the field object of a list, if it has one.
var listObjectRE = regexp.MustCompile(`^([a-z]+_)*list$`)

// CheckList fails unless all fields outside the listed accounts are good: nothing else shows that a list is complete.
func (c Checker) CheckList(fields Object, listed int) error {
	if object := fields["object"]; valueText(object) != "" && string(object) != "null" && !listObjectRE.MatchString(valueText(object)) {
		return newError(c.redactor, fieldRule{good: "list", reason: "in doubt", problem: "does not name a list"}, "object", object)
	}
	table := listFields
	for name, value := range fields {
		if total, isTotal := totalFields[simpleName(name)]; isTotal && !isEmpty(value) && total.isGood(value, nil, listed) {
			table = wholeListFields
		}
	}
	_, err := c.check(checkedObject{table: table, fields: fields, originals: fields, listed: listed})
	return err
}

// ReportedError returns an error if a field of a response reports one.
func (c Checker) ReportedError(fields Object) error {
	_, err := c.check(checkedObject{table: errorFields, fields: fields, originals: fields})
	return err
}

// check fails if a field breaks its rule, and returns the names of unknown fields, to be shown.
func (c Checker) check(object checkedObject) (unknownNames []string, err error) {
	for _, name := range slices.Sorted(maps.Keys(object.fields)) {
		value := object.fields[name]
		rule, isNamed := object.table[simpleName(name)]
		if !isNamed {
			rule = object.table[""]
		}
		if rule.isGood(value, object.originals, object.listed) || !rule.isCopy() && c.accepted.has(name, value) {
			continue
		}
		// A bad field other than a copy is an error in an ACTIVE account only. An unknown one is named in any case.
		isTolerated := object.onlyCopies || object.toleratesUnknown && rule.isUnknown()
		if rule.isCopy() || !isTolerated {
			rule.problem = strings.NewReplacer("{original}", rule.original, "{listed}", strconv.Itoa(object.listed)).Replace(rule.problem)
			return nil, newError(c.redactor, rule, name, value)
		}
		if rule.isUnknown() && c.unknownMode != IgnoreUnknown {
			unknownNames = append(unknownNames, displayName(c.redactor, name))
		}
	}
	return unknownNames, nil
}

// isGood reports whether a value is good in a list of so many accounts. A copy must equal its original.
func (r fieldRule) isGood(value json.RawMessage, originals Object, listed int) bool {
	switch {
	case r.acceptsAny(), isEmpty(value):
		return true
	case r.isCopy():
		return valueText(value) == valueText(originals[r.original])
	case r.isUnknown(), len(value) >= maxComparedValue:
		return false
	}
	text := strings.ToLower(valueText(value))
	number, _ := strconv.ParseFloat(text, 64)
	switch isNumber := decimalRE.MatchString(text); r.good {
	case goodCount:
		return isNumber && number == float64(listed)
	case goodAboveCount:
		return isNumber && number > float64(listed)
	}
	return slices.Contains(strings.Fields(cmp.Or(goodWords[r.good], r.good)), text) || r.good == goodNoError && noErrorRE.Match(value)
}

// noErrorRE matches valid JSON all of whose values report no error, token by token. An array must be
// empty, so that a text after "," is a name.
var noErrorRE = regexp.MustCompile(`^(?:` + strings.Join([]string{
	`[{,]\s*"(?:[^"\\]|\\.)*"`, // the name of a member
	`\{\s*\}`,                  // an empty object
	`\[\s*\]`,                  // an empty array
	`[:}\s]`,                   // the other tokens of an object, and spaces
	`"(?i:` + strings.ReplaceAll(goodWords[goodNoError], " ", "|") + `|)"`, // a text that is a value
	`null|false|0`, // the other values
}, "|") + `)*$`)
