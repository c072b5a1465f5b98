// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/provider"
)

// jsonPath is a path in JSON: a string is a name, an int an index.
type jsonPath = []any

// operation is one of JSON Patch.
type operation struct {
	Op    string   `json:"op"`
	Path  jsonPath `json:"path"`
	Value any      `json:"value"`
}

func remove(at jsonPath) operation             { return operation{"remove", at, nil} }
func replace(at jsonPath, value any) operation { return operation{"replace", at, value} }

// sibling returns the path of another element of the same parent.
func sibling(at jsonPath, other any) jsonPath { return append(slices.Clone(at[:len(at)-1]), other) }

// mutation returns the operations that change an element of a parent, or none.
type mutation func(parent any, at jsonPath, value any) []operation

// mutations are the ways in which an author, a tool or a later version may change a plan.
var mutations = map[string]mutation{
	"delete": func(_ any, at jsonPath, _ any) []operation { return []operation{remove(at)} },
	"wrap":   func(_ any, at jsonPath, value any) []operation { return []operation{replace(at, []any{value})} },
	"null": func(_ any, at jsonPath, value any) []operation {
		if value == nil {
			return nil
		}
		return []operation{replace(at, nil)}
	},
	"rename": func(_ any, at jsonPath, value any) []operation {
		name, ok := at[len(at)-1].(string)
		if !ok {
			return nil
		}
		return []operation{remove(at), {"add", sibling(at, name+"_"), value}}
	},
	"swap": swapWithNext,
	"look-alike": func(_ any, at jsonPath, value any) []operation {
		switch value := value.(type) {
		case string:
			return []operation{replace(at, value+"\u200b")} // a space without width
		case bool, float64:
			return []operation{replace(at, fmt.Sprint(value))}
		}
		return nil
	},
	"copy with PENDING": func(parent any, at jsonPath, value any) []operation {
		encoded := check.MustJSON(value)
		changed := strings.ReplaceAll(encoded, `"ACTIVE"`, `"PENDING"`)
		if _, isString := value.(string); isString || changed == encoded {
			return nil
		}
		copied := "copy"
		if _, isList := parent.([]any); isList {
			copied = "-" // after the last element
		}
		return []operation{{"add", sibling(at, copied), json.RawMessage(changed)}}
	},
}

// swapWithNext swaps the values of two names, or two elements.
func swapWithNext(parent any, at jsonPath, value any) []operation {
	var next, other any
	switch parent := parent.(type) {
	case map[string]any:
		names := slices.Sorted(maps.Keys(parent))
		name, _ := at[len(at)-1].(string)
		i := slices.Index(names, name) + 1
		if i == len(names) {
			return nil
		}
		next, other = names[i], parent[names[i]]
	case []any:
		index, _ := at[len(at)-1].(int)
		if index+1 == len(parent) {
			return nil
		}
		next, other = index+1, parent[index+1]
	}
	if check.MustJSON(value) == check.MustJSON(other) {
		return nil
	}
	return []operation{replace(at, other), replace(sibling(at, next), value)}
}

// mutant is a change of a plan.
type mutant struct {
	path, kind string
	patch      []operation
}

// mutants returns a plan's mutants, one of each kind for each path.
func mutants(plan any) []mutant {
	all := collect(plan, nil, nil)
	slices.SortFunc(all, func(a, b mutant) int { return strings.Compare(a.kind+a.path, b.kind+b.path) })
	return all
}

// collect returns the mutants of all that is in parent.
func collect(parent any, to jsonPath, labels []string) (all []mutant) {
	visit := func(at, value any) {
		here, named := append(slices.Clone(to), at), append(slices.Clone(labels), label(at, value))
		for kind, mutate := range mutations {
			if patch := mutate(parent, here, value); patch != nil {
				all = append(all, mutant{strings.Join(named, "."), kind, patch})
			}
		}
		all = append(all, collect(value, here, named)...)
	}
	switch parent := parent.(type) {
	case map[string]any:
		for name, value := range parent {
			visit(name, value)
		}
	case []any:
		for i, value := range parent {
			visit(i, value)
		}
	}
	return all
}

// label returns the name of a step. An element of a list is named by its type, so that
// a path does not depend on its index.
func label(at, value any) string {
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
	kinds  string // the kinds of the mutants, separated by commas, or allBelow
	reason string
}

// allBelow stands for any kind of mutant, at the path of a survivor and below it.
const allBelow = ""

func (s survivor) has(m mutant) bool {
	if s.kinds == allBelow {
		return m.path == s.path || strings.HasPrefix(m.path, s.path+".")
	}
	return m.path == s.path && slices.Contains(strings.Split(s.kinds, ", "), m.kind)
}

// survive lists the fields that may change in the same ways for the same reason, each of
// them in each of the objects.
func survive(kinds, reason string, objects []string, fields ...string) []survivor {
	var all []survivor
	for _, object := range objects {
		for _, field := range fields {
			all = append(all, survivor{strings.TrimPrefix(object+"."+field, "."), kinds, reason})
		}
	}
	return all
}

// The objects of a plan that survivors name.
var (
	ofPlan   = []string{""}
	ofChecks = []string{"checks.#"}
	ofState  = []string{"prior_state"}
	ofRoot   = []string{"configuration.root_module"}
	ofPayout = []string{"resource_changes.#terraform_data"}

	ofOneRead   = []string{"prior_state.values.root_module.resources.#juspay_customer_account"}
	ofManyRead  = []string{"prior_state.values.root_module.resources.#juspay_customer_accounts"}
	ofBothReads = slices.Concat(ofOneRead, ofManyRead)
	ofManyIDs   = []string{ofManyRead[0] + ".values.accounts.banh_acme_active", ofManyRead[0] + ".values.accounts.banh_blue_bank_active"}
	ofBlocks    = []string{"configuration.root_module.resources.#juspay_customer_account", "configuration.root_module.resources.#juspay_customer_accounts"}
)

// The computed attributes of an account, in its own data source and among many: those that
// rules evaluate, and those that no rule is about.
var (
	attributesWithRule    = []string{"currency", "last_validated", "validation_status"}
	attributesWithoutRule = []string{"date_created", "routing_id", "validation_amount"}
)

// valuesOf returns the paths of attributes of a data source.
func valuesOf(name string, more ...string) []string {
	paths := []string{"values." + name}
	for _, name := range more {
		paths = append(paths, "values."+name)
	}
	return paths
}

// TestPolicyMutants_NameEachAttribute says in a second what TestAccPolicyMutants_Generated
// finds in a minute: a new attribute that is in no list.
func TestPolicyMutants_NameEachAttribute(t *testing.T) {
	t.Parallel()
	got := slices.Sorted(slices.Values(slices.Concat(attributesWithRule, attributesWithoutRule, []string{"vpa"})))
	want := acctest.ComputedAttributes(t, providerserver.NewProtocol6(provider.New("test")())())
	check.Equal(t, "the attributes in attributesWithRule, which have a rule, and in attributesWithoutRule", got, want)
}

// commonSurvivors are the places that the policy does not check in any of the plans.
var commonSurvivors = slices.Concat(
	survive(allBelow, "it is not part of any rule", ofPlan, "applyable", "terraform_version", "prior_state.terraform_version"),
	survive(allBelow, "they explain a change, and are none", ofPlan, "relevant_attributes"),
	survive(allBelow, "it repeats prior_state and resource_changes", ofPlan, "planned_values"),
	survive(allBelow, "the plan's own format_version is evaluated", ofState, "format_version"),
	survive("copy with PENDING", "nothing reads a second prior_state", ofPlan, "prior_state"),
	survive("delete, rename", "old versions of Terraform do not write it, and show no plan that failed", ofPlan, "errored"),
	survive("delete, rename", "the status of the whole check is evaluated", ofChecks, "instances"),
	survive("delete", "the status of the whole check is evaluated", ofChecks, "instances.#"),
	survive(allBelow, "the key and full_name are evaluated", ofPlan, "configuration.provider_config.juspay.name"),
	survive("delete, rename", "Terraform does nothing that it does not list", ofPlan, "resource_changes"),
)

// survivors are all places that the policy does not check, with the reason why a plan that
// Terraform made loses nothing by it.
var survivors = slices.Concat(commonSurvivors,
	// Parts of a plan that tell nothing about what was read or will be done.
	survive(allBelow, "their values count where they are used", ofPlan, "variables", "configuration.root_module.variables"),
	survive("copy with PENDING", "the copy is beside what is read", ofState,
		"values", "values.root_module"),
	survive("copy with PENDING", "the copy is beside what is read", ofBothReads, "values"),
	survive("copy with PENDING", "the copy is beside accounts, and not in it", ofManyRead, "values.accounts"),

	// An absent statement is the statement of an older Terraform.
	survive("delete, rename", "a plan without conditions has none, and the accounts are evaluated by the pack", ofPlan, "checks"),
	survive("delete", "so is a plan with one condition less", ofPlan, "checks.#"),
	survive(allBelow, "it names a check in messages; statuses are evaluated whatever the address", ofChecks, "address", "instances.#.address"),

	// Blocks without an account, or that repeat prior_state.
	survive(allBelow, "it is not the provider of accounts", ofPlan, "configuration.provider_config.terraform"),
	survive(allBelow, "the module has no instance; with one, its accounts are in prior_state, and must be configured", ofRoot, "module_calls"),
	survive(allBelow, "its change is in resource_changes", ofRoot, "resources.#terraform_data"),
	survive(allBelow, "what was read is in prior_state", ofBlocks, "expressions"),
	survive(allBelow, "what is not ephemeral must be in prior_state", ofBlocks, "mode"),
	survive(allBelow, "the address is evaluated", ofBlocks, "name"),
	survive(allBelow, "the attributes themselves are evaluated", ofBlocks, "schema_version"),
	survive("swap", "an order is not part of any rule", ofPlan, ofBlocks[0], ofOneRead[0]),

	// What accounts show that no rule is about.
	survive(allBelow, "the type, the address and the attributes are evaluated", ofBothReads, "mode", "name", "schema_version", "sensitive_values"),
	survive(allBelow, "no rule is about it", ofBothReads, "values.customer_id", "values.include_vpa", "values.timeouts", "values.wait_for_validation"),
	survive(allBelow, "no rule is about it", ofOneRead, valuesOf("vpa", attributesWithoutRule...)...),
	survive(allBelow, "no rule is about it", ofManyRead, "values.all_active", "values.not_active", "values.routing_ids", "values.vpas"),
	survive(allBelow, "no rule is about it", ofManyIDs, append([]string{"customer_id"}, attributesWithoutRule...)...),
	survive(allBelow, "accounts are evaluated; customer_ids only adds accounts that must be there", ofManyRead, "values.customer_ids"),
	survive("look-alike, swap", "it is the id of another account, which is as ACTIVE; payouts compare it", ofOneRead, "values.customer_account_id"),
)

// unboundSurvivors are the places of a payout that the policy does not check without the
// setting payouts: no rule is about what else changes.
var unboundSurvivors = survive(allBelow, "it reads no account; see boundSurvivors", ofPlan, ofPayout[0])

// boundSurvivors are the places of a payout that the policy does not check with it.
var boundSurvivors = slices.Concat(
	survive("delete", "Terraform does nothing that it does not list", ofPlan, ofPayout[0]),
	survive(allBelow, "it names the payout in messages", ofPayout, "address"),
	survive("delete, null, rename, wrap, look-alike", "actions that are not known count as paying", ofPayout, "change.actions"),
	survive("delete, null, wrap, look-alike", "actions that are not known count as paying", ofPayout, "change.actions.#"),
	survive(allBelow, "it names no account", ofPayout,
		"change.after.store", "change.after.triggers_replace", "change.after_unknown.id", "change.after_unknown.output"),
	survive(allBelow, "the value is shown", ofPayout, "change.after_sensitive"),
	survive(allBelow, "what was paid before is not paid again", ofPayout, "change.before", "change.before_sensitive"),
	survive(allBelow, "the type is evaluated", ofPayout, "mode", "name", "provider_name"),
)

var lastValidatedRE = regexp.MustCompile(`"last_validated":"[^"]*"`)

// TestAccPolicyMutants_Generated evaluates the policy over mutants of real plans.
// One that is allowed must be in the list of survivors.
func TestAccPolicyMutants_Generated(t *testing.T) {
	t.Parallel()
	const pending, stale = `"validation_status":"PENDING"`, `"last_validated":"2020-01-01T00:00:00Z"`
	good := string(goodPlan(t))
	settings := shippedSettings(t)
	bound := maps.Clone(settings)
	bound["payouts"] = map[string]any{"terraform_data": []any{"input"}}
	for name, test := range map[string]struct {
		plan    string
		over    evaluation
		allowed bool
		listed  []survivor
	}{
		"a good plan":                            {good, evaluation{Settings: settings}, true, slices.Concat(survivors, unboundSurvivors)},
		"a good plan whose payouts are bound":    {good, evaluation{Settings: bound}, true, slices.Concat(survivors, boundSurvivors)},
		"an account that is PENDING":             {strings.ReplaceAll(good, `"validation_status":"ACTIVE"`, pending), evaluation{Settings: settings}, false, nil},
		"an account that was validated long ago": {lastValidatedRE.ReplaceAllString(good, stale), evaluation{Settings: settings}, false, nil},
		"an account in another currency":         {strings.Replace(good, `"currency":"INR"`, `"currency":"USD"`, 1), evaluation{Settings: settings}, false, nil},
		"one of many accounts that is PENDING":   {strings.Replace(good, `"validation_status":"ACTIVE"`, pending, 1), evaluation{Settings: settings}, false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkMutants(t, test.plan, test.over, test.allowed, test.listed)
		})
	}
}

// checkMutants evaluates a plan and its mutants. Each one that is allowed must be listed,
// and each listed one be allowed.
func checkMutants(t *testing.T, plan string, over evaluation, allowed bool, listed []survivor) {
	t.Helper()
	original := decodePlan(t, json.RawMessage(plan))
	over.Input = original
	if denied := denyMutants(t, over, []mutant{{}}); (len(denied[0]) == 0) != allowed {
		t.Fatalf("the plan itself: got the denials %q, want it to be allowed: %t", denied[0], allowed)
	}
	all := mutants(original)
	survived, used := 0, map[int]bool{}
	for batch := range slices.Chunk(all, 250) {
		for i, messages := range denyMutants(t, over, batch) {
			if len(messages) != 0 {
				continue
			}
			survived++
			index := slices.IndexFunc(listed, func(s survivor) bool { return s.has(batch[i]) })
			used[index] = true
			if index < 0 {
				t.Errorf("%s of %s: got it allowed, want it denied by a rule; if it is harmless, list it in survivors with the reason", batch[i].kind, batch[i].path)
			}
		}
	}
	for i, s := range listed {
		if !used[i] && slices.ContainsFunc(all, s.has) { // plans of OpenTofu and of old versions have fewer fields
			t.Errorf("got %+v in the list, which no mutant needs, want it removed", s)
		}
	}
	t.Logf("%d mutants, %d of them allowed", len(all), survived)
}

// denyMutants returns what the policy denies of each mutant.
func denyMutants(t *testing.T, over evaluation, batch []mutant) [][]string {
	t.Helper()
	evaluations := make(map[string]evaluation, len(batch))
	for i, m := range batch {
		over.Patch = m.patch
		evaluations[strconv.Itoa(i)] = over
	}
	denied := denyAll(t, evaluations)
	messages := make([][]string, len(batch))
	for i := range batch {
		messages[i] = denied[strconv.Itoa(i)]
	}
	return messages
}

// graphOf returns the graph of a plan, as the gate passes it on.
func graphOf(w *acctest.Workspace, plan string) map[string]any {
	printed := w.Run(0, "graph", "-type=plan", "-plan="+plan)
	edges := [][]string{{"", ""}}
	for _, found := range edgeRE.FindAllStringSubmatch(printed, -1) {
		to := ""
		if found[2] != "" {
			to = check.Must(strconv.Unquote(found[2]))
		}
		edges = append(edges, []string{check.Must(strconv.Unquote(found[1])), to})
	}
	return map[string]any{"refuses_partial_plans": true, "graph": edges}
}

var edgeRE = regexp.MustCompile(`("(?:[^"\\]|\\.)*") (?:\[label|-> ("(?:[^"\\]|\\.)*"))`)

// TestAccPolicyMutants_OfWhatRuns evaluates the policy over mutants of a plan
// with payouts in a child module, a data source that pays, and an ephemeral account.
func TestAccPolicyMutants_OfWhatRuns(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.EphemeralResources)
	server := acctest.PutValidatedToday(acctest.StartAPI(t))
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, acctest.InProduction+bankRequirement+`
module "vendor" {
  source = "./vendor"
}

ephemeral "juspay_customer_account" "vendor" {
  customer_id         = "cst_acme"
  customer_account_id = "banh_acme_active"
}

resource "terraform_data" "payout" {
  input = module.vendor.id

  lifecycle {
    precondition {
      condition     = ephemeral.juspay_customer_account.vendor.validation_status == "ACTIVE"
      error_message = "It is not ACTIVE."
    }
  }
}

data "bank_transfer" "late" {
  payee      = module.vendor.id
  depends_on = [terraform_data.payout]
  lifecycle {
    postcondition {
      condition     = self.payee != ""
      error_message = "It names nobody."
    }
  }
}
`))
	acctest.WriteFile(t, w.Dir, "vendor/main.tf", acctest.Requirement+acctest.SingleRead+
		"output \"id\" {\n  value = data.juspay_customer_account.vendor.customer_account_id\n}\n"+
		"resource \"terraform_data\" \"payout\" {\n  input = data.juspay_customer_account.vendor.customer_account_id\n}\n")
	w.AddProvider("bank")
	w.PointAt(server)
	w.Run(0, "get")
	w.Plan(0, "-out", "saved.plan")
	settings := settingsFor(t, server)
	settings["payouts"] = map[string]any{"terraform_data": []any{"input"}, "bank_transfer": []any{"payee"}}
	settings["check_statuses"] = []any{"pass", "unknown"} // the data source's is known after apply
	checkMutants(t, string(w.PlanJSON()), evaluation{Settings: settings, Gate: graphOf(w, "saved.plan")}, true, runningSurvivors)
}

// The objects of such a plan.
var (
	ofCall         = []string{"configuration.root_module.module_calls.vendor"}
	ofModuleRead   = []string{"prior_state.values.root_module.child_modules.#.resources.#juspay_customer_account"}
	ofModuleBlock  = []string{ofCall[0] + ".module.resources.#juspay_customer_account"}
	ofPayoutBlocks = []string{
		ofCall[0] + ".module.resources.#terraform_data", "configuration.root_module.resources.#terraform_data", "configuration.root_module.resources.#bank_transfer",
	}
	ofEphemeralBlock = []string{"configuration.root_module.resources.#juspay_customer_account"}
	ofOpened         = []string{"resource_changes.#juspay_customer_account"}
	ofChanges        = []string{"resource_changes.#terraform_data", "resource_changes.#bank_transfer"}
)

// runningSurvivors are all places of such a plan that the policy does not evaluate.
var runningSurvivors = slices.Concat(commonSurvivors,
	survive("copy with PENDING", "the copy is not where the policy reads", ofState,
		"values", "values.root_module"),
	survive("copy with PENDING", "the copy is not where the policy reads", ofModuleRead, "values"),
	survive("delete, rename", "the gate vouches for a complete plan", ofPlan, "complete"),
	survive("delete, rename", "payouts are bound, and need no condition", ofPlan, "checks"),
	survive("delete, swap", "payouts are bound, and need no condition", ofPlan, "checks.#"),
	survive(allBelow, "it names a check in messages, and payouts need no condition", ofChecks, "address", "instances.#.address"),
	survive(allBelow, "it is not the provider of accounts", ofPlan, "configuration.provider_config.bank", "configuration.provider_config.terraform"),
	survive(allBelow, "what is read and paid is in prior_state and resource_changes", ofCall, "source", "module.outputs"),
	survive(allBelow, "what was read is in prior_state", ofModuleBlock, "expressions"),
	survive(allBelow, "what is not ephemeral must be in prior_state", ofModuleBlock, "mode"),
	survive(allBelow, "the address and the attributes are evaluated", ofModuleBlock, "name", "schema_version"),
	survive(allBelow, "its change is in resource_changes, and another block of its type shows its arguments", ofPlan, ofPayoutBlocks...),
	survive(allBelow, "the type, the address and the attributes are evaluated", ofModuleRead, "mode", "name", "schema_version", "sensitive_values"),
	survive(allBelow, "no rule is about it", ofModuleRead, "values.customer_id", "values.include_vpa", "values.timeouts", "values.wait_for_validation"),
	survive(allBelow, "no rule is about it", ofModuleRead, valuesOf("vpa", attributesWithoutRule...)...),
	survive(allBelow, "accounts are found by their resources", ofState, "values.root_module.child_modules.#.address"),
	survive("delete, swap", "Terraform does nothing that it does not list", ofPlan, ofChanges...),
	survive(allBelow, "it names the payout in messages", ofChanges, "address"),
	survive(allBelow, "actions that are not known count as paying", ofChanges, "change.actions"),
	survive(allBelow, "it names no account", ofChanges[:1],
		"change.after.store", "change.after.triggers_replace", "change.after_unknown.id", "change.after_unknown.output"),
	survive(allBelow, "the value is shown", ofChanges, "change.after_sensitive"),
	survive(allBelow, "what was paid before is not paid again", ofChanges, "change.before", "change.before_sensitive"),
	survive(allBelow, "the type is evaluated", ofChanges, "mode", "name", "provider_name"),
	survive(allBelow, "it names the payout in messages", ofChanges[:1], "module_address"),
	survive(allBelow, "it explains why a data source is read", ofChanges[1:], "action_reason"),
	// OpenTofu shows the ephemeral account in the configuration. It is a second look: evidence
	// comes from the data source.
	survive("delete, null, wrap", "an ephemeral account is not evidence", ofPlan, ofEphemeralBlock...),
	survive(allBelow, "an ephemeral account is not evidence", ofEphemeralBlock, "expressions", "name", "schema_version"),
	// OpenTofu 1.11 also lists that it is opened. It shows no value of it.
	survive("delete, swap", "an ephemeral account is not evidence", ofPlan, ofOpened...),
	survive(allBelow, "an ephemeral account is not evidence", ofOpened, "change.after", "change.after_sensitive", "change.after_unknown",
		"change.before", "change.before_sensitive", "name", "provider_name"),
)
