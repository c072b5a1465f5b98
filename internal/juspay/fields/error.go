// SPDX-License-Identifier: MPL-2.0

package fields

import (
	"cmp"
	"encoding/json"
	"regexp"
	"strings"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/redact"
)

// Error is an error about one field of a response.
type Error struct {
	Reason string // the reason, as the table names it
	Entry  string // the entry that makes a Checker accept the field, "" if none does
	text   string
}

// Error names the field, and says what it does.
func (e *Error) Error() string { return e.text }

// newError returns an error that names a field that broke its rule. It shows the value if the rule
// has good values and if it can be shown: unknown fields, and copies of ids and of the VPA, may be personal.
func newError(redactor redact.Redactor, rule fieldRule, name string, value json.RawMessage) error {
	text, entry, shownValue := "a field whose name is not shown", "", ""
	if rule.good != "" {
		shownValue = displayValue(redactor, value)
	}
	if shownName := displayName(redactor, name); shownName != redact.Hidden {
		text, entry = "the field "+shownName, acceptedEntry(rule, shownName, shownValue)
	}
	if shownValue != "" {
		text += " (" + shownValue + ")"
	}
	return &Error{Reason: rule.reason, Entry: entry, text: text + " " + rule.problem}
}

// acceptedEntry returns the entry that makes a Checker accept a field that broke its rule, "" if none does. Entries
// are of the table of accounts, whatever table the rule is from. shownName may have the escapes of escapeName.
func acceptedEntry(rule fieldRule, shownName, shownValue string) string {
	entry := shownName
	if accountFields[parseAcceptedField(shownName).name].good != "" {
		entry += "=" + cmp.Or(shownValue, "VALUE") // a placeholder for a value that is not shown
	}
	if rule.isCopy() || ValidateAccepted("", entry) != nil { // a copy in account_details has no entry
		return ""
	}
	return entry
}

// displayName returns the name of a field in ASCII. It hides a name that is empty, contains a part of
// a secret, looks like a personal identifier, or is longer than any name of a field. A known name says nothing of
// a secret that has a part of it.
func displayName(redactor redact.Redactor, name string) string {
	_, isKnown := accountFields[simpleName(name)]
	if name == "" || len(name) > maxName || redactor.HideSecrets(name) != name || redact.ID(name) != name || !isKnown && redactor.HasSecretFragment(name) {
		return redact.Hidden
	}
	return escapeName(name)
}

// shortValueRE matches short numbers and codes, such as U16. A short name matches too, which
// reliability.md says.
var shortValueRE = regexp.MustCompile(`^[A-Za-z0-9._/-]{1,6}$`)

// displayValue returns the value of a field if it is a boolean, a short number or code, or
// words that Redactor.Message shows, and "" otherwise.
func displayValue(redactor redact.Redactor, value json.RawMessage) string {
	text := valueText(value)
	if len(text) > 64 || redactor.HideSecrets(text) != text || redactor.HasSecretFragment(text) || strings.ContainsAny(text, `{["`) {
		return ""
	}
	if shortValueRE.MatchString(text) || redactor.Message(text) == text {
		return text
	}
	return ""
}
