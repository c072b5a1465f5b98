// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/limiter"
)

const (
	// minPollInterval is the wait before an account with an unfinished validation is
	// read again. It doubles with each read, up to maxPollInterval.
	minPollInterval = time.Second
	maxPollInterval = 15 * time.Second
	// maxPollRetryAfter is the longest Retry-After that polling waits for.
	maxPollRetryAfter = 30 * time.Second
	// After maxNotFound reads in a row that find no account, the account counts as deleted. Fewer may be of a
	// replica of Juspay's that lags behind.
	maxNotFound = 5
)

// PollEvent is one read that found a validation unfinished.
type PollEvent struct {
	Ref    AccountRef // the account, without CustomerAccountID in a List; see redact.ID
	Status ValidationStatus
	Reads  int           // the number of reads so far
	Next   time.Duration // the wait until the next read
}

// readFunc reads once. It returns the status of a validation, which decides whether to read
// again, and the state of the read.
type readFunc func() (ValidationStatus, *readState, error)

// poll calls read until no validation is pending, or once without WaitForValidation. It returns a
// *WaitError when the context's deadline ends the wait, and the error of a read otherwise.
func (c *Client) poll(ctx context.Context, ref AccountRef, options ReadOptions, read readFunc) error {
	start := time.Now()
	status, state, err := read()
	attempts, notFound := state.Attempts, 0
	for reads := 1; err == nil && options.WaitForValidation && status.IsPending(); reads++ {
		wait := max(pollInterval(reads), min(parseRetryAfter(state.lastResponse.header, time.Now()), maxPollRetryAfter))
		if c.cfg.OnPoll != nil {
			c.cfg.OnPoll(ctx, PollEvent{Ref: ref, Status: status, Reads: reads, Next: wait})
		}
		lastStatus := status
		if ended := sleep(ctx, wait); ended != nil { // by its deadline, which becomes a WaitError below, or canceled
			err = c.endedPoll(start, attempts, ended)
		} else {
			status, state, err = read()
			attempts += state.Attempts
		}
		if isNotFound(err) {
			notFound++
		} else {
			notFound = 0
		}
		switch {
		case isNotFound(err) && notFound < maxNotFound:
			status, err = lastStatus, nil
		case errors.Is(err, context.DeadlineExceeded) && ctx.Err() != nil: // package net's own timeout is a DeadlineExceeded too
			return &WaitError{Status: lastStatus, Reads: reads, Waited: time.Since(start), Err: context.DeadlineExceeded}
		}
	}
	return err
}

// endedPoll returns the error of a poll whose context ended between two reads, after the attempts of all its
// reads.
func (c *Client) endedPoll(start time.Time, attempts int, err error) *APIError {
	allReads := &readState{Read: limiter.Read{Attempts: attempts}, start: start}
	return c.attemptError(allReads, err)
}

// isNotFound reports whether a read found no account.
func isNotFound(err error) bool {
	var apiErr *APIError
	return errors.As(err, &apiErr) && apiErr.Reason == ReasonNotFound
}

// pollInterval returns the wait before the next read, after n reads. All waits except the
// first are shortened at random, so that the accounts of one GetAll are not read together.
func pollInterval(reads int) time.Duration {
	wait := min(maxPollInterval, minPollInterval<<min(reads-1, 16))
	if reads == 1 {
		return wait
	}
	return wait - rand.N(wait/4) //nolint:gosec // it spreads load, and protects nothing
}
