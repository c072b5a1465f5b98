// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func TestNew_Refuses(t *testing.T) {
	t.Parallel()
	const (
		control = " must not contain control characters or invisible formatting characters, such as a line break; it is sent as an HTTP header"
		plain   = "BaseURL must begin with https://, because the API key is sent to it; http:// is for servers on this machine only (localhost, 127.0.0.0/8, ::1)"
		colon   = "APIKey contains a colon, which the user name of HTTP Basic cannot hold; an API key is only the part before it"
	)
	checkRows(t, func(t *testing.T, change func(*Config)) string {
		config := Config{APIKey: "fake", BaseURL: Sandbox.BaseURL}
		change(&config)
		_, err := New(config)
		if !errors.As(err, new(*ConfigError)) {
			t.Errorf("New: got the error %v, want a *ConfigError", err)
		}
		return errorText(err)
	}, map[string]row[func(*Config), string]{
		"no API key":                      {func(c *Config) { c.APIKey = "" }, "APIKey is empty"},
		"a base URL of another machine":   {func(c *Config) { c.BaseURL = "http://example.com" }, plain},
		"a merchant id with a line break": {func(c *Config) { c.MerchantID = "a\nb" }, "MerchantID" + control},
		"a user agent with a line break":  {func(c *Config) { c.UserAgent = "a\nb" }, "UserAgent" + control},
		"a proxy that is no URL": {func(c *Config) { c.HTTPSProxy = "ftp://proxy" }, "HTTPSProxy must begin with http://, https://, socks5:// or " +
			"socks5h://"},
		"an accepted field of the page": {func(c *Config) { c.AcceptedFields = []string{"hold", "Currency"} },
			"AcceptedFields has Currency, on which every read depends; it cannot be accepted"},
		"another word for unknown fields": {func(c *Config) { c.UnknownFields = "refuse" }, `UnknownFields must be empty, "warn", "error" or "ignore"`},
		"a reserved header": {func(c *Config) { c.RequestHeaders = map[string]string{"Host": "name"} },
			"the header Host cannot be set: it is the host of the base URL"},
		"a key with a colon, and no server": {func(c *Config) { c.APIKey, c.BaseURL = "fake:key", "" }, colon + "\nBaseURL is empty"},
	})
}

func TestClient_Get(t *testing.T) {
	t.Parallel()
	standard := http.Header{
		"Authorization":   {"Basic " + base64.StdEncoding.EncodeToString([]byte(juspaytest.APIKey+":"))},
		"X-Routing-Id":    {"cst_a"},
		"Content-Type":    {"application/x-www-form-urlencoded"},
		"Accept":          {"application/json"},
		"Accept-Encoding": {"gzip"},
		"User-Agent":      {"client-test"},
		"Cache-Control":   {"no-cache, no-store"},
		"Pragma":          {"no-cache"},
	}
	for name, test := range map[string]struct {
		routingID string
		change    func(*Config)
		want      http.Header // beside the standard ones
	}{
		"by default":        {"", func(*Config) {}, nil},
		"with a routing id": {"order 12", func(*Config) {}, http.Header{"X-Routing-Id": {"order 12"}}},
		"of a merchant":     {"", func(c *Config) { c.MerchantID = "shop" }, http.Header{"X-Merchantid": {"shop"}}},
		"with more headers": {"", func(c *Config) {
			c.RequestHeaders = map[string]string{"version": "2019-05-07", "X-Gateway-Key": "fake"}
		}, http.Header{"Version": {"2019-05-07"}, "X-Gateway-Key": {"fake"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := start(t, test.change)
			ref := accountA
			ref.RoutingID = test.routingID
			got, err := client.Get(t.Context(), ref, ReadOptions{})
			checkAccount(t, got, err, fakeAccount)
			header := standard.Clone()
			for name, values := range test.want {
				header[name] = values
			}
			requests := server.Requests()
			requests[0].Header.Del("X-Request-Id") // another one each time
			if diff := cmp.Diff([]juspaytest.Request{{
				Method:   "GET",
				Target:   "/customers/cst_a/customer-accounts/banh_a",
				Segments: []string{"customers", "cst_a", "customer-accounts", "banh_a"},
				Header:   header,
			}}, requests); diff != "" {
				t.Errorf("the requests differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestClient_Get_BaseURLWithPath(t *testing.T) {
	t.Parallel()
	server, _ := start(t)
	for _, suffix := range []string{"/bank/a%2Fb", "/bank/a%2Fb/"} {
		_ = getError(t, newClient(t, server.URL+suffix), ReasonNotJuspay, 1)
	}
	for _, request := range server.Requests() {
		if request.Target != "/bank/a%2Fb/customers/cst_a/customer-accounts/banh_a" {
			t.Errorf("got the target %s, want that of the base URL's path", request.Target)
		}
	}
}

func TestClient_Get_EscapesIdentifiers(t *testing.T) {
	t.Parallel()
	var reported string
	server, client := start(t, func(c *Config) { c.OnAttempt = func(_ context.Context, a Attempt) { reported = a.Path } })
	for id, want := range map[string]struct{ sent, reported string }{
		"a?b=c":            {"a%3Fb=c", "a%3Fb=c"},
		"a#b":              {"a%23b", "a%23b"},
		"100%":             {"100%25", "100%25"},
		"%2":               {"%252", "%252"},
		"a b":              {"a%20b", "a%20b"},
		"a+b":              {"a+b", "a+b"},
		"a;b,c":            {"a%3Bb%2Cc", "a%3Bb%2Cc"},
		"दुकान":            {"%E0%A4%A6%E0%A5%81%E0%A4%95%E0%A4%BE%E0%A4%A8", "%E0%A4%A6%E0%A5%81%E0%A4%95%E0%A4%BE%E0%A4%A8"},
		"ravi@example.com": {"ravi@example.com", "ra***"},
		"98765 43210":      {"98765%2043210", "98***"},
	} {
		server.Put(juspaytest.NewAccount(id, id))
		if _, err := client.Get(t.Context(), AccountRef{CustomerID: id, CustomerAccountID: id}, ReadOptions{}); err != nil {
			t.Errorf("%q: got the error %v, want none", id, err)
		}
		path := func(id string) string { return "/customers/" + id + "/customer-accounts/" + id }
		if got := server.DrainRequests(); len(got) != 1 || got[0].Target != path(want.sent) || reported != path(want.reported) {
			t.Errorf("%q: got %+v, reported as %s, want %s, reported as %s", id, got, reported, path(want.sent), path(want.reported))
		}
	}
}

func TestClient_RefusesBeforeItSends(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	const control = "routing_id must not contain control characters or invisible formatting characters, such as a line break; it is sent as an HTTP header"
	for want, ref := range map[string]AccountRef{
		"customer_id must not be empty":         {CustomerAccountID: "banh_a"},
		"customer_account_id must not be empty": {CustomerID: "cst_a"},
		control:                                 {CustomerID: "cst_a", CustomerAccountID: "banh_a", RoutingID: "a\r\nb: c"},
	} {
		_, err := client.Get(t.Context(), ref, ReadOptions{})
		checkMessage(t, err, want)
		if ref.CustomerAccountID != "" {
			_, err := client.List(t.Context(), ref.CustomerID, ref.RoutingID, ReadOptions{})
			checkMessage(t, err, want)
		}
	}
	client.cfg.BaseURL = "://"
	_ = getError(t, client, ReasonConnection, 0)
	if n := len(server.Requests()); n != 0 {
		t.Errorf("got %d requests, want none", n)
	}
}

func TestClient_ReportsAttempts(t *testing.T) {
	t.Parallel()
	var reported []Attempt
	server, client := start(t, func(c *Config) {
		c.OnAttempt = func(_ context.Context, a Attempt) { reported = append(reported, a) }
	})
	// The drop comes first: on a connection that was used before, net/http takes
	// it for an idle connection's end and mends it by itself.
	blocked := juspaytest.NewAccount("cst_a", "banh_a").With("is_blocked", true)
	server.Fail(juspaytest.Fault{Times: 1, Drop: true}, juspaytest.Fault{Times: 1, Status: 503}, juspaytest.Fault{Times: 1, Body: blocked})
	_, err := client.Get(t.Context(), accountA, ReadOptions{})
	checkReason(t, err, ReasonInDoubt)
	var sent, got, want []string
	for i, request := range server.Requests() {
		id := request.Header.Get("X-Request-Id")
		if slices.Contains(sent, id) {
			t.Errorf("got the id %s of two requests, want one of its own for each", id)
		}
		sent = append(sent, id)
		outcome := []string{"0  juspay: connection failed: EOF", "503 " + requestID + " juspay: throttled (HTTP 503)", "200 " + requestID +
			" juspay: in doubt (HTTP 200): the field is_blocked (true) contradicts the status ACTIVE"}[i]
		want = append(want, fmt.Sprintf("%d %s GET /customers/cst_a/customer-accounts/banh_a %s", i+1, id, outcome))
	}
	for _, a := range reported {
		if a.Duration <= 0 {
			t.Errorf("attempt %d: got the duration %s, want more than 0", a.Number, a.Duration)
		}
		got = append(got, fmt.Sprintf("%d %s %s %s %d %s %v", a.Number, a.SentRequestID, a.Method, a.Path, a.StatusCode, a.RequestID, a.Err))
	}
	if diff := cmp.Diff(want, got); diff != "" || len(got) != 3 {
		t.Errorf("the attempts differ (-want +got):\n%s", diff)
	}
}

func TestNewRequestID_IsAUUID(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	seen := map[string]bool{}
	for range 1000 {
		id := newRequestID()
		if !form.MatchString(id) || seen[id] {
			t.Fatalf("got the id %s, want a new UUID", id)
		}
		seen[id] = true
	}
}

func TestClient_Secrets(t *testing.T) {
	t.Parallel()
	client := newClient(t, Sandbox.BaseURL, func(c *Config) {
		c.APIKey, c.ExtraSecrets = "fake-key", []string{"MIGHAgEA", "MBMGByqG"}
		c.RequestHeaders = map[string]string{"X-A": "1234", "X-B": "12345678"}
	})
	want := []string{"fake-key", "MIGHAgEA", "MBMGByqG", "1234", "12345678", "ZmFrZS1rZXk6"}
	if diff := cmp.Diff(want, client.Secrets()); diff != "" {
		t.Error(diff)
	}
}

// FuzzPath checks that an identifier which passes validation reaches the server
// as itself, in a path of exactly four segments.
func FuzzPath(f *testing.F) {
	server := juspaytest.NewServer()
	f.Cleanup(server.Close)
	client := newClient(f, server.URL)
	for _, seed := range []string{"banh_qn2zdmZ4VAEFaBny", "a/b", "..", "../x", "%2f", "a?b#c", "a b", "\u200b", "list", "%", "दुकान", "a\\b", "\xff"} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, customerID, accountID string) {
		_, err := client.Get(t.Context(), AccountRef{CustomerID: customerID, CustomerAccountID: accountID}, ReadOptions{})
		requests := server.DrainRequests()
		if ValidateIdentifier("it", customerID) != nil || ValidateCustomerAccountID("it", accountID) != nil {
			if len(requests) != 0 {
				t.Fatalf("got the request %q, want none", requests[0].Target)
			}
			return
		}
		checkReason(t, err, ReasonNotFound)
		want := []string{"customers", customerID, "customer-accounts", accountID}
		if len(requests) != 1 || !slices.Equal(requests[0].Segments, want) {
			t.Fatalf("got %+v, want segments %q", requests, want)
		}
	})
}

// After an error that every other read would end in too, nothing more is sent.
func TestClient_RepeatsAnErrorOfAllReads(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault    juspaytest.Fault
		want     Reason
		requests int // of three reads
	}{
		"a rejected key":            {juspaytest.Fault{Status: 401, Body: juspayError("UNAUTHORIZED")}, ReasonUnauthorized, 1},
		"a rejected address":        {juspaytest.Fault{Status: 403, Body: juspayError("BAD_ORIGIN")}, ReasonBadOrigin, 1},
		"an account that is absent": {juspaytest.Fault{Status: 404, Body: juspayError("RESOURCE_NOT_FOUND")}, ReasonNotFound, 3},
		"an error of the server":    {juspaytest.Fault{Status: 500}, ReasonServerError, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := start(t, func(c *Config) { c.MaxRetries = 0 })
			server.Fail(test.fault)
			for i := range 3 {
				_, err := client.Get(t.Context(), accountA, ReadOptions{})
				got := checkReason(t, err, test.want)
				if want := i > 0 && test.requests == 1; got.IsRepeated != want {
					t.Errorf("read %d: got IsRepeated %t, want %t", i, got.IsRepeated, want)
				}
			}
			if n := len(server.Requests()); n != test.requests {
				t.Errorf("got %d requests, want %d", n, test.requests)
			}
		})
	}
}

// A field of Config that nothing reads would be a setting without an effect.
func TestConfig_EachFieldIsRead(t *testing.T) {
	t.Parallel()
	validateRE := regexp.MustCompile(`(?s)\nfunc \(cfg Config\) Validate.*?\n}\n`)
	var source strings.Builder
	for _, name := range must(filepath.Glob("*.go")) {
		if !strings.HasSuffix(name, "_test.go") {
			source.Write(validateRE.ReplaceAll(must(os.ReadFile(name)), nil))
		}
	}
	for field := range reflect.TypeFor[Config]().Fields() {
		if !regexp.MustCompile(`\bcfg\.` + field.Name + `\b`).MatchString(source.String()) {
			t.Errorf("the client: got nothing that reads cfg.%s, want that it is read outside of Validate", field.Name)
		}
	}
}
