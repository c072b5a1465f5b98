// SPDX-License-Identifier: MPL-2.0

package fields

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/redact"
)

// Reader reads the fields of one object, and keeps the first error. For it, null, "" and a
// missing field are the same.
type Reader struct {
	Fields Object
	Err    error // the first error, nil for none
}

// maxText is the maximum size in bytes of a text that is kept, far above any status,
// timestamp or VPA.
const maxText = 1 << 10

// Text returns a text that can be shown on a terminal.
func (r *Reader) Text(name string) string {
	value, isUnreadable := r.OptionalText(name)
	if isUnreadable {
		r.fail(name, "a string without control characters of at most 1 KiB")
	}
	return value
}

// OptionalText returns a text that is information only. A value in any other form is unreadable.
func (r *Reader) OptionalText(name string) (value string, isUnreadable bool) {
	raw, ok := r.Fields[name]
	if ok && (json.Unmarshal(raw, &value) != nil || len(value) > maxText || strings.ContainsFunc(value, IsInvisible)) {
		return "", true
	}
	return value, false
}

// Decimal returns a number, or a text that contains one, without a detour through binary floating
// point. It is information only. A value in any other form is unreadable.
func (r *Reader) Decimal(name string) (number json.Number, isUnreadable bool) {
	raw := r.Fields[name]
	literal := valueText(raw)
	switch {
	case literal == "", string(raw) == "null": // and not the text "null"
		return "", false
	case !decimalRE.MatchString(literal):
		return "", true
	}
	return json.Number(literal), false
}

// Object returns a reader of a field that is an object.
func (r *Reader) Object(name string) *Reader {
	if isEmpty(r.Fields[name]) {
		return &Reader{}
	}
	fields, err := Split(r.Fields[name])
	switch {
	case errors.Is(err, errTooManyFields):
		r.Err = cmp.Or(r.Err, fmt.Errorf("the response's field %s %w", name, errTooManyFields))
	case err != nil:
		r.fail(name, "an object with each field once")
	}
	return &Reader{Fields: fields}
}

// OptionalObject returns a reader of an object that is information only. A value that is not an object is
// unreadable. An object that Split rejects is an error.
func (r *Reader) OptionalObject(name string) (object *Reader, isUnreadable bool) {
	if raw := r.Fields[name]; !isEmpty(raw) && raw[0] != '{' {
		return &Reader{}, true
	}
	return r.Object(name), false
}

// maxLiteral is the maximum size in bytes of a text in JSON that AnyText decodes. Of the text,
// redact.MaxExamined bytes are examined at most. An escape, such as \u0041, takes six bytes for one.
const maxLiteral = 8 * redact.MaxExamined

// AnyText returns the first text that is not empty.
func (r *Reader) AnyText(names ...string) (value string) {
	for _, name := range names {
		var text string
		if raw := r.Fields[name]; len(raw) < maxLiteral {
			_ = json.Unmarshal(raw, &text)
		}
		value = cmp.Or(value, text)
	}
	return value
}

func (r *Reader) fail(name, want string) {
	got := ""
	if raw := r.Fields[name]; len(raw) > 0 && strings.IndexByte("-0123456789", raw[0]) >= 0 {
		got = ", but a number"
	}
	r.Err = cmp.Or(r.Err, fmt.Errorf("the response's field %s is not %s%s", name, want, got))
}
