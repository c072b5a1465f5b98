// SPDX-License-Identifier: MPL-2.0

// Chart draws the figures of the benchmark: it reads CSV with the columns series,
// accounts and seconds, and writes an SVG picture in which both axes are
// logarithmic.
package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"image/color"
	"io"
	"os"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

const (
	width, height = 570, 300 // points: 760 pixels by 400
	padding       = 14
	// fonts match the picture of the demo.
	fonts = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
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
	axes := draw.Crop(canvas, padding, -padding, 2*padding, -2*padding)
	p.Draw(axes)
	// The plot's own labels would reserve space for the middle of a linear axis.
	style := p.X.Label.TextStyle
	style.XAlign, style.YAlign = draw.XLeft, draw.YTop
	canvas.FillText(style, vg.Point{X: padding, Y: height - padding/2}, "seconds for a plan (logarithmic)")
	style.XAlign, style.YAlign = draw.XRight, draw.YBottom
	canvas.FillText(style, vg.Point{X: width - padding, Y: padding / 2}, "accounts (logarithmic)")
	for _, l := range lines {
		l.label(p, axes)
	}
	var svg bytes.Buffer
	if _, err := picture.WriteTo(&svg); err != nil {
		return err
	}
	_, err = io.WriteString(out, themed(svg.String()))
	return err
}

// themed lets the picture follow the page: its colours are variables, with one value for light
// pages and one for dark ones.
func themed(svg string) string {
	var light, dark strings.Builder
	for i, c := range append([]color.Color{foreground, gridColour}, colours...) {
		r, g, b, _ := c.RGBA()
		hex := fmt.Sprintf("#%02X%02X%02X", r>>8, g>>8, b>>8)
		svg = strings.ReplaceAll(svg, ":"+hex, fmt.Sprintf(":var(--c%d)", i))
		fmt.Fprintf(&light, "--c%d:%s;", i, lightColours[i])
		fmt.Fprintf(&dark, "--c%d:%s;", i, hex)
	}
	style := fmt.Sprintf("<style>svg{%s}@media(prefers-color-scheme:dark){svg{%s}}</style>\n<g ", &light, &dark)
	svg = strings.Replace(svg, "<g ", style, 1)
	return strings.ReplaceAll(svg, "font-family:Liberation Mono", "font-family:"+fonts)
}

// The colours for dark pages match the picture of the demo. lightColours replace them, in
// the same order, on light pages.
var (
	lightColours = []string{"#1F2328", "#D1D9E0", "#9A6700", "#1A7F37", "#0969DA"}

	foreground = color.RGBA{0xe6, 0xed, 0xf3, 0xff}
	gridColour = color.RGBA{0x30, 0x36, 0x3d, 0xff}
	colours    = []color.Color{color.RGBA{0xe3, 0xb3, 0x41, 0xff}, color.RGBA{0x7e, 0xe7, 0x87, 0xff}, color.RGBA{0x79, 0xc0, 0xff, 0xff}}
)

func newPlot() *plot.Plot {
	plot.DefaultFont = font.Font{Typeface: "Liberation", Variant: "Mono"}
	p := plot.New()
	p.BackgroundColor = nil // the page's
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Color, axis.Label.TextStyle.Color, axis.Tick.Color, axis.Tick.Label.Color = foreground, foreground, foreground, foreground
	}
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Tick.Marker = plot.ConstantTicks{
		{Value: 1, Label: "1"}, {Value: 10, Label: "10"}, {Value: 100, Label: "100"}, {Value: 1000, Label: "1,000"},
		{Value: 10_000, Label: "10,000"}, {Value: 50_000, Label: "50,000"},
	}
	p.Y.Tick.Marker = plot.ConstantTicks{
		{Value: 0.1, Label: "0.1"}, {Value: 0.3, Label: "0.3"}, {Value: 1, Label: "1"}, {Value: 3, Label: "3"}, {Value: 10, Label: "10"}, {Value: 30, Label: "30"},
	}
	p.X.Tick.Label.Font.Size, p.Y.Tick.Label.Font.Size = 10, 10
	grid := plotter.NewGrid()
	grid.Vertical.Color, grid.Horizontal.Color = gridColour, gridColour
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
	l.color = colours[number%len(colours)]
	drawn.Color, drawn.Width = l.color, 1.75
	points.Color, points.Shape, points.Radius = l.color, draw.CircleGlyph{}, 2.5
	p.Add(drawn, points)
	return nil
}

// label writes the name next to the last point.
func (l *line) label(p *plot.Plot, axes draw.Canvas) {
	data := p.DataCanvas(axes)
	x, y := p.Transforms(&data)
	last := l.points[len(l.points)-1]
	style := p.X.Label.TextStyle
	style.Font.Size, style.Color, style.XAlign, style.YAlign = 10, l.color, draw.XRight, draw.YCenter
	at := vg.Point{X: x(last.X) - 8, Y: y(last.Y) + 6}
	if last.X <= 1000 { // to its left is another line
		style.XAlign = draw.XLeft
		at = vg.Point{X: x(last.X) + 6, Y: y(last.Y) + 6}
	}
	axes.FillText(style, at, l.name)
}

func parse(records [][]string) ([]line, error) {
	var lines []line
	for _, record := range records[min(1, len(records)):] {
		if strings.HasSuffix(record[0], ", nothing read") {
			continue // the page that shows the chart has three series
		}
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
