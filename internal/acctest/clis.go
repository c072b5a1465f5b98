// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"path/filepath"
	"strings"
	"testing"
)

// SupportedCLI is a version of Terraform or OpenTofu that the provider is tested with.
type SupportedCLI struct {
	Program string // "terraform" or "tofu"
	Version string // "1.5.7"
	InCI    string // the version that the workflow "Test" requests: "1.5.*"
}

// Minor returns the version without its patch and pre-release: "1.5".
func (c SupportedCLI) Minor() string {
	return strings.Join(strings.SplitN(c.Version, ".", 3)[:2], ".")
}

// SupportedCLIs returns the CLIs of a program that tools/clis/clis.txt lists, oldest first.
func SupportedCLIs(t testing.TB, program string) []SupportedCLI {
	t.Helper()
	list := ReadFile(t, filepath.Join(Root(t), "tools", "clis", "clis.txt"))
	var found []SupportedCLI
	for line := range strings.Lines(list) {
		// The columns are the program, its version, the one that CI requests, and why it is supported.
		if fields := strings.Fields(line); len(fields) > 3 && fields[0] == program {
			found = append(found, SupportedCLI{Program: fields[0], Version: fields[1], InCI: fields[2]})
		}
	}
	if len(found) == 0 {
		t.Fatalf("got no CLI for %s, want some", program)
	}
	return found
}
