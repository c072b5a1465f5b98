// SPDX-License-Identifier: MPL-2.0

package limiter

import (
	"math"
	"testing"
)

// TestRead_Refuse computes the chance that a healthy read is refused as often, where limits refuse
// a quarter of the requests of healthy reads, and 16 requests are many.
func TestRead_Refuse(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		refusals []totals
		chance   float64
		isSick   bool
	}{
		"while nothing is served, nothing follows":                {[]totals{{0, 1}, {0, 2}, {0, 3}, {0, 40}}, 1, false},
		"the share of the requests since the last refusal":        {[]totals{{3, 1}, {6, 2}}, 1.0 / 16, false},
		"that share is not by chance once it is small":            {[]totals{{15, 1}, {30, 2}, {45, 3}}, 1.0 / 4096, true},
		"a limit that all reads share is no sickness":             {[]totals{{1, 9}, {2, 18}, {3, 27}, {4, 36}}, math.Pow(0.9, 4), false},
		"a window that closes for all is no sickness":             {[]totals{{3, 1}, {3, 2}, {3, 3}, {3, 4}}, 1.0 / 4, false},
		"alone at the end, the share of healthy reads":            {[]totals{{0, 1}, {17, 2}, {17, 3}, {17, 4}}, 1.0 / 18 / 16, true},
		"others that were served after the first refusal show it": {[]totals{{0, 1}, {17, 18}}, 0.5, true},
		"as many as can be in flight do not":                      {[]totals{{0, 1}, {16, 17}}, 0.5, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			read := &Read{chance: 1}
			for _, at := range row.refusals {
				read.refuse(at, 16, 0.25)
			}
			if math.Abs(read.chance-row.chance) > 1e-12 || read.isSick() != row.isSick {
				t.Errorf("got chance %g and sick %t, want %g and %t", read.chance, read.isSick(), row.chance, row.isSick)
			}
		})
	}
}

// TestRead_Fail checks which failures show that only this account fails.
func TestRead_Fail(t *testing.T) {
	t.Parallel()
	type failure struct {
		served, servedWhenSent int
		allFail                bool
	}
	for name, row := range map[string]struct {
		failures []failure
		isSick   bool
		counted  int
	}{
		"the first failure while few others succeed":       {[]failure{{64, 0, false}}, false, 1},
		"the first failure while many others succeed":      {[]failure{{65, 0, false}}, true, 1},
		"a second failure before eight others succeeded":   {[]failure{{10, 5, false}, {18, 12, false}}, false, 2},
		"a second failure after more than eight succeeded": {[]failure{{10, 5, false}, {19, 12, false}}, true, 2},
		"a failure with all others does not count":         {[]failure{{65, 0, true}}, false, 0},
		"a failure after one with all others":              {[]failure{{10, 5, true}, {19, 12, false}}, true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			read := &Read{}
			for _, at := range row.failures {
				read.Attempts++
				read.fail(at.served, at.servedWhenSent, 64, at.allFail)
			}
			if read.isSick() != row.isSick || read.Failures != row.counted {
				t.Errorf("got sick %t after %d failures of its own, want %t after %d", read.isSick(), read.Failures, row.isSick, row.counted)
			}
		})
	}
}
