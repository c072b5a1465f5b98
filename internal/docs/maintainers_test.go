// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"cmp"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
)

var (
	codeSpanRE = regexp.MustCompile("`([^`\n]+)`")
	// pathRE matches paths in the repository, with a placeholder in some.
	pathRE       = regexp.MustCompile(`^[\w.*-]+(/[\w.*-]+)*/?$`)
	pathEndingRE = regexp.MustCompile(`\.(go|md|tf|hcl|rego|json|yml|tmpl|sh|txt|svg)$`)
	identifierRE = regexp.MustCompile(`^([A-Za-z]+\.)?[A-Za-z][a-z0-9]+([A-Z][A-Za-z0-9_]*)+(\(s\))?$`)
	wordRE       = regexp.MustCompile(`\w+`)
	flowPathRE   = regexp.MustCompile(`internal/[\w/*]+\.go|\b\w+\.go\b`)
	// flowStepRE matches a step of the flow that is one name: a function, a method, a closure or a type.
	flowStepRE = regexp.MustCompile(`(?m)^ +(?:-> |<- )?([\w.]+)(?:\(s\))?  +`)
	// declarationRE matches the declaration of a function, a method, a type or a closure.
	declarationRE = regexp.MustCompile(`(?m)^(?:func (?:\([^)]*\) )?|type )(\w+)|^\t+(\w+) := func\(`)
)

// TestMaintainersPages_NameWhatExists checks each path and each identifier that the pages for
// maintainers name.
func TestMaintainersPages_NameWhatExists(t *testing.T) {
	t.Parallel()
	words := map[string]bool{}
	for _, source := range readFiles(t, ".", ".go") {
		for _, word := range wordRE.FindAllString(source, -1) {
			words[word] = true
		}
	}
	for _, page := range []string{"CONTRIBUTING.md", "ARCHITECTURE.md"} {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			content := acctest.ReadFile(t, page)
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
						if !words[strings.TrimSuffix(last, "(s)")] {
							t.Errorf("%s: got the identifier %s, want one that is in the source", page, name)
						}
					}
				}
			}
			if checked < 10 {
				t.Errorf("%s: got %d paths and identifiers, want at least 10", page, checked)
			}
		})
	}
}

// TestMaintainersPages_FlowNamesWhatExists checks each step of the flow in ARCHITECTURE.md that is one name.
func TestMaintainersPages_FlowNamesWhatExists(t *testing.T) {
	t.Parallel()
	declared := map[string]bool{}
	for _, source := range readFiles(t, ".", ".go") {
		for _, match := range declarationRE.FindAllStringSubmatch(source, -1) {
			declared[cmp.Or(match[1], match[2])] = true
		}
	}
	_, flow, _ := strings.Cut(acctest.ReadFile(t, "ARCHITECTURE.md"), "\n```\n")
	flow, _, _ = strings.Cut(flow, "\n```\n")
	steps := flowStepRE.FindAllStringSubmatch(flow, -1)
	check.Within(t, "the number of steps that are names", len(steps), 15, 50)
	for _, step := range steps {
		name := step[1][strings.LastIndex(step[1], ".")+1:]
		if !declared[name] {
			t.Errorf("the flow in ARCHITECTURE.md: got the step %s, want a function, a method, a closure or a type", step[1])
		}
	}
}

var (
	handlersRE    = regexp.MustCompile(`(perRead|perAttempt) := \[\]handler\{(.*)\}`)
	handlerStepRE = regexp.MustCompile(`(?m)^ {12}-> (.+?)  `)
)

// TestMaintainersPages_FlowHasTheHandlersInOrder compares the flow with the handlers of Client.do.
func TestMaintainersPages_FlowHasTheHandlersInOrder(t *testing.T) {
	t.Parallel()
	var got []string
	for _, step := range handlerStepRE.FindAllStringSubmatch(acctest.ReadFile(t, "ARCHITECTURE.md"), -1) {
		got = append(got, step[1])
	}
	handlers := map[string][]string{}
	for _, list := range handlersRE.FindAllStringSubmatch(acctest.ReadFile(t, "internal/juspay/do.go"), -1) {
		for name := range strings.SplitSeq(list[2], ", ") {
			handlers[list[1]] = append(handlers[list[1]], name[strings.LastIndex(name, ".")+1:])
		}
	}
	// GetAll adds the handler around each attempt.
	check.Equal(t, "the handlers in ARCHITECTURE.md", got, slices.Concat(handlers["perRead"], []string{"freeSlotOnceServed"}, handlers["perAttempt"]))
}

// placeRowRE matches a row of a table of places: files, what to add there, and tests.
var placeRowRE = regexp.MustCompile(`(?m)^\| (` + "`[^|]*`" + `) \| ([^|]*) \| ([^|]*) ?\|$`)

// TestMaintainersPages_NamePlaces checks the tables of the places of one fact: each file exists,
// one of a row's files has each identifier of the row, and each test exists.
func TestMaintainersPages_NamePlaces(t *testing.T) {
	t.Parallel()
	_, tables, _ := strings.Cut(acctest.ReadFile(t, "CONTRIBUTING.md"), "\n## Change one fact\n")
	tables, _, _ = strings.Cut(tables, "\n## ")
	rows := placeRowRE.FindAllStringSubmatch(tables, -1)
	if len(rows) < 30 {
		t.Errorf("got %d places, want at least 30", len(rows))
	}
	spans := func(text string) (spans []string) {
		for _, span := range codeSpanRE.FindAllStringSubmatch(text, -1) {
			spans = append(spans, span[1])
		}
		return spans
	}
	tests := strings.Join(slices.Collect(maps.Values(readFiles(t, ".", "_test.go"))), "\n")
	for _, row := range rows {
		t.Run(row[1]+" "+row[2], func(t *testing.T) {
			t.Parallel()
			var content strings.Builder
			for _, path := range spans(row[1]) {
				info, err := os.Stat(path)
				if err != nil {
					t.Errorf("CONTRIBUTING.md: got the place %s, want a file or a directory that exists", path)
				} else if !info.IsDir() {
					file, err := os.ReadFile(path) //nolint:gosec // a file of the repository
					check.MustNoError(t, "os.ReadFile", err)
					content.Write(file)
				}
			}
			for _, identifier := range spans(row[2]) {
				isCode := !strings.ContainsAny(identifier, " /")
				if isCode && content.Len() > 0 && !regexp.MustCompile(`\b`+identifier+`\b`).MatchString(content.String()) {
					t.Errorf("CONTRIBUTING.md: got the identifier %s of %s, want one that is there", identifier, row[1])
				}
			}
			for _, test := range spans(row[3]) {
				if !strings.Contains(tests, "\nfunc "+test+"(t *testing.T) {") {
					t.Errorf("CONTRIBUTING.md: got the test %s, want one that exists", test)
				}
			}
		})
	}
}

// TestMaintainersPages_NameEachDirectory checks that "Where things are" has each package.
func TestMaintainersPages_NameEachDirectory(t *testing.T) {
	t.Parallel()
	page := acctest.ReadFile(t, "CONTRIBUTING.md")
	directories, err := filepath.Glob("internal/*")
	check.MustNoError(t, "filepath.Glob", err)
	for _, directory := range directories {
		if name := filepath.ToSlash(directory); !strings.Contains(page, "\n| `"+name+"`") {
			t.Errorf("CONTRIBUTING.md: got no row for the directory %s, want one", name)
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
		found, err := filepath.Glob(strings.ReplaceAll(pattern, "**", directories))
		if err == nil && len(found) > 0 {
			return true
		}
	}
	return false
}
