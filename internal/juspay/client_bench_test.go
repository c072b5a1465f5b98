// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"fmt"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// BenchmarkGet reads one account after the other over loopback, the fake's part
// included.
func BenchmarkGet(b *testing.B) {
	server := juspaytest.NewServer()
	b.Cleanup(server.Close)
	server.Put(juspaytest.NewAccount("cst_a", "banh_a"))
	client := newClient(b, server.URL)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := client.Get(b.Context(), accountA, ReadOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDecoding reads responses of 1 MiB that are costly to decode, each as an account
// and as a list. Both together should take less than 50 ms.
func BenchmarkDecoding(b *testing.B) {
	for name, body := range hostileBodies() {
		client := newClient(b, Sandbox.BaseURL, func(c *Config) { c.Transport = respondAlways(200, "", body) })
		b.Run(name+"/Get", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = client.Get(b.Context(), accountA, ReadOptions{})
			}
		})
		b.Run(name+"/List", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = client.List(b.Context(), "cst_a", "", ReadOptions{})
			}
		})
	}
}

// BenchmarkGetAll reads many accounts over loopback.
func BenchmarkGetAll(b *testing.B) {
	for _, latency := range []time.Duration{0, 50 * time.Millisecond} {
		b.Run(fmt.Sprintf("1000 accounts, server at %s", latency), func(b *testing.B) {
			const accounts = 1000
			server := juspaytest.NewServer()
			b.Cleanup(server.Close)
			server.Delay(latency)
			for i := range accounts {
				server.Put(numberedAccount(i))
			}
			client := newClient(b, server.URL)
			b.ReportAllocs()
			for b.Loop() {
				for _, result := range client.GetAll(b.Context(), newRefs(accounts), ReadOptions{}) {
					if result.Err != nil {
						b.Fatal(result.Err)
					}
				}
			}
		})
	}
}
