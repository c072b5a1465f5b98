// SPDX-License-Identifier: MPL-2.0

package juspay

import "time"

// Attempt is one request and how it ended. It contains no header, no body and
// nothing secret, and may be logged.
type Attempt struct {
	Number     int // counts from 1
	Method     string
	Path       string // escaped, with the identifiers as DisplayID shows them
	StatusCode int    // 0 when no response came
	RequestID  string // x-request-id, empty when none came
	// SentRequestID is the x-request-id that the attempt sent, "" if it sent nothing.
	SentRequestID string
	Duration      time.Duration
	Err           error // why the response cannot be used, or none came
}

// PollEvent is one read that found a validation unfinished.
type PollEvent struct {
	Ref    AccountRef // without CustomerAccountID where accounts are listed; see DisplayID
	Status ValidationStatus
	Reads  int           // so far
	Next   time.Duration // until the next read
}

// Progress is how far a GetAll is. Its counts are from the start of the GetAll.
type Progress struct {
	Accounts  int // all accounts to read
	Read      int // accounts that were read
	Failed    int // accounts whose own read failed
	Skipped   int // accounts that were not read because of an error of another one
	Throttled int // throttled requests of all reads of the client
	Elapsed   time.Duration
	Ended     bool // whether this is the last report
}
