// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxAge is the maximum age of a response. A status that a cache kept longer may have
// changed.
const maxAge = 5 * time.Second

var errStale = errors.New("the response comes from a cache")

// checkAge fails if the header Age (RFC 9111, section 5.1) is above maxAge or not valid. Of several values, one above maxAge is enough.
func checkAge(header http.Header) error {
	for _, value := range header.Values("Age") {
		seconds, err := strconv.ParseUint(strings.TrimSpace(value), 10, 32)
		switch {
		case err != nil && value != "":
			return fmt.Errorf("%w: its header Age is not a number of seconds", errStale)
		case time.Duration(seconds)*time.Second > maxAge:
			return fmt.Errorf("%w: its header Age is %d seconds", errStale, seconds)
		}
	}
	return nil
}
