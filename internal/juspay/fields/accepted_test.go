// SPDX-License-Identifier: MPL-2.0

package fields

import (
	"fmt"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/redact"
)

func TestAcceptedFields(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		entries []string
		field   string
		want    string
	}{
		"an unknown field by its name":             {[]string{"hold_reason"}, `"hold_reason":"x"`, outcomeAccepted},
		"an unknown field in another spelling":     {[]string{"holdReason"}, `"HOLD_REASON":"x"`, outcomeAccepted},
		"an unknown field by this value":           {[]string{"hold=1"}, `"hold":1`, outcomeAccepted},
		"an unknown field with another value":      {[]string{"hold=1"}, `"hold":2`, outcomeWarned},
		"an unknown field by one of two values":    {[]string{"hold=1", "hold=2"}, `"hold":2`, outcomeAccepted},
		"an unknown field by name and by value":    {[]string{"hold", "hold=1"}, `"hold":2`, outcomeAccepted},
		"a name in its escapes":                    {[]string{`h\u0455ld`}, `"hѕld":2`, outcomeAccepted},
		"a name in its own script":                 {[]string{"hѕld"}, `"hѕld":2`, outcomeAccepted},
		"a name whose letters are composed":        {[]string{"caf\u00e9"}, `"cafe\u0301":2`, outcomeAccepted},
		"a value whose letters are composed":       {[]string{"error=caf\u00e9"}, `"error":"cafe\u0301"`, outcomeAccepted},
		"a name that looks the same":               {[]string{"hold"}, `"hоld":2`, outcomeWarned},
		"a contradiction by this value":            {[]string{"is_active=false"}, `"is_active":false`, outcomeAccepted},
		"a contradiction by this value as text":    {[]string{"is_active=false"}, `"isActive":"false"`, outcomeAccepted},
		"a contradiction with another value":       {[]string{"is_active=false"}, `"is_active":0`, outcomeRejected},
		"a contradiction by this value's case":     {[]string{"status=ON HOLD"}, `"status":"on hold"`, outcomeRejected},
		"a value that holds an equals sign":        {[]string{"error=a=b"}, `"error":"a=b"`, outcomeAccepted},
		"a contradiction of another field's value": {[]string{"is_active=false"}, `"active":false`, outcomeRejected},
		"a field vpa beside the details":           {[]string{"vpa"}, `"vpa":"a@b"`, outcomeAccepted},
		"a field vpa, but not two VPAs in details": {[]string{"vpa"}, `"account_details":{"vpa":"a@b","VPA":"c@d"}`, outcomeRejected},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checker := NewChecker(redact.Redactor{}, test.entries, ReportUnknown)
			unknownNames, err := checkAccount(checker, accountWith("ACTIVE", test.field))
			got, _, _ := strings.Cut(outcomeOf(unknownNames, err), " ")
			check.Equal(t, fmt.Sprintf("what becomes of the account, where the error is %v", err), got, test.want)
		})
	}
}

func TestValidateAccepted(t *testing.T) {
	t.Parallel()
	const (
		empty  = `it has an entry without a name or without a value; write the name of a field, or "name=value"`
		depend = ", on which every read depends; it cannot be accepted"
		list   = ", which shows whether a list of accounts is complete; it cannot be accepted. Read the accounts by their ids instead"
	)
	rows := map[string]check.Row[string, string]{
		"an unknown name is accepted":                {"hold_reason", ""},
		"an unknown name with a value is accepted":   {"hold_reason=AML", ""},
		"an escaped name is accepted":                {`validation_statu\u0455`, ""},
		"a bank account's field is accepted":         {"ifsc", ""},
		"a contradicting value is accepted":          {"is_active=false", ""},
		"an empty entry is rejected":                 {"", empty},
		"no name is rejected":                        {"=x", empty},
		"no value is rejected":                       {"hold=", empty},
		"only separators are rejected":               {"_-_", empty},
		"a very long name is rejected":               {strings.Repeat("x", 200), "it has a name of more than 128 bytes, which no field has"},
		"a known name without a value is rejected":   {"is_active", `it has is_active, whose values are known; accept a single value, as in "is_active=VALUE"`},
		"an error field without a value is rejected": {"errorCode", `it has errorCode, whose values are known; accept a single value, as in "errorCode=VALUE"`},
		"another spelling with a value is rejected":  {"Validation-Status=FAILURE", "it has Validation-Status" + depend},
		"an escaped known name is rejected":          {`\u0063urrency`, "it has currency" + depend},
		"an escaped name that looks like a known one is rejected": {`\u0131s_active`,
			`it has \u0131s_active, whose values are known; accept a single value, as in "\u0131s_active=VALUE"`},
		"id is rejected":                          {"id=banh_b", "it has id" + depend},
		"the list is rejected":                    {"list", "it has list" + list},
		"a total in another spelling is rejected": {"totalCount=250", "it has totalCount" + list},
		"a link to the next page is rejected":     {"next", "it has next" + list},
	}
	for _, name := range pageNames() {
		rows[name+" is rejected"] = check.Row[string, string]{name, "it has " + name + depend}
	}
	check.Rows(t, func(_ *testing.T, entry string) string { return check.TextOf(ValidateAccepted("it", entry)) }, rows)
}

// No field of paging can be accepted.
func TestValidateAccepted_RejectsPaging(t *testing.T) {
	t.Parallel()
	for name := range listFields {
		if _, isOfAccount := accountFields[name]; isOfAccount {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if ValidateAccepted("it", name+"=x") == nil {
				t.Error("got no error, want one")
			}
		})
	}
}
