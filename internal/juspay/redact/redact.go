// SPDX-License-Identifier: MPL-2.0

// Package redact hides secrets and personal data in text that comes from the network, before it is
// shown or logged.
package redact

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
//	HideSecrets         secrets, and their parts
//	Text                secrets, and words that are not plain, such as long numbers and VPAs
//	Message             the same, and words that may be part of a person's name
//	Error               the same as Text, and all that is quoted
//	Match, Code, UUID   all, unless the text has one form and no part of a secret
//	ID                  all but the first characters of an identifier that may be personal

const (
	// Hidden is shown in place of a word that is hidden.
	Hidden = "***"
	// MinSecret is the minimum length of a hidden part of a secret. Shorter parts occur in other text by
	// chance.
	MinSecret = 4
	// MaxLength is the maximum number of characters shown of a text, and MaxExamined of bytes examined.
	MaxLength   = 300
	MaxExamined = 4 << 10

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

// terms are capitalized words that Message shows anywhere, since they are not names.
var terms = strings.Fields("API Account Bank Customer DNS Error HTTP HTTPS ID INR IP IFSC Id Invalid JSON Juspay Key " +
	"Merchant NPCI Order Server TLS Unauthorized UPI URL VPA")

// Redactor decides which text from the network is shown. The zero Redactor knows no secret.
type Redactor struct {
	isAPIName func(word string) bool // whether Text shows a word that is not plain
	secretsRE *regexp.Regexp         // the secrets; nil without any
	fragments map[string]bool        // the runs of MinSecret letters and digits in the secrets
}

// New returns a Redactor that hides secrets and their parts, in plaintext and as HTTP Basic encodes them.
// It shows the names of fields and headers that isAPIName reports.
func New(isAPIName func(word string) bool, secrets ...string) Redactor {
	// A secret may contain escapes itself, such as "%41", which Text decodes before it looks for secrets.
	plaintexts := slices.Clone(secrets)
	for _, secret := range secrets {
		if decoded := unescape(secret); decoded != secret {
			plaintexts = append(plaintexts, decoded)
		}
	}
	var parts []string
	for _, secret := range plaintexts {
		for _, form := range []string{secret, BasicCredentials(secret), base64.StdEncoding.EncodeToString([]byte(secret))} {
			parts = append(append(parts, form), strings.FieldsFunc(form, isSeparator)...)
		}
	}
	parts = slices.DeleteFunc(parts, func(part string) bool {
		return len([]rune(part)) < MinSecret || isAuthScheme(part)
	})
	if len(parts) == 0 {
		return Redactor{isAPIName: isAPIName}
	}
	slices.SortFunc(parts, func(a, b string) int { return len(b) - len(a) }) // the longest match first
	for i, part := range parts {
		parts[i] = strings.ReplaceAll(regexp.QuoteMeta(part), " ", `\s`) // a line break may have been escaped
	}
	r := Redactor{isAPIName, regexp.MustCompile(`(?i)` + strings.Join(parts, "|")), map[string]bool{}}
	words := slices.DeleteFunc(strings.FieldsFunc(strings.Join(plaintexts, " "), isSeparator), isAuthScheme)
	for _, fragment := range fragmentsOf(strings.Join(words, " ")) {
		r.fragments[fragment] = true
	}
	return r
}

// fragmentsOf returns the runs of MinSecret letters and digits of a text, in lower case.
func fragmentsOf(text string) (all []string) {
	runes := []rune(strings.ToLower(norm.NFKC.String(text)))
	for i := range max(0, len(runes)-MinSecret+1) {
		fragment := runes[i : i+MinSecret]
		if !slices.ContainsFunc(fragment, isSeparator) {
			all = append(all, string(fragment))
		}
	}
	return all
}

// HasSecretFragment reports whether a word has MinSecret or more letters and digits of a secret in a row.
func (r Redactor) HasSecretFragment(word string) bool { return r.countFragments(word) > 0 }

// countFragments returns the number of runs of a word that the secrets have too.
func (r Redactor) countFragments(word string) (count int) {
	for _, fragment := range fragmentsOf(word) {
		if r.fragments[fragment] {
			count++
		}
	}
	return count
}

// isAuthScheme reports whether a part of a header's value is public: it names how it authenticates.
func isAuthScheme(part string) bool {
	return strings.EqualFold(part, "Bearer") || strings.EqualFold(part, "Basic")
}

func isSeparator(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }

// HideSecrets returns a text without the secrets and their parts.
func (r Redactor) HideSecrets(text string) string {
	if r.secretsRE == nil {
		return text
	}
	return r.secretsRE.ReplaceAllLiteralString(text, Hidden)
}

// Text returns a text from the network on one line, shortened, without words that may be personal.
func (r Redactor) Text(text string) string {
	return r.showWords(text, func([]string, int) bool { return false })
}

// Message returns one of Juspay's messages as Text does, and hides words that may be part
// of a person's name: those with a capital letter, or in a script without capitals. It
// shows the first word of a sentence, terms, words with "_" that have the form of codes, and the words of
// codes, which other fields of the same response have. A full stop after a word with a capital letter does not end
// a sentence: it may belong to a title, as in "Smt. Lakshmi".
func (r Redactor) Message(text string, codes ...string) string {
	return r.showWords(text, func(words []string, i int) bool { return mayBeNameAt(words, i, codes) })
}

// mayBeNameAt reports whether the word at i may be part of a person's name; see Message.
func mayBeNameAt(words []string, i int, codes []string) bool {
	core := trimPunctuation(words[i])
	switch {
	case isNeverName(core, codes):
		return false
	case i > 0 && !endsSentence(words[i-1], codes): // a capital letter within a sentence
		return true
	case !unicode.IsUpper([]rune(core)[0]): // a script without capitals, or a capital within a word; for an empty core, isNeverName is true
		return true
	}
	// The first word of a sentence is a name if the next one is.
	isFollowedByPunctuation := core != strings.TrimLeft(words[i], punctuation)
	return !isFollowedByPunctuation && i+1 < len(words) && mayBeNameAt(words, i+1, codes)
}

// isNeverName reports whether the core of a word cannot be a name, wherever it stands.
func isNeverName(core string, codes []string) bool {
	// Any letter counts, as in d'Souza and al-Rashid, but for the ids that Juspay gives.
	mayBeCapital := func(c rune) bool { return unicode.IsLetter(c) && !unicode.IsLower(c) }
	return !strings.ContainsFunc(core, mayBeCapital) || juspayIDRE.MatchString(core) || uuidRE.MatchString(core) ||
		isTerm(core) || slices.Contains(codes, core) && codeRE.MatchString(core)
}

// endsSentence reports whether a sentence ends after a word.
func endsSentence(word string, codes []string) bool {
	core := trimPunctuation(word)
	end := strings.TrimPrefix(strings.TrimLeft(word, punctuation), core)
	return strings.ContainsAny(end, "!?") || strings.Contains(end, ".") && isNeverName(core, codes) && (isTerm(core) || len([]rune(core)) > 2)
}

const punctuation = `.,;:!?()[]{}"'“”‘’`

// trimPunctuation returns the core of a word.
func trimPunctuation(word string) string { return strings.Trim(word, punctuation) }

// isTerm reports whether Message shows a word with a capital letter wherever it is.
func isTerm(word string) bool {
	return slices.Contains(terms, word) || strings.Contains(word, "_") && codeRE.MatchString(word)
}

// showWords hides the words of a text that are not plain, or that isHidden reports.
func (r Redactor) showWords(text string, isHidden func(words []string, i int) bool) string {
	if len(text) > MaxExamined {
		text = text[:strings.LastIndexByte(text[:MaxExamined], ' ')+1] // cut between words, so that no part of a secret is shown
	}
	words := strings.Fields(spacedAtRE.ReplaceAllLiteralString(r.HideSecrets(unescape(text)), "@"))
	shown := slices.Clone(words)
	for i, word := range words {
		core := trimPunctuation(word)
		isShortNumber := numberRE.MatchString(core) && !firstHasDigit(slices.Backward(words[:i])) && !firstHasDigit(slices.All(words[i+1:]))
		isAPIName := r.isAPIName != nil && r.isAPIName(core)
		if core != "" && !isShortNumber && !isAPIName && (!r.isPlainWord(core) || isHidden(words, i)) {
			shown[i] = strings.Replace(word, core, Hidden, 1)
		}
	}
	runes := []rune(strings.Join(shown, " "))
	if len(runes) > MaxLength {
		return string(runes[:MaxLength]) + "..."
	}
	return string(runes)
}

// isPlainWord reports whether a word has a form that is neither personal nor secret.
func (r Redactor) isPlainWord(core string) bool {
	return plainWordRE.MatchString(core) && !idWithDigitRunRE.MatchString(core) && (slices.Contains(terms, core) || !r.HasSecretFragment(core))
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

// Match returns a text of one form, such as a code, and "" for any other, or for one that has MinSecret letters
// and digits of a secret in a row.
func (r Redactor) Match(form *regexp.Regexp, text string) string { return r.match(form, text, 0) }

// match is Match for a text that may have some runs of secrets.
func (r Redactor) match(form *regexp.Regexp, text string, maxFragments int) string {
	if !form.MatchString(text) || r.HideSecrets(text) != text || r.countFragments(text) > maxFragments {
		return ""
	}
	return text
}

// BasicCredentials returns the credentials of HTTP Basic for key and an empty password.
func BasicCredentials(key string) string {
	return base64.StdEncoding.EncodeToString([]byte(key + ":"))
}

// IsCode reports whether a text has the form of Juspay's codes.
func IsCode(text string) bool { return codeRE.MatchString(text) || lowerCodeRE.MatchString(text) }

// Code returns text if it has the form of Juspay's codes, and "" otherwise.
func (r Redactor) Code(text string) string {
	return cmp.Or(r.Match(codeRE, text), r.Match(lowerCodeRE, text))
}

// UUID returns text if it is a UUID, and "" otherwise. A UUID may have one run of a secret, because about one of
// a hundred has a run of a long hexadecimal key by chance.
func (r Redactor) UUID(text string) string { return r.match(uuidRE, text, 1) }

// quotedRE matches a text from its first double quote to its last. A quoted text may contain double quotes
// itself.
var quotedRE = regexp.MustCompile(`(?s)["“](.*["”]|.*)`)

// Error returns an error that shows only the redacted text of err. It hides all that is quoted: the packages
// net/http and crypto/x509 quote what a server sent, such as a line of a malformed response, in which a person's name
// has no form of its own. It omits the full stop that messages of Windows end with, because callers end the sentence.
func (r Redactor) Error(err error) error {
	text := quotedRE.ReplaceAllLiteralString(err.Error(), `"`+Hidden+`"`)
	return &Error{strings.TrimSuffix(r.Text(text), "."), err}
}

// Error shows Text alone, and wraps Err for errors.Is and errors.As.
type Error struct {
	Text string
	Err  error
}

func (e *Error) Error() string { return e.Text }

func (e *Error) Unwrap() error { return e.Err }
