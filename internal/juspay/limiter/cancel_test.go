// SPDX-License-Identifier: MPL-2.0

package limiter

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// acquired returns a ticket that is granted at once.
func acquired(t *testing.T, l *Limiter) *Ticket {
	t.Helper()
	ticket, err := l.Wait(t.Context(), &Read{chance: 1})
	if err != nil {
		t.Fatal(err)
	}
	return ticket
}

// acquireLater waits for a ticket, releases it, and sends how the wait ended.
func acquireLater(ctx context.Context, l *Limiter) <-chan error {
	ended := make(chan error, 1)
	go func() {
		ticket, err := l.Wait(ctx, &Read{chance: 1})
		if err == nil {
			l.Done(ticket, Outcome{Served: true})
		}
		ended <- err
	}()
	synctest.Wait() // until it is in the queue
	return ended
}

// checkNoneInFlight checks that all tickets were released.
func checkNoneInFlight(t *testing.T, l *Limiter) {
	t.Helper()
	if l.inFlight != 0 || len(l.queue) != 0 {
		t.Errorf("%d are in flight and %d wait, want none", l.inFlight, len(l.queue))
	}
}

func TestLimiter_CanceledWaitLeavesTheQueue(t *testing.T) {
	t.Parallel()
	const waits = 3
	for canceled := range waits {
		synctest.Test(t, func(t *testing.T) {
			l := New(1, 0)
			first := acquired(t, l)
			var cancels [waits]context.CancelFunc
			var ended [waits]<-chan error
			for n := range waits {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				cancels[n], ended[n] = cancel, acquireLater(ctx, l)
			}
			cancels[canceled]()
			synctest.Wait()
			if got := len(l.queue); got != waits-1 {
				t.Errorf("%d wait, want %d", got, waits-1)
			}
			l.Done(first, Outcome{Served: true})
			for n := range waits {
				if err := <-ended[n]; (err != nil) != (n == canceled) {
					t.Errorf("wait %d of %d ended with %v; wait %d was canceled", n, waits, err, canceled)
				}
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
			acquired(t, l)
			ctx, cancel := context.WithCancel(t.Context())
			first, next := acquireLater(ctx, l), acquireLater(t.Context(), l)
			l.mu.Lock() // until the slot is free and the wait canceled
			cancel()
			l.inFlight--
			l.dispatch()
			l.mu.Unlock()
			if <-first != nil {
				canceled++
			}
			if err := <-next; err != nil {
				t.Fatal(err)
			}
			checkNoneInFlight(t, l)
		}
		if canceled == 0 {
			t.Error("no granted wait was canceled")
		}
	})
}

func TestLimiter_CanceledWaitTakesNoTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		l := New(2, 1) // the second request is due after a second
		first := acquired(t, l)
		ctx, cancel := context.WithCancel(t.Context())
		canceled := acquireLater(ctx, l)
		cancel()
		if err := <-canceled; err == nil {
			t.Error("a canceled wait was granted")
		}
		second := acquired(t, l)
		if took := time.Since(start); took != time.Second {
			t.Errorf("the next request waited for %s, want 1s", took)
		}
		l.Done(first, Outcome{Served: true})
		l.Done(second, Outcome{Served: true})
		checkNoneInFlight(t, l)
	})
}
