// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// What one more field makes of the read of an account.
const (
	accepted = "accepted"
	warned   = "warned"  // the account is returned, and the field is named as unknown
	refused  = "refused" // the read fails
)

// verdict reads an account with one more field, and returns what became of it.
func verdict(t *testing.T, status ValidationStatus, name, value string) string {
	t.Helper()
	body := fmt.Sprintf(`{"object":"customer_account","customer_account_id":"banh_a","customer_id":"cst_acme","validation_status":%q,"currency":"INR",%s:%s}`,
		status, check.MustJSON(name), value)
	fields, err := splitObject([]byte(body))
	if err != nil {
		t.Fatalf("the response: got the error %v of the decoder, want none", err)
	}
	account, err := newAccountDecoder(redactor{}).decodeRequested(fields, AccountRef{CustomerID: "cst_acme", CustomerAccountID: "banh_a"}, ReadOptions{})
	switch {
	case err != nil && account != (CustomerAccount{}):
		t.Errorf("got the account %+v with the error %v, want none", account, err)
	case err != nil && !strings.Contains(err.Error(), "the field "+escapeName(name)):
		t.Errorf("got the error %q, want one that names %s", err, name)
	case err == nil && account.ValidationStatus != status:
		t.Errorf("got the status %q, want %q", account.ValidationStatus, status)
	case err == nil && account.UnknownFieldNames == escapeName(name):
		return warned
	case err == nil && account.UnknownFieldNames != "":
		t.Errorf("got the unknown fields %q, want none or %s", account.UnknownFieldNames, name)
	}
	if err != nil {
		return refused
	}
	return accepted
}

// checkVerdict fails unless want becomes of an account with one more field.
func checkVerdict(t *testing.T, status ValidationStatus, name, value, want string) {
	t.Helper()
	if got := verdict(t, status, name, value); got != want {
		t.Errorf("%s = %s in an account that is %s: got %s, want %s", name, value, status, got, want)
	}
}

// TestAccountFields_Table reads an account with each field of a table, in both statuses that
// decide whether money may move.
func TestAccountFields_Table(t *testing.T) {
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
			checkVerdict(t, StatusActive, name, value, want)
			if want == refused && !accountFields[simpleName(name)].isCopy() {
				want = accepted // nothing contradicts a pending validation
			}
			checkVerdict(t, StatusPending, name, value, want)
		})
	}
	if rows < 170 {
		t.Errorf("got %d rows, want at least 170", rows)
	}
}

// TestKnownFields_Rows finds slips of the table that would accept a field in silence: a reason, a
// good value or a table that nothing reads, and a name twice.
func TestKnownFields_Rows(t *testing.T) {
	t.Parallel()
	var tables []string
	seen := map[string]bool{}
	for line := range strings.Lines(knownFields) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		columns := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(columns) != 4 {
			t.Fatalf("the row %q: got %d columns, want 4", line, len(columns))
		}
		tables = append(tables, columns[0])
		for _, name := range strings.Fields(columns[3]) {
			if key := columns[0] + " " + simpleName(name); seen[key] {
				t.Errorf("got %s twice in the table %s, want it once", name, columns[0])
			} else {
				seen[key] = true
			}
		}
		t.Run(strings.TrimSpace(line), func(t *testing.T) {
			t.Parallel()
			reason, problem, _ := strings.Cut(columns[1], ": ")
			isChecked, good := problem != "" && slices.Contains(Reasons(), Reason(reason)), columns[2]
			mayBeAny := columns[0] == "whole" || strings.HasPrefix(columns[3], "bank_name ")
			if isChecked == mayBeAny {
				t.Errorf("got the error %q, want a reason and what the field does: %t", columns[1], !mayBeAny)
			}
			if isChecked && (good == "") != (columns[3] == "_") {
				t.Errorf("got the good values %q, want some unless it is the row of unknown fields", good)
			}
			if !regexp.MustCompile(`^(@[a-z_]*|=|>|yes|no|noError|false|0 1|0 false|)$`).MatchString(good) {
				t.Errorf("got the good values %q, want a form that the head of the table lists, or words that this test does", good)
			}
		})
	}
	want := strings.Fields("account details error list page total whole")
	if got := slices.Compact(slices.Sorted(slices.Values(tables))); !slices.Equal(got, want) {
		t.Errorf("got the tables %q, want %q", got, want)
	}
}

// pageNames returns the fields of the reference page, sorted.
func pageNames() (names []string) {
	for _, rule := range pageFields {
		names = append(names, rule.original)
	}
	return slices.Sorted(slices.Values(names))
}

// ofAccount returns names, each alone and after the prefixes of the account as a whole.
func ofAccount(names string) (all []string) {
	for name := range strings.FieldsSeq(names) {
		all = append(all, name, "is_"+name, "account_"+name, "bank_account_"+name, "customer_account_"+name)
	}
	return all
}

// respell returns other spellings of a name, which are the same name.
func respell(name string) []string {
	camel := strings.ReplaceAll(" "+strings.ReplaceAll(name, "_", " "), " ", "_")
	for i := range len(camel) - 1 {
		if camel[i] == '_' {
			camel = camel[:i+1] + strings.ToUpper(camel[i+1:i+2]) + camel[i+2:]
		}
	}
	pascal := strings.ReplaceAll(camel, "_", "")
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

// TestAccountFields_Rule generates names and values around each name that speaks of the
// account as a whole, and each field of an error.
func TestAccountFields_Rule(t *testing.T) {
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
						checkVerdict(t, StatusActive, spelling, value, accepted)
					}
					for _, value := range group.bad {
						checkVerdict(t, StatusActive, spelling, value, refused)
						checkVerdict(t, StatusPending, spelling, value, accepted)
					}
				}
				for _, name := range around(name) {
					if _, isKnown := accountFields[simpleName(name)]; isKnown {
						t.Errorf("got %s as a known name, want it unknown", name)
					}
					for _, value := range append(slices.Clone(group.good), group.bad...) {
						checkVerdict(t, StatusActive, name, value, warned)
					}
				}
			})
		}
	}
}

// Another spelling of a field of the reference page is refused at every status, unless it
// has the same value.
func TestAccountFields_OtherSpellings(t *testing.T) {
	t.Parallel()
	values := map[string]string{
		"object": `"customer_account"`, "customer_account_id": `"banh_a"`, "customer_id": `"cst_acme"`, "currency": `"INR"`,
	}
	for _, name := range pageNames() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, spelling := range respell(name)[1:] {
				if spelling == name {
					continue
				}
				for _, status := range ValidationStatuses() {
					same := values[name]
					if name == "validation_status" {
						same = check.MustJSON(status)
					}
					for value, want := range map[string]string{same: accepted, `null`: accepted, `""`: accepted, `"other"`: refused, `{"a":1}`: refused} {
						if value == "" {
							continue // the account lacks the field
						}
						checkVerdict(t, status, spelling, value, want)
					}
				}
			}
		})
	}
}

// The table of the reference page's fields and the decoder agree: a field that is missing in
// the table would be unknown, and one that is missing in the decoder would be lost.
func TestPageFields_AreDecoded(t *testing.T) {
	t.Parallel()
	var decoded []string
	source := string(check.Must(os.ReadFile("decode_accounts.go"))) + string(check.Must(os.ReadFile("json_object.go")))
	for _, read := range regexp.MustCompile(`r\.(?:text|optionalText|decimal)\("(\w+)"\)|const name = "(\w+)"`).FindAllStringSubmatch(source, -1) {
		decoded = append(decoded, read[1]+read[2])
	}
	slices.Sort(decoded)
	check.Equal(t, "the decoded fields", slices.Compact(decoded), pageNames())
}

// The older bank account's fields are known, whatever their values.
func TestAccountFields_BankAccount(t *testing.T) {
	t.Parallel()
	for _, name := range strings.Fields("bank_name bank_code ifsc account_number beneficiary_name gateway_id gateway_reference_id metadata") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, value := range []string{`"x"`, `12`, `false`, `{"blocked":true,"error":"x"}`, `["deleted"]`} {
				checkVerdict(t, StatusActive, name, value, accepted)
			}
		})
	}
}

// fieldErrorRow is a field of an ACTIVE account, the message of the error, and the entry that
// accepts the field.
type fieldErrorRow struct{ field, message, entry string }

// withHeader responds with 200 and a header.
func withHeader(name, value, body string) step {
	return func(req *http.Request) (*http.Response, error) {
		response := respond(req, 200, "", body)
		response.Header.Add(name, value)
		return response, nil
	}
}
