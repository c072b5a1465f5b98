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

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// TestCustomerAccountValues_HaveEachField names the place that a new field of
// juspay.CustomerAccount lacks on the side of Terraform.
func TestCustomerAccountValues_HaveEachField(t *testing.T) {
	t.Parallel()
	attributes := slices.Sorted(maps.Keys(customerAccountAttributes()))
	check.Equal(t, "the names in sampleAccount in helpers_test.go", slices.Sorted(maps.Keys(sampleAccount)), attributes)
	values, _ := customerAccountValues(path.Empty(), vendorRef, juspay.CustomerAccount{})
	check.Equal(t, "the names in customerAccountValues in customer_account_model.go", slices.Sorted(maps.Keys(values)), attributes)
	for field := range reflect.TypeFor[juspay.CustomerAccount]().Fields() {
		if field.Type.Kind() != reflect.String || field.Name == "VPA" || field.Name == "UnknownFieldNames" {
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
			check.Equal(t, "whether customerAccountValues has null for "+name+" of an account that has it", values[name].IsNull(), false)
		})
	}
	for field := range reflect.TypeFor[juspay.Unreadable]().Fields() {
		t.Run("unreadable "+field.Name, func(t *testing.T) {
			t.Parallel()
			var unreadable juspay.Unreadable
			reflect.ValueOf(&unreadable).Elem().FieldByName(field.Name).SetBool(true)
			name := attributeOf(field.Name)
			if field.Name == "AccountDetails" {
				name = "validation_status" // which the details could contradict
			}
			var got []string
			for _, warning := range unreadableWarnings(path.Empty(), unreadable) {
				if withPath, ok := warning.(diag.DiagnosticWithPath); ok {
					got = append(got, withPath.Path().String())
				}
			}
			check.Equal(t, "the attributes that unreadableWarnings in customer_account_model.go warns of", got, []string{name})
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
			check.MustNoError(t, "numberOrNull", numberOrNull(literal).As(&number))
			check.Equal(t, literal, number.Text('f', -1), want)
		})
	}
}

func TestUnreadableWarnings(t *testing.T) {
	t.Parallel()
	warnings := unreadableWarnings(elementPath("banh_a"), juspay.Unreadable{ValidationAmount: true, AccountDetails: true})
	const details = "Unreadable value of account_details: Juspay sent the field account_details in a form that the provider does not know. " +
		"Nothing in it could be compared with validation_status and the ids, so a contradiction would not be found. " +
		"With include_vpa = true, such a response is an error. Report the field to Juspay's support."
	checkDiagnostics(t, warnings,
		`accounts["banh_a"].validation_amount: Unreadable value of validation_amount: Juspay sent the field validation_amount `+
			"in a form that the provider does not know. validation_amount is null. The status is not affected. Report the field to Juspay's support.",
		`accounts["banh_a"].validation_status: `+details)
	if warnings.HasError() {
		t.Error("got an error, want warnings only")
	}
	checkDiagnostics(t, unreadableWarnings(path.Empty(), juspay.Unreadable{AccountDetails: true}), "validation_status: "+details)
}
