// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/go-version"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// TestDocs_NameTestedVersions checks that a page speaks only of versions that the tests run with.
func TestDocs_NameTestedVersions(t *testing.T) {
	t.Parallel()
	minors := map[string][]string{"Terraform": minorsOf(t, "terraform"), "OpenTofu": minorsOf(t, "tofu")}
	mentionRE := regexp.MustCompile(`\b(Terraform|OpenTofu)(?: before| up to)? (1\.\d+)(?:(?: to | and )(1\.\d+))?`)
	requiredRE := regexp.MustCompile(`required_version = ">= (1\.\d+)"`)
	pages := readFiles(t, "docs", ".md")
	for _, name := range []string{"README.md", "CONTRIBUTING.md"} {
		content, err := os.ReadFile(name)
		check.MustNoError(t, "os.ReadFile", err)
		pages[name] = string(content)
	}
	mentions := 0
	for name, page := range pages {
		for _, mention := range mentionRE.FindAllStringSubmatch(page, -1) {
			for _, got := range mention[2:] {
				if want := minors[mention[1]]; got != "" && !slices.Contains(want, got) {
					t.Errorf("%s: %q: got %s, want one of %q", name, mention[0], got, want)
				}
			}
			mentions++
		}
		for _, required := range requiredRE.FindAllStringSubmatch(page, -1) {
			if want := minors["Terraform"]; !slices.Contains(want, required[1]) {
				t.Errorf("%s: required_version: got %s, want one of %q", name, required[1], want)
			}
		}
	}
	if mentions < 20 {
		t.Errorf("got %d mentions of versions, want at least 20", mentions)
	}
}

// TestDocs_VersionsOfFeatures checks the table "Versions" of the index, and what the README
// requires.
func TestDocs_VersionsOfFeatures(t *testing.T) {
	t.Parallel()
	oldest := acctest.Feature{Terraform: minorsOf(t, "terraform")[0], OpenTofu: minorsOf(t, "tofu")[0]}
	for start, feature := range map[string]acctest.Feature{
		"data sources":         oldest,
		"function":             acctest.Functions,
		"ephemeral resource":   acctest.EphemeralResources,
		"write-only arguments": acctest.WriteOnly,
	} {
		t.Run(start, func(t *testing.T) {
			t.Parallel()
			want := fmt.Sprintf("| %s | %s |", later(t, feature.Terraform, oldest.Terraform), later(t, feature.OpenTofu, oldest.OpenTofu))
			got := regexp.MustCompile(`(?m)^\| ` + start + `.*$`).FindString(acctest.ReadFile(t, "docs/index.md"))
			if !strings.HasSuffix(got, want) {
				t.Errorf("got the row %q, want it to end with %q", got, want)
			}
		})
	}
	check.Contains(t, "README.md", acctest.ReadFile(t, "README.md"), fmt.Sprintf("Terraform %s or OpenTofu %s, or later", oldest.Terraform, oldest.OpenTofu))
}

func minorsOf(t *testing.T, program string) []string {
	t.Helper()
	var minors []string
	for _, cli := range acctest.SupportedCLIs(t, program) {
		minors = append(minors, cli.Minor())
	}
	return minors
}

func later(t *testing.T, a, b string) string {
	t.Helper()
	first, err := version.NewVersion(a)
	check.MustNoError(t, "version.NewVersion", err)
	second, err := version.NewVersion(b)
	check.MustNoError(t, "version.NewVersion", err)
	if first.LessThan(second) {
		return b
	}
	return a
}
