// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	codeSpanRE = regexp.MustCompile("`([^`\n]+)`")
	// pathRE matches paths in the repository, with a placeholder in some.
	pathRE       = regexp.MustCompile(`^[\w.*-]+(/[\w.*-]+)*/?$`)
	pathEndingRE = regexp.MustCompile(`\.(go|md|tf|hcl|rego|json|yml|tmpl|sh|txt|svg)$`)
	identifierRE = regexp.MustCompile(`^([A-Za-z]+\.)?[A-Za-z][a-z0-9]+([A-Z][A-Za-z0-9]*)+(\(s\))?$`)
	flowPathRE   = regexp.MustCompile(`internal/[\w/*]+\.go|\b\w+\.go\b`)
)

// TestMaintainersPages_NameWhatExists checks each path and each identifier that the pages for
// maintainers name.
func TestMaintainersPages_NameWhatExists(t *testing.T) {
	t.Parallel()
	source := strings.Join(slices.Collect(maps.Values(readFiles(t, "../..", ".go"))), "\n")
	for _, page := range []string{"CONTRIBUTING.md", "ARCHITECTURE.md"} {
		content := readFiles(t, "../..", page)[page]
		directory := "" // of the paths later in a line, which may lack it
		checked := 0
		for line := range strings.Lines(content) {
			names := flowPathRE.FindAllString(codeSpanRE.ReplaceAllString(line, ""), -1)
			for _, span := range codeSpanRE.FindAllStringSubmatch(line, -1) {
				names = append(names, span[1])
			}
			for _, name := range names {
				switch {
				case pathRE.MatchString(name) && (strings.Contains(name, "/") || pathEndingRE.MatchString(name)):
					checked++
					if strings.Contains(name, "/") {
						directory = filepath.Dir(name)
					}
					if !exists(name) && !exists(filepath.Join(directory, name)) && !exists("internal/juspay/"+name) && !exists("internal/provider/"+name) {
						t.Errorf("%s: got the path %s, want one that exists", page, name)
					}
				case identifierRE.MatchString(name) && !strings.HasPrefix(name, "JUSPAY"):
					checked++
					last := name[strings.LastIndex(name, ".")+1:]
					if !strings.Contains(source, strings.TrimSuffix(last, "(s)")) {
						t.Errorf("%s: got the identifier %s, want one that is in the source", page, name)
					}
				}
			}
		}
		if checked < 10 {
			t.Errorf("%s: got %d paths and identifiers, want at least 10", page, checked)
		}
	}
}

// exists reports whether a file matches a pattern, in which ** is up to two directories. Make
// fills bin.
func exists(pattern string) bool {
	if strings.HasPrefix(pattern, "bin") {
		return true
	}
	for _, directories := range []string{"*", "*/*"} {
		found, err := filepath.Glob(filepath.Join("../..", strings.ReplaceAll(pattern, "**", directories)))
		if err == nil && len(found) > 0 {
			return true
		}
	}
	return false
}
