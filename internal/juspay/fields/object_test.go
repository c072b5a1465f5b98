// SPDX-License-Identifier: MPL-2.0

package fields

import (
	"fmt"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

func TestSplit(t *testing.T) {
	t.Parallel()
	var members []string
	for i := range maxFields {
		members = append(members, fmt.Sprintf(`"x%d":1`, i))
	}
	manyFields := strings.Join(members, ",")
	check.Rows(t, func(_ *testing.T, body string) string {
		_, err := Split([]byte(body))
		return check.TextOf(err)
	}, map[string]check.Row[string, string]{
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

func TestSplit_KeepsValuesAsTheyAre(t *testing.T) {
	t.Parallel()
	got := map[string]string{}
	for name, value := range check.Must(Split([]byte(` { "a" : 1.10 , "\u0062":"\u0031", "C":{ "d" : [ ] },"":null } `))) {
		got[name] = string(value)
	}
	check.Equal(t, "the fields", got, map[string]string{"a": "1.10", "b": `"\u0031"`, "C": `{ "d" : [ ] }`, "": "null"})
}

func TestElements(t *testing.T) {
	t.Parallel()
	check.Rows(t, func(_ *testing.T, array string) (got []string) {
		for i, element := range Elements([]byte(array)) {
			got = append(got, fmt.Sprint(i, " ", string(element)))
		}
		return got
	}, map[string]check.Row[string, []string]{
		"an empty array has none":        {"[ ]", nil},
		"elements keep their whitespace": {`[ {"a" : 1}, [ 2 ],"3" ]`, []string{`0 {"a" : 1}`, "1 [ 2 ]", `2 "3"`}},
	})
}
