// SPDX-License-Identifier: MPL-2.0

package fields

import (
	"encoding/json"
	"regexp"
	"unicode"
)

var emptyRE = regexp.MustCompile(`^(null|""|\{\s*\}|\[\s*\]|)$`)

// isEmpty reports whether a raw value is null, "", {} or [], or missing.
func isEmpty(raw json.RawMessage) bool { return len(raw) < maxComparedValue && emptyRE.Match(raw) }

// valueText returns the text of a string, and any other value, or a very long one, as JSON.
func valueText(value json.RawMessage) (text string) {
	if len(value) < maxComparedValue && string(value) != "null" && json.Unmarshal(value, &text) == nil {
		return text
	}
	return string(value)
}

// maxComparedValue is the size in bytes from which on a value is not compared: no word or number is that long.
const maxComparedValue = 8 << 10

// decimalRE bounds the digits and the exponent, since a literal of a few characters such
// as 1e999999999 can express a number that fills the memory.
var decimalRE = regexp.MustCompile(`^-?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?$`)

// IsInvisible reports whether r is one of the characters that a person who reads or pastes a value
// cannot see, and that make two values look the same.
func IsInvisible(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp,
		unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
