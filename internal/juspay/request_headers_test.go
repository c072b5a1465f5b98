// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"errors"
	"reflect"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

func TestValidateRequestHeaders(t *testing.T) {
	t.Parallel()
	const notShown = "a header name is not valid; it is not shown, because it may be a value"
	type headersRow = check.Row[map[string]string, []string]
	rows := map[string]headersRow{
		"no header":        {nil, nil},
		"Juspay's version": {map[string]string{"version": "2019-05-07"}, nil},
		"a gateway's own":  {map[string]string{"X-Gateway-Key": "a bc", "x-tenant": "äöüß"}, nil},
		"a value of three characters": {map[string]string{"X-A": "äöü"}, []string{"the value of the header X-A has fewer than 4 characters, so it could not be " +
			"hidden in errors and logs"}},
		"no name":                        {map[string]string{"": "value"}, []string{notShown}},
		"a name with a space":            {map[string]string{"X Tenant": "value"}, []string{notShown}},
		"a name with a line break":       {map[string]string{"X-A\r\nHost": "value"}, []string{notShown}},
		"a name outside ASCII":           {map[string]string{"X-Kündin": "value"}, []string{notShown}},
		"no value":                       {map[string]string{"X-A": ""}, []string{"the value of the header X-A must not be empty"}},
		"a value with surrounding space": {map[string]string{"X-A": "b "}, []string{ValidateHeaderValue("the value of the header X-A", "b ").Error()}},
		"a value with a line break":      {map[string]string{"X-A": "b\r\nX-C: d"}, []string{ValidateHeaderValue("the value of the header X-A", "b\nc").Error()}},
		"the same name twice": {map[string]string{"X-A": "1234", "x-a": "5678"}, []string{"the headers X-A and x-a are the same, since the case of a " +
			"name does not matter"}},
		"names that differ in an underscore alone": {map[string]string{"X-A": "1234", "X_A": "5678"}, nil},
		"several problems": {map[string]string{"Host": "a", "X-A": ""}, []string{"the header Host cannot be set: it is the host of the base URL",
			"the value of the header X-A must not be empty"}},
	}
	for reason, names := range map[string][]string{
		"leave it out, since every request refuses cached responses": {"Cache-Control", "pragma"},
		"it holds the API key":                                                            {"Authorization"},
		"it is the host of the base URL":                                                  {"Host"},
		"it holds the routing id of each read":                                            {"x-routing-id"},
		"it holds the merchant id":                                                        {"X-MERCHANTID", "x_merchantid"},
		"leave it out, since each attempt sends one of its own, which is logged":          {"x-request-id"},
		"it holds the user agent":                                                         {"User-Agent"},
		"leave it out, since Juspay's API prescribes it":                                  {"Content-Type"},
		"leave it out, since only JSON can be read":                                       {"Accept"},
		"leave it out, since the connection decides on compression":                       {"Accept-Encoding"},
		"leave it out, since no session is kept; a gateway that needs one cannot be used": {"Cookie"},
		"leave it out, since it belongs to the connection": {"Connection", "Keep-Alive", "Transfer-Encoding", "Content-Length", "TE",
			"Trailer", "Upgrade", "Expect"},
		"leave it out, since only a whole and current response can be used": {"Range", "If-Range", "If-None-Match", "if-modified-since", "If-Match",
			"If_None_Match", "Request-Range", "A-IM"},
		"leave it out, since it could turn the read into another request": {"X-HTTP-Method-Override", "x-http-method", "X-Method-Override",
			"X-Original-URL", "X-Rewrite-URL", "x_http_method_override"},
		"it is for a proxy, whose credentials belong in its URL": {"Proxy-Authorization", "proxy-connection"},
	} {
		for _, name := range names {
			rows[name] = headersRow{map[string]string{name: "value"}, []string{"the header " + name + " cannot be set: " + reason}}
		}
	}
	check.Rows(t, func(_ *testing.T, headers map[string]string) (messages []string) {
		for _, err := range ValidateRequestHeaders(headers) {
			messages = append(messages, err.Error())
		}
		return messages
	}, rows)
}

// The provider adds the setting that replaces a header by ConfigError.Header.
func TestValidateRequestHeaders_Header(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"x-merchantid": "X-Merchantid", "x_merchantid": "X-Merchantid", "USER_AGENT": "User-Agent", "Proxy_authorization": "Proxy-Authorization",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var configErr *ConfigError
			if err := errors.Join(ValidateRequestHeaders(map[string]string{name: "value"})...); !errors.As(err, &configErr) {
				t.Fatalf("got the error %v, want a *ConfigError", err)
			}
			check.Equal(t, "the header", configErr.Header, want)
		})
	}
}

// TestReservedHeaders_HaveEachOfTheSettings names a header that a field of Config sends, and that
// RequestHeaders could set too.
func TestReservedHeaders_HaveEachOfTheSettings(t *testing.T) {
	t.Parallel()
	var cfg Config
	for field := range reflect.TypeFor[Config]().Fields() {
		if field.Type.Kind() == reflect.String {
			reflect.ValueOf(&cfg).Elem().FieldByIndex(field.Index).SetString("x")
		}
	}
	for name := range newHeader(cfg) {
		if reservedHeaders[name] == "" {
			t.Errorf("reservedHeaders in request_headers.go: got no %s, want each header that newHeader sets", name)
		}
	}
}
