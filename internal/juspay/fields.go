// SPDX-License-Identifier: MPL-2.0

package juspay

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

// fieldRule says which values of a field are good, and what any other value is. Empty values are
// always good. With the zero rule, every value is.
type fieldRule struct {
	original   string // the name of the field whose value a copy must have
	good       string // the column good: words, a key of goodWords, goodCount or goodAboveCount
	reason     Reason // the reason of the error of any other value
	problem    string // the text of that error, which completes "the field x ..."
	showsValue bool   // whether that error shows the value, as it does if the rule has good values
}

// A rule whose good is empty is of one of these three kinds.
func (r fieldRule) acceptsAny() bool { return r.reason == "" }
func (r fieldRule) isCopy() bool     { return r.original != "" }
func (r fieldRule) isUnknown() bool  { return !r.acceptsAny() && !r.isCopy() && r.good == "" }

// fieldChecker compares the fields of a response with the table. Its redactor hides text of errors.
type fieldChecker struct {
	redactor    redact.Redactor
	accepted    acceptedFields
	unknownMode UnknownFieldMode
}

// checkedObject is an object of a response, with the values to compare its fields with.
type checkedObject struct {
	table                  map[string]fieldRule
	fields, originals      jsonObject // the fields to check, and those whose values copies must have
	listed                 int        // the number of accounts in a list
	toleratesContradiction bool       // whether only copies must be good, as in an account that is not ACTIVE
	toleratesUnknown       bool       // whether unknown fields may have any value
}

// checkAccount returns the names of unknown fields. Only an ACTIVE account can be contradicted.
func (c fieldChecker) checkAccount(fields, details jsonObject, isActive bool) (unknownNames string, err error) {
	object := checkedObject{table: detailFields, fields: details, originals: maps.Clone(fields),
		toleratesContradiction: !isActive, toleratesUnknown: c.unknownMode != RejectUnknownFields}
	object.originals["vpa"] = details["vpa"] // so that another spelling of it, such as VPA, must have the same value
	if _, err := c.check(object); err != nil {
		return "", err
	}
	object.table, object.fields = accountFields, fields
	names, err := c.check(object)
	return strings.Join(names, " "), err
}

// listObjectRE matches the field object of a list, if it has one.
var listObjectRE = regexp.MustCompile(`^([a-z]+_)*list$`)

// checkList fails unless all fields outside the accounts are good: nothing else shows that a list is complete.
func (c fieldChecker) checkList(fields jsonObject, listed int) error {
	if object := fields["object"]; valueText(object) != "" && string(object) != "null" && !listObjectRE.MatchString(valueText(object)) {
		return newFieldError(c.redactor, fieldRule{reason: "in doubt", problem: "does not name a list", showsValue: true}, "object", object)
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

// reportedError returns an error if a field of a response reports one.
func (c fieldChecker) reportedError(fields jsonObject) error {
	_, err := c.check(checkedObject{table: errorFields, fields: fields, originals: fields})
	return err
}

// check fails if a field breaks its rule, and returns the names of unknown fields, to be shown.
func (c fieldChecker) check(object checkedObject) (unknownNames []string, err error) {
	for _, name := range slices.Sorted(maps.Keys(object.fields)) {
		value := object.fields[name]
		rule, isNamed := object.table[simpleName(name)]
		if !isNamed {
			rule = object.table[""]
		}
		if rule.isGood(value, object.originals, object.listed) || !rule.isCopy() && c.accepted.has(name, value) {
			continue
		}
		isTolerated := object.toleratesContradiction || object.toleratesUnknown && rule.isUnknown()
		if rule.isCopy() || !isTolerated {
			rule.problem = strings.NewReplacer("{original}", rule.original, "{listed}", strconv.Itoa(object.listed)).Replace(rule.problem)
			return nil, newFieldError(c.redactor, rule, name, value)
		}
		if rule.isUnknown() && c.unknownMode != IgnoreUnknownFields {
			unknownNames = append(unknownNames, displayFieldName(c.redactor, name))
		}
	}
	return unknownNames, nil
}

// isGood reports whether a value is good in a list of so many accounts. A copy must equal its original.
func (r fieldRule) isGood(value json.RawMessage, originals jsonObject, listed int) bool {
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
