// SPDX-License-Identifier: MPL-2.0

// Chart draws the figures of the benchmark: it reads CSV with the columns series,
// accounts and seconds, and writes an SVG picture in which both axes are
// logarithmic.
package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"image/color"
	"io"
	"os"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

const (
	width, height = 600, 375 // points: 800 pixels by 500
	labelWidth    = 115      // of the longest name, beside the axes
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
	lines, err := parse(records)
	if err != nil {
		return err
	}
	p := newPlot()
	for i := range lines {
		if err := lines[i].addTo(p, i); err != nil {
			return err
		}
	}
	picture := vgsvg.New(width, height)
	canvas := draw.New(picture)
	canvas.SetColor(color.White)
	canvas.Fill(canvas.Rectangle.Path())
	axes := draw.Crop(canvas, 8, -labelWidth, 6, -6)
	p.Draw(axes)
	for _, l := range lines {
		l.label(p, axes)
	}
	_, err = picture.WriteTo(out)
	return err
}

func newPlot() *plot.Plot {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = "Time for a plan, by the number of accounts", "accounts (logarithmic)", "seconds (logarithmic)"
	p.Title.Padding = 8
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Tick.Marker = plot.ConstantTicks{{Value: 1, Label: "1"}, {Value: 10, Label: "10"}, {Value: 100, Label: "100"}, {Value: 1000, Label: "1,000"}, {Value: 10_000, Label: "10,000"}, {Value: 50_000, Label: "50,000"}}
	p.Y.Tick.Marker = plot.ConstantTicks{{Value: 0.1, Label: "0.1"}, {Value: 0.3, Label: "0.3"}, {Value: 1, Label: "1"}, {Value: 3, Label: "3"}, {Value: 10, Label: "10"}, {Value: 30, Label: "30"}}
	p.X.Tick.Label.Font.Size, p.Y.Tick.Label.Font.Size = 10, 10
	grid := plotter.NewGrid()
	grid.Vertical.Color, grid.Horizontal.Color = color.Gray{225}, color.Gray{225}
	p.Add(grid)
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 1, 50_000, 0.1, 30
	return p
}

// line is a series with the points in the order of their accounts.
type line struct {
	name   string
	points plotter.XYs
	color  color.Color
}

func (l *line) addTo(p *plot.Plot, number int) error {
	drawn, points, err := plotter.NewLinePoints(l.points)
	if err != nil {
		return err
	}
	l.color = plotutil.DarkColors[number%len(plotutil.DarkColors)]
	drawn.Color, drawn.Width = l.color, 1.75
	points.Color, points.Shape, points.Radius = l.color, draw.CircleGlyph{}, 2.5
	p.Add(drawn, points)
	return nil
}

// label writes the name to the right of the last point.
func (l *line) label(p *plot.Plot, axes draw.Canvas) {
	data := p.DataCanvas(axes)
	x, y := p.Transforms(&data)
	last := l.points[len(l.points)-1]
	style := p.X.Label.TextStyle
	style.Font.Size, style.Color, style.XAlign, style.YAlign = 9, l.color, draw.XLeft, draw.YCenter
	axes.FillText(style, vg.Point{X: x(last.X) + 4, Y: y(last.Y) + 9}, l.name)
}

func parse(records [][]string) ([]line, error) {
	var lines []line
	for _, record := range records[min(1, len(records)):] {
		accounts, err := strconv.ParseFloat(record[1], 64)
		if err != nil {
			return nil, err
		}
		seconds, err := strconv.ParseFloat(record[2], 64)
		if err != nil {
			return nil, err
		}
		if len(lines) == 0 || lines[len(lines)-1].name != record[0] {
			lines = append(lines, line{name: record[0]})
		}
		last := &lines[len(lines)-1]
		last.points = append(last.points, plotter.XY{X: accounts, Y: seconds})
	}
	if len(lines) == 0 {
		return nil, errors.New("there are no figures")
	}
	return lines, nil
}
