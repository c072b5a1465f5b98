// SPDX-License-Identifier: MPL-2.0

package gateways

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// TestGateways_Cache reads an account through an nginx that caches responses, before and
// after the account's validation fails.
func TestGateways_Cache(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		location string
		header   string // the header that the error of the second read names
		status   juspay.ValidationStatus
	}{
		"a cache that shows a hit is found":  {"proxy_cache_valid 200 10m; add_header X-Cache-Status $upstream_cache_status;", "X-Cache-Status says HIT", ""},
		"a cache of another header is found": {`proxy_cache_valid 200 10m; add_header Cache-Status "nginx; hit";`, "Cache-Status says hit", ""},
		"a cache that is bypassed returns FAILURE": {"proxy_cache_valid 200 10m; proxy_no_cache 1; proxy_cache_bypass 1; add_header X-Cache-Status " +
			"$upstream_cache_status;", "", juspay.StatusFailure},
		// What the guide says cannot be detected.
		"a cache that shows nothing returns ACTIVE": {"proxy_cache_valid 200 10m;", "", juspay.StatusActive},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireGateways(t, "nginx")
			server, authority := juspaytest.NewServer(), juspaytest.NewAuthority(t)
			t.Cleanup(server.Close)
			ref := putAccounts(server, 1)[0]
			g := gateway{Name: "nginx proxy_cache", program: "nginx", HTTP: "proxy_cache_path $DIR/cache keys_zone=juspay:1m;", Location: "proxy_cache juspay; " +
				test.location}
			g.start(t, authority, strings.TrimPrefix(server.URL, "http://"))
			first, err := g.newClient(t, authority).Get(t.Context(), ref, juspay.ReadOptions{})
			isEverHit := strings.Contains(test.location, `"nginx; hit"`) // so that the first read is an error too
			if !isEverHit && (err != nil || first.ValidationStatus != juspay.StatusActive) {
				t.Fatalf("the first read: got %q and the error %v, want ACTIVE", first.ValidationStatus, err)
			}
			if !strings.Contains(test.location, "proxy_no_cache") {
				waitForFile(t, filepath.Join(g.Dir, "cache"))
			}
			server.Put(juspaytest.NewAccount(ref.CustomerID, ref.CustomerAccountID).With("validation_status", "FAILURE"))
			second, err := g.newClient(t, authority).Get(t.Context(), ref, juspay.ReadOptions{})
			check.Equal(t, "the status of the second read", second.ValidationStatus, test.status)
			var apiErr *juspay.APIError
			if test.header == "" {
				if err != nil {
					t.Errorf("the second read: got the error %v, want none", err)
				}
			} else if !errors.As(err, &apiErr) || apiErr.Reason != juspay.ReasonStale || !strings.Contains(err.Error(), test.header) {
				t.Errorf("the second read: got the error %v, want one of a cache that names %s", err, test.header)
			}
		})
	}
}

// waitForFile waits until a directory has a file: nginx stores a response after it sent it.
func waitForFile(t *testing.T, dir string) {
	t.Helper()
	for range 1000 {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatalf("the cache: got the error %v, want a directory", err)
		}
		if len(entries) > 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the cache: got no file within 10s, want one")
}
