// SPDX-License-Identifier: MPL-2.0

package fields

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

func TestIsEmpty(t *testing.T) {
	t.Parallel()
	spaces := func(n int) string { return "{" + strings.Repeat(" ", n-2) + "}" }
	check.Rows(t, func(_ *testing.T, value string) bool { return isEmpty(json.RawMessage(value)) }, map[string]check.Row[string, bool]{
		"a missing value":              {"", true},
		"null":                         {"null", true},
		"an empty text":                {`""`, true},
		"an empty object":              {"{ \n}", true},
		"an empty list":                {"[\t]", true},
		"the longest value compared":   {spaces(maxComparedValue - 1), true},
		"a value that is not compared": {spaces(maxComparedValue), false},
		"a space":                      {`" "`, false},
		"zero":                         {"0", false},
		"false":                        {"false", false},
		"the text null":                {`"null"`, false},
		"an object with a null":        {`{"a":null}`, false},
		"a list with a null":           {"[null]", false},
	})
}

func TestValueText(t *testing.T) {
	t.Parallel()
	text := func(n int) string { return strings.Repeat("x", n-2) }
	longest, tooLong := text(maxComparedValue-1), `"`+text(maxComparedValue)+`"`
	check.Rows(t, func(_ *testing.T, value string) string { return valueText(json.RawMessage(value)) }, map[string]check.Row[string, string]{
		"a text":                      {`"a\u0062"`, "ab"},
		"an empty text":               {`""`, ""},
		"the text null":               {`"null"`, "null"},
		"null":                        {"null", "null"},
		"a number keeps its digits":   {"1.10", "1.10"},
		"true":                        {"true", "true"},
		"an object":                   {`{ "a":1}`, `{ "a":1}`},
		"a missing value":             {"", ""},
		"the longest text compared":   {`"` + longest + `"`, longest},
		"a text that is not compared": {tooLong, tooLong},
	})
}

func TestDecimalRE(t *testing.T) {
	t.Parallel()
	digits := strings.Repeat("9", 30)
	check.Rows(t, func(_ *testing.T, text string) bool { return decimalRE.MatchString(text) }, map[string]check.Row[string, bool]{
		"a whole number":          {"7", true},
		"a negative fraction":     {"-0.50", true},
		"an exponent of two":      {"1E+99", true},
		"30 digits on both sides": {digits + "." + digits, true},
		"an exponent of three":    {"1e100", false},
		"31 digits":               {digits + "9", false},
		"31 digits of a fraction": {"0." + digits + "9", false},
		"no digit before a point": {".5", false},
		"no digit after a point":  {"5.", false},
		"a plus sign":             {"+1", false},
		"a space":                 {" 1", false},
		"a line break at the end": {"1\n", false},
		"hexadecimal":             {"0x10", false},
		"no number":               {"NaN", false},
		"an empty text":           {"", false},
	})
}
