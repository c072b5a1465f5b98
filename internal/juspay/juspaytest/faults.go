// SPDX-License-Identifier: MPL-2.0

package juspaytest

import (
	"cmp"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"time"
)

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
	// Header is added to the response's. Its keys are canonical, such as Retry-After.
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

// FailBy calls pickFault for each request's fault, whose CustomerAccountID and Times have no effect. Where it
// returns nil, the next of the faults that Fail put in line is served, if there is one.
func (s *Server) FailBy(pickFault func() *Fault) {
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

// nextFaultLocked returns the fault that the request gets, or nil.
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

// serveFault responds with f after its delay, unless the client goes away before.
func (s *Server) serveFault(f *Fault, w http.ResponseWriter, r *http.Request) {
	select {
	case <-time.After(f.Delay):
	case <-r.Context().Done():
		return
	}
	if f.Drop {
		panic(http.ErrAbortHandler)
	}
	if f.Raw != "" {
		s.sendRaw(f, w)
		return
	}
	maps.Copy(w.Header(), f.Header)
	if f.Truncate || f.Hang {
		w.Header().Set("Content-Length", "100000")
	}
	f.sendBody(w)
	if f.Hang {
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}
}

// sendRaw takes the connection from net/http and sends Raw over it.
func (s *Server) sendRaw(f *Fault, w http.ResponseWriter) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer s.hijackedEnded()
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

// sendBody sends the status and the body.
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
