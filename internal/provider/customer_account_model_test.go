// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"maps"
	"math/big"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"

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
	full := sampleAccountWith(tfObject{"customer_id": text("shop-12"), "routing_id": text("order-12"), "vpa": text(juspaytest.VPA)})
	with := func(name, value string) tfObject {
		values := maps.Clone(full)
		values[name] = text(value)
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
	onlyRouting := tfObject{"routing_id": text("order-12")}
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
			set := tfObject{"customer_id": text("shop-12"), "customer_account_id": text("banh_a"), "routing_id": text("order-12")}
			want := withNulls(t, typeAccount, set)
			maps.Copy(want, test.want)
			for what, read := range readers {
				got, diags := read(t, configuredServer(t, api, tfObject{"max_retries": number("0")}), typeAccount, set)
				checkEqual(t, what, got, want)
				checkLocated(t, what, diags, test.wantDiags...)
			}
			for _, request := range api.Requests() {
				checkEqual(t, "X-Routing-Id", request.Header.Get("X-Routing-Id"), "order-12")
			}
		})
	}
}

// TestCustomerAccountValues_HaveEachField names the place that a new field of
// juspay.CustomerAccount lacks on the side of Terraform.
func TestCustomerAccountValues_HaveEachField(t *testing.T) {
	t.Parallel()
	attributes := slices.Sorted(maps.Keys(customerAccountAttributes()))
	checkEqual(t, "the names in sampleAccount in helpers_test.go", slices.Sorted(maps.Keys(sampleAccount)), attributes)
	values, _ := customerAccountValues(path.Empty(), vendorRef, juspay.CustomerAccount{})
	checkEqual(t, "the names in customerAccountValues in customer_account_model.go", slices.Sorted(maps.Keys(values)), attributes)
	for field := range reflect.TypeFor[juspay.CustomerAccount]().Fields() {
		if field.Type.Kind() != reflect.String || field.Name == "VPA" || field.Name == "UnknownFields" {
			continue
		}
		t.Run(field.Name, func(t *testing.T) {
			t.Parallel()
			name := attributeOf(field.Name)
			if !slices.Contains(attributes, name) {
				t.Fatalf("customerAccountAttributes in customer_account_model.go: got %q, want %q too", attributes, name)
			}
			var account juspay.CustomerAccount
			reflect.ValueOf(&account).Elem().FieldByName(field.Name).SetString("1")
			values, _ := customerAccountValues(path.Empty(), vendorRef, account)
			checkEqual(t, "whether customerAccountValues has null for "+name+" of an account that has it", values[name].IsNull(), false)
		})
	}
	for field := range reflect.TypeFor[juspay.Unreadable]().Fields() {
		t.Run("unreadable "+field.Name, func(t *testing.T) {
			t.Parallel()
			var unreadable juspay.Unreadable
			reflect.ValueOf(&unreadable).Elem().FieldByName(field.Name).SetBool(true)
			checkEqual(t, "the number of warnings of unreadableWarnings", len(unreadableWarnings(path.Empty(), vendorRef, unreadable)), 1)
		})
	}
}

// attributeOf returns the name of the attribute for a field of juspay.CustomerAccount.
func attributeOf(field string) string {
	return strings.TrimPrefix(strings.ToLower(regexp.MustCompile("[A-Z]").ReplaceAllString(field, "_$0")), "_")
}

func TestReadConfig(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config tfObject
		want   readConfig
	}{
		"by default": {tfObject{"include_vpa": boolean(nil), "wait_for_validation": boolean(nil), "timeouts": timeouts(nil)},
			readConfig{timeout: 5 * time.Minute}},
		"with VPAs":    {tfObject{"include_vpa": boolean(true)}, readConfig{timeout: 5 * time.Minute}},
		"without VPAs": {tfObject{"include_vpa": boolean(false)}, readConfig{timeout: 5 * time.Minute, options: juspay.ReadOptions{OmitVPA: true}}},
		"waiting": {tfObject{"wait_for_validation": boolean(true)}, readConfig{timeout: 5 * time.Minute,
			options: juspay.ReadOptions{WaitForValidation: true}}},
		"not waiting":        {tfObject{"wait_for_validation": boolean(false)}, readConfig{timeout: 5 * time.Minute}},
		"with a timeout set": {tfObject{"timeouts": timeouts("90s")}, readConfig{timeout: 90 * time.Second}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := newReadConfig(test.config); got != test.want {
				t.Errorf("%s: got %+v, want %+v", name, got, test.want)
			}
		})
	}
}

// Terraform parses numbers from their decimal digits, so the digits must be exact.
func TestCustomerAccountValues_ExactAmounts(t *testing.T) {
	t.Parallel()
	for literal, want := range map[string]string{
		"1.10":                           "1.1",
		"0.1":                            "0.1",
		"1.1E+1":                         "11",
		"-0.30":                          "-0.3",
		"12345678901234567890.123456789": "12345678901234567890.123456789",
		"1e99":                           "1" + strings.Repeat("0", 99),
	} {
		t.Run(literal, func(t *testing.T) {
			t.Parallel()
			var number big.Float
			acctest.NoError(t, numberOrNull(literal).As(&number))
			checkEqual(t, literal, number.Text('f', -1), want)
		})
	}
}

func TestTimestamps(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]string{
		"2023-06-06T13:29:49Z":            "2023-06-06T13:29:49Z",
		"2023-06-06T18:59:49+05:30":       "2023-06-06T13:29:49Z",
		"2023-01-01T00:15:00.120+05:30":   "2022-12-31T18:45:00.12Z",
		"2024-02-29T23:59:59.999999999Z":  "2024-02-29T23:59:59.999999999Z",
		"0001-01-01T00:00:00Z":            "0001-01-01T00:00:00Z",
		"9999-12-31T23:59:59-00:30":       "", // the year 10000 in UTC
		"2023-02-29T00:00:00Z":            "",
		"2023-06-06T13:29:49":             "",
		"2023-06-06 13:29:49Z":            "",
		"2023-06-06T3:29:49Z":             "",
		"2023-06-06T13:29:49,5Z":          "",
		"2023-06-06T13:29:49+25:00":       "",
		"1686058189":                      "",
		"yesterday":                       "",
		" 2023-06-06T13:29:49Z":           "",
		"2023-06-06T13:29:49Z\n":          "",
		"Tue, 06 Jun 2023 13:29:49 +0000": "",
	} {
		t.Run(sent, func(t *testing.T) {
			t.Parallel()
			wantDiags := []string(nil)
			if want == "" {
				want = sent
				for _, name := range []string{"date_created", "last_validated"} {
					wantDiags = append(wantDiags, name+": Unexpected format of "+name+": Juspay sent a value for "+name+" that is not a timestamp in RFC 3339, "+
						"the format that Terraform's functions take. It is passed through unchanged, so that timecmp and validated_within fail on it. Report it to Juspay's "+
						"support.")
				}
			}
			values, diags := customerAccountValues(path.Empty(), vendorRef, juspay.CustomerAccount{DateCreated: sent, LastValidated: sent})
			checkEqual(t, "date_created", stringValue(values["date_created"]), want)
			checkEqual(t, "last_validated", stringValue(values["last_validated"]), want)
			checkProblems(t, diags, wantDiags...)
			checkEqual(t, "whether it is an error", diags.HasError(), false)
		})
	}
}

func TestUnreadableWarnings(t *testing.T) {
	t.Parallel()
	warnings := unreadableWarnings(elementPath("banh_a"), vendorRef, juspay.Unreadable{ValidationAmount: true, AccountDetails: true})
	const remedy = " is null. The status is not affected. Report the field to Juspay's support."
	checkProblems(t, warnings,
		`accounts["banh_a"].validation_amount: Unreadable value of validation_amount: Juspay sent the field validation_amount `+
			"in a form that the provider does not know. validation_amount"+remedy,
		`vpas["banh_a"]: Unreadable value of vpa: Juspay sent the field account_details in a form that the provider does not know. vpa`+remedy)
	checkEqual(t, "whether it is an error", warnings.HasError(), false)
	checkProblems(t, unreadableWarnings(path.Empty(), vendorRef, juspay.Unreadable{AccountDetails: true}),
		"vpa: Unreadable value of vpa: Juspay sent the field account_details in a form that the provider does not know. vpa"+remedy)
}
