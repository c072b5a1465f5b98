// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"encoding/base64"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

const (
	redacted   = "[removed]"
	maxMessage = 300 // characters of a text from the network that are shown
)

var (
	// personal matches what looks like a VPA, an e-mail address or a URL's
	// credentials, an IFSC, and digits as many as phone, card and bank account
	// numbers have, grouped or not.
	personal = regexp.MustCompile(`[^\s"'<>(),;]+(@|%40)[^\s"'<>(),;]*|\b[A-Z]{4}0[A-Z0-9]{6}\b|[0-9]([ -]?[0-9]){8,}`)
	// token matches codes and request ids.
	token = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)
	// identifier matches names and ids as Juspay and merchants make them.
	identifier = regexp.MustCompile(`^[^\s\pC@%]{1,128}$`)
	// number matches what is nothing but digits, grouped or not.
	number = regexp.MustCompile(`^[0-9 .-]{9,}$`)
)

// redactor decides what of a text from the network may be shown. It holds the
// secrets that never may.
type redactor []string

// newRedactor hides key and the forms in which it can be met.
func newRedactor(key string) redactor {
	return redactor{key, encodeKey(key), base64.StdEncoding.EncodeToString([]byte(key))}
}

// text makes a text fit to be shown: on one line, short, and without secrets or
// what may be personal.
func (r redactor) text(text string) string {
	// What is invisible goes first, or it would hide the rest from the patterns.
	text = strings.Join(strings.FieldsFunc(text, unicode.IsSpace), " ")
	text = strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return -1
		}
		return c
	}, text)
	for _, secret := range r {
		text = strings.ReplaceAll(text, secret, redacted)
	}
	text = personal.ReplaceAllString(text, redacted)
	if runes := []rune(text); len(runes) > maxMessage {
		text = string(runes[:maxMessage]) + "..."
	}
	return text
}

// token returns a code or a request id as it is, and nothing in place of
// anything else, which may be anything.
func (r redactor) token(s string) string {
	if !token.MatchString(s) || number.MatchString(s) || r.holdsSecret(s) {
		return ""
	}
	return s
}

// quote shows an identifier that is not the expected one.
func (r redactor) quote(id string) string {
	if !identifier.MatchString(id) || number.MatchString(id) || r.holdsSecret(id) {
		return "something that is not an identifier"
	}
	return strconv.Quote(id)
}

func (r redactor) holdsSecret(s string) bool {
	return slices.ContainsFunc(r, func(secret string) bool { return strings.Contains(s, secret) })
}

// error returns an error that shows only the redacted text of err, without
// net/http's wrapper, which repeats the method and the URL.
func (r redactor) error(err error) error {
	inner := err
	var wrapper *url.Error
	if errors.As(err, &wrapper) {
		inner = wrapper.Err
	}
	return &redactedError{text: r.text(inner.Error()), err: err}
}

// redactedError is err to errors.Is and errors.As.
type redactedError struct {
	text string
	err  error
}

func (e *redactedError) Error() string { return e.text }
func (e *redactedError) Unwrap() error { return e.err }
