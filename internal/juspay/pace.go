// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
	"golang.org/x/time/rate"
)

// pace holds the requests of a client back: no more reads are under way at once
// than may be, no more requests are sent in a second than may be, and none while
// Juspay wants a rest.
type pace struct {
	reads    *semaphore.Weighted // first come, first served
	requests *rate.Limiter

	mu        sync.Mutex
	answered  int // requests that were not refused as one too many
	restUntil time.Time
	restWhy   answer // the 429 that asked for the rest
}

func newPace(maxConcurrent int, perSecond float64) *pace {
	limit := rate.Inf
	if perSecond > 0 {
		limit = rate.Limit(perSecond)
	}
	return &pace{reads: semaphore.NewWeighted(int64(maxConcurrent)), requests: rate.NewLimiter(limit, 1)}
}

// begin waits until one more read may be under way. The read keeps its place
// while it waits between attempts, so that it is not overtaken by reads that have
// not begun.
func (p *pace) begin(ctx context.Context) (end func(), err error) {
	if err := p.reads.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	return func() { p.reads.Release(1) }, nil
}

// await waits until a request may be sent. It returns the 429 that asked for a
// rest that is longer than a read waits.
func (p *pace) await(ctx context.Context) (*answer, error) {
	// The rest comes first, so that the requests which it held back are not sent
	// all at once; another may have begun by the time that one is due.
	for due := false; ; due = true {
		left, why := p.rest()
		if left > maxRetryAfter {
			return &why, nil
		}
		if left <= 0 && due {
			return nil, nil
		}
		if err := sleep(ctx, left); err != nil {
			return nil, err
		}
		if err := p.requests.Wait(ctx); err != nil {
			return nil, waitError(ctx)
		}
	}
}

// errNoTimeLeft is a wait for one's turn that would outlast the context, which the
// limiter refuses before the context has ended.
var errNoTimeLeft = fmt.Errorf("the wait for a turn would take too long: %w", context.DeadlineExceeded)

func waitError(ctx context.Context) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return errNoTimeLeft
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *pace) rest() (left time.Duration, why answer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Until(p.restUntil), p.restWhy
}

// obey makes all requests wait when an answer says that there are too many of
// them: as long as it asks for, or as long as the read that got it does.
func (p *pace) obey(got answer, attempt int) {
	if got.statusCode != http.StatusTooManyRequests {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.answered++
		return
	}
	wait, ok := retryAfter(got.header, time.Now())
	if !ok {
		wait = backoff(retryWaitMin, retryWaitMax, attempt-1, nil)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := time.Now().Add(wait); until.After(p.restUntil) {
		p.restUntil, p.restWhy = until, got
	}
}

// isCrowdedOut tells whether an attempt was refused as one too many while others
// got through. Such an attempt is not held against the read, which would fail for
// nothing but that others were faster.
//
// What counts is who got through since the attempt before began: those that were
// faster than this one may not have been heard of yet.
func (p *pace) isCrowdedOut(t *trace, got answer) bool {
	if got.statusCode != http.StatusTooManyRequests {
		return false
	}
	if wait, _ := retryAfter(got.header, time.Now()); wait > maxRetryAfter {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.answered > t.answeredBefore
}

// mark remembers how many were answered when an attempt began, for isCrowdedOut.
func (p *pace) mark(t *trace) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t.answeredBefore, t.answeredAtStart = t.answeredAtStart, p.answered
}
