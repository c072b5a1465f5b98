// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

// report is what was found.
type report struct {
	taken map[point][]sample
	runs  int
	cli   string
}

// seconds is the median, or 0 for what was not measured.
func (r report) seconds(series string, accounts int) float64 {
	return median(r.taken[point{series, accounts}], func(s sample) float64 { return s.seconds })
}

// mebibytes is the largest, or 0 for what was not measured.
func (r report) mebibytes(series string, accounts int) float64 {
	var most int
	for _, s := range r.taken[point{series, accounts}] {
		most = max(most, s.memory)
	}
	return float64(most) / (1 << 20)
}

func (r report) connections(series string, accounts int) int {
	var most int
	for _, s := range r.taken[point{series, accounts}] {
		most = max(most, s.connections)
	}
	return most
}

func median(samples []sample, of func(sample) float64) float64 {
	if len(samples) == 0 {
		return 0
	}
	var values []float64
	for _, s := range samples {
		values = append(values, of(s))
	}
	slices.Sort(values)
	middle := len(values) / 2
	if len(values)%2 == 1 {
		return values[middle]
	}
	return (values[middle-1] + values[middle]) / 2
}

// target is a figure that should not be above another, where that is not 0.
type target struct {
	what      string
	got, most float64
	unit      string
}

func (r report) targets() []target {
	wire := 1000 * latency.Seconds() / 32
	over := func(series string, accounts int, floor float64) float64 { return r.seconds(series, accounts) / floor }
	targets := []target{
		{"1,000 one each, over the floor", over(atOnceSingle, 1000, r.seconds(floorSingle, 1000)), 1.4, ""},
		{"the same with a postcondition on each", over(atOnceEach, 1000, r.seconds(floorEach, 1000)), 1.3, ""},
		{"1,000 at once, server at 50 ms, over a plan of one and 1,000 x 50 ms / 32", over(slowPlural, 1000, r.seconds(slowPlural, 1)+wire), 1.2, ""},
		{"10,000 at once over 1,000", over(atOncePlural, 10_000, r.seconds(atOncePlural, 1000)), 10.5, ""},
		{"10,000 at once over 1,000, server at 50 ms", over(slowPlural, 10_000, r.seconds(slowPlural, 1000)), 10.5, ""},
		{"for comparison, the floor: 10,000 at once over 1,000", over(floorPlural, 10_000, r.seconds(floorPlural, 1000)), 0, ""},
		{"1,000 at once, server allows 100 a second, over 10 s", over(throttledPlural, 1000, 10), 1.3, ""},
		{"peak memory of the provider, 10,000 at once", r.mebibytes(slowPlural, 10_000), 150, " MiB"},
		{"connections for 1,000 at once", float64(r.connections(slowPlural, 1000)), 32, ""},
	}
	// What was not measured is not a number, infinite or 0.
	return slices.DeleteFunc(targets, func(t target) bool { return math.IsNaN(t.got) || math.IsInf(t.got, 0) || t.got == 0 })
}

func write(progress io.Writer, dir string, r report) error {
	table, err := os.Create(filepath.Join(dir, "plan-times.txt")) //nolint:gosec // the folder that the user names
	if err != nil {
		return err
	}
	defer func() { _ = table.Close() }()
	out := io.MultiWriter(progress, table)
	if err := r.writeTable(out); err != nil {
		return err
	}
	return r.writeCSV(filepath.Join(dir, "plan-times.csv"))
}

func (r report) writeTable(out io.Writer) error {
	_, _ = fmt.Fprintf(out, "%s on %s/%s, %d CPUs. Seconds that a plan takes, medians of %d;\nthe server answers at once unless said otherwise.\n\n", r.cli, runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), r.runs)
	columns := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprint(columns, "accounts\t")
	for _, accounts := range allSizes {
		_, _ = fmt.Fprintf(columns, "%d\t", accounts)
	}
	_, _ = fmt.Fprintln(columns)
	for _, s := range allSeries {
		if r.seconds(s.name, s.sizes[0]) == 0 {
			continue // not measured
		}
		_, _ = fmt.Fprint(columns, s.name+"\t")
		for _, accounts := range allSizes {
			_, _ = fmt.Fprint(columns, cell(r.seconds(s.name, accounts))+"\t")
		}
		_, _ = fmt.Fprintln(columns)
	}
	_, _ = fmt.Fprintln(columns)
	if err := columns.Flush(); err != nil {
		return err
	}
	columns = tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(columns, "ratio or figure\tmeasured\ttarget")
	for _, t := range r.targets() {
		_, _ = fmt.Fprintf(columns, "%s\t%s%s\t%s\n", t.what, short(t.got), t.unit, t.verdict())
	}
	return columns.Flush()
}

func (t target) verdict() string {
	switch {
	case t.most == 0:
		return ""
	case t.got > t.most:
		return "at most " + short(t.most) + t.unit + ": missed"
	}
	return "at most " + short(t.most) + t.unit + ": met"
}

func cell(seconds float64) string {
	if seconds == 0 {
		return "-"
	}
	return strconv.FormatFloat(seconds, 'f', 2, 64)
}

func short(f float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(f, 'f', 2, 64), ".00")
}

// writeCSV writes what the chart is drawn from.
func (r report) writeCSV(name string) error {
	file, err := os.Create(name) //nolint:gosec // in the folder that the user names
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	records := [][]string{{"series", "accounts", "seconds"}}
	for _, s := range allSeries {
		if !s.drawn {
			continue
		}
		for _, accounts := range allSizes {
			if seconds := r.seconds(s.name, accounts); seconds > 0 {
				records = append(records, []string{s.name, strconv.Itoa(accounts), strconv.FormatFloat(seconds, 'f', 3, 64)})
			}
		}
	}
	return csv.NewWriter(file).WriteAll(records)
}
