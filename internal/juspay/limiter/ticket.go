// SPDX-License-Identifier: MPL-2.0

package limiter

import "time"

// Ticket is the permission to send one request.
type Ticket struct {
	read     *Read
	deadline time.Time
	isFirst  bool          // whether it is for the read's first attempt
	number   int           // the place of the request in the order in which all are sent
	granted  chan struct{} // a channel that is closed when the request may be sent
}

// endsBefore reports whether the read's deadline ends before a time.
func (t *Ticket) endsBefore(end time.Time) bool {
	return !t.deadline.IsZero() && t.deadline.Before(end)
}

// Outcome describes the end of a request.
type Outcome struct {
	// At most one of these is true, and none if the request was canceled. A limit refuses requests.
	Served, Refused, Failed bool
	RetryAfter              time.Duration
	RetryAfterTooLong       bool          // whether the Retry-After ends after the read's deadline
	Remaining               int           // the number of requests that the server permits until Reset
	Reset                   time.Duration // the time until the server resets its limit, 0 if it does not say
}
