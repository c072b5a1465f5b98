// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// The data source and the ephemeral resource return the same through Terraform's
// protocol: values, nulls, warnings or an error. The customer_id stays as configured,
// though Juspay sends its own id.
func TestReadAccount(t *testing.T) {
	t.Parallel()
	account := juspaytest.NewAccount("cst_a", "banh_a")
	full := sampleAccountWith(tfObject{"customer_id": tfString("shop-12"), "routing_id": tfString("order-12"), "vpa": tfString(juspaytest.VPA)})
	with := func(name, value string) tfObject {
		values := maps.Clone(full)
		values[name] = tfString(value)
		return values
	}
	without := func(names ...string) tfObject {
		values := maps.Clone(full)
		for _, name := range names {
			delete(values, name)
		}
		return values
	}
	emptied := func(value any) juspaytest.Account {
		empty := account
		for name := range account {
			if name != "object" && !strings.HasSuffix(name, "_id") {
				empty = empty.With(name, value)
			}
		}
		return empty
	}
	onlyRouting := tfObject{"routing_id": tfString("order-12")}
	for name, test := range map[string]struct {
		fault     juspaytest.Fault
		want      tfObject
		wantDiags []string
	}{
		"an account": {juspaytest.Fault{Body: account}, full, nil},
		"only the id": {juspaytest.Fault{Body: `{"object":"customer_account","customer_account_id":"banh_a","customer_id":"cst_a"}`}, onlyRouting,
			nil},
		"fields that are empty strings": {juspaytest.Fault{Body: emptied("")}, onlyRouting, nil},
		"fields that are null":          {juspaytest.Fault{Body: emptied(nil)}, onlyRouting, nil},
		"a date in another form": {juspaytest.Fault{Body: account.With("date_created", "yesterday")}, with("date_created", "yesterday"),
			[]string{"date_created: Unexpected format of date_created"}},
		"fields in unknown forms": {juspaytest.Fault{Body: account.With("validation_amount", "1,000.00").With("date_created", 1686058189000).
			With("last_validated", 1)},
			without("validation_amount", "date_created", "last_validated"), []string{
				"date_created: Unreadable value of date_created", "last_validated: Unreadable value of last_validated",
				"validation_amount: Unreadable value of validation_amount",
			}},
		"gzip that is none": {juspaytest.Fault{Body: "zip", Header: http.Header{"Content-Encoding": {"gzip"}}}, onlyRouting,
			[]string{"-: Connection to Juspay failed"}},
		"an encoding nobody knows": {juspaytest.Fault{Body: "\x28\xb5\x2f\xfd", Header: http.Header{"Content-Encoding": {"zstd"}}}, onlyRouting,
			[]string{"-: Response is not JSON"}},
		"an account under 206": {juspaytest.Fault{Status: 206, Body: account}, onlyRouting, []string{"-: Response not from Juspay"}},
		"a rejected key":       {juspaytest.Fault{Status: 401}, onlyRouting, []string{"-: API key rejected"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := acctest.StartAPI(t)
			api.Fail(test.fault)
			set := tfObject{"customer_id": tfString("shop-12"), "customer_account_id": tfString("banh_a"), "routing_id": tfString("order-12")}
			want := withNulls(t, typeAccount, set)
			maps.Copy(want, test.want)
			for what, read := range readers {
				got, diags := read(t, configuredServer(t, api, tfObject{"max_retries": tfNumber("0")}), typeAccount, set)
				checkEqual(t, what, got, want)
				checkLocated(t, what, diags, test.wantDiags...)
			}
			for _, request := range api.Requests() {
				checkEqual(t, "X-Routing-Id", request.Header.Get("X-Routing-Id"), "order-12")
			}
		})
	}
}

func TestReadArguments(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		arguments tfObject
		want      readArguments
	}{
		"by default": {tfObject{"include_vpa": tfBool(nil), "wait_for_validation": tfBool(nil), "timeouts": timeouts(nil)},
			readArguments{timeout: 5 * time.Minute}},
		"with VPAs":    {tfObject{"include_vpa": tfBool(true)}, readArguments{timeout: 5 * time.Minute}},
		"without VPAs": {tfObject{"include_vpa": tfBool(false)}, readArguments{timeout: 5 * time.Minute, options: juspay.ReadOptions{OmitVPA: true}}},
		"waiting": {tfObject{"wait_for_validation": tfBool(true)}, readArguments{timeout: 5 * time.Minute,
			options: juspay.ReadOptions{WaitForValidation: true}}},
		"not waiting":        {tfObject{"wait_for_validation": tfBool(false)}, readArguments{timeout: 5 * time.Minute}},
		"with a timeout set": {tfObject{"timeouts": timeouts("90s")}, readArguments{timeout: 90 * time.Second}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := newReadArguments(test.arguments); got != test.want {
				t.Errorf("%s: got %+v, want %+v", name, got, test.want)
			}
		})
	}
}

// The data source and the ephemeral resource return the same, and both ways to name
// accounts compute the same from the same accounts.
func TestReadAccounts(t *testing.T) {
	t.Parallel()
	element := func(changes tfObject) tftypes.Value {
		values := sampleAccountWith(tfObject{"routing_id": tfString("order-12")})
		maps.Copy(values, changes)
		return tftypes.NewValue(accountObjectType, values)
	}
	failed := element(tfObject{
		"customer_account_id": tfString("banh_b"), "validation_status": tfString("FAILURE"), "validation_amount": tfNumber("1.1"),
		"date_created": tfString("yesterday"), "last_validated": tfString(nil),
	})
	both := tfObject{
		"accounts":   tftypes.NewValue(accountsType, map[string]tftypes.Value{"banh_a": element(nil), "banh_b": failed}),
		"vpas":       tfStrings(map[string]any{"banh_a": juspaytest.VPA, "banh_b": nil}),
		"not_active": tfStrings(map[string]any{"banh_b": "FAILURE"}),
		"all_active": tfBool(false),
	}
	withoutVPAs := maps.Clone(both)
	withoutVPAs["vpas"] = tftypes.NewValue(stringMapType, nil)
	none := tfObject{"accounts": tftypes.NewValue(accountsType, tfObject{}), "vpas": tfStrings(nil), "not_active": tfStrings(nil), "all_active": tfBool(false)}
	named := tfStrings(map[string]any{"banh_a": "cst_a", "banh_b": "cst_a"})
	routing := tfStrings(map[string]any{"cst_a": "order-12", "cst_x": nil})
	warning := []string{`accounts["banh_b"].date_created: Unexpected format of date_created`}
	const path = "/customers/cst_a/customer-accounts/"
	forEach, forList := map[string]int{path + "banh_a order-12": 1, path + "banh_b order-12": 1}, map[string]int{path + "list order-12": 1}
	withoutVPA := func(argument string, value tftypes.Value) tfObject {
		return tfObject{argument: value, "routing_ids": routing, "include_vpa": tfBool(false)}
	}
	for name, test := range map[string]struct {
		set, want tfObject
		wantDiags []string
		requests  map[string]int
	}{
		"named accounts":                      {tfObject{"customer_ids": named, "routing_ids": routing}, both, warning, forEach},
		"accounts of a customer":              {tfObject{"customer_id": tfString("cst_a"), "routing_ids": routing}, both, warning, forList},
		"named accounts without VPAs":         {withoutVPA("customer_ids", named), withoutVPAs, warning, forEach},
		"accounts of a customer without VPAs": {withoutVPA("customer_id", tfString("cst_a")), withoutVPAs, warning, forList},
		"an unknown account": {tfObject{"customer_ids": tfStrings(map[string]any{"banh_x": "cst_a"})}, nil,
			[]string{`customer_ids["banh_x"]: Customer account not found`}, map[string]int{path + "banh_x cst_a": 1}},
		"no accounts named":      {tfObject{"customer_ids": tfStrings(nil)}, none, nil, nil},
		"a customer without any": {tfObject{"customer_id": tfString("cst_x")}, none, nil, map[string]int{"/customers/cst_x/customer-accounts/list cst_x": 1}},
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

// Should a hostile argument ever get past Terraform's validation, the client refuses it too.
func TestReadAccount_InvalidArguments(t *testing.T) {
	t.Parallel()
	api := acctest.StartAPI(t)
	_, diags := readData(t, configuredServer(t, api, nil), typeAccount, tfObject{"customer_id": tfString("cst_a"), "customer_account_id": tfString("..")})
	checkLocated(t, "read", diags, "-: Customer account not read")
	checkRequests(t, api, 0)
}
