// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// Result contains one of many accounts, or the error of its read.
type Result struct {
	Account CustomerAccount
	// Err is the error of Get, or ErrSkipped.
	Err error
}

// ErrSkipped is the error of an account that was not read, because the read of another
// account failed with a shared error.
var ErrSkipped = errors.New("the account was not read, because an error of another account affects all accounts")

// GetAll reads many accounts concurrently, and returns a result for each in the order of
// refs. Accounts that back off or are polled do not delay others. After a shared
// error (see APIError.IsShared), nothing more is sent, and accounts that were not read have
// ErrSkipped.
func (c *Client) GetAll(ctx context.Context, refs []AccountRef, options ReadOptions) []Result {
	readCtx, skip := context.WithCancelCause(ctx)
	defer skip(nil)
	results := make([]Result, len(refs))
	progress := c.startProgress(ctx, len(refs))
	defer progress.end()
	// Until the server has served a read, each read keeps its slot to its end, so that no more reads
	// than slots are tried. After that, the limiter alone bounds the requests.
	slots := make(chan struct{}, c.cfg.MaxConcurrentRequests)
	var reads sync.WaitGroup
	for i, ref := range refs {
		result := &results[i]
		slots <- struct{}{}
		freeSlot := sync.OnceFunc(func() { <-slots })
		reads.Go(func() {
			defer freeSlot()
			result.Account, result.Err = c.get(readCtx, ref, options, func(_ context.Context, _ *readState, next func() *APIError) *APIError {
				failure := next()
				if failure == nil || c.limiter.HasServed() {
					freeSlot()
				}
				return failure
			})
			var apiErr *APIError
			if errors.As(result.Err, &apiErr) && apiErr.IsShared() {
				skip(ErrSkipped)
			}
			if errors.Is(result.Err, context.Canceled) && errors.Is(context.Cause(readCtx), ErrSkipped) {
				result.Err = ErrSkipped
			}
			progress.add(result.Err)
		})
	}
	reads.Wait()
	markSkipped(results)
	markAlike(results)
	return results
}

// markSkipped marks the reads that ended in the error of another one as skipped, if that one is among the
// results. Otherwise their error is the only report of the cause.
func markSkipped(results []Result) {
	var apiErr *APIError
	hasOriginal := slices.ContainsFunc(results, func(r Result) bool {
		return errors.As(r.Err, &apiErr) && apiErr.IsShared() && !apiErr.IsOfOtherRead
	})
	for i := range results {
		if hasOriginal && errors.As(results[i].Err, &apiErr) && apiErr.IsOfOtherRead {
			results[i].Err = ErrSkipped
		}
	}
}

// markAlike marks the first error as shared if all of several reads failed alike, even if they are
// too few to be counted.
func markAlike(results []Result) {
	var first *APIError
	for _, result := range results {
		var failure *APIError
		if !errors.As(result.Err, &failure) || isAboutAccount(failure) || failure.Reason == ReasonCanceled {
			return
		}
		if first == nil {
			first = failure
		}
		if alikeReason(failure) != alikeReason(first) {
			return
		}
	}
	if len(results) > 1 {
		first.isShared = true
	}
}
