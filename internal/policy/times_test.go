// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// timedPlan is a kind of plan whose evaluation is measured.
type timedPlan struct {
	name        string
	grow        func(t testing.TB, plan part, n int)
	targetRatio float64 // the CPU time, divided by an empty policy's
}

var timedPlans = []timedPlan{
	{"accounts, one each, with a payout each", growPaidSingles, 3},
	{"accounts, one for all, with a payout each", growPaidPlural, 3},
	{"other resources in the root module", growOthers, 1.7},
	{"other resources in a child module", growOthersInModule, 1.7},
}

// BenchmarkPolicyTimes writes the file that POLICY_TIMES names: how much CPU time OPA takes
// over large plans, compared with an empty policy over the same plan. It compares nothing with the targets, since
// times are noisy: TestAccPolicyTimes_AreLinear counts steps.
func BenchmarkPolicyTimes(b *testing.B) {
	dir := b.TempDir()
	empty := acctest.WriteFile(b, dir, "empty.rego", "package empty\n")
	settings := shippedSettings(b)
	settings["payouts"], settings["other_resources"] = part{"bank_payout": []any{"payee"}}, []any{"terraform_data"}
	policy := []string{"--data", packFile, "--data", acctest.WriteFile(b, dir, "settings.json", check.MustJSON(part{"juspay": settings}))}
	text := "plan                                           number  empty policy  this policy  ratio  target\n"
	for _, timed := range timedPlans {
		for _, n := range []int{5000, 10_000} {
			plan := decodePlan(b, goodPlan(b))
			timed.grow(b, plan, n)
			input := acctest.WriteFile(b, dir, "plan.json", check.MustJSON(plan))
			parsing := cpuTime(b, "eval", "--fail", "--data", empty, "--input", input, "data.empty")
			evaluating := cpuTime(b, append(append([]string{"eval", "--fail"}, policy...), "--input", input, "data.juspay_policy.allow")...)
			ratio := evaluating.Seconds() / parsing.Seconds()
			text += fmt.Sprintf("%-45s  %6d  %10.2f s  %9.2f s  %5.1f  %6.1f\n", timed.name, n, parsing.Seconds(), evaluating.Seconds(), ratio, timed.targetRatio)
		}
	}
	b.Log("\n" + text)
	if table := os.Getenv("POLICY_TIMES"); table != "" {
		check.MustNoError(b, "os.WriteFile", os.WriteFile(table, []byte(text), 0o600))
	}
}

// TestAccPolicyTimes_AreLinear counts steps, which needs no idle machine: a plan of four times
// as many accounts needs at most 4.4 times as many.
func TestAccPolicyTimes_AreLinear(t *testing.T) {
	t.Parallel()
	for _, timed := range timedPlans {
		t.Run(timed.name, func(t *testing.T) {
			t.Parallel()
			steps := func(n int) float64 {
				plan := decodePlan(t, goodPlan(t))
				timed.grow(t, plan, n)
				return evaluationSteps(t, plan)
			}
			few, many := steps(250), steps(1000)
			if many > 4.4*few {
				t.Errorf("got %.0f steps for 250 accounts or resources and %.0f for 1000, want at most 4.4 times as many", few, many)
			}
		})
	}
}

// evaluationSteps returns how many expressions OPA evaluates for a plan.
func evaluationSteps(t *testing.T, plan part) float64 {
	t.Helper()
	settings := shippedSettings(t)
	settings["payouts"], settings["other_resources"] = part{"bank_payout": []any{"payee"}}, []any{"terraform_data"}
	command := exec.CommandContext(t.Context(), acctest.Program(t, "opa"), "eval", "--profile", "--profile-limit", "100000", "--format", "json",
		"--data", packFile, "--data", acctest.WriteFile(t, t.TempDir(), "settings.json", check.MustJSON(part{"juspay": settings})),
		"--stdin-input", "count(data.juspay_policy.deny)")
	command.Stdin = strings.NewReader(check.MustJSON(plan))
	out, err := command.Output()
	if err != nil {
		t.Fatalf("opa eval: got %v, want no error:\n%s", err, out)
	}
	shown := decodePlan(t, out)
	if denied := valueAt[float64](t, shown, "result", 0, "expressions", 0, "value"); denied != 0 {
		t.Fatalf("got %.0f denials, want none", denied)
	}
	var steps float64
	for i := range valueAt[[]any](t, shown, "profile") {
		steps += valueAt[float64](t, shown, "profile", i, "num_eval")
	}
	return steps
}

// cpuTime returns the median of three runs of OPA.
func cpuTime(t testing.TB, args ...string) time.Duration {
	t.Helper()
	var times []time.Duration
	for range 3 {
		command := exec.CommandContext(t.Context(), acctest.Program(t, "opa"), args...)
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("opa: got %v, want no error:\n%s", err, out)
		}
		times = append(times, command.ProcessState.UserTime()+command.ProcessState.SystemTime())
	}
	slices.Sort(times)
	return times[1]
}

func growPaidSingles(t testing.TB, plan part, n int) {
	t.Helper()
	root := partAt(t, plan, "prior_state", "values", "root_module")
	resources := valueAt[[]any](t, root, "resources")
	first := partAt(t, root, "resources", 0)
	for i := range n {
		other := maps.Clone(first)
		other["address"] = fmt.Sprintf("%s[%d]", acctest.VendorAddress, i)
		values := maps.Clone(partAt(t, first, "values"))
		values["customer_account_id"] = fmt.Sprintf("banh_%d", i)
		other["values"] = values
		resources = append(resources, other)
	}
	root["resources"] = resources
	growPayouts(t, plan, n)
}

func growPaidPlural(t testing.TB, plan part, n int) {
	t.Helper()
	values := partAt(t, plan, "prior_state", "values", "root_module", "resources", 1, "values")
	shown, named := partAt(t, values, "accounts"), partAt(t, values, "customer_ids")
	first := partAt(t, shown, "banh_acme_active")
	for i := range n {
		id := fmt.Sprintf("banh_%d", i)
		account := maps.Clone(first)
		account["customer_account_id"] = id
		shown[id], named[id] = account, "cst_acme"
	}
	growPayouts(t, plan, n)
}

// growPayouts adds a resource that pays, with an instance for each account.
func growPayouts(t testing.TB, plan part, n int) {
	t.Helper()
	changes := valueAt[[]any](t, plan, "resource_changes")
	for i := range n {
		changes = append(changes, part{
			"address": fmt.Sprintf("bank_payout.vendor[%q]", fmt.Sprint(i)), "mode": "managed", "type": "bank_payout", "name": "vendor",
			"index": fmt.Sprint(i), "provider_name": "registry.terraform.io/acme/bank",
			"change": part{
				"actions": []string{"create"}, "before": nil, "after": part{"payee": fmt.Sprintf("banh_%d", i), "amount": 1250, "note": "invoice"},
				"after_unknown": part{"id": true}, "before_sensitive": false, "after_sensitive": part{},
			},
		})
	}
	plan["resource_changes"] = changes
	reference := part{"references": []string{"each.key"}}
	configure(t, plan, part{
		"address": "bank_payout.vendor", "mode": "managed", "type": "bank_payout", "name": "vendor", "provider_config_key": "bank", "schema_version": 0,
		"expressions": part{"payee": reference, "amount": reference, "note": reference}, "for_each_expression": reference,
	})
}

// configure adds a block to the root module.
func configure(t testing.TB, plan part, block part) {
	t.Helper()
	root := partAt(t, plan, "configuration", "root_module")
	root["resources"] = append(valueAt[[]any](t, root, "resources"), block)
}

func growOthers(t testing.TB, plan part, n int) {
	t.Helper()
	root := partAt(t, plan, "prior_state", "values", "root_module")
	root["resources"] = append(valueAt[[]any](t, root, "resources"), otherResources("", n)...)
}

func growOthersInModule(t testing.TB, plan part, n int) {
	t.Helper()
	root := partAt(t, plan, "prior_state", "values", "root_module")
	root["child_modules"] = []any{part{"address": "module.other", "resources": otherResources("module.other.", n)}}
}

// otherResources returns resources that have nothing to do with accounts.
func otherResources(prefix string, n int) []any {
	resources := make([]any, n)
	for i := range resources {
		resources[i] = part{
			"address": fmt.Sprintf("%saws_instance.x[%d]", prefix, i), "mode": "managed", "type": "aws_instance", "name": "x", "index": i,
			"provider_name": "registry.terraform.io/hashicorp/aws", "schema_version": 1,
			"values": part{
				"id": fmt.Sprintf("i-%d", i), "ami": "ami-1", "instance_type": "t3.micro",
				"tags": part{"team": "payments", "stage": "live"}, "security_groups": []any{"a", "b"},
			},
			"sensitive_values": part{},
		}
	}
	return resources
}
