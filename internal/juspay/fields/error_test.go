// SPDX-License-Identifier: MPL-2.0

package fields

import (
	"errors"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/redact"
)

// The rows are fields of an ACTIVE account, the message of the error, and the entry that accepts
// the field.
func TestNewError(t *testing.T) {
	t.Parallel()
	const (
		active  = " contradicts the status ACTIVE"
		unknown = " is unknown, and may limit the account"
		hidden  = "a field whose name is not shown"
	)
	for name, test := range map[string]struct{ field, message, entry string }{
		"a boolean is shown":      {`"is_active":false`, "in doubt: the field is_active (false)" + active, "is_active=false"},
		"a short number is shown": {`"enabled":0`, "in doubt: the field enabled (0)" + active, "enabled=0"},
		"a long number is hidden": {`"verified":9876543210`, "in doubt: the field verified" + active, "verified=VALUE"},
		"a code is shown": {`"account_status":"NOT_USABLE"`, "in doubt: the field account_status (NOT_USABLE)" + active,
			"account_status=NOT_USABLE"},
		"a word is shown":             {`"status":"suspended"`, "in doubt: the field status (suspended)" + active, "status=suspended"},
		"a code with digits is shown": {`"error_code":"U16"`, "in doubt: the field error_code (U16)" + active, "error_code=U16"},
		"words are shown": {`"error_message":"Account closed by customer"`,
			"in doubt: the field error_message (Account closed by customer)" + active, "error_message=Account closed by customer"},
		"a name is hidden": {`"error_message":"Account of Ramesh Kumar closed"`, "in doubt: the field error_message" + active,
			"error_message=VALUE"},
		"a VPA is hidden":                 {`"error":"ravi@okicici"`, "in doubt: the field error" + active, "error=VALUE"},
		"a secret is hidden":              {`"error":"fakekey"`, "in doubt: the field error" + active, "error=VALUE"},
		"a part of a secret is hidden":    {`"error":"ekey"`, "in doubt: the field error" + active, "error=VALUE"},
		"an object is hidden":             {`"error_info":{"code":"U16"}`, "in doubt: the field error_info" + active, "error_info=VALUE"},
		"an unknown field is named alone": {`"hold_reason":"AML"`, "unknown field: the field hold_reason" + unknown, "hold_reason"},
		"a name with digits is shown":     {`"kyc_level_2":true`, "unknown field: the field kyc_level_2" + unknown, "kyc_level_2"},
		"a name with a dot is shown":      {`"risk.score":7`, "unknown field: the field risk.score" + unknown, "risk.score"},
		"another script is escaped": {`"validation_statuѕ":"FAILURE"`, `unknown field: the field validation_statu\u0455` + unknown,
			`validation_statu\u0455`},
		"a known name in another script is escaped": {`"ıs_active":false`, `in doubt: the field \u0131s_active (false)` + active, `\u0131s_active=false`},
		"whitespace is escaped":                     {`"risk score":1`, `unknown field: the field risk\u0020score` + unknown, `risk\u0020score`},
		"an emoji is escaped":                       {`"🚫":true`, `unknown field: the field \U0001f6ab` + unknown, `\U0001f6ab`},
		"another spelling of the VPA, which no entry accepts": {`"account_details":{"vpa":"a@b","VPA":"c@d"}`,
			"in doubt: the field VPA of account_details differs from vpa", ""},
		"an equals sign is escaped":              {`"a=b":1`, `unknown field: the field a\u003db` + unknown, `a\u003db`},
		"a quotation mark is escaped":            {`"a\"b":1`, `unknown field: the field a\u0022b` + unknown, `a\u0022b`},
		"a backslash is escaped":                 {`"a\\u0062":1`, `unknown field: the field a\u005cu0062` + unknown, `a\u005cu0062`},
		"a line break is escaped":                {`"a\nb":1`, `unknown field: the field a\u000ab` + unknown, `a\u000ab`},
		"half a character is escaped":            {`"\ud800x":1`, `unknown field: the field \ufffdx` + unknown, `\ufffdx`},
		"an empty name is hidden":                {`"":1`, "unknown field: " + hidden + unknown, ""},
		"a name with a secret is hidden":         {`"x_fakekey_y":true`, "unknown field: " + hidden + unknown, ""},
		"a name that is a VPA is hidden":         {`"ravi@okicici":true`, "unknown field: " + hidden + unknown, ""},
		"a name that is a number is hidden":      {`"9876543210":true`, "unknown field: " + hidden + unknown, ""},
		"a very long name is hidden":             {`"` + strings.Repeat("x", 200) + `":true`, "unknown field: " + hidden + unknown, ""},
		"only separators cannot be accepted":     {`"_":1`, "unknown field: the field _" + unknown, ""},
		"a name of paging cannot be accepted":    {`"pageSize":10`, "unknown field: the field pageSize" + unknown, ""},
		"a part of a secret in a name is hidden": {`"x_ekey":true`, "unknown field: " + hidden + unknown, ""},
		"a person's name is hidden":              {`"nickname":"Ramesh"`, "unknown field: the field nickname" + unknown, "nickname"},
		"another spelling cannot be accepted":    {`"Currency":"USD"`, "in doubt: the field Currency differs from currency", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := accountWith("ACTIVE", test.field)
			redactor := redact.New(IsDocumented, "fakekey")
			_, err := checkAccount(NewChecker(redactor, nil, RejectUnknown), body)
			check.Equal(t, "the error", textWithReason(err), test.message)
			var field *Error
			if !errors.As(err, &field) {
				t.Fatalf("got %v, want an *Error", err)
			}
			check.Equal(t, "the entry", field.Entry, test.entry)
			if test.entry == "" || strings.HasSuffix(test.entry, "=VALUE") {
				return
			}
			unknownNames, err := checkAccount(NewChecker(redactor, []string{test.entry}, RejectUnknown), body)
			check.Equal(t, "with the entry", outcomeOf(unknownNames, err), outcomeAccepted)
		})
	}
}
