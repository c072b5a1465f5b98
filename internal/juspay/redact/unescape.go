// SPDX-License-Identifier: MPL-2.0

package redact

import (
	"encoding/json"
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

var escapeRE = regexp.MustCompile(`(?:\\u[0-9A-Fa-f]{4})+|\\["\\/nrt]|%[0-9A-Fa-f]{2}`)

// unescape decodes escapes, nested ones included, and normalizes the characters.
// It stops after eight rounds, and Redactor hides what is still escaped.
func unescape(text string) string {
	for range 8 {
		text = escapeRE.ReplaceAllStringFunc(html.UnescapeString(text), func(escape string) string {
			if escape[0] == '%' {
				char, _ := strconv.ParseUint(escape[1:], 16, 8)
				return string([]byte{byte(char)})
			}
			var chars string
			_ = json.Unmarshal([]byte(`"`+escape+`"`), &chars)           // it is valid
			return strings.ReplaceAll(chars, string(utf8.RuneError), "") // for half of a surrogate pair
		})
	}
	return strings.Map(func(c rune) rune {
		switch {
		case unicode.IsSpace(c):
			return ' '
		case !unicode.IsPrint(c):
			return -1
		}
		return c
	}, norm.NFKC.String(strings.ToValidUTF8(text, "")))
}
