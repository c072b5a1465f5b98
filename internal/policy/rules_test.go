// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// The rules are written in a file for each subject. What users copy is one file.
func TestPolicyRules_AreInOneFile(t *testing.T) {
	t.Parallel()
	acctest.SkipWithoutShell(t)
	printed, err := exec.CommandContext(t.Context(), "sh", "examples/policy-rules/join-rules.sh").Output()
	check.MustNoError(t, "join-rules.sh", err)
	check.Equal(t, packFile+", which make fmt joins", acctest.ReadFile(t, packFile), string(printed))
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
