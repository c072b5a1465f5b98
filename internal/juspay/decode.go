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

// errNotJSON is a response that no JSON parser accepts: a sign-in page, a proxy's
// error, a body that was cut short.
var errNotJSON = errors.New("the response is not JSON")

// maxFields is far above what Juspay sends, and bounds the memory that a small
// body of tiny fields takes.
const maxFields = 200

// decodeObject splits a JSON object into its fields. It is stricter than
// encoding/json, which would take the last of two fields of one name, match
// names in any case, and mend text that is not UTF-8: a response that two
// parsers could read differently is an error.
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
	fields map[string]json.RawMessage
	err    error
}

func (d *decoder) text(name string) string {
	raw, ok := d.fields[name]
	if !ok {
		return ""
	}
	var value string
	if err := json.Unmarshal(raw, &value); err != nil {
		d.fail(name, "a string")
	}
	return value
}

// decimalLiteral bounds the digits and the exponent, since a literal of a few
// characters such as 1e999999999 can stand for a number that fills the memory.
var decimalLiteral = regexp.MustCompile(`^-?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?$`)

// decimal takes a number, or a string that holds one, without a detour through
// binary floating point.
func (d *decoder) decimal(name string) json.Number {
	literal := string(d.fields[name])
	if strings.HasPrefix(literal, `"`) {
		literal = d.text(name)
	}
	if literal == "" || literal == "null" {
		return ""
	}
	if !decimalLiteral.MatchString(literal) {
		d.fail(name, "a decimal number of at most 30 digits before and after the point")
		return ""
	}
	return json.Number(literal)
}

func (d *decoder) object(name string) *decoder {
	raw := d.fields[name]
	if len(raw) == 0 || string(raw) == "null" || string(raw) == `""` {
		return &decoder{}
	}
	fields, err := decodeObject(raw)
	if err != nil {
		d.fail(name, "an object with each field once")
	}
	return &decoder{fields: fields}
}

// isEmpty reports whether a field is missing, or has a value that says nothing.
func isEmpty(raw json.RawMessage) bool {
	switch strings.Join(strings.Fields(string(raw)), "") {
	case "", "null", `""`, "{}", "[]":
		return true
	}
	return false
}

func (d *decoder) fail(name, want string) {
	if d.err == nil {
		d.err = fmt.Errorf("the response's field %s is not %s", name, want)
	}
}
