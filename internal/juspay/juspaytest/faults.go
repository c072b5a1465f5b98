// SPDX-License-Identifier: MPL-2.0

package juspaytest

import (
	"cmp"
	"io"
	"net"
	"net/http"
	"slices"
	"time"
)

// requestID is the request id of every response, in the header and in errors.
const requestID = "b2e0fd33-7655-4778-83a8-5179ed21b0b7"

// The bodies of the reference page's errors, and of two about the routing id.
var (
	unauthorizedBody = Error("error", "access_denied", "UNAUTHORIZED", "Unauthorized.",
		"Invalid API Key. Please pass a valid and active api key.")
	notFoundBody = withMessage("Cannot find what you are looking for", Error("invalid_request_error", "object_not_found", "RESOURCE_NOT_FOUND",
		"Cannot process your request as customer account not found.", "Customer account not found."))
	noRoutingIDBody = Error("error", "missing_parameter", "MISSING_MANDATORY_PARAMETER",
		"Mandatory parameter missing.", "x-routing-id header is missing.")
	otherRoutingIDBody = Error("error", "invalid_input", "INVALID_INPUT",
		"Invalid input.", "x-routing-id header is not the one of this customer.")
)

// Error returns an error body in the form of the reference page.
func Error(status, errorCode, code, userMessage, developerMessage string) map[string]any {
	return map[string]any{
		"status":     status,
		"error_code": errorCode,
		"error_info": map[string]any{
			"user_message":      userMessage,
			"developer_message": developerMessage,
			"code":              code,
			"category":          "USER_ERROR",
			"request_id":        requestID,
			"href":              "NA",
		},
	}
}

// withMessage adds what the page shows in the body of a 404 alone.
func withMessage(message string, body map[string]any) map[string]any {
	body["error_message"] = message
	return body
}

// Fault is a response other than the right one. Set what is to go wrong; the
// zero Fault responds with 200 and an empty body.
type Fault struct {
	// CustomerAccountID limits the fault to reads of one account.
	CustomerAccountID string
	// Times is how many requests get the fault before the next fault, or the
	// right response, has its turn. 0 is every request.
	Times int

	// Delay is how long to wait before anything else.
	Delay time.Duration
	// Drop closes the connection without a response.
	Drop bool
	// Raw is sent over the connection in place of a response; it is closed
	// when the client closes it.
	Raw string
	// Reset resets the connection after Raw.
	Reset bool
	// HalfClose closes the sending side of the connection after Raw.
	HalfClose bool
	// Status is the HTTP status, 200 when 0.
	Status int
	// Header is added to the response's.
	Header http.Header
	// Body is a string that is sent to the letter, or anything that
	// encoding/json encodes.
	Body any
	// Truncate promises more of the body than is sent, and closes the connection
	// after it.
	Truncate bool
	// Hang promises more of the body than is sent, and keeps the connection open
	// until the client goes away.
	Hang bool
	// Repeat sends the body again and again until that many bytes are sent, or
	// the client goes away.
	Repeat int64
}

// Fail puts faults in line behind those that were set before.
func (s *Server) Fail(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, fault := range faults {
		s.faults = append(s.faults, &fault)
	}
}

// FailAtRandom calls pickFault for each request's fault. Where it returns nil, the next of the
// faults that Fail put in line is served, if there is one.
func (s *Server) FailAtRandom(pickFault func() *Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pickFault = pickFault
}

// ClearFaults removes every fault.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults, s.pickFault = nil, nil
}

// nextFaultLocked returns a copy of the fault that the request gets, or nil.
func (s *Server) nextFaultLocked(segments []string) *Fault {
	if s.pickFault != nil {
		if fault := s.pickFault(); fault != nil {
			return fault
		}
	}
	for i, fault := range s.faults {
		if fault.CustomerAccountID != "" && fault.CustomerAccountID != segments[len(segments)-1] {
			continue
		}
		served := *fault
		if fault.Times == 1 {
			s.faults = slices.Delete(s.faults, i, i+1)
		} else if fault.Times > 1 {
			fault.Times--
		}
		return &served
	}
	return nil
}

func (f *Fault) serve(w http.ResponseWriter, r *http.Request) {
	select {
	case <-time.After(f.Delay):
	case <-r.Context().Done():
		return
	}
	if f.Drop {
		panic(http.ErrAbortHandler)
	}
	if f.Raw != "" {
		f.sendRaw(w)
		return
	}
	for name := range f.Header {
		w.Header().Set(name, f.Header.Get(name))
	}
	if f.Truncate || f.Hang {
		w.Header().Set("Content-Length", "100000")
	}
	f.sendBody(w)
	if f.Hang {
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}
}

func (f *Fault) sendRaw(w http.ResponseWriter) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer func() { _ = connection.Close() }()
	_, _ = io.WriteString(connection, f.Raw)
	if half, ok := connection.(interface{ CloseWrite() error }); ok && f.HalfClose {
		_ = half.CloseWrite()
	}
	if tcp, ok := connection.(*net.TCPConn); ok && f.Reset {
		time.Sleep(50 * time.Millisecond) // for Raw to arrive
		_ = tcp.SetLinger(0)
		return
	}
	_, _ = io.Copy(io.Discard, connection)
}

func (f *Fault) sendBody(w http.ResponseWriter) {
	status := cmp.Or(f.Status, http.StatusOK)
	switch body := f.Body.(type) {
	case nil:
		w.WriteHeader(status)
	case string:
		w.WriteHeader(status)
		_, err := io.WriteString(w, body)
		for sent := int64(len(body)); err == nil && sent < f.Repeat; sent += int64(len(body)) {
			_, err = io.WriteString(w, body)
		}
	default:
		send(w, status, body)
	}
}

// Throttle allows that many requests in each second, and responds to the others
// with 429 and a Retry-After of one second. 0 allows all.
func (s *Server) Throttle(perSecond int) {
	var window time.Time
	inWindow := 0
	s.throttleBy(func(now time.Time) bool {
		if now.Sub(window) >= time.Second {
			window, inWindow = now, 0
		}
		inWindow++
		return perSecond > 0 && inWindow > perSecond
	}, http.StatusTooManyRequests, "1")
}

// ThrottleBucket allows bursts of that many requests, and that many per second
// after them, and responds to the others with status and no Retry-After.
func (s *Server) ThrottleBucket(status int, perSecond, burst float64) {
	tokens, last := burst, time.Now()
	s.throttleBy(func(now time.Time) bool {
		tokens, last = min(burst, tokens+perSecond*now.Sub(last).Seconds()), now
		if tokens < 1 {
			return true
		}
		tokens--
		return false
	}, status, "")
}

func (s *Server) throttleBy(overLimit func(time.Time) bool, status int, retryAfter string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.overLimit, s.throttleStatus, s.retryAfter = overLimit, status, retryAfter
}

// Throttled returns how many requests were throttled.
func (s *Server) Throttled() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.throttled
}

// throttle counts a request. If it exceeds what is allowed, it returns the status of the
// response and its Retry-After, or otherwise 0.
func (s *Server) throttle() (status int, retryAfter string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.overLimit == nil || !s.overLimit(time.Now()) {
		return 0, ""
	}
	s.throttled++
	return s.throttleStatus, s.retryAfter
}
