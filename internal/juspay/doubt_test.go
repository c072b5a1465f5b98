// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"maps"
	"net/http"
	"strings"
	"testing"
)

// TestCheckFields_Account reads an ACTIVE account with one more field, alone and in a
// list.
func TestCheckFields_Account(t *testing.T) {
	t.Parallel()
	const (
		isError = " reports an error"
		refused = " suggests that the account must not be used"
		status  = " does not report success"
		hidden  = "a field whose name is not shown"
	)
	rows := map[string]string{}
	for _, field := range []string{
		`"error":false`, `"error":null`, `"error":0`, `"error":""`, `"errors":[]`, `"error_info":{ }`, `"status":null`,
		`"status":""`, `"status":"Success"`, `"status":"OK"`, `"deleted":false`, `"deleted":"false"`, `"deleted_at":null`,
		`"blocked":0`, `"inactive":false`, `"invalid":"No"`, `"is_active":true`, `"active":"yes"`, `"verified":null`,
		`"success":true`, `"validation_id":0`, `"validationStatus":null`, `"account_details":{"account_number":"0001"}`,
		`"nickname":"ravi","bank":{"blocked":true}`, `"next":"x","total":9`,
	} {
		rows[field] = "" // accepted
	}
	for _, name := range []string{"deleted", "disabled", "account_suspended", "revoked", "expired", "stale", "archived", "inactive", "invalid"} {
		rows[`"`+name+`":true`] = "the field " + name + " (true)" + refused
	}
	maps.Copy(rows, map[string]string{
		`"error":true`:                        "the field error (true)" + isError,
		`"error":"FAILED"`:                    "the field error (FAILED)" + isError,
		`"error":"ravi@okicici"`:              "the field error" + isError,
		`"error":{"code":"X"}`:                "the field error" + isError,
		`"error":{"code":null}`:               "the field error" + isError,
		`"errors":["no"]`:                     "the field errors" + isError,
		`"errors":[{}]`:                       "the field errors" + isError,
		`"errorCode":12`:                      "the field errorCode (12)" + isError,
		`"errorCode":9876543210`:              "the field errorCode (***)" + isError,
		`"Error_Code":"E_NO"`:                 "the field Error_Code (E_NO)" + isError,
		`"ERROR-MESSAGE":"no"`:                "the field ERROR-MESSAGE" + isError,
		`"last_error":"0"`:                    "the field last_error" + isError,
		`"ｅｒｒｏｒ":true`:                        hidden + " (true)" + isError,
		`"error ravi@okicici":true`:           hidden + " (true)" + isError,
		`"fakekeyfakekey_error":true`:         hidden + " (true)" + isError,
		`"status":"DELETED"`:                  "the field status (DELETED)" + status,
		`"Status":"FAILED"`:                   "the field Status (FAILED)" + status,
		`"status":"successful"`:               "the field status" + status,
		`"status":0`:                          "the field status (0)" + status,
		`"status":true`:                       "the field status (true)" + status,
		`"status":["ok"]`:                     "the field status" + status,
		`"is_deleted":1`:                      "the field is_deleted (1)" + refused,
		`"isDeleted":"true"`:                  "the field isDeleted" + refused,
		`"deleted_at":"2024-01-01T00:00:00Z"`: "the field deleted_at" + refused,
		`"blocked":"YES"`:                     "the field blocked (YES)" + refused,
		`"closed":{"by":"bank"}`:              "the field closed" + refused,
		`"is_active":false`:                   "the field is_active (false)" + refused,
		`"active":0`:                          "the field active (0)" + refused,
		`"Enabled":"false"`:                   "the field Enabled" + refused,
		`"valid":"N"`:                         "the field valid (N)" + refused,
		`"validated":false`:                   "the field validated (false)" + refused,
		`"kycVerified":"NO"`:                  "the field kycVerified (NO)" + refused,
		`"success":false`:                     "the field success (false)" + refused,
		`"Validation_Status":"FAILURE"`:       "the field Validation_Status (FAILURE) is another spelling of validation_status",
		`"validationStatus":"ACTIVE"`:         "the field validationStatus (ACTIVE) is another spelling of validation_status",
		`"VALIDATION-STATUS":"FAILURE"`:       "the field VALIDATION-STATUS (FAILURE) is another spelling of validation_status",
		`"customerId":"cst_b"`:                "the field customerId is another spelling of customer_id",
		`"Currency":"USD"`:                    "the field Currency (USD) is another spelling of currency",
		`"account_details":{"Vpa":"a@b"}`:     "the field Vpa is another spelling of vpa",
		`"account_details":{"blocked":true}`:  "the field blocked (true)" + refused,
		`"account_details":{"error":"no"}`:    "the field error" + isError,
	})
	for field, want := range rows {
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			body := responseWith(`"validation_status":"ACTIVE",` + field)
			configure := func(c *Config) { c.APIKey, c.MaxRetries = "fakekeyfakekey", 0 }
			account, err := scriptedClient(t, respondAlways(200, "", body), configure).Get(t.Context(), accountA, ReadOptions{})
			reason := "in doubt"
			if strings.HasSuffix(want, isError) || strings.HasSuffix(want, status) {
				reason = "unexpected error"
				if strings.Contains(field, "account_details") {
					reason = "in doubt"
				}
			}
			checkMessage(t, err, prefixUnlessEmpty("juspay: "+reason+" (HTTP 200): ", want))
			if (account == CustomerAccount{}) != (want != "") {
				t.Errorf("got %+v", account)
			}
			_, err = scriptedClient(t, respondAlways(200, "", `{"list":[`+body+`]}`), configure).List(t.Context(), "cst_a", "", ReadOptions{})
			checkMessage(t, err, prefixUnlessEmpty(`juspay: in doubt (HTTP 200): element 0 of the list, account "banh_a": `, want))
		})
	}
}

// TestCheckList reads a list of two accounts with more fields.
func TestCheckList(t *testing.T) {
	t.Parallel()
	const (
		more    = " suggests that the list holds only some of the accounts"
		total   = " is not the number of accounts in the list"
		count   = " is more than the number of accounts in the list"
		limit   = " is not above the number of accounts in the list"
		doubt   = "!" // the error is of another reason than "incomplete"
		refused = " suggests that the account must not be used"
	)
	rows := map[string]string{}
	for _, fields := range []string{
		`"List":[]`, `"total":null`, `"object":"list","total":2,"count":2,"offset":0`, `"object":"customer_account_list"`,
		`"total":"2","total_count":2.0`, `"count":0`, `"limit":3`, `"limit":2,"total":2`,
		`"has_more":false,"next":null,"page":"","cursor":{},"token":[]`, `"pagination":{"total":2,"has_more":false,"limit":10}`,
		`"links":{"next":null,"self":null}`, `"remaining":0,"truncated":false,"partial":false,"last":true`,
		`"errors":[],"error":false,"success":true,"deleted":false`, `"unknown":{"a":1},"generated_at":"now"`,
		`"customer_id":"cst_a"`,
	} {
		rows[fields] = "" // accepted
	}
	maps.Copy(rows, map[string]string{
		`"total":3`:                    "the field total (3)" + total,
		`"total":1`:                    "the field total (1)" + total,
		`"total":"3"`:                  "the field total" + total,
		`"total":2.5`:                  "the field total (***)" + total,
		`"total":"many"`:               "the field total" + total,
		`"total":{"value":3}`:          "the field total" + total,
		`"Total":3`:                    "the field Total (3)" + total,
		`"total_count":3`:              "the field total_count (3)" + total,
		`"totalElements":100000`:       "the field totalElements (***)" + total,
		`"count":3`:                    "the field count (3)" + count,
		`"count":"all"`:                "the field count" + count,
		`"offset":1`:                   "the field offset (1)" + more,
		`"limit":1`:                    "the field limit (1)" + limit,
		`"limit":2`:                    "the field limit (2)" + limit,
		`"limit":2,"total":3`:          "the field limit (2)" + limit,
		`"has_more":true`:              "the field has_more (true)" + more,
		`"HasMore":"true"`:             "the field HasMore" + more,
		`"next":"/customers/x"`:        "the field next" + more,
		`"nextCursor":{"id":1}`:        "the field nextCursor" + more,
		`"continuationToken":"x"`:      "the field continuationToken" + more,
		`"page":0`:                     "the field page (0)" + more,
		`"page":{"number":0,"size":1}`: "the field size (1)" + more,
		`"total_pages":2`:              "the field total_pages (2)" + more,
		`"links":[{"rel":"next"}]`:     "the field links" + more,
		`"links":{"next":"/x"}`:        "the field next" + more,
		`"links":{"self":"/x"}`:        "the field self" + more,
		`"meta":{"next":"/x"}`:         "the field next" + more,
		`"meta":{"paging":{"deep":{"next":"/x"}}}`: "the field next" + more,
		`"meta":[[{"has_more":true}]]`:             "the field has_more (true)" + more,
		`"pagination":{"total":3,"has_more":true}`: "the field has_more (true)" + more,
		`"pagination":{"total":3}`:                 "the field total (3)" + total,
		`"truncated":true`:                         "the field truncated (true)" + more,
		`"remaining":29`:                           "the field remaining (29)" + more,
		`"partial":"yes"`:                          "the field partial" + more,
		`"last":false`:                             "the field last (false)" + more,
		`"is_last":0`:                              "the field is_last (0)" + more,
		`"page 4225246777":1`:                      "a field whose name is not shown (1)" + more,
		`"object":"error"`:                         doubt + "the field object does not name a list",
		`"object":"customer_account"`:              doubt + "the field object does not name a list",
		`"List":[1]`:                               doubt + "the field List is another spelling of list",
		`"error":"x"`:                              doubt + "the field error reports an error",
		`"meta":{"error":{"code":1}}`:              doubt + "the field error reports an error",
		`"meta":{"status":"PARTIAL"}`:              doubt + "the field status (PARTIAL) does not report success",
		`"success":false`:                          doubt + "the field success (false)" + refused,
		`"meta":{"customer_deleted":true}`:         doubt + "the field customer_deleted (true)" + refused,
	})
	for fields, want := range rows {
		t.Run(fields, func(t *testing.T) {
			t.Parallel()
			body := `{"list":[` + listed("banh_a", "cst_a") + `,` + listed("banh_b", "cst_a") + `],` + fields + `}`
			accounts, err := scriptedClient(t, respondAlways(200, "", body), func(c *Config) { c.MaxRetries = 0 }).List(t.Context(), "cst_a", "", ReadOptions{})
			prefix := "juspay: incomplete (HTTP 200): the list may be incomplete: "
			if strings.HasPrefix(want, doubt) {
				prefix = "juspay: in doubt (HTTP 200): "
				if strings.HasPrefix(want, doubt+"the field error") && !strings.Contains(fields, "meta") {
					prefix = "juspay: unexpected error (HTTP 200): "
				}
			}
			checkMessage(t, err, prefixUnlessEmpty(prefix, strings.TrimPrefix(want, doubt)))
			if (len(accounts) == 2) != (want == "") {
				t.Errorf("got %v", accounts)
			}
		})
	}
}

// listed is an element of a list.
func listed(id, customerID string) string {
	return `{"object":"customer_account","customer_account_id":"` + id + `","customer_id":"` + customerID + `","validation_status":"ACTIVE"}`
}

func TestCheckCustomer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ requested, response, want string }{
		"the same id is accepted":                              {"cst_a", "cst_a", ""},
		"the same reference is accepted":                       {"vendor-7", "vendor-7", ""},
		"Juspay's id for the merchant's reference is accepted": {"vendor-7", "cst_b", ""},
		"another reference is refused":                         {"vendor-7", "vendor-8", `its customer_id is "***", and "vendor-7" was requested`},
		"the merchant's reference for Juspay's id is refused":  {"cst_a", "vendor-7", `its customer_id is "***", and "cst_a" was requested`},
		"another of Juspay's ids is refused":                   {"cst_a", "cst_b", `its customer_id is "cst_b", and "cst_a" was requested`},
		"the same id in another case is refused":               {"cst_a", "cst_A", `its customer_id is "cst_A", and "cst_a" was requested`},
		"an id that may be personal is not shown":              {"cst_a", "cst_9198765432100", `its customer_id is "***", and "cst_a" was requested`},
		"a requested phone number is not shown":                {"9198765432100", "x", `its customer_id is "x", and "91***" was requested`},
		"a missing customer is refused":                        {"cst_a", "", `it has no customer_id, and "cst_a" was requested`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one := listed("banh_a", test.response)
			_, err := scriptedClient(t, respondAlways(200, "", one)).Get(t.Context(), AccountRef{CustomerID: test.requested, CustomerAccountID: "banh_a"}, ReadOptions{})
			checkMessage(t, err, prefixUnlessEmpty("juspay: another customer (HTTP 200): the response is for another customer: ", test.want))
			_, err = scriptedClient(t, respondAlways(200, "", `{"list":[`+one+`]}`)).List(t.Context(), test.requested, "", ReadOptions{})
			checkMessage(t, err, prefixUnlessEmpty(`juspay: another customer (HTTP 200): element 0 of the list, account "banh_a": another customer: `, test.want))
		})
	}
}

func TestDecodeAccounts(t *testing.T) {
	t.Parallel()
	const prefix = "juspay: not the account (HTTP 200): "
	a := listed("banh_a", "cst_a")
	checkMessages(t, func(body string) error {
		_, err := scriptedClient(t, respondAlways(200, "", body)).List(t.Context(), "vendor-7", "", ReadOptions{})
		return err
	}, map[string]textRow{
		"no list is refused":                               {`{"total":0}`, prefix + "the response has no array list"},
		"null is refused":                                  {`{"list":null}`, prefix + "the response has no array list"},
		"an object is refused":                             {`{"list":{}}`, prefix + "the response has no array list"},
		"one account is refused":                           {a, prefix + "the response has no array list"},
		"an array is refused":                              {`[]`, prefix + "the response is JSON, but not an object"},
		"a page is refused":                                {`<html>`, "juspay: not JSON (HTTP 200): the response is not JSON"},
		"an account twice is refused":                      {`{"list":[` + a + `,` + listed("banh_b", "cst_a") + `,` + a + `]}`, prefix + `element 2 of the list, account "banh_a": it is in the list twice`},
		"an account without an id is refused":              {`{"list":[` + a + `,{"object":"customer_account","customer_id":"cst_a"}]}`, prefix + `element 1 of the list, account "": its customer_account_id must not be empty`},
		"an id that is no segment is refused":              {`{"list":[` + listed("..", "cst_a") + `]}`, prefix + `element 0 of the list, account "..": ` + ValidateIdentifier("its customer_account_id", "..").Error()},
		"an id in NFD is refused":                          {`{"list":[` + listed("cafe\u0301", "cst_a") + `]}`, prefix + `element 0 of the list, account "café": ` + ValidateIdentifier("its customer_account_id", "cafe\u0301").Error()},
		"another object is refused":                        {`{"list":[{"object":"bank_account","customer_account_id":"banh_a"}]}`, prefix + `element 0 of the list, account "banh_a": the response's field object is not "customer_account"`},
		"a number is refused":                              {`{"list":[1]}`, prefix + `element 0 of the list, account "": the response is JSON, but not an object`},
		"accounts of two customers are refused":            {`{"list":[` + listed("banh_a", "cst_a") + `,` + listed("banh_b", "cst_b") + `]}`, `juspay: another customer (HTTP 200): element 1 of the list, account "banh_b": another customer: its customer_id is "cst_b", but others in the list have "cst_a"`},
		"a customer that is a number is refused":           {`{"list":[],"customer_id":7}`, prefix + "the response's field customer_id is not a string without control characters of at most 1 KiB"},
		"a list of another customer is refused":            {`{"list":[],"customer_id":"shop-12"}`, `juspay: another customer (HTTP 200): the list is of another customer: its customer_id is "***", and "vendor-7" was requested`},
		"an account without customer is one of the list's": {`{"customer_id":"cst_a","list":[{"object":"customer_account","customer_account_id":"banh_a"}]}`, ""},
		"an empty list is read":                            {`{"list":[]}`, ""},
	})
}

func TestCheckAge(t *testing.T) {
	t.Parallel()
	checkRows(t, func(t *testing.T, ages []string) string {
		script := respondInTurn(func(req *http.Request) (*http.Response, error) {
			response := respond(req, 200, "", accountBody)
			response.Header["Age"] = ages
			return response, nil
		})
		_, err := scriptedClient(t, script).Get(t.Context(), accountA, ReadOptions{})
		if len(script.times) != 1 {
			t.Errorf("%d requests", len(script.times))
		}
		return messageAfter(t, "juspay: stale (HTTP 200): ", err)
	}, map[string]row[[]string, string]{
		"no Age is accepted":              {nil, ""},
		"an empty Age is accepted":        {[]string{""}, ""},
		"0 is accepted":                   {[]string{"0"}, ""},
		"5 seconds are accepted":          {[]string{" 5 "}, ""},
		"6 seconds are refused":           {[]string{"6"}, "the response comes from a cache: its header Age is 6 seconds"},
		"a day is refused":                {[]string{"86400"}, "the response comes from a cache: its header Age is 86400 seconds"},
		"the second of two is refused":    {[]string{"0", "7"}, "the response comes from a cache: its header Age is 7 seconds"},
		"a text is refused":               {[]string{"old"}, "the response comes from a cache: its header Age is not a number of seconds"},
		"a list is refused":               {[]string{"0, 7"}, "the response comes from a cache: its header Age is not a number of seconds"},
		"more than any number is refused": {[]string{"99999999999999999999"}, "the response comes from a cache: its header Age is not a number of seconds"},
	})
}
