// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

// The client is a package for any Go program: the provider maps the fields of a
// ConfigError to attributes, and says what to write in a configuration.
func TestSource_HasNoTerraformWord(t *testing.T) {
	t.Parallel()
	words := regexp.MustCompile(`(?i)\b(api_key|base_url|merchant_id|request_headers|\w+_pem)\b|data source|\bTF_|\bHCL\b|\bfile\(|terraform`)
	files, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("the files are %v, %v", files, err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source := must(fs.ReadFile(os.DirFS("."), file))
		if found := words.FindAllString(string(source), -1); found != nil {
			t.Errorf("%s has %q", file, found)
		}
	}
}
