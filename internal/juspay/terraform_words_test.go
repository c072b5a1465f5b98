// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// The client is a package for any Go program: the provider maps the fields of a
// ConfigError to attributes, and says what to write in a configuration.
func TestTerraformWords_AreNotInTheSource(t *testing.T) {
	t.Parallel()
	words := regexp.MustCompile(`(?i)\b(api_key|base_url|merchant_id|request_headers|\w+_pem)\b|data source|\bTF_|\bHCL\b|\bfile\(|terraform`)
	var files []string
	for _, pattern := range []string{"*.go", "limiter/*.go"} {
		found := check.Must(fs.Glob(os.DirFS("."), pattern))
		if len(found) == 0 {
			t.Fatalf("got no files %s, want some", pattern)
		}
		files = append(files, found...)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source := strings.ReplaceAll(string(check.Must(fs.ReadFile(os.DirFS("."), file))), "juspay/terraform-provider-juspay", "") // in imports
		if found := words.FindAllString(source, -1); found != nil {
			t.Errorf("got %q in %s, want no such word", found, file)
		}
	}
}
