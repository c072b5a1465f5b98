// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"fmt"
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
	for _, test := range []struct {
		seconds []float64
		want    float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{9, 1, 2}, 2}, {[]float64{4, 1, 2, 9}, 3}} {
		t.Run(fmt.Sprint(test.seconds), func(t *testing.T) {
			t.Parallel()
			var samples []sample
			for _, s := range test.seconds {
				samples = append(samples, sample{seconds: s})
			}
			if got := median(samples); got != test.want {
				t.Errorf("the median: got %v, want %v", got, test.want)
			}
		})
	}
}

func TestReport_Targets(t *testing.T) {
	t.Parallel()
	r := report{cli: "Terraform", samples: map[point][]sample{
		{getSingle, 1000}:  {{seconds: 1}},
		{perAccount, 1000}: {{seconds: 1.5}},
		{slowMany, 1}:      {{seconds: 0.5}},
		{slowMany, 1000}:   {{seconds: 2}},
		{bulk, 10_000}:     {{seconds: 20, memory: 111 << 20}, {seconds: 19, memory: 109 << 20}},
		{bulk, 50_000}:     {{seconds: 117, memory: 400 << 20}},
	}}
	var table bytes.Buffer
	check.NoError(t, r.writeTable(&table))
	flat := strings.Join(strings.Fields(table.String()), " ")
	check.Contains(t, flat,
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
	check.NoError(t, run(t.Context(), &progress, options{runs: 1, maxAccounts: 1, out: filepath.Join(dir, "figures")}))
	read := func(name string) string {
		content, err := fs.ReadFile(os.DirFS(dir), name)
		check.NoError(t, err)
		return strings.TrimSpace(string(content))
	}
	check.Contains(t, progress.String(), read("figures.txt"))
	rows := strings.Split(read("figures-short.txt"), "\n")
	if len(rows) != 8 {
		t.Fatalf("the excerpt is %q", rows)
	}
	for i, series := range []string{"accounts", perAccount, perAccountForEach, bulk, slowMany} {
		if !strings.HasPrefix(strings.TrimSpace(rows[3+i]), series+" ") {
			t.Errorf("row %d is %q, not that of %s", i, rows[3+i], series)
		}
	}
	lines := strings.Split(read("figures.csv"), "\n")
	if len(lines) != 5 || lines[0] != "series,accounts,seconds" || !strings.HasPrefix(lines[4], `"`+slowMany+`",1,`) {
		t.Errorf("the figures are %q", lines)
	}
}
