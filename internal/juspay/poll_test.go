// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"path"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

var waitingOptions = ReadOptions{WaitForValidation: true}

// pollScript responds with an account that has the statuses in turn, and in a list
// between two others. The status "404" is an error.
func pollScript(retryAfter string, statuses ...string) *attemptScript {
	return &attemptScript{play: func(number int, req *http.Request) (*http.Response, error) {
		status := statuses[min(number, len(statuses))-1]
		if status == "404" {
			return newHTTPResponse(req, 404, "", check.MustJSON(juspayError("RESOURCE_NOT_FOUND"))), nil
		}
		polled := juspaytest.NewAccount("cst_a", "banh_a").With("validation_status", status)
		if path.Base(req.URL.Path) != "list" {
			return newHTTPResponse(req, 200, retryAfter, check.MustJSON(polled)), nil
		}
		list := []any{juspaytest.NewAccount("cst_a", "banh_0"), polled, juspaytest.NewAccount("cst_a", "banh_b")}
		return newHTTPResponse(req, 200, retryAfter, check.MustJSON(map[string]any{"list": list})), nil
	}}
}

// readWith is a way to read accountA.
type readWith func(context.Context, *Client, ReadOptions) Result

// forEachWayToRead runs test in a bubble for Get, GetAll and List.
func forEachWayToRead(t *testing.T, test func(t *testing.T, read readWith)) {
	t.Helper()
	for name, read := range map[string]readWith{
		"Get": func(ctx context.Context, client *Client, options ReadOptions) Result {
			account, err := client.Get(ctx, accountA, options)
			return Result{account, err}
		},
		"GetAll": func(ctx context.Context, client *Client, options ReadOptions) Result {
			return client.GetAll(ctx, []AccountRef{accountA}, options)[0]
		},
		"List": func(ctx context.Context, client *Client, options ReadOptions) Result {
			results, err := client.List(ctx, "cst_a", "", options)
			if err != nil {
				if results != nil {
					t.Errorf("got %+v beside the error %v, want none", results, err)
				}
				return Result{Err: err}
			}
			other := Result{Account: fakeAccount}
			if options.OmitVPA {
				other.Account.VPA = ""
			}
			if want := (map[string]Result{"banh_0": other, "banh_a": results["banh_a"], "banh_b": other}); !maps.Equal(results, want) {
				t.Errorf("got %+v, want %+v", results, want)
			}
			return results["banh_a"]
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { test(t, read) })
		})
	}
}

// checkGaps checks that the waits double from 1 s up to 15 s, less up to a quarter.
func checkGaps(t *testing.T, gaps []time.Duration, want int) {
	t.Helper()
	check.Equal(t, fmt.Sprintf("the number of the waits %v", gaps), len(gaps), want)
	for i, gap := range gaps {
		longest := []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 15 * time.Second}[min(i, 4)]
		shortest := longest * 3 / 4
		if i == 0 {
			shortest = longest
		}
		check.Within(t, fmt.Sprintf("wait %d", i+1), gap, shortest, longest)
	}
}

func TestPoll_UntilTheEnd(t *testing.T) {
	t.Parallel()
	for name, statuses := range map[string][]string{
		"ACTIVE in the first read":  {"ACTIVE"},
		"FAILURE in the first read": {"FAILURE"},
		"no status":                 {""},
		"a status nobody knows":     {"SOMETHING_NEW"},
		"PENDING, then ACTIVE":      {"PENDING", "ACTIVE"},
		"through all, to FAILURE":   {"CREATED", "PENDING", "PENDING", "FAILURE"},
		"404 in the first read":     {"404"},
		"404 in later reads":        {"PENDING", "404", "404", "PENDING", "404", "ACTIVE"}, // from a replica that lags
		"404 four times":            {"PENDING", "404", "404", "404", "404", "PENDING", "404", "ACTIVE"},
		"404 five times":            {"PENDING", "404", "404", "404", "404", "404"}, // it was deleted
		"after eight reads":         {"CREATED", "CREATED", "CREATED", "PENDING", "PENDING", "PENDING", "PENDING", "ACTIVE"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			forEachWayToRead(t, func(t *testing.T, read readWith) {
				script := pollScript("", statuses...)
				var polls, wantPolls []PollEvent
				client := scriptedClient(t, script, func(c *Config) {
					c.OnPoll = func(_ context.Context, p PollEvent) { polls = append(polls, p) }
				})
				want := Result{Account: fakeAccount}
				want.Account.ValidationStatus = ValidationStatus(statuses[len(statuses)-1])
				got := read(t.Context(), client, waitingOptions)
				if want.Account.ValidationStatus == "404" {
					checkReason(t, got.Err, ReasonNotFound)
					want = Result{Err: got.Err}
				}
				check.Equal(t, "the result of the read", got, want, cmpopts.EquateErrors())
				checkGaps(t, script.waits(), len(statuses)-1)
				var status ValidationStatus
				for i, gap := range script.waits() {
					if statuses[i] != "404" {
						status = ValidationStatus(statuses[i])
					}
					wantPolls = append(wantPolls, PollEvent{accountA, status, i + 1, gap})
				}
				// The event of a list names only the customer.
				check.Equal(t, "the polls", polls, wantPolls, cmpopts.IgnoreFields(AccountRef{}, "CustomerAccountID", "RoutingID"))
			})
		})
	}
}

func TestPoll_ReadOptions(t *testing.T) {
	t.Parallel()
	forEachWayToRead(t, func(t *testing.T, read readWith) {
		script := pollScript("", "PENDING", "ACTIVE")
		want := Result{Account: fakeAccount}
		want.Account.ValidationStatus = StatusPending
		check.Equal(t, "the account without waiting", read(t.Context(), scriptedClient(t, script), ReadOptions{}), want)
		want.Account.ValidationStatus, want.Account.VPA = StatusActive, ""
		check.Equal(t, "the account without the VPA", read(t.Context(), scriptedClient(t, script), ReadOptions{OmitVPA: true}), want)
	})
}

// A Retry-After of 0 does not make polling a tight loop.
func TestPoll_RetryAfterUpToItsMaximum(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]time.Duration{"0": 0, "25": 25 * time.Second, "30": 30 * time.Second, "31": 30 * time.Second, "3600": 30 * time.Second} {
		check.InBubble(t, "Retry-After: "+header, func(t *testing.T) {
			script := pollScript(header, "PENDING", "PENDING", "ACTIVE")
			_, err := scriptedClient(t, script).Get(t.Context(), accountA, waitingOptions)
			check.NoError(t, "the read", err)
			if got := script.waits(); want == 0 {
				checkGaps(t, got, 2)
			} else {
				check.Equal(t, "the waits", got, []time.Duration{want, want})
			}
		})
	}
}

func TestPoll_SpreadsReads(t *testing.T) {
	t.Parallel()
	seen := map[time.Duration]bool{}
	for range 100 {
		seen[pollInterval(5)] = true
	}
	check.Within(t, "the number of lengths of a hundred waits", len(seen), 50, 100)
	check.Within(t, "the shortest wait", slices.Min(slices.Collect(maps.Keys(seen))), 0, 12*time.Second)
}

func TestPoll_EndsAtTheDeadline(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		perSecond          float64
		timeout            time.Duration
		minReads, maxReads int // the minimum and the maximum number of reads
	}{
		"between reads": {0, 5 * time.Minute, 22, 30},
		// The account was read all the same.
		"while the next read waits for the limiter": {0.05, 35 * time.Second, 2, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			forEachWayToRead(t, func(t *testing.T, read readWith) {
				script := pollScript("", "CREATED", "PENDING")
				ctx, cancel := context.WithTimeout(t.Context(), test.timeout)
				defer cancel()
				got := read(ctx, scriptedClient(t, script, func(c *Config) { c.RequestsPerSecond = test.perSecond }), waitingOptions)
				var late *WaitError
				want := WaitError{Status: StatusPending, Reads: len(script.times), Waited: test.timeout, Err: context.DeadlineExceeded}
				if !errors.As(got.Err, &late) || *late != want || got.Account != (CustomerAccount{}) {
					t.Fatalf("the result of the read: got %+v, want the error %+v and no account", got, want)
				}
				check.Within(t, "the number of reads", late.Reads, test.minReads, test.maxReads)
				check.Equal(t, "the error that ends the wait", got.Err, context.DeadlineExceeded, cmpopts.EquateErrors())
				check.ErrorText(t, "the text of the *WaitError", late, fmt.Sprintf("juspay: the account is still PENDING after %s and %d reads", test.timeout, late.Reads))
			})
		})
	}
}

// A connection that was not made in time is a failure of the read, and not the end of the wait: package net
// says of it that it is context.DeadlineExceeded.
func TestPoll_AConnectionThatIsNotMade(t *testing.T) {
	t.Parallel()
	forEachWayToRead(t, func(t *testing.T, read readWith) {
		pending := pollScript("", "PENDING")
		script := &attemptScript{play: func(number int, req *http.Request) (*http.Response, error) {
			if number == 2 {
				return nil, &net.OpError{Op: "dial", Err: context.DeadlineExceeded}
			}
			return pending.play(number, req)
		}}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		got := read(ctx, scriptedClient(t, script, func(c *Config) { c.MaxRetries = 0 }), waitingOptions)
		checkReason(t, got.Err, ReasonTimeout)
	})
}

func TestPoll_Canceled(t *testing.T) {
	t.Parallel()
	forEachWayToRead(t, func(t *testing.T, read readWith) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(10*time.Second, cancel)
		begun := time.Now()
		got := read(ctx, scriptedClient(t, pollScript("", "PENDING")), waitingOptions)
		failure := checkReason(t, got.Err, ReasonCanceled)
		check.Equal(t, "the attempts of the error", failure.Attempts, 4)
		check.Equal(t, "the time of the error", failure.Elapsed, 10*time.Second)
		check.Equal(t, "the time of the read", time.Since(begun), 10*time.Second)
	})
}

// The error of a poll that is canceled between two reads counts the attempts of all its reads.
func TestPoll_CanceledAfterRetries(t *testing.T) {
	t.Parallel()
	forEachWayToRead(t, func(t *testing.T, read readWith) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(10*time.Second, cancel)
		pending := pollScript("", "PENDING")
		script := &attemptScript{play: func(number int, req *http.Request) (*http.Response, error) {
			if number == 1 || number == 4 {
				return failWith(500, "")(req)
			}
			return pending.play(number, req)
		}}
		got := read(ctx, scriptedClient(t, script), waitingOptions)
		check.Equal(t, "the attempts of the error", checkReason(t, got.Err, ReasonCanceled).Attempts, len(script.times))
	})
}

// A response that came in time is the error, also if the deadline passes before it is reported.
func TestPoll_RejectedBeforeTheDeadline(t *testing.T) {
	t.Parallel()
	forEachWayToRead(t, func(t *testing.T, read readWith) {
		pending := pollScript("", "PENDING")
		script := &attemptScript{play: func(number int, req *http.Request) (*http.Response, error) {
			if number == 3 {
				return failWithCode(401, "UNAUTHORIZED")(req)
			}
			return pending.play(number, req)
		}}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		client := scriptedClient(t, script, func(c *Config) {
			c.OnAttempt = func(_ context.Context, attempt Attempt) {
				if attempt.StatusCode == 401 {
					time.Sleep(time.Minute)
				}
			}
		})
		checkReason(t, read(ctx, client, waitingOptions).Err, ReasonUnauthorized)
	})
}

// Accounts that are polled delay no others: with one request in flight, all are read
// in the first second, and each goes on by itself.
func TestPoll_ManyAccounts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		all, reads := newRefs(100), map[string][]time.Time{}
		var mu sync.Mutex
		script := &attemptScript{play: func(_ int, req *http.Request) (*http.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			id := path.Base(req.URL.Path)
			status := "PENDING"
			if i := slices.IndexFunc(all, func(r AccountRef) bool { return r.CustomerAccountID == id }); len(reads[id]) == i%4 {
				status = "ACTIVE"
			}
			reads[id] = append(reads[id], time.Now())
			return newHTTPResponse(req, 200, "", check.MustJSON(accountFor(req).With("validation_status", status))), nil
		}}
		client := scriptedClient(t, script, func(c *Config) { c.MaxConcurrentRequests = 1 })
		begun := time.Now()
		for i, result := range client.GetAll(t.Context(), all, waitingOptions) {
			if result.Err != nil || result.Account.ValidationStatus != StatusActive {
				t.Errorf("result %d: got %+v, want an ACTIVE account", i, result)
			}
			checkGaps(t, waitsBetween(reads[all[i].CustomerAccountID]), i%4)
		}
		check.Within(t, "the time of all reads", time.Since(begun), 0, 7*time.Second)
	})
}
