// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// referenceAnswer is the 200 sample of the reference page.
const referenceAnswer = `{
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

// answerWith returns an otherwise empty answer for the account "banh_a" that
// has fields, a comma-separated list of JSON members.
func decodeAnswer(body, wantID string, redact redactor) (CustomerAccount, error) {
	fields, err := decodeObject([]byte(body))
	if err != nil {
		return CustomerAccount{}, err
	}
	return decodeAccount(fields, wantID, ReadOptions{}, redact)
}

func answerWith(fields string) string {
	return `{"object":"customer_account","customer_account_id":"banh_a",` + fields + `}`
}

func TestDecodeAccount(t *testing.T) {
	t.Parallel()
	got, err := decodeAnswer(referenceAnswer, "banh_qn2zdmZ4VAEFaBny", nil)
	if err != nil || got != referenceAccount {
		t.Errorf("got %+v, %v, want the reference page's account", got, err)
	}

	for name, test := range map[string]struct {
		fields string
		want   CustomerAccount
	}{
		"null is empty":                           {`"account_details":null,"validation_status":null,"validation_amount":null,"currency":null,"date_created":null,"last_validated":null`, CustomerAccount{}},
		"an empty string is empty":                {`"account_details":"","validation_status":"","validation_amount":"","currency":"","date_created":"","last_validated":""`, CustomerAccount{}},
		"a missing field is empty":                {`"x":1`, CustomerAccount{}},
		"a null VPA is empty":                     {`"account_details":{"vpa":null}`, CustomerAccount{}},
		"a bank account has no VPA":               {`"account_details":{"account_number":"000111222333","ifsc":"EXMP0000001"}`, CustomerAccount{}},
		"unknown fields are ignored":              {`"new":{"deep":[1,{"er":null}]},"currency":"INR"`, CustomerAccount{Currency: "INR"}},
		"an unlisted status passes through":       {`"validation_status":"On Hold "`, CustomerAccount{ValidationStatus: "On Hold "}},
		"a field of another case is another":      {`"validation_status":"FAILURE","Validation_Status":"ACTIVE"`, CustomerAccount{ValidationStatus: StatusFailure}},
		"an amount keeps its digits":              {`"validation_amount":1.10`, CustomerAccount{ValidationAmount: "1.10"}},
		"an amount may be a string":               {`"validation_amount":"1.10"`, CustomerAccount{ValidationAmount: "1.10"}},
		"an amount may have an exponent":          {`"validation_amount":1.1E+1`, CustomerAccount{ValidationAmount: "1.1E+1"}},
		"an amount may be below zero":             {`"validation_amount":-0.5`, CustomerAccount{ValidationAmount: "-0.5"}},
		"more digits than a float has are kept":   {`"validation_amount":12345678901234567890.123456789`, CustomerAccount{ValidationAmount: "12345678901234567890.123456789"}},
		"a timestamp that is none passes through": {`"date_created":"yesterday"`, CustomerAccount{DateCreated: "yesterday"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := decodeAnswer(answerWith(test.fields), "banh_a", nil)
			if err != nil || got != test.want {
				t.Errorf("got %+v, %v, want %+v", got, err, test.want)
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

func TestDecodeAccountRefuses(t *testing.T) {
	t.Parallel()
	const (
		notJSON   = "the answer is not JSON"
		notObject = "the answer is JSON, but not an object"
		notNumber = "the answer's field validation_amount is not a decimal number of at most 30 digits before and after the point"
	)
	for name, test := range map[string]struct{ body, want string }{
		"nothing":                      {"", notJSON},
		"white space":                  {" \n", notJSON},
		"HTML":                         {"<html>sign in</html>", notJSON},
		"a body cut off":               {referenceAnswer[:200], notJSON},
		"a body cut off in a name":     {`{"obj`, notJSON},
		"a body cut off after a name":  {`{"object"`, notJSON},
		"a body without its last byte": {referenceAnswer[:len(referenceAnswer)-1], notJSON},
		"something after the object":   {referenceAnswer + "{}", notJSON},
		"a name that is no string":     {`{1:2}`, notJSON},
		"text that is not UTF-8":       {answerWith("\"currency\":\"\xff\""), notJSON},
		"very deep nesting":            {answerWith(`"x":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)), notJSON},
		"an array":                     {"[]", notObject},
		"null":                         {"null", notObject},
		"a string":                     {`"customer_account"`, notObject},
		"a number":                     {"1", notObject},
		"no object":                    {`{"customer_account_id":"banh_a"}`, `the answer has no object where "customer_account" was asked for`},
		"another object":               {`{"object":"customer","customer_account_id":"banh_a"}`, `the answer's object is "customer" where "customer_account" was asked for`},
		"an object that is personal":   {`{"object":"someone@bank"}`, `the answer's object is something that is not an identifier where "customer_account" was asked for`},
		"an object that is the key":    {`{"object":"fake-key"}`, `the answer's object is something that is not an identifier where "customer_account" was asked for`},
		"an account that is a number":  {`{"object":"customer_account","customer_account_id":"000111222333"}`, `the answer is for the account something that is not an identifier where "banh_a" was asked for`},
		"another account":              {`{"object":"customer_account","customer_account_id":"banh_b"}`, `the answer is for the account "banh_b" where "banh_a" was asked for`},
		"an account of another case":   {`{"object":"customer_account","customer_account_id":"BANH_A"}`, `the answer is for the account "BANH_A" where "banh_a" was asked for`},
		"no account id":                {`{"object":"customer_account"}`, `the answer names no account where "banh_a" was asked for`},
		"a field twice":                {answerWith(`"validation_status":"FAILURE","validation_status":"ACTIVE"`), "the answer has two fields of one name"},
		"very many fields":             {answerWith(manyFields), "the answer has more than 200 fields"},
		"a VPA twice":                  {answerWith(`"account_details":{"vpa":"a@b","vpa":"c@d"}`), "the answer's field account_details is not an object with each field once"},
		"a status that is a number":    {answerWith(`"validation_status":1`), "the answer's field validation_status is not a string"},
		"a VPA that is an object":      {answerWith(`"account_details":{"vpa":{}}`), "the answer's field vpa is not a string"},
		"details that are a string":    {answerWith(`"account_details":"a@b"`), "the answer's field account_details is not an object with each field once"},
		"details that are an array":    {answerWith(`"account_details":[]`), "the answer's field account_details is not an object with each field once"},
		"an amount that is a word":     {answerWith(`"validation_amount":"NaN"`), notNumber},
		"an amount without bounds":     {answerWith(`"validation_amount":1e400`), notNumber},
		"an amount of many digits":     {answerWith(`"validation_amount":` + strings.Repeat("9", 31)), notNumber},
		"an amount in hexadecimal":     {answerWith(`"validation_amount":"0x10"`), notNumber},
		"an amount with a space":       {answerWith(`"validation_amount":" 1.0"`), notNumber},
		"an amount that is true":       {answerWith(`"validation_amount":true`), notNumber},
		"an amount that is an object":  {answerWith(`"validation_amount":{}`), notNumber},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := decodeAnswer(test.body, "banh_a", newRedactor("fake-key"))
			checkMessage(t, err, test.want)
			if got != (CustomerAccount{}) {
				t.Errorf("got %+v beside an error", got)
			}
			if errors.Is(err, errNotJSON) != (test.want == notJSON) {
				t.Errorf("errors.Is(err, errNotJSON) is %t", errors.Is(err, errNotJSON))
			}
		})
	}
}

func TestEveryStatusHasAMeaning(t *testing.T) {
	t.Parallel()
	for _, status := range ValidationStatuses() {
		if status.Meaning() == "" {
			t.Errorf("%s has no meaning", status)
		}
	}
	if got := ValidationStatus("ON_HOLD").Meaning(); got != "" {
		t.Errorf("a status that nobody documents means %q", got)
	}
}

// FuzzDecodeAccount holds what every answer must keep to: no panic, no account
// beside an error, no account under another id, and nothing but what the JSON
// says where encoding/json agrees that it is JSON.
func FuzzDecodeAccount(f *testing.F) {
	f.Add([]byte(referenceAnswer), "banh_qn2zdmZ4VAEFaBny")
	f.Add([]byte(answerWith(`"validation_amount":"1.10","account_details":{"vpa":null}`)), "banh_a")
	f.Add([]byte(answerWith(`"validation_status":"A","validation_status":"B"`)), "banh_a")
	f.Add([]byte("[]"), "")
	f.Add([]byte("\xff"), "\xff")
	f.Fuzz(func(t *testing.T, body []byte, id string) {
		account, err := decodeAnswer(string(body), id, nil)
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
		if status, _ := plain["validation_status"].(string); status != string(account.ValidationStatus) {
			t.Fatalf("status %q became %q", status, account.ValidationStatus)
		}
	})
}
