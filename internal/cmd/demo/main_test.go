// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func TestAccDemo(t *testing.T) {
	acctest.SkipUnlessAcc(t)
	t.Chdir("../../..")
	t.Setenv("TF_CLI_CONFIG_FILE", "/does/not/exist")
	before := repositoryFiles(t)
	for _, colour := range []bool{false, true} {
		var printed bytes.Buffer
		if err := run(t.Context(), &printed, colour); err != nil {
			t.Fatalf("%v\n%s", err, &printed)
		}
		if got := strings.Contains(printed.String(), "\x1b["); got != colour {
			t.Errorf("colours: %v, want %v, in\n%s", got, colour, &printed)
		}
		if !strings.HasSuffix(printed.String(), "The provider sent 14 requests to the fake Juspay, all of them GET.\n   Nothing is left running.\n\n") {
			t.Errorf("the demo ends with %q", printed.String()[max(0, printed.Len()-200):])
		}
	}
	if after := repositoryFiles(t); !slices.Equal(after, before) {
		t.Errorf("the demo changed the files from\n%q to\n%q", before, after)
	}
}

// repositoryFiles lists all files, ignored ones too, except for git's own.
func repositoryFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && entry.Name() == ".git" {
			return fs.SkipDir
		}
		files = append(files, path)
		return err
	})
	if err != nil || len(files) < 50 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	return files
}

func TestDemo_UnexpectedOutput(t *testing.T) {
	t.Parallel()
	if err := checkContains("│ Not\n│ ACTIVE: shop", "Not ACTIVE: shop"); err != nil {
		t.Errorf("a line that Terraform broke: %v", err)
	}
	if err := checkContains("all is well", "Not ACTIVE: shop"); err == nil || err.Error() != `the output above lacks "Not ACTIVE: shop"` {
		t.Errorf("got %v", err)
	}
	server := juspaytest.NewServer()
	defer server.Close()
	if err := checkOnlyGETs(server); err == nil {
		t.Error("no request at all is what should happen")
	}
}
