// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	"encoding/json"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/redact"
)

// fieldError is an error about one field of a response.
type fieldError struct {
	reason Reason
	text   string
	// entry is the entry of Config.AcceptedFields that accepts the field, empty if none does.
	entry string
}

func (e *fieldError) Error() string { return e.text }

// newFieldError returns an error that names a field that broke its rule. It shows the value if the rule
// says so and if it can be shown: unknown fields, and copies of ids and of the VPA, may be personal.
func newFieldError(redactor redact.Redactor, rule fieldRule, name string, value json.RawMessage) error {
	text, entry, shown := "a field whose name is not shown", "", ""
	if shownName := displayFieldName(redactor, name); shownName != HiddenName {
		text, entry = "the field "+shownName, shownName
	}
	if rule.showsValue {
		shown = displayFieldValue(redactor, value)
	}
	if shown != "" {
		text += " (" + shown + ")"
	}
	if accountFields[simpleName(name)].good != "" {
		entry += "=" + cmp.Or(shown, "VALUE") // a placeholder for a value that is not shown
	}
	if rule.isCopy() || ValidateAcceptedField("", entry) != nil {
		entry = ""
	}
	return &fieldError{rule.reason, text + " " + rule.problem, entry}
}
