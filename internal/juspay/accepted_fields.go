// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// acceptedFields maps simple names of fields to the values that are accepted. A nil slice
// accepts every value.
type acceptedFields map[string][]string

func newAcceptedFields(entries []string) acceptedFields {
	accepted := acceptedFields{}
	for _, entry := range entries {
		name, value, hasValue := splitAcceptedField(entry)
		values, isListed := accepted[name]
		switch {
		case !hasValue:
			accepted[name] = nil
		case !isListed || values != nil:
			accepted[name] = append(values, value)
		}
	}
	return accepted
}

func (a acceptedFields) accept(name string, value json.RawMessage) bool {
	values, isListed := a[simpleName(norm.NFC.String(name))]
	return isListed && (values == nil || slices.Contains(values, norm.NFC.String(valueText(value))))
}

// escapedCharRE matches the escapes of escapeName.
var escapedCharRE = regexp.MustCompile(`\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}`)

// splitAcceptedField returns the simple name and the value of an entry, both in Unicode's
// form NFC: languages of configurations compose characters, also those in escapes.
func splitAcceptedField(entry string) (name, value string, hasValue bool) {
	name, value, hasValue = strings.Cut(entry, "=")
	name = escapedCharRE.ReplaceAllStringFunc(name, func(escaped string) string {
		char, _, _, err := strconv.UnquoteChar(escaped, 0)
		if err != nil {
			return escaped
		}
		return string(char)
	})
	return simpleName(norm.NFC.String(name)), norm.NFC.String(value), hasValue
}

// CanAcceptField reports whether entry can be proposed for Config.AcceptedFields: it is valid,
// and its name is shown.
func CanAcceptField(entry string) bool {
	name, _, _ := strings.Cut(entry, "=")
	return name != HiddenName && ValidateAcceptedField("", entry) == nil
}

// ValidateAcceptedField reports why an entry of Config.AcceptedFields cannot be used, or nil.
func ValidateAcceptedField(source, entry string) error {
	name, value, hasValue := splitAcceptedField(entry)
	good, isOfAccount := accountFields[name]
	isPage := slices.ContainsFunc(append([]string{"id"}, pageFields...), func(field string) bool { return simpleName(field) == name })
	_, isOfList := listFields[name]
	shown := escapeName(strings.Split(entry, "=")[0])
	switch {
	case name == "" || hasValue && value == "":
		return fmt.Errorf(`%s has an entry without a name or without a value; write the name of a field, or "name=value"`, source)
	case len(name) > maxName:
		return fmt.Errorf("%s has a name of more than %d characters, which no field has", source, maxName)
	case isPage:
		return fmt.Errorf("%s has %s, on which every read depends; it cannot be accepted", source, shown)
	case isOfList && !isOfAccount:
		return fmt.Errorf("%s has %s, which shows whether a list of accounts is complete; it cannot be accepted. Read the accounts by their ids instead", source, shown)
	case good != nil && !hasValue:
		return fmt.Errorf(`%s has %s, whose values are known; accept a single value, as in "%s=VALUE"`, source, shown, shown)
	}
	return nil
}
