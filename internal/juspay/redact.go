// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"encoding/base64"
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

const (
	redacted   = "[removed]"
	maxMessage = 300 // characters of a text from the network that are shown
)

var (
	// personal matches what looks like a VPA, an e-mail address or a URL's
	// credentials, an IFSC, a PAN, and digits as many as phone, card and bank
	// account numbers have, grouped or not. It matches UUIDs and IPv4 addresses
	// too, before their digits, so that they can be kept.
	personal = regexp.MustCompile(`(?i)[^\s"'<>(),;]+\s?(@|%(25)*40)\s?[^\s"'<>(),;]*` +
		`|` + uuid + `|\b` + ipv4 + `\b` +
		`|\b[A-Z]{4}0[A-Z0-9]{6}\b|\b[A-Z]{5}[0-9]{4}[A-Z]\b` +
		`|\pN([ ./_-]?\pN){8,}`)
	harmless = regexp.MustCompile(`^(?i)(` + uuid + `|` + ipv4 + `)$`)
	// token matches codes and request ids.
	token = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)
	// juspayID matches identifiers in Juspay's own form.
	juspayID = regexp.MustCompile(`^(banh|bank|cst)_[A-Za-z0-9]{1,64}$`)
)

const (
	uuid = `[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`
	ipv4 = `((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(\.|\b)){4}`
)

// redactor decides what of a text from the network may be shown. It holds the
// secrets that never may.
type redactor []string

// newRedactor hides key and the forms in which it can be met.
func newRedactor(key string) redactor {
	return redactor{key, encodeKey(key), base64.StdEncoding.EncodeToString([]byte(key))}
}

// text makes a text fit to be shown: on one line, short, and without secrets or
// personal data.
func (r redactor) text(text string) string {
	text = normalize(text)
	for _, secret := range r {
		text = strings.ReplaceAll(text, secret, redacted)
	}
	text = personal.ReplaceAllStringFunc(text, func(found string) string {
		if harmless.MatchString(found) {
			return found
		}
		return redacted
	})
	if runes := []rune(text); len(runes) > maxMessage {
		text = string(runes[:maxMessage]) + "..."
	}
	return text
}

// normalize undoes what would hide a text from patterns: HTML entities, other
// forms of the same characters, line breaks, and invisible characters.
func normalize(text string) string {
	for range 3 { // an entity may be encoded again
		text = html.UnescapeString(text)
	}
	text = norm.NFKC.String(text)
	text = strings.Join(strings.FieldsFunc(text, unicode.IsSpace), " ")
	return strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return -1
		}
		return c
	}, text)
}

// token returns a code or a request id as it is, and "" for anything else, which
// may be personal.
func (r redactor) token(s string) string {
	if !token.MatchString(s) || r.text(s) != s {
		return ""
	}
	return s
}

// quote shows an unexpected identifier if it is in Juspay's own form. A
// merchant's own reference may be a phone number or a name.
func (r redactor) quote(id string) string {
	if !juspayID.MatchString(id) || r.text(id) != id {
		return "with an id that is not shown"
	}
	return strconv.Quote(id)
}

// error returns an error that shows only the redacted text of err.
func (r redactor) error(err error) error {
	return &redactedError{text: r.text(err.Error()), err: err}
}

// redactedError is err to errors.Is and errors.As.
type redactedError struct {
	text string
	err  error
}

func (e *redactedError) Error() string { return e.text }
func (e *redactedError) Unwrap() error { return e.err }
