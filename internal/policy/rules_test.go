// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/provider"
)

// The rules are written in a file for each subject. What users copy is one file.
func TestPolicyRules_AreInOneFile(t *testing.T) {
	t.Parallel()
	acctest.SkipWithoutShell(t)
	printed, err := exec.CommandContext(t.Context(), "sh", "examples/policy-rules/join-rules.sh").Output()
	check.MustNoError(t, "join-rules.sh", err)
	check.Equal(t, packFile+", which make fmt joins", acctest.ReadFile(t, packFile), string(printed))
	script := acctest.ReadFile(t, "examples/policy-rules/join-rules.sh")
	for _, file := range check.Must(filepath.Glob("examples/policy-rules/*.rego")) {
		if name := strings.TrimSuffix(filepath.Base(file), ".rego"); !regexp.MustCompile(`\b` + name + `\b`).MatchString(script) {
			t.Errorf("examples/policy-rules/join-rules.sh: got no %s, want each file of rules", name)
		}
	}
}

// TestPolicyRules_AttributesOfAccounts compares the attributes that rules read with the places that let no account
// pass without them: has_plain_account, since rules look at no plain account, and the rule attribute_not_shown.
func TestPolicyRules_AttributesOfAccounts(t *testing.T) {
	t.Parallel()
	rules := acctest.ReadFile(t, "examples/policy-rules/accounts.rego")
	known := acctest.ComputedAttributes(t, providerserver.NewProtocol6(provider.New("test")())())
	var got []string
	for _, match := range regexp.MustCompile(`\bvalues\.([a-z_]+)`).FindAllStringSubmatch(rules, -1) {
		if slices.Contains(known, match[1]) {
			got = append(got, match[1])
		}
	}
	slices.Sort(got)
	check.Equal(t, "the attributes that accounts.rego reads, compared with attributesWithRule in mutants_test.go", slices.Compact(got), attributesWithRule)
	_, plain, _ := strings.Cut(rules, "\nhas_plain_account(")
	plain, _, _ = strings.Cut(plain, "\n}")
	_, shown, _ := strings.Cut(rules, "# custom: {rule: attribute_not_shown}")
	shown, _, _ = strings.Cut(shown, "\n}\n\n")
	for _, name := range attributesWithRule {
		check.Contains(t, "has_plain_account in accounts.rego, which decides whether any rule looks at an account", plain, "values."+name)
		check.Contains(t, "the rule attribute_not_shown in accounts.rego", shown, `"`+name+`"`)
	}
}

var (
	metadataRE = regexp.MustCompile(`(?m)^# METADATA\n((?:#.*\n)+)`)
	// denialRE matches what follows the metadata of each rule that denies.
	denialRE       = regexp.MustCompile(`(?ms)^denials contains \{(.*?)^\} if`)
	ruleOfDenialRE = regexp.MustCompile(`"rule": "([a-z_]+)"`)
)

// Each rule has a title and what to do, and a denial carries the name that its metadata
// has. No two rules share a name.
func TestPolicyRules_HaveMetadata(t *testing.T) {
	t.Parallel()
	text := acctest.ReadFile(t, packFile)
	var names []string
	for _, at := range denialRE.FindAllStringSubmatchIndex(text, -1) {
		name := "none"
		if found := ruleOfDenialRE.FindStringSubmatch(text[at[2]:at[3]]); found != nil {
			name = found[1]
		}
		names = append(names, name)
		before := metadataRE.FindAllStringSubmatch(text[:at[0]], -1)
		metadata := before[len(before)-1]
		if !strings.HasSuffix(text[:at[0]], metadata[0]) {
			t.Errorf("the rule %s: got no metadata before it, want some", name)
			continue
		}
		for _, want := range []string{"# title: ", "# description: ", "# custom: {rule: " + name + "}"} {
			if !strings.Contains(metadata[1], want) {
				t.Errorf("the metadata of the rule %s: got\n%s, want %q in it", name, metadata[1], want)
			}
		}
	}
	if got := slices.Compact(slices.Sorted(slices.Values(names))); len(got) != len(names) || len(names) < 40 {
		t.Errorf("got %d rules with %d names, want as many names as rules, and at least 40", len(names), len(got))
	}
}
