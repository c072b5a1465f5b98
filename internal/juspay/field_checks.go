// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// fieldChecker compares the fields of a response with the table. Its redactor hides text of errors.
type fieldChecker struct {
	redact   redactor
	accepted acceptedFields
	unknown  UnknownFieldMode
}

// checkedObject is an object of a response, with the values to compare its fields with.
type checkedObject struct {
	table             fieldTable
	fields, originals jsonObject // copies must have the values of originals
	listed            int        // the number of accounts in a list
	mayContradict     bool       // because the account is not ACTIVE; copies may not
}

// check fails if a field breaks its rule, and returns the names of unknown fields, to be shown.
func (c fieldChecker) check(object checkedObject) (unknown []string, err error) {
	for _, name := range slices.Sorted(maps.Keys(object.fields)) {
		value := object.fields[name]
		rule, isKnown := object.table[simpleName(name)]
		if !isKnown {
			rule = object.table[""]
		}
		isCopy := rule.copyOf != ""
		isRefused := isCopy || !object.mayContradict && (rule.reason != ReasonUnknownField || c.unknown == RefuseUnknownFields)
		switch {
		case rule.isGood(value, object.originals, object.listed), !isCopy && c.accepted.has(name, value):
		case isRefused:
			rule.problem = strings.NewReplacer("{original}", rule.copyOf, "{listed}", strconv.Itoa(object.listed)).Replace(rule.problem)
			return nil, c.newFieldError(rule, name, value)
		case rule.good == "" && c.unknown != IgnoreUnknownFields:
			unknown = append(unknown, c.redact.fieldName(name))
		}
	}
	return unknown, nil
}

// checkAccount returns the names of unknown fields. Only an ACTIVE account can be contradicted.
func (c fieldChecker) checkAccount(fields, details jsonObject, status ValidationStatus) (unknown string, err error) {
	originals := maps.Clone(fields)
	originals["vpa"] = details["vpa"]
	if _, err = c.check(checkedObject{table: detailFields, fields: details, originals: originals, mayContradict: status != StatusActive}); err != nil {
		return "", err
	}
	names, err := c.check(checkedObject{table: accountFields, fields: fields, originals: fields, mayContradict: status != StatusActive})
	return strings.Join(names, " "), err
}

// checkList fails unless every field outside the accounts is known and good, because nothing else
// shows that a list of so many accounts is complete.
func (c fieldChecker) checkList(fields jsonObject, listed int) error {
	table := listFields
	for name, value := range fields {
		if rule, isTotal := totalFields[simpleName(name)]; isTotal && !isEmpty(value) && rule.isGood(value, nil, listed) {
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
