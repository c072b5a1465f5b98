// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// TestWholeNumber has the bounds. The whole messages are in TestClientConfig_Invalid.
func TestWholeNumber(t *testing.T) {
	t.Parallel()
	const remedy = ". It must be a whole number from 1 to 10"
	for literal, row := range map[string]struct {
		want int
		err  string
	}{
		"1":               {1, ""},
		"10":              {10, ""},
		"0":               {0, "it is 0" + remedy},
		"11":              {0, "it is 11" + remedy},
		"-1":              {0, "it is -1" + remedy},
		"1.5":             {0, "it is 1.5" + remedy},
		"10.000000000001": {0, "it is about 10" + remedy},
		"1e30":            {0, "it is 1e+30" + remedy},
	} {
		t.Run(literal, func(t *testing.T) {
			t.Parallel()
			got, err := wholeNumber("it", attrNumber(literal), 1, 10)
			check.ErrorText(t, "the check of the number", err, row.err)
			check.Equal(t, "the number", got, row.want)
		})
	}
}

func TestEnvironmentList(t *testing.T) {
	t.Parallel()
	environments := []juspay.Environment{{Name: "a", BaseURL: "https://a.example"}, {Name: "b", BaseURL: "https://b.example"}, {Name: "c"}}
	check.Equal(t, "the list of two", environmentList(environments[:2], "%s (%s)"), "a (https://a.example) or b (https://b.example)")
	check.Equal(t, "the list of three names", environmentList(environments, "%[1]q"), `"a", "b" or "c"`)
}

func TestShortNumber(t *testing.T) {
	t.Parallel()
	check.Rows(t, func(_ *testing.T, literal string) string { return shortNumber(parseFloat(literal)) }, map[string]check.Row[string, string]{
		"a whole number":                        {"7", "7"},
		"a fraction":                            {"0.5", "0.5"},
		"ten digits":                            {"1234567890", "1234567890"},
		"eleven digits are rounded":             {"12345678901", "about 1.23456789e+10"},
		"a hundred digits are rounded":          {strings.Repeat("9", 100), "about 1e+100"},
		"zeros are not shown, and none is lost": {"1" + strings.Repeat("0", 300), "1e+300"},
	})
}

func TestNormalizePEM(t *testing.T) {
	t.Parallel()
	const pem = "-----BEGIN X-----\nYQ==\n-----END X-----\n"
	check.Rows(t, func(_ *testing.T, text string) string { return normalizePEM(text) }, map[string]check.Row[string, string]{
		"PEM stays as it is":              {pem, pem},
		"line breaks of two characters":   {strings.ReplaceAll(pem, "\n", `\n`), pem},
		"line breaks of Windows":          {strings.ReplaceAll(pem, "\n", "\r\n"), pem},
		"a byte order mark":               {"\ufeff" + pem, pem},
		"lines that an editor indents":    {"  " + strings.ReplaceAll(strings.TrimSpace(pem), "\n", " \n\t"), strings.TrimSpace(pem)},
		"a name of a file stays as it is": {"ca.pem", "ca.pem"},
	})
}
