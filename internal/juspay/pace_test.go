// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// readMany reads accounts all at once, and fails unless each is the right one.
func readMany(t *testing.T, client *Client, server *juspaytest.Server, accounts int) {
	t.Helper()
	for i := range accounts {
		server.Put(soakAccount(i))
	}
	var readers sync.WaitGroup
	for i := range accounts {
		readers.Go(func() {
			account, err := client.Get(t.Context(), AccountRef{CustomerID: fmt.Sprintf("cst_%d", i), CustomerAccountID: fmt.Sprintf("banh_%d", i)}, ReadOptions{})
			if want := fmt.Sprintf("user%d@bank", i); err != nil || account.VPA != want {
				t.Errorf("banh_%d: %v", i, err)
			}
		})
	}
	readers.Wait()
}

func TestReadsShareAFewConnections(t *testing.T) {
	t.Parallel()
	for name, most := range map[string]int{"by default": DefaultMaxConcurrentRequests, "one at a time": 1, "five": 5} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := start(t, func(c *Config) { c.MaxConcurrentRequests = most })
			readMany(t, client, server, 300)
			readMany(t, client, server, 300)
			if opened, n := server.Connections(), len(server.Requests()); opened > most || n != 600 {
				t.Errorf("%d connections were opened for %d requests", opened, n)
			}
		})
	}
}

func TestRequestsPerSecondShapesWithoutSerialising(t *testing.T) {
	t.Parallel()
	server, client := start(t, func(c *Config) { c.RequestsPerSecond = 50 })
	server.Fail(juspaytest.Fault{Delay: 500 * time.Millisecond, Body: `{}`})
	begun := time.Now()
	var readers sync.WaitGroup
	for range 20 {
		readers.Go(func() { _, _ = client.Get(t.Context(), accountA, ReadOptions{}) })
	}
	readers.Wait()
	// One after the other, they would take ten seconds; without a limit, half a
	// second.
	if took := time.Since(begun); took < 850*time.Millisecond || took > 8*time.Second {
		t.Errorf("20 reads took %s", took)
	}
}

// Against a server that allows so many requests a second, each read is refused
// once at most, since those that were refused go first.
func TestAThrottledClientLosesNoRead(t *testing.T) {
	t.Parallel()
	server, client := start(t, func(c *Config) { c.MaxRetries = 2 })
	server.Throttle(100)
	readMany(t, client, server, 400)
	throttled, sent := server.Throttled(), len(server.Requests())
	if sent != 400+throttled || throttled == 0 || throttled > 5*DefaultMaxConcurrentRequests {
		t.Errorf("%d requests, of which %d were throttled", sent, throttled)
	}
}

func TestNothingIsSentWhileJuspayWantsARest(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	server.Put(juspaytest.NewAccount("cst_a", "banh_a"))
	server.Fail(juspaytest.Fault{Times: 1, Status: 429, Header: http.Header{"Retry-After": {"5"}}})
	var readers sync.WaitGroup
	defer readers.Wait()
	read := func() {
		if _, err := client.Get(t.Context(), accountA, ReadOptions{}); err != nil {
			t.Error(err)
		}
	}
	readers.Go(read)
	untilItRests(t, client)
	for range 20 {
		readers.Go(read)
	}
	time.Sleep(300 * time.Millisecond)
	if n := len(server.Requests()); n != 1 {
		t.Errorf("%d requests were sent", n)
	}
}

func untilRequests(t *testing.T, server *juspaytest.Server, n int) {
	t.Helper()
	for range 1000 {
		if len(server.Requests()) >= n {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d requests came", len(server.Requests()))
}

func untilItRests(t *testing.T, client *Client) {
	t.Helper()
	for range 1000 {
		if left, _ := client.pace.rest(); left > 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("the client does not rest")
}

func TestWhatARestHeldBackIsShapedAfterIt(t *testing.T) {
	t.Parallel()
	server, client := start(t, func(c *Config) { c.RequestsPerSecond = 50 })
	server.Put(juspaytest.NewAccount("cst_a", "banh_a"))
	client.pace.obey(answer{statusCode: 429, header: http.Header{"Retry-After": {"1"}}}, 1)
	begun := time.Now()
	var readers sync.WaitGroup
	for range 31 {
		readers.Go(func() {
			if _, err := client.Get(t.Context(), accountA, ReadOptions{}); err != nil {
				t.Error(err)
			}
		})
	}
	readers.Wait()
	// 30 waits of a fiftieth of a second each follow the rest.
	if took := time.Since(begun); took < 1550*time.Millisecond {
		t.Errorf("31 reads took %s", took)
	}
}

func TestARestThatIsTooLongFailsAllReadsWithoutAsking(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	server.Fail(juspaytest.Fault{Times: 1, Status: 429, Header: http.Header{"Retry-After": {"3600"}}})
	for i, attempts := range []int{1, 0, 0} {
		_, err := client.Get(t.Context(), accountA, ReadOptions{})
		got := checkReason(t, err, ReasonThrottled)
		if got.Attempts != attempts || got.RetryAfter != time.Hour || !got.AskedToWaitTooLong() || got.StatusCode != 429 || got.RequestID != requestID {
			t.Errorf("read %d: %+v", i, got)
		}
	}
	if n := len(server.Requests()); n != 1 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestAThrottledAnswerWithoutRetryAfterIsARestToo(t *testing.T) {
	t.Parallel()
	p := newPace(1, 0)
	p.obey(answer{statusCode: 503, header: http.Header{"Retry-After": {"9"}}}, 1)
	if left, _ := p.rest(); left > 0 {
		t.Errorf("a 503 asks all to rest for %s", left)
	}
	p.obey(answer{statusCode: 429, header: http.Header{}}, 1)
	if left, _ := p.rest(); left <= 0 || left > retryWaitMin {
		t.Errorf("the rest is %s", left)
	}
	p.obey(answer{statusCode: 429, header: http.Header{"Retry-After": {"20"}}}, 1)
	p.obey(answer{statusCode: 429, header: http.Header{"Retry-After": {"1"}}}, 1)
	if left, _ := p.rest(); left < 19*time.Second {
		t.Errorf("a shorter rest cuts a longer one down to %s", left)
	}
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(*Client){
		"for a place among the reads": func(c *Client) { _ = c.pace.reads.Acquire(context.Background(), 1) },
		"for the end of a rest": func(c *Client) {
			c.pace.obey(answer{statusCode: 429, header: http.Header{"Retry-After": {"20"}}}, 1)
		},
		"for the next request to be due": func(c *Client) { c.pace.requests.Allow() },
	} {
		for ending, end := range map[string]func(context.Context) (context.Context, context.CancelFunc){
			"canceled": func(ctx context.Context) (context.Context, context.CancelFunc) {
				ctx, cancel := context.WithCancel(ctx)
				time.AfterFunc(50*time.Millisecond, cancel)
				return ctx, cancel
			},
			"out of time": func(ctx context.Context) (context.Context, context.CancelFunc) {
				return context.WithTimeout(ctx, 50*time.Millisecond)
			},
		} {
			t.Run(name+" when "+ending, func(t *testing.T) {
				t.Parallel()
				server, client := start(t, func(c *Config) { c.MaxConcurrentRequests, c.RequestsPerSecond = 1, 0.01 })
				prepare(client)
				ctx, cancel := end(t.Context())
				defer cancel()
				_, err := client.Get(ctx, accountA, ReadOptions{})
				checkReason(t, err, ReasonCanceled)
				if !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("got %v", err)
				}
				if n := len(server.Requests()); n != 0 {
					t.Errorf("%d requests were sent", n)
				}
			})
		}
	}
}
