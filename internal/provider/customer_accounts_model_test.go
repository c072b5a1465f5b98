// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

func TestCustomerAccountsValues_AllActive(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		statuses  []juspay.ValidationStatus
		notActive map[string]any
		allActive bool
	}{
		"no account":           {nil, nil, false},
		"one active account":   {[]juspay.ValidationStatus{"ACTIVE"}, nil, true},
		"all accounts active":  {[]juspay.ValidationStatus{"ACTIVE", "ACTIVE"}, nil, true},
		"some accounts active": {[]juspay.ValidationStatus{"ACTIVE", "FAILURE", "CREATED"}, map[string]any{"banh_1": "FAILURE", "banh_2": "CREATED"}, false},
		"no status":            {[]juspay.ValidationStatus{"ACTIVE", ""}, map[string]any{"banh_1": nil}, false},
		"a new status":         {[]juspay.ValidationStatus{"ACTIVE", "RETIRED"}, map[string]any{"banh_1": "RETIRED"}, false},
		"another case":         {[]juspay.ValidationStatus{"active"}, map[string]any{"banh_0": "active"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var results []accountResult
			for i, status := range test.statuses {
				ref := accountRef("cst_x", fmt.Sprintf("banh_%d", i), "")
				results = append(results, accountResult{ref: ref, result: juspay.Result{Account: juspay.CustomerAccount{ValidationStatus: status}}})
			}
			values, diags := customerAccountsValues(results, juspay.ReadOptions{})
			checkDiagnostics(t, diags)
			check.Equal(t, name+": all_active", values["all_active"], tfBool(test.allActive))
			check.Equal(t, name+": not_active", values["not_active"], tfStrings(test.notActive))
		})
	}
}

func TestCustomerAccountsValues_NamesTheAccountInWarnings(t *testing.T) {
	t.Parallel()
	unreadable := juspay.CustomerAccount{ValidationStatus: "ACTIVE", DateCreated: "yesterday", Unreadable: juspay.Unreadable{Currency: true}}
	_, warnings := customerAccountsValues([]accountResult{
		{ref: accountRef("cst_a", "banh_a", ""), result: juspay.Result{Account: juspay.CustomerAccount{ValidationStatus: "ACTIVE"}}},
		{ref: accountRef("cst_a", "919876543210", ""), result: juspay.Result{Account: unreadable}},
	}, juspay.ReadOptions{OmitVPA: true})
	checkDiagnostics(t, warnings,
		`accounts["919876543210"].date_created: Unexpected format of date_created: accounts["91***"]: Juspay sent a value for date_created that is not a `+
			"timestamp in RFC 3339, the format that Terraform's functions take. It is passed through unchanged, so that timecmp and validated_within fail on it. "+
			"Report it to Juspay's support.",
		`accounts["919876543210"].currency: Unreadable value of currency: accounts["91***"]: Juspay sent the field currency in a form that the provider does not `+
			"know. currency is null. The status is not affected. Report the field to Juspay's support.")
	check.Equal(t, "whether an error is among them", warnings.HasError(), false)
}

func TestCustomerAccountsValues_CapsWarnings(t *testing.T) {
	t.Parallel()
	results := failedReads(make([]error, 31)...)
	for i := range results {
		results[i].result.Account.LastValidated = "last week"
	}
	_, diags := customerAccountsValues(results, juspay.ReadOptions{})
	check.Equal(t, "the number of warnings", diags.WarningsCount(), maxReported+1)
	checkDiagnostics(t, diags[maxReported:], `accounts["banh_19"].last_validated: More warnings: There are 11 more such warnings.`)
}
