// SPDX-License-Identifier: MPL-2.0

package fields

import (
	"encoding/json"
	"fmt"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// acceptedField is an entry: the name of a field, or name=value. Its texts are in Unicode's form NFC:
// languages of configurations compose characters, also those in escapes.
type acceptedField struct {
	name, value string // the simple name of the field, and its value
	hasValue    bool   // whether the entry accepts that value only
}

// parseAcceptedField reads an entry, whose name may have the escapes of escapeName.
func parseAcceptedField(entry string) acceptedField {
	name, value, hasValue := strings.Cut(entry, "=")
	return acceptedField{simpleName(norm.NFC.String(unescapeName(name))), norm.NFC.String(value), hasValue}
}

// acceptedFields has the entries of a Checker.
type acceptedFields map[acceptedField]bool

func newAccepted(entries []string) acceptedFields {
	accepted := acceptedFields{}
	for _, entry := range entries {
		accepted[parseAcceptedField(entry)] = true
	}
	return accepted
}

// has reports whether an entry accepts a field with this value, or with any value.
func (a acceptedFields) has(name string, value json.RawMessage) bool {
	name = simpleName(norm.NFC.String(name))
	return len(a) > 0 && (a[acceptedField{name: name}] || a[acceptedField{name, norm.NFC.String(valueText(value)), true}])
}

// ValidateAccepted reports why an entry of a Checker cannot be used, or nil. The error
// begins with name, and has the name of the field.
func ValidateAccepted(name, entry string) error {
	field := parseAcceptedField(entry)
	rule, isOfAccount := accountFields[field.name]
	_, isOfList := listFields[field.name]
	entryName, _, _ := strings.Cut(entry, "=")
	shown := escapeName(unescapeName(entryName))
	switch {
	case field.name == "" || field.hasValue && field.value == "":
		return fmt.Errorf(`%s has an entry without a name or without a value; write the name of a field, or "name=value"`, name)
	case len(field.name) > maxName:
		return fmt.Errorf("%s has a name of more than %d bytes, which no field has", name, maxName)
	case rule.isCopy():
		return fmt.Errorf("%s has %s, on which every read depends; it cannot be accepted", name, shown)
	case isOfList && !isOfAccount:
		return fmt.Errorf("%s has %s, which shows whether a list of accounts is complete; it cannot be accepted. Read the accounts by their ids instead", name, shown)
	case rule.good != "" && !field.hasValue:
		return fmt.Errorf(`%s has %s, whose values are known; accept a single value, as in "%s=VALUE"`, name, shown, shown)
	}
	return nil
}
