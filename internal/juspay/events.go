// SPDX-License-Identifier: MPL-2.0

package juspay

import "time"

// Attempt is one request and how it ended. It contains no header, no body and
// nothing secret, and may be logged.
type Attempt struct {
	Number     int // the number of the attempt in its read, from 1
	Method     string
	Path       string // the escaped path, with the identifiers as redact.ID shows them
	StatusCode int    // the status of the response, 0 if none came
	RequestID  string // the x-request-id of the response, empty if it has none
	// SentRequestID is the x-request-id that the attempt sent, empty if it sent nothing.
	SentRequestID string
	Duration      time.Duration
	Err           error // the reason why the response cannot be used, or why none came
}

// PollEvent is one read that found a validation unfinished.
type PollEvent struct {
	Ref    AccountRef // the account, without CustomerAccountID in a List; see redact.ID
	Status ValidationStatus
	Reads  int           // the number of reads so far
	Next   time.Duration // the wait until the next read
}

// Progress is how far a GetAll is. Its counts are from the start of the GetAll.
type Progress struct {
	Accounts  int // the number of all accounts to read
	Read      int // the number of accounts that were read
	Failed    int // the number of accounts whose own read failed
	Skipped   int // the number of accounts that were not read because of an error of another one
	Throttled int // the number of throttled requests of all reads of the client
	Elapsed   time.Duration
	Ended     bool // whether this is the last report
}
