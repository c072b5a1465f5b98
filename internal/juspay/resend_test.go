// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// closingServer responds to the first request on a connection, and closes it when
// the second has come, as net/http finds safe to resend. The first responses are sent
// once so many requests have come.
func closingServer(t *testing.T, concurrent int32) (url string, requests *atomic.Int32) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	requests = &atomic.Int32{}
	allCame := make(chan struct{})
	body := mustJSON(juspaytest.NewAccount("cst_a", "banh_a"))
	serve := func(conn net.Conn) {
		defer func() { _ = conn.Close() }()
		reader := bufio.NewReader(conn)
		for first := true; ; first = false {
			if _, err := http.ReadRequest(reader); err != nil {
				return
			}
			n := requests.Add(1)
			if !first {
				return
			}
			if n == concurrent {
				close(allCame)
			}
			<-allCame // so that concurrent reads need a connection each
			_, _ = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
		}
	}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go serve(conn)
		}
	}()
	return "http://" + listener.Addr().String(), requests
}

func TestAttemptTransport_SendsOneRequestForAnAttempt(t *testing.T) {
	t.Parallel()
	url, requests := closingServer(t, 8)
	client, err := New(Config{APIKey: "fake-key", BaseURL: url})
	if err != nil {
		t.Fatal(err)
	}
	client.retry.maxRetries = 0
	readConcurrently(t, client, 8)
	before := requests.Load()
	_, err = client.Get(t.Context(), accountA, ReadOptions{})
	if got := checkReason(t, err, ReasonConnection); got.Attempts != 1 {
		t.Errorf("%d attempts", got.Attempts)
	}
	time.Sleep(50 * time.Millisecond) // a request on its way would have come
	if n := requests.Load() - before; n != 1 {
		t.Errorf("%d requests were sent for one attempt", n)
	}
}
