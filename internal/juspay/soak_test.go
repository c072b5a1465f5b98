// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/juspay/terraform-provider-juspay/internal/acctest/toxiproxy"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

const (
	soakReaders  = 32
	soakAccounts = 500
)

// TestSoak makes many concurrent reads while servers and networks fail at random.
// Each must end as the right account or as an *APIError. SOAK_READS says how
// many (2000), SOAK_SEED which HTTP faults (at random).
func TestSoak(t *testing.T) { //nolint:paralleltest // it counts the goroutines of the process
	reads := numberFrom("SOAK_READS", int64(fewerWithRace(2000)))
	seed := uint64(numberFrom("SOAK_SEED", time.Now().UnixNano()&0x7fffffff))
	t.Logf("seed %d: SOAK_READS=%d SOAK_SEED=%d reproduces the choice of HTTP faults; toxiproxy chooses the network's by itself", seed, reads, seed)
	before := goleak.IgnoreCurrent()

	server := juspaytest.NewServer()
	for i := range soakAccounts {
		server.Put(numberedAccount(i))
	}
	random := rand.New(rand.NewPCG(seed, 0))
	server.FailBy(func() *juspaytest.Fault { return soakFault(random) })
	toxics, err := toxiproxy.Start(t.Context())
	check.MustNoError(t, "toxiproxy.Start", err)
	proxy, err := toxics.NewProxy(t.Context(), strings.TrimPrefix(server.URL, "http://"))
	check.MustNoError(t, "toxics.NewProxy", err)
	check.MustNoError(t, "proxy.Add", proxy.Add(t.Context(), soakToxics()...))
	client := newClient(t, "http://"+proxy.Address, func(c *Config) { c.RequestTimeout, c.MaxRetries = time.Second, 4 })

	outcomes := soak(t, client, reads)
	transportOf(t, client).CloseIdleConnections()
	toxics.Stop()
	server.Close()
	http.DefaultClient.CloseIdleConnections() // toxiproxy's API
	goleak.VerifyNone(t, before)

	total := 0
	var report strings.Builder
	for _, outcome := range slices.Sorted(maps.Keys(outcomes)) {
		total += outcomes[outcome]
		fmt.Fprintf(&report, "\n  %6d  %s", outcomes[outcome], outcome)
	}
	t.Logf("%d reads by %d readers, %d requests:%s", reads, soakReaders, len(server.Requests()), &report)

	check.Equal(t, "the number of reads that ended", total, reads)
	check.Within(t, "the number of reads that succeeded, since faults are rare, but there are some", outcomes["read"], reads/2, reads-1)
}

// soak reads accounts at random, and counts how the reads ended.
func soak(t *testing.T, client *Client, reads int) map[string]int {
	t.Helper()
	outcomes := map[string]int{}
	var mu sync.Mutex
	var next atomic.Int64
	var readers sync.WaitGroup
	for range soakReaders {
		readers.Go(func() {
			for n := next.Add(1); n <= int64(reads); n = next.Add(1) {
				i := int(n*7919) % soakAccounts
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // shorter than the longest Retry-After
				account, err := client.Get(ctx, numberedRef(i), ReadOptions{})
				cancel()
				var want CustomerAccount
				if err == nil {
					want = fakeAccount
					want.VPA = fmt.Sprintf("user%d@bank", i)
				} else if !errors.As(err, new(*APIError)) {
					t.Errorf("got the error %v, want an *APIError", err)
				}
				if account != want {
					t.Errorf("got %+v beside the error %v, want %+v", account, err, want)
				}
				mu.Lock()
				outcomes[readOutcome(err)]++
				mu.Unlock()
			}
		})
	}
	readers.Wait()
	return outcomes
}

// soakFault returns nil for three requests in four.
func soakFault(random *rand.Rand) *juspaytest.Fault {
	faults := []juspaytest.Fault{
		{Status: 500, Body: juspayError("INTERNAL_SERVER_ERROR")},
		{Status: 502, Body: "<html>"},
		{Status: 503, Header: http.Header{"Retry-After": {"0"}}},
		{Status: 429, Header: http.Header{"Retry-After": {"0"}}},
		{Status: 503, Header: http.Header{"Retry-After": {"3600"}}},
		{Status: 429, Header: http.Header{"Retry-After": {"garbage"}}},
		{Status: 429},
		{Status: 400, Body: juspayError("INVALID_INPUT")},
		{Status: 302, Header: http.Header{"Location": {"/elsewhere"}}},
		{Drop: true},
		{Body: `{"object":`, Truncate: true},
		{Body: "<html>"},
		{Body: juspayError("RESOURCE_NOT_FOUND")},
		{Body: juspaytest.NewAccount("cst_other", "banh_other")},
		{Delay: 30 * time.Millisecond, Status: 504},
		{Raw: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"},
	}
	if random.IntN(4) != 0 {
		return nil
	}
	return &faults[random.IntN(len(faults))]
}

func soakToxics() []toxiproxy.Toxic {
	toxic := func(toxicity float64, kind string, attributes map[string]any) toxiproxy.Toxic {
		return toxiproxy.Toxic{Type: kind, Stream: "downstream", Toxicity: toxicity, Attributes: attributes}
	}
	toxics := []toxiproxy.Toxic{
		toxic(0.2, "latency", map[string]any{"latency": 5, "jitter": 5}),
		toxic(0.1, "slicer", map[string]any{"average_size": 50, "size_variation": 20, "delay": 100}),
		toxic(0.2, "limit_data", map[string]any{"bytes": 3000}),
		toxic(0.01, "timeout", map[string]any{"timeout": 0}),
	}
	if runtime.GOOS == "windows" { // where toxiproxy stalls after resets, as seen under wine
		return toxics
	}
	return append(toxics, toxic(0.1, "reset_peer", map[string]any{"timeout": 20}))
}
