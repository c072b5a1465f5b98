// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// TestAccPages_FirstBlock pastes the first configuration of a page into an empty
// directory, with the files that the page shows, and plans it.
func TestAccPages_FirstBlock(t *testing.T) {
	t.Parallel()
	for page, needs := range map[string]acctest.Feature{
		"README.md":                                     {},
		"docs/index.md":                                 {},
		"docs/data-sources/customer_account.md":         {},
		"docs/data-sources/customer_accounts.md":        {},
		"docs/ephemeral-resources/customer_account.md":  acctest.EphemeralResources,
		"docs/ephemeral-resources/customer_accounts.md": acctest.EphemeralResources,
		"docs/functions/validated_within.md":            acctest.Functions,
		"docs/guides/asserting-active.md":               acctest.EphemeralResources,
		"docs/guides/checking-many-accounts.md":         {},
	} {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			acctest.SkipUnlessSupported(t, needs)
			content := acctest.ReadFile(t, page)
			w := acctest.NewWorkspace(t, acctest.StartAPI(t), acctest.MainFile(t, firstBlock(content, "terraform")))
			w.Write("vendors.csv", firstBlock(content, "csv"))
			w.Plan(0)
		})
	}
}

// placeRE matches the first line of a block that is not complete.
var placeRE = regexp.MustCompile(`^# (Part of |\S+\.hcl\b)`)

// TestPages_OtherBlocks checks that a block which is not complete says in its first
// line where it belongs. The README's second block replaces a part of the first.
func TestPages_OtherBlocks(t *testing.T) {
	t.Parallel()
	check.MustNoError(t, "fs.WalkDir", fs.WalkDir(os.DirFS("docs"), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		blocks := strings.Split(acctest.ReadFile(t, "docs/"+name), "```terraform\n")
		for _, block := range blocks[min(2, len(blocks)):] { // after the text and the first block
			block, _, _ = strings.Cut(block, "```")
			if !strings.Contains(block, "required_providers {") && !placeRE.MatchString(block) {
				t.Errorf("%s: got a part of a configuration that does not say where it belongs, want that in its first line:\n%s", name, block)
			}
		}
		return nil
	}))
}

// firstBlock returns the first code block in a language, or "" without one.
func firstBlock(page, language string) string {
	_, rest, _ := strings.Cut(page, "```"+language+"\n")
	block, _, _ := strings.Cut(rest, "```")
	return block
}

var (
	// settingLikeRE matches a name of several words, as settings and attributes have.
	settingLikeRE = regexp.MustCompile(`\b[a-z]+(?:_[a-z0-9]+)+\b`)
	// fakeIDRE matches an id of the fake. TestTestAccounts_AreTheTable compares them with the page.
	fakeIDRE = regexp.MustCompile(`^(cst|banh|vendor)_`)
)

// TestPages_NameWhatExists checks that each such name in a code span of a page is in the source, in an example or
// in the table of known fields: a page that keeps an old name is found.
func TestPages_NameWhatExists(t *testing.T) {
	t.Parallel()
	exists := map[string]bool{}
	for name := range strings.FieldsSeq("add_header proxy_cache proxy_cache_bypass proxy_no_cache upstream_cache_status" + // of nginx
		" filesystem_mirror override_data apply_requirements") { // of Terraform and Atlantis
		exists[name] = true
	}
	for _, directory := range []string{"internal/juspay", "internal/provider", "internal/policy", "examples", ".github"} {
		for name, content := range readFiles(t, directory, "") {
			if strings.HasSuffix(name, ".md") {
				continue
			}
			for _, word := range settingLikeRE.FindAllString(content, -1) {
				exists[word] = true
			}
		}
	}
	pages := readFiles(t, "templates", ".tmpl")
	pages["README.md"] = acctest.ReadFile(t, "README.md")
	checked := 0
	for page, content := range pages {
		for _, span := range codeSpanRE.FindAllStringSubmatch(content, -1) {
			for _, name := range settingLikeRE.FindAllString(span[1], -1) {
				checked++
				if !exists[name] && !fakeIDRE.MatchString(name) {
					t.Errorf("%s: got the name %s in %s, want one that is in the source, an example or known.tsv", page, name, span[0])
				}
			}
		}
	}
	check.Within(t, "the number of names", checked, 200, 2_000)
}
