// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	"encoding/base64"
	"iter"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// What is hidden of a text from the network:
//
//	hideSecrets          secrets, and their parts
//	text                 secrets, and words that are not plain, such as long numbers and VPAs
//	message              the same, and words that may be part of a person's name
//	matchOrEmpty, code   all, unless the text has one form and no secret

const (
	redacted    = "***"
	minSecret   = 4       // minimum length of a hidden part of a secret; shorter parts occur in other text by chance
	maxMessage  = 300     // maximum characters shown of a text from the network
	maxExamined = 4 << 10 // maximum bytes examined of a text from the network

	uuidPattern     = `(?i:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})`
	juspayIDPattern = `(banh|bank|cst)_[A-Za-z0-9]{1,64}`
	codePattern     = `[A-Z]{1,30}(_[A-Z]{1,30}){0,9}`
)

var (
	// plainWordRE matches plain words, UUIDs, codes and Juspay's ids. idWithDigitRunRE matches Juspay's
	// ids with four digits in a row, which may be part of a phone number.
	plainWordRE      = regexp.MustCompile(`^([\pL\pM]{1,30}(['’-][\pL\pM]{1,30})?|` + uuidPattern + `|` + codePattern + `|` + juspayIDPattern + `)$`)
	idWithDigitRunRE = regexp.MustCompile(`_[A-Za-z0-9]*[0-9]{4}`)
	numberRE         = regexp.MustCompile(`^[0-9]{1,3}$`)
	codeRE           = regexp.MustCompile(`^` + codePattern + `$`)
	lowerCodeRE      = regexp.MustCompile(`^[a-z]{1,30}(_[a-z]{1,30}){0,9}$`)
	uuidRE           = regexp.MustCompile(`^` + uuidPattern + `$`)
	juspayIDRE       = regexp.MustCompile(`^` + juspayIDPattern + `$`)
	spacedAtRE       = regexp.MustCompile(`\s*@\s*`)
)

// terms are capitalized words that message shows anywhere, since they are no names.
var terms = strings.Fields("API Account Bank Customer DNS Error HTTP HTTPS ID INR IP IFSC Id Invalid JSON Juspay Key " +
	"Merchant NPCI Order Server TLS Unauthorized UPI URL VPA")

// apiHeaders are the headers that Juspay's own messages name.
var apiHeaders = strings.Fields("x-routing-id x-merchantid")

// redactor decides which text from the network is shown. secretsRE matches the secrets, and
// is nil without any. fragments are the runs of minSecret letters in them.
type redactor struct {
	secretsRE *regexp.Regexp
	fragments map[string]bool
}

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
		return len([]rune(part)) < minSecret || isAuthScheme(part)
	})
	if len(parts) == 0 {
		return redactor{}
	}
	slices.SortFunc(parts, func(a, b string) int { return len(b) - len(a) }) // the longest match first
	for i, part := range parts {
		parts[i] = regexp.QuoteMeta(norm.NFKC.String(part))
	}
	r := redactor{regexp.MustCompile(`(?i)` + strings.Join(parts, "|")), map[string]bool{}}
	words := slices.DeleteFunc(strings.FieldsFunc(strings.Join(secrets, " "), isSeparator), isAuthScheme)
	for _, fragment := range fragmentsOf(strings.Join(words, " ")) {
		r.fragments[fragment] = true
	}
	return r
}

// fragmentsOf returns the runs of minSecret letters of a text, in lower case.
func fragmentsOf(text string) (all []string) {
	runes := []rune(strings.ToLower(norm.NFKC.String(text)))
	for i := range max(0, len(runes)-minSecret+1) {
		fragment := runes[i : i+minSecret]
		if !slices.ContainsFunc(fragment, func(c rune) bool { return !unicode.IsLetter(c) }) {
			all = append(all, string(fragment))
		}
	}
	return all
}

// hasSecretFragment reports whether a word has minSecret or more letters of a secret in a row.
func (r redactor) hasSecretFragment(word string) bool {
	return slices.ContainsFunc(fragmentsOf(word), func(fragment string) bool { return r.fragments[fragment] })
}

// isAuthScheme reports whether a part of a header's value is public: it names how it authenticates.
func isAuthScheme(part string) bool {
	return strings.EqualFold(part, "Bearer") || strings.EqualFold(part, "Basic")
}

func isSeparator(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }

// hideSecrets returns a text without the secrets and their parts.
func (r redactor) hideSecrets(text string) string {
	if r.secretsRE == nil {
		return text
	}
	return r.secretsRE.ReplaceAllLiteralString(text, redacted)
}

// text returns a text from the network on one line, shortened, without words that may be personal.
func (r redactor) text(text string) string {
	return r.showWords(text, func([]string, int) bool { return false })
}

// message returns one of Juspay's messages as text does, and hides words that may be part
// of a person's name: those with a capital letter, or in a script without capitals. It
// shows the first word of a sentence, terms, words with "_" that have the form of codes, and codes,
// which the same response has elsewhere. A full stop after a word with a capital letter does not end
// a sentence: it may belong to a title, as in "Smt. Lakshmi".
func (r redactor) message(text string, codes ...string) string {
	return r.showWords(text, func(words []string, i int) bool { return mayBeNameAt(words, i, codes) })
}

// mayBeNameAt reports whether the word at i may be part of a person's name; see message.
func mayBeNameAt(words []string, i int, codes []string) bool {
	core := trimPunctuation(words[i])
	switch {
	case isNeverName(core, codes):
		return false
	case i > 0 && !endsSentence(words[i-1], codes): // a capital letter within a sentence
		return true
	case !unicode.IsUpper([]rune(core)[0]): // a script without capitals
		return true
	}
	// The first word of a sentence is a name if the next one is.
	isFollowedByPunctuation := core != strings.TrimLeft(words[i], punctuation)
	return !isFollowedByPunctuation && i+1 < len(words) && mayBeNameAt(words, i+1, codes)
}

// isNeverName reports whether the core of a word cannot be a name, wherever it stands.
func isNeverName(core string, codes []string) bool {
	first := []rune(core + " ")[0]
	return unicode.IsLower(first) || !unicode.IsLetter(first) || isTerm(core) || slices.Contains(codes, core) && codeRE.MatchString(core)
}

// endsSentence reports whether a sentence ends after a word.
func endsSentence(word string, codes []string) bool {
	core, end := trimPunctuation(word), strings.TrimLeft(word, punctuation)
	return strings.ContainsAny(end, "!?") || strings.Contains(end, ".") && isNeverName(core, codes) && (isTerm(core) || len([]rune(core)) > 2)
}

const punctuation = `.,;:!?()[]{}"'“”‘’`

// trimPunctuation returns the core of a word.
func trimPunctuation(word string) string { return strings.Trim(word, punctuation) }

// isTerm reports whether message shows a word with a capital letter wherever it is.
func isTerm(word string) bool {
	return slices.Contains(terms, word) || strings.Contains(word, "_") && codeRE.MatchString(word)
}

// showWords hides the words of a text that are not plain, or that isHidden reports.
func (r redactor) showWords(text string, isHidden func(words []string, i int) bool) string {
	if len(text) > maxExamined {
		text = text[:strings.LastIndexByte(text[:maxExamined], ' ')+1] // cut between words, so that no part of a secret is shown
	}
	words := strings.Fields(spacedAtRE.ReplaceAllLiteralString(r.hideSecrets(unescape(text)), "@"))
	shown := slices.Clone(words)
	for i, word := range words {
		core := trimPunctuation(word)
		isShortNumber := numberRE.MatchString(core) && !firstHasDigit(slices.Backward(words[:i])) && !firstHasDigit(slices.All(words[i+1:]))
		isAPIName := isPageField(core) || slices.Contains(apiHeaders, strings.ToLower(core))
		if core != "" && !isShortNumber && !isAPIName && (!r.isPlainWord(core) || isHidden(words, i)) {
			shown[i] = strings.Replace(word, core, redacted, 1)
		}
	}
	runes := []rune(strings.Join(shown, " "))
	if len(runes) > maxMessage {
		return string(runes[:maxMessage]) + "..."
	}
	return string(runes)
}

// isPageField reports whether a word is a field of the reference page. Its rule has the spelling in original.
func isPageField(word string) bool { return pageFields[simpleName(word)].original == word }

// isPlainWord reports whether a word has a form that is neither personal nor secret.
func (r redactor) isPlainWord(core string) bool {
	return plainWordRE.MatchString(core) && !idWithDigitRunRE.MatchString(core) && (slices.Contains(terms, core) || !r.hasSecretFragment(core))
}

// firstHasDigit reports whether the first of words has a digit: groups of digits may
// be one number. It skips words of punctuation alone.
func firstHasDigit(words iter.Seq2[int, string]) bool {
	for _, word := range words {
		if strings.ContainsFunc(word, func(c rune) bool { return !isSeparator(c) }) {
			return strings.ContainsAny(word, "0123456789")
		}
	}
	return false
}

// matchOrEmpty returns a text of one form, such as a code, and "" for any other.
func (r redactor) matchOrEmpty(form *regexp.Regexp, text string) string {
	if !form.MatchString(text) || r.hideSecrets(text) != text {
		return ""
	}
	return text
}

// encodeKey returns the credentials of HTTP Basic for key and an empty password.
func encodeKey(key string) string {
	return base64.StdEncoding.EncodeToString([]byte(key + ":"))
}

func isCode(text string) bool { return codeRE.MatchString(text) || lowerCodeRE.MatchString(text) }

// code returns text if it has the form of Juspay's codes, and "" otherwise.
func (r redactor) code(text string) string {
	return cmp.Or(r.matchOrEmpty(codeRE, text), r.matchOrEmpty(lowerCodeRE, text))
}

// error returns an error that shows only the redacted text of err. It omits the full stop
// that messages of Windows end with, because callers end the sentence.
func (r redactor) error(err error) error {
	return &redactedError{strings.TrimSuffix(r.text(err.Error()), "."), err}
}

// redactedError shows text, and wraps err for errors.Is and errors.As.
type redactedError struct {
	text string
	err  error
}

func (e *redactedError) Error() string { return e.text }

func (e *redactedError) Unwrap() error { return e.err }
