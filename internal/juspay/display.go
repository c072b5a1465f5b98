// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/redact"
)

// HiddenName is shown in place of a field's name that may be secret or personal.
const HiddenName = redact.Hidden

// apiHeaders are the headers that Juspay's own messages name.
var apiHeaders = strings.Fields("x-routing-id x-merchantid")

// isAPIName reports whether a word is a field of the reference page, as it is spelled there, or one of
// apiHeaders.
func isAPIName(word string) bool {
	return pageFields[simpleName(word)].original == word || slices.Contains(apiHeaders, strings.ToLower(word))
}

// displayURLPath returns the path of u with its segments as redact.ID shows identifiers.
func displayURLPath(u *url.URL) string {
	segments := strings.Split(u.EscapedPath(), "/")
	for i, segment := range segments {
		if id, err := url.PathUnescape(segment); err == nil && redact.ID(id) != id {
			segments[i] = redact.ID(id)
		}
	}
	return strings.Join(segments, "/")
}

// displayIDPair returns the id that Juspay returned and the requested one, quoted. Where they look the
// same, as they do with other whitespace or another Unicode form, both are in ASCII.
func displayIDPair(redactor redact.Redactor, returned, requested string) (shownReturned, shownRequested string) {
	look := func(id string) string { return strings.Join(strings.Fields(norm.NFKC.String(id)), "") }
	if look(returned) == look(requested) && redact.ID(returned) == returned {
		return fmt.Sprintf("%+q", returned), fmt.Sprintf("%+q", redact.ID(requested))
	}
	return fmt.Sprintf("%q", redactor.Text(returned)), fmt.Sprintf("%q", redact.ID(requested))
}

// displayFieldName returns the name of a field in ASCII. It hides a name that is empty, contains a part of
// a secret, looks like a personal identifier, or is longer than any name of a field.
func displayFieldName(redactor redact.Redactor, name string) string {
	if name == "" || len(name) > maxName || redactor.HideSecrets(name) != name || redact.ID(name) != name {
		return HiddenName
	}
	return escapeName(name)
}

// shortValueRE matches short numbers and codes, such as U16. A short name matches too, which
// reliability.md says.
var shortValueRE = regexp.MustCompile(`^[A-Za-z0-9._/-]{1,6}$`)

// displayFieldValue returns the value of a field if it is a boolean, a short number or code, or
// words that Redactor.Message shows, and "" otherwise.
func displayFieldValue(redactor redact.Redactor, value json.RawMessage) string {
	text := valueText(value)
	if len(text) > 64 || redactor.HideSecrets(text) != text || redactor.HasSecretFragment(text) || strings.ContainsAny(text, `{["`) {
		return ""
	}
	if shortValueRE.MatchString(text) || redactor.Message(text) == text {
		return text
	}
	return ""
}
