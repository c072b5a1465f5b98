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
	"slices"
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
	for _, accounts := range allSizes {
		for round := range o.runs {
			for _, series := range allSeries {
				if accounts > o.most || !slices.Contains(series.sizes, accounts) || !only.MatchString(series.name) {
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

var (
	allSizes    = []int{1, 10, 100, 1000, 2000, 10_000}
	singleSizes = []int{1, 10, 100, 1000, 2000}
	conditions  = []int{1000}
)

// series is what is measured for several numbers of accounts.
type series struct {
	name      string
	provider  string
	config    string
	sizes     []int
	latency   time.Duration
	perSecond int  // what the server allows, 0 is all
	drawn     bool // in the chart too
}

const latency = 50 * time.Millisecond

// The names of the series that the targets refer to.
const (
	floorSingle     = "one each, floor"
	atOnceSingle    = "one each"
	slowSingle      = "one each, server at 50 ms"
	floorEach       = "one each with a postcondition, floor"
	atOnceEach      = "one each with a postcondition"
	floorPlural     = "many at once, floor"
	atOncePlural    = "many at once"
	slowPlural      = "many at once, server at 50 ms"
	throttledPlural = "many at once, server allows 100 a second"
)

var allSeries = []series{
	{name: floorSingle, provider: "floor", config: single + "}\n", sizes: singleSizes, drawn: true},
	{name: atOnceSingle, provider: "juspay", config: single + "}\n", sizes: singleSizes, drawn: true},
	{name: slowSingle, provider: "juspay", config: single + "}\n", sizes: singleSizes, latency: latency, drawn: true},
	{name: floorEach, provider: "floor", config: single + onEach + "}\n", sizes: conditions},
	{name: atOnceEach, provider: "juspay", config: single + onEach + "}\n", sizes: conditions},
	{name: "one each, one condition over all", provider: "juspay", config: single + "}\n" + overSingles, sizes: conditions},
	{name: floorPlural, provider: "floor", config: plural, sizes: allSizes, drawn: true},
	{name: atOncePlural, provider: "juspay", config: plural, sizes: allSizes, drawn: true},
	{name: slowPlural, provider: "juspay", config: plural, sizes: allSizes, latency: latency, drawn: true},
	{name: "many at once, one condition over all", provider: "juspay", config: plural + overPlural, sizes: allSizes},
	{name: "many at once, in groups of 1,000", provider: "juspay", config: groups, sizes: []int{1000, 2000, 10_000}, drawn: true},
	{name: throttledPlural, provider: "juspay", config: plural, sizes: conditions, perSecond: 100},
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
