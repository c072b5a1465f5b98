// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"maps"
	"regexp"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// The table of settings has each attribute, with the environment variable and the
// literal default that its description names.
func TestIndex_SettingsAreTheSchema(t *testing.T) {
	t.Parallel()
	type setting struct{ variable, byDefault string }
	documented := map[string]setting{}
	row := regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| (?:`([A-Z_]+)` )?\\| (?:`([^`]*)`|.*) \\|$")
	for _, match := range row.FindAllStringSubmatch(readTemplate(t, "index.md.tmpl"), -1) {
		documented[match[1]] = setting{match[2], match[3]}
	}
	described := map[string]setting{}
	for name, attribute := range providerSchema().Attributes {
		description := attribute.GetMarkdownDescription()
		described[name] = setting{find(`Environment variable: .([A-Z_]+)`, description), find("Default: `([^`]*)`\\.$", description)}
	}
	if !maps.Equal(documented, described) {
		t.Errorf("the table has\n%v\nand the schema\n%v", documented, described)
	}
}

func find(pattern, text string) string {
	match := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if match == nil {
		return ""
	}
	return match[1]
}

func TestSchemas_DescribeEveryStatus(t *testing.T) {
	t.Parallel()
	page := readTemplate(t, "data-sources/customer_account.md.tmpl")
	for _, status := range juspay.ValidationStatuses() {
		if !strings.Contains(page, "\n| `"+string(status)+"` | ") {
			t.Errorf("%s is not in the table", status)
		}
	}
	if got, want := strings.Count(page, "\n| `"), len(juspay.ValidationStatuses()); got != want {
		t.Errorf("%d statuses are in the table, want %d", got, want)
	}
}

// A longer explanation belongs in the text of a page or guide.
func TestSchemas_ShortDescriptions(t *testing.T) {
	t.Parallel()
	descriptions := map[string]string{}
	for name, attribute := range providerSchema().Attributes {
		descriptions["provider "+name] = attribute.GetMarkdownDescription()
	}
	for name, attribute := range customerAccountSchema().Attributes {
		descriptions["account "+name] = attribute.GetMarkdownDescription()
	}
	for name, attribute := range customerAccountsSchema().Attributes {
		descriptions["accounts "+name] = attribute.GetMarkdownDescription()
	}
	for name, attribute := range ephemeralSchema(t, newCustomerAccountEphemeralResource()).Attributes {
		descriptions["ephemeral "+name] = attribute.GetMarkdownDescription()
	}
	for name, description := range descriptions {
		if words := len(strings.Fields(description)); words == 0 || words > 60 {
			t.Errorf("%s: %d words, not 1 to 60: %q", name, words, description)
		}
	}
}
