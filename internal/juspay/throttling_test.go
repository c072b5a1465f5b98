// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// throttlingRow is a server, and what reading from it must come to.
type throttlingRow struct {
	name          string
	server        func(random *rand.Rand) simServer
	accounts      int
	ideal         time.Duration // 0 is without a limit
	median, worst float64       // ratios to the ideal
	extra         time.Duration // beyond the ratio
	clients       int
	later         time.Duration // when all clients but the first begin
	concurrent    int
	wantFailed    int
	refusesAtOnce bool // and serves only after the latency
}

func throttlingRows() []throttlingRow {
	refused := func(status int, retryAfter string) reply { return reply{status: status, retryAfter: retryAfter} }
	envelope := func(status int) reply {
		return reply{status: status, body: check.MustJSON(juspayError("TOO_MANY_REQUESTS"))}
	}
	var rows []throttlingRow
	add := func(row throttlingRow, newServer func(*rand.Rand) simServer) {
		row.server = newServer
		rows = append(rows, row)
	}
	bucket := func(rate, burst float64, r reply, accounts int, median, worst float64) {
		name := fmt.Sprintf("%.0f/s, burst %.0f, %d", rate, burst, r.status)
		if r.retryAfter != "" {
			name += ", Retry-After: " + r.retryAfter
		}
		add(throttlingRow{name: name, accounts: accounts, ideal: perSecond(accounts, rate), median: median, worst: worst},
			func(*rand.Rand) simServer { return tokenBucket(rate, burst, r) })
	}
	bucket(50, 1, refused(429, ""), 1000, 1.55, 1.7)
	bucket(50, 5, refused(429, ""), 1000, 1.15, 1.35)
	bucket(50, 10, refused(429, ""), 1000, 1.15, 1.35)
	bucket(50, 10, refused(429, "0"), 1000, 1.15, 1.35)
	bucket(50, 20, refused(503, ""), 1000, 1.15, 1.35)
	bucket(20, 1, refused(503, ""), 1000, 1.55, 1.7)
	bucket(20, 20, refused(503, ""), 1000, 1.15, 1.35)
	bucket(50, 10, envelope(200), 1000, 1.15, 1.35)
	bucket(50, 10, envelope(400), 1000, 1.15, 1.35)
	bucket(50, 1, refused(429, "1"), 1000, 1.6, 1.8)
	bucket(50, 5, refused(429, "1"), 1000, 1.15, 1.35)
	bucket(100, 5, refused(429, "1"), 1000, 1.15, 1.35)
	bucket(100, 20, refused(429, "1"), 1000, 1.15, 1.35)
	bucket(500, 20, refused(429, ""), 2000, 1.2, 1.4)
	add(throttlingRow{name: "50/s, burst 20, 503, 256 concurrent", accounts: 1000, ideal: perSecond(1000, 50), median: 1.15, worst: 1.35, concurrent: 256},
		func(*rand.Rand) simServer { return tokenBucket(50, 20, refused(503, "")) })
	add(throttlingRow{name: "50/s, burst 20 delayed, 503", accounts: 1000, ideal: perSecond(1000, 50), median: 1.15, worst: 1.35},
		func(*rand.Rand) simServer { return delayedBucket(50, 20, refused(503, "")) })
	once := func(*rand.Rand) simServer {
		sent := false
		return func(id string, inFlight int) reply {
			if id == "banh_500" && !sent {
				sent = true
				return refused(429, "5")
			}
			return okReply
		}
	}
	add(throttlingRow{name: "no limit, one Retry-After: 5", accounts: 2000, median: 1.15, worst: 1.35, extra: 5 * time.Second}, once)
	for _, shared := range []struct {
		clients, accounts int
		rate              float64
		retryAfter        string
	}{{2, 500, 50, ""}, {2, 500, 20, ""}, {5, 200, 50, ""}, {5, 480, 24, ""}, {5, 480, 24, "1"}, {10, 100, 50, ""}, {10, 240, 24, ""}, {10, 240, 24, "1"},
		{20, 120, 24, ""}} {
		name := fmt.Sprintf("%d plans of %d, %.0f/s, burst 1, 503", shared.clients, shared.accounts, shared.rate)
		if shared.retryAfter != "" {
			name += ", Retry-After: " + shared.retryAfter
		}
		add(throttlingRow{name: name, clients: shared.clients, accounts: shared.accounts, ideal: perSecond(shared.clients*shared.accounts, shared.rate),
			median: 2.1, worst: 2.5},
			func(*rand.Rand) simServer { return tokenBucket(shared.rate, 1, refused(503, shared.retryAfter)) })
	}
	for _, bucket := range []struct{ rate, burst float64 }{{24, 1}, {24, 5}, {50, 20}} {
		add(throttlingRow{name: fmt.Sprintf("20 plans of 200, %g/s, burst %g, 19 begin after 10 s", bucket.rate, bucket.burst), clients: 20, accounts: 200,
			later: 10 * time.Second, ideal: perSecond(4000, bucket.rate), median: 2, worst: 2.5},
			func(*rand.Rand) simServer { return tokenBucket(bucket.rate, bucket.burst, refused(503, "")) })
	}
	add(throttlingRow{name: "20 plans of 400, 50/s, burst 50, Retry-After: 1", clients: 20, accounts: 400, ideal: perSecond(8000, 50), median: 1.2, worst: 1.4},
		func(*rand.Rand) simServer { return tokenBucket(50, 50, refused(429, "1")) })
	add(throttlingRow{name: "5 plans of 480, 24/s, burst 5, 503", clients: 5, accounts: 480, ideal: perSecond(2400, 24), median: 1.2, worst: 1.4},
		func(*rand.Rand) simServer { return tokenBucket(24, 5, refused(503, "")) })
	for _, w := range []struct {
		requests int
		period   time.Duration
		accounts int
	}{{100, time.Second, 1000}, {60, time.Second, 1000}, {600, 10 * time.Second, 1500}, {1000, time.Minute, 1500}, {600, time.Minute, 1000},
		{100, 10 * time.Second, 300}} {
		for _, kind := range []struct {
			name string
			make func(int, time.Duration, *rand.Rand, func(time.Duration) reply) simServer
		}{
			{"fixed", func(n int, d time.Duration, _ *rand.Rand, r func(time.Duration) reply) simServer {
				return fixedWindow(n, d, r)
			}},
			{"aligned", alignedWindow},
			{"log", slidingLog},
			{"counter", slidingCounter},
		} {
			for _, headers := range []string{"", "Retry-After", "RateLimit"} {
				if headers != "" && (kind.name == "counter" || kind.name == "log") || headers == "RateLimit" && kind.name == "fixed" {
					continue
				}
				r := func(reset time.Duration) reply {
					r := reply{status: 429}
					if headers != "" {
						r.retryAfter = fmt.Sprint(int(math.Ceil(reset.Seconds())))
					}
					return r
				}
				name := fmt.Sprintf("%d in %s, %s", w.requests, w.period, kind.name)
				median := 1.3
				if headers != "" {
					name += ", " + headers
					median = 1.2
				}
				add(throttlingRow{name: name, accounts: w.accounts, ideal: perSecond(w.accounts, float64(w.requests)/w.period.Seconds()), median: median, worst: 1.7},
					func(random *rand.Rand) simServer {
						s := kind.make(w.requests, w.period, random, r)
						if headers == "RateLimit" {
							return s // the window itself sets the fields
						}
						return func(id string, inFlight int) reply {
							reply := s(id, inFlight)
							reply.header = nil
							return reply
						}
					})
			}
		}
	}
	add(throttlingRow{name: "100 in 1s, Retry-After: 1 always", accounts: 1000, ideal: perSecond(1000, 100), median: 1.3, worst: 1.7},
		func(*rand.Rand) simServer {
			return fixedWindow(100, time.Second, func(time.Duration) reply { return refused(429, "1") })
		})
	for _, status := range []int{429, 503} {
		for _, n := range []int{100, 50} {
			add(throttlingRow{name: fmt.Sprintf("%d/s, refused ones count, %d", n, status), accounts: 1000, ideal: perSecond(1000, float64(n)), median: 1.55,
				worst: 1.65},
				func(*rand.Rand) simServer { return stickTable(n, refused(status, "")) })
		}
	}
	for _, n := range []int{5, 10} {
		add(throttlingRow{name: fmt.Sprintf("limit_conn %d, 503", n), accounts: 1000, ideal: 1000 * 50 * time.Millisecond / time.Duration(n), median: 1.4,
			worst: 1.6},
			func(*rand.Rand) simServer { return maxInFlight(n, refused(503, "")) })
		add(throttlingRow{name: fmt.Sprintf("maxconn %d, queue 100 ms, 503", n), accounts: 1000, ideal: 1000 * 50 * time.Millisecond / time.Duration(n),
			median: 1.2, worst: 1.4},
			func(*rand.Rand) simServer {
				return maxConn(n, 50*time.Millisecond, 100*time.Millisecond, refused(503, ""))
			})
	}
	const slack = 8 * time.Second
	for _, b := range []struct {
		length   time.Duration
		extended bool
	}{{3 * time.Second, false}, {30 * time.Second, false}, {3 * time.Second, true}, {8 * time.Second, true}} {
		name := fmt.Sprintf("ban of %s", b.length)
		if b.extended {
			name += ", extended by each request"
		}
		for _, r := range []reply{refused(429, ""), {status: 403, body: "<html>"}} {
			add(throttlingRow{name: name + fmt.Sprintf(", %d", r.status), accounts: 2000, ideal: perSecond(2000, 100), median: 1.3, worst: 1.3, extra: b.length + slack},
				func(*rand.Rand) simServer {
					return banAt(2*time.Second, b.length, b.extended, r, tokenBucket(100, 20, refused(429, "")))
				})
		}
	}
	add(throttlingRow{name: "ban of 3s after 500 in 1s, again and again, 403", accounts: 2000, ideal: perSecond(2000, 500), median: 8, worst: 9},
		func(*rand.Rand) simServer {
			return evasive(500, time.Second, 3*time.Second, reply{status: 403, body: "<html>"})
		})
	for _, d := range []time.Duration{time.Second, 5 * time.Second, 10 * time.Second} {
		for _, r := range []reply{refused(502, ""), {}} {
			add(throttlingRow{name: fmt.Sprintf("outage of %s, %d", d, r.status), accounts: 4000, median: 1.3, worst: 1.3, extra: d + slack},
				func(*rand.Rand) simServer { return between(time.Second, time.Second+d, always(r), unlimited) })
			add(throttlingRow{name: fmt.Sprintf("outage of %s at the end, %d", d, r.status), accounts: 4000, median: 1.3, worst: 1.3, extra: d + slack},
				func(*rand.Rand) simServer { return between(6*time.Second, 6*time.Second+d, always(r), unlimited) })
		}
	}
	add(throttlingRow{name: "502 for a second", accounts: 2000, median: 1.3, worst: 1.3, extra: 2 * time.Second},
		func(*rand.Rand) simServer { return within(time.Second, always(refused(502, "")), unlimited) })
	for _, n := range []int{605, 630} {
		add(throttlingRow{name: fmt.Sprintf("600 in 1m, %d accounts", n), accounts: n, ideal: time.Minute, median: 1.2, worst: 1.3},
			func(random *rand.Rand) simServer {
				return fixedWindow(600, time.Minute, func(time.Duration) reply { return refused(429, "") })
			})
	}
	add(throttlingRow{name: "window 20, 100, 20 per second", accounts: 2000, ideal: 20*time.Second + perSecond(1000-200, 20), median: 1.3, worst: 1.7},
		func(*rand.Rand) simServer {
			w := func(n int) simServer {
				return fixedWindow(n, time.Second, func(time.Duration) reply { return refused(429, "") })
			}
			return within(10*time.Second, w(20), within(20*time.Second, w(100), w(20)))
		})
	add(throttlingRow{name: "50/s, no limit from 2 s to 7 s", accounts: 5200, ideal: 45 * time.Second, median: 1.4, worst: 1.5},
		func(*rand.Rand) simServer { return unlimitedBetween(2, 7) })
	add(throttlingRow{name: "50/s, no limit from 2 s to 17 s", accounts: 11_600, ideal: 55 * time.Second, median: 1.35, worst: 1.45},
		func(*rand.Rand) simServer { return unlimitedBetween(2, 17) })
	add(throttlingRow{name: "no limit", accounts: 2000, median: 1.1, worst: 1.15}, func(*rand.Rand) simServer { return unlimited })
	sickRow := func(name string, n int, r reply, extra time.Duration) {
		add(throttlingRow{name: name, accounts: 2000, median: 1.3, worst: 1.35, extra: extra, wantFailed: n},
			func(*rand.Rand) simServer { return sick(2000/n, r, unlimited) })
	}
	adjacent := func(name string, from, n int, r reply, extra time.Duration) {
		add(throttlingRow{name: name, accounts: 2000, median: 1.3, worst: 1.35, extra: extra, wantFailed: n}, func(*rand.Rand) simServer {
			return func(id string, _ int) reply {
				if k, err := strconv.Atoi(strings.TrimPrefix(id, "banh_")); err == nil && k >= from && k < from+n {
					return r
				}
				return okReply
			}
		})
	}
	sickRow("1 account 429", 1, refused(429, ""), 0)
	sickRow("1 account Retry-After: 30", 1, refused(429, "30"), 0)
	sickRow("2 accounts Retry-After: 30", 2, refused(429, "30"), 2*time.Second)
	sickRow("8 accounts Retry-After: 30", 8, refused(429, "30"), 2*time.Second)
	sickRow("40 accounts 429", 40, refused(429, ""), 2*time.Second)
	sickRow("40 accounts Retry-After: 30", 40, refused(429, "30"), 2*time.Second)
	sickRow("40 accounts 503", 40, refused(503, ""), 2*time.Second)
	sickRow("40 accounts 503, Retry-After: 30", 40, refused(503, "30"), 2*time.Second)
	sickRow("40 accounts 500", 40, refused(500, ""), 2*time.Second)
	sickRow("40 accounts hang", 40, reply{status: -1}, 2*DefaultRequestTimeout)
	sickRow("80 accounts hang", 80, reply{status: -1}, 2*DefaultRequestTimeout)
	sickRow("1 account 403", 1, reply{status: 403, body: "<html>"}, 0)
	for _, from := range []int{1000, 1960} {
		where := map[int]string{1000: "in the middle", 1960: "at the end"}[from]
		adjacent("40 adjacent accounts 429 "+where, from, 40, refused(429, ""), 2*time.Second)
		adjacent("40 adjacent accounts Retry-After: 30 "+where, from, 40, refused(429, "30"), 2*time.Second)
		adjacent("40 adjacent accounts 500 "+where, from, 40, refused(500, ""), 2*time.Second)
		adjacent("40 adjacent accounts hang "+where, from, 40, reply{status: -1}, 2*DefaultRequestTimeout)
		adjacent("5 adjacent accounts 429 "+where, from+35*from/1960, 5, refused(429, ""), 2*time.Second)
	}
	for _, row := range rows {
		if slices.Contains(rowsThatRefuseAtOnce, row.name) {
			row.name, row.refusesAtOnce = row.name+", at once", true
			rows = append(rows, row)
		}
	}
	return rows
}

// rowsThatRefuseAtOnce are also run with servers whose refusals come sooner than the responses to
// earlier requests, as a gateway's do.
var rowsThatRefuseAtOnce = []string{
	"50/s, burst 5, 429", "50/s, burst 20, 503", "100/s, burst 20, 429, Retry-After: 1", "5 plans of 480, 24/s, burst 1, 503", "20 plans of 120, 24/s, burst 1, 503",
	"20 plans of 200, 24/s, burst 1, 19 begin after 10 s", "100 in 1s, fixed", "1000 in 1m0s, fixed", "100/s, refused ones count, 429",
	"limit_conn 10, 503", "ban of 3s, 403", "ban of 8s, extended by each request, 403", "ban of 3s after 500 in 1s, again and again, 403", "outage of 5s, 502",
	"600 in 1m, 605 accounts", "40 accounts 429", "40 accounts hang", "40 adjacent accounts 429 in the middle", "40 adjacent accounts 500 in the middle",
	"40 adjacent accounts hang in the middle", "40 adjacent accounts 429 at the end",
}

// TestThrottling reads many accounts from servers that throttle or fail, and prints
// how long that takes over the ideal: the server's limit, or the same reads without
// the accounts that fail.
func TestThrottling(t *testing.T) { //nolint:paralleltest // its report is printed as one
	seeds := numberFrom("THROTTLING_SEEDS", 1)
	rows := throttlingRows()
	lines := make([]string, len(rows))
	t.Run("rows", func(t *testing.T) {
		for i, row := range rows {
			t.Run(strings.ReplaceAll(row.name, "/s", " per s"), func(t *testing.T) {
				t.Parallel()
				if raceEnabled && i%12 != 0 {
					t.Skip("it takes long with -race, and finds no other race")
				}
				lines[i] = row.run(t, seeds)
			})
		}
	})
	report := fmt.Sprintf("%8s  %-55s %8s  %6s  %6s  %7s  %4s  %8s  %5s\n", "accounts", "server", "ideal", "median", "worst", "refused", "lost", "attempts",
		"ends")
	report += strings.Join(lines, "")
	t.Logf("\n%s", report)
	if file := os.Getenv("THROTTLING_TABLE"); file != "" {
		if err := os.WriteFile(file, []byte(report), 0o600); err != nil {
			t.Error(err)
		}
	}
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// run reads from the row's server with so many seeds, and returns a line of the table.
func (row throttlingRow) run(t *testing.T, seeds int) string {
	clients := max(row.clients, 1)
	var ratios, refused, over, ends []float64
	most, lost := 0, 0
	for seed := range uint64(seeds) {
		check.InBubble(t, fmt.Sprint(seed), func(t *testing.T) {
			s := newSimulation(nil, seed)
			s.respond, s.later = row.server(s.random), row.later
			if row.refusesAtOnce || os.Getenv("AT_ONCE") != "" {
				s.latency, s.respond = s.latency/10, servesIn(s.latency*9/10, s.respond)
			}
			s.run(t, clients, row.accounts, func(c *Config) { c.MaxConcurrentRequests = row.concurrent })
			ideal := row.ideal
			if ideal == 0 {
				ideal = time.Duration(row.accounts) * 50 * time.Millisecond / DefaultMaxConcurrentRequests
			}
			ratios = append(ratios, s.delivered.Seconds()/ideal.Seconds())
			over = append(over, (s.delivered-row.extra).Seconds()/ideal.Seconds())
			refused = append(refused, 1-float64(clients*row.accounts-row.wantFailed)/float64(s.sent))
			ends = append(ends, s.took.Seconds())
			most = max(most, s.maxAttempts)
			if n := len(s.failed) + s.skipped - row.wantFailed; n != 0 {
				lost += n
				t.Errorf("seed %d: %d reads failed and %d were skipped, want %d", seed, len(s.failed), s.skipped, row.wantFailed)
				for _, failed := range s.failed {
					t.Logf("such as %v after %d attempts", failed, failed.Attempts)
					break
				}
			}
		})
	}
	if len(over) == 0 {
		return "" // -run selects none of its seeds
	}
	if got := median(over); seeds >= minMedianSeeds && got > row.median {
		t.Errorf("the median ratio is %.2f, want at most %.2f", got, row.median)
	}
	if got := slices.Max(over); got > row.worst {
		t.Errorf("the worst ratio is %.2f, want at most %.2f", got, row.worst)
	}
	ideal := row.ideal
	if ideal == 0 {
		ideal = time.Duration(row.accounts) * 50 * time.Millisecond / DefaultMaxConcurrentRequests
	}
	verdict := ""
	if t.Failed() {
		verdict = " *"
	}
	return fmt.Sprintf("%8d  %-55s %6.1f s  %6.2f  %6.2f  %5.0f %%  %4d  %8d  %3.0f s%s\n", clients*row.accounts, row.name, ideal.Seconds(), median(ratios),
		slices.Max(ratios),
		100*median(refused), lost, most, median(ends), verdict)
}

// TestThrottling_RandomServers checks for any server that nobody healthy is lost.
func TestThrottling_RandomServers(t *testing.T) { //nolint:paralleltest // its report is printed as one
	var ratios []float64
	seeds := numberFrom("THROTTLING_SERVERS", 10)
	if raceEnabled {
		seeds = 2
	}
	for seed := range uint64(seeds) {
		check.InBubble(t, fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 22))
			pick := func(low, high float64) float64 { return low + (high-low)*random.Float64() }
			clients, perSecond, burst := 1+random.IntN(20), pick(5, 1000), float64(1+random.IntN(50))
			refused := reply{status: []int{429, 503}[random.IntN(2)], retryAfter: []string{"", "0", "1", "2"}[random.IntN(4)]}
			accounts := max(40, min(400, int(perSecond*200/float64(clients)/1.6)))
			every := 1_000_000
			if random.IntN(2) == 0 {
				every = 34 + random.IntN(100)
			}
			failing := (accounts-8)/every + 1
			s := newSimulation(sick(every, reply{status: 429}, tokenBucket(perSecond, burst, refused)), seed)
			s.latency = time.Duration(pick(5, 300)) * time.Millisecond
			s.run(t, clients, accounts)
			about := fmt.Sprintf("seed %d: %d clients of %d accounts, %.0f/s, burst %.0f, %d %q, %s", seed, clients, accounts, perSecond, burst, refused.status,
				refused.retryAfter, s.latency)
			concurrency := time.Duration(float64(clients*accounts) * float64(time.Second) / perSecond)
			ideal := max(concurrency, time.Duration(accounts)*s.latency/DefaultMaxConcurrentRequests)
			ratios = append(ratios, s.delivered.Seconds()/ideal.Seconds())
			if len(s.failed)+s.skipped != clients*failing {
				t.Errorf("%s: %d reads failed and %d were skipped, want %d", about, len(s.failed), s.skipped, clients*failing)
				for _, failed := range s.failed {
					t.Logf("such as %v after %d attempts", failed, failed.Attempts)
					break
				}
			}
		})
	}
	if len(ratios) == 0 {
		return // -run selects none of the seeds
	}
	slices.Sort(ratios)
	t.Logf("times the ideal: at least %.2f, median %.2f, nine of ten %.2f, at most %.2f", ratios[0], ratios[len(ratios)/2], ratios[len(ratios)*9/10],
		ratios[len(ratios)-1])
}

// minMedianSeeds is the number of seeds from which a median is not by chance.
const minMedianSeeds = 10

// servesIn delays the responses to requests that are served. Refusals come at once.
func servesIn(service time.Duration, s simServer) simServer {
	return func(id string, inFlight int) reply {
		r := s(id, inFlight)
		if r.status == 200 && r.body == "" {
			r.delay += service
		}
		return r
	}
}
