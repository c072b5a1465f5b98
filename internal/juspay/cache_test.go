// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

func TestFreshness_Headers(t *testing.T) {
	t.Parallel()
	const notSeconds = "its header Age is not a number of seconds"
	for lines, want := range map[string]string{
		"":                                             "",
		"Age:":                                         "",
		"Age: 0":                                       "",
		"Age: 5 ":                                      "",
		"Age: 6":                                       "its header Age is 6 seconds",
		"Age: 86400":                                   "its header Age is 86400 seconds",
		"Age: 0|Age: 7":                                "its header Age is 7 seconds",
		"Age: old":                                     notSeconds,
		"Age: 0, 7":                                    notSeconds,
		"Age: 99999999999999999999":                    notSeconds,
		"X-Cache-Status: HIT":                          "its header X-Cache-Status says HIT",
		"X-Cache-Status: stale":                        "its header X-Cache-Status says STALE",
		"X-Cache-Status: UPDATING":                     "its header X-Cache-Status says UPDATING",
		"X-Cache-Status: MISS":                         "",
		"X-Cache-Status: EXPIRED":                      "",
		"X-Cache-Status: BYPASS":                       "",
		"X-Cache-Status: REVALIDATED":                  "",
		"X-Cache: Hit from cloudfront":                 "its header X-Cache says HIT",
		"X-Cache: HIT from proxy.example":              "its header X-Cache says HIT",
		"X-Cache: MISS, HIT":                           "its header X-Cache says HIT",
		"X-Cache: HIT, MISS":                           "its header X-Cache says HIT",
		"X-Cache: HIT-STALE":                           "its header X-Cache says HIT",
		"X-Cache: HIT-SYNTH":                           "its header X-Cache says HIT", // made by the cache
		"X-Cache: hit graced":                          "its header X-Cache says HIT",
		"X-Cache: HITPASS":                             "", // the cache found that it must request it from the server
		"X-Cache: HITMISS":                             "",
		"X-Cache: hit-for-pass":                        "",
		"X-Cache: hit_for_pass":                        "",
		`X-Cache: "HIT-FOR-MISS"`:                      "",
		"X-Cache: HITPASS, HIT":                        "its header X-Cache says HIT",
		"X-Cache: HIT-MISS":                            "its header X-Cache says HIT", // maybe of two caches
		"X-Cache: HITPASS-STALE":                       "its header X-Cache says HIT",
		"X-Cache: hit-for-pass HIT":                    "its header X-Cache says HIT",
		"X-Cache: MISS|X-Cache: HIT":                   "its header X-Cache says HIT",
		"X-Cache: TCP_HIT from edge (Akamai)":          "its header X-Cache says TCP_HIT",
		"X-Cache: TCP_MEM_HIT":                         "its header X-Cache says TCP_MEM_HIT",
		"X-Cache: TCP_REMOTE_HIT":                      "its header X-Cache says TCP_REMOTE_HIT",
		"X-Cache: TCP_REFRESH_HIT":                     "", // the cache requested it from the server
		"X-Cache: TCP_REFRESH_UNMODIFIED":              "",
		"X-Cache: TCP_REFRESH_FAIL_HIT":                "its header X-Cache says TCP_REFRESH_FAIL_HIT",
		"X-Cache: TCP_REFRESH_FAIL_OLD":                "its header X-Cache says TCP_REFRESH_FAIL",
		"X-Cache: TCP_OFFLINE_HIT":                     "its header X-Cache says TCP_OFFLINE_HIT",
		"X-Cache: TCP_IMS_HIT":                         "its header X-Cache says TCP_IMS_HIT",
		"X-Cache: TCP_NEGATIVE_HIT":                    "its header X-Cache says TCP_NEGATIVE_HIT",
		"X-Cache: TCP_CF_HIT":                          "its header X-Cache says TCP_CF_HIT",
		"X-Cache: TCP_STALE_HIT":                       "its header X-Cache says TCP_STALE",
		"X-Cache: OriginShieldHit from cloudfront":     "its header X-Cache says ORIGINSHIELDHIT",
		`X-Cache: "HIT"`:                               "its header X-Cache says HIT",
		"X-Cache-Remote: TCP_HIT from origin":          "its header X-Cache-Remote says TCP_HIT",
		"X-Cache-Lookup: HIT from proxy:3128":          "", // it was found, but the cache may have requested it again
		"X-Cached: HIT":                                "its header X-Cached says HIT",
		"X-Nginx-Cache: HIT":                           "its header X-Nginx-Cache says HIT",
		"X-Fastcgi-Cache: STALE":                       "its header X-Fastcgi-Cache says STALE",
		"X-Varnish-Cache: HIT":                         "its header X-Varnish-Cache says HIT",
		"CDN-Cache: HIT":                               "its header Cdn-Cache says HIT",
		"X-Cache: TCP_MISS":                            "",
		"X-Cache: Miss from cloudfront":                "",
		"X-Cache: Error from cloudfront":               "",
		"X-Cache: RefreshHit from cloudfront":          "",
		"X-Proxy-Cache: HIT":                           "its header X-Proxy-Cache says HIT",
		"CF-Cache-Status: HIT":                         "its header Cf-Cache-Status says HIT",
		"CF-Cache-Status: DYNAMIC":                     "",
		"Cache-Status: ExampleCache; hit; ttl=376":     "its header Cache-Status says hit",
		"Cache-Status: Origin; fwd=uri-miss, Edge;hit": "its header Cache-Status says hit",
		"Cache-Status: Edge; hit=?1":                   "its header Cache-Status says hit",
		"Cache-Status: Edge; hit=?0":                   "",
		"Cache-Status: hit; fwd=miss; key=hits":        "",
		"Cache-Status: HIT":                            "its header Cache-Status says HIT",
		`Cache-Status: "hit"`:                          "its header Cache-Status says HIT",
		"Cache-Status: TCP_HIT":                        "its header Cache-Status says TCP_HIT",
		"Cache-Status: HIT from proxy.example":         "its header Cache-Status says HIT",
		"Cache-Status: hit-for-pass":                   "",
		"Cache-Status: Hitchhiker":                     "",
		"Akamai-Cache-Status: Hit from child":          "its header Akamai-Cache-Status says HIT",
		"Apisix-Cache-Status: HIT":                     "its header Apisix-Cache-Status says HIT",
		"X-LiteSpeed-Cache: hit":                       "its header X-Litespeed-Cache says HIT",
		"X-LSADC-Cache: hit":                           "its header X-Lsadc-Cache says HIT",
		"X-QC-Cache: hit":                              "its header X-Qc-Cache says HIT",
		"X-Sucuri-Cache: HIT":                          "its header X-Sucuri-Cache says HIT",
		"X-Vercel-Cache: STALE":                        "its header X-Vercel-Cache says STALE",
		"X-Vercel-Cache: MISS":                         "",
		"Cache-Status: STALE":                          "its header Cache-Status says STALE",
		"Cache-Status: MISS":                           "",
		"Warning: 110 - \"Response is Stale\"":         "its header Warning says 110",
		"Warning: 199 - \"x\", 111 cache \"y\"":        "its header Warning says 111",
		"Warning: 1100 - \"x\"":                        "",
		"X-Served-By: cache-hit":                       "",
	} {
		var headers []string
		if lines != "" {
			headers = strings.Split(lines, "|")
		}
		for name, row := range map[string]struct {
			step    step
			ifFresh Reason // the reason of the error of a response that comes from no cache
		}{
			"an account with ": {respondWith(200, accountBody, headers...), ""},
			"no account with ": {respondWith(404, check.MustJSON(juspayError("RESOURCE_NOT_FOUND")), headers...), ReasonNotFound},
		} {
			t.Run(name+cmp.Or(lines, "no header"), func(t *testing.T) {
				t.Parallel()
				script := respondInTurn(row.step)
				_, err := scriptedClient(t, script).Get(t.Context(), accountA, ReadOptions{})
				check.Equal(t, "the number of requests", len(script.times), 1)
				switch {
				case want != "":
					check.ErrorText(t, "the cause", checkReason(t, err, ReasonStale).Err, "the response comes from a cache: "+want)
				case row.ifFresh != "":
					checkReason(t, err, row.ifFresh)
				default:
					check.NoError(t, "the read", err)
				}
			})
		}
	}
}

// A page that a CDN kept is the page of another server, so that it is retried once accounts were read.
func TestFreshness_PagesOfOthers(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		status int
		body   string
		want   Reason
	}{
		"a firewall's page":         {403, "<html>", ReasonNotJuspay},
		"a maintenance page":        {200, "<html>", ReasonNotJSON},
		"a gateway's error in JSON": {404, `{"message":"no route"}`, ReasonNotJuspay},
		"Juspay's own error":        {404, check.MustJSON(juspayError("RESOURCE_NOT_FOUND")), ReasonStale},
		"an account":                {200, accountBody, ReasonStale},
		"a key that is rejected":    {401, "", ReasonStale},
	} {
		check.InBubble(t, name, func(t *testing.T) {
			script := respondInTurn(respondWith(row.status, row.body, "X-Cache: HIT", "Age: 60"))
			_, err := scriptedClient(t, script, func(c *Config) { c.MaxRetries = 0 }).Get(t.Context(), accountA, ReadOptions{})
			checkReason(t, err, row.want)
		})
	}
}

// The clock of a gateway that sends pages of its own is not the server's.
func TestFreshness_DateOfAGateway(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status  int
		body    string
		isStale bool // whether an account of ten minutes before is stale after it
	}{
		"a page under 502":     {502, "<html>", false},
		"a page under 403":     {403, "<html>", false},
		"a page under 200":     {200, "<html>", false},
		"Juspay's own 404":     {404, check.MustJSON(juspayError("RESOURCE_NOT_FOUND")), true},
		"an account of Juspay": {200, accountBody, true},
	} {
		check.InBubble(t, name, func(t *testing.T) {
			dateOf := func(at time.Time) string { return "Date:" + at.UTC().Format(http.TimeFormat) }
			script := respondInTurn(respondWith(test.status, test.body, dateOf(time.Now())), respondWith(200, accountBody, dateOf(time.Now().Add(-10*time.Minute))))
			client := scriptedClient(t, script, func(c *Config) { c.MaxRetries = 0 })
			_, _ = client.Get(t.Context(), accountA, ReadOptions{})
			_, err := client.Get(t.Context(), accountA, ReadOptions{})
			check.Equal(t, "whether the account is stale", errors.Is(err, errStale), test.isStale)
		})
	}
}

// The age of a response that is retried does not matter.
func TestFreshness_RetriedStatuses(t *testing.T) {
	t.Parallel()
	for _, status := range []int{408, 425, 429, 500, 502, 503} {
		for name, body := range map[string]string{"": "", ", of Juspay": `{"error":true,"errorMessage":"Down."}`} {
			check.InBubble(t, strconv.Itoa(status)+name, func(t *testing.T) {
				script := respondInTurn(respondWith(status, body, "X-Cache: HIT", "Age: 60"), succeed)
				_, err := scriptedClient(t, script).Get(t.Context(), accountA, ReadOptions{})
				check.NoError(t, "the read", err)
				check.Equal(t, "the number of requests", len(script.times), 2)
			})
		}
	}
}

// Each row is the Dates of the responses to a few reads, relative to this machine's clock.
func TestFreshness_Date(t *testing.T) {
	t.Parallel()
	const none = time.Duration(1 << 62)
	for name, test := range map[string]struct {
		dates []time.Duration
		want  string // the error of the last read
	}{
		"no Date is accepted":                            {[]time.Duration{none}, ""},
		"now is accepted":                                {[]time.Duration{0}, ""},
		"a clock that is an hour slow is accepted":       {[]time.Duration{-time.Hour, -time.Hour, -time.Hour}, ""},
		"a clock that is an hour fast is accepted":       {[]time.Duration{time.Hour, time.Hour}, ""},
		"five minutes behind is accepted":                {[]time.Duration{0, -5 * time.Minute}, ""},
		"more than five minutes behind is rejected":      {[]time.Duration{0, -5*time.Minute - time.Second}, "5 minutes"},
		"a lag that grows is rejected":                   {[]time.Duration{0, -4 * time.Minute, -8 * time.Minute}, "8 minutes"},
		"behind a slow clock is rejected":                {[]time.Duration{-time.Hour, -2 * time.Hour}, "2 hours"},
		"a second of a slow clock out of order":          {[]time.Duration{-time.Hour, -time.Hour - time.Second}, ""},
		"a day alone is accepted":                        {[]time.Duration{-24 * time.Hour}, ""},
		"more than a day alone is rejected":              {[]time.Duration{-49 * time.Hour}, "2 days"},
		"three years alone is rejected":                  {[]time.Duration{-3 * 365 * 24 * time.Hour}, "1095 days"},
		"a Date of the future does not make others late": {[]time.Duration{48 * time.Hour, 0}, ""},
		"after a rejected one, now is accepted":          {[]time.Duration{0, -time.Hour, 0}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var steps []step
				for _, date := range test.dates {
					var lines []string
					if date != none {
						lines = []string{"Date:" + time.Now().Add(date).UTC().Format(http.TimeFormat)}
					}
					steps = append(steps, respondWith(200, accountBody, lines...))
				}
				client := scriptedClient(t, respondInTurn(steps...))
				var err error
				for range steps {
					_, err = client.Get(t.Context(), accountA, ReadOptions{})
				}
				want := ""
				if test.want != "" {
					want = "juspay: stale (HTTP 200): the response comes from a cache: its header Date is " + test.want + " behind this machine's clock"
				}
				check.ErrorText(t, "Get", err, want)
			})
		})
	}
}
