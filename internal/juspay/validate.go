// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/fields"
)

// The errors of this file begin with name, which says what the value is, as in
// "the key contains a colon". They never have the value, which may be a secret or personal.

// ValidateAPIKey reports why key cannot be the user name of HTTP Basic
// (RFC 7617), or nil.
func ValidateAPIKey(name, key string) error {
	switch {
	case key == "":
		return fmt.Errorf("%s is empty", name)
	case strings.Contains(key, ":"):
		return fmt.Errorf("%s contains a colon, which the user name of HTTP Basic cannot hold; an API key is only the part before it", name)
	case strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }):
		return fmt.Errorf("%s contains whitespace, a control character or a character outside ASCII", name)
	}
	return nil
}

// encodedRE matches percent-encoding, which a gateway may decode once more.
var encodedRE = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)

// ValidateIdentifier reports why id cannot be sent as one segment of a URL's path, or
// nil. An identifier that a gateway could take for more than one segment, or for another
// identifier, is rejected, since the response could be for another customer.
func ValidateIdentifier(name, id string) error {
	segment, _, _ := strings.Cut(id, ";") // some servers drop what follows
	switch {
	case id == "":
		return fmt.Errorf("%s must not be empty", name)
	case isDotSegment(segment):
		return fmt.Errorf(`%s must not be "." or "..", which mean a directory in a URL`, name)
	case strings.ContainsAny(id, `/\`):
		return fmt.Errorf(`%s must not contain "/" or "\", which separate the segments of a URL's path`, name)
	case encodedRE.MatchString(id):
		return fmt.Errorf(`%s must not contain "%%" followed by two hexadecimal digits, which a gateway may decode; pass the id without percent-encoding`, name)
	case hasSurroundingSpace(id):
		return fmt.Errorf("%s must not begin or end with whitespace", name)
	case !utf8.ValidString(id) || strings.ContainsFunc(id, fields.IsInvisible):
		return fmt.Errorf("%s must not contain control characters or invisible formatting characters; copy it again as plain text", name)
	case !norm.NFC.IsNormalString(id):
		return fmt.Errorf("%s must be in Unicode's form NFC, the form in which it is compared; retype its accented letters", name)
	}
	return nil
}

// ValidateCustomerAccountID validates id as ValidateIdentifier does, and also rejects
// "list", whose path is another endpoint.
func ValidateCustomerAccountID(name, id string) error {
	if id == "list" {
		return fmt.Errorf(`%s must not be "list", which names Juspay's list of accounts and not an account`, name)
	}
	return ValidateIdentifier(name, id)
}

// ValidateHeaderValue reports why value cannot be sent, unchanged, as the value
// of an HTTP header (RFC 9110, section 5.5), or nil.
func ValidateHeaderValue(name, value string) error {
	switch {
	case value == "":
		return fmt.Errorf("%s must not be empty", name)
	case hasSurroundingSpace(value):
		return fmt.Errorf("%s must not begin or end with whitespace, which HTTP headers lose", name)
	case !utf8.ValidString(value) || strings.ContainsFunc(value, fields.IsInvisible):
		return fmt.Errorf("%s must not contain control characters or invisible formatting characters, such as a line break; it is sent as an HTTP header", name)
	}
	return nil
}

// NormalizeBaseURL checks the URL that the paths of the API are appended to and
// returns it with its host in small letters and without a trailing slash.
func NormalizeBaseURL(name, raw string) (string, error) {
	if raw == "" {
		return "", fmt.Errorf("%s is empty", name)
	}
	if scheme, _, _ := strings.Cut(strings.ToLower(raw), "://"); scheme != "https" && scheme != "http" {
		return "", fmt.Errorf("%s must begin with https:// (or, for a server on this machine, http://)", name)
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Hostname() == "" || !isValidPort(u.Port()):
		// The parser's own error quotes the URL, with the password in it.
		return "", fmt.Errorf("%s is not a URL such as https://smartgateway.example.com", name)
	case strings.ContainsFunc(u.Host, func(r rune) bool { return r > unicode.MaxASCII }):
		return "", fmt.Errorf("%s must have a host name in ASCII (others in their xn-- form), so that no letter can be mistaken for another", name)
	case u.User != nil:
		return "", fmt.Errorf("%s must not hold a user name or password; the API key is sent separately", name)
	case u.RawQuery != "" || u.ForceQuery:
		return "", fmt.Errorf(`%s must not have a query ("?" and what follows)`, name)
	case strings.Contains(raw, "#"):
		return "", fmt.Errorf(`%s must not have a fragment ("#" and what follows)`, name)
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return "", fmt.Errorf("%s must begin with https://, because the API key is sent to it; http:// is for servers on this machine only (localhost, "+
			"127.0.0.0/8, ::1)", name)
	case slices.ContainsFunc(strings.Split(u.Path, "/"), isDotSegment):
		return "", fmt.Errorf(`%s must not have "." or ".." in its path`, name)
	}
	// In small letters, since net/http knows no other "localhost".
	host := &url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host)}
	return host.String() + strings.TrimRight(u.EscapedPath(), "/"), nil
}

// ValidateProxyURL reports why raw cannot be the URL of a proxy, or nil. Package
// httpproxy would ignore some such URLs, and send requests without a proxy, or take a
// part of a password for the host. The error contains nothing of raw, which may contain a
// password.
func ValidateProxyURL(name, raw string) error {
	scheme, location, hasScheme := strings.Cut(raw, "://")
	if !hasScheme {
		scheme, location = "http", raw
	}
	switch strings.ToLower(scheme) {
	case "http", "https", "socks5", "socks5h":
	default:
		return fmt.Errorf("%s must begin with http://, https://, socks5:// or socks5h://", name)
	}
	u, err := url.Parse("http://" + location)
	if err != nil || u.Hostname() == "" || !isValidPort(u.Port()) || strings.TrimRight(u.Path, "/") != "" ||
		strings.ContainsAny(location, "?# \t\r\n") || strings.Count(location, "@") > 1 {
		return fmt.Errorf("%s must be a URL such as http://proxy.example.com:3128 or http://user:password@proxy.example.com:3128, without whitespace; "+
			`in a user name or password, percent-encode every character other than a letter or digit, such as "#" as %%23`, name)
	}
	return nil
}

func isValidPort(port string) bool {
	if port == "" {
		return true
	}
	n, _ := strconv.Atoi(port) // 0 unless it is a number
	return n > 0 && n <= 65535
}

func isLoopback(host string) bool {
	addr, _ := netip.ParseAddr(host) // a name gives the zero Addr, which is not loopback
	return strings.EqualFold(host, "localhost") || addr.IsLoopback()
}

func isDotSegment(segment string) bool {
	return segment == "." || segment == ".."
}

func hasSurroundingSpace(s string) bool {
	return strings.TrimSpace(s) != s
}
