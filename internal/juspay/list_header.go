// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// errIncomplete reports a list that may lack accounts of the customer.
var errIncomplete = errors.New("the list may be incomplete")

var (
	// relationRE finds the relation of a link (RFC 8288, section 3.3).
	relationRE = regexp.MustCompile(`(?i);\s*rel\s*=\s*("[^"]*"|[^\s;,"]+)`)
	// contentRangeRE finds the total of a range (RFC 9110, section 14.4) in any unit.
	contentRangeRE = regexp.MustCompile(`^[^/]*/\s*(\d{1,18})$`)
)

// checkListHeader fails if a header shows that a list of so many accounts is not complete.
func checkListHeader(header http.Header, listed int) error {
	for _, link := range header.Values("Link") {
		for _, relation := range relationRE.FindAllStringSubmatch(link, -1) {
			for name := range strings.FieldsSeq(strings.Trim(relation[1], `"'`)) {
				if strings.EqualFold(name, "next") {
					return fmt.Errorf("%w: its header Link leads to a next page", errIncomplete)
				}
			}
		}
	}
	total := strconv.Itoa(listed)
	for _, value := range header.Values("X-Total-Count") {
		if strings.TrimSpace(value) != total {
			return fmt.Errorf("%w: its header X-Total-Count is not %d, the number of accounts in the list", errIncomplete, listed)
		}
	}
	for _, value := range header.Values("Content-Range") {
		if got := contentRangeRE.FindStringSubmatch(strings.TrimSpace(value)); got == nil || got[1] != total {
			return fmt.Errorf("%w: its header Content-Range does not end in %d, the number of accounts in the list", errIncomplete, listed)
		}
	}
	return nil
}
