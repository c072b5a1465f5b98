// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
)

const notRead = "terraform_data.payout: its input.payee is neither the id nor the VPA of an account that this plan reads. " +
	"Pay out to an account that is read in the same plan."

// TestAccPolicyPayouts plans payouts with the CLI, and evaluates them through the
// gate. terraform_data takes the place of a resource that pays.
func TestAccPolicyPayouts(t *testing.T) {
	t.Parallel()
	const (
		lacks = "terraform_data.payout: its input.payee is missing, null or empty, so it names no account. " +
			"Give it the id or the VPA of an account that the plan reads, or correct juspay.payouts."
		unknown = "terraform_data.payout: its input.payee is not known yet, so it may be any account. Give it a value that is known when planning."
	)
	account, _, found := strings.Cut(acctest.ReadFile(t, "examples/policy-gate/main.tf"), `resource "terraform_data" "payout"`)
	if !found {
		t.Fatal("examples/policy-gate/main.tf: got no payout, want one")
	}
	payee := func(value string) string { return "input = { payee = " + value + " }" }
	for name, test := range map[string]struct {
		before, arguments string
		want              []string
	}{
		"an account that is read":     {"", payee("data.juspay_customer_account.vendor.customer_account_id"), nil},
		"its VPA":                     {"", payee("data.juspay_customer_account.vendor.vpa"), nil},
		"its id as a literal":         {"", payee(`"banh_acme_active"`), nil},
		"a literal that nobody reads": {"", payee(`"banh_other"`), []string{notRead}},
		"a branch that names another account": {
			"", payee(`data.juspay_customer_account.vendor.validation_status == "ACTIVE" ? "banh_other" : ""`), []string{notRead},
		},
		"a local value": {
			`locals {
  payee = trimsuffix("${data.juspay_customer_account.vendor.customer_account_id}2", "x")
}
`, payee("local.payee"), []string{notRead},
		},
		"one instance of two": {
			"", "for_each = toset([data.juspay_customer_account.vendor.customer_account_id, \"banh_other\"])\n  " + payee("each.key"),
			[]string{strings.Replace(notRead, "payout:", `payout["banh_other"]:`, 1)},
		},
		"no account":                       {"", payee("null"), []string{lacks}},
		"an account of another attribute":  {"", "input = { account = data.juspay_customer_account.vendor.customer_account_id }", []string{lacks}},
		"an account that is not known yet": {"", payee("uuid()"), []string{unknown}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.PutValidatedToday(acctest.StartAPI(t))
			payout := test.before + "resource \"terraform_data\" \"payout\" {\n  " + test.arguments + "\n}\n"
			w, gate := acctest.NewGate(t, server, acctest.MainFile(t, account+payout))
			w.Change("policies/settings.json", `"payouts": false`, `"payouts": {"terraform_data": ["input.payee"]}`)
			code, printed := gate()
			checkDenied(t, denials(printed), test.want)
			checkGate(t, w, code, printed, test.want == nil, "")
		})
	}
}

// TestAccPolicyPayouts_SettingsOfTheGuide evaluates a plan that pays nobody, and one
// with a payout, with the settings that the guide shows.
func TestAccPolicyPayouts_SettingsOfTheGuide(t *testing.T) {
	t.Parallel()
	good := goodPlan(t)
	settings := shippedSettings(t)
	maps.Copy(settings, partAt(t, decodePlan(t, json.RawMessage(acctest.ReadFile(t, "examples/policy-payouts/settings.json"))), "juspay"))
	payout := func(payee string) part {
		changed := decodePlan(t, good)
		changes, _ := changed["resource_changes"].([]any)
		configure(t, changed, part{"address": "bank_payout.vendor", "mode": "managed", "type": "bank_payout", "expressions": part{}})
		changed["resource_changes"] = append(changes, part{
			"address": "bank_payout.vendor", "mode": "managed", "type": "bank_payout",
			"change": part{"actions": []string{"create"}, "after_unknown": part{}, "after": part{
				"payee": payee, "item": []any{part{"payee": payee}}, "body": `{"beneficiary": {"account": "` + payee + `"}}`,
			}},
		})
		return changed
	}
	denied := denyAll(t, map[string]evaluation{
		"no payout":               {Input: good, Settings: settings},
		"an account that is read": {Input: payout("banh_acme_active"), Settings: settings},
		"an account that is not":  {Input: payout("banh_other"), Settings: settings},
	})
	checkDenied(t, denied["no payout"], nil)
	checkDenied(t, denied["an account that is read"], nil)
	var want []string
	for _, pattern := range []string{"payee", "item.*.payee", "body|beneficiary.account"} {
		want = append(want, strings.Replace(notRead, "terraform_data.payout: its input.payee", "bank_payout.vendor: its "+pattern, 1))
	}
	checkDenied(t, denied["an account that is not"], want)
}

// TestAccPolicyPayouts_PatternsOfTheGuide binds a payout with each pattern of the guide's table:
// it allows an account that the plan reads there, and denies another.
func TestAccPolicyPayouts_PatternsOfTheGuide(t *testing.T) {
	t.Parallel()
	_, table, _ := strings.Cut(acctest.ReadFile(t, "docs/guides/policy-checks.md"), "\n| pattern | is |\n|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	for pattern, place := range map[string]func(payee string) part{
		"payee":                    func(payee string) part { return part{"payee": payee} },
		"input.account":            func(payee string) part { return part{"input": part{"account": payee}} },
		"item.*":                   func(payee string) part { return part{"item": []any{payee}} },
		"item.*.payee":             func(payee string) part { return part{"item": []any{part{"payee": payee}}} },
		"body|beneficiary.account": func(payee string) part { return part{"body": `{"beneficiary": {"account": "` + payee + `"}}`} },
		`["payee", "vpa"]`:         func(payee string) part { return part{"vpa": payee} },
	} {
		t.Run(pattern, func(t *testing.T) {
			t.Parallel()
			check.Contains(t, "the table", "\n"+table, "\n| `"+strings.ReplaceAll(pattern, "|", `\|`)+"`")
			var places any = pattern
			if strings.HasPrefix(pattern, "[") {
				check.MustNoError(t, "json.Unmarshal", json.Unmarshal([]byte(pattern), &places))
			}
			settings := shippedSettings(t)
			settings["payouts"] = part{"bank_payout": []any{places}}
			settings["other_resources"] = []string{"terraform_data"}
			plan := func(payee string) part {
				changed := decodePlan(t, goodPlan(t))
				changes, _ := changed["resource_changes"].([]any)
				block := part{"address": "bank_payout.vendor", "mode": "managed", "type": "bank_payout"}
				configured := maps.Clone(block)
				configured["expressions"] = part{}
				configure(t, changed, configured)
				block["change"] = part{"actions": []string{"create"}, "after_unknown": part{}, "after": place(payee)}
				changed["resource_changes"] = append(changes, block)
				return changed
			}
			denied := denyAll(t, map[string]evaluation{
				"read":  {Input: plan("banh_acme_active"), Settings: settings},
				"other": {Input: plan("banh_other"), Settings: settings},
			})
			checkDenied(t, denied["read"], nil)
			name := strings.NewReplacer(`["payee", "`, "", `"]`, "").Replace(pattern)
			checkDenied(t, denied["other"], []string{strings.Replace(notRead, "terraform_data.payout: its input.payee", "bank_payout.vendor: its "+name, 1)})
		})
	}
	if got, want := strings.Count(table, "\n")+1, 6; got != want {
		t.Errorf("got %d patterns in the table, want the %d of this test", got, want)
	}
}
