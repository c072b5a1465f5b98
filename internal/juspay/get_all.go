// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"errors"
	"sync"
)

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
	// than slots are tried. After that, a read gives its slot back at the end of its next attempt, and the limiter
	// alone bounds the requests.
	slots := make(chan struct{}, c.cfg.MaxConcurrentRequests)
	var reads sync.WaitGroup
	for i, ref := range refs {
		result := &results[i]
		slots <- struct{}{}
		freeSlot := sync.OnceFunc(func() { <-slots })
		reads.Go(func() {
			defer freeSlot()
			freeSlotOnceServed := func(_ context.Context, _ *readState, next func() *APIError) *APIError {
				failure := next()
				if c.limiter.HasServed() {
					freeSlot()
				}
				return failure
			}
			result.Account, result.Err = c.get(readCtx, ref, options, freeSlotOnceServed)
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
