// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/fields"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/redact"
)

// accountFromBody decodes a response. It requests the merchant's own reference, for which any id of
// Juspay's form is accepted.
func accountFromBody(body, wantID string, redactor redact.Redactor) (CustomerAccount, error) {
	object, err := fields.Split([]byte(body))
	if err != nil {
		return CustomerAccount{}, err
	}
	return newAccountDecoder(redactor).decodeRequested(object, AccountRef{CustomerID: "shop-12", CustomerAccountID: wantID}, ReadOptions{})
}

func newAccountDecoder(redactor redact.Redactor) accountDecoder {
	return accountDecoder{redactor, fields.NewChecker(redactor, nil, fields.ReportUnknown), &returnedIDs{}}
}

func TestDecodeList(t *testing.T) {
	t.Parallel()
	const prefix = "juspay: not the account (HTTP 200): "
	a := accountJSON("banh_a", "cst_a")
	checkMessages(t, func(body string) error {
		_, err := scriptedClient(t, respondAlways(200, "", body)).List(t.Context(), "vendor-7", "", ReadOptions{})
		return err
	}, map[string]textRow{
		"no list is rejected":     {`{"total":0}`, prefix + "the response has no array list"},
		"null is rejected":        {`{"list":null}`, prefix + "the response has no array list"},
		"an object is rejected":   {`{"list":{}}`, prefix + "the response has no array list"},
		"one account is rejected": {a, prefix + "the response has no array list"},
		"an array is rejected":    {`[]`, prefix + "the response is JSON, but not an object"},
		"a page is rejected":      {`<html>`, "juspay: not JSON (HTTP 200): the response is not JSON"},
		"an account twice is rejected": {`{"list":[` + a + `,` + accountJSON("banh_b", "cst_a") + `,` + a + `]}`, prefix +
			`element 2 of the list, account "banh_a": it is in the list twice`},
		"an account without an id is rejected": {`{"list":[` + a + `,{"object":"customer_account","customer_id":"cst_a"}]}`, prefix +
			`element 1 of the list, account "": its customer_account_id must not be empty`},
		"an id that is two dots is rejected": {`{"list":[` + accountJSON("..", "cst_a") + `]}`, prefix + `element 0 of the list, account "..": ` +
			ValidateIdentifier("its customer_account_id", "..").Error()},
		"an id in NFD is rejected": {`{"list":[` + accountJSON("cafe\u0301", "cst_a") + `]}`, prefix +
			`element 0 of the list, account "café": ` + ValidateIdentifier("its customer_account_id", "cafe\u0301").Error()},
		"another object is rejected": {`{"list":[{"object":"bank_account","customer_account_id":"banh_a"}]}`, prefix +
			`element 0 of the list, account "banh_a": the response's field object is not "customer_account"`},
		"a number is rejected": {`{"list":[1]}`, prefix + `element 0 of the list, account "": the response is JSON, but not an object`},
		"accounts of two customers are rejected": {`{"list":[` + accountJSON("banh_a", "cst_a") + `,` + accountJSON("banh_b", "cst_b") + `]}`,
			`juspay: another customer (HTTP 200): element 1 of the list, account "banh_b": another customer: ` +
				`its customer_id is "cst_b", and Juspay returned "cst_a" for "vendor-7" before`},
		"a customer that is a number is rejected": {`{"list":[],"customer_id":7}`, prefix +
			"the response's field customer_id is not a string without control characters of at most 1 KiB, but a number"},
		"a rejected key beside an empty list is reported":     {`{"status":"error","error_code":"access_denied","list":[]}`, "juspay: unauthorized (HTTP 200)"},
		"a missing customer beside an empty list is reported": {`{"error_info":{"code":"object_not_found"},"list":[]}`, "juspay: not found (HTTP 200)"},
		"a list of another customer is rejected": {`{"list":[],"customer_id":"shop-12"}`,
			`juspay: another customer (HTTP 200): the list is of another customer: its customer_id is "***", and "vendor-7" was requested`},
		"an id that differs in whitespace is shown so": {`{"list":[` + a + `,` + accountJSON("banh_b", "cst_a ") + `]}`,
			`juspay: another customer (HTTP 200): element 1 of the list, account "banh_b": another customer: ` +
				`its customer_id is "cst_a ", and Juspay returned "cst_a" for "vendor-7" before`},
		"an account of another customer than the list's is rejected": {`{"customer_id":"cst_a","list":[` + accountJSON("banh_b", "cst_b") + `]}`,
			`juspay: another customer (HTTP 200): element 0 of the list, account "banh_b": another customer: ` +
				`its customer_id is "cst_b", and Juspay returned "cst_a" for "vendor-7" before`},
		"a blocked account of another customer is rejected as one of it": {`{"list":[` + a + `,` +
			check.MustJSON(juspaytest.NewAccount("cst_b", "banh_b").With("is_blocked", true)) + `]}`,
			`juspay: another customer (HTTP 200): element 1 of the list, account "banh_b": another customer: ` +
				`its customer_id is "cst_b", and Juspay returned "cst_a" for "vendor-7" before`},
		"a list of a reference has accounts of its id":  {`{"customer_id":"vendor-7","list":[` + a + `]}`, ""},
		"a list of an id has accounts of its reference": {`{"customer_id":"cst_a","list":[` + accountJSON("banh_b", "vendor-7") + `]}`, ""},
		"an account without any customer is rejected": {`{"list":[` + a + `,{"object":"customer_account","customer_account_id":"banh_b"}]}`,
			`juspay: another customer (HTTP 200): element 1 of the list, account "banh_b": another customer: it has no customer_id, and "vendor-7" was requested`},
		"an account without customer is one of the list's": {`{"customer_id":"cst_a","list":[{"object":"customer_account","customer_account_id":"banh_a"}]}`, ""},
		"an empty list is read":                            {`{"list":[]}`, ""},
	})
}

func TestDecodeAccount(t *testing.T) {
	t.Parallel()
	got, err := accountFromBody(referenceResponse, "banh_qn2zdmZ4VAEFaBny", redact.Redactor{})
	checkAccount(t, got, err, referenceAccount)

	type accountRow = check.Row[string, CustomerAccount]
	rows := map[string]accountRow{
		"null is empty": {`"account_details":null,"validation_status":null,"validation_amount":null,"currency":null,"date_created":null,"last_validated":null`,
			CustomerAccount{}},
		"an empty string is empty": {`"account_details":"","validation_status":"","validation_amount":"","currency":"","date_created":"","last_validated":""`,
			CustomerAccount{}},
		"a missing field is empty":                {`"x":null`, CustomerAccount{}},
		"a null VPA is empty":                     {`"account_details":{"vpa":null}`, CustomerAccount{}},
		"a bank account has no VPA":               {`"account_details":{"account_number":"000111222333","ifsc":"EXMP0000001"}`, CustomerAccount{}},
		"unknown fields are named":                {`"new":{"deep":[1,{"er":null}]},"currency":"INR"`, CustomerAccount{Currency: "INR", UnknownFieldNames: "new"}},
		"a number as currency is unreadable":      {`"currency":356`, CustomerAccount{Unreadable: Unreadable{Currency: true}}},
		"a currency with an escape is unreadable": {`"currency":"\u009b2K"`, CustomerAccount{Unreadable: Unreadable{Currency: true}}},
		"an empty list of details is empty":       {`"account_details":[ ]`, CustomerAccount{}},
		"an unlisted status passes through":       {`"validation_status":"On Hold "`, CustomerAccount{ValidationStatus: "On Hold "}},
		"a date in another form passes through":   {`"date_created":"yesterday"`, CustomerAccount{DateCreated: "yesterday"}},
		"a timestamp as a number is unreadable": {`"date_created":1686058189000,"last_validated":1`, CustomerAccount{Unreadable: Unreadable{DateCreated: true,
			LastValidated: true}}},
		"a timestamp with an escape is unreadable": {`"date_created":"2023\u001b[2K"`, CustomerAccount{Unreadable: Unreadable{DateCreated: true}}},
		"a very long timestamp is unreadable": {`"last_validated":"` + strings.Repeat("x", 1<<10+1) + `"`,
			CustomerAccount{Unreadable: Unreadable{LastValidated: true}}},
		"a status of 1 KiB is read": {`"validation_status":"` + strings.Repeat("x", 1<<10) + `"`,
			CustomerAccount{ValidationStatus: ValidationStatus(strings.Repeat("x", 1<<10))}},
	}
	// An amount keeps the digits that were sent, as a number or as a string.
	for _, amount := range []string{`1.10`, `"1.10"`, `1.1E+1`, `-0.5`, `12345678901234567890.123456789`} {
		rows["the amount "+amount] = accountRow{`"validation_amount":` + amount, CustomerAccount{ValidationAmount: json.Number(strings.Trim(amount, `"`))}}
	}
	for _, amount := range []string{`"1,000.00"`, `"NaN"`, `"null"`, `1e400`, strings.Repeat("9", 31), `"0x10"`, `" 1.0"`, `true`, `{}`} {
		rows["the unreadable amount "+amount] = accountRow{`"validation_amount":` + amount, CustomerAccount{Unreadable: Unreadable{ValidationAmount: true}}}
	}
	check.Rows(t, func(t *testing.T, members string) CustomerAccount {
		got, err := accountFromBody(responseWith(members), "banh_a", redact.Redactor{})
		check.NoError(t, "decoding", err)
		return got
	}, rows)
}

// Without the VPA, only an object in account_details can end a read: it is compared with the account.
func TestDecodeAccount_DetailsWithoutTheVPA(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		details string
		want    CustomerAccount
		err     string
	}{
		"an object is dropped":      {`{"vpa":"a@b"}`, CustomerAccount{}, ""},
		"null is accepted":          {`null`, CustomerAccount{}, ""},
		"an empty text is accepted": {`""`, CustomerAccount{}, ""},
		"a text is unreadable":      {`"a@b"`, CustomerAccount{Unreadable: Unreadable{AccountDetails: true}}, ""},
		"a list is unreadable":      {`[{"vpa":"a@b"}]`, CustomerAccount{Unreadable: Unreadable{AccountDetails: true}}, ""},
		"a field twice is rejected": {`{"vpa":"a@b","vpa":"c@d"}`, CustomerAccount{}, "the response's field account_details is not an object with each field once"},
		"more than 200 fields are rejected": {`{"vpa":"a@b",` + manyFields + `}`, CustomerAccount{},
			"the response's field account_details has more than 200 fields"},
		"another status is rejected": {`{"validation_status":"FAILURE"}`, CustomerAccount{}, "the field validation_status of account_details differs from " +
			"validation_status"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := check.Must(fields.Split([]byte(responseWith(`"account_details":` + test.details))))
			got, err := newAccountDecoder(redact.Redactor{}).decodeRequested(body, accountA, ReadOptions{OmitVPA: true})
			check.ErrorText(t, "decoding", err, test.err)
			check.Equal(t, "the account", got, test.want)
		})
	}
}

// A response for another account is not one that contradicts itself, for which an error shows the entry of
// AcceptedFields that accepts it.
func TestDecodeAccount_ComparesTheIDsFirst(t *testing.T) {
	t.Parallel()
	checkMessages(t, func(body string) error {
		_, err := scriptedClient(t, respondAlways(200, "", body)).Get(t.Context(), accountA, ReadOptions{})
		return err
	}, map[string]textRow{
		"a blocked account is in doubt": {check.MustJSON(juspaytest.NewAccount("cst_a", "banh_a").With("is_blocked", true)),
			"juspay: in doubt (HTTP 200): the field is_blocked (true) contradicts the status ACTIVE"},
		"a blocked account of another id is another one": {check.MustJSON(juspaytest.NewAccount("cst_a", "banh_b").With("is_blocked", true)),
			`juspay: not the account (HTTP 200): the response is for the account "banh_b"; "banh_a" was requested`},
		"a blocked account of another customer is another one": {check.MustJSON(juspaytest.NewAccount("cst_b", "banh_a").With("is_blocked", true)),
			`juspay: another customer (HTTP 200): the response is for another customer: its customer_id is "cst_b", and "cst_a" was requested`},
	})
}

// manyFields are members that are small, and take much memory once split.
var manyFields = func() string {
	var members []string
	for i := range 200 {
		members = append(members, fmt.Sprintf(`"x%d":1`, i))
	}
	return strings.Join(members, ",")
}()

func TestDecodeAccount_Rejects(t *testing.T) {
	t.Parallel()
	const (
		notJSON   = "the response is not JSON"
		notObject = "the response is JSON, but not an object"
		notText   = " is not a string without control characters of at most 1 KiB"
	)
	for want, bodies := range map[string][]string{
		notJSON: {
			"", " \n", "<html>sign in</html>", referenceResponse[:200], `{"obj`, `{"object"`,
			referenceResponse[:len(referenceResponse)-1], referenceResponse + "{}", `{1:2}`, responseWith("\"currency\":\"\xff\""),
			responseWith(`"x":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)),
			responseWith(`"x":` + strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000)),
		},
		notObject: {"[]", "null", `"customer_account"`, "1"},
		`the response's field object is not "customer_account"`: {
			`{"customer_account_id":"banh_a"}`, `{"object":"customer","customer_account_id":"banh_a"}`, `{"object":"someone@bank"}`,
			`{"object":"fake-key"}`,
		},
		`the response is for the account "***"; "banh_a" was requested`:    {`{"object":"customer_account","customer_account_id":"000111222333"}`},
		`the response is for the account "banh_b"; "banh_a" was requested`: {`{"object":"customer_account","customer_account_id":"banh_b"}`},
		`the response is for the account "BANH_A"; "banh_a" was requested`: {`{"object":"customer_account","customer_account_id":"BANH_A"}`},
		`the response has no customer_account_id; "banh_a" was requested`:  {`{"object":"customer_account"}`},
		"the response has two fields of one name":                          {responseWith(`"validation_status":"FAILURE","validation_status":"ACTIVE"`)},
		"the response has more than 200 fields":                            {responseWith(manyFields)},
		"the response's field account_details is not an object with each field once": {
			responseWith(`"account_details":{"vpa":"a@b","vpa":"c@d"}`), responseWith(`"account_details":"a@b"`),
			responseWith(`"account_details":[{"vpa":"a@b"}]`),
		},
		"the response's field account_details has more than 200 fields": {responseWith(`"account_details":{"vpa":"a@b",` + manyFields + `}`)},
		"the response's field validation_status" + notText: {
			responseWith(`"validation_status":"ACTIVE\u001b[2K"`), responseWith(`"validation_status":"FAILURE\r\nACTIVE"`),
			responseWith(`"validation_status":"\u202eEVITCA"`),
			responseWith(`"validation_status":"` + strings.Repeat("x", 1<<10+1) + `"`),
		},
		"the response's field vpa" + notText: {
			responseWith(`"account_details":{"vpa":{}}`), responseWith(`"account_details":{"vpa":"a\u200b@b"}`),
		},
		"the response's field validation_status" + notText + ", but a number":           {responseWith(`"validation_status":1`)},
		"the response's field customer_account_id" + notText + ", but a number":         {`{"object":"customer_account","customer_account_id":7}`},
		"the response begins with a byte order mark (U+FEFF), which JSON must not have": {"\ufeff" + referenceResponse},
	} {
		for _, body := range bodies {
			end := body[max(0, len(body)-60):] // many begin alike
			t.Run(fmt.Sprintf("%q", end), func(t *testing.T) {
				t.Parallel()
				got, err := accountFromBody(body, "banh_a", redact.New(isAPIName, "fake-key"))
				check.ErrorText(t, "decoding", err, want)
				if err != nil && got != (CustomerAccount{}) {
					t.Errorf("beside the error: got the account %+v, want none", got)
				}
				check.Equal(t, fmt.Sprintf("whether the error %v is ErrNotJSON", err), errors.Is(err, fields.ErrNotJSON), want == notJSON)
			})
		}
	}
}

// A response that reports an error in place of an account is that error.
func TestDecodeAccount_ReportedErrors(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body string
		want Reason
		text string
	}{
		"an error without an account":   {`{"status":"error","error_code":"x"}`, ReasonUnexpectedError, "the field error_code (x) reports an error"},
		"an error with a code":          {check.MustJSON(juspayError("UNAUTHORIZED")), ReasonUnauthorized, ""},
		"an error with half an account": {`{"object":"customer_account","error_code":"RESOURCE_NOT_FOUND"}`, ReasonNotFound, ""},
		"an error with an account without an id": {`{"object":"customer_account","validation_status":"ACTIVE","error_code":"RESOURCE_NOT_FOUND"}`,
			ReasonNotFound, ""},
		"an error with an account without status": {responseWith(`"status":"error","error_info":{"code":"INTERNAL_SERVER_ERROR"}`), ReasonServerError, ""},
		"an error in the second envelope":         {`{"error":true,"errorCode":"RESOURCE_NOT_FOUND","errorMessage":"x"}`, ReasonNotFound, ""},
		"an error within a response":              {`{"response":{"error":true,"errorCode":"UNAUTHORIZED"}}`, ReasonUnauthorized, ""},
		"a status of maintenance":                 {`{"status":"maintenance"}`, ReasonUnexpectedError, "the field status (maintenance) reports an error"},
		"no error and no account":                 {`{"status":"success"}`, ReasonNotAccount, `the response's field object is not "customer_account"`},
		"a failed account with an error":          {responseWith(`"validation_status":"FAILURE","error_code":"U16"`), "", ""},
		"an ACTIVE account with an error": {responseWith(`"validation_status":"ACTIVE","error_code":"UNAUTHORIZED"`), ReasonInDoubt,
			"the field error_code (UNAUTHORIZED) contradicts the status ACTIVE"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := scriptedClient(t, respondAlways(200, "", test.body), func(c *Config) { c.MaxRetries = 0 }).Get(t.Context(), accountA, ReadOptions{})
			want := ""
			if test.want != "" {
				want = "juspay: " + string(test.want) + " (HTTP 200)" + prefixUnlessEmpty(": ", test.text)
			}
			check.ErrorText(t, "Get", err, want)
		})
	}
}

// The table of the reference page's fields and the decoder agree: a field that is missing in
// the table would be unknown, and one that is missing in the decoder would be lost.
func TestDecodeAccount_ReadsEachFieldOfThePage(t *testing.T) {
	t.Parallel()
	row := regexp.MustCompile(`(?m)^page\t.*\t(.*)$`).FindStringSubmatch(string(check.Must(os.ReadFile("fields/known.tsv"))))
	source := string(check.Must(os.ReadFile("decode_accounts.go")))
	var decoded []string
	for _, read := range regexp.MustCompile(`r\.(?:Text|OptionalText|Decimal|Object)\("(\w+)"\)`).FindAllStringSubmatch(source, -1) {
		decoded = append(decoded, read[1])
	}
	slices.Sort(decoded)
	check.Equal(t, "the decoded fields", slices.Compact(decoded), slices.Sorted(strings.FieldsSeq(row[1])))
}

func TestDecodeAccount_DocumentedStatuses(t *testing.T) {
	t.Parallel()
	check.Equal(t, "the statuses", ValidationStatuses(), []ValidationStatus{"CREATED", "PENDING", "ACTIVE", "FAILURE"})
}

// FuzzDecodeAccount checks what every response must keep to: no panic, no account
// with an error, no account under another id, and nothing but what the JSON
// says where encoding/json agrees that it is JSON.
func FuzzDecodeAccount(f *testing.F) {
	f.Add([]byte(referenceResponse), "banh_qn2zdmZ4VAEFaBny")
	f.Add([]byte(responseWith(`"validation_amount":"1.10","account_details":{"vpa":null}`)), "banh_a")
	f.Add([]byte(responseWith(`"validation_status":"A","validation_status":"B"`)), "banh_a")
	f.Add([]byte("[]"), "")
	f.Add([]byte("\xff"), "\xff")
	f.Fuzz(func(t *testing.T, body []byte, id string) {
		account, err := accountFromBody(string(body), id, redact.Redactor{})
		if err != nil {
			if account != (CustomerAccount{}) {
				t.Fatalf("beside the error %v: got the account %+v, want none", err, account)
			}
			return
		}
		var plain map[string]any
		if err := json.Unmarshal(body, &plain); err != nil {
			t.Fatalf("got an account of a body that encoding/json rejects (%v), want an error", err)
		}
		if plain["object"] != "customer_account" || plain["customer_account_id"] != id {
			t.Fatalf("got an account of %v under the id %q, want an error", plain, id)
		}
		if customer, _ := plain["customer_id"].(string); customer != "shop-12" && !strings.HasPrefix(customer, "cst_") {
			t.Fatalf("got an account of another customer, %v, want an error", plain)
		}
		if status, _ := plain["validation_status"].(string); status != string(account.ValidationStatus) {
			t.Fatalf("got the status %q, want %q", account.ValidationStatus, status)
		}
	})
}

func FuzzDecodeList(f *testing.F) {
	f.Add([]byte(`{"list":[` + referenceResponse + `],"total":1}`))
	f.Add([]byte(`{"list":[{"object":"customer_account","customer_account_id":"banh_a"}],"count":"2"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		object, err := fields.Split(body)
		if err != nil {
			return
		}
		accounts, err := newAccountDecoder(redact.Redactor{}).decodeList(object, "cst_a", ReadOptions{})
		if (err == nil) != (accounts != nil) {
			t.Errorf("got %v, %v, want accounts or an error", accounts, err)
		}
		for id := range accounts {
			if ValidateCustomerAccountID("it", id) != nil {
				t.Errorf("got an account with the id %q, want none", id)
			}
		}
	})
}
