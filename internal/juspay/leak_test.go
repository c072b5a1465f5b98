// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// However a read ends, it leaves no goroutine, and no connection but idle ones.
func TestReadsLeaveNothingBehind(t *testing.T) { //nolint:paralleltest // it counts the goroutines of the process
	before := goleak.IgnoreCurrent()
	server := juspaytest.NewServer()
	server.Put(juspaytest.NewAccount("cst_a", "banh_a"))
	client := newClient(t, server.URL, func(c *Config) { c.RequestTimeout, c.MaxRetries = 100*time.Millisecond, 1 })
	for _, fault := range []juspaytest.Fault{
		{Times: 1, Status: 500},
		{Times: 1, Status: 404},
		{Times: 1, Status: 302},
		{Times: 1, Drop: true},
		{Times: 1, Body: "{", Truncate: true},
		{Times: 2, Body: "{", Hang: true},
		{Times: 2, Delay: time.Hour},
		{Times: 1, Body: " ", Repeat: 2 << 20},
		{Times: 1, Raw: "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"},
	} {
		server.Fail(fault)
		_, _ = client.Get(t.Context(), accountA, ReadOptions{})
	}
	canceled, cancel := context.WithCancel(t.Context())
	server.Fail(juspaytest.Fault{Times: 1, Delay: time.Hour})
	time.AfterFunc(20*time.Millisecond, cancel)
	_, _ = client.Get(canceled, accountA, ReadOptions{})
	if _, err := client.Get(t.Context(), accountA, ReadOptions{}); err != nil {
		t.Errorf("after all that, %v", err)
	}
	transportOf(t, client).CloseIdleConnections()
	for range 500 {
		if server.OpenConnections() == 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if n := server.OpenConnections(); n != 0 {
		t.Errorf("%d connections are open", n)
	}
	server.Close()
	goleak.VerifyNone(t, before)
}
