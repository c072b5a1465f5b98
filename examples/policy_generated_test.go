// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
)

// step is one step of a path in JSON: a string is a name, an int an index.
type step = any

// mutation changes the element that a step leads to in its parent, and reports
// whether it changed anything.
type mutation func(parent any, at step, value any) (any, bool)

// mutations are the ways in which an author, a tool or a later version may change a plan.
var mutations = map[string]mutation{
	"delete": func(parent any, at step, _ any) (any, bool) { return removeAt(parent, at), true },
	"null":   func(parent any, at step, value any) (any, bool) { return replaceAt(parent, at, nil), value != nil },
	"wrap":   func(parent any, at step, value any) (any, bool) { return replaceAt(parent, at, []any{value}), true },
	"rename": func(parent any, at step, value any) (any, bool) {
		name, ok := at.(string)
		if !ok {
			return nil, false
		}
		return replaceAt(removeAt(parent, at), name+"_", value), true
	},
	"swap": swapWithNext,
	"look-alike": func(parent any, at step, value any) (any, bool) {
		other, ok := lookAlike(value)
		return replaceAt(parent, at, other), ok
	},
	"copy with PENDING": func(parent any, _ step, value any) (any, bool) {
		encoded := mustEncode(value)
		changed := strings.ReplaceAll(encoded, `"ACTIVE"`, `"PENDING"`)
		if _, isString := value.(string); isString || changed == encoded {
			return nil, false
		}
		pending := decode(changed)
		if list, ok := parent.([]any); ok {
			return append(slices.Clone(list), pending), true
		}
		return replaceAt(parent, "copy", pending), true
	},
}

func replaceAt(parent any, at step, value any) any {
	switch parent := parent.(type) {
	case map[string]any:
		name, _ := at.(string)
		changed := maps.Clone(parent)
		changed[name] = value
		return changed
	case []any:
		index, _ := at.(int)
		changed := slices.Clone(parent)
		changed[index] = value
		return changed
	}
	return parent
}

func removeAt(parent any, at step) any {
	switch parent := parent.(type) {
	case map[string]any:
		name, _ := at.(string)
		changed := maps.Clone(parent)
		delete(changed, name)
		return changed
	case []any:
		index, _ := at.(int)
		return slices.Delete(slices.Clone(parent), index, index+1)
	}
	return parent
}

// swapWithNext swaps the values of two names, or two elements.
func swapWithNext(parent any, at step, value any) (any, bool) {
	var next step
	var other any
	switch parent := parent.(type) {
	case map[string]any:
		names := slices.Sorted(maps.Keys(parent))
		name, _ := at.(string)
		i := slices.Index(names, name) + 1
		if i == len(names) {
			return nil, false
		}
		next, other = names[i], parent[names[i]]
	case []any:
		index, _ := at.(int)
		if index+1 == len(parent) {
			return nil, false
		}
		next, other = index+1, parent[index+1]
	}
	return replaceAt(replaceAt(parent, at, other), next, value), mustEncode(value) != mustEncode(other)
}

// lookAlike returns a value that a reader may take for another.
func lookAlike(value any) (any, bool) {
	switch value := value.(type) {
	case string:
		return value + "\u200b", true // a space without width
	case bool:
		return strconv.FormatBool(value), true
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64), true
	}
	return nil, false
}

func mustEncode(value any) string {
	encoded, err := json.Marshal(value)
	if err != nil {
		panic(err) // it was decoded from JSON
	}
	return string(encoded)
}

func decode(encoded string) (value any) {
	if err := json.Unmarshal([]byte(encoded), &value); err != nil {
		panic(err)
	}
	return value
}

// mutant is a plan with one mutation.
type mutant struct {
	path, kind string
	plan       any
}

// mutants returns a plan's mutants, one of each kind for each path.
func mutants(plan any) []mutant {
	var all []mutant
	collect(plan, nil, func(mutated any) any { return mutated }, &all)
	slices.SortFunc(all, func(a, b mutant) int { return strings.Compare(a.kind+a.path, b.kind+b.path) })
	return all
}

// collect adds the mutants of all that is in parent. whole returns the plan in which
// parent is replaced.
func collect(parent any, path []string, whole func(any) any, all *[]mutant) {
	visit := func(at step, value any) {
		here := append(slices.Clone(path), label(at, value))
		for kind, mutate := range mutations {
			if mutated, ok := mutate(parent, at, value); ok {
				*all = append(*all, mutant{strings.Join(here, "."), kind, whole(mutated)})
			}
		}
		collect(value, here, func(mutated any) any { return whole(replaceAt(parent, at, mutated)) }, all)
	}
	switch parent := parent.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(parent)) {
			visit(name, parent[name])
		}
	case []any:
		for i, value := range parent {
			visit(i, value)
		}
	}
}

// label returns the name of a step. An element of a list is named by its type, so that
// a path does not depend on its index.
func label(at step, value any) string {
	name, isName := at.(string)
	if isName {
		return name
	}
	object, _ := value.(map[string]any)
	kind, _ := object["type"].(string)
	return "#" + kind
}

// survivor is where a mutant may be allowed, and why that is harmless.
type survivor struct {
	path   string
	kinds  string // separated by commas; empty for all, of all that is below too
	reason string
}

func (s survivor) has(m mutant) bool {
	if s.kinds == "" {
		return m.path == s.path || strings.HasPrefix(m.path, s.path+".")
	}
	return m.path == s.path && slices.Contains(strings.Split(s.kinds, ", "), m.kind)
}

// survivors are all places that the policy does not hold, with the reason why a plan that
// Terraform made loses nothing by it.
var survivors = []survivor{
	// Parts of a plan that tell nothing about what was read or will be done.
	{"applyable", "", "it is no part of any rule"},
	{"terraform_version", "", "it is no part of any rule"},
	{"variables", "", "their values count where they are used"},
	{"relevant_attributes", "", "they explain a change, and are none"},
	{"planned_values", "", "it repeats prior_state and resource_changes"},
	{"prior_state", "copy with PENDING", "nothing reads a second prior_state"},
	{"prior_state.format_version", "", "the plan's own format_version is held"},
	{"prior_state.terraform_version", "", "it is no part of any rule"},
	{"prior_state.values", "copy with PENDING", "the copy is beside what is read, and not in a list of resources"},

	{"prior_state.values.root_module", "copy with PENDING", "the copy is beside what is read, and not in a list of resources"},
	{"prior_state.values.root_module.resources", "copy with PENDING", "the copy is beside what is read, and not in the list of resources"},
	{"prior_state.values.root_module.resources.#juspay_customer_account.values", "copy with PENDING", "the copy is beside what is read"},
	{"prior_state.values.root_module.resources.#juspay_customer_accounts.values", "copy with PENDING", "the copy is beside what is read"},
	{"prior_state.values.root_module.resources.#juspay_customer_accounts.values.accounts", "copy with PENDING", "the copy is beside accounts, and not in it"},

	// An absent statement is the statement of an older Terraform.
	{"errored", "delete, rename", "Terraform before 1.5 does not write it, and shows no plan that failed"},
	{"checks", "delete, rename", "a plan without conditions has none, and the accounts are held by the pack"},
	{"checks.#", "delete", "so is a plan with one condition less"},
	{"checks.#.instances", "delete, rename", "the status of the whole check is held"},
	{"checks.#.instances.#", "delete", "the status of the whole check is held"},
	{"checks.#.address", "", "it names a check in messages; statuses are held whatever the address"},
	{"checks.#.instances.#.address", "", "it names a check in messages"},

	// The configuration of what has no account, or that says what prior_state shows.
	{"configuration.provider_config.juspay.name", "", "the key and full_name are held"},
	{"configuration.provider_config.terraform", "", "it is not the provider of accounts"},
	{"configuration.root_module.variables", "", "their values count where they are used"},
	{"configuration.root_module.module_calls", "", "the module has no instance; with one, its accounts are in prior_state, and must be configured"},
	{"configuration.root_module.resources.#terraform_data", "", "its change is in resource_changes"},
	{"configuration.root_module.resources.#juspay_customer_account", "swap", "an order is no part of any rule"},
	{"configuration.root_module.resources.#juspay_customer_account.expressions", "", "what was read is in prior_state"},
	{"configuration.root_module.resources.#juspay_customer_account.mode", "", "what is not ephemeral must be in prior_state"},
	{"configuration.root_module.resources.#juspay_customer_account.name", "", "the address is held"},
	{"configuration.root_module.resources.#juspay_customer_account.schema_version", "", "the attributes themselves are held"},
	{"configuration.root_module.resources.#juspay_customer_accounts.expressions", "", "what was read is in prior_state"},
	{"configuration.root_module.resources.#juspay_customer_accounts.mode", "", "what is not ephemeral must be in prior_state"},
	{"configuration.root_module.resources.#juspay_customer_accounts.name", "", "the address is held"},
	{"configuration.root_module.resources.#juspay_customer_accounts.schema_version", "", "the attributes themselves are held"},

	// What one account show that no rule is about.
	{"prior_state.values.root_module.resources.#juspay_customer_account", "swap", "an order is no part of any rule"},
	{"prior_state.values.root_module.resources.#juspay_customer_account.mode", "", "the type, the address and the attributes are held"},
	{"prior_state.values.root_module.resources.#juspay_customer_account.name", "", "the type, the address and the attributes are held"},
	{"prior_state.values.root_module.resources.#juspay_customer_account.schema_version", "", "the type, the address and the attributes are held"},
	{"prior_state.values.root_module.resources.#juspay_customer_account.sensitive_values", "", "the type, the address and the attributes are held"},
	{"prior_state.values.root_module.resources.#juspay_customer_account.values.customer_id", "", "no rule is about it"},
	{"prior_state.values.root_module.resources.#juspay_customer_account.values.date_created", "", "no rule is about it"},
	{"prior_state.values.root_module.resources.#juspay_customer_account.values.routing_id", "", "no rule is about it"},
	{"prior_state.values.root_module.resources.#juspay_customer_account.values.validation_amount", "", "no rule is about it"},
	{"prior_state.values.root_module.resources.#juspay_customer_account.values.vpa", "", "no rule is about it"},
	{"prior_state.values.root_module.resources.#juspay_customer_account.values.include_vpa", "", "no rule is about it"},
	{"prior_state.values.root_module.resources.#juspay_customer_account.values.timeouts", "", "no rule is about it"},
	{"prior_state.values.root_module.resources.#juspay_customer_account.values.wait_for_validation", "", "no rule is about it"},
	{"prior_state.values.root_module.resources.#juspay_customer_account.values.customer_account_id", "look-alike, swap", "it is the id of another account, which is as ACTIVE; payouts compare it"},

	// What many accounts show that no rule is about.
	{"prior_state.values.root_module.resources.#juspay_customer_accounts.mode", "", "the type, the address and the attributes are held"},
	{"prior_state.values.root_module.resources.#juspay_customer_accounts.name", "", "the type, the address and the attributes are held"},
	{"prior_state.values.root_module.resources.#juspay_customer_accounts.schema_version", "", "the type, the address and the attributes are held"},
	{"prior_state.values.root_module.resources.#juspay_customer_accounts.sensitive_values", "", "the type, the address and the attributes are held"},
	{"prior_state.values.root_module.resources.#juspay_customer_accounts.values.customer_id", "", "no rule is about it"},
	{"prior_state.values.root_module.resources.#juspay_customer_accounts.values.all_active", "", "no rule is about it"},
	{"prior_state.values.root_module.resources.#juspay_customer_accounts.values.not_active", "", "no rule is about it"},
	{"prior_state.values.root_module.resources.#juspay_customer_accounts.values.include_vpa", "", "no rule is about it"},
	{"prior_state.values.root_module.resources.#juspay_customer_accounts.values.routing_ids", "", "no rule is about it"},
	{"prior_state.values.root_module.resources.#juspay_customer_accounts.values.timeouts", "", "no rule is about it"},
	{"prior_state.values.root_module.resources.#juspay_customer_accounts.values.vpas", "", "no rule is about it"},
	{"prior_state.values.root_module.resources.#juspay_customer_accounts.values.wait_for_validation", "", "no rule is about it"},
	{"prior_state.values.root_module.resources.#juspay_customer_accounts.values.accounts.banh_acme_active.customer_id", "", "no rule is about it"},
	{"prior_state.values.root_module.resources.#juspay_customer_accounts.values.accounts.banh_acme_active.date_created", "", "no rule is about it"},
	{"prior_state.values.root_module.resources.#juspay_customer_accounts.values.accounts.banh_acme_active.routing_id", "", "no rule is about it"},
	{"prior_state.values.root_module.resources.#juspay_customer_accounts.values.accounts.banh_acme_active.validation_amount", "", "no rule is about it"},
	{"prior_state.values.root_module.resources.#juspay_customer_accounts.values.accounts.banh_blue_bank_active.customer_id", "", "no rule is about it"},
	{"prior_state.values.root_module.resources.#juspay_customer_accounts.values.accounts.banh_blue_bank_active.date_created", "", "no rule is about it"},
	{"prior_state.values.root_module.resources.#juspay_customer_accounts.values.accounts.banh_blue_bank_active.routing_id", "", "no rule is about it"},
	{"prior_state.values.root_module.resources.#juspay_customer_accounts.values.accounts.banh_blue_bank_active.validation_amount", "", "no rule is about it"},
	{"prior_state.values.root_module.resources.#juspay_customer_accounts.values.customer_ids", "", "accounts are held; customer_ids only adds accounts that must be there"},

	// Without the setting payouts, no rule is about what else changes.
	{"resource_changes", "delete, rename", "Terraform does nothing that it does not list"},
	{"resource_changes.#terraform_data", "", "it reads no account; see boundSurvivors"},
}

// boundSurvivors are the places of a payout that the policy does not hold where payouts
// are bound, in the place of the last line of survivors.
var boundSurvivors = []survivor{
	{"resource_changes.#terraform_data", "delete", "Terraform does nothing that it does not list"},
	{"resource_changes.#terraform_data.address", "", "it names the payout in messages"},
	{"resource_changes.#terraform_data.change.actions", "delete, null, rename, wrap, look-alike", "actions that are not known count as paying"},
	{"resource_changes.#terraform_data.change.actions.#", "delete, null, wrap, look-alike", "actions that are not known count as paying"},
	{"resource_changes.#terraform_data.change.after.triggers_replace", "", "it names no account"},
	{"resource_changes.#terraform_data.change.after_sensitive", "", "the value is shown"},
	{"resource_changes.#terraform_data.change.after_unknown.id", "", "it names no account"},
	{"resource_changes.#terraform_data.change.after_unknown.output", "", "it names no account"},
	{"resource_changes.#terraform_data.change.before", "", "what was paid before is not paid again"},
	{"resource_changes.#terraform_data.change.before_sensitive", "", "what was paid before is not paid again"},
	{"resource_changes.#terraform_data.mode", "", "the type is held"},
	{"resource_changes.#terraform_data.name", "", "the type is held"},
	{"resource_changes.#terraform_data.provider_name", "", "the type is held"},
}

var lastValidatedRE = regexp.MustCompile(`"last_validated":"[^"]*"`)

// TestAccPolicyGeneratedMutations evaluates the policy over mutants of four real plans.
// One that is allowed must be in the list of survivors.
func TestAccPolicyGeneratedMutations(t *testing.T) {
	t.Parallel()
	const pending, stale = `"validation_status":"PENDING"`, `"last_validated":"2020-01-01T00:00:00Z"`
	good := string(goodPlan(t))
	settings := shippedSettings(t)
	bound := maps.Clone(settings)
	bound["payouts"] = map[string]any{"terraform_data": []any{"input"}}
	for name, test := range map[string]struct {
		plan     string
		settings map[string]any
		allowed  bool
		listed   []survivor
	}{
		"good":                {good, settings, true, survivors},
		"good, payouts bound": {good, bound, true, slices.Concat(survivors[:len(survivors)-1], boundSurvivors)},
		"PENDING":             {strings.ReplaceAll(good, `"validation_status":"ACTIVE"`, pending), settings, false, nil},
		"stale":               {lastValidatedRE.ReplaceAllString(good, stale), settings, false, nil},
		"another currency":    {strings.Replace(good, `"currency":"INR"`, `"currency":"USD"`, 1), settings, false, nil},
		"PENDING among many":  {strings.Replace(good, `"validation_status":"ACTIVE"`, pending, 1), settings, false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			original := decode(test.plan)
			denied := evaluatePlans(t, test.settings, []mutant{{plan: original}})
			if (len(denied[0]) == 0) != test.allowed {
				t.Fatalf("the plan itself is denied: %q", denied[0])
			}
			all := mutants(original)
			survived, used := 0, map[int]bool{}
			for batch := range slices.Chunk(all, 250) {
				for i, messages := range evaluatePlans(t, test.settings, batch) {
					if len(messages) != 0 {
						continue
					}
					survived++
					listed := slices.IndexFunc(test.listed, func(s survivor) bool { return s.has(batch[i]) })
					used[listed] = true
					if listed < 0 {
						t.Errorf("allowed: %s of %s", batch[i].kind, batch[i].path)
					}
				}
			}
			for i, s := range test.listed {
				if !used[i] && !acctest.IsOpenTofu() { // whose plans have fewer fields
					t.Errorf("no mutant needs %+v", s)
				}
			}
			t.Logf("%d mutants, %d of them allowed", len(all), survived)
		})
	}
}

// evaluatePlans returns what the policy denies of each mutant.
func evaluatePlans(t *testing.T, settings map[string]any, batch []mutant) [][]string {
	t.Helper()
	evaluations := make(map[string]evaluation, len(batch))
	for i, m := range batch {
		evaluations[strconv.Itoa(i)] = evaluation{Input: m.plan, Settings: settings}
	}
	denied := evaluate(t, policyTool(t, "opa"), []string{"policies/juspay.rego"}, "data.juspay_policy.deny", evaluations)
	messages := make([][]string, len(batch))
	for i := range batch {
		messages[i] = denied[strconv.Itoa(i)]
	}
	return messages
}
