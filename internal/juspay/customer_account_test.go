// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
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

func decodeResponse(body, wantID string, redact redactor) (CustomerAccount, error) {
	fields, err := decodeObject([]byte(body))
	if err != nil {
		return CustomerAccount{}, err
	}
	return decodeAccount(fields, AccountRef{CustomerID: "shop-12", CustomerAccountID: wantID}, ReadOptions{}, redact)
}

// responseWith returns an otherwise empty response for the account "banh_a" of "cst_a"
// that has fields, a comma-separated list of JSON members.
func responseWith(fields string) string {
	return `{"object":"customer_account","customer_account_id":"banh_a","customer_id":"cst_a",` + fields + `}`
}

func TestDecodeAccount(t *testing.T) {
	t.Parallel()
	got, err := decodeResponse(referenceResponse, "banh_qn2zdmZ4VAEFaBny", redactor{})
	if err != nil || got != referenceAccount {
		t.Errorf("got %+v, %v, want the reference page's account", got, err)
	}

	for name, test := range map[string]struct {
		fields string
		want   CustomerAccount
	}{
		"null is empty":                             {`"account_details":null,"validation_status":null,"validation_amount":null,"currency":null,"date_created":null,"last_validated":null`, CustomerAccount{}},
		"an empty string is empty":                  {`"account_details":"","validation_status":"","validation_amount":"","currency":"","date_created":"","last_validated":""`, CustomerAccount{}},
		"a missing field is empty":                  {`"x":1`, CustomerAccount{}},
		"a null VPA is empty":                       {`"account_details":{"vpa":null}`, CustomerAccount{}},
		"a bank account has no VPA":                 {`"account_details":{"account_number":"000111222333","ifsc":"EXMP0000001"}`, CustomerAccount{}},
		"unknown fields are ignored":                {`"new":{"deep":[1,{"er":null}]},"currency":"INR"`, CustomerAccount{Currency: "INR"}},
		"an unlisted status passes through":         {`"validation_status":"On Hold "`, CustomerAccount{ValidationStatus: "On Hold "}},
		"an amount keeps its digits":                {`"validation_amount":1.10`, CustomerAccount{ValidationAmount: "1.10"}},
		"an amount may be a string":                 {`"validation_amount":"1.10"`, CustomerAccount{ValidationAmount: "1.10"}},
		"an amount may have an exponent":            {`"validation_amount":1.1E+1`, CustomerAccount{ValidationAmount: "1.1E+1"}},
		"an amount may be below zero":               {`"validation_amount":-0.5`, CustomerAccount{ValidationAmount: "-0.5"}},
		"more digits than a float has are kept":     {`"validation_amount":12345678901234567890.123456789`, CustomerAccount{ValidationAmount: "12345678901234567890.123456789"}},
		"a timestamp that is none passes through":   {`"date_created":"yesterday"`, CustomerAccount{DateCreated: "yesterday"}},
		"a timestamp as a number is unreadable":     {`"date_created":1686058189000,"last_validated":1`, CustomerAccount{Unreadable: Unreadable{DateCreated: true, LastValidated: true}}},
		"a timestamp with an escape is unreadable":  {`"date_created":"2023\u001b[2K"`, CustomerAccount{Unreadable: Unreadable{DateCreated: true}}},
		"a very long timestamp is unreadable":       {`"last_validated":"` + strings.Repeat("x", maxText+1) + `"`, CustomerAccount{Unreadable: Unreadable{LastValidated: true}}},
		"an amount in words is unreadable":          {`"validation_amount":"1,000.00"`, CustomerAccount{Unreadable: Unreadable{ValidationAmount: true}}},
		"an amount that is NaN is unreadable":       {`"validation_amount":"NaN"`, CustomerAccount{Unreadable: Unreadable{ValidationAmount: true}}},
		"a huge exponent is unreadable":             {`"validation_amount":1e400`, CustomerAccount{Unreadable: Unreadable{ValidationAmount: true}}},
		"an amount of 31 digits is unreadable":      {`"validation_amount":` + strings.Repeat("9", 31), CustomerAccount{Unreadable: Unreadable{ValidationAmount: true}}},
		"an amount in hexadecimal is unreadable":    {`"validation_amount":"0x10"`, CustomerAccount{Unreadable: Unreadable{ValidationAmount: true}}},
		"an amount with a space is unreadable":      {`"validation_amount":" 1.0"`, CustomerAccount{Unreadable: Unreadable{ValidationAmount: true}}},
		"an amount that is true is unreadable":      {`"validation_amount":true`, CustomerAccount{Unreadable: Unreadable{ValidationAmount: true}}},
		"an amount that is an object is unreadable": {`"validation_amount":{}`, CustomerAccount{Unreadable: Unreadable{ValidationAmount: true}}},
		"a status of 1 KiB is read":                 {`"validation_status":"` + strings.Repeat("x", maxText) + `"`, CustomerAccount{ValidationStatus: ValidationStatus(strings.Repeat("x", maxText))}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := decodeResponse(responseWith(test.fields), "banh_a", redactor{})
			if err != nil || got != test.want {
				t.Errorf("got %+v, %v, want %+v", got, err, test.want)
			}
		})
	}
}

// Without the VPA, account_details are information only.
func TestDecodeAccount_DetailsWithoutTheVPA(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		details string
		want    CustomerAccount
		err     string
	}{
		"an object is dropped":                {`{"vpa":"a@b"}`, CustomerAccount{}, ""},
		"null is accepted":                    {`null`, CustomerAccount{}, ""},
		"an empty text is accepted":           {`""`, CustomerAccount{}, ""},
		"a text is unreadable":                {`"a@b"`, CustomerAccount{Unreadable: Unreadable{AccountDetails: true}}, ""},
		"a list is unreadable":                {`[{"vpa":"a@b"}]`, CustomerAccount{Unreadable: Unreadable{AccountDetails: true}}, ""},
		"a field twice is refused":            {`{"vpa":"a@b","vpa":"c@d"}`, CustomerAccount{}, "the response's field account_details is not an object with each field once"},
		"a sign of a refused account is kept": {`{"blocked":true}`, CustomerAccount{}, "the field blocked (true) suggests that the account must not be used"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fields, err := decodeObject([]byte(responseWith(`"account_details":` + test.details)))
			if err != nil {
				t.Fatal(err)
			}
			got, err := decodeAccount(fields, accountA, ReadOptions{OmitVPA: true}, redactor{})
			checkMessage(t, err, test.err)
			if got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

// manyFields are members that are small, and take much memory once split.
var manyFields = func() string {
	var members []string
	for i := range 200 {
		members = append(members, fmt.Sprintf(`"x%d":1`, i))
	}
	return strings.Join(members, ",")
}()

func TestDecodeAccount_Refuses(t *testing.T) {
	t.Parallel()
	const (
		notJSON   = "the response is not JSON"
		notObject = "the response is JSON, but not an object"
		notText   = " is not a string without control characters of at most 1 KiB"
	)
	for name, test := range map[string]struct{ body, want string }{
		"nothing":                       {"", notJSON},
		"whitespace":                    {" \n", notJSON},
		"HTML":                          {"<html>sign in</html>", notJSON},
		"a body cut off":                {referenceResponse[:200], notJSON},
		"a body cut off in a name":      {`{"obj`, notJSON},
		"a body cut off after a name":   {`{"object"`, notJSON},
		"a body without its last byte":  {referenceResponse[:len(referenceResponse)-1], notJSON},
		"something after the object":    {referenceResponse + "{}", notJSON},
		"a name that is no string":      {`{1:2}`, notJSON},
		"text that is not UTF-8":        {responseWith("\"currency\":\"\xff\""), notJSON},
		"very deep nesting":             {responseWith(`"x":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)), notJSON},
		"a byte order mark":             {"\ufeff{}", notJSON},
		"objects nested very deep":      {responseWith(`"x":` + strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000)), notJSON},
		"an array":                      {"[]", notObject},
		"null":                          {"null", notObject},
		"a string":                      {`"customer_account"`, notObject},
		"a number":                      {"1", notObject},
		"no object":                     {`{"customer_account_id":"banh_a"}`, `the response's field object is not "customer_account"`},
		"another object":                {`{"object":"customer","customer_account_id":"banh_a"}`, `the response's field object is not "customer_account"`},
		"an object that is personal":    {`{"object":"someone@bank"}`, `the response's field object is not "customer_account"`},
		"an object that is the key":     {`{"object":"fake-key"}`, `the response's field object is not "customer_account"`},
		"an account that is a number":   {`{"object":"customer_account","customer_account_id":"000111222333"}`, `the response is for the account "***"; "banh_a" was requested`},
		"another account":               {`{"object":"customer_account","customer_account_id":"banh_b"}`, `the response is for the account "banh_b"; "banh_a" was requested`},
		"an account of another case":    {`{"object":"customer_account","customer_account_id":"BANH_A"}`, `the response is for the account "BANH_A"; "banh_a" was requested`},
		"no account id":                 {`{"object":"customer_account"}`, `the response has no customer_account_id; "banh_a" was requested`},
		"a field twice":                 {responseWith(`"validation_status":"FAILURE","validation_status":"ACTIVE"`), "the response has two fields of one name"},
		"very many fields":              {responseWith(manyFields), "the response has more than 200 fields"},
		"a VPA twice":                   {responseWith(`"account_details":{"vpa":"a@b","vpa":"c@d"}`), "the response's field account_details is not an object with each field once"},
		"a status that is a number":     {responseWith(`"validation_status":1`), "the response's field validation_status" + notText},
		"two fields that are wrong":     {responseWith(`"validation_status":1,"currency":1`), "the response's field validation_status" + notText},
		"a VPA that is an object":       {responseWith(`"account_details":{"vpa":{}}`), "the response's field vpa" + notText},
		"a status with an escape":       {responseWith(`"validation_status":"ACTIVE\u001b[2K"`), "the response's field validation_status" + notText},
		"a status with a line break":    {responseWith(`"validation_status":"FAILURE\r\nACTIVE"`), "the response's field validation_status" + notText},
		"a status that reads backwards": {responseWith(`"validation_status":"\u202eEVITCA"`), "the response's field validation_status" + notText},
		"a status of over 1 KiB":        {responseWith(`"validation_status":"` + strings.Repeat("x", maxText+1) + `"`), "the response's field validation_status" + notText},
		"a currency with an escape":     {responseWith(`"currency":"\u009b2K"`), "the response's field currency" + notText},
		"a VPA with a zero-width space": {responseWith(`"account_details":{"vpa":"a\u200b@b"}`), "the response's field vpa" + notText},
		"details that are a string":     {responseWith(`"account_details":"a@b"`), "the response's field account_details is not an object with each field once"},
		"details that are an array":     {responseWith(`"account_details":[]`), "the response's field account_details is not an object with each field once"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := decodeResponse(test.body, "banh_a", newRedactor("fake-key"))
			checkMessage(t, err, test.want)
			if got != (CustomerAccount{}) {
				t.Errorf("got %+v with an error", got)
			}
			if errors.Is(err, errNotJSON) != (test.want == notJSON) {
				t.Errorf("errors.Is(err, errNotJSON) is %t", errors.Is(err, errNotJSON))
			}
		})
	}
}

func TestDecodeAccount_DocumentedStatuses(t *testing.T) {
	t.Parallel()
	if got, want := ValidationStatuses(), []ValidationStatus{"CREATED", "PENDING", "ACTIVE", "FAILURE"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// FuzzDecodeAccount holds what every response must keep to: no panic, no account
// with an error, no account under another id, and nothing but what the JSON
// says where encoding/json agrees that it is JSON.
func FuzzDecodeAccount(f *testing.F) {
	f.Add([]byte(referenceResponse), "banh_qn2zdmZ4VAEFaBny")
	f.Add([]byte(responseWith(`"validation_amount":"1.10","account_details":{"vpa":null}`)), "banh_a")
	f.Add([]byte(responseWith(`"validation_status":"A","validation_status":"B"`)), "banh_a")
	f.Add([]byte("[]"), "")
	f.Add([]byte("\xff"), "\xff")
	f.Fuzz(func(t *testing.T, body []byte, id string) {
		account, err := decodeResponse(string(body), id, redactor{})
		if err != nil {
			if account != (CustomerAccount{}) {
				t.Fatalf("%+v beside the error %v", account, err)
			}
			return
		}
		var plain map[string]any
		if err := json.Unmarshal(body, &plain); err != nil {
			t.Fatalf("accepted what encoding/json refuses: %v", err)
		}
		if plain["object"] != "customer_account" || id != "" && plain["customer_account_id"] != id {
			t.Fatalf("accepted %v under the id %q", plain, id)
		}
		if customer, _ := plain["customer_id"].(string); customer != "shop-12" && !strings.HasPrefix(customer, "cst_") {
			t.Fatalf("accepted %v of another customer", plain)
		}
		if status, _ := plain["validation_status"].(string); status != string(account.ValidationStatus) {
			t.Fatalf("status %q became %q", status, account.ValidationStatus)
		}
	})
}
