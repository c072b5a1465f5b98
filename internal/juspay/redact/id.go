// SPDX-License-Identifier: MPL-2.0

package redact

import (
	"regexp"
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

var digitRE = regexp.MustCompile(`\pN`)
