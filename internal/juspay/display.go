// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// HiddenName is shown in place of a field's name that may be secret or personal.
const HiddenName = redacted

// DisplayID returns an identifier as errors and logs show it: whole, unless it may be an
// email address, a VPA or a phone number. Then only its first two characters are shown.
func DisplayID(id string) string {
	const phoneDigits = 7 // a phone number has at least as many
	hasPhoneDigits := len(digitRE.FindAllString(id, phoneDigits)) == phoneDigits
	mayBePhone := hasPhoneDigits && (!juspayIDRE.MatchString(id) || idWithDigitRunRE.MatchString(id))
	if !mayBePhone && !strings.ContainsRune(norm.NFKC.String(id), '@') {
		return id
	}
	runes := []rune(id)
	return string(runes[:min(2, len(runes))]) + redacted
}

var digitRE = regexp.MustCompile(`\pN`)

// displayURLPath returns the path of u with its segments as DisplayID shows identifiers.
func displayURLPath(u *url.URL) string {
	segments := strings.Split(u.EscapedPath(), "/")
	for i, segment := range segments {
		if id, err := url.PathUnescape(segment); err == nil && DisplayID(id) != id {
			segments[i] = DisplayID(id)
		}
	}
	return strings.Join(segments, "/")
}

// idPair returns the id that Juspay returned and the requested one, quoted. Where they look the
// same, as they do with other whitespace or another Unicode form, both are in ASCII.
func (r redactor) idPair(returned, requested string) (shownReturned, shownRequested string) {
	look := func(id string) string { return strings.Join(strings.Fields(norm.NFKC.String(id)), "") }
	if look(returned) == look(requested) && DisplayID(returned) == returned {
		return fmt.Sprintf("%+q", returned), fmt.Sprintf("%+q", DisplayID(requested))
	}
	return fmt.Sprintf("%q", r.text(returned)), fmt.Sprintf("%q", DisplayID(requested))
}

// fieldName returns the name of a field in ASCII. It hides a name that is empty, contains a part of
// a secret, looks like a personal identifier, or is longer than any name of a field.
func (r redactor) fieldName(name string) string {
	if name == "" || len(name) > maxName || r.hideSecrets(name) != name || DisplayID(name) != name {
		return HiddenName
	}
	return escapeName(name)
}

// shortValueRE matches numbers and codes that are too short to be personal.
var shortValueRE = regexp.MustCompile(`^[A-Za-z0-9._/-]{1,6}$`)

// fieldValue returns the value of a field if it is a boolean, a short number or code, or
// words that message shows, and "" otherwise.
func (r redactor) fieldValue(value json.RawMessage) string {
	text := valueText(value)
	if len(text) > 64 || r.hideSecrets(text) != text || r.hasSecretFragment(text) || strings.ContainsAny(text, `{["`) {
		return ""
	}
	if shortValueRE.MatchString(text) || r.message(text) == text {
		return text
	}
	return ""
}
