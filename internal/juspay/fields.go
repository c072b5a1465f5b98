// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"bytes"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The good values of a field: those that agree with an ACTIVE account, or with a complete list.
// They are words in any case, as text, number or boolean, or one of the last four.
const (
	positive    = "true 1 yes y active valid verified enabled usable success ok"
	negative    = "false 0 no n"
	noError     = "false 0 00 no none na success" // and objects whose members are good
	anything    = ""
	asListed    = "=" // the number of accounts in the list
	aboveListed = ">"
	asOriginal  = "@" // the value of the field in its own spelling
)

// fieldRule decides about the values of a field.
type fieldRule struct {
	original string // the field in its own spelling
	good     string
}

// fieldTable maps simple names of fields to their rules. A field that is not in the table
// is unknown.
type fieldTable map[string]fieldRule

// pageFields are the fields of the reference page's 200 response.
var pageFields = strings.Fields("object customer_account_id customer_id date_created account_details validation_amount currency validation_status last_validated")

// errorNames are fields that report errors. Source: the reference page's error responses, and
// the second envelope of Juspay's error pages, which may be within the field response.
const errorNames = "error error_code error_message error_info user_message response"

// errorFields are the fields of an error.
var errorFields = fieldTable{}.add(noError, errorNames).add(positive, "status")

// accountFields are the fields of an account.
var accountFields = fieldTable{"id": {"customer_account_id", asOriginal}}.
	add(asOriginal, pageFields...).
	// Source: the bank account, which the customer account replaced, as of id. The members of
	// metadata are the merchant's own words.
	add(anything, "bank_name bank_code ifsc account_number beneficiary_name gateway_id gateway_reference_id metadata").
	add(noError, errorNames).
	// Source: none. These names can only speak of the account as a whole.
	add(positive, ofAccount("active enabled valid verified usable status")...).
	add(positive, "account_state bank_account_state customer_account_state"). // a state alone may be part of an address
	add(negative, ofAccount("deleted blocked disabled suspended closed revoked expired archived deactivated frozen locked")...)

// totalFields are the fields of a list that show that it is complete.
var totalFields = fieldTable{}.add(asListed, "total total_count total_results total_records total_items total_elements total_accounts")

// The names of fields that describe the page of a list.
const (
	sizeNames = "limit size page_size per_page max_results"
	pageNames = "page page_number current_page"
)

// listFields are the fields of a list outside its accounts. Source: the list of bank
// accounts has object, list, total, offset and count; the others are common names of paging.
var listFields = maps.Clone(totalFields).
	add(asOriginal, "object list customer_id").
	add(noError, errorNames).
	add(positive, "status success last is_last last_page is_last_page no_more complete is_complete").
	add(negative, "more has_more has_next has_next_page truncated is_truncated partial is_partial incomplete is_incomplete").
	add(asListed, "account_count count number_of_elements").
	add("false 0", "offset skip remaining").
	add("0 1", "pages page_count total_pages").
	add(aboveListed, sizeNames).
	add("false", pageNames, "next next_page next_cursor next_token next_page_token next_url next_link next_offset cursor page_token continuation_token link links paging pagination page_info")

// detailFields are the fields of account_details that have a single value.
var detailFields = fieldTable{}.add(asOriginal, "customer_id customer_account_id validation_status vpa")

// wholeListFields are listFields of a list that has all of its total: the page says nothing then.
var wholeListFields = maps.Clone(listFields).add(anything, sizeNames, pageNames)

func (t fieldTable) add(good string, names ...string) fieldTable {
	for name := range strings.FieldsSeq(strings.Join(names, " ")) {
		t[simpleName(name)] = fieldRule{name, good}
	}
	return t
}

// ofAccount returns names, each alone and after the prefixes of the account as a whole.
func ofAccount(names string) (all []string) {
	for name := range strings.FieldsSeq(names) {
		all = append(all, name, "is_"+name, "account_"+name, "bank_account_"+name, "customer_account_"+name)
	}
	return all
}

// maxName is the maximum size in bytes of a simple name that is compared, far above any known name.
const maxName = 128

var separators = strings.NewReplacer("_", "", "-", "")

// simpleName returns a name without its case, "_" and "-". ToUpper replaces letters that
// differ in form only, such as the long s.
func simpleName(name string) string {
	if name = separators.Replace(name); len(name) > maxName {
		return name
	}
	return strings.ToLower(strings.ToUpper(name))
}

// maxRule is the size in bytes from which on a value is not read: it is not a good one.
const maxRule = 8 << 10

// isGood reports whether a value is good, in a list of so many accounts. originals has the
// fields in their own spelling.
func (r fieldRule) isGood(value json.RawMessage, originals map[string]json.RawMessage, listed int) bool {
	switch {
	case r.good == asOriginal:
		original := originals[r.original]
		return bytes.Equal(value, original) || valueText(value) == valueText(original)
	case r.good == anything:
		return true
	case len(value) >= maxRule:
		return false
	case r.good == noError && noErrorRE.Match(value):
		return true
	}
	text := strings.ToLower(valueText(value))
	n, _ := strconv.ParseFloat(text, 64)
	switch r.good {
	case asListed:
		return decimalRE.MatchString(text) && n == float64(listed)
	case aboveListed:
		return decimalRE.MatchString(text) && n > float64(listed)
	}
	return slices.Contains(strings.Fields(r.good), text)
}

// noErrorRE matches valid JSON without a value that reports an error. A text after "{" or ","
// is a name, since an array must be empty.
var noErrorRE = regexp.MustCompile(`^(?:[{,]\s*(?:"(?:[^"\\]|\\.)*"|\})|[:}\s]|null|false|0|"(?i:` + strings.ReplaceAll(noError, " ", "|") + `|)"|\[\s*\])*$`)

var emptyRE = regexp.MustCompile(`^(null|""|\{\s*\}|\[\s*\]|)$`)

// isEmpty reports whether a value is null, "", {} or [], or missing.
func isEmpty(value json.RawMessage) bool { return emptyRE.Match(value) }

// valueText returns the text of a string, and any other value, or a very long one, as JSON.
func valueText(value json.RawMessage) (text string) {
	if len(value) < maxRule && string(value) != "null" && json.Unmarshal(value, &text) == nil {
		return text
	}
	return string(value)
}
