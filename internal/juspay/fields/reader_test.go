// SPDX-License-Identifier: MPL-2.0

package fields

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// readerOf returns a reader of an object whose field is value, or missing if that is "".
func readerOf(value string) *Reader {
	if value == "" {
		return &Reader{Fields: Object{}}
	}
	return &Reader{Fields: Object{"field": json.RawMessage(value)}}
}

// read is the result of a Reader.
type read struct {
	Value        string
	IsUnreadable bool
	Err          string
}

// TestReader_Text reads each value as a text that is necessary, and as one that is information only.
func TestReader_Text(t *testing.T) {
	t.Parallel()
	const (
		notText = "the response's field field is not a string without control characters of at most 1 KiB"
		maximum = maxText
	)
	text := func(size int) string { return strings.Repeat("a", size) }
	rows := map[string]check.Row[string, read]{
		"a text":                          {`"ACTIVE"`, read{"ACTIVE", false, ""}},
		"an empty text":                   {`""`, read{}},
		"null":                            {`null`, read{}},
		"a field that is missing":         {"", read{}},
		"a text of the maximum size":      {`"` + text(maximum) + `"`, read{text(maximum), false, ""}},
		"a longer text":                   {`"` + text(maximum+1) + `"`, read{"", true, notText}},
		"a text with a control character": {`"a\u0007b"`, read{"", true, notText}},
		"a number":                        {`7`, read{"", true, notText + ", but a number"}},
		"a negative number":               {`-7`, read{"", true, notText + ", but a number"}},
		"a list":                          {`["a"]`, read{"", true, notText}},
		"a boolean":                       {`true`, read{"", true, notText}},
	}
	check.Rows(t, func(_ *testing.T, value string) read {
		necessary, optional := readerOf(value), readerOf(value)
		got := read{Value: necessary.Text("field"), Err: check.TextOf(necessary.Err)}
		var optionalValue string
		optionalValue, got.IsUnreadable = optional.OptionalText("field")
		if optionalValue != got.Value || optional.Err != nil {
			return read{Value: "OptionalText: " + optionalValue, Err: check.TextOf(optional.Err)}
		}
		return got
	}, rows)
}

func TestReader_Decimal(t *testing.T) {
	t.Parallel()
	check.Rows(t, func(_ *testing.T, value string) read {
		r := readerOf(value)
		number, isUnreadable := r.Decimal("field")
		return read{number.String(), isUnreadable, check.TextOf(r.Err)}
	}, map[string]check.Row[string, read]{
		"a number":                {`1.10`, read{"1.10", false, ""}},
		"a text with a number":    {`"1.10"`, read{"1.10", false, ""}},
		"a negative number":       {`-1`, read{"-1", false, ""}},
		"null":                    {`null`, read{}},
		"an empty text":           {`""`, read{}},
		"a field that is missing": {"", read{}},
		"the text null":           {`"null"`, read{"", true, ""}},
		"a text":                  {`"one"`, read{"", true, ""}},
		"a list":                  {`[1]`, read{"", true, ""}},
		"a boolean":               {`true`, read{"", true, ""}},
	})
}

// TestReader_Object reads each value as an object that is necessary, and as one that is information only. The
// result is the object's field a.
func TestReader_Object(t *testing.T) {
	t.Parallel()
	const notObject = "the response's field field is not an object with each field once"
	rows := map[string]check.Row[string, read]{
		"an object":               {`{"a":"b"}`, read{"b", false, ""}},
		"an empty object":         {`{}`, read{}},
		"null":                    {`null`, read{}},
		"a field that is missing": {"", read{}},
		"a text":                  {`"b"`, read{"", true, notObject}},
		"a list":                  {`["b"]`, read{"", true, notObject}},
		"a number":                {`7`, read{"", true, notObject + ", but a number"}},
	}
	check.Rows(t, func(_ *testing.T, value string) read {
		necessary, optional := readerOf(value), readerOf(value)
		got := read{Value: necessary.Object("field").Text("a"), Err: check.TextOf(necessary.Err)}
		object, isUnreadable := optional.OptionalObject("field")
		got.IsUnreadable = isUnreadable
		if object.Text("a") != got.Value || optional.Err != nil {
			return read{Value: "OptionalObject: " + object.Text("a"), Err: check.TextOf(optional.Err)}
		}
		return got
	}, rows)

	t.Run("an object with a field twice is an error for both", func(t *testing.T) {
		t.Parallel()
		r := readerOf(`{"a":"b","a":"c"}`)
		_, isUnreadable := r.OptionalObject("field")
		check.Equal(t, "whether it is unreadable", isUnreadable, false)
		check.Equal(t, "the error", check.TextOf(r.Err), notObject)
	})
}

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
