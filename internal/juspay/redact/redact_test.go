// SPDX-License-Identifier: MPL-2.0

package redact

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

type textRow = check.Row[string, string]

func checkTexts(t *testing.T, function func(string) string, rows map[string]textRow) {
	t.Helper()
	check.Rows(t, func(_ *testing.T, text string) string { return function(text) }, rows)
}

// isSampleAPIName reports some of the names that the client shows.
func isSampleAPIName(word string) bool {
	return slices.Contains([]string{"customer_id", "x-routing-id", "x-merchantid"}, strings.ToLower(word))
}

func TestRedactor_Text(t *testing.T) {
	t.Parallel()
	redactor := New(isSampleAPIName, "FAKE-k3y/with+parts", "Bearer tok_live_7f3kFAKE", "id=acme&region=south", "ab cd", "ab cd ef", "ab/cd/ef/gh",
		"fa4e1000-b2c3-4d4e-8a7b-9c0d1e2f3a4b", `xy\nzw\nuv\tst`, "qp%41zx%42jw%43vd%44tm", "hunter", "ｐｉｎ ｏｆ ｉｔ")
	check.Equal(t, "the text without secrets", New(nil).Text("a fake key of ravi@okicici"), "a fake key of ***")
	checkTexts(t, redactor.Text, map[string]textRow{
		"plain words are shown":                        {"Customer account not found.", "Customer account not found."},
		"punctuation is shown":                         {`Invalid "API" Key, or (worse) none!`, `Invalid "API" Key, or (worse) none!`},
		"an apostrophe or a hyphen in a word is shown": {"Juspay's white-label host isn't up", "Juspay's white-label host isn't up"},
		"other scripts are shown":                      {"ग्राहक नहीं मिला", "ग्राहक नहीं मिला"},
		"numbers of at most three digits are shown":    {"try 5 of 100", "try 5 of 100"},
		"a UUID is shown": {"request b2e0fd33-7655-4778-83a8-5179ed21b0b7 failed",
			"request b2e0fd33-7655-4778-83a8-5179ed21b0b7 failed"},
		"ids of Juspay's form are shown":                 {"banh_qn2zdmZ4VAEFaBny of cst_zqqmw0v4exbhvv2l", "banh_qn2zdmZ4VAEFaBny of cst_zqqmw0v4exbhvv2l"},
		"a code in capitals is shown":                    {"code BAD_ORIGIN", "code BAD_ORIGIN"},
		"names of Juspay's fields are shown":             {"customer_id is malformed", "customer_id is malformed"},
		"entities are undone":                            {"&quot;not found&quot; &amp;quot;again&amp;quot;", `"not found" "again"`},
		"JSON's escapes are undone":                      {`\"not\u0020found\"`, `"not found"`},
		"a slash that JSON escapes is a slash":           {`and\/or and/or`, "*** ***"},
		"JSON's surrogate pairs are undone":              {`is \ud842\udfb7 here`, "is 𠮷 here"},
		"half of a surrogate pair is removed":            {`is\ud842 here`, "is here"},
		"percent-encoding is undone":                     {"not%20found", "not found"},
		"line breaks become spaces":                      {"a\r\n\tb\u2028c", "a b c"},
		"control characters are removed":                 {"a\x1bb\x00", "ab"},
		"a dash alone is hidden":                         {"a – b", "a *** b"},
		"a long word is hidden":                          {strings.Repeat("a", 31), "***"},
		"a text of 300 characters is shown":              {strings.Repeat("ab ", 99) + "abc", strings.Repeat("ab ", 99) + "abc"},
		"a longer text is cut":                           {strings.Repeat("ab ", 200), strings.Repeat("ab ", 100) + "..."},
		"a text without spaces of over 4 KiB is hidden":  {strings.Repeat("a", MaxExamined+1), ""},
		"a phone number in groups is hidden":             {"call +91 (98765) 43210 now", "call *** (***) *** now"},
		"short groups of digits are hidden":              {"call 98 76 54 32 10", "call *** *** *** *** ***"},
		"groups with dashes between are hidden":          {"call 987 - 654 - 321", "call *** *** *** *** ***"},
		"a number with an en dash is hidden":             {"98765–43210", "***"},
		"a dotted number is hidden":                      {"account 5010.0123.4567.89 is bad", "account *** is bad"},
		"four digits are hidden":                         {"limit 1234", "limit ***"},
		"full-width digits are hidden":                   {"account ０００１１１２２２ is bad", "account *** is bad"},
		"digits of another script are hidden":            {"account ९८७६५४३२१० is bad", "account *** is bad"},
		"a PAN within a word is hidden":                  {"pan_ABCDE1234F_invalid", "***"},
		"an IFSC within a word is hidden":                {"ifsc_HDFC0001234", "***"},
		"a VPA is hidden":                                {"VPA '4225246777@yesg' is bad", "VPA '***' is bad"},
		"a VPA of letters is hidden":                     {"ravi@okicici", "***"},
		"a quoted VPA is hidden":                         {`"ravi.kumar"@okicici`, `"***`},
		"a VPA with spaces is hidden":                    {"VPA ravi @ okicici is bad", "VPA *** is bad"},
		"a VPA in JSON's escapes is hidden":              {`ravi.kumar\u0040okicici`, "***"},
		"a VPA in JSON's escapes twice is hidden":        {`ravi\\u0040okicici`, "***"},
		"a VPA in percent-encoding twice is hidden":      {"/vpa/ravi%2540okhdfc", "***"},
		"a VPA in entities four times is hidden":         {"ravi&amp;amp;amp;#64;okicici", "***"},
		"a VPA escaped more often than undone is hidden": {"ravi%2525252525252525252540okicici", "***"},
		"a full-width VPA is hidden":                     {"VPA ravi＠okhdfc is bad", "VPA *** is bad"},
		"an email address is hidden":                     {"<a.b-c@mail.example.com>", "***"},
		"credentials of a URL are hidden":                {`invalid "http://user:pass@proxy:3128"`, `invalid "***"`},
		"an id with many digits is hidden":               {"cst_9198765432100", "***"},
		"a lower-case code is hidden":                    {"ravi_kumar", "***"},
		"a name with a dot is hidden":                    {"ravi.kumar", "***"},
		"the key is hidden":                              {"key FAKE-k3y/with+parts is bad", "key *** is bad"},
		"a part of the key is hidden":                    {"the parts are with us", "the *** are *** us"},
		"a part of the key in another case is hidden":    {"the PARTS are fake", "the *** are ***"},
		"a part of the key within a word is hidden":      {"herewithin", "***"},
		"the key in percent-encoding is hidden":          {"FAKE%2Dk3y%2Fwith%2Bparts and %77ith", "*** and ***"},
		"a key with slashes that JSON escapes is hidden": {`the key ab\/cd\/ef\/gh is bad`, "the key *** is bad"},
		"a UUID that is a secret is hidden":              {"the key FA4E1000-B2C3-4D4E-8A7B-9C0D1E2F3A4B is bad", "the key *** is bad"},
		"a secret UUID in escapes is " +
			"hidden": {`f%614e1000-b%32c3-4%644e-8%617b-9%630d1e2f3a4b and f\u00614e1000-b\u0032c3-4\u00644e-8\u00617b-9\u00630d1e2f3a4b`, "*** and ***"},
		"the key in base64 is hidden":                    {"Basic RkFLRS1rM3kvd2l0aCtwYXJ0czo=", "Basic ***"},
		"the key in base64url is hidden":                 {"RkFLRS1rM3kvd2l0aCtwYXJ0czo", "***"},
		"the key with something invisible is hidden":     {"fa\u200bke", "***"},
		"a header's token without Bearer is hidden":      {"token tok_live_7f3kFAKE is bad", "token *** is bad"},
		"a part of a header's value is hidden":           {"the live region of acme", "the *** *** of ***"},
		"a short header value is hidden as a whole":      {"value ab cd is bad", "value *** is bad"},
		"a longer secret is hidden before its beginning": {"value ab cd ef is bad", "value *** is bad"},
		"a secret in base64 without a colon is hidden":   {"token aHVudGVy is bad", "token *** is bad"},
		"a secret with JSON's escapes is hidden":         {`value xy\nzw\nuv\tst is bad`, "value *** is bad"},
		"a secret whose escapes are undone is hidden":    {"value xy\nzw\nuv\tst is bad", "value *** is bad"},
		"a secret with percent-encoding is hidden":       {"value qp%41zx%42jw%43vd%44tm is bad", "value *** is bad"},
		"a secret that was decoded is hidden":            {"value qpAzxBjwCvdDtm is bad", "value *** is bad"},
		"a part of a secret that was decoded is hidden":  {"value AzxB is bad", "value *** is bad"},
		"a full-width secret is hidden":                  {"value ｐｉｎ ｏｆ ｉｔ is bad", "value *** is bad"},
		"a full-width secret in plain letters is hidden": {"value pin of it is bad", "value *** is bad"},
		"Bearer is shown":                                {"Bearer expected", "Bearer expected"},
	})
}

func TestRedactor_Message(t *testing.T) {
	t.Parallel()
	redactor := New(isSampleAPIName, "FAKE-k3y/qwertyuiop")
	rows := map[string]textRow{
		"a name is hidden":                             {"Account of Ramesh Kumar Iyer could not be credited", "Account of *** *** *** could not be credited"},
		"a name in capitals is hidden":                 {"ACCOUNT of RAMESH KUMAR could not be credited", "ACCOUNT of *** *** could not be credited"},
		"a name that begins the message is hidden":     {"Ramesh Kumar could not be credited", "*** *** could not be credited"},
		"a word alone is shown":                        {"Blocked", "Blocked"},
		"a name after an initial is hidden":            {"to A. Kumar or Dr. Iyer", "to ***. *** or ***. ***"},
		"a name after a title is hidden":               {"Account of Smt. Lakshmi, Shri. Ramesh", "Account of ***. ***, ***. ***"},
		"a name after a title in lower case is hidden": {"account of mr. Ramesh", "account of mr. ***"},
		"a name after a first title is hidden":         {"Mrs. Iyer is closed", "Mrs. *** is closed"},
		"a name after a name's dot is hidden":          {"paid to Ramesh. Kumar", "paid to ***. ***"},
		"a sentence after a term is shown": {"Invalid UPI ID. Please retry. Unauthorized. Please wait",
			"Invalid UPI ID. Please retry. Unauthorized. Please wait"},
		"a sentence after a code is shown":           {"it is BAD_ORIGIN. Please wait", "it is BAD_ORIGIN. Please wait"},
		"a name after a colon is hidden":             {"Beneficiary: Ramesh", "Beneficiary: ***"},
		"a name in quotes is hidden":                 {"account 'Ramesh' is closed", "account '***' is closed"},
		"a name in another script is hidden":         {"राम कुमार is closed", "*** *** is closed"},
		"a name with a mark is hidden":               {"account of Élodie", "account of ***"},
		"a name that begins in lower case is hidden": {"The names d'Souza, al-Rashid and deSouza", "The names ***, *** and ***"},
		"a name joined to a word is hidden":          {"no payee-Lakshmi, PAYEE-LAKSHMI, payee-रवि", "no ***, ***, ***"},
		"a first word that is such a name is hidden": {"d'Souza is closed", "*** is closed"},
		"a name after a lone mark is hidden":         {"account of \u0301Ravi", "account of ***"},
		"a new sentence begins with a capital":       {"Not found. Please retry! Why? Ask us.", "Not found. Please retry! Why? Ask us."},
		"the response's own code is shown":           {"it is UNAUTHORIZED and FORBIDDEN", "it is UNAUTHORIZED and ***"},
		"a code with a line is shown":                {"it is BAD_ORIGIN", "it is BAD_ORIGIN"},
		"ids and terms are shown":                    {"the API Key of Juspay for banh_A1 in JSON", "the API Key of Juspay for banh_A1 in JSON"},
		"a header of the API is shown":               {"x-routing-id header is missing, or the X-Merchantid", "x-routing-id header is missing, or the X-Merchantid"},
		"another header is hidden":                   {"x-ramesh-id header is missing", "*** header is missing"},
		"letters of a secret are hidden":             {"key wert is xqwery", "key *** is ***"},
		"three letters of a secret are shown":        {"key wer is ert", "key wer is ert"},
		"a name in lower case is shown":              {"account of ramesh", "account of ramesh"}, // a limit, which reliability.md states
	}
	// The messages of the reference page, and of other known errors.
	for _, message := range []string{
		"Unauthorized.", "Invalid API Key. Please pass a valid and active api key.", "Cannot find what you are looking for",
		"Cannot process your request as customer account not found.", "Customer account not found.", "Internal Server error.",
		"Mandatory parameter missing.",
	} {
		rows[message] = textRow{message, message}
	}
	checkTexts(t, func(text string) string { return redactor.Message(text, "UNAUTHORIZED") }, rows)
}

// Keys often look like hexadecimal numbers, without four letters in a row.
func TestRedactor_KeyOfLettersAndDigits(t *testing.T) {
	t.Parallel()
	checkTexts(t, New(nil, "A1B2C3D4E5F6A7B8").Text, map[string]textRow{
		"four of the key are hidden": {"banh_xa1b2x is closed", "*** is closed"},
		"three of the key are shown": {"banh_xa1bx is closed", "banh_xa1bx is closed"},
		"more of the key are hidden": {"banh_C3D4E5F6 is closed", "*** is closed"},
		"other ids are shown":        {"banh_C3D5E7 is closed", "banh_C3D5E7 is closed"},
	})
}

func TestRedactor_HideSecrets(t *testing.T) {
	t.Parallel()
	checkTexts(t, New(nil, `xy\nzw\nuv\tst`, "ｐｉｎ ｏｆ ｉｔ", "pin wxyz").HideSecrets, map[string]textRow{
		"a secret is hidden":                               {`a xy\nzw\nuv\tst b`, "a *** b"},
		"a secret in capitals is hidden":                   {`a XY\nZW\nUV\tST b`, "a *** b"},
		"a secret whose escapes a JSON parser undid":       {"a xy\nzw\nuv\tst b", "a *** b"},
		"a full-width secret is hidden in full-width text": {"a ｐｉｎ ｏｆ ｉｔ b", "a *** b"},
		"a part of four letters is hidden":                 {"a wxyz b", "a *** b"},
		"a part of three letters is shown":                 {"a pin b", "a pin b"},
		"another text is shown":                            {"a xy zw b", "a xy zw b"},
	})
}

func TestRedactor_HasSecretFragment(t *testing.T) {
	t.Parallel()
	check.Rows(t, func(_ *testing.T, word string) bool { return New(nil, "qwertyuiop").HasSecretFragment(word) }, map[string]check.Row[string, bool]{
		"four letters of a secret":            {"xWERTx", true},
		"four full-width letters of a secret": {"ｗｅｒｔ", true},
		"three letters of a secret":           {"wer", false},
	})
}

func TestRedactor_Match(t *testing.T) {
	t.Parallel()
	hosts := regexp.MustCompile(`^[a-z.]+$`)
	redactor := New(nil, "a1b2login3c4d5e6f7a8b9c0d1e2f3")
	checkTexts(t, func(text string) string { return redactor.Match(hosts, text) }, map[string]textRow{
		"a text of the form is shown":              {"sso.corp.example", "sso.corp.example"},
		"three letters of a secret are shown":      {"log.corp.example", "log.corp.example"},
		"a host with a part of a secret is hidden": {"ogin.corp.example", ""},
		"a host within which is a part is hidden":  {"corp.xloginx.example", ""},
		"a text of another form is hidden":         {"SSO.corp.example", ""},
	})
}

func TestRedactor_UUID(t *testing.T) {
	t.Parallel()
	redactor := New(nil, "fa4e1000-b2c3-4d4e-8a7b-9c0d1e2f3a4b", "0123456789abcdef0011223344556677")
	checkTexts(t, redactor.UUID, map[string]textRow{
		"a request id is shown":                 {"b2e0fd33-7655-4778-83a8-5179ed21b0b7", "b2e0fd33-7655-4778-83a8-5179ed21b0b7"},
		"four digits of a key are shown":        {"b2e0fd33-3456-4778-83a8-5179ed21b0b7", "b2e0fd33-3456-4778-83a8-5179ed21b0b7"},
		"five digits of a key are hidden":       {"b2e34567-7655-4778-83a8-5179ed21b0b7", ""},
		"two groups of a key are hidden":        {"b2e0fd33-3456-789a-83a8-5179ed21b0b7", ""},
		"a key in the form of a UUID is hidden": {"01234567-89ab-cdef-0011-223344556677", ""},
		"a secret is hidden":                    {"fa4e1000-b2c3-4d4e-8a7b-9c0d1e2f3a4b", ""},
		"a number is not a request id":          {"4225246777", ""},
	})
}

func TestRedactor_Code(t *testing.T) {
	t.Parallel()
	checkTexts(t, New(nil, "FAKE_KEY", "QWERTYUIOPASDFGHJKLZ", "live_4C9BBC8A33D4E7A9F001").Code, map[string]textRow{
		"a code in capitals is shown":              {"RESOURCE_NOT_FOUND", "RESOURCE_NOT_FOUND"},
		"a code in small letters is shown":         {"access_denied", "access_denied"},
		"a known code is shown":                    {"UNAUTHORIZED", "UNAUTHORIZED"},
		"the key is hidden":                        {"FAKE_KEY", ""},
		"the beginning of the key is hidden":       {"QWERTYUIOPASDFG", ""},
		"the beginning in small letters is hidden": {"qwertyuiopasdfg", ""},
		"a part of the key in a code is hidden":    {"BAD_RTYU_KEY", ""},
		"a name with a dot is not a code":          {"ravi.kumar", ""},
	})
}

func TestIsCode(t *testing.T) {
	t.Parallel()
	check.Rows(t, func(_ *testing.T, text string) bool { return IsCode(text) }, map[string]check.Row[string, bool]{
		"capitals":      {"RESOURCE_NOT_FOUND", true},
		"small letters": {"access_denied", true},
		"a sentence":    {"Access denied.", false},
	})
}

func TestRedactor_Error(t *testing.T) {
	t.Parallel()
	checkTexts(t, func(text string) string { return New(nil, "qwertyuiop").Error(errors.New(text)).Error() }, map[string]textRow{
		"a text without quotation marks is shown": {"proxyconnect tcp: connection refused", "proxyconnect tcp: connection refused"},
		"the host of a lookup is hidden":          {"dial tcp: lookup proxy.example.com: no such host", "dial tcp: lookup ***: no such host"},
		"a last full stop is omitted":             {"The machine refused it.", "The machine refused it"},
		"a secret is hidden":                      {"bad qwertyuiop", "bad ***"},
		"a quoted name is hidden":                 {`malformed MIME header line: "Name: Asha Example"`, `malformed MIME header line: "***"`},
		"names in a quoted text are hidden": {`malformed MIME header line: "{\"name\": \"Asha Example\", Asha"`,
			`malformed MIME header line: "***"`},
		"names in a list are hidden": {`multiple lengths; got ["Asha" "Example"]`, `multiple lengths; got ["***"]`},
		"a name in a GOAWAY is hidden": {`server sent GOAWAY and closed the connection; ErrCode=NO_ERROR, debug="Asha"`,
			`server sent GOAWAY and closed the connection; ***, ***"`},
		"what follows a quoted text is shown":   {`unknown authority (possibly because of "Asha" while "Example")`, `unknown authority (possibly because of "***")`},
		"a name that macOS quotes is hidden":    {"“Asha ”Example” certificate is not trusted", `"***" certificate is not trusted`},
		"a name in several lines is hidden":     {"bad \"Asha\nExample\" line", `bad "***" line`},
		"a name after one mark alone is hidden": {`bad "Asha Example`, `bad "***"`},
	})
}
