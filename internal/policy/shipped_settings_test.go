// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
)

// TestAccPolicyShippedSettings changes one thing about a plan that the settings of
// settings.json allow, for what no plan of TestAccPolicy_RealPlans has.
// TestAccPolicyMutants_Generated and the pack's own tests have the rest.
func TestAccPolicyShippedSettings(t *testing.T) {
	t.Parallel()
	const many = "data.juspay_customer_accounts.all"
	good := goodPlan(t)
	values := func(p part) part {
		return partAt(t, p, "prior_state", "values", "root_module", "resources", 0, "values")
	}
	config := func(p part) part { return partAt(t, p, "configuration", "provider_config", "juspay") }
	evil := "evil.example/juspay/juspay"
	rows := map[string]struct {
		change func(p part)
		denied []string
	}{
		"a module that has instances, and a data source without": {
			func(p part) {
				off := partAt(t, p, "configuration", "root_module", "module_calls", "off")
				delete(off, "count_expression")
				delete(partAt(t, off, "module", "resources", 0), "count_expression")
			},
			[]string{notInPlan("module.off.data.juspay_customer_account.counted")},
		},
		"another provider in the configuration": {
			func(p part) { config(p)["full_name"] = evil },
			[]string{
				foreignProvider(acctest.VendorAddress, evil), foreignProvider(many, evil),
				foreignProvider("module.off.data.juspay_customer_account.counted", evil),
				foreignProvider("module.off.data.juspay_customer_account.each", evil),
			},
		},
		"an ephemeral account of another provider, without a condition": {
			func(p part) {
				other := part{"full_name": evil, "expressions": part{"environment": part{"constant_value": "production"}}}
				partAt(t, p, "configuration", "provider_config")["other"] = other
				root := partAt(t, p, "configuration", "root_module")
				root["resources"] = append(valueAt[[]any](t, root, "resources"), part{
					"address": ephemeralAddress, "mode": "ephemeral", "type": "juspay_customer_account", "provider_config_key": "other",
				})
			},
			[]string{foreignProvider(ephemeralAddress, evil), unguarded("terraform_data.payout", "terraform_data")},
		},
		"another environment": {
			func(p part) { config(p)["expressions"] = part{"environment": part{"constant_value": "sandbox"}} },
			[]string{unlistedServer("juspay", "production")},
		},
		"an account that was not validated recently": {
			func(p part) { values(p)["last_validated"] = "2023-06-06T13:29:53Z" },
			[]string{acctest.VendorAddress + ": account banh_acme_active with status ACTIVE was not validated within the last 30 days, by its last_validated," +
				" which Juspay's page also calls the recent modified date. Let Juspay validate it again, or raise juspay.max_days_since_validation."},
		},
		"an account in another currency": {
			func(p part) { values(p)["currency"] = "USD" },
			[]string{acctest.VendorAddress + ": account banh_acme_active with status ACTIVE has a currency that is not allowed." +
				` Pay out to an account in one of ["INR"], or add its currency to juspay.currencies.`},
		},
	}
	evaluations := map[string]evaluation{}
	for name, row := range rows {
		changed := decodePlan(t, good)
		row.change(changed)
		evaluations[name] = evaluation{Input: changed, Settings: shippedSettings(t)}
	}
	denied := denyAll(t, evaluations)
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkDenied(t, denied[name], row.denied)
		})
	}
}
