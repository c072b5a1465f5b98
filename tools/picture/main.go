// SPDX-License-Identifier: MPL-2.0

// Picture draws what a program printed, as an SVG picture of a terminal: it reads
// text with the usual colours of terminals, and writes the picture.
package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/formatters/svg"
	"github.com/alecthomas/chroma/v2/styles"
)

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "picture:", err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	text, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	style := styles.Get("github-dark")
	picture := svg.New(svg.FontFamily("Consolas, Menlo, monospace"))
	return picture.Format(out, style, chroma.Literator(colour(string(text))...))
}

// colour makes a line's colour that of its kind.
func colour(text string) []chroma.Token {
	var tokens []chroma.Token
	for line := range strings.Lines(text) {
		kind := chroma.Text
		switch trimmed := strings.TrimLeft(line, " │╷╵"); {
		case strings.HasPrefix(trimmed, "$ "):
			kind = chroma.GenericStrong
		case strings.HasPrefix(trimmed, "Error:"), strings.HasPrefix(trimmed, "Planning failed"):
			kind = chroma.GenericDeleted
		case strings.HasPrefix(trimmed, "Warning:"):
			kind = chroma.NameTag
		case strings.HasPrefix(trimmed, "=>"):
			kind = chroma.GenericInserted
		}
		tokens = append(tokens, chroma.Token{Type: kind, Value: line})
	}
	return tokens
}
