// SPDX-License-Identifier: MPL-2.0

package limiter

import (
	"math"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// TestRead_Refuse computes the chance that a healthy read is refused as often, where limits refuse
// a quarter of the requests of healthy reads, and half of the retries that are left, with 16 requests in flight at most.
func TestRead_Refuse(t *testing.T) {
	t.Parallel()
	type refusal struct {
		servedFirsts, refusedFirsts int // the numbers of first attempts so far
		served                      int // the number of served requests so far
	}
	const usual, ofRetries = 0.25, 0.5
	for name, row := range map[string]struct {
		refusals []refusal
		chance   float64
		isSick   bool
	}{
		"while nothing is served, nothing follows":               {[]refusal{{0, 1, 0}, {0, 2, 0}, {0, 40, 0}}, 1, false},
		"the share of the first attempts since the last refusal": {[]refusal{{1, 1, 1}, {3, 3, 3}}, 0.5 * 0.5, false},
		"at least the usual share":                               {[]refusal{{99, 1, 99}, {999, 1, 999}}, usual * usual, false},
		"at the usual share, four refusals are not by chance": {
			[]refusal{{99, 1, 99}, {199, 1, 199}, {299, 1, 299}, {399, 1, 399}}, math.Pow(usual, 4), true,
		},
		"a limit that all reads share is not sickness":                 {[]refusal{{1, 9, 1}, {2, 18, 2}, {3, 27, 3}}, 0.9 * 0.9 * 0.9, false},
		"a window that closes for all is not sickness":                 {[]refusal{{3, 1, 3}, {3, 2, 3}, {3, 3, 3}}, usual, false},
		"without first attempts, retries that are refused say nothing": {[]refusal{{1, 1, 1}, {1, 1, 1}, {1, 1, 17}}, 0.5, false},
		"without first attempts, the share of the reads left once many are served": {
			[]refusal{{1, 1, 1}, {1, 1, 18}, {1, 1, 18}}, 0.5 * ofRetries * ofRetries, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			read := NewRead()
			for _, r := range row.refusals {
				read.refuse(counts{r.servedFirsts, r.refusedFirsts}, r.served, 16, refusalChances{usual, ofRetries})
			}
			check.Within(t, "the chance of a healthy read", read.chance, row.chance-1e-12, row.chance+1e-12)
			check.Equal(t, "whether the read is sick", read.isSick(), row.isSick)
			check.Equal(t, "the number of refusals", read.Refusals, len(row.refusals))
		})
	}
}

func TestRead_IsSick(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		read                          Read
		isSick, comesLast, failsAlone bool
	}{
		"a new read":                                      {NewRead(), false, false, false},
		"a read that a limit refused":                     {Read{chance: 0.5, Attempts: 1, Refusals: 1, overtaken: true}, false, false, false},
		"a read that is refused too often":                {Read{chance: 0.001, Attempts: 9, Refusals: 9}, true, true, false},
		"a read that failed as others did":                {Read{chance: 1, Attempts: 5, Failures: 5}, false, true, false},
		"a read that failed while others succeeded":       {Read{chance: 1, Attempts: 2, Failures: 2, overtaken: true}, true, true, false},
		"a read that failed often while others succeeded": {Read{chance: 1, Attempts: 3, Failures: 3, overtaken: true}, true, true, true},
		"a read whose failures are forgotten":             {Read{chance: 1, Attempts: 3, overtaken: true}, false, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check.Equal(t, "whether the read is sick", row.read.isSick(), row.isSick)
			check.Equal(t, "whether the read comes last", row.read.comesLast(), row.comesLast)
			check.Equal(t, "whether the read fails alone", row.read.FailsAlone(), row.failsAlone)
		})
	}
}
