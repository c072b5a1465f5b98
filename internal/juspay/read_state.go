// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"encoding/json"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/limiter"
)

// readState is a read: what it requests, and how far it is.
type readState struct {
	limiter.Read
	request       *http.Request // which each attempt sends with headers of its own
	routingID     string
	decode        decodeFunc
	start         time.Time
	attempt       Attempt     // the last one
	header        http.Header // of the response to the last attempt, nil if none came
	sentRequestID string      // of the last request that was sent, empty when a response came to it
	last          response    // the last response, complete or not
	resends       atomic.Int32
}

// decodeFunc decodes a 200 response. It fails if the response is not the requested one.
type decodeFunc func(fields map[string]json.RawMessage, header http.Header) error

// handler is responsible for one concern of a read. next makes the attempts that come after it, and
// returns the error of the last one.
type handler func(ctx context.Context, state *readState, next func() *APIError) *APIError
