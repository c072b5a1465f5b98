// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
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

// responseWith returns an otherwise empty response for the account "banh_a" that
// has fields, a comma-separated list of JSON members.
func responseWith(fields string) string {
	return `{"object":"customer_account","customer_account_id":"banh_a",` + fields + `}`
}

func TestDecodeAccount(t *testing.T) {
	t.Parallel()
	got, err := decodeResponse(referenceResponse, "banh_qn2zdmZ4VAEFaBny", nil)
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
			got, err := decodeResponse(responseWith(test.fields), "banh_a", nil)
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
		notJSON   = "the response is not JSON"
		notObject = "the response is JSON, but not an object"
		notNumber = "the response's field validation_amount is not a decimal number of at most 30 digits before and after the point"
	)
	for name, test := range map[string]struct{ body, want string }{
		"nothing":                      {"", notJSON},
		"whitespace":                   {" \n", notJSON},
		"HTML":                         {"<html>sign in</html>", notJSON},
		"a body cut off":               {referenceResponse[:200], notJSON},
		"a body cut off in a name":     {`{"obj`, notJSON},
		"a body cut off after a name":  {`{"object"`, notJSON},
		"a body without its last byte": {referenceResponse[:len(referenceResponse)-1], notJSON},
		"something after the object":   {referenceResponse + "{}", notJSON},
		"a name that is no string":     {`{1:2}`, notJSON},
		"text that is not UTF-8":       {responseWith("\"currency\":\"\xff\""), notJSON},
		"very deep nesting":            {responseWith(`"x":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)), notJSON},
		"a byte order mark":            {"\ufeff{}", notJSON},
		"objects nested very deep":     {responseWith(`"x":` + strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000)), notJSON},
		"an array":                     {"[]", notObject},
		"null":                         {"null", notObject},
		"a string":                     {`"customer_account"`, notObject},
		"a number":                     {"1", notObject},
		"no object":                    {`{"customer_account_id":"banh_a"}`, `the response's field object is not "customer_account"`},
		"another object":               {`{"object":"customer","customer_account_id":"banh_a"}`, `the response's field object is not "customer_account"`},
		"an object that is personal":   {`{"object":"someone@bank"}`, `the response's field object is not "customer_account"`},
		"an object that is the key":    {`{"object":"fake-key"}`, `the response's field object is not "customer_account"`},
		"an account that is a number":  {`{"object":"customer_account","customer_account_id":"000111222333"}`, `the response is for the account with an id that is not shown; "banh_a" was requested`},
		"another account":              {`{"object":"customer_account","customer_account_id":"banh_b"}`, `the response is for the account "banh_b"; "banh_a" was requested`},
		"an account of another case":   {`{"object":"customer_account","customer_account_id":"BANH_A"}`, `the response is for the account with an id that is not shown; "banh_a" was requested`},
		"no account id":                {`{"object":"customer_account"}`, `the response has no customer_account_id; "banh_a" was requested`},
		"a field twice":                {responseWith(`"validation_status":"FAILURE","validation_status":"ACTIVE"`), "the response has two fields of one name"},
		"very many fields":             {responseWith(manyFields), "the response has more than 200 fields"},
		"a VPA twice":                  {responseWith(`"account_details":{"vpa":"a@b","vpa":"c@d"}`), "the response's field account_details is not an object with each field once"},
		"a status that is a number":    {responseWith(`"validation_status":1`), "the response's field validation_status is not a string"},
		"two fields that are wrong":    {responseWith(`"validation_status":1,"currency":1`), "the response's field validation_status is not a string"},
		"a VPA that is an object":      {responseWith(`"account_details":{"vpa":{}}`), "the response's field vpa is not a string"},
		"details that are a string":    {responseWith(`"account_details":"a@b"`), "the response's field account_details is not an object with each field once"},
		"details that are an array":    {responseWith(`"account_details":[]`), "the response's field account_details is not an object with each field once"},
		"an amount that is a word":     {responseWith(`"validation_amount":"NaN"`), notNumber},
		"an amount without bounds":     {responseWith(`"validation_amount":1e400`), notNumber},
		"an amount of many digits":     {responseWith(`"validation_amount":` + strings.Repeat("9", 31)), notNumber},
		"an amount in hexadecimal":     {responseWith(`"validation_amount":"0x10"`), notNumber},
		"an amount with a space":       {responseWith(`"validation_amount":" 1.0"`), notNumber},
		"an amount that is true":       {responseWith(`"validation_amount":true`), notNumber},
		"an amount that is an object":  {responseWith(`"validation_amount":{}`), notNumber},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := decodeResponse(test.body, "banh_a", newRedactor("fake-key"))
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

// A response that is an account and also any kind of error is an error.
func TestAnAccountWithAnErrorIsAnError(t *testing.T) {
	t.Parallel()
	const unexpected = "juspay: unexpected error (HTTP 200)"
	for fields, want := range map[string]string{
		`"error_code":"access_denied"`:            "juspay: unauthorized (HTTP 200)",
		`"error_code":"object_not_found"`:         "juspay: not found (HTTP 200)",
		`"error_code":"something_new"`:            unexpected,
		`"error_code":7`:                          unexpected,
		`"error_code":false`:                      unexpected,
		`"error_info":{"code":"BAD_ORIGIN"}`:      "juspay: bad origin (HTTP 200)",
		`"error_info":{"code":"","category":"X"}`: unexpected,
		`"error_info":"text"`:                     unexpected,
		`"error_info":[1]`:                        unexpected,
		`"error_message":"Cannot find it"`:        unexpected,
		`"error_message":{"en":"No"}`:             unexpected,
		`"status":"error"`:                        unexpected,
		`"status":"invalid_request_error"`:        unexpected,
		`"status":"FAILED"`:                       unexpected,
		`"status":"successful"`:                   unexpected,
		`"status":0`:                              unexpected,
		`"status":true`:                           unexpected,
		`"status":["ok"]`:                         unexpected,
		`"error_code":null`:                       "",
		`"error_code":""`:                         "",
		`"error_info":{}`:                         "",
		`"error_info":{ }`:                        "",
		`"error_info":[]`:                         "",
		`"error_message":null,"status":null`:      "",
		`"status":""`:                             "",
		`"status":"success"`:                      "",
		`"status":"OK"`:                           "",
		`"status":"Success","error_info":null`:    "",
	} {
		script := respondAlways(responseWith(`"validation_status":"ACTIVE",` + fields))
		account, err := scriptedClient(t, script, func(c *Config) { c.MaxRetries = 0 }).Get(t.Context(), accountA, ReadOptions{})
		checkError(t, fields, err, want)
		if (account == CustomerAccount{}) != (want != "") {
			t.Errorf("%s: got %+v", fields, account)
		}
		list := respondAlways(`{"list":[` + responseWith(fields) + `]}`)
		_, err = scriptedClient(t, list).List(t.Context(), "cst_a", "", ReadOptions{})
		if want != "" {
			name, _, _ := strings.Cut(strings.TrimPrefix(fields, `"`), `"`)
			want = "juspay: not the account (HTTP 200): element 0 of list: the account has the field " + name + ", which reports an error"
		}
		checkError(t, "a list with "+fields, err, want)
	}
}

// respondAlways is a network that responds with 200 and a body.
func respondAlways(body string) *attemptScript {
	return &attemptScript{play: func(_ int, req *http.Request) (*http.Response, error) { return respond(req, 200, "", body), nil }}
}

// checkError fails unless err has the text want, or is nil if want is empty.
func checkError(t *testing.T, what string, err error, want string) {
	t.Helper()
	if (err == nil) != (want == "") || err != nil && err.Error() != want {
		t.Errorf("%s: got error %v, want %q", what, err, want)
	}
}

func TestTheCustomerOfAnAccount(t *testing.T) {
	t.Parallel()
	const other = `juspay: not the account (HTTP 200): the response is for the customer `
	for name, test := range map[string]struct{ requested, response, want string }{
		"the same id is accepted":                       {"cst_a", `"cst_a"`, ""},
		"Juspay's id for the merchant's own reference":  {"shop-12", `"cst_b"`, ""},
		"the merchant's own reference for Juspay's id":  {"cst_a", `"shop-12"`, ""},
		"a missing customer is accepted":                {"cst_a", `null`, ""},
		"another of Juspay's ids is refused":            {"cst_a", `"cst_b"`, other + `"cst_b"; "cst_a" was requested`},
		"the same id in another case is refused":        {"cst_a", `"cst_A"`, other + `"cst_A"; "cst_a" was requested`},
		"an id that may be personal is refused unshown": {"cst_a", `"cst_9198765432100"`, other + `with an id that is not shown; "cst_a" was requested`},
		"a customer that is a number is refused":        {"cst_a", `7`, "juspay: not the account (HTTP 200): the response's field customer_id is not a string"},
	} {
		script := respondAlways(responseWith(`"customer_id":` + test.response))
		_, err := scriptedClient(t, script).Get(t.Context(), AccountRef{CustomerID: test.requested, CustomerAccountID: "banh_a"}, ReadOptions{})
		checkError(t, name, err, test.want)
	}
}

func TestTheDocumentedStatuses(t *testing.T) {
	t.Parallel()
	if got, want := ValidationStatuses(), []ValidationStatus{"CREATED", "PENDING", "ACTIVE", "FAILURE"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// FuzzDecodeAccount holds what every response must keep to: no panic, no account
// beside an error, no account under another id, and nothing but what the JSON
// says where encoding/json agrees that it is JSON.
func FuzzDecodeAccount(f *testing.F) {
	f.Add([]byte(referenceResponse), "banh_qn2zdmZ4VAEFaBny")
	f.Add([]byte(responseWith(`"validation_amount":"1.10","account_details":{"vpa":null}`)), "banh_a")
	f.Add([]byte(responseWith(`"validation_status":"A","validation_status":"B"`)), "banh_a")
	f.Add([]byte("[]"), "")
	f.Add([]byte("\xff"), "\xff")
	f.Fuzz(func(t *testing.T, body []byte, id string) {
		account, err := decodeResponse(string(body), id, nil)
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
