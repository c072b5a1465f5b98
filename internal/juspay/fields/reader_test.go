// SPDX-License-Identifier: MPL-2.0

package fields

import (
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// The first field that is unreadable is the one to report.
func TestReader_KeepsTheFirstError(t *testing.T) {
	t.Parallel()
	r := &Reader{Fields: check.Must(Split([]byte(`{"a":"x","b":7,"c":[]}`)))}
	check.Equal(t, "the text of a", r.Text("a"), "x")
	check.NoError(t, "after a text", r.Err)
	check.Equal(t, "the text of b, a number", r.Text("b"), "")
	check.Equal(t, "the text of c, a list", r.Text("c"), "")
	check.ErrorText(t, "after a number and a list", r.Err, "the response's field b is not a string without control characters of at most 1 KiB, but a number")
}

func TestReader_AnyText(t *testing.T) {
	t.Parallel()
	tooLong := `"` + strings.Repeat("x", maxLiteral) + `"`
	check.Rows(t, func(_ *testing.T, body string) string {
		return (&Reader{Fields: check.Must(Split([]byte(body)))}).AnyText("a", "b")
	}, map[string]check.Row[string, string]{
		"the first of two texts":                    {`{"a":"1","b":"2"}`, "1"},
		"the second beside an empty text":           {`{"a":"","b":"2"}`, "2"},
		"the second beside a number":                {`{"a":1,"b":"2"}`, "2"},
		"the second beside a text that is too long": {`{"a":` + tooLong + `,"b":"2"}`, "2"},
		"neither field":                             {`{"c":"3"}`, ""},
	})
}
