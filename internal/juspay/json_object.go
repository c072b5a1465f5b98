// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

var (
	// errNotJSON reports a response that no JSON parser accepts: a sign-in page, a proxy's
	// error, a body that was cut short.
	errNotJSON = errors.New("the response is not JSON")
	// errByteOrderMark and errUTF16 report encodings that JSON must not have (RFC 8259, section 8.1).
	errByteOrderMark = errors.New("the response begins with a byte order mark (U+FEFF), which JSON must not have")
	errUTF16         = errors.New("the response is in UTF-16, and JSON must be in UTF-8")
)

// maxFields is far above what Juspay sends, and bounds the memory that a small
// body of tiny fields takes.
const maxFields = 200

// jsonObject has the fields of a JSON object, named as in the object.
type jsonObject = map[string]json.RawMessage

// splitObject splits a JSON object into its fields, whose values are parts of body. A
// response that two parsers could read differently is an error. encoding/json is less
// strict: it takes the last of two fields of one name, matches names in any case, and
// replaces invalid UTF-8.
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
