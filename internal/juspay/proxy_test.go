// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"strings"
	"testing"
)

func TestValidateProxyURL(t *testing.T) {
	t.Parallel()
	for raw, isValid := range map[string]bool{
		"http://proxy:3128":                  true,
		"https://proxy.example/":             true,
		"HTTP://proxy":                       true,
		"socks5://127.0.0.1:1080":            true,
		"socks5h://[::1]:1080":               true,
		"proxy:3128":                         true,
		"proxy.example":                      true,
		"user:50%25off@proxy:1":              true,
		"http://user:p%23%2F%3F%20s@proxy:1": true,
		"http://user:50%off@proxy:1":         false,
		" http://proxy:1":                    false,
		"http://proxy:1 ":                    false,
		"http://proxy:1\n":                   false,
		"http://user:p#s@proxy:1":            false,
		"http://user:p/s@proxy:1":            false,
		"http://user:12/s@proxy:1":           false,
		"http://user:p?s@proxy:1":            false,
		"http://user:p s@proxy:1":            false,
		"http://user:p@s@proxy:1":            false,
		"http://proxy:port":                  false,
		"http://proxy:0":                     false,
		"http://proxy:65536":                 false,
		"http://":                            false,
		"http://:3128":                       false,
		"http:proxy:3128":                    false,
		"ftp://proxy:21":                     false,
		"http://http://proxy:1":              false,
		"http://proxy:1/path":                false,
		"http://proxy:1#x":                   false,
		"http://[::1":                        false,
	} {
		t.Run(raw, func(t *testing.T) {
			t.Parallel()
			err := ValidateProxyURL(raw)
			if (err == nil) != isValid {
				t.Errorf("got error %v", err)
			}
			if err != nil && strings.Contains(err.Error(), "@proxy") && !strings.Contains(err.Error(), "user:password@proxy.example.com") {
				t.Errorf("the error %v holds the URL", err)
			}
		})
	}
	_, err := New(Config{APIKey: "fake", BaseURL: Sandbox.BaseURL, HTTPSProxy: "http://user:p#s@proxy:1"})
	if err == nil || !strings.HasPrefix(err.Error(), "HTTPSProxy must be a URL such as ") {
		t.Errorf("New: got %v", err)
	}
}

func TestClient_ReportsPathsWithoutPersonalData(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{"cst_a": "cst_a", "ravi@example.com": "ra***", "98765 43210": "98***", "shop 12": "shop%2012"} {
		var path string
		script := respondAlways(accountBody)
		client := scriptedClient(t, script, func(c *Config) {
			c.OnAttempt = func(_ context.Context, a Attempt) { path = a.Path }
		})
		_, err := client.Get(t.Context(), AccountRef{CustomerID: id, CustomerAccountID: "banh_a"}, ReadOptions{})
		if want := "/customers/" + want + "/customer-accounts/banh_a"; path != want {
			t.Errorf("%q: got path %s, want %s (error %v)", id, path, want, err)
		}
	}
}
