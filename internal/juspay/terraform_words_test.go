// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// The client is a package for any Go program: the provider maps the fields of a
// ConfigError to attributes, and says what to write in a configuration.
func TestTerraformWords_AreNotInTheSource(t *testing.T) {
	t.Parallel()
	words := regexp.MustCompile(`(?i)\b(api_key|base_url|merchant_id|request_headers|requests_per_second|\w+_pem)\b|\bplans?\b|` +
		`data source|\bTF_|\bHCL\b|\bfile\(|terraform`)
	packages := map[string]bool{}
	check.NoError(t, "fs.WalkDir", fs.WalkDir(os.DirFS("."), ".", func(file string, entry fs.DirEntry, err error) error {
		if file == "juspaytest" { // the guides show what it says of its accounts
			return fs.SkipDir
		}
		if err != nil || entry.IsDir() || path.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go") {
			return err
		}
		packages[path.Dir(file)] = true
		source := strings.ReplaceAll(string(check.Must(fs.ReadFile(os.DirFS("."), file))), "juspay/terraform-provider-juspay", "") // in imports
		if found := words.FindAllString(source, -1); found != nil {
			t.Errorf("got %q in %s, want no such word", found, file)
		}
		return nil
	}))
	check.Equal(t, "the packages", slices.Sorted(maps.Keys(packages)), []string{".", "fields", "limiter", "redact"})
}
