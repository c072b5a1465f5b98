// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

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

// progressInterval is the time between two reports of GetAll.
const progressInterval = 10 * time.Second

// progressCounter counts the reads of a GetAll, and reports how far it is: when it starts, every
// progressInterval, and when it ends.
type progressCounter struct {
	read, failed, skipped atomic.Int64
	end                   func() // the function that makes the last report
}

// startProgress starts to report to Config.OnProgress. The caller calls end.
func (c *Client) startProgress(ctx context.Context, accounts int) *progressCounter {
	p := &progressCounter{end: func() {}}
	if c.cfg.OnProgress == nil {
		return p
	}
	start, throttledBefore := time.Now(), c.throttled.Load()
	report := func(current Progress) {
		current.Accounts, current.Read, current.Failed, current.Skipped = accounts, int(p.read.Load()), int(p.failed.Load()), int(p.skipped.Load())
		current.Throttled, current.Elapsed = int(c.throttled.Load()-throttledBefore), time.Since(start)
		c.cfg.OnProgress(ctx, current)
	}
	report(Progress{})
	ended := make(chan struct{})
	var ticking sync.WaitGroup
	ticking.Go(func() {
		ticker := time.NewTicker(progressInterval)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				report(Progress{})
			case <-ended:
				return
			}
		}
	})
	p.end = func() {
		close(ended)
		ticking.Wait()
		report(Progress{Ended: true})
	}
	return p
}

// add counts the read of an account.
func (p *progressCounter) add(err error) {
	var apiErr *APIError
	switch {
	case err == nil:
		p.read.Add(1)
	case errors.Is(err, ErrSkipped), errors.As(err, &apiErr) && apiErr.IsOfOtherRead:
		p.skipped.Add(1)
	default:
		p.failed.Add(1)
	}
}
