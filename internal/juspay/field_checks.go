// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// reportedError returns an error if the fields of a response report one.
func (d responseDecoder) reportedError(fields map[string]json.RawMessage) error {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if good := errorFields[simpleName(name)]; good != nil && !isEmpty(fields[name]) && !good(fields[name], 0) {
			return d.redact.newFieldError(errReported, name, fields[name], "reports an error")
		}
	}
	return nil
}

// checkFields returns the names of unknown fields, to be shown. It fails if a field
// contradicts an ACTIVE account, or is another spelling of a field of the reference page
// with another value.
func (d responseDecoder) checkFields(fields map[string]json.RawMessage, status ValidationStatus) (unknown []string, err error) {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		value := fields[name]
		if isEmpty(value) || slices.Contains(pageFields, name) || d.accepted.accept(name, value) {
			continue
		}
		good, isKnown := accountFields[simpleName(name)]
		switch page := spelledAs(name, pageFields...); {
		case page != "" && valueText(value) != valueText(fields[page]):
			return nil, d.redact.newFieldError(errDoubt, name, value, "is another spelling of "+page+" with another value")
		case isKnown && (good == nil || good(value, 0) || status != StatusActive):
		case isKnown:
			return nil, d.redact.acceptedBy(d.redact.newFieldError(errDoubt, name, value, "contradicts the status ACTIVE"), name, value, true)
		case status == StatusActive && d.unknown == RefuseUnknownFields:
			return nil, d.redact.acceptedBy(d.redact.newFieldError(errUnknownField, name, nil, "is unknown, and may limit the account"), name, value, false)
		case d.unknown != IgnoreUnknownFields:
			unknown = append(unknown, d.redact.fieldName(name))
		}
	}
	return unknown, nil
}

// spelledAs returns the one of names that name is a spelling of, or "".
func spelledAs(name string, names ...string) string {
	simple := simpleName(name)
	i := slices.IndexFunc(names, func(known string) bool { return simpleName(known) == simple })
	if i < 0 {
		return ""
	}
	return names[i]
}

// checkCopies fails if account_details or id have another id or status than the account,
// or two VPAs.
func (d responseDecoder) checkCopies(fields, details map[string]json.RawMessage) error {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if simpleName(name) == "id" && !isEmpty(fields[name]) && valueText(fields[name]) != valueText(fields["customer_account_id"]) {
			return fmt.Errorf("%w: its fields %s and customer_account_id differ", errDoubt, escapeName(name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(details)) {
		field := spelledAs(name, "customer_id", "customer_account_id", "validation_status", "vpa")
		original := fields[field]
		if field == "vpa" {
			original = details[field]
		}
		if field != "" && !isEmpty(details[name]) && valueText(details[name]) != valueText(original) {
			return fmt.Errorf("%w: its account_details have another %s", errDoubt, field)
		}
	}
	return nil
}

// checkList fails unless every field outside the accounts is known and good, because
// nothing else shows that a list of so many accounts is complete.
func (d responseDecoder) checkList(fields map[string]json.RawMessage, listed int) error {
	isWhole := !isEmpty(fields["total"]) && listFields["total"](fields["total"], listed)
	ofPage := []string{"limit", "size", "pagesize", "perpage", "maxresults", "page", "pagenumber", "currentpage"}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		value, simple := fields[name], simpleName(name)
		good, isKnown := listFields[simple]
		_, isError := errorFields[simple]
		known := spelledAs(name, "list", "object", "customer_id")
		switch {
		case isEmpty(value), known == name, d.accepted.accept(name, value):
		case known != "" && valueText(value) != valueText(fields[known]):
			return d.redact.newFieldError(errDoubt, name, value, "is another spelling of "+known+" with another value")
		case good == nil && isKnown, isKnown && good(value, listed), isWhole && slices.Contains(ofPage, simple):
		case isError:
			return d.redact.acceptedBy(d.redact.newFieldError(errDoubt, name, value, "reports an error"), name, value, true)
		case isKnown:
			return d.redact.newFieldError(errIncomplete, name, value, fmt.Sprintf("does not say that the list of %d is complete", listed))
		default:
			return d.redact.acceptedBy(d.redact.newFieldError(errIncomplete, name, nil, "is unknown, and may say that the list is not complete"), name, value, accountFields[simple] != nil)
		}
	}
	return nil
}
