// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func TestClient_RejectsBeforeItSends(t *testing.T) {
	t.Parallel()
	const control = "routing_id must not contain control characters or invisible formatting characters, such as a line break; it is sent as an HTTP header"
	for want, ref := range map[string]AccountRef{
		"customer_id must not be empty":         {CustomerAccountID: "banh_a"},
		"customer_account_id must not be empty": {CustomerID: "cst_a"},
		control:                                 {CustomerID: "cst_a", CustomerAccountID: "banh_a", RoutingID: "a\r\nb: c"},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			server, client := startServer(t)
			_, err := client.Get(t.Context(), ref, ReadOptions{})
			check.ErrorText(t, "Get", err, want)
			if ref.CustomerAccountID != "" {
				_, err := client.List(t.Context(), ref.CustomerID, ref.RoutingID, ReadOptions{})
				check.ErrorText(t, "List", err, want)
			}
			check.Equal(t, "the number of requests", len(server.Requests()), 0)
		})
	}
}

// A request that net/http cannot make ends the read, after no attempt. New rejects such a base URL, so that
// the test sets it afterward.
func TestClient_Do_EndsWithoutARequest(t *testing.T) {
	t.Parallel()
	client := newClient(t, Sandbox.BaseURL)
	client.cfg.BaseURL = "://"
	_ = getError(t, client, ReasonConnection, 0)
}

func TestClient_Secrets(t *testing.T) {
	t.Parallel()
	client := newClient(t, Sandbox.BaseURL, func(c *Config) {
		c.APIKey, c.ExtraSecrets = "fake-key", []string{"MIGHAgEA", "MBMGByqG"}
		c.RequestHeaders = map[string]string{"X-A": "1234", "X-B": "12345678"}
	})
	want := []string{"fake-key", "MIGHAgEA", "MBMGByqG", "1234", "12345678", "ZmFrZS1rZXk6"}
	check.Equal(t, "the secrets", client.Secrets(), want)
}

func TestClient_SecretsOfAProxy(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]check.Row[string, []string]{
		"a password":                           {"http://reader:hunterpass@proxy.example", []string{"hunterpass", "cmVhZGVyOmh1bnRlcnBhc3M="}},
		"a password of a proxy without scheme": {"reader:hunterpass@proxy.example", []string{"hunterpass", "cmVhZGVyOmh1bnRlcnBhc3M="}},
		"a password in percent-encoding": {"socks5://reader:hunter%70ass@proxy.example",
			[]string{"hunter%70ass", "hunterpass", "cmVhZGVyOmh1bnRlcnBhc3M="}},
		"a password with a colon":                           {"http://reader:hunter:pass@proxy.example", []string{"hunter:pass", "cmVhZGVyOmh1bnRlcjpwYXNz"}},
		"a user name alone may be a token":                  {"http://hunterpass@proxy.example", []string{"hunterpass", "aHVudGVycGFzczo="}},
		"a short password is in other words":                {"http://reader:at@proxy.example", nil},
		"a password that is short without percent-encoding": {"http://reader:%61%74@proxy.example", nil},
		"a user name without a value":                       {"http://:@proxy.example", nil},
		"no credentials":                                    {"http://proxy.example:3128", nil},
		"no proxy":                                          {"", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := newClient(t, Sandbox.BaseURL, func(c *Config) { c.APIKey, c.HTTPSProxy = "fake-key", row.In })
			check.Equal(t, "the secrets", client.Secrets(), slices.Concat([]string{"fake-key"}, row.Want, []string{"ZmFrZS1rZXk6"}))
			for _, secret := range row.Want {
				check.Equal(t, "the text with "+secret, client.redactor.HideSecrets(secret+" is wrong"), "*** is wrong")
			}
		})
	}
}

// However a read ends, it leaves no goroutine, and no connection but idle ones.
func TestClient_LeavesNoGoroutine(t *testing.T) { //nolint:paralleltest // it counts the goroutines of the process
	before := goleak.IgnoreCurrent()
	server := juspaytest.NewServer()
	server.Put(juspaytest.NewAccount("cst_a", "banh_a"))
	client := newClient(t, server.URL, func(c *Config) { c.MaxRetries = 1 })
	for name, fault := range map[string]juspaytest.Fault{ //nolint:paralleltest // as above
		"the server fails":                  {Status: 500},
		"the account does not exist":        {Status: 404},
		"the server redirects":              {Status: 302},
		"the server hangs up":               {Drop: true},
		"the body is cut off":               {Body: "{", Truncate: true},
		"the body does not end in time":     {Body: "{", Hang: true},
		"no response comes in time":         {Delay: time.Hour},
		"the body is too large":             {Body: " ", Repeat: 2 << 20},
		"the server switches the protocols": {Raw: "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			server.Fail(fault)
			client.transport.timeout = 100 * time.Millisecond
			if account, err := client.Get(t.Context(), accountA, ReadOptions{}); err == nil {
				t.Errorf("got the account %+v, want an error", account)
			}
			server.ClearFaults() // and a success, so that the failures in a row are not an outage of a minute
			client.transport.timeout = time.Hour
			_, err := client.Get(t.Context(), accountA, ReadOptions{})
			check.NoError(t, "a read after that", err)
		})
	}
	server.DrainRequests()
	server.Fail(juspaytest.Fault{Times: 1, Delay: time.Hour})
	canceled, cancel := context.WithCancel(t.Context())
	go func() {
		defer cancel()
		_ = server.WaitForRequests(canceled, 1)
	}()
	_, err := client.Get(canceled, accountA, ReadOptions{})
	checkReason(t, err, ReasonCanceled)
	_, err = client.Get(t.Context(), accountA, ReadOptions{})
	check.NoError(t, "a read after all that", err)
	transportOf(t, client).CloseIdleConnections()
	check.NoError(t, "waiting for the end of all connections", server.WaitForNoConnections(t.Context()))
	server.Close()
	goleak.VerifyNone(t, before)
}
