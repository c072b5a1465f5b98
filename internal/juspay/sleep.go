// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"time"
)

// exceedsDeadline reports whether a wait that begins now ends after the deadline of ctx.
func exceedsDeadline(ctx context.Context, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ok && wait > 0 && wait > time.Until(deadline) // the deadline may have passed
}

// sleep waits for d, or until ctx ends, whose error it returns.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
