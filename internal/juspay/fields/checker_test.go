// SPDX-License-Identifier: MPL-2.0

package fields

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/redact"
)

// What one more field makes of an account.
const (
	outcomeAccepted = "accepted"
	outcomeWarned   = "warned"   // the field is named as unknown
	outcomeRejected = "rejected" // the field is an error
)

// accountWith returns an account that has fields, a comma-separated list of JSON members.
func accountWith(status, fields string) string {
	return `{"object":"customer_account","customer_account_id":"banh_a","customer_id":"cst_a","validation_status":"` + status + `",` + fields + `}`
}

// checkAccount checks an account as the client does.
func checkAccount(checker Checker, body string) (unknownNames string, err error) {
	r := &Reader{Fields: check.Must(Split([]byte(body)))}
	details := r.Object("account_details")
	isActive := r.Text("validation_status") == "ACTIVE"
	if r.Err != nil {
		return "", r.Err
	}
	return checker.CheckAccount(r.Fields, details.Fields, isActive)
}

// outcomeOf returns what becomes of an account, and the names of its unknown fields.
func outcomeOf(unknownNames string, err error) string {
	switch {
	case err != nil:
		return outcomeRejected
	case unknownNames != "":
		return outcomeWarned + " " + unknownNames
	}
	return outcomeAccepted
}

// checkField fails unless want becomes of an account with one more field.
func checkField(t *testing.T, status, name, value, want string) {
	t.Helper()
	in := fmt.Sprintf("%s = %s in an account that is %s", name, value, status)
	unknownNames, err := checkAccount(Checker{}, accountWith(status, `"currency":"INR",`+check.MustJSON(name)+":"+value))
	if want == outcomeWarned {
		want += " " + escapeName(name)
	}
	if got := outcomeOf(unknownNames, err); got != want {
		t.Errorf("%s: got %s, want %s", in, got, want)
	}
	if err != nil && !strings.Contains(err.Error(), "the field "+escapeName(name)) {
		t.Errorf("%s: got the error %q, want one that names it", in, err)
	}
}

// TestChecker_Table checks an account with each field of a table, in both statuses that
// decide whether money may move.
func TestChecker_Table(t *testing.T) {
	t.Parallel()
	rows := 0
	for line := range strings.Lines(string(check.Must(os.ReadFile("testdata/fields.tsv")))) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		columns := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		name, value, want := columns[0], columns[1], columns[2]
		rows++
		t.Run(name+" "+value+" is "+want, func(t *testing.T) {
			t.Parallel()
			checkField(t, "ACTIVE", name, value, want)
			if want == outcomeRejected && !accountFields[simpleName(name)].isCopy() {
				want = outcomeAccepted // nothing contradicts a pending validation
			}
			checkField(t, "PENDING", name, value, want)
		})
	}
	if rows < 170 {
		t.Errorf("got %d rows, want at least 170", rows)
	}
}

// statuses are the statuses of the reference page.
var statuses = strings.Fields("CREATED PENDING ACTIVE FAILURE")

// ofAccount returns names, each alone and after the prefixes of the account as a whole.
func ofAccount(names string) (all []string) {
	for name := range strings.FieldsSeq(names) {
		all = append(all, name, "is_"+name, "account_"+name, "bank_account_"+name, "customer_account_"+name)
	}
	return all
}

// respell returns other spellings of a name, which are the same name.
func respell(name string) []string {
	capitalized := "_" + name // it becomes a name such as _Customer_Id
	for i := range len(capitalized) - 1 {
		if capitalized[i] == '_' {
			capitalized = capitalized[:i+1] + strings.ToUpper(capitalized[i+1:i+2]) + capitalized[i+2:]
		}
	}
	pascal := strings.ReplaceAll(capitalized, "_", "")
	return []string{
		name, strings.ToUpper(name), strings.ReplaceAll(name, "_", "-"), strings.ReplaceAll(name, "_", ""), pascal,
		strings.ToLower(pascal[:1]) + pascal[1:], "_" + name + "_", strings.ReplaceAll(name, "s", "ſ"), strings.ReplaceAll(name, "k", "\u212a"),
	}
}

// around returns names that contain a name, which are other names.
func around(name string) []string {
	return []string{name + "_at", name + "_reason", name + "s", "un" + name, "in" + name, "x_" + name, "last_" + name, "kyc" + name, name + "2", name + " ",
		name + ".", "аccount_" + name}
}

// TestChecker_Rule generates names and values around each name that speaks of the
// account as a whole, and each field of an error.
func TestChecker_Rule(t *testing.T) {
	t.Parallel()
	positive := strings.Fields(`true 1 "true" "TRUE" "1" "yes" "Y" "active" "Valid" "VERIFIED" "enabled" "usable" "Success" "ok"`)
	negative := strings.Fields(`false 0 "false" "FALSE" "0" "no" "N"`)
	nothing := strings.Fields(`false 0 "0" "00" "no" "FALSE" "none" "NA" "success" {"code":null,"href":"NA","inner":{"code":"00","list":[]}}`)
	other := append(strings.Fields(`2 -1 1.5 0.0 1.0 "off" "n/a" "inactive" "INVALID" "unverified" "null" "*" `+
		`[true] [false] [null] {"a":1} {"a":{"b":"x"}} {"a":[null]} "ＴＲＵＥ"`), `"yes "`, `" no"`)
	groups := map[string]struct {
		names []string
		good  []string
		bad   []string
	}{
		"good if true": {ofAccount("active enabled valid verified usable status"), positive, append(slices.Clone(other), negative...)},
		"good if false": {ofAccount("deleted blocked disabled suspended closed revoked expired archived deactivated frozen locked"), negative,
			append(slices.Clone(other), positive...)},
		"states": {strings.Fields("account_state bank_account_state customer_account_state"), positive, append(slices.Clone(other), negative...)},
		"good if nothing": {strings.Fields("error error_code error_message error_info user_message response"), nothing,
			append(slices.Clone(other), strings.Fields(`true 1 "U16" "no-account" {"code":"U16"} {"a":{"b":{"c":"x"}}}`)...)},
	}
	for groupName, group := range groups {
		for _, name := range group.names {
			t.Run(groupName+": "+name, func(t *testing.T) {
				t.Parallel()
				for _, spelling := range respell(name) {
					for _, value := range append([]string{`null`, `""`, `{}`, `[]`, `{ }`}, group.good...) {
						checkField(t, "ACTIVE", spelling, value, outcomeAccepted)
					}
					for _, value := range group.bad {
						checkField(t, "ACTIVE", spelling, value, outcomeRejected)
						checkField(t, "PENDING", spelling, value, outcomeAccepted)
					}
				}
				for _, name := range around(name) {
					if _, isKnown := accountFields[simpleName(name)]; isKnown {
						t.Errorf("got %s as a known name, want it unknown", name)
					}
					for _, value := range append(slices.Clone(group.good), group.bad...) {
						checkField(t, "ACTIVE", name, value, outcomeWarned)
					}
				}
			})
		}
	}
}

// Another spelling of a field of the reference page is rejected at every status, unless it
// has the same value.
func TestChecker_OtherSpellings(t *testing.T) {
	t.Parallel()
	values := map[string]string{
		"object": `"customer_account"`, "customer_account_id": `"banh_a"`, "customer_id": `"cst_a"`, "currency": `"INR"`,
	}
	for _, name := range pageNames() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, spelling := range respell(name)[1:] {
				if spelling == name {
					continue
				}
				for _, status := range statuses {
					same := values[name]
					if name == "validation_status" {
						same = `"` + status + `"`
					}
					for value, want := range map[string]string{
						same: outcomeAccepted, `null`: outcomeAccepted, `""`: outcomeAccepted, `"other"`: outcomeRejected, `{"a":1}`: outcomeRejected,
					} {
						if value == "" {
							continue // the account lacks the field
						}
						checkField(t, status, spelling, value, want)
					}
				}
			}
		})
	}
}

// The older bank account's fields are known, whatever their values.
func TestChecker_BankAccount(t *testing.T) {
	t.Parallel()
	for _, name := range strings.Fields("bank_name bank_code ifsc account_number beneficiary_name gateway_id gateway_reference_id metadata") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, value := range []string{`"x"`, `12`, `false`, `{"blocked":true,"error":"x"}`, `["deleted"]`} {
				checkField(t, "ACTIVE", name, value, outcomeAccepted)
			}
		})
	}
}

// The rows are at the edge of the rule: one character or one prefix further, the outcome is
// another.
func TestChecker_EdgesOfAnAccount(t *testing.T) {
	t.Parallel()
	underscores := strings.Repeat("_", 200)
	check.Rows(t, func(_ *testing.T, fields string) string {
		return outcomeOf(checkAccount(Checker{}, accountWith("ACTIVE", `"validation_amount":1.0,`+fields)))
	}, map[string]check.Row[string, string]{
		"a name after two prefixes is unknown":              {`"is_account_active":false`, "warned is_account_active"},
		"a prefix twice is unknown":                         {`"account_account_active":false`, "warned account_account_active"},
		"a prefix after the name is unknown":                {`"active_account":false`, "warned active_account"},
		"a prefix of another kind is unknown":               {`"customer_active":false`, "warned customer_active"},
		"a prefix without a separator is the name":          {`"customeraccountlocked":true`, outcomeRejected},
		"a prefix with many separators is the name":         {`"--IS__active-":0`, outcomeRejected},
		"a name with 200 separators is the name":            {`"is_active` + underscores + `":false`, outcomeRejected},
		"a long spelling of the status is the status":       {`"validation` + underscores + `status":"FAILURE"`, outcomeRejected},
		"an account state is known":                         {`"accountState":"DELETED"`, outcomeRejected},
		"a state after is is unknown":                       {`"is_state":"DELETED"`, "warned is_state"},
		"a state alone is unknown":                          {`"state":"DELETED"`, "warned state"},
		"an escaped name is the name":                       {`"is\u005factive":false`, outcomeRejected},
		"an escaped letter is the letter":                   {`"\u0073tatus":"BLOCKED"`, outcomeRejected},
		"an invisible character makes another name":         {`"is_active\u200b":false`, `warned is_active\u200b`},
		"a soft hyphen makes another name":                  {`"is\u00adactive":false`, `warned is\u00adactive`},
		"a dot makes another name":                          {`"account.status":"BLOCKED"`, "warned account.status"},
		"a wide letter makes another name":                  {`"ｉs_active":false`, `warned \uff49s_active`},
		"a letter with an accent makes another name":        {`"áctive":false`, `warned \u00e1ctive`},
		"a letter without a dot is the letter":              {`"ıs_active":false`, outcomeRejected},
		"two spellings that agree are accepted":             {`"is_active":true,"isActive":"yes"`, outcomeAccepted},
		"two spellings of which one is bad are rejected":    {`"is_active":true,"IsActive":false`, outcomeRejected},
		"two opposites that agree are accepted":             {`"blocked":false,"enabled":true`, outcomeAccepted},
		"two opposites of which one is bad are rejected":    {`"blocked":true,"enabled":true`, outcomeRejected},
		"an unknown field in two spellings is named twice":  {`"hold":1,"Hold":2`, "warned Hold hold"},
		"an amount as a text is the same value":             {`"validationAmount":"1.0"`, outcomeAccepted},
		"an amount with fewer digits is another value":      {`"validationAmount":1`, outcomeRejected},
		"details in another spelling are rejected":          {`"AccountDetails":{"vpa":"a@b"}`, outcomeRejected},
		"the same details in another spelling are accepted": {`"account_details":{"x":1},"AccountDetails":{"x":1}`, outcomeAccepted},
		"a large number is not true":                        {`"is_active":100000000000000000000000000000000000000`, outcomeRejected},
		"a number above a float is not true":                {`"is_active":1e999999999`, outcomeRejected},
		"a truth with an exponent is rejected":              {`"is_active":1e0`, outcomeRejected},
		"a negative zero is rejected":                       {`"blocked":-0`, outcomeRejected},
		"a truth in a list is rejected":                     {`"is_active":[true]`, outcomeRejected},
		"a truth in an object is rejected":                  {`"is_active":{"value":true}`, outcomeRejected},
		"a truth with a line break is rejected":             {`"is_active":"true\n"`, outcomeRejected},
		"an escaped truth is accepted":                      {`"is_active":"\u0074rue"`, outcomeAccepted},
		"a status of HTTP is rejected":                      {`"status":200`, outcomeRejected},
		"a success of many words is rejected":               {`"status":"success but blocked"`, outcomeRejected},
		"an escaped absence of an error is accepted":        {`"error_code":"\u0030"`, outcomeAccepted},
		"an error code with an exponent is rejected":        {`"error_code":0e0`, outcomeRejected},
		"an error code of three zeros is rejected":          {`"error_code":"000"`, outcomeRejected},
		"an envelope without an error is accepted":          {`"response":{"error":false,"errorCode":"00","userMessage":"NA","x":{"y":[ ]}}`, outcomeAccepted},
		"an error below an envelope is rejected":            {`"response":{"error":false,"x":{"y":{"errorCode":"U16"}}}`, outcomeRejected},
		"an error in a list is rejected":                    {`"error_info":{"errors":[{"code":"U16"}]}`, outcomeRejected},
		"an error after an empty list is rejected":          {`"error_info":{"errors":[],"code":"U16"}`, outcomeRejected},
		"an error of 8 KiB that says nothing is rejected":   {`"error_info":{"a":null` + strings.Repeat(" ", 8<<10) + `}`, outcomeRejected},
		"an error of 7 KiB that says nothing is accepted":   {`"error_info":{"a":null` + strings.Repeat(" ", 7<<10) + `}`, outcomeAccepted},
		"an error twice is rejected":                        {`"error_info":{"code":"U16","code":null}`, outcomeRejected},
		"a name in an error that looks like a value":        {`"error_info":{"\"U16\":":"","{,":"no","\\":0}`, outcomeAccepted},
		"a value in an error that looks like a name":        {`"error_info":{"a":"\":0,\"b"}`, outcomeRejected},
		"a value in an error that looks like a list":        {`"error_info":{"a":"[]"}`, outcomeRejected},
		"whitespace in an error is ignored":                 {"\"error_info\":{ \"a\" :\n\tnull , \"b\" : { } , \"c\" : \"No\" }", outcomeAccepted},
		"whitespace in a text of an error is rejected":      {`"error_info":{"a":" "}`, outcomeRejected},
		"a number in an error is rejected":                  {`"error_info":{"retries":1}`, outcomeRejected},
		"a zero with digits in an error is rejected":        {`"error_info":{"a":0.5}`, outcomeRejected},
		"a truth in an error is rejected":                   {`"error_info":{"retry":true}`, outcomeRejected},
		"more errors than one are unknown":                  {`"errors":["U16"]`, "warned errors"},
		"a member of details that limits it is ignored":     {`"account_details":{"status":"BLOCKED","x":{"validation_status":"FAILURE"}}`, outcomeAccepted},
		"an escaped status in details is rejected":          {`"account_details":{"validation\u005fstatus":"FAILURE"}`, outcomeRejected},
		"a status in details in lower case is rejected":     {`"account_details":{"validation_status":"active"}`, outcomeRejected},
		"an id that is an object is rejected":               {`"_id":{"$oid":"banh_a"}`, outcomeRejected},
		"a number that is unknown is named":                 {`"score":0`, "warned score"},
		"an object with a null is unknown":                  {`"limits":{"daily":null}`, "warned limits"},
		"empty values are ignored":                          {`"limits":[ ],"holds":{ },"note":"","flag":null`, outcomeAccepted},
	})
}

// Whatever the status is, the copies of ids and of the status must agree.
func TestChecker_CopiesOfAnAccount(t *testing.T) {
	t.Parallel()
	differs := func(name string) string { return "the field " + name + " differs from customer_account_id" }
	inDetails := func(name, original string) string {
		return "the field " + name + " of account_details differs from " + original
	}
	for _, status := range statuses {
		check.Rows(t, func(_ *testing.T, fields string) string {
			_, err := checkAccount(Checker{}, accountWith(status, strings.ReplaceAll(fields, "STATUS", status)))
			return check.TextOf(err)
		}, map[string]check.Row[string, string]{
			status + " with the account's id is accepted":               {`"id":"banh_a"`, ""},
			status + " without an id is accepted":                       {`"id":null`, ""},
			status + " with another id is rejected":                     {`"id":"banh_b"`, differs("id")},
			status + " with another id in another spelling is rejected": {`"ID":"banh_b"`, differs("ID")},
			status + " with another id after a line is rejected":        {`"_id":"banh_b"`, differs("_id")},
			status + " with the id in another spelling is accepted":     {`"Id":"banh_a"`, ""},
			status + " with a number as id is rejected":                 {`"id":7`, differs("id")},
			status + " with the same values in details is accepted": {
				`"account_details":{"customer_id":"cst_a","customerAccountId":"banh_a","validation_status":"STATUS","vpa":null}`, "",
			},
			status + " with other details is accepted": {`"account_details":{"blocked":true,"error":"x","status":"FAILURE","is_active":false}`, ""},
			status + " with another customer in details is rejected": {`"account_details":{"customer_id":"cst_b"}`,
				inDetails("customer_id", "customer_id")},
			status + " with another account in details is rejected": {`"account_details":{"CustomerAccountId":"banh_b"}`,
				inDetails("CustomerAccountId", "customer_account_id")},
			status + " with another status in details is rejected": {`"account_details":{"validation-status":"OTHER"}`,
				inDetails("validation-status", "validation_status")},
			status + " with a VPA in another spelling is rejected":     {`"account_details":{"Vpa":"a@b"}`, inDetails("Vpa", "vpa")},
			status + " with two VPAs is rejected":                      {`"account_details":{"vpa":"a@b","VPA":"c@d"}`, inDetails("VPA", "vpa")},
			status + " with one VPA in two spellings is accepted":      {`"account_details":{"vpa":"a@b","VPA":"a@b"}`, ""},
			status + " with an empty VPA in two spellings is accepted": {`"account_details":{"vpa":"a@b","VPA":""}`, ""},
		})
	}
}

func TestChecker_UnknownMode(t *testing.T) {
	t.Parallel()
	type input struct {
		mode   UnknownMode
		status string
	}
	check.Rows(t, func(_ *testing.T, in input) string {
		return outcomeOf(checkAccount(NewChecker(redact.Redactor{}, nil, in.mode), accountWith(in.status, `"hold":1`)))
	}, map[string]check.Row[input, string]{
		"by default it is named":                 {input{"", "ACTIVE"}, outcomeWarned + " hold"},
		"reported, it is named":                  {input{ReportUnknown, "ACTIVE"}, outcomeWarned + " hold"},
		"ignored, it is not named":               {input{IgnoreUnknown, "ACTIVE"}, outcomeAccepted},
		"rejected, it is an error":               {input{RejectUnknown, "ACTIVE"}, outcomeRejected},
		"rejected, it is named if not ACTIVE":    {input{RejectUnknown, "PENDING"}, outcomeWarned + " hold"},
		"ignored, it is not named if not ACTIVE": {input{IgnoreUnknown, "FAILURE"}, outcomeAccepted},
	})
}

// twoAccounts is the field list of a list of two accounts.
const twoAccounts = `[{"customer_account_id":"banh_a"},{"customer_account_id":"banh_b"}]`

// checkList checks a list of two accounts that has fields, a comma-separated list of JSON members.
func checkList(checker Checker, fields string) error {
	return checker.CheckList(check.Must(Split([]byte(`{"list":`+twoAccounts+`,`+fields+`}`))), 2)
}

// textWithReason returns the reason and the text of an error about a field, and "" without an error.
func textWithReason(err error) string {
	var field *Error
	if !errors.As(err, &field) {
		return check.TextOf(err)
	}
	return field.Reason + ": " + field.Error()
}

// TestChecker_List checks a list of two accounts with more fields.
func TestChecker_List(t *testing.T) {
	t.Parallel()
	const (
		incomplete = "the field %s does not say that the list of 2 is complete"
		unknown    = "the field %s is unknown, and may say that the list is not complete"
		isError    = "!the field %s reports an error" // ! marks an error of another reason than "incomplete"
	)
	rows := map[string]string{}
	for _, fields := range []string{
		`"List":[]`, `"total":null`, `"object":"list","total":2,"count":2,"offset":0`, `"object":"customer_account_list"`, `"object":null`,
		`"total":"2","total_count":2.0`, `"limit":3`, `"limit":2,"total":2`, `"page":1,"per_page":2,"total":2`, `"pageSize":100`, `"total_pages":1`,
		`"customerId":"cst_a","customer_id":"cst_a"`,
		`"has_more":false,"next":false,"page":"","cursor":{},"token":[],"unknown":null,"links":{ }`, `"offset":"0"`, `"hasNextPage":"no"`,
		`"remaining":0,"truncated":false,"partial":false,"last":true,"isLastPage":true,"no_more":1,"is_complete":"yes"`,
		`"error":false,"success":true,"status":"SUCCESS","error_info":{"href":"NA"}`, `"customer_id":"cst_a"`,
	} {
		rows[fields] = "" // accepted
	}
	add := func(format string, fields map[string]string) {
		for field, shown := range fields {
			rows[field] = fmt.Sprintf(format, shown)
		}
	}
	add(incomplete, map[string]string{
		`"total":3`: "total (3)", `"total":1`: "total (1)", `"total":"3"`: "total (3)", `"total":2.5`: "total (2.5)", `"total":"many"`: "total (many)",
		`"total":{"value":2}`: "total", `"Total":3`: "Total (3)", `"total_count":3`: "total_count (3)", `"total_results":3`: "total_results (3)",
		`"totalRecords":3`: "totalRecords (3)",
		`"total_items":3`:  "total_items (3)", `"totalAccounts":3`: "totalAccounts (3)", `"totalElements":100000`: "totalElements (100000)",
		`"count":3`: "count (3)", `"count":1`: "count (1)", `"count":"all"`: "count (all)", `"account_count":250`: "account_count (250)",
		`"offset":1`: "offset (1)", `"limit":1`: "limit (1)", `"limit":2`: "limit (2)", `"limit":2,"total":3`: "limit (2)", `"limit":"x"`: "limit (x)",
		`"has_more":true`: "has_more (true)", `"HasMore":"true"`: "HasMore (true)", `"next":"/customers/x"`: "next", `"nextCursor":{"id":1}`: "nextCursor",
		`"continuationToken":"x"`: "continuationToken (x)", `"page":0`: "page (0)", `"page":1,"total":3`: "page (1)", `"page":{"number":0}`: "page",
		`"total_pages":2`:          "total_pages (2)",
		`"links":[{"rel":"next"}]`: "links", `"links":{"next":null}`: "links", `"pagination":{"total":2,"has_more":false}`: "pagination",
		`"truncated":true`: "truncated (true)", `"remaining":29`: "remaining (29)", `"partial":"yes"`: "partial (yes)", `"last":false`: "last (false)",
		`"is_last":0`: "is_last (0)", `"isLastPage":false`: "isLastPage (false)", `"no_more":false`: "no_more (false)", `"is_complete":false`: "is_complete (false)",
		`"success":false`: "success (false)",
	})
	add(unknown, map[string]string{
		`"unknown":{"a":1}`: "unknown", `"generated_at":"now"`: "generated_at", `"meta":{"next":"/x"}`: "meta", `"errors":["x"]`: "errors",
		`"deleted":false`: "deleted", `"total_amount":2`: "total_amount", `"moreover":false`: "moreover", `"a b":1`: `a\u0020b`,
		`"id":"x"`: "id", `"currency":"INR"`: "currency", `"customer_name":"Ramesh"`: "customer_name",
	})
	add(isError, map[string]string{
		`"error":"x"`: "error (x)", `"errorMessage":{"a":1}`: "errorMessage", `"status":"PARTIAL"`: "status (PARTIAL)", `"error_info":{"code":"U16"}`: "error_info",
	})
	maps.Copy(rows, map[string]string{
		`"object":"error"`:            "!the field object (error) does not name a list",
		`"object":7`:                  "!the field object (7) does not name a list",
		`"object":[]`:                 "!the field object does not name a list",
		`"object":"customer_account"`: "!the field object does not name a list",
		`"List":[1]`:                  "!the field List differs from list",
		`"customerId":"cst_a"`:        "!the field customerId differs from customer_id",
	})
	for fields, want := range rows {
		t.Run(fields, func(t *testing.T) {
			t.Parallel()
			err := checkList(Checker{}, fields)
			reason := "incomplete: "
			if strings.HasPrefix(want, "!") {
				reason = "in doubt: "
			}
			if want != "" {
				want = reason + strings.TrimPrefix(want, "!")
			}
			check.Equal(t, "the error", textWithReason(err), want)
			var field *Error
			if !errors.As(err, &field) || field.Entry == "" || strings.HasSuffix(field.Entry, "=VALUE") {
				return
			}
			check.NoError(t, "with the entry "+field.Entry, checkList(NewChecker(redact.Redactor{}, []string{field.Entry}, ReportUnknown), fields))
		})
	}
}

// The rows are lists of two accounts at the edge of the rule.
func TestChecker_EdgesOfAList(t *testing.T) {
	t.Parallel()
	underscores := strings.Repeat("_", 200)
	// result returns the field that an error names, or accepted.
	result := func(_ *testing.T, fields string) string {
		if err := checkList(Checker{}, fields); err != nil {
			return strings.Fields(strings.TrimPrefix(err.Error(), "the field "))[0]
		}
		return outcomeAccepted
	}
	check.Rows(t, result, map[string]check.Row[string, string]{
		"a total in another spelling allows a full page": {`"Total":2,"limit":2`, outcomeAccepted},
		"a total of another name allows a full page":     {`"total_count":"2","page":1,"per_page":2`, outcomeAccepted},
		"a count allows no full page":                    {`"count":2,"limit":2`, "limit"},
		"a wrong total allows no full page":              {`"totalCount":3,"limit":2`, "limit"},
		"an empty total allows no full page":             {`"total":[],"limit":2`, "limit"},
		"a total allows no next page":                    {`"total":2,"next_page":2`, "next_page"},
		"two totals that differ are incomplete":          {`"total":2,"total_count":3`, "total_count"},
		"a total in two spellings that differ":           {`"total":2,"TOTAL":3`, "TOTAL"},
		"more in two spellings that differ":              {`"has_more":false,"hasMore":true`, "hasMore"},
		"an escaped name is the name":                    {`"has\u005fmore":true`, "has_more"},
		"a name with 200 separators is the name":         {`"has` + underscores + `more":false`, outcomeAccepted},
		"a large limit is above the number":              {`"limit":99999999999999999999`, outcomeAccepted},
		"a limit with an exponent is above the number":   {`"limit":1e2`, outcomeAccepted},
		"a limit above a float is incomplete":            {`"limit":1e999999999`, "limit"},
		"an endless limit is incomplete":                 {`"limit":"Infinity"`, "limit"},
		"a hexadecimal limit is incomplete":              {`"limit":"0x7p1"`, "limit"},
		"a limit that is not a number is incomplete":     {`"limit":"NaN"`, "limit"},
		"a limit below zero is incomplete":               {`"limit":-1`, "limit"},
		"a total with an exponent is the number":         {`"total":2e0`, outcomeAccepted},
		"a total in wide digits is incomplete":           {`"total":"２"`, "total"},
		"a total with a space is incomplete":             {`"total":"2 "`, "total"},
		"a total below zero is incomplete":               {`"total":-2`, "total"},
		"a total that is a sign is incomplete":           {`"total":"="`, "total"},
		"a count that is a sign is incomplete":           {`"count":"@"`, "count"},
		"a limit that is a sign is incomplete":           {`"limit":">"`, "limit"},
		"a total that is true is incomplete":             {`"total":true`, "total"},
		"a total of a part is incomplete":                {`"total":2.0000001`, "total"},
		"no offset is complete":                          {`"offset":null`, outcomeAccepted},
		"a negative offset is incomplete":                {`"offset":-1`, "offset"},
		"a next page as an empty object is complete":     {`"next":{ }`, outcomeAccepted},
		"a next page of the number 0 is incomplete":      {`"next":0`, "next"},
		"a next page as the text null is incomplete":     {`"next":"null"`, "next"},
		"more below an object is incomplete":             {`"page_info":{"has_next_page":false}`, "page_info"},
		"links with a null are incomplete":               {`"links":{"next":null}`, "links"},
		"more as a text in another case":                 {`"has_more":"False"`, outcomeAccepted},
		"more as a word is incomplete":                   {`"has_more":"maybe"`, "has_more"},
		"more as a list is incomplete":                   {`"has_more":[false]`, "has_more"},
		"an object without an error is complete":         {`"error_info":{"code":null}`, outcomeAccepted},
		"an object in another spelling is rejected":      {`"Object":"list"`, "Object"},
		"an object in capitals is rejected":              {`"object":"LIST"`, "object"},
		"the same list in another spelling is accepted":  {`"List":` + twoAccounts, outcomeAccepted},
		"another list in another spelling is rejected":   {`"LIST":[{"customer_account_id":"banh_a"}]`, "LIST"},
		"a second list is unknown":                       {`"accounts":[{}]`, "accounts"},
		"a second list that is empty is ignored":         {`"accounts":[]`, outcomeAccepted},
		"a name of accounts is unknown to a list":        {`"is_active":true`, "is_active"},
		"a name without a letter is unknown":             {`"_":1`, "_"},
		"an empty name is unknown":                       {`"":1`, "a"},
		"a name with a space is unknown":                 {`"has more":false`, `has\u0020more`},
	})
}
