// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

// report prints the samples, and compares them with the targets.
type report struct {
	samples map[point][]sample
	cli     string
}

// seconds returns the median of a point's times, or 0 if it was not measured.
func (r report) seconds(series string, accounts int) float64 {
	return median(r.samples[point{series, accounts}])
}

// mebibytes returns the largest peak of a point's memory, or 0 if it was not measured.
func (r report) mebibytes(series string, accounts int) float64 {
	var peak int
	for _, s := range r.samples[point{series, accounts}] {
		peak = max(peak, s.memory)
	}
	return float64(peak) / (1 << 20)
}

func median(samples []sample) float64 {
	if len(samples) == 0 {
		return 0
	}
	var seconds []float64
	for _, s := range samples {
		seconds = append(seconds, s.seconds)
	}
	slices.Sort(seconds)
	middle := len(seconds) / 2
	if len(seconds)%2 == 1 {
		return seconds[middle]
	}
	return (seconds[middle-1] + seconds[middle]) / 2
}

// target is a figure and its limit. The figure is got / of.
type target struct {
	what    string
	got, of float64
	limit   float64
	unit    string
}

// targets returns the targets whose figures were measured.
func (r report) targets() []target {
	// minimum is the time of the requests, 32 concurrently, and of a plan of one account.
	minimum := func(accounts float64) float64 {
		return r.seconds(manySlow, 1) + accounts*slowLatency.Seconds()/32
	}
	targets := []target{
		{"10,000 accounts, over the raw protocol", r.seconds(many, 10_000), r.seconds(manyFloor, 10_000), 2.5, ""},
		{"10,000 accounts over 1,000", r.seconds(many, 10_000), r.seconds(many, 1000), 8, ""},
		{"1,000 accounts at 50 ms, over a plan of one + 1,000 x 50 ms / 32", r.seconds(manySlow, 1000), minimum(1000), 1.2, ""},
		{"10,000 accounts at 50 ms, over a plan of one + 10,000 x 50 ms / 32", r.seconds(manySlow, 10_000), minimum(10_000), 1.2, ""},
		{"1,000 accounts at 100 requests in each second, seconds", r.seconds(manyLimited, 1000), 1, 13, ""},
		{"50,000 accounts over 10,000", r.seconds(many, 50_000), r.seconds(many, 10_000), 6, ""},
		{"peak memory of the provider, 10,000 accounts", r.mebibytes(many, 10_000), 1, 110, " MiB"},
		{"10,000 ephemeral accounts, over the data source", r.seconds(manyOpened, 10_000), r.seconds(many, 10_000), 1.1, ""},
		{"the same, peak memory of the provider", r.mebibytes(manyOpened, 10_000), r.mebibytes(many, 10_000), 1.1, ""},
		{"peak memory of the provider, 50,000 accounts", r.mebibytes(many, 50_000), 1, 400, " MiB"},
		{"1,000 one each, over the raw protocol with the GET", r.seconds(each, 1000), r.seconds(eachFloorGet, 1000), 1.25, ""},
		{"the same with a postcondition on each", r.seconds(eachCondition, 1000), r.seconds(eachConditionFloorGet, 1000), 1.25, ""},
	}
	return slices.DeleteFunc(targets, func(t target) bool { return t.got == 0 || t.of == 0 }) // not measured
}

// verdict returns the limit, and whether the figure meets it.
func (t target) verdict() string {
	met := "met"
	if t.got/t.of > t.limit {
		met = "missed"
	}
	return fmt.Sprintf("at most %s%s: %s", short(t.limit), t.unit, met)
}

// write writes the table, the documented rows and the figures to files whose names begin
// with name.
func (r report) write(progress io.Writer, name string) error {
	return errors.Join(
		writeFile(name+".txt", func(out io.Writer) error { return r.writeTable(io.MultiWriter(progress, out)) }),
		writeFile(name+"-short.txt", func(out io.Writer) error { return r.writeTimes(out, documentedSeries()) }),
		writeFile(name+".csv", r.writeCSV))
}

// documentedSeries returns the series that help users to choose a data source.
func documentedSeries() []planSeries {
	return slices.DeleteFunc(slices.Clone(allSeries), func(s planSeries) bool {
		return !slices.Contains([]string{each, eachForEach, many, manySlow}, s.name)
	})
}

func writeFile(name string, write func(io.Writer) error) error {
	file, err := os.Create(name) //nolint:gosec // the file that the user names
	if err != nil {
		return err
	}
	return errors.Join(write(file), file.Close())
}

// writeTable writes the times of all series, and the targets.
func (r report) writeTable(out io.Writer) error {
	if err := r.writeTimes(out, allSeries); err != nil {
		return err
	}
	_, _ = fmt.Fprintln(out)
	columns := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(columns, "ratio or figure\tmeasured\ttarget")
	for _, t := range r.targets() {
		_, _ = fmt.Fprintf(columns, "%s\t%s%s\t%s\n", t.what, short(t.got/t.of), t.unit, t.verdict())
	}
	return columns.Flush()
}

// writeTimes writes a row for each measured series.
func (r report) writeTimes(out io.Writer, rows []planSeries) error {
	_, _ = fmt.Fprintf(out, "%s on %s/%s, %d CPUs. Seconds that a plan takes (medians);\nthe server responds immediately unless stated otherwise.\n\n",
		r.cli, runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	columns := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprint(columns, "accounts\t")
	for _, accounts := range allSizes {
		_, _ = fmt.Fprintf(columns, "%d\t", accounts)
	}
	_, _ = fmt.Fprintln(columns)
	for _, s := range rows {
		if r.seconds(s.name, s.sizes[0]) == 0 {
			continue // not measured
		}
		_, _ = fmt.Fprint(columns, s.name+"\t")
		for _, accounts := range allSizes {
			_, _ = fmt.Fprint(columns, cell(r.seconds(s.name, accounts))+"\t")
		}
		_, _ = fmt.Fprintln(columns)
	}
	return columns.Flush()
}

// cell returns a time in seconds as a cell of the table, which is "-" if it was not measured.
func cell(seconds float64) string {
	if seconds == 0 {
		return "-"
	}
	return strconv.FormatFloat(seconds, 'f', 2, 64)
}

// short returns a number with two decimals, or without them if they are zero.
func short(f float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(f, 'f', 2, 64), ".00")
}

// writeCSV writes the figures of the chart.
func (r report) writeCSV(out io.Writer) error {
	records := [][]string{{"series", "accounts", "seconds"}}
	for _, s := range allSeries {
		if !s.inCSV {
			continue
		}
		for _, accounts := range allSizes {
			if seconds := r.seconds(s.name, accounts); seconds > 0 {
				records = append(records, []string{s.name, strconv.Itoa(accounts), strconv.FormatFloat(seconds, 'f', 3, 64)})
			}
		}
	}
	return csv.NewWriter(out).WriteAll(records)
}
