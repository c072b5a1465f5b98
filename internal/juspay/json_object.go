// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode/utf8"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/redact"
)

var (
	// errNotJSON reports a response that no JSON parser accepts: a sign-in page, a proxy's
	// error, a body that was cut short.
	errNotJSON = errors.New("the response is not JSON")
	// errByteOrderMark and errUTF16 report encodings that JSON must not have (RFC 8259, section 8.1).
	errByteOrderMark = errors.New("the response begins with a byte order mark (U+FEFF), which JSON must not have")
	errUTF16         = errors.New("the response is in UTF-16, and JSON must be in UTF-8")
)

// maxFields is the maximum number of fields of an object, far above what Juspay sends. It bounds the
// memory that a body of tiny fields takes.
const maxFields = 200

// jsonObject has the fields of a JSON object, named as in the object.
type jsonObject = map[string]json.RawMessage

// splitObject splits a JSON object into its fields, whose values are parts of body. A
// response that two parsers could read differently is an error. encoding/json is less
// strict: it takes the last of two fields of one name, matches names in upper or lower
// case, and replaces invalid UTF-8.
func splitObject(body []byte) (jsonObject, error) {
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
	fields := jsonObject{}
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

// elements returns the elements of an array that splitObject accepted, as parts of it.
func elements(array json.RawMessage) iter.Seq2[int, json.RawMessage] {
	return func(yield func(int, json.RawMessage) bool) {
		dec := json.NewDecoder(bytes.NewReader(array))
		_, _ = dec.Token() // [
		for i := 0; dec.More(); i++ {
			element, _ := nextValue(dec, array) // an error would make the element empty, which is no JSON
			if !yield(i, element) {
				return
			}
		}
	}
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

// optionalText returns a text that is information only. A value in any other form is unreadable.
func (r *fieldReader) optionalText(name string) (value string, isUnreadable bool) {
	raw, ok := r.fields[name]
	if ok && (json.Unmarshal(raw, &value) != nil || len(value) > maxText || strings.ContainsFunc(value, isInvisible)) {
		return "", true
	}
	return value, false
}

// decimal returns a number, or a text that contains one, without a detour through binary floating
// point. It is information only. A value in any other form is unreadable.
func (r *fieldReader) decimal(name string) (number json.Number, isUnreadable bool) {
	raw := r.fields[name]
	literal := valueText(raw)
	switch {
	case literal == "", string(raw) == "null": // and not the text "null"
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

// optionalObject returns a reader of an object that is information only. A value in any other form is
// unreadable.
func (r *fieldReader) optionalObject(name string) (object *fieldReader, isUnreadable bool) {
	if raw := r.fields[name]; !isEmpty(raw) && raw[0] != '{' {
		return &fieldReader{}, true
	}
	return r.object(name), false
}

// maxLiteral is the maximum size in bytes of a text in JSON that anyText decodes. Of the text,
// redact.MaxExamined bytes are examined at most. An escape, such as \u0041, takes six bytes for one.
const maxLiteral = 8 * redact.MaxExamined

// anyText returns the first text that is not empty.
func (r *fieldReader) anyText(names ...string) (value string) {
	for _, name := range names {
		var text string
		if raw := r.fields[name]; len(raw) < maxLiteral {
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
