// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	"errors"
	"fmt"
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
	if isKnown := f.fieldRule != (fieldRule{}); isKnown && value != "" {
		text += " (" + value + ")"
	}
	if accountFields[simpleName(f.name)].good != "" {
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
		return fmt.Errorf("%w: its fields %s and %s differ", errDoubt, escapeName(f.name), f.original)
	}
	return r.newFieldError(ReasonInDoubt, f, "is another spelling of "+f.original+" with another value")
}
