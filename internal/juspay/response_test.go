// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/fields"
)

// A read whose context ends does not wait for the decoding of other responses.
func TestResponse_DecodingEndsWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := scriptedClient(t, respondInTurn(succeed))
		for range maxConcurrentDecodes {
			client.decodeSlots <- struct{}{}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		_, err := client.Get(ctx, accountA, ReadOptions{})
		checkReason(t, err, ReasonCanceled)
		check.Equal(t, "the time of the read", time.Since(start), time.Second)
		<-client.decodeSlots
		if _, err := client.Get(t.Context(), accountA, ReadOptions{}); err != nil {
			t.Errorf("once another response is decoded: got %v, want the account", err)
		}
	})
}

// A response that has arrived is used, although its read has ended since, unless it must wait.
func TestResponse_DecodesWhatHasArrived(t *testing.T) {
	t.Parallel()
	client := scriptedClient(t, respondInTurn(succeed))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for i := range 100 { // select would choose at random
		check.MustNoError(t, fmt.Sprintf("free slot %d", i+1), client.acquireDecodeSlot(ctx))
		<-client.decodeSlots
	}
}

// Work on a response takes a few times its memory.
func TestResponse_DecodingIsBounded(t *testing.T) { //nolint:paralleltest // it measures what it allocates
	if raceEnabled {
		t.Skip("the race detector allocates too; make test measures without it")
	}
	for name, body := range hostileBodies() { //nolint:paralleltest // as above
		t.Run(name, func(t *testing.T) {
			if len(body) > maxBody {
				t.Fatalf("got a body of %d bytes, want at most %d", len(body), maxBody)
			}
			client := scriptedClient(t, respondAlways(200, "", body), func(c *Config) { c.MaxRetries = 0 })
			for name, read := range map[string]func(){
				"Get":  func() { _, _ = client.Get(t.Context(), accountA, ReadOptions{}) },
				"List": func() { _, _ = client.List(t.Context(), "cst_a", "", ReadOptions{}) },
			} {
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				read()
				runtime.ReadMemStats(&after)
				// Most of it is garbage of buffers that grow: of the body, and of the decoder.
				got, want := after.TotalAlloc-before.TotalAlloc, uint64(16*maxBody)
				t.Logf("%s allocated %d MiB", name, got>>20)
				if got > want {
					t.Errorf("%s: got %d MiB allocated, want at most %d MiB", name, got>>20, want>>20)
				}
			}
		})
	}
}

// hostileBodies returns JSON of almost 1 MiB that is costly to decode.
func hostileBodies() map[string]string {
	fill := func(before, part, after string) string {
		return before + strings.Repeat(part, (maxBody-len(before)-len(after))/len(part)) + after
	}
	account := strings.TrimSuffix(responseWith(`"validation_status":"ACTIVE",`), "}")
	open, end := strings.Repeat(`{"a":`, 3000)+"[", "{}]"+strings.Repeat("}", 3000)+"}"
	list := `{"list":[` + accountJSON("banh_a", "cst_a") + `],"x":`
	element := strings.TrimSuffix(accountJSON("banh_a", "cst_a"), "}")
	return map[string]string{
		"many empty objects":    fill(account+`"x":[`, `{"":0},`, `0]}`),
		"deep objects":          fill(account+`"x":`+open, `{},`, end),
		"a wide object":         fill(account+`"error_info":{`, `"a":null,`, `"b":0}}`),
		"a deep error":          fill(account+`"error":`+strings.Repeat(`{"a":`, 9000)+`"`, "x", `"`+strings.Repeat("}", 9001)),
		"a long name in errors": fill(account+`"error":{"`, "é", `":0}}`),
		"a long name":           fill(account+`"`, "é", `":1}`),
		"a long value":          fill(account+`"is_active":"`, "é", `"}`),
		"a long number":         fill(account+`"is_active":1`, "0", `}`),
		"escapes":               fill(account+`"x":"`, `\u00e9`, `"}`),
		"many spaces":           fill(account+`"error":{`, " ", `}}`),
		"numbers in a list":     fill(`{"list":[`, "0,", `0]}`),
		"objects in a list":     fill(`{"list":[`, "{},", `{}]}`),
		"accounts in a list":    fill(list+open, `{},`, end),
		"errors in a list":      fill(`{"list":[`+element+`,"error_info":{`, `"a":null,`, `"b":0}}]}`),
		"a long total":          fill(`{"list":[],"total":1`, "0", `}`),
		"details":               fill(account+`"account_details":{"x":`+open, `{},`, end+`}`),
		"an error that is long": fill(`{"status":"error","error_message":"`, "Not found. ", `"}`),
	}
}

func TestResponse_HostileBodiesAreValid(t *testing.T) {
	t.Parallel()
	for name, body := range hostileBodies() {
		if _, err := fields.Split([]byte(body)); err != nil || len(body) < maxBody-100 || len(body) > maxBody {
			t.Errorf("%s: got %d bytes, %v, want JSON of almost %d", name, len(body), err, maxBody)
		}
	}
}
