// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
)

// part is a JSON object of a plan.
type part = map[string]any

// at returns the object at a path of names and of indexes of lists.
func at(t *testing.T, object part, path ...any) part {
	t.Helper()
	return valueAt[part](t, object, path...)
}

func valueAt[T any](t *testing.T, object part, path ...any) T {
	t.Helper()
	var value any = object
	for _, step := range path {
		switch step := step.(type) {
		case string:
			fields, _ := value.(part)
			value = fields[step]
		case int:
			items, _ := value.([]any)
			if step >= len(items) {
				t.Fatalf("%v: there is no element %d", path, step)
			}
			value = items[step]
		}
	}
	found, ok := value.(T)
	if !ok {
		t.Fatalf("a %T is at %v", value, path)
	}
	return found
}

// goodPlan is the JSON of a plan that is allowed with the settings of
// settings.json: one account by itself, which is resource 0, many, which are
// resource 1, and one in a module that has no instance.
func goodPlan(t *testing.T) json.RawMessage {
	t.Helper()
	acctest.SkipUnlessAcc(t)
	server := validated(acctest.StartAPI(t))
	w := acctest.NewWorkspace(t, server, os.DirFS("policy-gate"))
	if err := os.CopyFS(w.Dir+"/vendor", os.DirFS("testdata/modules/vendor")); err != nil {
		t.Fatal(err)
	}
	w.Write("more.tf", `
data "juspay_customer_accounts" "all" {
  customer_ids = { banh_acme_active = "cst_acme", banh_blue_bank_active = "cst_blue_bank" }
}

module "off" {
  source = "./vendor"
  count  = 0

  customer_id         = "cst_acme"
  customer_account_id = "banh_acme_active"

  providers = {
    juspay         = juspay
    juspay.sandbox = juspay
  }
}

check "vendor_is_active" {
  assert {
    condition     = data.juspay_customer_account.vendor.validation_status == "ACTIVE"
    error_message = "It is not ACTIVE."
  }
}
`)
	w.ReadFrom(server)
	w.Run(0, "get")
	w.Run(0, plan("-out", "saved.plan")...)

	// A plan that reads from production differs in this alone.
	var good part
	w.JSON(&good, "show", "-json", "saved.plan")
	at(t, good, "configuration", "provider_config", "juspay")["expressions"] = part{"environment": part{"constant_value": "production"}}
	good["complete"] = true // OpenTofu does not say
	encoded, err := json.Marshal(good)
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}

// Each row changes one thing about a good plan.
func TestAccPolicyDeniesWhatIsNotKnownToBeGood(t *testing.T) {
	t.Parallel()
	const many = "data.juspay_customer_accounts.all"
	good := goodPlan(t)
	prior := func(p part, i int) part { return at(t, p, "prior_state", "values", "root_module", "resources", i) }
	values := func(p part) part { return at(t, prior(p, 0), "values") }
	accounts := func(p part) part { return at(t, prior(p, 1), "values", "accounts") }
	blocks := func(p part) []any { return valueAt[[]any](t, p, "configuration", "root_module", "resources") }
	has := func(address string) func(block any) bool {
		return func(block any) bool {
			fields, _ := block.(part)
			return fields["address"] == address
		}
	}
	config := func(p part) part { return at(t, p, "configuration", "provider_config", "juspay") }
	check := func(status string, instances []any) part {
		return part{"address": part{"kind": "resource", "mode": "ephemeral", "type": "juspay_customer_account", "to_display": ephemeralAddress}, "status": status, "instances": instances}
	}
	passing := check("pass", []any{part{"address": part{"to_display": ephemeralAddress}, "status": "pass"}})
	ephemeralBlock := part{"address": ephemeralAddress, "mode": "ephemeral", "type": "juspay_customer_account", "provider_config_key": "juspay"}
	host := "registry.terraform.io"
	if acctest.IsOpenTofu() {
		host = "registry.opentofu.org"
	}
	evil := "evil.example/juspay/juspay"
	deferred := part{"address": vendorAddress, "type": "juspay_customer_account", "change": part{"actions": []string{"read"}}}

	rows := map[string]struct {
		change   func(p part)
		settings part
		denied   []string
	}{
		"nothing": {change: func(part) {}},
		"an action that was invoked": {
			change: func(p part) {
				p["action_invocations"] = []any{part{"address": "action.bank.pay", "invoke_action_trigger": part{}}}
			},
			denied: []string{invoked},
		},
		"an action that a change triggers is allowed": {
			change: func(p part) {
				p["action_invocations"] = []any{part{"address": "action.bank.note", "lifecycle_action_trigger": part{"triggering_resource_address": "terraform_data.payout"}}}
			},
		},
		"another provider in the configuration": {
			change: func(p part) { config(p)["full_name"] = evil },
			denied: []string{
				foreignProvider(vendorAddress, evil), foreignProvider(many, evil),
				foreignProvider("module.off.data.juspay_customer_account.counted", evil), foreignProvider("module.off.data.juspay_customer_account.each", evil),
			},
		},
		"another provider in the prior state": {
			change: func(p part) { prior(p, 0)["provider_name"] = evil },
			denied: []string{foreignProvider(vendorAddress, evil)},
		},
		"another provider where any server may be read": {
			change:   func(p part) { prior(p, 1)["provider_name"] = host + "/acme/juspay" },
			settings: part{"servers": false},
			denied:   []string{foreignProvider(many, host+"/acme/juspay")},
		},
		"another provider that is listed is allowed": {
			change:   func(p part) { prior(p, 0)["provider_name"] = "mirror.example/juspay/juspay" },
			settings: part{"providers": []string{"mirror.example/juspay/juspay", host + "/juspay/juspay"}},
		},
		"a data source that is missing beside others": {
			change: func(p part) {
				root := at(t, p, "prior_state", "values", "root_module")
				root["resources"] = valueAt[[]any](t, root, "resources")[1:]
			},
			denied: []string{notInPlan(vendorAddress)},
		},
		"no prior state": {
			change: func(p part) { delete(p, "prior_state") },
			denied: []string{notInPlan(vendorAddress), notInPlan(many), readsNothing},
		},
		"a module whose count is not shown": {
			change: func(p part) {
				delete(at(t, p, "configuration", "root_module", "module_calls", "off"), "count_expression")
			},
			// Its own data sources have a count and a for_each.
		},
		"a module that has instances, and a data source without": {
			change: func(p part) {
				off := at(t, p, "configuration", "root_module", "module_calls", "off")
				delete(off, "count_expression")
				delete(at(t, off, "module", "resources", 0), "count_expression")
			},
			denied: []string{notInPlan("module.off.data.juspay_customer_account.counted")},
		},
		"nothing but a module with no instance is allowed where no account is required": {
			change: func(p part) {
				delete(p, "prior_state")
				delete(at(t, p, "configuration", "root_module"), "resources")
				module := at(t, p, "configuration", "root_module", "module_calls", "off", "module")
				delete(at(t, module, "resources", 0), "count_expression")
				delete(at(t, module, "resources", 1), "for_each_expression")
			},
			settings: part{"accounts_required": false},
		},
		"an ephemeral account without a condition": {
			change: func(p part) {
				at(t, p, "configuration", "root_module")["resources"] = append(blocks(p), ephemeralBlock)
			},
			denied: []string{notAsserted},
		},
		"an ephemeral account with a condition is allowed": {
			change: func(p part) {
				at(t, p, "configuration", "root_module")["resources"] = append(blocks(p), ephemeralBlock)
				p["checks"] = []any{passing}
			},
		},
		"an ephemeral account with a condition that is not known yet": {
			change: func(p part) {
				at(t, p, "configuration", "root_module")["resources"] = append(blocks(p), ephemeralBlock)
				p["checks"] = []any{check("unknown", []any{})}
			},
			settings: part{"check_statuses": []string{"pass", "unknown"}},
			denied:   []string{notAsserted},
		},
		"an ephemeral account of a provider that is not shown": {
			change: func(p part) { p["checks"] = []any{passing} },
			denied: []string{hiddenEphemeral},
		},
		"an ephemeral account that something refers to": {
			change: func(p part) {
				payout := slices.IndexFunc(blocks(p), has("terraform_data.payout"))
				at(t, p, "configuration", "root_module", "resources", payout)["expressions"] = part{
					"input": part{"references": []string{ephemeralAddress + ".vpa", ephemeralAddress}},
				}
			},
			denied: []string{hiddenEphemeral, notAsserted},
		},
		"an ephemeral account of another provider": {
			change: func(p part) {
				at(t, p, "configuration", "provider_config")["other"] = part{"full_name": evil, "expressions": part{"environment": part{"constant_value": "production"}}}
				other := maps.Clone(ephemeralBlock)
				other["provider_config_key"] = "other"
				at(t, p, "configuration", "root_module")["resources"] = append(blocks(p), other)
				p["checks"] = []any{passing}
			},
			denied: []string{foreignProvider(ephemeralAddress, evil)},
		},
		"another environment": {
			change: func(p part) { config(p)["expressions"] = part{"environment": part{"constant_value": "sandbox"}} },
			denied: []string{unlistedServer("juspay", "production")},
		},
		"an environment from a variable": {
			change: func(p part) {
				config(p)["expressions"] = part{"environment": part{"references": []string{"var.environment"}}}
			},
			denied: []string{unlistedServer("juspay", "production")},
		},
		"neither an environment nor a base URL": {
			change: func(p part) { delete(config(p), "expressions") },
			denied: []string{unlistedServer("juspay", "production")},
		},
		"a base URL beside the environment": {
			change: func(p part) {
				at(t, config(p), "expressions")["base_url"] = part{"constant_value": "https://evil.example"}
			},
			denied: []string{unlistedServer("juspay", "production")},
		},
		"a base URL": {
			change: func(p part) {
				config(p)["expressions"] = part{"base_url": part{"constant_value": "https://api.juspay.io"}}
			},
			denied: []string{unlistedServer("juspay", "production")},
		},
		"a base URL that is listed is allowed": {
			change: func(p part) {
				config(p)["expressions"] = part{"base_url": part{"constant_value": "https://api.juspay.io"}}
			},
			settings: part{"servers": []string{"production", "https://api.juspay.io"}},
		},
		"any server is allowed where none is listed": {
			change:   func(p part) { delete(config(p), "expressions") },
			settings: part{"servers": false},
		},
		"a plan that is not complete":                {change: func(p part) { p["complete"] = false }, denied: []string{incomplete}},
		"a plan that is not complete may be allowed": {change: func(p part) { p["complete"] = false }, settings: part{"complete_plan": false}},
		"a plan that failed": {
			change: func(p part) { p["errored"] = true },
			denied: []string{"plan: planning failed, so the plan may lack accounts. Correct what terraform plan reports, and plan again."},
		},
		"another format": {
			change: func(p part) { p["format_version"] = "2.0" },
			denied: []string{"plan: this is not the JSON of a plan in a format that this policy knows (format_version 1.x). Pass what terraform show -json prints of a saved plan."},
		},
		"checks that are no list": {
			change: func(p part) { p["checks"] = "none" },
			denied: []string{"plan: it is not formed as this policy knows plans, so it may hide accounts or checks. Pass what terraform show -json prints, unchanged, or update this policy."},
		},
		"no configuration of an account": {
			change: func(p part) {
				at(t, p, "configuration", "root_module")["resources"] = slices.DeleteFunc(blocks(p), has(vendorAddress))
			},
			denied: []string{vendorAddress + ": the configuration does not show it, and so not which provider reads it. Pass what terraform show -json prints, unchanged."},
		},
		"a PENDING account": {
			change: func(p part) { values(p)["validation_status"] = "PENDING" },
			denied: []string{notActive(vendorAddress, "banh_acme_active", "PENDING")},
		},
		"a PENDING account among many": {
			change: func(p part) { at(t, accounts(p), "banh_blue_bank_active")["validation_status"] = "PENDING" },
			denied: []string{notActive(many+`.accounts["banh_blue_bank_active"]`, "banh_blue_bank_active", "PENDING")},
		},
		"an account that is missing among many": {
			change: func(p part) { delete(accounts(p), "banh_blue_bank_active") },
			denied: []string{many + ": the plan does not show 1 accounts that its customer_ids name, such as banh_blue_bank_active. Update this policy to the provider's version."},
		},
		"many accounts of the shape that an older provider had": {
			change: func(p part) { at(t, prior(p, 1), "values")["accounts"] = nil },
			denied: []string{many + ": the plan does not show its accounts. If it is read in a check block, correct what terraform plan warns of; otherwise update this policy to the provider's version."},
		},
		"a PENDING account may be allowed": {
			change:   func(p part) { values(p)["validation_status"] = "PENDING" },
			settings: part{"active": false},
		},
		"an account that was not validated recently": {
			change: func(p part) { values(p)["last_validated"] = "2023-06-06T13:29:53Z" },
			denied: []string{notValidated(vendorAddress, "banh_acme_active", "ACTIVE")},
		},
		"an account in another currency": {
			change: func(p part) { values(p)["currency"] = "USD" },
			denied: []string{vendorAddress + `: account banh_acme_active with status ACTIVE has a currency that is not allowed. Pay out to an account in one of ["INR"], or add its currency to juspay.currencies.`},
		},
		"an account without a status": {
			change: func(p part) { values(p)["validation_status"] = nil },
			denied: []string{vendorAddress + ": account banh_acme_active has no validation_status. Let Juspay validate the account, and plan again."},
		},
		"an account that lacks an attribute": {
			change: func(p part) { delete(values(p), "currency") },
			denied: []string{vendorAddress + ": the plan does not show its currency. Update this policy to the provider's version."},
		},
		"a read during apply": {
			change: func(p part) { p["resource_changes"] = []any{deferred} },
			denied: []string{readLate(vendorAddress)},
		},
		"a read during apply may be allowed": {
			change:   func(p part) { p["resource_changes"] = []any{deferred} },
			settings: part{"status_known": false},
		},
		"a read that is held back": {
			change: func(p part) {
				p["deferred_changes"] = []any{part{"reason": "provider_config_unknown", "resource_change": deferred}}
			},
			denied: []string{readLate(vendorAddress)},
		},
		"a check that failed": {
			change: func(p part) { at(t, p, "checks", 0)["status"] = "fail" },
			denied: []string{conditionsFail("check.vendor_is_active")},
		},
		"a check that failed may be allowed": {
			change:   func(p part) { at(t, p, "checks", 0)["status"] = "fail" },
			settings: part{"check_statuses": []string{"pass", "fail"}},
		},
	}
	evaluations := map[string]evaluation{}
	for name, row := range rows {
		var changed part
		if err := json.Unmarshal(good, &changed); err != nil {
			t.Fatal(err)
		}
		row.change(changed)
		settings := shippedSettings(t)
		maps.Copy(settings, row.settings)
		evaluations[name] = evaluation{Input: changed, Settings: settings}
	}
	denied := evaluate(t, policyTool(t, "opa"), []string{"policies/juspay.rego"}, "data.juspay_policy.deny", evaluations)
	for name, row := range rows {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			checkDenied(t, denied[name], row.denied)
		})
	}
}

// OpenTofu, and Terraform before 1.8, do not say whether a plan is complete.
func TestAccPolicyAllowsAPlanThatDoesNotSayWhetherItIsCompleteFromTheGateAlone(t *testing.T) {
	t.Parallel()
	var unsaid part
	if err := json.Unmarshal(goodPlan(t), &unsaid); err != nil {
		t.Fatal(err)
	}
	delete(unsaid, "complete")
	off := shippedSettings(t)
	off["complete_plan"] = false
	denied := evaluate(t, policyTool(t, "opa"), []string{"policies/juspay.rego"}, "data.juspay_policy.deny", map[string]evaluation{
		"by itself":     {Input: unsaid, Settings: shippedSettings(t)},
		"from the gate": {Input: unsaid, Settings: shippedSettings(t), Gate: theGate},
		"switched off":  {Input: unsaid, Settings: off},
	})
	checkDenied(t, denied["by itself"], []string{silent})
	checkDenied(t, denied["from the gate"], nil)
	checkDenied(t, denied["switched off"], nil)
}
