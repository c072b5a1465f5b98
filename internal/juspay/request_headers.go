// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"fmt"
	"maps"
	"net/textproto"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/redact"
)

// reservedHeaders maps the headers that Config.RequestHeaders cannot set, in the form of
// textproto.CanonicalMIMEHeaderKey, to the reason.
var reservedHeaders = map[string]string{
	"Authorization":     "it holds the API key",
	"Host":              "it is the host of the base URL",
	"X-Routing-Id":      "it holds the routing id of each read",
	"X-Merchantid":      "it holds the merchant id",
	"X-Request-Id":      "leave it out, since each attempt sends one of its own, which is logged",
	"User-Agent":        "it holds the user agent",
	"Content-Type":      "leave it out, since Juspay's API prescribes it",
	"Accept":            "leave it out, since only JSON can be read",
	"Accept-Encoding":   "leave it out, since the connection decides on compression",
	"Cache-Control":     hintCache,
	"Pragma":            hintCache,
	"Cookie":            "leave it out, since no session is kept; a gateway that needs one cannot be used",
	"Connection":        hintConnection,
	"Keep-Alive":        hintConnection,
	"Transfer-Encoding": hintConnection,
	"Content-Length":    hintConnection,
	"Te":                hintConnection,
	"Trailer":           hintConnection,
	"Upgrade":           hintConnection,
	"Expect":            hintConnection,
	"Range":             hintWhole,
	"Request-Range":     hintWhole, // an older name of Range
	"A-Im":              hintWhole, // requests a difference (RFC 3229)

	"X-Http-Method-Override": hintOverride,
	"X-Http-Method":          hintOverride,
	"X-Method-Override":      hintOverride,
	"X-Original-Url":         hintOverride,
	"X-Rewrite-Url":          hintOverride,
}

const (
	hintCache      = "leave it out, since every request refuses cached responses"
	hintConnection = "leave it out, since it belongs to the connection"
	hintWhole      = "leave it out, since only a whole and current response can be used"
	hintOverride   = "leave it out, since it could turn the read into another request"
	hintProxy      = "it is for a proxy, whose credentials belong in its URL"
)

// ValidateRequestHeaders returns a *ConfigError for each header that cannot be sent in
// addition to the client's own. It names the header and contains no value.
func ValidateRequestHeaders(headers map[string]string) []error {
	var errs []error
	seen := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		key := textproto.CanonicalMIMEHeaderKey(name)
		withHyphens := textproto.CanonicalMIMEHeaderKey(strings.ReplaceAll(name, "_", "-")) // some servers take "_" for "-"
		if problem := headerProblem(name, withHyphens, headers[name], seen[key]); problem != "" {
			errs = append(errs, &ConfigError{Field: "RequestHeaders", Header: withHyphens, Problem: problem})
		}
		seen[key] = name
	}
	return errs
}

// headerProblem returns "" if the header can be sent. withHyphens is its canonical name with "-" for "_".
// earlierName is another spelling of its name that was set too, or "".
func headerProblem(name, withHyphens, value, earlierName string) string {
	hint := reservedHeaders[withHyphens]
	switch {
	case strings.HasPrefix(withHyphens, "Proxy-"):
		hint = hintProxy
	case strings.HasPrefix(withHyphens, "If-"):
		hint = hintWhole
	}
	switch {
	case !httpguts.ValidHeaderFieldName(name):
		return "a header name is not valid; it is not shown, because it may be a value"
	case hint != "":
		return fmt.Sprintf("the header %s cannot be set: %s", name, hint)
	case earlierName != "":
		return fmt.Sprintf("the headers %s and %s are the same, since the case of a name does not matter", earlierName, name)
	}
	if err := ValidateHeaderValue("the value of the header "+name, value); err != nil {
		return err.Error()
	}
	if len([]rune(value)) < redact.MinSecret {
		return fmt.Sprintf("the value of the header %s has fewer than %d characters, so it could not be hidden in errors and logs", name, redact.MinSecret)
	}
	return ""
}
