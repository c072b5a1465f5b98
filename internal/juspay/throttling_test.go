// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

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
				if i%40 != 0 { // one row in forty is enough with the race detector
					skipWithRace(t)
				}
				lines[i] = row.run(t, seeds)
			})
		}
	})
	report := fmt.Sprintf("%8s  %-66s %8s  %6s  %6s  %7s  %4s  %8s  %5s\n", "accounts", "server", "ideal", "median", "worst", "refused", "lost", "attempts",
		"ends")
	report += strings.Join(lines, "")
	t.Logf("\n%s", report)
	if file := os.Getenv("THROTTLING_TABLE"); file != "" {
		if err := os.WriteFile(file, []byte(report), 0o600); err != nil {
			t.Error(err)
		}
	}
}

// run reads from the row's server with so many seeds, and returns a line of the table.
func (row throttlingRow) run(t *testing.T, seeds int) string {
	clients := max(row.clients, 1)
	ideal := cmp.Or(row.ideal, row.unlimitedTime())
	var delivered, ends []time.Duration
	var refused []float64
	maxAttempts, lost := 0, 0
	for seed := range uint64(seeds) {
		check.InBubble(t, fmt.Sprint(seed), func(t *testing.T) {
			s := newSimulation(nil, seed)
			s.respond, s.later = row.server(s.random), row.later
			if row.refusesFast {
				s.latency, s.respond = s.latency/10, servesIn(s.latency*9/10, s.respond)
			}
			s.run(t, clients, row.accounts, func(c *Config) { c.MaxConcurrentRequests = row.concurrent })
			delivered, ends = append(delivered, s.delivered), append(ends, s.took)
			refused = append(refused, 1-float64(clients*row.accounts-row.wantUnread)/float64(s.sent))
			maxAttempts = max(maxAttempts, s.maxAttempts)
			lost += s.unread() - row.wantUnread
			s.checkUnread(t, fmt.Sprintf("seed %d", seed), row.wantUnread)
		})
	}
	if len(delivered) == 0 {
		return "" // -run selects none of its seeds
	}
	atMost := func(times float64) time.Duration { return time.Duration(times*float64(ideal)) + row.extra }
	if seeds >= minMedianSeeds {
		check.Within(t, fmt.Sprintf("the median time until the last account, where the ideal is %s", ideal), median(delivered), 0, atMost(row.median))
	}
	check.Within(t, fmt.Sprintf("the longest time until the last account, where the ideal is %s", ideal), slices.Max(delivered), 0, atMost(row.worst))
	verdict := ""
	if t.Failed() {
		verdict = " *"
	}
	return fmt.Sprintf("%8d  %-66s %6.1f s  %6.2f  %6.2f  %5.0f %%  %4d  %8d  %3.0f s%s\n", clients*row.accounts, row.name, ideal.Seconds(),
		median(delivered).Seconds()/ideal.Seconds(), slices.Max(delivered).Seconds()/ideal.Seconds(), 100*median(refused), lost, maxAttempts,
		median(ends).Seconds(), verdict)
}

// unlimitedTime returns the time that a client takes for the row's accounts without a limit.
func (row throttlingRow) unlimitedTime() time.Duration {
	return time.Duration(row.accounts) * simLatency / DefaultMaxConcurrentRequests
}

func median[T cmp.Ordered](values []T) T {
	slices.Sort(values)
	return values[len(values)/2]
}

// TestThrottling_RandomServers checks for any server that nobody healthy is lost, or read last after a minute of
// sick accounts.
func TestThrottling_RandomServers(t *testing.T) { //nolint:paralleltest // its report is printed as one
	var ratios []float64
	seeds := numberFrom("THROTTLING_SERVERS", 10)
	if raceEnabled {
		seeds = 1
	}
	for seed := range uint64(seeds) {
		check.InBubble(t, fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 22))
			pick := func(low, high float64) float64 { return low + (high-low)*random.Float64() }
			clients, rate, burst := 1+random.IntN(20), pick(5, 1000), float64(1+random.IntN(50))
			refusal := reply{status: []int{429, 503}[random.IntN(2)], retryAfter: []string{"", "0", "1", "2"}[random.IntN(4)]}
			accounts := max(40, min(400, int(rate*200/float64(clients)/1.6))) // of each client, so few that it ends before its timeout
			every := 1_000_000
			if random.IntN(2) == 0 {
				every = 34 + random.IntN(100)
			}
			sickOfEach := (accounts-8)/every + 1
			s := newSimulation(failEvery(every, tooMany, tokenBucket(rate, burst, refusal)), seed)
			s.latency = time.Duration(pick(5, 300)) * time.Millisecond
			s.run(t, clients, accounts)
			rateTime := timeAtRate(clients*accounts, rate)
			ideal := max(rateTime, time.Duration(accounts)*s.latency/DefaultMaxConcurrentRequests)
			ratios = append(ratios, s.delivered.Seconds()/ideal.Seconds())
			what := fmt.Sprintf("seed %d: %d clients of %d accounts, %.0f/s, burst %.0f, %d with the Retry-After %q, %s", seed, clients, accounts, rate, burst,
				refusal.status, refusal.retryAfter, s.latency)
			s.checkUnread(t, what, clients*sickOfEach)
			check.Within(t, fmt.Sprintf("%s: the time until the last account, where the ideal is %s", what, ideal), s.delivered, 0, worstRandom*ideal)
		})
	}
	if len(ratios) == 0 {
		return // -run selects none of the seeds
	}
	slices.Sort(ratios)
	t.Logf("times the ideal: at least %.2f, median %.2f, nine of ten %.2f, at most %.2f", ratios[0], ratios[len(ratios)/2], ratios[len(ratios)*9/10],
		ratios[len(ratios)-1])
}

// worstRandom is the longest time until the last account of a random server, in times the ideal. The slowest of the
// 80 servers takes 5 times, and took 20 when sick accounts delayed a healthy one.
const worstRandom = 8

// minMedianSeeds is the number of seeds from which a median is not by chance.
const minMedianSeeds = 10
