// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

var (
	// errDoubt reports a response that contradicts itself, such as an account with a field
	// that marks it as blocked.
	errDoubt = errors.New("the response contradicts itself")
	// errIncomplete reports a list that suggests that the customer has more accounts.
	errIncomplete = errors.New("the list may be incomplete")
)

// fieldRule applies to the fields whose names match, and reports err for a value that it
// does not accept. Juspay may add fields at any time, so fields without a rule are ignored.
type fieldRule struct {
	err     error
	matches func(simpleName string) bool
	accepts func(value any) bool
	meaning string // completes "the field x ..."
}

var (
	errorRE   = regexp.MustCompile(`error`)
	statusRE  = regexp.MustCompile(`^status$`)
	refusalRE = regexp.MustCompile(`deleted|blocked|disabled|suspended|closed|revoked|expired|stale|archived|deactivated|(in|un|non|not)(active|enabled|valid|verified|success)`)
	healthRE  = regexp.MustCompile(`active|enabled|valid($|ated|[^a])|verified|success`)
	// nextRE and pageRE match names of fields that lead to more accounts. An object whose
	// name matches pageRE may also describe a single page.
	nextRE    = regexp.MustCompile(`more|next|cursor|token`)
	pageRE    = regexp.MustCompile(`page|pagin|link`)
	partialRE = regexp.MustCompile(`remain|trunc|partial|offset`)
	lastRE    = regexp.MustCompile(`^(is)?last$`)
	totalRE   = regexp.MustCompile(`total`)
	countRE   = regexp.MustCompile(`^count$`)
)

// errorRules are for every response, under any status.
var errorRules = []fieldRule{
	{errDoubt, errorRE.MatchString, isEmptyOrZero, "reports an error"},
	{errDoubt, statusRE.MatchString, func(v any) bool { return isEmpty(v) || isWord(v, "success", "ok") }, "does not report success"},
}

// accountRules are for accounts.
var accountRules = append(slices.Clone(errorRules),
	fieldRule{errDoubt, refusalRE.MatchString, func(v any) bool { return isEmptyOrZero(v) || isFalse(v) }, "suggests that the account must not be used"},
	fieldRule{errDoubt, func(name string) bool { return healthRE.MatchString(name) && !refusalRE.MatchString(name) }, func(v any) bool { return !isFalse(v) }, "suggests that the account must not be used"},
)

const moreAccounts = "suggests that the list holds only some of the accounts"

// listRules returns the rules for a list, which holds so many accounts.
func listRules(listed int) []fieldRule {
	isListed := func(v any) bool { n, ok := compare(v, listed); return isEmpty(v) || ok && n == 0 }
	isAtMostListed := func(v any) bool { n, ok := compare(v, listed); return isEmpty(v) || ok && n <= 0 }
	return append(slices.Clone(accountRules),
		fieldRule{errIncomplete, nextRE.MatchString, func(v any) bool { return isEmpty(v) || v == false }, moreAccounts},
		fieldRule{errIncomplete, pageRE.MatchString, func(v any) bool { return isEmpty(v) || v == false }, moreAccounts},
		fieldRule{errIncomplete, partialRE.MatchString, isEmptyOrZero, moreAccounts},
		fieldRule{errIncomplete, lastRE.MatchString, func(v any) bool { return !isFalse(v) }, moreAccounts},
		fieldRule{errIncomplete, totalRE.MatchString, isListed, "is not the number of accounts in the list"},
		fieldRule{errIncomplete, countRE.MatchString, isAtMostListed, "is more than the number of accounts in the list"},
	)
}

// checkFields returns an error for the first field whose value a rule does not accept, or
// whose name is another spelling of a known field.
func (r redactor) checkFields(fields map[string]json.RawMessage, rules []fieldRule, known ...string) error {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if slices.Contains(known, name) {
			continue
		}
		value := decodeAny(fields[name])
		for _, field := range known {
			if simpleName(field) == simpleName(name) && !isEmpty(value) {
				return r.newFieldError(errDoubt, name, value, "is another spelling of "+field)
			}
		}
		if err := r.checkField(name, value, rules); err != nil {
			return err
		}
	}
	return nil
}

func (r redactor) checkField(name string, value any, rules []fieldRule) error {
	for _, rule := range rules {
		if rule.matches(simpleName(name)) && !rule.accepts(value) {
			return r.newFieldError(rule.err, name, value, rule.meaning)
		}
	}
	return nil
}

// checkList fails if a field outside the elements of a list suggests that the list must
// not be used, or that it is incomplete.
func (r redactor) checkList(fields map[string]json.RawMessage, listed int) error {
	outside := maps.Clone(fields)
	delete(outside, "list")
	if err := r.checkFields(outside, nil, "list", "object", "customer_id"); err != nil {
		return err
	}
	members := map[string]any{}
	for name, raw := range outside {
		members[name] = decodeAny(raw)
	}
	return r.checkMembers(members, listed, false)
}

// checkMembers checks an object outside the elements of a list, and the objects in it. In
// an object that describes a page, any member without a rule is an error.
func (r redactor) checkMembers(members map[string]any, listed int, isPage bool) error {
	rules := listRules(listed)
	isWhole := hasTotal(members, listed)
	for _, name := range slices.Sorted(maps.Keys(members)) {
		value, simple := members[name], simpleName(name)
		hasRule := slices.ContainsFunc(rules, func(rule fieldRule) bool { return rule.matches(simple) })
		nested, isObject := value.(map[string]any)
		describesPage := pageRE.MatchString(simple)
		var err error
		switch {
		case isObject && (!hasRule || describesPage && !nextRE.MatchString(simple)):
			err = r.checkMembers(nested, listed, isPage || describesPage)
		case hasRule:
			err = r.checkField(name, value, rules)
		case simple == "limit" && !isWhole && !isEmpty(value) && !isAbove(value, listed):
			err = r.newFieldError(errIncomplete, name, value, "is not above the number of accounts in the list")
		case isPage && simple != "limit" && !isEmptyOrZero(value):
			err = r.newFieldError(errIncomplete, name, value, moreAccounts)
		default:
			err = r.checkNested(value, listed)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// hasTotal reports whether a member states that the list holds all accounts.
func hasTotal(members map[string]any, listed int) bool {
	for name, value := range members {
		if n, ok := compare(value, listed); totalRE.MatchString(simpleName(name)) && ok && n == 0 {
			return true
		}
	}
	return false
}

// checkNested checks the objects in an array, at every level.
func (r redactor) checkNested(value any, listed int) error {
	if members, ok := value.(map[string]any); ok {
		return r.checkMembers(members, listed, false)
	}
	elements, _ := value.([]any)
	for _, element := range elements {
		if err := r.checkNested(element, listed); err != nil {
			return err
		}
	}
	return nil
}

// shownNameRE matches names of fields that are fit to be shown.
var shownNameRE = regexp.MustCompile(`^[A-Za-z]+([_-][A-Za-z]+)*$`)

// newFieldError returns an error of a kind. The error names a field, and shows its value if that is a boolean,
// a short number or a word in capitals.
func (r redactor) newFieldError(kind error, name string, value any, meaning string) error {
	field := "a field whose name is not shown"
	if shownNameRE.MatchString(name) && len(name) <= 64 && r.hide(name) == name {
		field = "the field " + name
	}
	switch v := value.(type) {
	case bool:
		field += fmt.Sprintf(" (%t)", v)
	case json.Number:
		field += " (" + r.text(v.String()) + ")"
	case string:
		if codeRE.MatchString(v) && r.hide(v) == v {
			field += " (" + v + ")"
		}
	}
	if errors.Is(kind, errIncomplete) {
		return fmt.Errorf("%w: %s %s", kind, field, meaning)
	}
	return &redactedError{field + " " + meaning, kind}
}

// simpleName returns a name in lower case, normalized and without punctuation, to compare
// names of fields.
func simpleName(name string) string {
	return strings.Map(func(c rune) rune {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			return -1
		}
		return unicode.ToLower(c)
	}, norm.NFKC.String(name))
}

// decodeAny decodes a field that decodeObject accepted.
func decodeAny(raw json.RawMessage) (value any) {
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.UseNumber()
	_ = dec.Decode(&value)
	return value
}

// isEmpty reports whether a value is null, "", {} or [].
func isEmpty(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	}
	return false
}

// isEmptyOrZero reports whether a value is empty, false or 0.
func isEmptyOrZero(value any) bool {
	n, ok := compare(value, 0)
	_, isText := value.(string)
	return isEmpty(value) || value == false || ok && n == 0 && !isText
}

func isFalse(value any) bool {
	n, ok := compare(value, 0)
	return value == false || ok && n == 0 || isWord(value, "false", "no", "n")
}

// isWord reports whether a value is one of words, in any case.
func isWord(value any, words ...string) bool {
	text, ok := value.(string)
	return ok && slices.Contains(words, strings.ToLower(text))
}

func isAbove(value any, n int) bool {
	difference, _ := compare(value, n)
	return difference > 0
}

// compare compares a value with n if it is a number, or text that holds one.
func compare(value any, n int) (int, bool) {
	literal := fmt.Sprint(value)
	if !decimalRE.MatchString(literal) {
		return 0, false
	}
	number, _ := new(big.Rat).SetString(literal) // never fails for a literal of decimalRE
	return number.Cmp(big.NewRat(int64(n), 1)), true
}
