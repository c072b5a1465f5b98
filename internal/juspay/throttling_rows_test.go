// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// throttlingRow is a server, and what reading from it must come to.
type throttlingRow struct {
	name        string
	server      func(random *rand.Rand) simServer
	clients     int           // the number of clients; 0 is one
	accounts    int           // the number of accounts of each client
	concurrent  int           // the MaxConcurrentRequests of each client; 0 is the default
	later       time.Duration // when all clients but the first begin
	refusesFast bool          // whether refusals come in a tenth of the latency, and other responses after all of it

	ideal         time.Duration // the time that the limit requires; 0 is without a limit
	median, worst float64       // upper bounds of the median (with minMedianSeeds seeds or more) and of the longest time, as multiples of the ideal
	extra         time.Duration // the time that is added to both
	wantUnread    int           // the number of reads that fail or are skipped
}

const (
	// recovery is the longest time after an outage or a ban until a probe shows that it ended.
	recovery = 8 * time.Second
	// sickDelay is the time that the others may wait until it is known which accounts are sick.
	sickDelay = 2 * time.Second
	// sickOutageDelay is added to the delay where refusals are fast: eight sick accounts in a row are
	// taken for an outage.
	sickOutageDelay = 3 * time.Second
)

var (
	// tooMany and unavailable are refusals without a Retry-After.
	tooMany, unavailable = reply{status: http.StatusTooManyRequests}, reply{status: http.StatusServiceUnavailable}
	// firewallPage is the response of a firewall that bans.
	firewallPage = reply{status: http.StatusForbidden, body: "<html>"}
	// connectionReset and noResponse are without a status.
	connectionReset, noResponse = reply{}, reply{status: -1}
)

// after returns the refusal with a Retry-After.
func (r reply) after(retryAfter string) reply {
	r.retryAfter = retryAfter
	return r
}

// tooManyOfJuspay refuses by the code in the body alone.
func tooManyOfJuspay(status int) reply {
	return reply{status: status, body: check.MustJSON(juspayError("TOO_MANY_REQUESTS"))}
}

func throttlingRows() []throttlingRow {
	rows := slices.Concat(bucketRows(), []throttlingRow{oneRefusalRow()}, sharedBucketRows(), windowRows(), concurrencyRows(), banRows(), outageRows(),
		changeRows(), []throttlingRow{unlimitedRow()}, sickRows(), adjacentSickRows())
	for _, name := range rowsThatRefuseFast {
		row := rows[slices.IndexFunc(rows, func(row throttlingRow) bool { return row.name == name })]
		row.name, row.refusesFast = name+", refuses fast", true
		if row.wantUnread > 0 {
			row.extra += sickOutageDelay
		}
		rows = append(rows, row)
	}
	return rows
}

// rowsThatRefuseFast are also run with servers whose refusals come sooner than the responses to
// earlier requests, as a gateway's do.
var rowsThatRefuseFast = []string{
	"50/s, burst 5, 429",
	"50/s, burst 20, 503",
	"100/s, burst 20, 429, Retry-After: 1",
	"5 plans of 480, 24/s, burst 1, 503",
	"20 plans of 120, 24/s, burst 1, 503",
	"20 plans of 200, 24/s, burst 1, 19 begin after 10 s",
	"100 in 1s, fixed",
	"1000 in 1m0s, fixed",
	"100/s, refused ones count, 429",
	"limit_conn 10, 503",
	"ban of 3s, 403",
	"ban of 8s, extended by each request, 403",
	"ban of 3s after 500 in 1s, again and again, 403",
	"outage of 5s, 502",
	"600 in 1m, 605 accounts",
	"40 accounts 429",
	"40 accounts hang",
	"40 adjacent accounts 429 in the middle",
	"40 adjacent accounts 500 in the middle",
	"40 adjacent accounts hang in the middle",
	"40 adjacent accounts Retry-After: 3600 in the middle",
	"12 adjacent accounts Retry-After: 3600 in the middle",
	"40 adjacent accounts 429 at the end",
}

// withRetryAfter adds the Retry-After of a refusal to the name of a row.
func withRetryAfter(name string, refusal reply) string {
	if refusal.retryAfter == "" {
		return name
	}
	return name + ", Retry-After: " + refusal.retryAfter
}

// bucketRows are limits of a rate and a burst, with one client.
func bucketRows() (rows []throttlingRow) {
	for _, row := range []struct {
		rate, burst   float64
		refusal       reply
		accounts      int
		median, worst float64
	}{
		{rate: 50, burst: 1, refusal: tooMany, accounts: 1000, median: 1.55, worst: 1.7},
		{rate: 50, burst: 5, refusal: tooMany, accounts: 1000, median: 1.15, worst: 1.35},
		{rate: 50, burst: 10, refusal: tooMany, accounts: 1000, median: 1.15, worst: 1.35},
		{rate: 50, burst: 10, refusal: tooMany.after("0"), accounts: 1000, median: 1.15, worst: 1.35},
		{rate: 50, burst: 20, refusal: unavailable, accounts: 1000, median: 1.15, worst: 1.35},
		{rate: 20, burst: 1, refusal: unavailable, accounts: 1000, median: 1.55, worst: 1.7},
		{rate: 20, burst: 20, refusal: unavailable, accounts: 1000, median: 1.15, worst: 1.35},
		{rate: 50, burst: 10, refusal: tooManyOfJuspay(200), accounts: 1000, median: 1.15, worst: 1.35},
		{rate: 50, burst: 10, refusal: tooManyOfJuspay(400), accounts: 1000, median: 1.15, worst: 1.35},
		{rate: 50, burst: 1, refusal: tooMany.after("1"), accounts: 1000, median: 1.6, worst: 1.8},
		{rate: 50, burst: 5, refusal: tooMany.after("1"), accounts: 1000, median: 1.15, worst: 1.35},
		{rate: 100, burst: 5, refusal: tooMany.after("1"), accounts: 1000, median: 1.15, worst: 1.35},
		{rate: 100, burst: 20, refusal: tooMany.after("1"), accounts: 1000, median: 1.15, worst: 1.35},
		{rate: 500, burst: 20, refusal: tooMany, accounts: 2000, median: 1.2, worst: 1.4},
	} {
		rows = append(rows, throttlingRow{
			name:     withRetryAfter(fmt.Sprintf("%g/s, burst %g, %d", row.rate, row.burst, row.refusal.status), row.refusal),
			server:   func(*rand.Rand) simServer { return tokenBucket(row.rate, row.burst, row.refusal) },
			accounts: row.accounts, ideal: timeAtRate(row.accounts, row.rate), median: row.median, worst: row.worst,
		})
	}
	return append(rows,
		throttlingRow{
			name:     "50/s, burst 20, 503, 256 concurrent",
			server:   func(*rand.Rand) simServer { return tokenBucket(50, 20, unavailable) },
			accounts: 1000, concurrent: 256, ideal: timeAtRate(1000, 50), median: 1.15, worst: 1.35,
		},
		throttlingRow{
			name:     "50/s, burst 20 delayed, 503",
			server:   func(*rand.Rand) simServer { return delayedBucket(50, 20, unavailable) },
			accounts: 1000, ideal: timeAtRate(1000, 50), median: 1.15, worst: 1.35,
		})
}

// sharedBucketRows are limits of a rate and a burst, which plans that run concurrently share.
func sharedBucketRows() (rows []throttlingRow) {
	for _, row := range []struct {
		plans, accounts int
		rate            float64
		refusal         reply
	}{
		{plans: 2, accounts: 500, rate: 50, refusal: unavailable},
		{plans: 2, accounts: 500, rate: 20, refusal: unavailable},
		{plans: 5, accounts: 200, rate: 50, refusal: unavailable},
		{plans: 5, accounts: 480, rate: 24, refusal: unavailable},
		{plans: 5, accounts: 480, rate: 24, refusal: unavailable.after("1")},
		{plans: 10, accounts: 100, rate: 50, refusal: unavailable},
		{plans: 10, accounts: 240, rate: 24, refusal: unavailable},
		{plans: 10, accounts: 240, rate: 24, refusal: unavailable.after("1")},
		{plans: 20, accounts: 120, rate: 24, refusal: unavailable},
	} {
		rows = append(rows, throttlingRow{
			name:    withRetryAfter(fmt.Sprintf("%d plans of %d, %g/s, burst 1, 503", row.plans, row.accounts, row.rate), row.refusal),
			server:  func(*rand.Rand) simServer { return tokenBucket(row.rate, 1, row.refusal) },
			clients: row.plans, accounts: row.accounts, ideal: timeAtRate(row.plans*row.accounts, row.rate), median: 2.1, worst: 2.5,
		})
	}
	for _, row := range []struct{ rate, burst float64 }{{rate: 24, burst: 1}, {rate: 24, burst: 5}, {rate: 50, burst: 20}} {
		rows = append(rows, throttlingRow{
			name:    fmt.Sprintf("20 plans of 200, %g/s, burst %g, 19 begin after 10 s", row.rate, row.burst),
			server:  func(*rand.Rand) simServer { return tokenBucket(row.rate, row.burst, unavailable) },
			clients: 20, accounts: 200, later: 10 * time.Second, ideal: timeAtRate(20*200, row.rate), median: 2, worst: 2.5,
		})
	}
	return append(rows,
		throttlingRow{
			name:    "20 plans of 400, 50/s, burst 50, Retry-After: 1",
			server:  func(*rand.Rand) simServer { return tokenBucket(50, 50, tooMany.after("1")) },
			clients: 20, accounts: 400, ideal: timeAtRate(20*400, 50), median: 1.2, worst: 1.4,
		},
		throttlingRow{
			name:    "5 plans of 480, 24/s, burst 5, 503",
			server:  func(*rand.Rand) simServer { return tokenBucket(24, 5, unavailable) },
			clients: 5, accounts: 480, ideal: timeAtRate(5*480, 24), median: 1.2, worst: 1.4,
		})
}

// windowRows are limits of the number of requests in a period.
func windowRows() (rows []throttlingRow) {
	for _, limit := range []struct {
		requests int
		period   time.Duration
		accounts int
	}{
		{requests: 100, period: time.Second, accounts: 1000},
		{requests: 60, period: time.Second, accounts: 1000},
		{requests: 600, period: 10 * time.Second, accounts: 1500},
		{requests: 1000, period: time.Minute, accounts: 1500},
		{requests: 600, period: time.Minute, accounts: 1000},
		{requests: 100, period: 10 * time.Second, accounts: 300},
	} {
		for _, kind := range []struct {
			name    string
			server  func(requests int, period time.Duration, random *rand.Rand, refused func(reset time.Duration) reply) simServer
			headers []string // the headers that say when the period ends, "" for none
		}{
			{name: "fixed", server: windowFromRequest, headers: []string{"", "Retry-After"}},
			{name: "aligned", server: alignedWindow, headers: []string{"", "Retry-After", "RateLimit"}},
			{name: "log", server: slidingLog, headers: []string{""}},
			{name: "counter", server: slidingCounter, headers: []string{""}},
		} {
			for _, header := range kind.headers {
				row := throttlingRow{
					name:     fmt.Sprintf("%d in %s, %s", limit.requests, limit.period, kind.name),
					accounts: limit.accounts, ideal: timeAtRate(limit.accounts, float64(limit.requests)/limit.period.Seconds()), median: 1.3, worst: 1.7,
				}
				refused := func(time.Duration) reply { return tooMany }
				if header != "" {
					row.name, row.median = row.name+", "+header, 1.2
					refused = func(reset time.Duration) reply { return tooMany.after(fmt.Sprint(int(math.Ceil(reset.Seconds())))) }
				}
				row.server = func(random *rand.Rand) simServer {
					server := kind.server(limit.requests, limit.period, random, refused)
					if header == "RateLimit" {
						return server // the window itself sets the fields
					}
					return withoutHeader(server)
				}
				rows = append(rows, row)
			}
		}
	}
	rows = append(rows, throttlingRow{
		name:     "100 in 1s, Retry-After: 1 always",
		server:   func(*rand.Rand) simServer { return fixedWindow(100, time.Second, tooMany.after("1")) },
		accounts: 1000, ideal: timeAtRate(1000, 100), median: 1.3, worst: 1.7,
	})
	for _, refusal := range []reply{tooMany, unavailable} {
		for _, rate := range []int{100, 50} {
			rows = append(rows, throttlingRow{
				name:     fmt.Sprintf("%d/s, refused ones count, %d", rate, refusal.status),
				server:   func(*rand.Rand) simServer { return stickTable(rate, refusal) },
				accounts: 1000, ideal: timeAtRate(1000, float64(rate)), median: 1.55, worst: 1.65,
			})
		}
	}
	return rows
}

// concurrencyRows are limits of the number of requests in flight.
func concurrencyRows() (rows []throttlingRow) {
	for _, inFlight := range []int{5, 10} {
		ideal := 1000 * simLatency / time.Duration(inFlight)
		rows = append(rows,
			throttlingRow{
				name:     fmt.Sprintf("limit_conn %d, 503", inFlight),
				server:   func(*rand.Rand) simServer { return maxInFlight(inFlight, unavailable) },
				accounts: 1000, ideal: ideal, median: 1.4, worst: 1.8,
			},
			throttlingRow{
				name:     fmt.Sprintf("maxconn %d, queue 100 ms, 503", inFlight),
				server:   func(*rand.Rand) simServer { return maxConn(inFlight, simLatency, 100*time.Millisecond, unavailable) },
				accounts: 1000, ideal: ideal, median: 1.2, worst: 1.4,
			})
	}
	return rows
}

// banRows are servers that refuse all requests for a time.
func banRows() (rows []throttlingRow) {
	for _, ban := range []struct {
		length     time.Duration
		isExtended bool
	}{
		{length: 3 * time.Second},
		{length: 30 * time.Second},
		{length: 3 * time.Second, isExtended: true},
		{length: 8 * time.Second, isExtended: true},
	} {
		name := fmt.Sprintf("ban of %s", ban.length)
		if ban.isExtended {
			name += ", extended by each request"
		}
		for _, refusal := range []reply{tooMany, firewallPage} {
			rows = append(rows, throttlingRow{
				name: fmt.Sprintf("%s, %d", name, refusal.status),
				server: func(*rand.Rand) simServer {
					return banAt(2*time.Second, ban.length, ban.isExtended, refusal, tokenBucket(100, 20, tooMany))
				},
				accounts: 2000, ideal: timeAtRate(2000, 100), median: 1.3, worst: 1.3, extra: ban.length + recovery,
			})
		}
	}
	return append(rows, throttlingRow{
		name:     "ban of 3s after 500 in 1s, again and again, 403",
		server:   func(*rand.Rand) simServer { return evasive(500, time.Second, 3*time.Second, firewallPage) },
		accounts: 2000, ideal: timeAtRate(2000, 500), median: 8, worst: 9,
	})
}

// outageRows are servers that are down for a time.
func outageRows() (rows []throttlingRow) {
	badGateway := reply{status: http.StatusBadGateway}
	for _, length := range []time.Duration{time.Second, 5 * time.Second, 10 * time.Second} {
		for _, failing := range []reply{badGateway, connectionReset} {
			for _, outage := range []struct {
				where string
				from  time.Duration
			}{{where: "", from: time.Second}, {where: " at the end", from: 6 * time.Second}} {
				rows = append(rows, throttlingRow{
					name: fmt.Sprintf("outage of %s%s, %d", length, outage.where, failing.status),
					server: func(*rand.Rand) simServer {
						return changeBetween(outage.from, outage.from+length, replyAlways(failing), unlimited)
					},
					accounts: 4000, median: 1.3, worst: 1.3, extra: length + recovery,
				})
			}
		}
	}
	// When the outage begins, most of the reads that are left were refused by the limit before.
	for _, failing := range []reply{badGateway, connectionReset, firewallPage} {
		rows = append(rows, throttlingRow{
			name: fmt.Sprintf("50/s, burst 10, and an outage of 20s near the end, %d", failing.status),
			server: func(*rand.Rand) simServer {
				return changeBetween(5600*time.Millisecond, 25600*time.Millisecond, replyAlways(failing), tokenBucket(50, 10, tooMany))
			},
			accounts: 300, ideal: timeAtRate(300, 50), median: 1.15, worst: 1.35, extra: 20*time.Second + recovery,
		})
	}
	return append(rows, throttlingRow{
		name:     "502 for a second",
		server:   func(*rand.Rand) simServer { return changeAfter(time.Second, replyAlways(badGateway), unlimited) },
		accounts: 2000, median: 1.3, worst: 1.3, extra: 2 * time.Second,
	})
}

// changeRows are limits that change while a client reads, or that are reached near its end.
func changeRows() (rows []throttlingRow) {
	for _, accounts := range []int{605, 630} {
		rows = append(rows, throttlingRow{
			name:     fmt.Sprintf("600 in 1m, %d accounts", accounts),
			server:   func(*rand.Rand) simServer { return fixedWindow(600, time.Minute, tooMany) },
			accounts: accounts, ideal: time.Minute, median: 1.2, worst: 1.3,
		})
	}
	return append(rows,
		throttlingRow{
			name: "window 20, 100, 20 per second",
			server: func(*rand.Rand) simServer {
				of := func(requests int) simServer { return fixedWindow(requests, time.Second, tooMany) }
				return changeAfter(10*time.Second, of(20), changeAfter(20*time.Second, of(100), of(20)))
			},
			accounts: 2000, ideal: 20*time.Second + timeAtRate(2000-10*20-10*100, 20), median: 1.3, worst: 1.7,
		},
		throttlingRow{
			name:     "50/s, no limit from 2 s to 7 s",
			server:   func(*rand.Rand) simServer { return unlimitedBetween(2, 7) },
			accounts: 5200, ideal: 45 * time.Second, median: 1.4, worst: 1.5,
		},
		throttlingRow{
			name:     "50/s, no limit from 2 s to 17 s",
			server:   func(*rand.Rand) simServer { return unlimitedBetween(2, 17) },
			accounts: 11_600, ideal: 55 * time.Second, median: 1.35, worst: 1.45,
		})
}

// unlimitedRow is a server without a limit.
func unlimitedRow() throttlingRow {
	return throttlingRow{
		name:     "no limit",
		server:   func(*rand.Rand) simServer { return unlimited },
		accounts: 2000, median: 1.1, worst: 1.15,
	}
}

// oneRefusalRow is a server without a limit that refuses a single request.
func oneRefusalRow() throttlingRow {
	return throttlingRow{
		name:     "no limit, one Retry-After: 5",
		server:   func(*rand.Rand) simServer { return refusesOnce("banh_500", tooMany.after("5")) },
		accounts: 2000, median: 1.15, worst: 1.35, extra: 5 * time.Second,
	}
}

// sickRows are accounts that fail while the server serves all others. They are spread evenly.
func sickRows() (rows []throttlingRow) {
	for _, row := range []struct {
		name  string
		sick  int
		fails reply
		extra time.Duration
	}{
		{name: "1 account 429", sick: 1, fails: tooMany},
		{name: "1 account Retry-After: 30", sick: 1, fails: tooMany.after("30")},
		{name: "2 accounts Retry-After: 30", sick: 2, fails: tooMany.after("30"), extra: sickDelay},
		{name: "8 accounts Retry-After: 30", sick: 8, fails: tooMany.after("30"), extra: sickDelay},
		{name: "40 accounts 429", sick: 40, fails: tooMany, extra: sickDelay},
		{name: "40 accounts Retry-After: 30", sick: 40, fails: tooMany.after("30"), extra: sickDelay},
		{name: "40 accounts Retry-After: 3600", sick: 40, fails: tooMany.after("3600"), extra: sickDelay},
		{name: "40 accounts 503", sick: 40, fails: unavailable, extra: sickDelay},
		{name: "40 accounts 503, Retry-After: 30", sick: 40, fails: unavailable.after("30"), extra: sickDelay},
		{name: "40 accounts 500", sick: 40, fails: reply{status: http.StatusInternalServerError}, extra: sickDelay},
		{name: "40 accounts hang", sick: 40, fails: noResponse, extra: 2 * DefaultRequestTimeout},
		{name: "80 accounts hang", sick: 80, fails: noResponse, extra: 2 * DefaultRequestTimeout},
		{name: "1 account 403", sick: 1, fails: firewallPage},
	} {
		rows = append(rows, throttlingRow{
			name:     row.name,
			server:   func(*rand.Rand) simServer { return failEvery(2000/row.sick, row.fails, unlimited) },
			accounts: 2000, median: 1.3, worst: 1.35, extra: row.extra, wantUnread: row.sick,
		})
	}
	return rows
}

// adjacentSickRows are accounts that fail, and are adjacent.
func adjacentSickRows() (rows []throttlingRow) {
	for _, place := range []struct {
		where                          string
		firstOf40, firstOf12, firstOf5 int
	}{
		{where: "in the middle", firstOf40: 1000, firstOf12: 1010, firstOf5: 1017},
		{where: "at the end", firstOf40: 1960, firstOf12: 1988, firstOf5: 1995},
	} {
		for _, row := range []struct {
			name        string
			first, sick int
			fails       reply
			extra       time.Duration
		}{
			{name: "40 adjacent accounts 429", first: place.firstOf40, sick: 40, fails: tooMany, extra: sickDelay},
			{name: "40 adjacent accounts Retry-After: 30", first: place.firstOf40, sick: 40, fails: tooMany.after("30"), extra: sickDelay},
			{name: "40 adjacent accounts Retry-After: 3600", first: place.firstOf40, sick: 40, fails: tooMany.after("3600"), extra: sickDelay},
			{name: "12 adjacent accounts Retry-After: 3600", first: place.firstOf12, sick: 12, fails: tooMany.after("3600"), extra: sickDelay},
			{name: "40 adjacent accounts 500", first: place.firstOf40, sick: 40, fails: reply{status: http.StatusInternalServerError}, extra: sickDelay},
			{name: "40 adjacent accounts hang", first: place.firstOf40, sick: 40, fails: noResponse, extra: 2 * DefaultRequestTimeout},
			{name: "5 adjacent accounts 429", first: place.firstOf5, sick: 5, fails: tooMany, extra: sickDelay},
		} {
			rows = append(rows, throttlingRow{
				name:     row.name + " " + place.where,
				server:   func(*rand.Rand) simServer { return failFrom(row.first, row.sick, row.fails) },
				accounts: 2000, median: 1.3, worst: 1.35, extra: row.extra, wantUnread: row.sick,
			})
		}
	}
	return rows
}
