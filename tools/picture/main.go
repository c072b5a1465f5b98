// SPDX-License-Identifier: MPL-2.0

// Picture draws what a program printed, as an SVG picture of a terminal: it reads
// text with the escape sequences of colours, and writes the picture.
package main

import (
	"fmt"
	"html"
	"io"
	"os"
	"regexp"
	"strings"
	"unicode/utf8"
)

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "picture:", err)
		os.Exit(1)
	}
}

// nbsp is a no-break space. Browsers collapse other spaces of a text in SVG, and rsvg
// drops even these without xml:space.
const nbsp = "\u00a0"

// In pixels. charWidth fits the widest common monospace fonts, so that no
// line is clipped whichever font a reader's system has.
const (
	fontSize   = 14
	charWidth  = 8.45
	lineHeight = 17
	padding    = 20
)

// attributes maps the escape codes of Terraform and OpenTofu to SVG attributes. The
// colours can be read on the dark background.
var attributes = map[string]string{
	"1":  ` font-weight="bold"`,
	"4":  ` text-decoration="underline"`,
	"31": ` fill="#ff7b72"`,
	"32": ` fill="#7ee787"`,
	"33": ` fill="#e3b341"`,
	"90": ` fill="#8b949e"`,
}

func run(in io.Reader, out io.Writer) error {
	text, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	var body strings.Builder
	columns := 0
	for i, line := range lines {
		spans, width, err := draw(line)
		if err != nil {
			return fmt.Errorf("line %d: %w", i+1, err)
		}
		columns = max(columns, width)
		fmt.Fprintf(&body, "<text x=\"%d\" y=\"%d\" xml:space=\"preserve\">%s</text>\n", padding, padding+fontSize+i*lineHeight, spans)
	}
	width := int(float64(columns)*charWidth) + 2*padding
	height := len(lines)*lineHeight + 2*padding
	_, err = fmt.Fprintf(out, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="%[2]d" viewBox="0 0 %[1]d %[2]d">
<rect x="0.5" y="0.5" width="%[5]d" height="%[6]d" rx="8" fill="#0d1117" stroke="#6e7681"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="%[3]d" fill="#e6edf3">
%[4]s</g>
</svg>
`, width, height, fontSize, &body, width-1, height-1)
	return err
}

var escapeRE = regexp.MustCompile(`\x1b\[([0-9;]*)m`)

// draw returns a line as spans of one style each, and how many columns it takes.
func draw(line string) (spans string, columns int, err error) {
	style := ""
	add := func(text string) {
		columns += utf8.RuneCountInString(text)
		if text != "" {
			spans += fmt.Sprintf("<tspan%s>%s</tspan>", style, html.EscapeString(strings.ReplaceAll(text, " ", nbsp)))
		}
	}
	start := 0
	for _, at := range escapeRE.FindAllStringSubmatchIndex(line, -1) {
		add(line[start:at[0]])
		start = at[1]
		if style, err = next(style, line[at[2]:at[3]]); err != nil {
			return "", 0, err
		}
	}
	add(line[start:])
	return spans, columns, nil
}

// next returns the style after an escape sequence.
func next(style, codes string) (string, error) {
	for code := range strings.SplitSeq(codes, ";") {
		attribute, known := attributes[code]
		switch {
		case code == "" || code == "0":
			style = ""
		case !known:
			return "", fmt.Errorf("the escape code %q is unknown", code)
		case !strings.Contains(style, attribute):
			style += attribute
		}
	}
	return style, nil
}
