// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/limiter"
)

// Result contains one of many accounts, or the error of its read.
type Result struct {
	Account CustomerAccount
	// Err is the error of Get, or ErrSkipped.
	Err error
}

// ErrSkipped is the error of an account that was not read, because the read of another
// account failed with an error that affects all reads.
var ErrSkipped = errors.New("the account was not read, because an error of another account affects all accounts")

// GetAll reads many accounts concurrently, and returns a result for each in the order of
// refs. An account that is listed twice is read once. Accounts that back off or are polled
// do not delay others. After an error that affects all reads (APIError.AffectsAllReads),
// nothing more is sent, and accounts that were not read have ErrSkipped.
func (c *Client) GetAll(ctx context.Context, refs []AccountRef, options ReadOptions) []Result {
	readCtx, skip := context.WithCancelCause(ctx)
	defer skip(nil)
	results := make(map[AccountRef]*Result, len(refs))
	progress := c.startProgress(ctx, len(refs))
	defer progress.end()
	untried := make(chan struct{}, c.cfg.MaxConcurrentRequests)
	var reads sync.WaitGroup
	for _, ref := range refs {
		if results[ref] != nil {
			continue
		}
		result := &Result{}
		results[ref] = result
		untried <- struct{}{}
		startNext := sync.OnceFunc(func() { <-untried })
		reads.Go(func() {
			defer startNext()
			result.Account, result.Err = c.get(readCtx, ref, options, func(_ context.Context, _ *readState, next func() *APIError) *APIError {
				failure := next()
				if failure == nil || c.limiter.Responds() {
					startNext()
				}
				return failure
			})
			var apiErr *APIError
			if errors.As(result.Err, &apiErr) && apiErr.AffectsAllReads() {
				skip(ErrSkipped)
			}
			if errors.Is(result.Err, context.Canceled) && errors.Is(context.Cause(readCtx), ErrSkipped) {
				result.Err = ErrSkipped
			}
			progress.add(result.Err)
		})
	}
	reads.Wait()
	skipRepeated(results)
	markAlike(results)
	ordered := make([]Result, 0, len(refs))
	for _, ref := range refs {
		ordered = append(ordered, *results[ref])
	}
	return ordered
}

// skipRepeated marks the reads that only repeat the error of another one as skipped.
func skipRepeated(results map[AccountRef]*Result) {
	var apiErr *APIError
	hasOriginal := slices.ContainsFunc(slices.Collect(maps.Values(results)), func(r *Result) bool {
		return errors.As(r.Err, &apiErr) && apiErr.AffectsAllReads() && !apiErr.IsRepeated
	})
	for _, result := range results {
		if hasOriginal && errors.As(result.Err, &apiErr) && apiErr.IsRepeated {
			result.Err = ErrSkipped
		}
	}
}

// markAlike marks one error as affecting all reads if all of several failed alike, even if they
// are too few for the limiter to see it.
func markAlike(results map[AccountRef]*Result) {
	alike, last := map[Reason]bool{}, new(APIError)
	for _, result := range results {
		if !errors.As(result.Err, &last) || minAlike(last) > limiter.MinAlike || last.Reason == ReasonCanceled {
			return
		}
		alike[alikeReason(last)] = true
	}
	last.affectsAllReads = last.affectsAllReads || len(alike) == 1 && len(results) > 1
}
