// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

var (
	// errDoubt reports an account that contradicts itself, such as an ACTIVE one that is blocked.
	errDoubt = errors.New("the response contradicts itself")
	// errUnknownField reports a field that is in no fieldTable, where it must be.
	errUnknownField = errors.New("the response has an unknown field")
	// errReported reports a response that has an error in place of an account.
	errReported = errors.New("the response reports an error")
	// errIncomplete reports a list that may lack accounts of the customer.
	errIncomplete = errors.New("the list may be incomplete")
)

// fieldError is an error about one field of a response. Its kind is one of the errors above.
type fieldError struct {
	kind error
	text string
	// entry of Config.AcceptedFields accepts the field. It is empty if none does.
	entry string
}

func (e *fieldError) Error() string { return e.text }
func (e *fieldError) Unwrap() error { return e.kind }

// newFieldError returns an error that names a field, shows its value if it can be shown,
// and goes on with problem. The value of an unknown field is left out: it may be personal.
func (r redactor) newFieldError(kind error, name string, value json.RawMessage, problem string) *fieldError {
	field := "a field whose name is not shown"
	if shown := r.fieldName(name); shown != HiddenName {
		field = "the field " + shown
	}
	if shown := r.fieldValue(value); shown != "" {
		field += " (" + shown + ")"
	}
	return &fieldError{kind: kind, text: field + " " + problem}
}

// acceptedBy returns the error with the entry that accepts the field, if any does: its name, or
// with onlyValue its name and its value, or the placeholder VALUE for a value that cannot be shown.
func (r redactor) acceptedBy(e *fieldError, name string, value json.RawMessage, onlyValue bool) error {
	e.entry = r.fieldName(name)
	if onlyValue {
		e.entry += "=" + cmp.Or(r.fieldValue(value), "VALUE")
	}
	if !CanAcceptField(e.entry) {
		e.entry = ""
	}
	return e
}

// HiddenName is shown in place of a field's name that may be secret or personal.
const HiddenName = redacted

var specialCharRE = regexp.MustCompile(`[^A-Za-z0-9_.-]`)

// fieldName returns the name of a field in ASCII. It hides a name that is empty, holds a part of
// a secret, looks like a personal identifier, or is longer than any name of a field.
func (r redactor) fieldName(name string) string {
	if name == "" || len(name) > maxName || r.hide(name) != name || DisplayID(name) != name {
		return HiddenName
	}
	return escapeName(name)
}

// escapeName writes all characters but ASCII letters, digits, "_", "-" and "." as \u0000 or
// \U00000000, as in strings of Go.
func escapeName(name string) string {
	return specialCharRE.ReplaceAllStringFunc(name, func(char string) string {
		code := []rune(char)[0]
		if code > 0xffff {
			return fmt.Sprintf(`\U%08x`, code)
		}
		return fmt.Sprintf(`\u%04x`, code)
	})
}

// shortValueRE matches numbers and codes that are too short to be personal.
var shortValueRE = regexp.MustCompile(`^[A-Za-z0-9._/-]{1,6}$`)

// fieldValue returns the value of a field if it is a boolean, a short number or code, or
// words that message shows, and "" otherwise.
func (r redactor) fieldValue(value json.RawMessage) string {
	text := valueText(value)
	if isEmpty(value) || len(text) > 64 || r.hide(text) != text || r.holdsFragment(text) || strings.ContainsAny(text, `{["`) {
		return ""
	}
	if shortValueRE.MatchString(text) || r.message(text) == text {
		return text
	}
	return ""
}
