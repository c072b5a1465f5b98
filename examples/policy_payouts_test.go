// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
)

// TestAccPolicyPayouts plans payouts with the CLI, and evaluates them through the
// gate. terraform_data takes the place of a resource that pays.
func TestAccPolicyPayouts(t *testing.T) {
	t.Parallel()
	const (
		notRead = `terraform_data.payout: its input.payee is neither the id nor the VPA of an account that this plan reads. Pay out to an account that is read in the same plan.`
		lacks   = `terraform_data.payout: its input.payee is missing, null or empty, so it names no account. Give it the id or the VPA of an account that the plan reads, or correct juspay.payouts.`
		unknown = `terraform_data.payout: its input.payee is not known yet, so it may be any account. Give it a value that is known when planning.`
	)
	account, _, found := strings.Cut(readFile(t, "policy-gate/main.tf"), `resource "terraform_data" "payout"`)
	if !found {
		t.Fatal("the example has no payout")
	}
	for name, test := range map[string]struct {
		resources string
		want      []string
	}{
		"an account that is read": {`resource "terraform_data" "payout" {
  input = { payee = data.juspay_customer_account.vendor.customer_account_id }
}`, nil},
		"its VPA": {`resource "terraform_data" "payout" {
  input = { payee = data.juspay_customer_account.vendor.vpa }
}`, nil},
		"its id as a literal": {`resource "terraform_data" "payout" {
  input = { payee = "banh_acme_active" }
}`, nil},
		"a literal that nobody reads": {`resource "terraform_data" "payout" {
  input = { payee = "banh_other" }
}`, []string{notRead}},
		"a branch that names another account": {`resource "terraform_data" "payout" {
  input = { payee = data.juspay_customer_account.vendor.validation_status == "ACTIVE" ? "banh_other" : "" }
}`, []string{notRead}},
		"a local value": {`locals {
  payee = trimsuffix("${data.juspay_customer_account.vendor.customer_account_id}2", "x")
}
resource "terraform_data" "payout" {
  input = { payee = local.payee }
}`, []string{notRead}},
		"one instance of two": {`resource "terraform_data" "payout" {
  for_each = toset([data.juspay_customer_account.vendor.customer_account_id, "banh_other"])
  input    = { payee = each.key }
}`, []string{`terraform_data.payout["banh_other"]: its input.payee is neither the id nor the VPA of an account that this plan reads. Pay out to an account that is read in the same plan.`}},
		"no account": {`resource "terraform_data" "payout" {
  input = { payee = null }
}`, []string{lacks, notRead}},
		"an account of another attribute": {`resource "terraform_data" "payout" {
  input = { account = data.juspay_customer_account.vendor.customer_account_id }
}`, []string{lacks}},
		"an account that is not known yet": {`resource "terraform_data" "payout" {
  input = { payee = uuid() }
}`, []string{unknown}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := validated(acctest.StartAPI(t))
			w, gate := newGate(t, server, acctest.MainFile(t, account+test.resources+"\n"))
			change(t, w, "policies/settings.json", `"payouts": false`, `"payouts": {"terraform_data": ["input.payee"]}`)
			code, printed := gate()
			checkDenied(t, denials(printed), test.want)
			checkGate(t, w, code, test.want == nil)
		})
	}
}

// TestAccPolicyPayouts_SettingsOfTheGuide evaluates a plan that pays nobody, and one
// with a payout, with the settings that the guide shows.
func TestAccPolicyPayouts_SettingsOfTheGuide(t *testing.T) {
	t.Parallel()
	good := goodPlan(t)
	var shown map[string]any
	if err := json.Unmarshal([]byte(readFile(t, "policy-payouts/settings.json")), &shown); err != nil {
		t.Fatal(err)
	}
	settings := shippedSettings(t)
	maps.Copy(settings, shown)
	payout := func(payee string) part {
		var changed part
		if err := json.Unmarshal(good, &changed); err != nil {
			t.Fatal(err)
		}
		changes, _ := changed["resource_changes"].([]any)
		changed["resource_changes"] = append(changes, part{
			"address": "bank_payout.vendor", "mode": "managed", "type": "bank_payout",
			"change": part{"actions": []string{"create"}, "after_unknown": part{}, "after": part{
				"payee": payee, "item": []any{part{"payee": payee}}, "body": `{"beneficiary": {"account": "` + payee + `"}}`,
			}},
		})
		return changed
	}
	denied := evaluate(t, policyTool(t, "opa"), []string{"policies/juspay.rego"}, "data.juspay_policy.deny", map[string]evaluation{
		"no payout":               {Input: good, Settings: settings},
		"an account that is read": {Input: payout("banh_acme_active"), Settings: settings},
		"an account that is not":  {Input: payout("banh_other"), Settings: settings},
	})
	checkDenied(t, denied["no payout"], nil)
	checkDenied(t, denied["an account that is read"], nil)
	want := make([]string, 0, 3)
	for _, pattern := range []string{"payee", "item.*.payee", "body|beneficiary.account"} {
		want = append(want, "bank_payout.vendor: its "+pattern+" is neither the id nor the VPA of an account that this plan reads. Pay out to an account that is read in the same plan.")
	}
	checkDenied(t, denied["an account that is not"], want)
}
