// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

const (
	// validationWaitMin is the wait before an account is read again whose
	// validation has not ended; it doubles up to validationWaitMax.
	validationWaitMin = time.Second
	validationWaitMax = 15 * time.Second
)

// InValidation tells whether the status is one that a validation passes through,
// and that will therefore change.
func (s ValidationStatus) InValidation() bool {
	return s == StatusCreated || s == StatusPending
}

// Poll is one read of an account whose validation has not ended.
type Poll struct {
	Ref    AccountRef
	Status ValidationStatus
	Reads  int           // so far
	Next   time.Duration // until the next read
}

// WaitError is a wait for a validation that the caller's deadline ended.
type WaitError struct {
	// Status is that of the last read.
	Status ValidationStatus
	// Reads is how many reads were answered.
	Reads int
	// Waited is the time since the first of them.
	Waited time.Duration
	// Err is the error of the context.
	Err error
}

// Error tells in a line what was waited for.
func (e *WaitError) Error() string {
	return fmt.Sprintf("juspay: the account is still %s after %s and %d reads", e.Status, e.Waited.Round(time.Second), e.Reads)
}

// Unwrap gives Err.
func (e *WaitError) Unwrap() error { return e.Err }

// untilValidated reads an account again and again until its validation has ended,
// from the answer of its first read on.
func (c *Client) untilValidated(ctx context.Context, ref AccountRef, options ReadOptions, got read) (CustomerAccount, error) {
	begun := time.Now()
	for reads := 1; got.account.ValidationStatus.InValidation(); reads++ {
		wait := validationWait(reads)
		if asked, ok := retryAfter(got.header, time.Now()); ok {
			wait = max(wait, asked)
		}
		if c.cfg.OnPoll != nil {
			c.cfg.OnPoll(ctx, Poll{Ref: ref, Status: got.account.ValidationStatus, Reads: reads, Next: wait})
		}
		err := sleep(ctx, wait)
		last := got.account.ValidationStatus
		if err == nil {
			got, err = c.readOnce(ctx, ref, options)
		}
		switch {
		case err == nil:
		case errors.Is(ctx.Err(), context.DeadlineExceeded), errors.Is(err, errNoTimeLeft):
			return CustomerAccount{}, &WaitError{Status: last, Reads: reads, Waited: time.Since(begun), Err: context.DeadlineExceeded}
		case ctx.Err() != nil:
			return CustomerAccount{}, c.connectionError(&trace{}, ctx.Err())
		default:
			return CustomerAccount{}, err
		}
	}
	return got.account, nil
}

// validationWait is how long to wait after that many reads. All but the first are
// shortened at random, so that the accounts of one plan do not come back all at
// once.
func validationWait(reads int) time.Duration {
	wait := min(validationWaitMax, validationWaitMin<<min(reads-1, 16))
	if reads == 1 {
		return wait
	}
	return wait - rand.N(wait/4) //nolint:gosec // it spreads load, and guards nothing
}
