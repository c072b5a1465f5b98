// SPDX-License-Identifier: MPL-2.0

package fields

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
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

var specialCharRE = regexp.MustCompile(`[^A-Za-z0-9_.-]`)

// escapeName writes all characters but ASCII letters, digits, "_", "-" and "." as \u0000 or
// \U00000000, as in strings of Go. unescapeName reads it.
func escapeName(name string) string {
	return specialCharRE.ReplaceAllStringFunc(name, func(char string) string {
		code := []rune(char)[0]
		if code > 0xffff {
			return fmt.Sprintf(`\U%08x`, code)
		}
		return fmt.Sprintf(`\u%04x`, code)
	})
}

// unescapeName returns the name that escapeName wrote, and any name without valid escapes as it is.
func unescapeName(name string) string {
	if unescaped, err := strconv.Unquote(`"` + name + `"`); err == nil {
		return unescaped
	}
	return name
}
