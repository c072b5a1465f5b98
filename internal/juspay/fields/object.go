// SPDX-License-Identifier: MPL-2.0

package fields

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"unicode/utf8"
)

var (
	// ErrNotJSON reports a response that no JSON parser accepts: a sign-in page, a proxy's
	// error, a body that was cut short.
	ErrNotJSON = errors.New("the response is not JSON")
	// ErrByteOrderMark and ErrUTF16 report encodings that JSON must not have (RFC 8259, section 8.1).
	ErrByteOrderMark = errors.New("the response begins with a byte order mark (U+FEFF), which JSON must not have")
	ErrUTF16         = errors.New("the response is in UTF-16, and JSON must be in UTF-8")
)

// maxFields is the maximum number of fields of an object, far above what Juspay sends. It bounds the
// memory that a body of tiny fields takes.
const maxFields = 200

// errTooManyFields ends the sentence of an error about an object.
var errTooManyFields = fmt.Errorf("has more than %d fields", maxFields)

// Object has the fields of a JSON object, named as in the object.
type Object = map[string]json.RawMessage

// Split splits a JSON object into its fields, whose values are parts of body. A
// response that two parsers could read differently is an error. encoding/json is less
// strict: it takes the last of two fields of one name, matches names in upper or lower
// case, and replaces invalid UTF-8.
func Split(body []byte) (Object, error) {
	switch {
	case bytes.HasPrefix(body, []byte("\ufeff")):
		return nil, ErrByteOrderMark
	case bytes.HasPrefix(body, []byte("\xff\xfe")), bytes.HasPrefix(body, []byte("\xfe\xff")):
		return nil, ErrUTF16
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	open, err := dec.Token()
	if err != nil || !utf8.Valid(body) {
		return nil, ErrNotJSON
	}
	if open != json.Delim('{') {
		return nil, errors.New("the response is JSON, but not an object")
	}
	fields := Object{}
	for dec.More() {
		if len(fields) == maxFields {
			return nil, fmt.Errorf("the response %w", errTooManyFields)
		}
		token, err := dec.Token()
		if err != nil {
			return nil, ErrNotJSON
		}
		name, _ := token.(string) // Token accepts nothing else in its place
		if _, ok := fields[name]; ok {
			return nil, errors.New("the response has two fields of one name")
		}
		if fields[name], err = nextValue(dec, body); err != nil {
			return nil, ErrNotJSON
		}
	}
	if _, err := dec.Token(); err != nil {
		return nil, ErrNotJSON
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, ErrNotJSON
	}
	return fields, nil
}

// Elements returns the elements of an array that Split accepted, as parts of it.
func Elements(array json.RawMessage) iter.Seq2[int, json.RawMessage] {
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
