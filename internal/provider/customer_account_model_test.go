// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"maps"
	"math/big"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

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
			if diags.HasError() {
				t.Error("got an error, want warnings only")
			}
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
	if warnings.HasError() {
		t.Error("got an error, want warnings only")
	}
	checkProblems(t, unreadableWarnings(path.Empty(), vendorRef, juspay.Unreadable{AccountDetails: true}),
		"vpa: Unreadable value of vpa: Juspay sent the field account_details in a form that the provider does not know. vpa"+remedy)
}
