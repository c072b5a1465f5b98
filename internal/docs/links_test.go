// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// pageLinks has the links of a file of docs/, and the anchors that links to it may name.
type pageLinks struct {
	links   []string
	anchors map[string]bool
}

var (
	linkRE      = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	headingRE   = regexp.MustCompile(`^#{1,6} (.+)$`)
	anchorRE    = regexp.MustCompile(`<a id="([^"]+)">`)
	notInSlugRE = regexp.MustCompile(`[^a-z0-9 _-]`)
)

// The beginnings of links to the project's directories, and to its files.
const (
	directoriesURL = "https://github.com/juspay/terraform-provider-juspay/tree/main/"
	filesURL       = "https://github.com/juspay/terraform-provider-juspay/blob/main/"
)

func readPage(content string) pageLinks {
	p := pageLinks{anchors: map[string]bool{}}
	inCode := false
	for line := range strings.Lines(content) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			inCode = !inCode
		}
		if inCode {
			continue
		}
		if match := headingRE.FindStringSubmatch(line); match != nil {
			p.anchors[strings.ReplaceAll(notInSlugRE.ReplaceAllString(strings.ToLower(match[1]), ""), " ", "-")] = true
		}
		for _, match := range anchorRE.FindAllStringSubmatch(line, -1) {
			p.anchors[match[1]] = true
		}
		for _, match := range linkRE.FindAllStringSubmatch(line, -1) {
			p.links = append(p.links, match[1])
		}
	}
	return p
}

func readPages(t *testing.T) map[string]pageLinks {
	t.Helper()
	pages := map[string]pageLinks{}
	for name, content := range readFiles(t, "docs", ".md") {
		pages[name] = readPage(content)
	}
	if len(pages) < 12 {
		t.Fatalf("got %d pages, want at least 12", len(pages))
	}
	return pages
}

// brokenLink says why a link of a page leads nowhere, or "".
func brokenLink(pages map[string]pageLinks, from, target string) string {
	for _, prefix := range []string{directoriesURL, filesURL} {
		file, ok := strings.CutPrefix(target, prefix)
		if !ok {
			continue
		}
		info, err := os.Stat(filepath.FromSlash(file))
		if err != nil || info.IsDir() != (prefix == directoriesURL) {
			return "no such file in the repository"
		}
		return ""
	}
	if strings.HasPrefix(target, "https://") {
		return ""
	}
	file, fragment, hasFragment := strings.Cut(target, "#")
	name := from
	if file != "" {
		name = path.Join(path.Dir(from), file)
	}
	to, ok := pages[name]
	switch {
	case !ok:
		return "no such page"
	case hasFragment && !to.anchors[fragment]:
		return "no such heading"
	}
	return ""
}

func TestDocs_EveryLinkLeadsSomewhere(t *testing.T) {
	t.Parallel()
	pages := readPages(t)
	for name, p := range pages {
		for _, target := range p.links {
			if why := brokenLink(pages, name, target); why != "" {
				t.Errorf("%s: got a link to %s: %s; want one that leads somewhere", name, target, why)
			}
		}
	}
}

// Each page is found from the index page and from related pages.
func TestDocs_PagesLinkToEachOther(t *testing.T) {
	t.Parallel()
	pages := readPages(t)
	linked := map[string]map[string]bool{}
	for from, p := range pages {
		for _, target := range p.links {
			file, _, _ := strings.Cut(target, "#")
			to := path.Join(path.Dir(from), file)
			if linked[to] == nil {
				linked[to] = map[string]bool{}
			}
			linked[to][from] = true
		}
	}
	delete(pages, "index.md")
	for name := range pages {
		least := 2
		if strings.HasPrefix(name, "guides/") {
			least = 3
			if !linked[name]["index.md"] {
				t.Errorf("the index page: got no link to %s, want one", name)
			}
		}
		if len(linked[name]) < least {
			t.Errorf("%s: got links from %d pages, want at least %d", name, len(linked[name]), least)
		}
	}
	// The URL of the page that every error names.
	match := regexp.MustCompile(`const troubleshooting = ".*/(.*)"`).FindStringSubmatch(acctest.ReadFile(t, "internal/provider/explanations.go"))
	if match == nil {
		t.Fatal("internal/provider/explanations.go: got no constant troubleshooting, want the URL of a page")
	}
	if _, ok := pages["guides/"+match[1]]; !ok {
		t.Errorf("the page that errors name: got %s, want one that exists", match[1])
	}
}

func TestDocs_FindsBrokenLinks(t *testing.T) {
	t.Parallel()
	pages := map[string]pageLinks{
		"index.md":    readPage("# Index\n## A `b` heading\n<a id=\"made\"></a>\n```\n## In code\n[x](no.md)\n```\n[y](guides/a.md)\n"),
		"guides/a.md": readPage("## One\n"),
	}
	check.Equal(t, "the links", pages["index.md"].links, []string{"guides/a.md"})
	for target, want := range map[string]string{
		"guides/a.md":                    "",
		"guides/a.md#one":                "",
		"#a-b-heading":                   "",
		"#made":                          "",
		"https://example.com/":           "",
		directoriesURL + "docs":          "",
		directoriesURL + "go.mod":        "no such file in the repository",
		filesURL + "go.mod":              "",
		filesURL + "no.mod":              "no such file in the repository",
		filesURL + "docs":                "no such file in the repository",
		"guides/b.md":                    "no such page",
		"guides/a":                       "no such page",
		"guides/a.md#two":                "no such heading",
		"#in-code":                       "no such heading",
		"../guides/a.md":                 "no such page",
		"http://example.com/plain/":      "no such page",
		"/providers/juspay/juspay/a.md#": "no such page",
	} {
		t.Run("from the index to "+target, func(t *testing.T) {
			t.Parallel()
			check.Equal(t, "what is wrong with it", brokenLink(pages, "index.md", target), want)
		})
	}
}
