// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
)

func TestMedian(t *testing.T) {
	t.Parallel()
	check.Rows(t, func(_ *testing.T, seconds []float64) float64 {
		var samples []sample
		for _, s := range seconds {
			samples = append(samples, sample{seconds: s})
		}
		return median(samples)
	}, map[string]check.Row[[]float64, float64]{
		"no sample has the median 0":                {nil, 0},
		"one sample is the median":                  {[]float64{3}, 3},
		"three samples have the one in the middle":  {[]float64{9, 1, 2}, 2},
		"four samples have the mean of two of them": {[]float64{4, 1, 2, 9}, 3},
	})
}

func TestReport_Targets(t *testing.T) {
	t.Parallel()
	r := report{cli: "Terraform", samples: map[point][]sample{
		{eachFloorGet, 1000}: {{seconds: 1}},
		{each, 1000}:         {{seconds: 1.5}},
		{manySlow, 1}:        {{seconds: 0.5}},
		{manySlow, 1000}:     {{seconds: 2}},
		{many, 10_000}:       {{seconds: 20, memory: 111 << 20}, {seconds: 19, memory: 109 << 20}},
		{many, 50_000}:       {{seconds: 117, memory: 400 << 20}},
	}}
	var table bytes.Buffer
	check.MustNoError(t, "r.writeTable", r.writeTable(&table))
	flat := strings.Join(strings.Fields(table.String()), " ")
	check.Contains(t, "the table on one line", flat,
		"1,000 accounts at 50 ms, over a plan of one + 1,000 x 50 ms / 32 0.97 at most 1.20: met",
		"50,000 accounts over 10,000 6 at most 6: met",
		"peak memory of the provider, 10,000 accounts 111 MiB at most 110 MiB: missed",
		"peak memory of the provider, 50,000 accounts 400 MiB at most 400 MiB: met",
		"1,000 one each, over the raw protocol with the GET 1.50 at most 1.25: missed")
	check.Lacks(t, "the table", flat, "postcondition on each", "10,000 accounts over 1,000", "NaN", "Inf")
}

func TestAccBench_OneAccount(t *testing.T) { //nolint:paralleltest // it works in another directory
	acctest.SkipUnlessAcc(t)
	dir := t.TempDir()
	t.Chdir("../../..")
	var progress bytes.Buffer
	check.MustNoError(t, "a run", run(t.Context(), &progress, options{runs: 1, maxAccounts: 1, out: filepath.Join(dir, "figures")}))
	read := func(name string) string {
		content, err := fs.ReadFile(os.DirFS(dir), name)
		check.MustNoError(t, "fs.ReadFile", err)
		return strings.TrimSpace(string(content))
	}
	check.Contains(t, "the progress", progress.String(), read("figures.txt"))
	rows := strings.Split(read("figures-short.txt"), "\n")
	if len(rows) != 8 {
		t.Fatalf("the excerpt: got the lines %q, want 8", rows)
	}
	for i, series := range []string{"accounts", each, eachForEach, many, manySlow} {
		if row := strings.TrimSpace(rows[3+i]); !strings.HasPrefix(row, series+" ") {
			t.Errorf("row %d of the excerpt: got %q, want the one of %s", i, row, series)
		}
	}
	lines := strings.Split(read("figures.csv"), "\n")
	if last := `"` + manySlow + `",1,`; len(lines) != 5 || lines[0] != "series,accounts,seconds" || !strings.HasPrefix(lines[4], last) {
		t.Errorf("the figures: got %q, want 5 lines, the first with the names and the last beginning with %s", lines, last)
	}
}
