// SPDX-License-Identifier: MPL-2.0

// Bench measures how long the real CLI takes to plan with many accounts of a fake
// Juspay on this machine. It compares the provider with one that speaks the protocol
// without a framework, prints the targets and whether they are met, and writes its
// figures as a table, as the rows that a guide shows, and as a CSV file.
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
	var o options
	flag.IntVar(&o.runs, "runs", 5, "how often each plan is made; the median counts")
	flag.IntVar(&o.maxAccounts, "max", 50_000, "the maximum number of accounts")
	flag.StringVar(&o.series, "series", "", "a regular expression: which series to measure")
	flag.StringVar(&o.cli, "cli", "", "the executable of Terraform or OpenTofu (default: as for the tests)")
	flag.StringVar(&o.out, "out", "plan-times", "the files to write, without their endings: .txt, -short.txt and .csv")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Stdout, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

type options struct {
	runs, maxAccounts int
	series, cli, out  string
}

// run measures, and writes the report. The working directory must be the root of the repository.
func run(ctx context.Context, progress io.Writer, o options) error {
	only, err := regexp.Compile(o.series)
	if err != nil {
		return err
	}
	if o.cli == "" {
		if o.cli, err = tfcli.Find(ctx, progress); err != nil {
			return err
		}
	}
	temp, err := os.MkdirTemp("", "juspay-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(temp) }()
	for name, source := range map[string]string{"juspay": ".", "floor": "./internal/cmd/bench/floor", "measured": "./internal/provider/testdata/measured"} {
		if err := tfcli.BuildAs(ctx, source, filepath.Join(temp, name)); err != nil {
			return err
		}
	}
	b := &bench{dir: temp, cli: o.cli, server: juspaytest.NewServer(), samples: map[point][]sample{}}
	defer b.server.Close()
	for i := range o.maxAccounts {
		b.server.Put(juspaytest.NewAccount("cst_bench", accountID(i)))
	}
	// Each round measures every series, so that other load on the machine affects all
	// series alike.
	for _, accounts := range allSizes {
		for round := range o.runs {
			for _, series := range allSeries {
				if accounts > o.maxAccounts || round >= series.maxRuns(accounts) || !slices.Contains(series.sizes, accounts) || !only.MatchString(series.name) {
					continue
				}
				_, _ = fmt.Fprintf(progress, "%6d accounts, round %d: %s\n", accounts, round+1, series.name)
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
	return report{samples: b.samples, cli: version}.write(progress, o.out)
}

var (
	allSizes    = []int{1, 10, 100, 1000, 10_000, 50_000}
	singleSizes = []int{1, 10, 100, 1000}
	only1000    = []int{1000}
	only10_000  = []int{10_000}
	slowSizes   = []int{1, 10, 100, 1000, 10_000}
)

// slowLatency is the time that a slow server takes for each response.
const slowLatency = 50 * time.Millisecond

// planSeries is a configuration that is planned with several numbers of accounts.
type planSeries struct {
	name          string
	provider      string
	configuration string
	sizes         []int
	latency       time.Duration
	perSecond     int  // the number of requests that are served per second, 0 for all
	readsEach     bool // whether it sends a request for each account; the others send none
	inCSV         bool // whether the CSV file has it, from which the chart is drawn
}

// maxRuns returns the maximum number of runs. Plans that take long vary less, and run once.
func (s planSeries) maxRuns(accounts int) int {
	if accounts >= 10_000 && s.latency > 0 || accounts > 10_000 {
		return 1
	}
	return 1000
}

// The names of the series. Floor is the provider without a framework, alone or with the GET.
const (
	eachFloor             = "one each, raw protocol"
	eachFloorGet          = "one each, raw protocol with the GET"
	each                  = "one each"
	eachForEach           = "one each with for_each"
	eachConditionFloorGet = "one each with a postcondition, raw protocol with the GET"
	eachCondition         = "one each with a postcondition"
	manyFloor             = "many, nothing read"
	many                  = "many"
	manyOpened            = "many, ephemeral"
	manySlow              = "many, server at 50 ms"
	manyLimited           = "many, 100 requests in each second"
)

var allSeries = []planSeries{
	{name: eachFloor, provider: "floor", configuration: singleHCL + "}\n", sizes: singleSizes},
	{name: eachFloorGet, provider: "floor", configuration: singleHCL + "}\n", sizes: singleSizes, readsEach: true},
	{name: each, provider: "juspay", configuration: singleHCL + "}\n", sizes: singleSizes, readsEach: true, inCSV: true},
	{name: eachForEach, provider: "juspay", configuration: forEachHCL, sizes: singleSizes, readsEach: true},
	{name: eachConditionFloorGet, provider: "floor", configuration: singleHCL + postconditionHCL + "}\n", sizes: only1000, readsEach: true},
	{name: eachCondition, provider: "juspay", configuration: singleHCL + postconditionHCL + "}\n", sizes: only1000, readsEach: true},
	{name: manyFloor, provider: "floor", configuration: manyHCL, sizes: allSizes, inCSV: true},
	{name: many, provider: "juspay", configuration: manyHCL, sizes: allSizes, readsEach: true, inCSV: true},
	{name: manyOpened, provider: "juspay", configuration: manyEphemeralHCL, sizes: only10_000, readsEach: true},
	{name: manySlow, provider: "juspay", configuration: manyHCL, sizes: slowSizes, latency: slowLatency, readsEach: true, inCSV: true},
	{name: manyLimited, provider: "juspay", configuration: manyHCL, sizes: only1000, latency: slowLatency, perSecond: 100, readsEach: true},
}

// point identifies a plan that is measured several times.
type point struct {
	series   string
	accounts int
}

// sample is one measurement.
type sample struct {
	seconds float64
	memory  int // the provider's peak, in bytes
}
