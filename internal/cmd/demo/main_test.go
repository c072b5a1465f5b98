// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func TestAccDemo(t *testing.T) {
	acctest.SkipUnlessAcc(t)
	t.Chdir("../../..")
	t.Setenv("TF_CLI_CONFIG_FILE", "/does/not/exist")
	before := repositoryFiles(t)
	for name, coloured := range map[string]bool{"a terminal gets colours": true, "a file gets no colours": false} { //nolint:paralleltest // t.Chdir
		t.Run(name, func(t *testing.T) {
			var printed bytes.Buffer
			if err := run(t.Context(), &printed, coloured); err != nil {
				t.Fatalf("got the error %v, want none, after the output\n%s", err, &printed)
			}
			check.Equal(t, "whether the output has colours", strings.Contains(printed.String(), "\x1b["), coloured)
			const ending = "The provider sent 14 requests to the fake Juspay, all of them GET.\n   Nothing is left running.\n\n"
			check.Equal(t, "the end of the output", printed.String()[max(0, printed.Len()-len(ending)):], ending)
		})
	}
	check.Equal(t, "the files after the demo", repositoryFiles(t), before)
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
		t.Fatalf("the repository: got %d files and the error %v, want at least 50 files and no error", len(files), err)
	}
	return files
}

func TestDemo_UnexpectedOutput(t *testing.T) {
	t.Parallel()
	check.NoError(t, "a line that Terraform broke", checkContains("│ Not\n│ ACTIVE: shop", "Not ACTIVE: shop"))
	check.ErrorText(t, "another line", checkContains("all is well", "Not ACTIVE: shop"), `the output above lacks "Not ACTIVE: shop"`)
	server := juspaytest.NewServer()
	defer server.Close()
	if err := checkOnlyGETs(server); err == nil {
		t.Error("a demo without a request: got no error, want one")
	}
}
