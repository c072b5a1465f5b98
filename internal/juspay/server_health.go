// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"errors"
	"net/http"
	"sync"
)

// minAlikeFailures is the number of reads that must fail alike, while none succeeds,
// before the failure affects all reads.
const minAlikeFailures = 8

// serverHealth finds errors that affect all reads of one GetAll.
type serverHealth struct {
	skip func()

	mu        sync.Mutex
	healthy   bool // a read succeeded, or failed only for its own account
	forbidden int
	transient int
	last      *APIError
}

// responds records the result of an attempt, and reports whether any attempt has
// succeeded. Until then, no further read starts while others back off, because the server
// may be down.
func (h *serverHealth) responds(err error) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.healthy = h.healthy || err == nil
	return h.healthy
}

// observe records how a read ended.
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
		h.skipIfAlike(h.forbidden, minAlikeFailures)
	case isTransient(apiErr):
		h.transient++
		h.last = apiErr
		h.skipIfAlike(h.transient, minAlikeFailures)
	default:
		h.healthy = true
	}
}

// skipIfAlike skips the remaining reads if enough have failed alike and none succeeded.
func (h *serverHealth) skipIfAlike(failures, enough int) {
	if !h.healthy && failures >= enough {
		h.last.affectsAllReads = true
		h.skip()
	}
}

// skipIfAllAlike marks the last error as affecting all reads if all reads failed alike, even
// if there were fewer than minAlikeFailures.
func (h *serverHealth) skipIfAllAlike(reads int) {
	if reads > 1 {
		h.skipIfAlike(max(h.forbidden, h.transient), reads)
	}
}
