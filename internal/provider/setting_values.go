// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// isQuoted reports whether a text is in quotation marks. Shells remove them. Docker and some
// pipelines keep them when they read variables from a file.
func isQuoted(text string) bool {
	return len(text) >= 2 && strings.ContainsRune(`"'`, rune(text[0])) && text[0] == text[len(text)-1]
}

// environmentList formats the name and the URL of each environment.
func environmentList(environments []juspay.Environment, format string) string {
	var formatted []string
	for _, e := range environments {
		formatted = append(formatted, fmt.Sprintf(format, e.Name, e.BaseURL))
	}
	last := len(formatted) - 1
	return strings.Join(formatted[:last], ", ") + " or " + formatted[last]
}

// newWordError returns the error of a value that is not among words; allowed is the text that lists
// them. The error shows the value only if a word begins with it, in upper or lower case, as with "Prod".
// Anything else may be a key that was put into the wrong place. Terraform itself quotes the line of a value in
// the configuration.
func newWordError(source string, value attr.Value, allowed string, words ...string) error {
	text := stringFromAttr(value)
	isShown := func(word string) bool { return len(text) <= len(word) && strings.EqualFold(text, word[:len(text)]) }
	switch {
	case slices.ContainsFunc(words, isShown):
		return fmt.Errorf("%s is %q. It must be %s", source, text, allowed)
	case source == envEnvironment:
		return fmt.Errorf("%s is another value, which is not shown because it may be secret. It must be %s", source, allowed)
	}
	return fmt.Errorf("%s is none of these: %s", source, allowed)
}

// wholeNumber returns value as an int, or an error unless it is one from low to high.
func wholeNumber(source string, value attr.Value, low, high int64) (int, error) {
	number := numberFromAttr(value)
	n, accuracy := number.Int64()
	if accuracy != big.Exact || n < low || n > high {
		return 0, fmt.Errorf("%s is %s. It must be a whole number from %d to %d", source, shortNumber(number), low, high)
	}
	return int(n), nil
}

// shortNumber returns at most 10 digits of a number for an error. A number may have a
// thousand digits.
func shortNumber(number *big.Float) string {
	text := number.Text('g', 10)
	if shown, _, err := big.ParseFloat(text, 10, number.Prec(), big.ToNearestEven); err != nil || shown.Cmp(number) != 0 {
		return "about " + text
	}
	return text
}

// pemError adds a remedy to ErrNotPEM, since the usual mistake is to pass a file's name.
func pemError(err error) error {
	if errors.Is(err, juspay.ErrNotPEM) {
		return fmt.Errorf(`%w; pass the content of the file, in a configuration with file("name.pem"), and not its name`, err)
	}
	return err
}

// normalizePEM undoes the changes that environment variables and editors make to PEM: line
// breaks that are the two characters \n, a leading U+FEFF, and whitespace around lines.
func normalizePEM(text string) string {
	lines := strings.Split(strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), `\n`, "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return strings.Join(lines, "\n")
}
