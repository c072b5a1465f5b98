// SPDX-License-Identifier: MPL-2.0

package juspaytest

import (
	"context"
	"fmt"
	"net/http"
	"slices"
)

// Request is one that the server got, faults included.
type Request struct {
	Method string
	// Target is the path and query exactly as they were sent, escapes and all.
	Target string
	// Segments are the path's segments, unescaped.
	Segments []string
	Header   http.Header
	Body     string
}

// Key is the API key that the request was made with.
func (r Request) Key() string {
	key, _, _ := (&http.Request{Header: r.Header}).BasicAuth()
	return key
}

// Requests returns the requests so far, in order of arrival.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// DrainRequests returns the requests so far and forgets them.
func (s *Server) DrainRequests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := s.requests
	s.requests = nil
	return taken
}

// Connections returns how many connections were opened so far.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opened
}

// WaitForRequests returns once the server got n requests, or with an error once
// ctx ends.
func (s *Server) WaitForRequests(ctx context.Context, n int) error {
	return s.waitUntil(ctx, func() error {
		if len(s.requests) < n {
			return fmt.Errorf("the server got %d of %d requests", len(s.requests), n)
		}
		return nil
	})
}

// WaitForNoConnections returns once no connection is open, or with an error once
// ctx ends.
func (s *Server) WaitForNoConnections(ctx context.Context) error {
	return s.waitUntil(ctx, func() error {
		if s.open > 0 {
			return fmt.Errorf("%d connections are open", s.open)
		}
		return nil
	})
}

// waitUntil returns once check, which it calls under the lock, finds nothing
// missing, or with the difference once ctx ends.
func (s *Server) waitUntil(ctx context.Context, check func() error) error {
	for {
		s.mu.Lock()
		missing, changed := check(), s.changed
		s.mu.Unlock()
		if missing == nil {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return missing
		}
	}
}

// notifyLocked wakes the waits of waitUntil. The caller has locked it.
func (s *Server) notifyLocked() {
	close(s.changed)
	s.changed = make(chan struct{})
}
