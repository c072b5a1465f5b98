// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/fields"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/redact"
)

// referenceResponse is the 200 sample of the reference page.
const referenceResponse = `{
    "object": "customer_account",
    "customer_account_id": "banh_qn2zdmZ4VAEFaBny",
    "customer_id": "cst_zqqmw0v4exbhvv2l",
    "date_created": "2023-06-06T13:29:49Z",
    "account_details": {
        "vpa": "4225246777@yesg"
    },
    "validation_amount": 1.0,
    "currency": "INR",
    "validation_status": "ACTIVE",
    "last_validated": "2023-06-06T13:29:53Z"
}`

var referenceAccount = CustomerAccount{
	VPA:              "4225246777@yesg",
	ValidationStatus: StatusActive,
	ValidationAmount: "1.0",
	Currency:         "INR",
	DateCreated:      "2023-06-06T13:29:49Z",
	LastValidated:    "2023-06-06T13:29:53Z",
}

// The fake's account has the fields of the reference page's sample.
func TestCustomerAccount_OfTheFakeIsTheReferenceResponse(t *testing.T) {
	t.Parallel()
	sample := juspaytest.NewAccount("cst_zqqmw0v4exbhvv2l", "banh_qn2zdmZ4VAEFaBny")
	for name, want := range check.Must(fields.Split([]byte(referenceResponse))) {
		got := check.MustJSON(sample[name])
		if want := check.MustJSON(want); got != want {
			t.Errorf("%s of NewAccount: got %s, want %s as on the reference page", name, got, want)
		}
	}
}

// accountFieldNames maps each field of CustomerAccount that has the value of one field of a
// response to the name of that field.
func accountFieldNames() map[string]string {
	names := map[string]string{}
	for field := range reflect.TypeFor[CustomerAccount]().Fields() {
		switch field.Name {
		case "VPA", "Unreadable", "UnknownFieldNames": // a field of account_details, and what the decoder reports
		default:
			names[field.Name] = strings.TrimPrefix(strings.ToLower(capitalRE.ReplaceAllString(field.Name, "_$0")), "_")
		}
	}
	return names
}

var capitalRE = regexp.MustCompile("[A-Z]")

// TestCustomerAccount_EachFieldIsDecoded names the place that a new field of CustomerAccount
// lacks: the table of known fields, the fake's account, the decoder, or Unreadable.
func TestCustomerAccount_EachFieldIsDecoded(t *testing.T) {
	t.Parallel()
	sample := juspaytest.NewAccount("cst_a", "banh_a")
	for field, name := range accountFieldNames() {
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			if !fields.IsDocumented(name) {
				t.Errorf("internal/juspay/fields/known.tsv: got no %q in the row page, want it there, or responses with it have an unknown field", name)
			}
			if _, sent := sample[name]; !sent {
				t.Errorf("NewAccount in juspaytest/account.go: got no %q, want it there, or no test receives it", name)
			}
			account, err := accountFromBody(check.MustJSON(sample.With(name, "1")), "banh_a", redact.Redactor{})
			if got := reflect.ValueOf(account).FieldByName(field).String(); got != "1" {
				t.Errorf(`decodeAccount in decode_accounts.go: got %s %q (%v) of a response with %s "1", want "1"`, field, got, err, name)
			}
			if field == "ValidationStatus" {
				return // the read fails if it is in an unknown form
			}
			account, err = accountFromBody(check.MustJSON(sample.With(name, []int{1})), "banh_a", redact.Redactor{})
			if flag := reflect.ValueOf(account.Unreadable).FieldByName(field); !flag.IsValid() || !flag.Bool() {
				t.Errorf("Unreadable in customer_account.go, and decodeAccount: got no %s (%v) of a response with a list as %s, want it true", field, err, name)
			}
		})
	}
}
