// SPDX-License-Identifier: MPL-2.0

package redact

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// ID returns an identifier as errors and logs show it: whole, unless it may be an
// email address, a VPA or a phone number. Then only its first two characters are shown.
func ID(id string) string {
	const phoneDigits = 7 // a phone number has at least as many
	hasPhoneDigits := len(digitRE.FindAllString(id, phoneDigits)) == phoneDigits
	mayBePhone := hasPhoneDigits && (!juspayIDRE.MatchString(id) || idWithDigitRunRE.MatchString(id))
	if !mayBePhone && !strings.ContainsRune(norm.NFKC.String(id), '@') {
		return id
	}
	runes := []rune(id)
	return string(runes[:min(2, len(runes))]) + Hidden
}

// HideIDs returns a redacted text with Hidden in place of the ids that Text shows: Juspay's, UUIDs, and the given
// ones. Texts that differ in ids alone are the same then, even if one of the ids was hidden before.
func HideIDs(text string, ids ...string) string {
	words := strings.Fields(text)
	for i, word := range words {
		if core := trimPunctuation(word); juspayIDRE.MatchString(core) || uuidRE.MatchString(core) || core != "" && slices.Contains(ids, core) {
			words[i] = strings.Replace(word, core, Hidden, 1)
		}
	}
	return strings.Join(words, " ")
}

var digitRE = regexp.MustCompile(`\pN`)
