// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/fields"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/redact"
)

// apiHeaders are the headers that Juspay's own messages name.
var apiHeaders = strings.Fields("x-routing-id x-merchantid")

// isAPIName reports whether a word is a field of the reference page, as it is spelled there, or one of
// apiHeaders.
func isAPIName(word string) bool {
	return fields.IsDocumented(word) || slices.Contains(apiHeaders, strings.ToLower(word))
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

// hostRE matches most host names. It rejects long digit runs and "@", since they could be
// personal data.
var hostRE = regexp.MustCompile(`^([a-z-]{1,40}[0-9]{0,3}[.]?){1,9}$`)
