// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"
)

// TestAccPolicyTimes writes the file that POLICY_TIMES names: how long OPA takes over
// plans of many accounts, beside an empty policy over the same plan.
func TestAccPolicyTimes(t *testing.T) { //nolint:paralleltest // it measures
	table := os.Getenv("POLICY_TIMES")
	if table == "" {
		t.Skip("make bench sets POLICY_TIMES")
	}
	empty := writeFile(t, t.TempDir(), "empty.rego", "package empty\n")
	settings := []string{"--data", "policies/juspay.rego", "--data", "policies/settings.json"}
	text := "accounts  in           empty policy  this policy\n"
	for _, accounts := range []int{1000, 2000, 5000, 10_000} {
		for _, form := range []string{"one each", "one for all"} {
			input := planOf(t, form, accounts)
			parsing := medianTime(t, "eval", "--fail", "--data", empty, "--input", input, "data.empty")
			evaluating := medianTime(t, append(append([]string{"eval", "--fail"}, settings...), "--input", input, "data.juspay_policy.allow")...)
			text += fmt.Sprintf("%8d  %-11s  %10.2f s  %9.2f s\n", accounts, form, parsing.Seconds(), evaluating.Seconds())
		}
	}
	t.Log("\n" + text)
	if err := os.WriteFile(table, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// planOf returns a file with a plan of that many accounts.
func planOf(t *testing.T, form string, accounts int) string {
	t.Helper()
	plan := decodePlan(t, goodPlan(t))
	if form == "one each" {
		growSingles(t, plan, accounts)
	} else {
		growPlural(t, plan, accounts)
	}
	return writeFile(t, t.TempDir(), "plan.json", mustEncode(plan))
}

// medianTime returns the median of three runs of OPA.
func medianTime(t *testing.T, args ...string) time.Duration {
	t.Helper()
	var times []time.Duration
	for range 3 {
		start := time.Now()
		if out, err := exec.CommandContext(t.Context(), policyTool(t, "opa"), args...).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		times = append(times, time.Since(start))
	}
	slices.Sort(times)
	return times[1]
}

// growSingles gives the plan that many instances of its first data source.
func growSingles(t *testing.T, plan part, accounts int) {
	t.Helper()
	root := at(t, plan, "prior_state", "values", "root_module")
	resources := valueAt[[]any](t, root, "resources")
	first := at(t, root, "resources", 0)
	for i := range accounts - 1 {
		other := maps.Clone(first)
		other["address"] = fmt.Sprintf("%s[%d]", vendorAddress, i)
		values := maps.Clone(at(t, first, "values"))
		values["customer_account_id"] = fmt.Sprintf("banh_%d", i)
		other["values"] = values
		resources = append(resources, other)
	}
	root["resources"] = resources
}

// growPlural gives the plan that many accounts in its second data source.
func growPlural(t *testing.T, plan part, accounts int) {
	t.Helper()
	values := at(t, plan, "prior_state", "values", "root_module", "resources", 1, "values")
	shown, named := at(t, values, "accounts"), at(t, values, "customer_ids")
	first := at(t, shown, "banh_acme_active")
	for i := range accounts - len(shown) {
		id := fmt.Sprintf("banh_%d", i)
		account := maps.Clone(first)
		account["customer_account_id"] = id
		shown[id], named[id] = account, "cst_acme"
	}
}
