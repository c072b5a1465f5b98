// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"crypto/rand"
	"fmt"
	"maps"
	"net/textproto"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// reservedHeaders are those that Config.RequestHeaders cannot set, in the form of
// textproto.CanonicalMIMEHeaderKey, and what to do instead.
var reservedHeaders = map[string]string{
	"Authorization":     "set api_key instead",
	"Host":              "set base_url instead",
	"X-Routing-Id":      "set routing_id of the data source instead",
	"X-Merchantid":      "set merchant_id instead",
	"X-Request-Id":      "leave it out, since each attempt sends one of its own, which is logged",
	"User-Agent":        "set the environment variable TF_APPEND_USER_AGENT instead, which adds to it",
	"Content-Type":      "leave it out, since Juspay's API prescribes it",
	"Accept":            "leave it out, since only JSON can be read",
	"Accept-Encoding":   "leave it out, since the connection decides on compression",
	"Cache-Control":     ofCache,
	"Pragma":            ofCache,
	"Cookie":            "leave it out, since no session is kept; a gateway that needs one cannot be used",
	"Connection":        hintConnection,
	"Keep-Alive":        hintConnection,
	"Transfer-Encoding": hintConnection,
	"Content-Length":    hintConnection,
	"Te":                hintConnection,
	"Trailer":           hintConnection,
	"Upgrade":           hintConnection,
	"Expect":            hintConnection,
}

const (
	ofCache        = "leave it out, since every request refuses cached responses"
	hintConnection = "leave it out, since it belongs to the connection"
	hintProxy      = "set the environment variable HTTPS_PROXY instead, with the credentials in its URL"
)

// ValidateRequestHeaders reports why headers cannot be sent with the client's own,
// a problem for each that cannot. A problem names the header and holds no value.
func ValidateRequestHeaders(headers map[string]string) []error {
	var problems []error
	seen := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		canonical := textproto.CanonicalMIMEHeaderKey(name)
		instead := reservedHeaders[canonical]
		if strings.HasPrefix(canonical, "Proxy-") {
			instead = hintProxy
		}
		switch err := ValidateHeaderValue(headers[name]); {
		case !httpguts.ValidHeaderFieldName(name):
			problems = append(problems, fmt.Errorf("%q is not the name of an HTTP header", name))
		case instead != "":
			problems = append(problems, fmt.Errorf("the header %s cannot be set: %s", name, instead))
		case seen[canonical] != "":
			problems = append(problems, fmt.Errorf("the headers %s and %s are the same, since the case of a name does not matter", seen[canonical], name))
		case err != nil:
			problems = append(problems, fmt.Errorf("the value of the header %s %w", name, err))
		case len([]rune(headers[name])) < minSecret:
			problems = append(problems, fmt.Errorf("the value of the header %s has fewer than %d characters, so it could not be hidden in errors and logs", name, minSecret))
		}
		seen[canonical] = name
	}
	return problems
}

// secrets are what no log or message may hold: the API key, the lines of the client's
// private key, and values of headers.
func secrets(cfg Config) []string {
	hidden := []string{cfg.APIKey}
	for line := range strings.Lines(cfg.ClientKeyPEM) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "-----") {
			hidden = append(hidden, line)
		}
	}
	return append(hidden, slices.Sorted(maps.Values(cfg.RequestHeaders))...)
}

// newRequestID makes a random UUID (RFC 9562, version 4), which identifies an
// attempt even where no response comes.
func newRequestID() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}
