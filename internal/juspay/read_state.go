// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"net/http"
	"sync/atomic"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/fields"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/limiter"
)

// readState has the request of a read, and its attempts.
type readState struct {
	limiter.Read                   // the counts of attempts, which send and the limiter keep
	request          *http.Request // the request, which each attempt sends with headers of its own
	routingID        string
	decodeResult     resultFunc
	start            time.Time
	lastAttempt      Attempt
	lastResponse     response // the response to lastAttempt or an earlier attempt, complete or not
	pendingRequestID string   // the x-request-id of the last request, "" if a response came to it
	resends          atomic.Int32
}

// resultFunc decodes a 200 response, and keeps the result. It fails if the response is not the requested one.
type resultFunc func(body fields.Object, header http.Header) error

// response is the response to one attempt.
type response struct {
	statusCode int
	header     http.Header
	body       []byte        // the body, nil once it is decoded
	envelope   errorEnvelope // the envelope of the decoded body
}
