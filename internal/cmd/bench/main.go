// SPDX-License-Identifier: MPL-2.0

// Bench measures how long the real CLI takes to plan with many accounts, against
// a fake Juspay on this machine, beside a provider that does nothing. It prints
// the targets and whether they are met, and writes its figures as a table and as
// a CSV file.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"syscall"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
	"github.com/juspay/terraform-provider-juspay/internal/tfcli"
)

func main() {
	runs := flag.Int("runs", 5, "how often each plan is made; the median counts")
	most := flag.Int("most", 10_000, "the largest number of accounts")
	only := flag.String("series", "", "a regular expression: which series to measure")
	out := flag.String("out", ".", "the folder that plan-times.csv and plan-times.txt are written into")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Stdout, options{*runs, *most, *only, *out})
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

type options struct {
	runs, most int
	series     string
	out        string
}

// run must be called with the repository as working directory.
func run(ctx context.Context, progress io.Writer, o options) error {
	only, err := regexp.Compile(o.series)
	if err != nil {
		return err
	}
	temp, err := os.MkdirTemp("", "juspay-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(temp) }()
	b := &bench{dir: temp, server: juspaytest.NewServer(), taken: map[point][]sample{}}
	defer b.server.Close()
	if b.cli, err = tfcli.Find(ctx, progress); err != nil {
		return err
	}
	for name, source := range map[string]string{"juspay": ".", "floor": "./internal/cmd/bench/floor", "measured": "./internal/provider/testdata/measured"} {
		if err := tfcli.BuildStandIn(ctx, source, filepath.Join(temp, name)); err != nil {
			return err
		}
	}
	for i := range o.most {
		b.server.Put(juspaytest.NewAccount("cst_bench", accountID(i)))
	}
	for _, accounts := range sizes {
		if accounts > o.most {
			continue
		}
		for round := range o.runs {
			for _, series := range allSeries {
				if accounts > series.most || !only.MatchString(series.name) {
					continue
				}
				_, _ = fmt.Fprintf(progress, "%6d accounts, round %d of %d: %s\n", accounts, round+1, o.runs, series.name)
				if err := b.plan(ctx, point{series.name, accounts}, series); err != nil {
					return err
				}
			}
		}
	}
	version, err := b.version(ctx)
	if err != nil {
		return err
	}
	return write(progress, o.out, report{taken: b.taken, runs: o.runs, cli: version})
}

var sizes = []int{1, 10, 100, 1000, 2000, 10_000}

// series is a line of the chart, or figures for the targets alone.
type series struct {
	name     string
	provider string
	config   string
	latency  time.Duration
	most     int // the largest number of accounts
}

const latency = 50 * time.Millisecond

var allSeries = []series{
	{"one each, floor", "floor", single + "}\n", 0, 2000},
	{"one each, server at 0 ms", "juspay", single + "}\n", 0, 2000},
	{"one each, server at 50 ms", "juspay", single + "}\n", latency, 2000},
	{"one each with a postcondition, floor", "floor", single + onEach + "}\n", 0, 1000},
	{"one each with a postcondition, server at 0 ms", "juspay", single + onEach + "}\n", 0, 1000},
	{"one each with one condition over all, server at 0 ms", "juspay", single + "}\n" + overSingles, 0, 1000},
	{"many at once, floor", "floor", plural, 0, 10_000},
	{"many at once, server at 0 ms", "juspay", plural, 0, 10_000},
	{"many at once, server at 50 ms", "juspay", plural, latency, 10_000},
	{"many at once with one condition over all, server at 0 ms", "juspay", plural + overPlural, 0, 10_000},
}

// point is what was measured several times.
type point struct {
	series   string
	accounts int
}

// sample is one measurement.
type sample struct {
	seconds     float64
	memory      int // the provider's peak, in bytes
	connections int
}
