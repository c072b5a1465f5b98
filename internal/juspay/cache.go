// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	// maxAge is the maximum age of a response. A status that a cache kept longer may have changed.
	maxAge = 5 * time.Second
	// maxDateLag is the maximum time that a response's Date lags behind. It is longer than
	// clocks usually differ. Without an earlier Date of the server, maxDateLagAlone applies.
	maxDateLag      = 5 * time.Minute
	maxDateLagAlone = 24 * time.Hour
)

var errStale = errors.New("the response comes from a cache")

// hitWords are the values of cacheHeaders for a response that was not requested from the server: HIT, STALE,
// UPDATING, which is stale too, such words of Squid and Akamai (TCP_HIT), and OriginShieldHit of CloudFront. They
// lack TCP_REFRESH_HIT and RefreshHit, which the server confirmed, and have TCP_REFRESH_FAIL: the server did not
// respond.
const hitWords = `(?i)^"?((?:tcp_(?:mem_|remote_|offline_|ims_|inm_|cf_|negative_|refresh_fail_)?|originshield)?(?:hit|stale|updating)` +
	`|tcp_refresh_fail)`

var (
	cacheHitRE = regexp.MustCompile(hitWords)
	// hitForPassRE matches a value that is one word of Varnish or Fastly for a response that the server sent: the
	// cache found an object which says that responses are not cached. A value with more text may mean a hit.
	hitForPassRE = regexp.MustCompile(`(?i)^"?hit(?:pass|miss|[-_]for[-_](?:pass|miss))"?$`)
	cacheHeaders = []string{"X-Cache", "X-Cache-Status", "X-Cache-Remote", "X-Cached", "X-Proxy-Cache", "X-Nginx-Cache", "X-Fastcgi-Cache", "X-Varnish-Cache",
		"Cf-Cache-Status", "Cdn-Cache", "Akamai-Cache-Status", "Apisix-Cache-Status", "X-Litespeed-Cache", "X-Lsadc-Cache", "X-Qc-Cache",
		"X-Sucuri-Cache", "X-Vercel-Cache"}
	// hitRE matches the parameter hit of Cache-Status (RFC 9211, section 2.1), and a value that begins with
	// one of hitWords: older caches use the header so.
	hitRE = regexp.MustCompile(hitWords + `(?:"?$|\s)|;\s*hit\s*(?:=\s*\?1\s*)?(?:;|$)`)
	// staleWarningRE matches the warnings of stale responses (RFC 7234, section 5.5).
	staleWarningRE = regexp.MustCompile(`^11[01]\b`)
)

// freshness finds responses that a cache kept. It remembers the newest Date of the server.
type freshness struct {
	mu     sync.Mutex
	newest time.Time
}

// check fails if a header shows that a cache kept the response to a request that was sent at
// requestedAt. The error names the header. It is called only for responses for which mustBeFresh is true.
func (f *freshness) check(header http.Header, requestedAt time.Time) error {
	if err := checkAge(header); err != nil {
		return err
	}
	for _, name := range cacheHeaders {
		for _, value := range headerElements(header, name) {
			if hit := cacheHitRE.FindStringSubmatch(value); hit != nil && !hitForPassRE.MatchString(value) {
				return fmt.Errorf("%w: its header %s says %s", errStale, name, strings.ToUpper(hit[1]))
			}
		}
	}
	for _, value := range headerElements(header, "Cache-Status") {
		if hit := hitRE.FindStringSubmatch(value); hit != nil {
			return fmt.Errorf("%w: its header Cache-Status says %s", errStale, cmp.Or(strings.ToUpper(hit[1]), "hit"))
		}
	}
	for _, value := range headerElements(header, "Warning") {
		if code := staleWarningRE.FindString(value); code != "" {
			return fmt.Errorf("%w: its header Warning says %s", errStale, code)
		}
	}
	return f.checkDate(header, requestedAt)
}

// checkAge fails if the header Age (RFC 9111, section 5.1) is above maxAge or not valid. Of
// several values, one above maxAge is enough.
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

// checkDate fails if the header Date lags behind this machine's clock and behind the newest
// Date of the server. Either clock alone may be wrong.
func (f *freshness) checkDate(header http.Header, requestedAt time.Time) error {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return nil // the header is optional
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	lag := requestedAt.Sub(date)
	if f.newest.IsZero() && lag > maxDateLagAlone || !f.newest.IsZero() && min(lag, f.newest.Sub(date)) > maxDateLag {
		return fmt.Errorf("%w: its header Date is %s behind this machine's clock", errStale, displayDuration(lag))
	}
	if date.After(f.newest) {
		f.newest = date
	}
	return nil
}

// displayDuration returns a duration of two minutes or more in the largest unit that it has two of, rounded
// down.
func displayDuration(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= 2*day:
		return fmt.Sprintf("%d days", d/day)
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d hours", d/time.Hour)
	}
	return fmt.Sprintf("%d minutes", d/time.Minute)
}
