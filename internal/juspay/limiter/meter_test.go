// SPDX-License-Identifier: MPL-2.0

package limiter

import (
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

var meterStart = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// newMeter returns a meter with so many requests, one each interval, and the time of the last.
func newMeter(n int, interval time.Duration, isServed func(i int) bool) (*meter, time.Time) {
	m, now := &meter{}, meterStart
	m.beginCycle(now)
	for i := range n {
		now = now.Add(interval)
		m.add(request{now, isServed(i), true})
	}
	return m, now
}

func serveAll(int) bool { return true }

func serveNone(int) bool { return false }

func serveEvery(nth int) func(int) bool { return func(i int) bool { return i%nth == 0 } }

func TestSentRate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		sinceRefusal               time.Duration
		served, refusedShare, want float64
	}{
		"a refusal is followed by the served rate":    {0, 100, 0, 100 + extraRate},
		"it grows slowly at first":                    {doublingTime / 10, 100, 0.1, 101 + extraRate},
		"half of the time is a quarter of the growth": {doublingTime / 2, 100, 0.5, 125 + extraRate},
		"it doubles":                                  {doublingTime, 100, 0.5, 200 + extraRate},
		"it never more than doubles":                  {time.Hour, 100, 0.5, 200 + extraRate},
		"a low rate doubles in the time of a request": {time.Second, 0.5, 0.5, 0.5*(1+0.25) + extraRate},
		"a lower rate doubles in a maximum time":      {maxDoublingTime, 0.1, 1, 0.2 + extraRate},
		"more than half are refused":                  {0, 7, 0.5625, 7 + extraRate*0.475},
		"many are refused":                            {0, 7, 0.75, 7 + extraRate*minExtra},
		"many are refused, and none for a time":       {doublingTime / 2, 100, 0.75, 125 + extraRate/4},
		"nothing is served, and yet a little is sent": {0, 0, 1, extraRate * minExtra},
		"nothing is sent for a time":                  {maxDoublingTime, 0, 1, extraRate},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check.Equal(t, "the rate", sentRate(test.served, test.refusedShare, test.sinceRefusal), test.want)
		})
	}
}

func TestMeter_Rate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		requests int
		interval time.Duration
		isServed func(int) bool
		later    time.Duration // the time since the last request
		want     float64
	}{
		"no requests":            {0, time.Second, serveAll, 2 * time.Second, 0},
		"all are served":         {200, 10 * time.Millisecond, serveAll, 0, 101},
		"every fourth is served": {200, 10 * time.Millisecond, serveEvery(4), 0, 25},
		"none is served":         {200, 10 * time.Millisecond, serveNone, 0, 0},
		"a burst is measured over a tenth of a second":  {20, 0, serveAll, 0, 200},
		"slow requests are measured over a longer time": {32, 2 * time.Second, serveAll, 0, 16.0 / 30},
		"a pause lowers the rate":                       {16, 10 * time.Millisecond, serveAll, 1850 * time.Millisecond, 8},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, last := newMeter(test.requests, test.interval, test.isServed)
			check.Equal(t, "the rate", m.servedRate(last.Add(test.later)), test.want)
		})
	}
}

func TestMeter_RefusedShare(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		requests    int
		isServed    func(int) bool
		least, most float64
	}{
		"no request was refused":                   {1000, serveAll, 0, 0},
		"the first is refused":                     {1, serveNone, 1.0 / shareMemory, 1.0 / shareMemory},
		"the first sixteen are refused":            {16, serveNone, 0.39, 0.41},
		"all are refused for a long time":          {1000, serveNone, 0.999, 1},
		"every fourth is served":                   {1001, serveEvery(4), 0.73, 0.77},
		"a hundred are served after many refusals": {1100, func(i int) bool { return i >= 1000 }, 0.03, 0.06},
		"what was refused a thousand requests ago": {2000, func(i int) bool { return i >= 1000 }, 0, 0.001},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, _ := newMeter(test.requests, time.Second, test.isServed)
			check.Within(t, "the share", m.refusedShare, test.least, test.most)
		})
	}
}

// A window of a limit begins, and the rate of the last one is known.
func TestMeter_RateOfTheLastCycle(t *testing.T) {
	t.Parallel()
	for later, want := range map[time.Duration]float64{0: 50, rateWindow - 1: 50, rateWindow: 0} {
		t.Run(later.String()+" later", func(t *testing.T) {
			t.Parallel()
			m, now := newMeter(100, 20*time.Millisecond, serveAll)
			m.beginCycle(now)
			m.recent = nil
			for range minMeasured {
				m.add(request{now, false, false})
			}
			check.Equal(t, "the rate", m.servedRate(now.Add(later)), want)
		})
	}
}

// Adjacent sick reads open the breaker again and again. It soon closes each time, unlike a window.
func TestMeter_IgnoresShortCycles(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		pause  time.Duration
		cycles int
		want   float64
	}{
		"no other cycle":                                  {0, 0, 50},
		"cycles that are too short":                       {minCycle / 8, 7, 50},
		"one cycle that is long enough keeps half":        {minCycle, 1, 25},
		"two cycles that are long enough keep a quarter":  {minCycle, 2, 12.5},
		"a rate that serves less for long is a new limit": {minCycle, 9, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, now := newMeter(100, 20*time.Millisecond, serveAll)
			m.beginCycle(now)
			for range test.cycles {
				m.add(request{now, true, true})
				now = now.Add(test.pause)
				m.beginCycle(now)
			}
			m.recent = nil
			check.Equal(t, "the rate of the last cycle", m.servedRate(now), test.want)
		})
	}
}

// A meter that lives long keeps only what it measures.
func TestMeter_Forgets(t *testing.T) {
	t.Parallel()
	m, now := newMeter(1000, rateWindow/100, serveAll)
	check.Equal(t, "requests of the last second", len(m.recent), 101)
	m.servedRate(now.Add(time.Hour))
	check.Equal(t, "requests an hour later", len(m.recent), minMeasured)
}

func TestMeter_ShowsLimit(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		served, refused, refusedAgain int
		want                          bool
	}{
		"one of few is refused":                            {5, 1, 0, false},
		"two of six are refused":                           {4, 2, 0, false},
		"two of four are refused":                          {2, 2, 0, true},
		"eleven of a hundred are refused":                  {89, 11, 0, false},
		"twelve of a hundred are refused":                  {88, 12, 0, true},
		"one is refused again and again, since it is sick": {5, 1, 20, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := &meter{}
			add := func(n int, isServed, isFirst bool) {
				for range n {
					m.add(request{meterStart, isServed, isFirst})
				}
			}
			add(test.served, true, true)
			add(test.refused, false, true)
			add(test.refusedAgain, false, false)
			check.Equal(t, "whether the meter shows a limit", m.showsLimit(), test.want)
		})
	}
}

func TestMeter_CountsFirstAttempts(t *testing.T) {
	t.Parallel()
	m := &meter{}
	for _, r := range []request{
		{at: meterStart, isServed: true, isFirst: true},
		{at: meterStart, isServed: true},
		{at: meterStart, isFirst: true},
		{at: meterStart},
		{at: meterStart},
	} {
		m.add(r)
	}
	check.Equal(t, "served first attempts", m.firstAttempts.served, 1)
	check.Equal(t, "refused first attempts", m.firstAttempts.refused, 1)
}
