// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"fmt"
	"time"
)

// WaitError reports a validation that did not finish before the caller's deadline.
type WaitError struct {
	// Status is the status at the last read that found the account.
	Status ValidationStatus
	// Reads is how many reads got a response.
	Reads int
	// Waited is the time since the first of them began.
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
