// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// TestPolicySettings_AreInEachPlace names the place that lacks a setting, or an environment.
func TestPolicySettings_AreInEachPlace(t *testing.T) {
	t.Parallel()
	names := func(query string) []string {
		return slices.Sorted(maps.Keys(evalPolicy[map[string]any](t, query)))
	}
	settings := names("data.juspay_policy.setting_values")
	unusable := evalPolicy[[]string](t, "[name | value := data.juspay_policy_test.all_on[name]; not data.juspay_policy.usable(name, value)]")
	check.Equal(t, "the settings of all_on in "+unitTestsFile+" that no rule usable in examples/policy-rules/settings.rego accepts", unusable, []string{})
	places := map[string][]string{
		"all_on in " + unitTestsFile:          names("data.juspay_policy_test.all_on"),
		"unusable_values in " + unitTestsFile: names("data.juspay_policy_test.unusable_values"),
		"examples/policies/settings.json":     slices.Sorted(maps.Keys(shippedSettings(t))),
	}
	var rows []string
	_, guide, _ := strings.Cut(acctest.ReadFile(t, "templates/guides/policy-checks.md.tmpl"), "\n| setting |")
	for line := range strings.Lines(guide) {
		if row := settingRowRE.FindStringSubmatch(line); row != nil {
			rows = append(rows, row[1])
		} else if strings.TrimSpace(line) == "" {
			break
		}
	}
	slices.Sort(rows)
	places["the table of templates/guides/policy-checks.md.tmpl"] = rows
	for place, got := range places {
		t.Run(place, func(t *testing.T) {
			t.Parallel()
			check.Equal(t, "the settings in "+place+", compared with setting_values in examples/policy-rules/settings.rego", got, settings)
		})
	}
	rules, unitTests := acctest.ReadFile(t, packFile), acctest.ReadFile(t, unitTestsFile)
	for _, name := range settings {
		if name == "registry_providers" {
			check.Contains(t, "gate.sh, which alone reads this setting", acctest.ReadFile(t, "examples/policies/gate.sh"), name)
			continue
		}
		use := `on("` + name + `")`
		if name == "providers" || name == "other_resources" { // they cannot be false
			use = "settings." + name
		}
		if !strings.Contains(rules, use) {
			t.Errorf("the rules in examples/policy-rules, which make fmt joins: got none with %s, want a rule that reads the setting", use)
		}
		if changed := `{"` + name + `": `; !strings.Contains(unitTests, changed) {
			t.Errorf("the unit tests in %s: got none that changes the setting with %s...}, want one", unitTestsFile, changed)
		}
	}
	var environments []string
	for _, environment := range juspay.Environments() {
		environments = append(environments, environment.Name)
	}
	slices.Sort(environments)
	check.Equal(t, "environments in examples/policy-rules/settings.rego, which make fmt joins, compared with internal/juspay/environment.go",
		evalPolicy[[]string](t, "data.juspay_policy.environments"), environments)
}

var settingRowRE = regexp.MustCompile("^\\| `([a-z_]+)` \\| ")

// The row of each setting in the guide has its value in settings.json, if that is short.
// TestPolicySettings_AreInEachPlace checks that each setting has one row.
func TestPolicySettings_AreInTheGuideWithTheirValues(t *testing.T) {
	t.Parallel()
	guide := acctest.ReadFile(t, "templates/guides/policy-checks.md.tmpl")
	elsewhere := map[string]string{"providers": "this provider in both registries", "provider_arguments": "see [Whose accounts](#whose-accounts)"}
	for name, value := range shippedSettings(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, ok := elsewhere[name]
			if !ok {
				want = "`" + check.MustJSON(value) + "`"
			}
			check.Contains(t, "the guide", guide, "\n| `"+name+"` | "+want+" | ")
		})
	}
}
