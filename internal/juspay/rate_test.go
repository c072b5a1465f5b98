// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"math"
	"testing"
	"time"
)

func checkNear(t *testing.T, name string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9*math.Abs(want) {
		t.Errorf("%s: got %v, want %v", name, got, want)
	}
}

func TestRateGrowth_Cut(t *testing.T) {
	t.Parallel()
	now := time.Now()
	soon := now.Add(time.Nanosecond)
	const settled = 1500 * time.Millisecond // a target of 100 is reached after this time
	for name, row := range map[string]struct {
		before                rateGrowth
		delivered             float64
		wantStart, wantTarget float64
	}{
		"an unlimited rate searches from what was delivered":        {rateGrowth{start: math.Inf(1), from: now}, 40, 34, 0},
		"an unlimited rate that delivered nothing searches from 1":  {rateGrowth{start: math.Inf(1), from: now}, 0, 0.85, 0},
		"a rate is cut to what was delivered":                       {rateGrowth{start: 85, target: 100, from: now.Add(-settled)}, 50, 46.75, 55},
		"a rate is not cut above itself":                            {rateGrowth{start: 85, target: 100, from: now.Add(-settled)}, 400, 85, 100},
		"a rate is not cut below a quarter of itself":               {rateGrowth{start: 85, target: 100, from: now.Add(-settled)}, 0, 21.25, 25},
		"a second cut soon after halves the rate, not the target":   {rateGrowth{start: 80, target: 100, from: now, settle: soon}, 0, 40, 100},
		"a second cut soon after leaves a quarter of the target":    {rateGrowth{start: 30, target: 100, from: now, settle: soon}, 0, 25, 100},
		"a second cut after settleTime is a cut as any other":       {rateGrowth{start: 50, target: 50, from: now, settle: now}, 20, 18.7, 22},
		"a search that finds the limit takes the delivered as such": {rateGrowth{start: 200, from: now}, 50, 46.75, 55},
	} {
		from := now.Add(time.Minute)
		got := row.before.cut(now, from, row.delivered)
		checkNear(t, name+": start", got.start, row.wantStart)
		checkNear(t, name+": target", got.target, row.wantTarget)
		want := from.Add(settleTime)
		if row.before.settle.Equal(soon) {
			want = soon
		} else if got.target == 0 {
			want = time.Time{}
		}
		if !got.from.Equal(from) || !got.settle.Equal(want) {
			t.Errorf("%s: it grows from %s and settles until %s, want %s and %s", name, got.from, got.settle, from, want)
		}
	}
}

func TestRateGrowth_Rate(t *testing.T) {
	t.Parallel()
	now := time.Now()
	known := rateGrowth{start: 85, target: 100, from: now} // a hold of minHold, 1.5 s
	slow := rateGrowth{start: 1.7, target: 2, from: now}   // of maxHold, 8 s
	middle := rateGrowth{start: 6.8, target: 8, from: now} // of holdRequests, 4 s
	for name, row := range map[string]struct {
		growth rateGrowth
		after  time.Duration
		want   float64
	}{
		"a search begins at its start":            {rateGrowth{start: 10, from: now}, 0, 10},
		"a search quadruples each second":         {rateGrowth{start: 10, from: now}, 2 * time.Second, 160},
		"a rate does not grow during a cooldown":  {known, -time.Second, 85},
		"a rate begins at its start":              {known, 0, 85},
		"half a hold recovers most of the cut":    {known, 750 * time.Millisecond, 98.125},
		"a hold reaches the target":               {known, 1500 * time.Millisecond, 100},
		"one hold and a half probes a little":     {known, 2250 * time.Millisecond, 101.875},
		"two holds probe as far as the cut":       {known, 3 * time.Second, 115},
		"three holds probe probeGrowth times it":  {known, 4500 * time.Millisecond, 345},
		"four holds probe probeGrowth times that": {known, 6 * time.Second, 1035},
		"a low target is held for maxHold":        {slow, 8 * time.Second, 2},
		"a middling one for holdRequests":         {middle, 4 * time.Second, 8},
		"and probes after as long again":          {middle, 8 * time.Second, 9.2},
	} {
		checkNear(t, name, row.growth.rate(now.Add(row.after)), row.want)
	}
	for name, growth := range map[string]rateGrowth{"a search": {start: 10, from: now}, "a rate after probing": known} {
		last := 0.0
		for after := time.Duration(0); !math.IsInf(last, 1); after += 100 * time.Millisecond {
			rate := growth.rate(now.Add(after))
			if unlimited := math.IsInf(rate, 1); unlimited && last < maxGrowth/2*growth.start || !unlimited && rate > maxGrowth*max(growth.start, growth.target) {
				t.Fatalf("%s: after %s, the rate is %v, and was %v", name, after, rate, last)
			}
			last = rate
		}
	}
}

func TestWindow_Trim(t *testing.T) {
	t.Parallel()
	start := time.Now()
	for name, row := range map[string]struct {
		perBucket int
		want      counts
	}{
		"many attempts are kept for as long as the window": {10, counts{weight: 110, delivered: 110}},
		"few attempts are kept for longer":                 {2, counts{weight: 26, delivered: 26}},
		"single attempts are all kept":                     {1, counts{weight: 20, delivered: 20}},
	} {
		var w window
		w.start(start)
		for bucket := range 20 {
			now := start.Add(time.Duration(bucket) * bucketLength)
			for range row.perBucket {
				w.add(now, &ticket{attempt: 1, sent: now}, outcome{delivered: true})
			}
		}
		got := w.sums(start.Add(20 * bucketLength))
		if got.delivered != row.want.delivered || got.weight != row.want.weight {
			t.Errorf("%s: got %d delivered with a weight of %g, want %d with %g", name, got.delivered, got.weight, row.want.delivered, row.want.weight)
		}
	}
}

func TestWindow_Add(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for name, row := range map[string]struct {
		ticket ticket
		result outcome
		want   counts
	}{
		"a success":                         {ticket{attempt: 1, sent: now}, outcome{delivered: true}, counts{delivered: 1, weight: 1, firstAttempts: 1}},
		"a refusal without a Retry-After":   {ticket{attempt: 1, sent: now}, outcome{throttled: true}, counts{weight: 1, throttled: 1, firstAttempts: 1}},
		"a refusal with a Retry-After":      {ticket{attempt: 1, sent: now}, outcome{throttled: true, retryAfter: 1}, counts{weight: 1, throttled: 1, firstAttempts: 1, firstAttemptsDelayed: 1}},
		"a retry weighs less":               {ticket{attempt: 2, sent: now}, outcome{throttled: true, retryAfter: 1}, counts{weight: 0.3, throttled: 0.3}},
		"an attempt from before a cut":      {ticket{attempt: 1, sent: now.Add(-1)}, outcome{throttled: true}, counts{}},
		"a success that was sent before it": {ticket{attempt: 1, sent: now.Add(-1)}, outcome{delivered: true}, counts{delivered: 1}},
	} {
		var w window
		w.cut(now)
		w.add(now, &row.ticket, row.result)
		row.want.from = now
		if got := w.sums(now); got != row.want {
			t.Errorf("%s: got %+v, want %+v", name, got, row.want)
		}
	}
}
