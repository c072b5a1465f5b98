// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"
)

const (
	// minPollInterval is the wait before an account is read again whose
	// validation has not finished; it doubles up to maxPollInterval.
	minPollInterval = time.Second
	maxPollInterval = 15 * time.Second
)

// InValidation reports whether the status is one that a validation passes
// through, and that will therefore change.
func (s ValidationStatus) InValidation() bool {
	return s == StatusCreated || s == StatusPending
}

// Poll is one read that found a validation unfinished.
type Poll struct {
	Ref    AccountRef // without CustomerAccountID where accounts are listed; see DisplayID
	Status ValidationStatus
	Reads  int           // so far
	Next   time.Duration // until the next read
}

// WaitError is a validation that did not finish before the caller's deadline.
type WaitError struct {
	// Status is that of the last read.
	Status ValidationStatus
	// Reads is how many reads got a response.
	Reads int
	// Waited is the time since the first of them.
	Waited time.Duration
	// Err is the error of the context.
	Err error
}

// Error describes the wait in a line.
func (e *WaitError) Error() string {
	return fmt.Sprintf("juspay: the account is still %s after %s and %d reads", e.Status, e.Waited.Round(time.Second), e.Reads)
}

// Unwrap returns Err.
func (e *WaitError) Unwrap() error { return e.Err }

// fetched is what a read returned, and what decides whether and when it is
// polled: the status of a validation, and the header of the response.
type fetched[T any] struct {
	value  T
	status ValidationStatus
	header http.Header
}

func (c *Client) pollAccount(ctx context.Context, ref AccountRef, options ReadOptions, got fetched[CustomerAccount]) (fetched[CustomerAccount], error) {
	got, err := poll(ctx, c, ref, got, func() (fetched[CustomerAccount], error) { return c.fetch(ctx, ref, options) })
	if err != nil {
		return fetched[CustomerAccount]{}, err
	}
	return got, nil
}

// poll calls fetch until no validation is unfinished, from the result of a first
// call on. Beside an error, it returns the last result.
func poll[T any](ctx context.Context, c *Client, ref AccountRef, got fetched[T], fetch func() (fetched[T], error)) (fetched[T], error) {
	start := time.Now()
	for reads := 1; got.status.InValidation(); reads++ {
		wait := max(pollInterval(reads), min(retryAfter(got.header, time.Now()), maxRetryAfter))
		if c.cfg.OnPoll != nil {
			c.cfg.OnPoll(ctx, Poll{Ref: ref, Status: got.status, Reads: reads, Next: wait})
		}
		next := got
		err := sleep(ctx, wait)
		if err == nil {
			next, err = fetch()
		}
		switch {
		case err == nil:
			got = next
		case errors.Is(ctx.Err(), context.DeadlineExceeded):
			return got, &WaitError{Status: got.status, Reads: reads, Waited: time.Since(start), Err: context.DeadlineExceeded}
		case ctx.Err() != nil:
			return got, c.connectionError(&requestState{}, ctx.Err())
		default:
			return got, err
		}
	}
	return got, nil
}

// pollInterval is how long to wait after so many reads. All but the first are
// shortened at random, so that the accounts of one plan do not come back all at
// once.
func pollInterval(reads int) time.Duration {
	wait := min(maxPollInterval, minPollInterval<<min(reads-1, 16))
	if reads == 1 {
		return wait
	}
	return wait - rand.N(wait/4) //nolint:gosec // it spreads load, and protects nothing
}
