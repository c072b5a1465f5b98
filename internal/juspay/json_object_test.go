// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// TestDecodeAccount_Rejects has more bodies that are not an object.
func TestSplitObject(t *testing.T) {
	t.Parallel()
	checkMessages(t, func(body string) error {
		_, err := splitObject([]byte(body))
		return err
	}, map[string]textRow{
		"an empty object":             {`{}`, ""},
		"whitespace around an object": {" {} \n", ""},
		"as many fields as can be":    {"{" + manyFields + "}", ""},
		"more fields than can be":     {"{" + manyFields + `,"y":1}`, "the response has more than 200 fields"},
		"a name in two cases":         {`{"a":1,"A":2}`, ""},
		"a name twice":                {`{"a":1,"a":1}`, "the response has two fields of one name"},
		"an escaped name twice":       {`{"a":1,"\u0061":2}`, "the response has two fields of one name"},
		"a name twice within a value": {`{"a":{"b":1,"b":2}}`, ""},
		"an array":                    {`[{}]`, "the response is JSON, but not an object"},
		"an object and more":          {`{}{}`, "the response is not JSON"},
		"an object without an end":    {`{"a":1`, "the response is not JSON"},
		"a comma before the end":      {`{"a":1,}`, "the response is not JSON"},
		"invalid UTF-8":               {"{\"a\":\"\xff\"}", "the response is not JSON"},
		"a byte order mark":           {"\ufeff{}", "the response begins with a byte order mark (U+FEFF), which JSON must not have"},
		"UTF-16, little-endian":       {"\xff\xfe{\x00}\x00", "the response is in UTF-16, and JSON must be in UTF-8"},
		"UTF-16, big-endian":          {"\xfe\xff\x00{\x00}", "the response is in UTF-16, and JSON must be in UTF-8"},
	})
}

func TestSplitObject_KeepsValuesAsTheyAre(t *testing.T) {
	t.Parallel()
	got := map[string]string{}
	for name, value := range check.Must(splitObject([]byte(` { "a" : 1.10 , "\u0062":"\u0031", "C":{ "d" : [ ] },"":null } `))) {
		got[name] = string(value)
	}
	check.Equal(t, "the fields", got, map[string]string{"a": "1.10", "b": `"\u0031"`, "C": `{ "d" : [ ] }`, "": "null"})
}

// The first field that is unreadable is the one to report.
func TestFieldReader_KeepsTheFirstError(t *testing.T) {
	t.Parallel()
	r := &fieldReader{fields: check.Must(splitObject([]byte(`{"a":"x","b":7,"c":[]}`)))}
	check.Equal(t, "the text of a", r.text("a"), "x")
	check.NoError(t, "after a text", r.err)
	check.Equal(t, "the text of b, a number", r.text("b"), "")
	check.Equal(t, "the text of c, a list", r.text("c"), "")
	check.ErrorText(t, "after a number and a list", r.err, "the response's field b is not a string without control characters of at most 1 KiB, but a number")
}

func TestFieldReader_AnyText(t *testing.T) {
	t.Parallel()
	tooLong := `"` + strings.Repeat("x", maxLiteral) + `"`
	check.Rows(t, func(_ *testing.T, body string) string {
		return (&fieldReader{fields: check.Must(splitObject([]byte(body)))}).anyText("a", "b")
	}, map[string]check.Row[string, string]{
		"the first of two texts":                    {`{"a":"1","b":"2"}`, "1"},
		"the second beside an empty text":           {`{"a":"","b":"2"}`, "2"},
		"the second beside a number":                {`{"a":1,"b":"2"}`, "2"},
		"the second beside a text that is too long": {`{"a":` + tooLong + `,"b":"2"}`, "2"},
		"neither field":                             {`{"c":"3"}`, ""},
	})
}
