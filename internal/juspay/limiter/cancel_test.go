// SPDX-License-Identifier: MPL-2.0

package limiter

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// waitForTicket returns a ticket, which must be granted within an hour.
func waitForTicket(t *testing.T, l *Limiter) *Ticket {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour) // or a ticket that is never granted is a deadlock
	defer cancel()
	ticket, err := l.Wait(ctx, &Read{chance: 1})
	if err != nil {
		t.Fatalf("Wait: got no ticket within an hour (%v) with %d in flight of %d, want one", err, l.inFlight, l.maxInFlight)
	}
	return ticket
}

// startWait begins to wait for a ticket, which goes to Done, and sends how the wait ended.
func startWait(ctx context.Context, l *Limiter) <-chan error {
	ended := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(ctx, time.Hour) // or a ticket that is never granted is a deadlock
		defer cancel()
		ticket, err := l.Wait(ctx, &Read{chance: 1})
		if err == nil {
			l.Done(ticket, Outcome{Served: true}, nil)
		}
		ended <- err
	}()
	synctest.Wait() // until it is in the queue
	return ended
}

// checkNoneInFlight checks that all tickets were handed to Done.
func checkNoneInFlight(t *testing.T, l *Limiter) {
	t.Helper()
	check.Equal(t, "the number in flight", l.inFlight, 0)
	check.Equal(t, "the length of the queue", len(l.queue), 0)
}

func TestLimiter_CanceledWaitLeavesTheQueue(t *testing.T) {
	t.Parallel()
	const waits = 3
	for canceled := range waits {
		check.InBubble(t, fmt.Sprintf("wait %d of %d", canceled+1, waits), func(t *testing.T) {
			l := New(1, 0)
			first := waitForTicket(t, l)
			var cancels [waits]context.CancelFunc
			var ended [waits]<-chan error
			for n := range waits {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				cancels[n], ended[n] = cancel, startWait(ctx, l)
			}
			cancels[canceled]()
			synctest.Wait()
			check.Equal(t, "the length of the queue", len(l.queue), waits-1)
			l.Done(first, Outcome{Served: true}, nil)
			for n := range waits {
				want := map[bool]error{true: context.Canceled}[n == canceled]
				check.Equal(t, fmt.Sprintf("the error of wait %d", n+1), <-ended[n], want, cmpopts.EquateErrors())
			}
			checkNoneInFlight(t, l)
		})
	}
}

// A wait may be canceled in the moment in which it is granted. Select then picks either.
func TestLimiter_CanceledGrantFreesItsSlot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		canceled := 0
		for range 200 {
			l := New(1, 0)
			waitForTicket(t, l)
			ctx, cancel := context.WithCancel(t.Context())
			first, next := startWait(ctx, l), startWait(t.Context(), l)
			l.mu.Lock() // until the slot is free and the wait canceled
			cancel()
			l.inFlight--
			l.dispatch()
			l.mu.Unlock()
			if <-first != nil {
				canceled++
			}
			check.Error(t, "the wait after the one that was canceled", <-next, "")
			checkNoneInFlight(t, l)
			if t.Failed() {
				return
			}
		}
		if canceled == 0 {
			t.Error("got no granted wait that was canceled, want at least 1 of 200")
		}
	})
}

func TestLimiter_CanceledWaitTakesNoTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		l := New(2, 1) // the second request is due after a second
		first := waitForTicket(t, l)
		ctx, cancel := context.WithCancel(t.Context())
		canceled := startWait(ctx, l)
		cancel()
		check.Equal(t, "the error of the canceled wait", <-canceled, context.Canceled, cmpopts.EquateErrors())
		second := waitForTicket(t, l)
		check.Equal(t, "the wait of the next request", time.Since(start), time.Second)
		l.Done(first, Outcome{Served: true}, nil)
		l.Done(second, Outcome{Served: true}, nil)
		checkNoneInFlight(t, l)
	})
}
