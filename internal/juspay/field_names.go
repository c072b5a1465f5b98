// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// maxName is the maximum size in bytes of a name that is compared or shown, far above any known name.
const maxName = 128

var separators = strings.NewReplacer("_", "", "-", "")

// simpleName returns a name without its case, "_" and "-". ToUpper replaces letters that
// differ in form only, such as the long s.
func simpleName(name string) string {
	if name = separators.Replace(name); len(name) > maxName {
		return name
	}
	return strings.ToLower(strings.ToUpper(name))
}

// acceptedField is an entry of Config.AcceptedFields. Its texts are in Unicode's form NFC:
// languages of configurations compose characters, also those in escapes.
type acceptedField struct {
	name, value string // the simple name of the field, and its value
	hasValue    bool   // whether the entry accepts that value only
}

// parseAcceptedField reads an entry, whose name may have the escapes of escapeName.
func parseAcceptedField(entry string) acceptedField {
	name, value, hasValue := strings.Cut(entry, "=")
	if unescaped, err := strconv.Unquote(`"` + name + `"`); err == nil {
		name = unescaped
	}
	return acceptedField{simpleName(norm.NFC.String(name)), norm.NFC.String(value), hasValue}
}

var specialCharRE = regexp.MustCompile(`[^A-Za-z0-9_.-]`)

// escapeName writes all characters but ASCII letters, digits, "_", "-" and "." as \u0000 or
// \U00000000, as in strings of Go. parseAcceptedField reads it.
func escapeName(name string) string {
	return specialCharRE.ReplaceAllStringFunc(name, func(char string) string {
		code := []rune(char)[0]
		if code > 0xffff {
			return fmt.Sprintf(`\U%08x`, code)
		}
		return fmt.Sprintf(`\u%04x`, code)
	})
}

// acceptedFields has the entries of Config.AcceptedFields.
type acceptedFields map[acceptedField]bool

func newAcceptedFields(entries []string) acceptedFields {
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
