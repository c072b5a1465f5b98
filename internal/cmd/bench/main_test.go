// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
)

func TestMedian(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		seconds []float64
		want    float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{9, 1, 2}, 2}, {[]float64{4, 1, 2, 9}, 3}} {
		var samples []sample
		for _, s := range test.seconds {
			samples = append(samples, sample{seconds: s})
		}
		if got := median(samples, func(s sample) float64 { return s.seconds }); got != test.want {
			t.Errorf("the median of %v is %v", test.seconds, got)
		}
	}
}

func TestTargetsAreJudged(t *testing.T) {
	t.Parallel()
	r := report{runs: 1, cli: "Terraform", taken: map[point][]sample{
		{floorSingle, 1000}:  {{seconds: 1}},
		{atOnceSingle, 1000}: {{seconds: 1.5}},
		{slowPlural, 1}:      {{seconds: 0.5}},
		{slowPlural, 1000}:   {{seconds: 2, connections: 32}},
		{slowPlural, 10_000}: {{seconds: 20, memory: 151 << 20}, {seconds: 19, memory: 149 << 20}},
	}}
	var table bytes.Buffer
	if err := r.writeTable(&table); err != nil {
		t.Fatal(err)
	}
	flat := strings.Join(strings.Fields(table.String()), " ")
	acctest.CheckContains(t, flat,
		"1,000 one each, over the floor 1.50 at most 1.40: missed",
		"1,000 x 50 ms / 32 0.97 at most 1.20: met",
		"server at 50 ms 9.75 at most 10.50: met",
		"10,000 at once 151 MiB at most 150 MiB: missed",
		"connections for 1,000 at once 32 at most 32: met")
	acctest.CheckLacks(t, "the table", flat, "postcondition on each", "NaN", "Inf")
}

func TestAccOneAccount(t *testing.T) { //nolint:paralleltest // it works in another directory
	acctest.Need(t)
	out := t.TempDir()
	t.Chdir("../../..")
	var progress bytes.Buffer
	if err := run(t.Context(), &progress, options{runs: 1, most: 1, out: out}); err != nil {
		t.Fatal(err)
	}
	table, err := fs.ReadFile(os.DirFS(out), "plan-times.txt")
	if err != nil || !strings.Contains(progress.String(), string(table)) {
		t.Errorf("the table is %q, %v", table, err)
	}
	figures, err := fs.ReadFile(os.DirFS(out), "plan-times.csv")
	lines := strings.Split(strings.TrimSpace(string(figures)), "\n")
	if err != nil || len(lines) != 7 || lines[0] != "series,accounts,seconds" || !strings.HasPrefix(lines[6], `"`+slowPlural+`",1,`) {
		t.Errorf("the figures are %q, %v", lines, err)
	}
}
