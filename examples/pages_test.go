// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
)

// TestAccPages_FirstBlock pastes the first configuration of a page into an empty
// directory, with the files that the page shows, and plans it.
func TestAccPages_FirstBlock(t *testing.T) {
	t.Parallel()
	for page, needs := range map[string]acctest.Feature{
		"../README.md":     {},
		"../docs/index.md": {},
		"../docs/data-sources/customer_account.md":        {},
		"../docs/data-sources/customer_accounts.md":       {},
		"../docs/ephemeral-resources/customer_account.md": acctest.EphemeralResources,
		"../docs/functions/validated_within.md":           acctest.Functions,
		"../docs/guides/asserting-active.md":              {},
		"../docs/guides/checking-many-accounts.md":        {},
		"../docs/guides/personal-data.md":                 {},
	} {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			if needs != (acctest.Feature{}) {
				acctest.SkipUnlessSupported(t, needs)
			}
			content := readFile(t, page)
			w := acctest.NewWorkspace(t, acctest.StartAPI(t), acctest.MainFile(t, firstBlock(content, "terraform")))
			w.Write("vendors.csv", firstBlock(content, "csv"))
			w.Run(0, plan()...)
		})
	}
}

// firstBlock returns the first code block in a language, or "" if there is none.
func firstBlock(page, language string) string {
	_, rest, _ := strings.Cut(page, "```"+language+"\n")
	block, _, _ := strings.Cut(rest, "```")
	return block
}
