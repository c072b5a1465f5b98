// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"
)

// errNotJSON reports a response that no JSON parser accepts: a sign-in page, a proxy's
// error, a body that was cut short.
var errNotJSON = errors.New("the response is not JSON")

// maxFields is far above what Juspay sends, and bounds the memory that a small
// body of tiny fields takes.
const maxFields = 200

// decodeObject splits a JSON object into its fields. A response that two parsers could
// read differently is an error. encoding/json is less strict: it takes the last of two
// fields of one name, matches names in any case, and replaces invalid UTF-8.
func decodeObject(body []byte) (map[string]json.RawMessage, error) {
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
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, errNotJSON
		}
		fields[name] = value
	}
	if _, err := dec.Token(); err != nil {
		return nil, errNotJSON
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errNotJSON
	}
	return fields, nil
}

// decoder reads the fields of one object and keeps the first error. For it,
// null, "" and a missing field are the same.
type decoder struct {
	fields     map[string]json.RawMessage
	unreadable map[string]bool // information-only fields whose values have an unknown form
	err        error
}

// maxText is the maximum size in bytes of a text that is kept, far above any status,
// timestamp or VPA.
const maxText = 1 << 10

// text returns a text that can be shown on a terminal.
func (d *decoder) text(name string) string {
	value, ok := d.printable(name)
	if !ok {
		d.fail(name, "a string without control characters of at most 1 KiB")
	}
	return value
}

// printable returns a text that can be shown on a terminal, or false for any other value.
func (d *decoder) printable(name string) (value string, ok bool) {
	raw, ok := d.fields[name]
	if !ok {
		return "", true
	}
	if err := json.Unmarshal(raw, &value); err != nil || len(value) > maxText || strings.ContainsFunc(value, isInvisible) {
		return "", false
	}
	return value, true
}

// timestamp returns a text that is information only.
func (d *decoder) timestamp(name string) string {
	value, ok := d.printable(name)
	if !ok {
		d.unreadable[name] = true
	}
	return value
}

// decimalRE bounds the digits and the exponent, since a literal of a few characters such
// as 1e999999999 can express a number that fills the memory.
var decimalRE = regexp.MustCompile(`^-?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?$`)

// decimal returns a number, or a text that holds one, without a detour through binary
// floating point. It is information only.
func (d *decoder) decimal(name string) json.Number {
	literal, ok := string(d.fields[name]), true
	if strings.HasPrefix(literal, `"`) {
		literal, ok = d.printable(name)
	}
	switch {
	case ok && (literal == "" || literal == "null"):
		return ""
	case !ok || !decimalRE.MatchString(literal):
		d.unreadable[name] = true
		return ""
	}
	return json.Number(literal)
}

// object returns a decoder of a field that is an object.
func (d *decoder) object(name string) *decoder {
	if value := decodeAny(d.fields[name]); value == nil || value == "" {
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
func (d *decoder) details(omitVPA bool) *decoder {
	const name = "account_details"
	value := decodeAny(d.fields[name])
	if _, isObject := value.(map[string]any); omitVPA && !isObject && !isEmpty(value) {
		d.unreadable[name] = true
		return &decoder{}
	}
	return d.object(name)
}

// anyText returns a text without any check, and "" for a value of another type.
func (d *decoder) anyText(name string) (value string) {
	_ = json.Unmarshal(d.fields[name], &value)
	return value
}

func (d *decoder) fail(name, want string) {
	if d.err == nil {
		d.err = fmt.Errorf("the response's field %s is not %s", name, want)
	}
}
