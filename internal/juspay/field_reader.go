// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
)

// fieldReader reads the fields of one object and keeps the first error. For it, null, "" and a
// missing field are the same.
type fieldReader struct {
	fields jsonObject
	err    error
}

// maxText is the maximum size in bytes of a text that is kept, far above any status,
// timestamp or VPA.
const maxText = 1 << 10

// text returns a text that can be shown on a terminal.
func (r *fieldReader) text(name string) string {
	value, isUnreadable := r.optionalText(name)
	if isUnreadable {
		r.fail(name, "a string without control characters of at most 1 KiB")
	}
	return value
}

// optionalText returns a text that is information only, and whether it is any other value.
func (r *fieldReader) optionalText(name string) (value string, isUnreadable bool) {
	raw, ok := r.fields[name]
	if ok && (json.Unmarshal(raw, &value) != nil || len(value) > maxText || strings.ContainsFunc(value, isInvisible)) {
		return "", true
	}
	return value, false
}

// decimal returns a number, or a text that contains one, without a detour through binary
// floating point. It is information only.
func (r *fieldReader) decimal(name string) (number json.Number, isUnreadable bool) {
	literal := valueText(r.fields[name])
	switch {
	case literal == "", literal == "null":
		return "", false
	case !decimalRE.MatchString(literal):
		return "", true
	}
	return json.Number(literal), false
}

// object returns a reader of a field that is an object.
func (r *fieldReader) object(name string) *fieldReader {
	if isEmpty(r.fields[name]) {
		return &fieldReader{}
	}
	fields, err := splitObject(r.fields[name])
	if err != nil {
		r.fail(name, "an object with each field once")
	}
	return &fieldReader{fields: fields}
}

// accountDetails returns a reader of account_details. If the VPA is omitted, the field is
// information only, and may have any form.
func (r *fieldReader) accountDetails(options ReadOptions) (details *fieldReader, isUnreadable bool) {
	const name = "account_details"
	if value := r.fields[name]; options.OmitVPA && !isEmpty(value) && value[0] != '{' {
		return &fieldReader{}, true
	}
	return r.object(name), false
}

// anyText returns the text of the first field that is one, and not too long to be shown.
func (r *fieldReader) anyText(names ...string) (value string) {
	for _, name := range names {
		var text string
		if raw := r.fields[name]; len(raw) < 8*maxRead {
			_ = json.Unmarshal(raw, &text)
		}
		value = cmp.Or(value, text)
	}
	return value
}

func (r *fieldReader) fail(name, want string) {
	got := ""
	if raw := r.fields[name]; len(raw) > 0 && strings.IndexByte("-0123456789", raw[0]) >= 0 {
		got = ", but a number"
	}
	r.err = cmp.Or(r.err, fmt.Errorf("the response's field %s is not %s%s", name, want, got))
}
