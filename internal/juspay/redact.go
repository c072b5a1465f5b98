// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"encoding/base64"
	"iter"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

const (
	redacted   = "***"
	minSecret  = 4       // minimum length of a hidden part of a secret; shorter parts occur in other text by chance
	maxMessage = 300     // maximum characters shown of a text from the network
	maxRead    = 4 << 10 // maximum bytes examined of a text from the network

	uuid     = `(?i:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})`
	juspayID = `(banh|bank|cst)_[A-Za-z0-9]{1,64}`
	code     = `[A-Z]{1,30}(_[A-Z]{1,30}){0,9}`
)

var (
	// harmlessRE matches the words that are shown of a text from the network: plain
	// words, UUIDs, codes and Juspay's ids, unless they hold a longNumberRE.
	harmlessRE   = regexp.MustCompile(`^([\pL\pM]{1,30}(['’-][\pL\pM]{1,30})?|` + uuid + `|` + code + `|` + juspayID + `)$`)
	longNumberRE = regexp.MustCompile(`_[A-Za-z0-9]*[0-9]{4}`)
	numberRE     = regexp.MustCompile(`^[0-9]{1,3}$`)
	codeRE       = regexp.MustCompile(`^` + code + `$`)
	uuidRE       = regexp.MustCompile(`^` + uuid + `$`)
	juspayIDRE   = regexp.MustCompile(`^` + juspayID + `$`)
	spacedAtRE   = regexp.MustCompile(`\s*@\s*`)
)

// redactor decides which text from the network is shown. secretsRE matches the secrets,
// and is nil without any.
type redactor struct{ secretsRE *regexp.Regexp }

// newRedactor returns a redactor that hides secrets and their parts, in plaintext and as
// HTTP Basic encodes them.
func newRedactor(secrets ...string) redactor {
	var parts []string
	for _, secret := range secrets {
		for _, form := range []string{secret, encodeKey(secret), base64.StdEncoding.EncodeToString([]byte(secret))} {
			parts = append(append(parts, form), strings.FieldsFunc(form, isSeparator)...)
		}
	}
	parts = slices.DeleteFunc(parts, func(part string) bool {
		return len([]rune(part)) < minSecret || strings.EqualFold(part, "Bearer") || strings.EqualFold(part, "Basic")
	})
	if len(parts) == 0 {
		return redactor{}
	}
	slices.SortFunc(parts, func(a, b string) int { return len(b) - len(a) }) // the longest match first
	for i, part := range parts {
		parts[i] = regexp.QuoteMeta(norm.NFKC.String(part))
	}
	return redactor{regexp.MustCompile(`(?i)` + strings.Join(parts, "|"))}
}

func isSeparator(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }

func (r redactor) hide(text string) string {
	if r.secretsRE == nil {
		return text
	}
	return r.secretsRE.ReplaceAllLiteralString(text, redacted)
}

// text returns a text from the network on one line, shortened, and with all words hidden
// that are not known to be harmless.
func (r redactor) text(text string) string {
	if len(text) > maxRead {
		text = text[:strings.LastIndexByte(text[:maxRead], ' ')+1] // cut between words, so that no part of a secret is shown
	}
	words := strings.Fields(spacedAtRE.ReplaceAllLiteralString(r.hide(unescape(text)), "@"))
	shown := slices.Clone(words)
	for i, word := range words {
		core := strings.Trim(word, `.,;:!?()[]{}"'“”‘’`)
		if numberRE.MatchString(core) && !startsWithNumber(slices.Backward(words[:i])) && !startsWithNumber(slices.All(words[i+1:])) {
			continue
		}
		isHarmless := slices.Contains(accountFields, core) || harmlessRE.MatchString(core) && !longNumberRE.MatchString(core)
		if core != "" && !isHarmless {
			shown[i] = strings.Replace(word, core, redacted, 1)
		}
	}
	runes := []rune(strings.Join(shown, " "))
	if len(runes) > maxMessage {
		return string(runes[:maxMessage]) + "..."
	}
	return string(runes)
}

// startsWithNumber reports whether the first of words has a digit: groups of digits may
// be one number. It skips words of punctuation alone.
func startsWithNumber(words iter.Seq2[int, string]) bool {
	for _, word := range words {
		if strings.ContainsFunc(word, func(c rune) bool { return !isSeparator(c) }) {
			return strings.ContainsAny(word, "0123456789")
		}
	}
	return false
}

// matchOrEmpty returns a text of one form, such as a code, and "" for any other.
func (r redactor) matchOrEmpty(form *regexp.Regexp, text string) string {
	if !form.MatchString(text) || longNumberRE.MatchString(text) || r.hide(text) != text {
		return ""
	}
	return text
}
