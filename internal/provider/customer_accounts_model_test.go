// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"fmt"
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// The data source and the ephemeral resource return the same, and both ways to name
// accounts compute the same from the same accounts.
func TestReadAccounts(t *testing.T) {
	t.Parallel()
	element := func(changes tfObject) tftypes.Value {
		values := sampleAccountWith(tfObject{"routing_id": text("order-12")})
		maps.Copy(values, changes)
		return tftypes.NewValue(accountObjectType, values)
	}
	failed := element(tfObject{
		"customer_account_id": text("banh_b"), "validation_status": text("FAILURE"), "validation_amount": number("1.1"),
		"date_created": text("yesterday"), "last_validated": text(nil),
	})
	both := tfObject{
		"accounts":   tftypes.NewValue(accountsType, map[string]tftypes.Value{"banh_a": element(nil), "banh_b": failed}),
		"vpas":       texts(map[string]any{"banh_a": juspaytest.VPA, "banh_b": nil}),
		"not_active": texts(map[string]any{"banh_b": "FAILURE"}),
		"all_active": boolean(false),
	}
	withoutVPAs := maps.Clone(both)
	withoutVPAs["vpas"] = tftypes.NewValue(stringMapType, nil)
	none := tfObject{"accounts": tftypes.NewValue(accountsType, tfObject{}), "vpas": texts(nil), "not_active": texts(nil), "all_active": boolean(false)}
	named := texts(map[string]any{"banh_a": "cst_a", "banh_b": "cst_a"})
	routing := texts(map[string]any{"cst_a": "order-12", "cst_x": nil})
	warning := []string{`accounts["banh_b"].date_created: Unexpected format of date_created`}
	const path = "/customers/cst_a/customer-accounts/"
	forEach, forList := map[string]int{path + "banh_a order-12": 1, path + "banh_b order-12": 1}, map[string]int{path + "list order-12": 1}
	withoutVPA := func(argument string, value tftypes.Value) tfObject {
		return tfObject{argument: value, "routing_ids": routing, "include_vpa": boolean(false)}
	}
	for name, test := range map[string]struct {
		set, want tfObject
		wantDiags []string
		requests  map[string]int
	}{
		"named accounts":                      {tfObject{"customer_ids": named, "routing_ids": routing}, both, warning, forEach},
		"accounts of a customer":              {tfObject{"customer_id": text("cst_a"), "routing_ids": routing}, both, warning, forList},
		"named accounts without VPAs":         {withoutVPA("customer_ids", named), withoutVPAs, warning, forEach},
		"accounts of a customer without VPAs": {withoutVPA("customer_id", text("cst_a")), withoutVPAs, warning, forList},
		"an unknown account": {tfObject{"customer_ids": texts(map[string]any{"banh_x": "cst_a"})}, nil,
			[]string{`customer_ids["banh_x"]: Customer account not found`}, map[string]int{path + "banh_x cst_a": 1}},
		"no accounts named":      {tfObject{"customer_ids": texts(nil)}, none, nil, nil},
		"a customer without any": {tfObject{"customer_id": text("cst_x")}, none, nil, map[string]int{"/customers/cst_x/customer-accounts/list cst_x": 1}},
	} {
		for what, read := range readers {
			t.Run(name+", "+what, func(t *testing.T) {
				t.Parallel()
				api := acctest.StartAPI(t)
				api.Put(juspaytest.NewAccount("cst_a", "banh_b").WithBankDetails().With("validation_status", "FAILURE").
					With("validation_amount", json.RawMessage("1.10")).With("date_created", "yesterday").With("last_validated", nil))
				got, diags := read(t, configuredServer(t, api, nil), typeAccounts, test.set)
				want := withNulls(t, typeAccounts, test.set)
				maps.Copy(want, test.want)
				checkEqual(t, "the values", got, want)
				checkLocated(t, "the diagnostics", diags, test.wantDiags...)
				requests := map[string]int{}
				for _, r := range api.Requests() {
					requests[r.Target+" "+r.Header.Get("X-Routing-Id")]++
				}
				checkEqual(t, "the requests", requests, test.requests)
			})
		}
	}
}

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
				results = append(results, accountResult{ref, juspay.Result{Account: juspay.CustomerAccount{ValidationStatus: status}}})
			}
			values, diags := customerAccountsValues(results, false)
			checkProblems(t, diags)
			checkEqual(t, name+": all_active", values["all_active"], boolean(test.allActive))
			checkEqual(t, name+": not_active", values["not_active"], texts(test.notActive))
		})
	}
}

func TestCustomerAccountsValues_CapsWarnings(t *testing.T) {
	t.Parallel()
	results := failedReads(make([]error, 31)...)
	for i := range results {
		results[i].result.Account.LastValidated = "last week"
	}
	_, diags := customerAccountsValues(results, false)
	checkEqual(t, "the number of warnings", diags.WarningsCount(), maxReported+1)
	checkProblems(t, diags[maxReported:], `accounts["banh_19"].last_validated: More warnings: There are 11 more such warnings.`)
}
