// SPDX-License-Identifier: MPL-2.0

package juspaytest

import (
	"net/http"
	"time"
)

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

// throttleBy makes the server respond with a status to each request for which overLimit returns true.
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
