// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"net/http"
	"strings"
)

// headerElements returns the elements of a header that is a list (RFC 9110, section 5.6.1).
func headerElements(header http.Header, name string) (all []string) {
	for _, value := range header.Values(name) {
		for element := range strings.SplitSeq(value, ",") {
			all = append(all, strings.TrimSpace(element))
		}
	}
	return all
}
