// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/http/httpguts"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

func TestValidateAPIKey(t *testing.T) {
	t.Parallel()
	checkMessages(t, bindName(ValidateAPIKey), map[string]textRow{
		"hexadecimal digits are accepted": {"FAKE0123456789ABCDEF", ""},
		"printable ASCII is accepted":     {"!\"#$%&'()*+,-./;<=>?@[\\]^_`{|}~", ""},
		"an empty text is rejected":       {"", "it is empty"},
		"a colon is rejected": {"fake:key", "it contains a colon, which the user name of HTTP Basic cannot hold; an API key is only the part before " +
			"it"},
		"a space inside is rejected": {"fake key", "it contains whitespace, a control character or a character outside ASCII"},
		"a line break is rejected": {"fake\r\nX-Evil: 1", "it contains a colon, which the user name of HTTP Basic cannot hold; an API key is only the " +
			"part before it"},
		"a control character is rejected":      {"fake\x00key", "it contains whitespace, a control character or a character outside ASCII"},
		"DEL is rejected":                      {"fake\x7fkey", "it contains whitespace, a control character or a character outside ASCII"},
		"a character past ASCII is rejected":   {"fakékey", "it contains whitespace, a control character or a character outside ASCII"},
		"bytes that are not text are rejected": {"fake\xffkey", "it contains whitespace, a control character or a character outside ASCII"},
	})
}

func TestValidateIdentifier(t *testing.T) {
	t.Parallel()
	const (
		dots      = `it must not be "." or "..", which mean a directory in a URL`
		space     = "it must not begin or end with whitespace"
		slash     = `it must not contain "/" or "\", which separate the segments of a URL's path`
		encoded   = `it must not contain "%" followed by two hexadecimal digits, which a gateway may decode; pass the id without percent-encoding`
		invisible = "it must not contain control characters or invisible formatting characters; copy it again as plain text"
	)
	checkMessages(t, bindName(ValidateIdentifier), map[string]textRow{
		"Juspay's own form is accepted":           {"cst_zqqmw0v4exbhvv2l", ""},
		"what a URL gives meaning to is allowed":  {"a?b#c%g;d&e=f:g@h%2", ""},
		"inner spaces are allowed":                {"shop 12", ""},
		"other scripts are allowed":               {"दुकान-१२", ""},
		"three dots are allowed":                  {"...", ""},
		"dots before other text are allowed":      {"..a;b", ""},
		"a composed letter is allowed":            {"caf\u00e9", ""},
		"escaped dots are rejected":               {"%2e%2e", encoded},
		"an escaped slash is rejected":            {"a%2Fb", encoded},
		"a slash is rejected":                     {"vendor-7/../cst_victim", slash},
		"a backslash is rejected":                 {`a\b`, slash},
		"two dots with a parameter are rejected":  {"..;x=1", dots},
		"a decomposed letter is rejected":         {"cafe\u0301", "it must be in Unicode's form NFC, the form in which it is compared; retype its accented letters"},
		"a compatibility form is rejected":        {"\u212b", "it must be in Unicode's form NFC, the form in which it is compared; retype its accented letters"},
		"an empty text is rejected":               {"", "it must not be empty"},
		"one dot is rejected":                     {".", dots},
		"two dots are rejected":                   {"..", dots},
		"a leading space is rejected":             {" cst_a", space},
		"a trailing line break is rejected":       {"cst_a\n", space},
		"a no-break space at the end is rejected": {"cst_a\u00a0", space},
		"a control character is rejected":         {"cst\x07a", invisible},
		"a zero-width space is rejected":          {"cst\u200ba", invisible},
		"a byte order mark is rejected":           {"\ufeffcst_a", invisible},
		"a change of direction is rejected":       {"cst_\u202ea", invisible},
		"a soft hyphen is rejected":               {"cst\u00ada", invisible},
		"a line separator inside is rejected":     {"cst\u2028a", invisible},
		"a variation selector is rejected":        {"cst\ufe0fa", invisible},
		"a Hangul filler is rejected":             {"cst\u3164a", invisible},
		"a tag character is rejected":             {"cst\U000e0041a", invisible},
		"bytes that are not text are rejected":    {"cst\xff", invisible},
	})
}

func TestValidateCustomerAccountID(t *testing.T) {
	t.Parallel()
	check.NoError(t, "banh_a", ValidateCustomerAccountID("it", "banh_a"))
	check.NoError(t, "lists", ValidateCustomerAccountID("it", "lists"))
	check.ErrorText(t, "an empty id", ValidateCustomerAccountID("it", ""), "it must not be empty")
	check.ErrorText(t, "list", ValidateCustomerAccountID("it", "list"), `it must not be "list", which names Juspay's list of accounts and not an account`)
}

func TestValidateHeaderValue(t *testing.T) {
	t.Parallel()
	const control = "it must not contain control characters or invisible formatting characters, such as a line break; it is sent as an HTTP header"
	checkMessages(t, bindName(ValidateHeaderValue), map[string]textRow{
		"Juspay's example is accepted":         {"customer_1122", ""},
		"inner spaces are accepted":            {"order 12", ""},
		"other scripts are accepted":           {"ग्राहक", ""},
		"an empty text is rejected":            {"", "it must not be empty"},
		"a leading space is rejected":          {" a", "it must not begin or end with whitespace, which HTTP headers lose"},
		"a trailing tab is rejected":           {"a\t", "it must not begin or end with whitespace, which HTTP headers lose"},
		"a header of its own is rejected":      {"a\r\nX-Evil: 1", control},
		"NUL is rejected":                      {"a\x00b", control},
		"a zero-width joiner is rejected":      {"a\u200db", control},
		"bytes that are not text are rejected": {"a\xffb", control},
	})
}

// Whatever can be a customer id can be sent as the routing id too, since it is
// when no other is given.
func TestValidateIdentifier_IsARoutingID(t *testing.T) {
	t.Parallel()
	for r := range rune(0x10000) {
		id := "a" + string(r) + "b"
		if ValidateIdentifier("it", id) == nil && ValidateHeaderValue("it", id) != nil {
			t.Fatalf("U+%04X in a header: got an error, want none, since an identifier may have it", r)
		}
	}
}

func TestNormalizeBaseURL(t *testing.T) {
	t.Parallel()
	const (
		notURL   = "is not a URL such as https://smartgateway.example.com"
		ascii    = "must have a host name in ASCII (others in their xn-- form), so that no letter can be mistaken for another"
		userInfo = "must not hold a user name or password; the API key is sent separately"
		query    = `must not have a query ("?" and what follows)`
		fragment = `must not have a fragment ("#" and what follows)`
		http     = "must begin with https://, because the API key is sent to it; http:// is for servers on this machine only (localhost, 127.0.0.0/8, ::1)"
		scheme   = "must begin with https:// (or, for a server on this machine, http://)"
		dots     = `must not have "." or ".." in its path`
	)
	for raw, want := range map[string]string{
		"https://api.juspay.in":                "https://api.juspay.in",
		"https://api.juspay.in/":               "https://api.juspay.in",
		"https://api.juspay.in///":             "https://api.juspay.in",
		"HTTPS://bank.example:8443/juspay/v1/": "https://bank.example:8443/juspay/v1",
		"https://bank.example/a%2Fb/":          "https://bank.example/a%2Fb",
		"https://bank.example:1/~":             "https://bank.example:1/~",
		"https://bank.example:65535":           "https://bank.example:65535",
		"https://[2001:db8::1]/x":              "https://[2001:db8::1]/x",
		"https://[fe80::1%25eth0]/x":           "https://[fe80::1%25eth0]/x",
		"https://Bank.Example/X":               "https://bank.example/X",
		"http://localhost:8787":                "http://localhost:8787",
		"http://LOCALHOST":                     "http://localhost",
		"http://127.0.0.1:8787/":               "http://127.0.0.1:8787",
		"http://127.8.9.10":                    "http://127.8.9.10",
		"http://[::1]:8787":                    "http://[::1]:8787",
	} {
		t.Run(raw, func(t *testing.T) {
			t.Parallel()
			if got, err := NormalizeBaseURL("it", raw); err != nil || got != want {
				t.Errorf("%q: got %q, %v, want %q", raw, got, err, want)
			}
		})
	}
	for want, rejected := range map[string][]string{
		"is empty": {""},
		scheme: {
			"api.juspay.in", "/customers", "https:api.juspay.in", " https://api.juspay.in", "127.0.0.1:8787", "htp://127.0.0.1:8787",
			"ftp://api.juspay.in",
		},
		notURL: {
			"https:///customers", "https://:443", "https://api.juspay.in:0", "https://api.juspay.in:65536",
			"https://api.juspay.in:port", "https://api.juspay.in\n", "https://api.juspay.in/%zz",
			"http://fake:password@api.juspay.in/%z",
		},
		ascii:    {"https://\u200bapi.juspay.in", "https://café.example", "https://\u0430pi.juspay.in"},
		userInfo: {"https://fake-user@api.juspay.in", "https://fake:password@api.juspay.in"},
		query:    {"https://api.juspay.in?", "https://api.juspay.in/?a=b"},
		fragment: {"https://api.juspay.in#", "https://api.juspay.in/#a"},
		http: {
			"http://api.juspay.in", "http://localhost.example.com", "http://127.0.0.1.example.com", "http://10.0.0.1",
			"http://0.0.0.0", "http://[::]",
		},
		dots: {"https://api.juspay.in/a/../b", "https://api.juspay.in/./b", "https://api.juspay.in/a/%2e%2e/b"},
	} {
		for _, raw := range rejected {
			t.Run(raw, func(t *testing.T) {
				t.Parallel()
				_, err := NormalizeBaseURL("it", raw)
				check.ErrorText(t, "NormalizeBaseURL", err, "it "+want)
			})
		}
	}
	for _, environment := range Environments() {
		t.Run(environment.Name, func(t *testing.T) {
			t.Parallel()
			got, err := NormalizeBaseURL("it", environment.BaseURL)
			check.NoError(t, "NormalizeBaseURL", err)
			check.Equal(t, "the URL", got, environment.BaseURL)
		})
	}
}

// FuzzValidateAPIKey checks that a server takes each accepted key
// out of the header.
func FuzzValidateAPIKey(f *testing.F) {
	for _, seed := range []string{"FAKE0123456789ABCDEF", "", "fake:key", "fake key", "fake\r\nX: y", "fake\x00", "fakéy", "fake\xff", "=", "fake="} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, key string) {
		if ValidateAPIKey("it", key) != nil {
			return
		}
		client, err := New(Config{APIKey: key, BaseURL: Sandbox.BaseURL})
		check.MustNoError(t, "juspay.New", err)
		if !httpguts.ValidHeaderFieldValue(client.header.Get("Authorization")) {
			t.Fatalf("the key %q: got a header that cannot be sent, want one that can", key)
		}
		user, password, ok := (&http.Request{Header: client.header}).BasicAuth()
		if user != key || password != "" || !ok {
			t.Fatalf("the credentials: got %q and %q (%t), want the key %q and no password", user, password, ok, key)
		}
	})
}

func TestValidateProxyURL(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		"http://proxy:3128", "https://proxy.example/", "HTTP://proxy", "socks5://127.0.0.1:1080", "socks5h://[::1]:1080",
		"proxy:3128", "proxy.example", "user:50%25off@proxy:1", "http://user:p%23%2F%3F%20s@proxy:1",
	} {
		t.Run(raw+" is accepted", func(t *testing.T) {
			t.Parallel()
			check.NoError(t, "ValidateProxyURL", ValidateProxyURL("it", raw))
		})
	}
	for _, raw := range []string{
		"http://user:50%off@proxy:1", " http://proxy:1", "http://proxy:1 ", "http://proxy:1\n", "http://user:p#s@proxy:1",
		"http://user:p/s@proxy:1", "http://user:12/s@proxy:1", "http://user:p?s@proxy:1", "http://user:p s@proxy:1",
		"http://user:p@s@proxy:1", "http://proxy:port", "http://proxy:0", "http://proxy:65536", "http://", "http://:3128",
		"http:proxy:3128", "ftp://proxy:21", "http://http://proxy:1", "http://proxy:1/path", "http://proxy:1#x", "http://[::1",
	} {
		t.Run(raw+" is rejected", func(t *testing.T) {
			t.Parallel()
			err := ValidateProxyURL("it", raw)
			if err == nil || strings.Contains(strings.ReplaceAll(err.Error(), "user:password@proxy.example.com", ""), "@proxy") {
				t.Errorf("got the error %v, want one without the password", err)
			}
		})
	}
}
