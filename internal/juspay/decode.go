// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

var (
	// errNotJSON reports a response that no JSON parser accepts: a sign-in page, a proxy's
	// error, a body that was cut short.
	errNotJSON = errors.New("the response is not JSON")
	// JSON is UTF-8, and does not begin with U+FEFF (RFC 8259, section 8.1).
	errByteOrderMark = errors.New("the response begins with a byte order mark (U+FEFF), which JSON must not have")
	errUTF16         = errors.New("the response is in UTF-16, and JSON must be in UTF-8")
)

// maxFields is far above what Juspay sends, and bounds the memory that a small
// body of tiny fields takes.
const maxFields = 200

// decodeObject splits a JSON object into its fields, whose values are parts of body. A
// response that two parsers could read differently is an error. encoding/json is less
// strict: it takes the last of two fields of one name, matches names in any case, and
// replaces invalid UTF-8.
func decodeObject(body []byte) (map[string]json.RawMessage, error) {
	switch {
	case bytes.HasPrefix(body, []byte("\ufeff")):
		return nil, errByteOrderMark
	case bytes.HasPrefix(body, []byte("\xff\xfe")), bytes.HasPrefix(body, []byte("\xfe\xff")):
		return nil, errUTF16
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	open, err := dec.Token()
	if err != nil || !utf8.Valid(body) {
		return nil, errNotJSON
	}
	if open != json.Delim('{') {
		return nil, errors.New("the response is JSON, but not an object")
	}
	fields := map[string]json.RawMessage{}
	for dec.More() {
		if len(fields) == maxFields {
			return nil, fmt.Errorf("the response has more than %d fields", maxFields)
		}
		token, err := dec.Token()
		if err != nil {
			return nil, errNotJSON
		}
		name, _ := token.(string) // Token accepts nothing else in its place
		if _, ok := fields[name]; ok {
			return nil, errors.New("the response has two fields of one name")
		}
		if fields[name], err = nextValue(dec, body); err != nil {
			return nil, errNotJSON
		}
	}
	if _, err := dec.Token(); err != nil {
		return nil, errNotJSON
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errNotJSON
	}
	return fields, nil
}

// nextValue returns the next value of a decoder of body as a part of body.
func nextValue(dec *json.Decoder, body []byte) (json.RawMessage, error) {
	var size valueSize
	err := dec.Decode(&size)
	end := int(dec.InputOffset())
	return body[end-int(size) : end], err
}

// valueSize is the size of a JSON value, which is not copied as it would be to a RawMessage.
type valueSize int

// UnmarshalJSON sets the size.
func (s *valueSize) UnmarshalJSON(value []byte) error {
	*s = valueSize(len(value))
	return nil
}

// decoder reads the fields of one object and keeps the first error. For it, null, "" and a
// missing field are the same.
type decoder struct {
	fields map[string]json.RawMessage
	err    error
}

// maxText is the maximum size in bytes of a text that is kept, far above any status,
// timestamp or VPA.
const maxText = 1 << 10

// text returns a text that can be shown on a terminal.
func (d *decoder) text(name string) string {
	value, isUnreadable := d.optionalText(name)
	if isUnreadable {
		d.fail(name, "a string without control characters of at most 1 KiB")
	}
	return value
}

// optionalText returns a text that is information only, and whether it is any other value.
func (d *decoder) optionalText(name string) (value string, isUnreadable bool) {
	raw, ok := d.fields[name]
	if ok && (json.Unmarshal(raw, &value) != nil || len(value) > maxText || strings.ContainsFunc(value, isInvisible)) {
		return "", true
	}
	return value, false
}

// decimal returns a number, or a text that contains one, without a detour through binary
// floating point. It is information only.
func (d *decoder) decimal(name string) (number json.Number, isUnreadable bool) {
	literal := valueText(d.fields[name])
	switch {
	case literal == "", literal == "null":
		return "", false
	case !decimalRE.MatchString(literal):
		return "", true
	}
	return json.Number(literal), false
}

// object returns a decoder of a field that is an object.
func (d *decoder) object(name string) *decoder {
	if isEmpty(d.fields[name]) {
		return &decoder{}
	}
	fields, err := decodeObject(d.fields[name])
	if err != nil {
		d.fail(name, "an object with each field once")
	}
	return &decoder{fields: fields}
}

// details returns a decoder of account_details. If the VPA is omitted, the field is
// information only, and may have any form.
func (d *decoder) details(omitVPA bool) (details *decoder, isUnreadable bool) {
	const name = "account_details"
	if value := d.fields[name]; omitVPA && !isEmpty(value) && value[0] != '{' {
		return &decoder{}, true
	}
	return d.object(name), false
}

// anyText returns the text of the first field that is one, and not too long to be shown.
func (d *decoder) anyText(names ...string) (value string) {
	for _, name := range names {
		var text string
		if raw := d.fields[name]; len(raw) < 8*maxRead {
			_ = json.Unmarshal(raw, &text)
		}
		value = cmp.Or(value, text)
	}
	return value
}

func (d *decoder) fail(name, want string) {
	got := ""
	if raw := d.fields[name]; len(raw) > 0 && strings.IndexByte("-0123456789", raw[0]) >= 0 {
		got = ", but a number"
	}
	d.err = cmp.Or(d.err, fmt.Errorf("the response's field %s is not %s%s", name, want, got))
}
