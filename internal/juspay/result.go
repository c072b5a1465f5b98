// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"errors"
	"slices"
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
