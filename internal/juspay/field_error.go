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

// errDoubt reports an account that contradicts itself.
var errDoubt = errors.New("the response contradicts itself")

// fieldError is an error about one field of a response.
type fieldError struct {
	reason Reason
	text   string
	// entry of Config.AcceptedFields accepts the field. It is empty if none does.
	entry string
}

func (e *fieldError) Error() string { return e.text }

// newFieldError returns an error that names a field, shows the value of a known one if it can
// be shown, and goes on with problem. The value of an unknown field may be personal.
func (r redactor) newFieldError(reason Reason, f finding, problem string) error {
	text, entry := "a field whose name is not shown", ""
	if name := r.fieldName(f.name); name != HiddenName {
		text, entry = "the field "+name, name
	}
	value := r.fieldValue(f.value)
	if isKnown := f.isGood != nil || f.copyOf != ""; isKnown && value != "" {
		text += " (" + value + ")"
	}
	if accountFields[simpleName(f.name)].isGood != nil {
		entry += "=" + cmp.Or(value, "VALUE") // a placeholder for a value that is not shown
	}
	if ValidateAcceptedField("", entry) != nil {
		entry = ""
	}
	return &fieldError{reason, text + " " + problem, entry}
}

// newCopyError returns the error about a field that has another value than the field that it
// is a copy of.
func (r redactor) newCopyError(f finding) error {
	if simpleName(f.name) == "id" {
		return fmt.Errorf("%w: its fields %s and %s differ", errDoubt, escapeName(f.name), f.copyOf)
	}
	return r.newFieldError(ReasonInDoubt, f, "is another spelling of "+f.copyOf+" with another value")
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
	if len(text) > 64 || r.hide(text) != text || r.holdsFragment(text) || strings.ContainsAny(text, `{["`) {
		return ""
	}
	if shortValueRE.MatchString(text) || r.message(text) == text {
		return text
	}
	return ""
}
