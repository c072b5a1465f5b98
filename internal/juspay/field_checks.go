// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// fieldChecker compares the fields of a response with the table. Its redactor hides text of errors.
type fieldChecker struct {
	redact   redactor
	accepted acceptedFields
	unknown  UnknownFields
}

// check fails if a field breaks its rule, and returns the names of unknown fields, to be shown. A
// field contradicts an ACTIVE account only, and a copy any.
func (c fieldChecker) check(table fieldTable, fields, originals jsonObject, accounts int, status ValidationStatus) (unknown []string, err error) {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		rule := cmp.Or(table[simpleName(name)], table[""])
		isChecked := status == StatusActive && (rule.reason != ReasonUnknownField || c.unknown == RefuseUnknownFields)
		switch {
		case rule.isGood(fields[name], originals, accounts), rule.good != "@" && c.accepted.accept(name, fields[name]):
		case isChecked || rule.good == "@":
			rule.problem = strings.NewReplacer("{original}", rule.original, "{listed}", strconv.Itoa(accounts)).Replace(rule.problem)
			return nil, c.redact.newFieldError(rule, name, fields[name])
		case rule.good == "" && c.unknown != IgnoreUnknownFields:
			unknown = append(unknown, c.redact.fieldName(name))
		}
	}
	return unknown, nil
}

// checkAccount returns the names of unknown fields.
func (c fieldChecker) checkAccount(fields, details jsonObject, status ValidationStatus) (unknown string, err error) {
	originals := maps.Clone(fields)
	originals["vpa"] = details["vpa"]
	if _, err = c.check(detailFields, details, originals, 0, status); err != nil {
		return "", err
	}
	names, err := c.check(accountFields, fields, fields, 0, status)
	return strings.Join(names, " "), err
}

// checkList fails unless every field outside the accounts is known and good, because nothing else
// shows that a list of so many accounts is complete.
func (c fieldChecker) checkList(fields jsonObject, accounts int) error {
	table := listFields
	for name, value := range fields {
		if rule, isTotal := totalFields[simpleName(name)]; isTotal && !isEmpty(value) && rule.isGood(value, nil, accounts) {
			table = wholeListFields
		}
	}
	_, err := c.check(table, fields, fields, accounts, StatusActive)
	return err
}

// reportedError returns an error if a field of a response reports one.
func (c fieldChecker) reportedError(fields jsonObject) error {
	_, err := c.check(errorFields, fields, fields, 0, StatusActive)
	return err
}
