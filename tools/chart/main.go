// SPDX-License-Identifier: MPL-2.0

// Chart draws the figures of the benchmark: it reads CSV with the columns series,
// accounts and seconds, and writes an SVG picture in which both axes are
// logarithmic.
package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
)

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "chart:", err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	records, err := csv.NewReader(in).ReadAll()
	if err != nil {
		return err
	}
	names, lines, err := parse(records)
	if err != nil {
		return err
	}
	p := plot.New()
	p.X.Label.Text, p.Y.Label.Text = "accounts", "seconds for a plan"
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Tick.Marker, p.Y.Tick.Marker = plot.LogTicks{Prec: -1}, plot.LogTicks{Prec: -1}
	p.Legend.Top, p.Legend.Left = true, true
	p.Add(plotter.NewGrid())
	for i, name := range names {
		line, points, err := plotter.NewLinePoints(lines[name])
		if err != nil {
			return err
		}
		line.Color, points.Color = plotutil.Color(i), plotutil.Color(i)
		line.Dashes, points.Shape = plotutil.Dashes(i), plotutil.Shape(i)
		p.Add(line, points)
		p.Legend.Add(name, line, points)
	}
	picture, err := p.WriterTo(18*vg.Centimeter, 12*vg.Centimeter, "svg")
	if err != nil {
		return err
	}
	_, err = picture.WriteTo(out)
	return err
}

// parse returns the lines by name, and the names in the order in which they come.
func parse(records [][]string) (names []string, lines map[string]plotter.XYs, err error) {
	lines = map[string]plotter.XYs{}
	for _, record := range records[min(1, len(records)):] {
		accounts, err := strconv.ParseFloat(record[1], 64)
		if err != nil {
			return nil, nil, err
		}
		seconds, err := strconv.ParseFloat(record[2], 64)
		if err != nil {
			return nil, nil, err
		}
		if _, ok := lines[record[0]]; !ok {
			names = append(names, record[0])
		}
		lines[record[0]] = append(lines[record[0]], plotter.XY{X: accounts, Y: seconds})
	}
	if len(names) == 0 {
		return nil, nil, fmt.Errorf("there are no figures")
	}
	return names, lines, nil
}
