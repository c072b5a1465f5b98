// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"slices"
	"testing"
)

func TestValidateRequestHeaders(t *testing.T) {
	t.Parallel()
	const (
		connection = " cannot be set: leave it out, since it belongs to the connection"
		proxy      = " cannot be set: it is for a proxy, whose credentials belong in its URL"
	)
	one := func(name string) map[string]string { return map[string]string{name: "value"} }
	for name, test := range map[string]struct {
		headers map[string]string
		want    []string
	}{
		"none":                           {nil, nil},
		"Juspay's version":               {map[string]string{"version": "2019-05-07"}, nil},
		"a gateway's own":                {map[string]string{"X-Gateway-Key": "a bc", "x-tenant": "äöüß"}, nil},
		"a value of three characters":    {map[string]string{"X-A": "äöü"}, []string{"the value of the header X-A has fewer than 4 characters, so it could not be hidden in errors and logs"}},
		"Cache-Control":                  {one("Cache-Control"), []string{"the header Cache-Control cannot be set: leave it out, since every request refuses cached responses"}},
		"Pragma":                         {one("pragma"), []string{"the header pragma cannot be set: leave it out, since every request refuses cached responses"}},
		"Authorization":                  {one("Authorization"), []string{"the header Authorization cannot be set: it holds the API key"}},
		"Host":                           {one("Host"), []string{"the header Host cannot be set: it is the host of the base URL"}},
		"x-routing-id":                   {one("x-routing-id"), []string{"the header x-routing-id cannot be set: it holds the routing id of each read"}},
		"x-merchantid in capitals":       {one("X-MERCHANTID"), []string{"the header X-MERCHANTID cannot be set: it holds the merchant id"}},
		"x-request-id":                   {one("x-request-id"), []string{"the header x-request-id cannot be set: leave it out, since each attempt sends one of its own, which is logged"}},
		"User-Agent":                     {one("User-Agent"), []string{"the header User-Agent cannot be set: it holds the user agent"}},
		"Content-Type":                   {one("Content-Type"), []string{"the header Content-Type cannot be set: leave it out, since Juspay's API prescribes it"}},
		"Accept":                         {one("Accept"), []string{"the header Accept cannot be set: leave it out, since only JSON can be read"}},
		"Accept-Encoding":                {one("Accept-Encoding"), []string{"the header Accept-Encoding cannot be set: leave it out, since the connection decides on compression"}},
		"Cookie":                         {one("Cookie"), []string{"the header Cookie cannot be set: leave it out, since no session is kept; a gateway that needs one cannot be used"}},
		"Connection":                     {one("Connection"), []string{"the header Connection" + connection}},
		"Keep-Alive":                     {one("Keep-Alive"), []string{"the header Keep-Alive" + connection}},
		"Transfer-Encoding":              {one("Transfer-Encoding"), []string{"the header Transfer-Encoding" + connection}},
		"Content-Length":                 {one("Content-Length"), []string{"the header Content-Length" + connection}},
		"TE":                             {one("TE"), []string{"the header TE" + connection}},
		"Trailer":                        {one("Trailer"), []string{"the header Trailer" + connection}},
		"Upgrade":                        {one("Upgrade"), []string{"the header Upgrade" + connection}},
		"Expect":                         {one("Expect"), []string{"the header Expect" + connection}},
		"Proxy-Authorization":            {one("Proxy-Authorization"), []string{"the header Proxy-Authorization" + proxy}},
		"any other header of a proxy":    {one("proxy-connection"), []string{"the header proxy-connection" + proxy}},
		"no name":                        {one(""), []string{`"" is not the name of an HTTP header`}},
		"a name with a space":            {one("X Tenant"), []string{`"X Tenant" is not the name of an HTTP header`}},
		"a name with a line break":       {one("X-A\r\nHost"), []string{`"X-A\r\nHost" is not the name of an HTTP header`}},
		"a name outside ASCII":           {one("X-Kündin"), []string{`"X-Kündin" is not the name of an HTTP header`}},
		"no value":                       {map[string]string{"X-A": ""}, []string{"the value of the header X-A must not be empty"}},
		"a value with surrounding space": {map[string]string{"X-A": "b "}, []string{"the value of the header X-A " + ValidateHeaderValue("b ").Error()}},
		"a value with a line break":      {map[string]string{"X-A": "b\r\nX-C: d"}, []string{"the value of the header X-A " + ValidateHeaderValue("b\nc").Error()}},
		"the same name twice":            {map[string]string{"X-A": "1234", "x-a": "5678"}, []string{"the headers X-A and x-a are the same, since the case of a name does not matter"}},
		"several problems":               {map[string]string{"Host": "a", "X-A": ""}, []string{"the header Host cannot be set: it is the host of the base URL", "the value of the header X-A must not be empty"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, err := range ValidateRequestHeaders(test.headers) {
				got = append(got, err.Error())
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
