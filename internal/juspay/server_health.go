// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"errors"
	"net/http"
	"sync"
)

// minAlikeFailures is how many reads must fail alike, while none succeeds, before
// the failure affects all.
const minAlikeFailures = 8

// serverHealth finds errors that affect all reads of one GetAll.
type serverHealth struct {
	skip func()

	mu        sync.Mutex
	healthy   bool // an account was read, or Juspay responded that there is none
	forbidden int
	down      int
	last      *APIError
}

// responds reports whether any attempt has succeeded. Until then further reads are
// not begun while others back off, as the server may be down.
func (h *serverHealth) responds(err error) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.healthy = h.healthy || err == nil
	return h.healthy
}

// observe records how a read ended. When the server is down, or refuses everything,
// further reads would end alike.
func (h *serverHealth) observe(err error) {
	var apiErr *APIError
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case !errors.As(err, &apiErr):
		h.healthy = h.healthy || err == nil
	case apiErr.AffectsAllReads():
		h.skip()
	case apiErr.Reason == ReasonCanceled:
	case apiErr.StatusCode == http.StatusForbidden:
		h.forbidden++
		h.last = apiErr
		h.judge(h.forbidden, minAlikeFailures)
	case isTransient(apiErr):
		h.down++
		h.last = apiErr
		h.judge(h.down, minAlikeFailures)
	default:
		h.healthy = true
	}
}

// judge ends the reads if enough have failed alike, and none succeeded.
func (h *serverHealth) judge(failures, enough int) {
	if !h.healthy && failures >= enough {
		h.last.affectsAllReads = true
		h.skip()
	}
}

// judgeAll reports one error where fewer reads than minAlikeFailures were all there
// were, and failed alike.
func (h *serverHealth) judgeAll(reads int) {
	if reads > 1 {
		h.judge(max(h.forbidden, h.down), reads)
	}
}
