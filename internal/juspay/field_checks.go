// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// finding is a field that is unknown, or whose value is not good.
type finding struct {
	name  string
	value json.RawMessage
	fieldRule
}

// find returns the fields that break their rule, and the unknown ones, in the order of their
// names. Empty and accepted fields are neither. originals has the fields in their own spelling.
func (t fieldTable) find(fields, originals map[string]json.RawMessage, listed int, accepted acceptedFields) (bad, unknown []finding) {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		value := fields[name]
		rule, isKnown := t[simpleName(name)]
		switch {
		case isEmpty(value), isKnown && rule.isGood(value, originals, listed), accepted.accept(name, value):
		case isKnown:
			bad = append(bad, finding{name, value, rule})
		default:
			unknown = append(unknown, finding{name: name, value: value})
		}
	}
	return bad, unknown
}

// reportedError returns an error if the fields of a response report one.
func (d responseDecoder) reportedError(fields map[string]json.RawMessage) error {
	if bad, _ := errorFields.find(fields, fields, 0, nil); len(bad) > 0 {
		return d.redact.newFieldError(ReasonUnexpectedError, bad[0], "reports an error")
	}
	return nil
}

// checkFields returns the names of unknown fields, to be shown. It fails if a field
// contradicts an ACTIVE account, or is a copy with another value.
func (d responseDecoder) checkFields(fields map[string]json.RawMessage, status ValidationStatus) (names string, err error) {
	bad, unknown := accountFields.find(fields, fields, 0, d.accepted)
	for _, f := range bad {
		switch {
		case f.good == asOriginal:
			return "", d.redact.newCopyError(f)
		case status == StatusActive:
			return "", d.redact.newFieldError(ReasonInDoubt, f, "contradicts the status ACTIVE")
		}
	}
	for _, f := range unknown {
		switch {
		case status == StatusActive && d.unknown == RefuseUnknownFields:
			return "", d.redact.newFieldError(ReasonUnknownField, f, "is unknown, and may limit the account")
		case d.unknown != IgnoreUnknownFields:
			names += " " + d.redact.fieldName(f.name)
		}
	}
	return strings.TrimSpace(names), nil
}

// checkDetails fails if account_details have another id or status than the account, or two
// VPAs.
func checkDetails(fields, details map[string]json.RawMessage) error {
	originals := maps.Clone(fields)
	originals["vpa"] = details["vpa"]
	if bad, _ := detailFields.find(details, originals, 0, nil); len(bad) > 0 {
		return fmt.Errorf("%w: its account_details have another %s", errDoubt, bad[0].original)
	}
	return nil
}

// checkList fails unless every field outside the accounts is known and good, because
// nothing else shows that a list of so many accounts is complete.
func (d responseDecoder) checkList(fields map[string]json.RawMessage, listed int) error {
	table := listFields
	for name, value := range fields {
		if rule, isTotal := totalFields[simpleName(name)]; isTotal && rule.isGood(value, nil, listed) {
			table = wholeListFields
		}
	}
	bad, unknown := table.find(fields, fields, listed, d.accepted)
	for _, f := range bad {
		switch {
		case f.good == asOriginal:
			return d.redact.newCopyError(f)
		case errorFields[simpleName(f.name)].good != "":
			return d.redact.newFieldError(ReasonInDoubt, f, "reports an error")
		default:
			return d.redact.newFieldError(ReasonIncomplete, f, fmt.Sprintf("does not say that the list of %d is complete", listed))
		}
	}
	if len(unknown) > 0 {
		return d.redact.newFieldError(ReasonIncomplete, unknown[0], "is unknown, and may say that the list is not complete")
	}
	return nil
}
