// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"path"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// validation replaces the network, so that time can be a fake: each
// account has the statuses in turn, and keeps the last.
type validation struct {
	statuses map[string][]string
	header   http.Header
	fail     func(read int) (status int) // of the read, instead of an account

	mu    sync.Mutex
	reads map[string][]time.Time
}

func (v *validation) RoundTrip(req *http.Request) (*http.Response, error) {
	id := path.Base(req.URL.Path)
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.reads == nil {
		v.reads = map[string][]time.Time{}
	}
	v.reads[id] = append(v.reads[id], time.Now())
	read := len(v.reads[id])
	if v.fail != nil {
		if status := v.fail(read); status != 0 {
			return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(mustJSON(juspayError("RESOURCE_NOT_FOUND")))), Request: req}, nil
		}
	}
	statuses := v.statuses[id]
	account := juspaytest.NewAccount("cst_a", id).With("validation_status", statuses[min(read, len(statuses))-1])
	return &http.Response{StatusCode: http.StatusOK, Header: v.header.Clone(), Body: io.NopCloser(strings.NewReader(mustJSON(account))), Request: req}, nil
}

// gaps are the times between the reads of an account.
func (v *validation) gaps(id string) []time.Duration {
	v.mu.Lock()
	defer v.mu.Unlock()
	var gaps []time.Duration
	for i := 1; i < len(v.reads[id]); i++ {
		gaps = append(gaps, v.reads[id][i].Sub(v.reads[id][i-1]))
	}
	return gaps
}

func waitingClient(t *testing.T, v *validation, polls *[]PollEvent) *Client {
	t.Helper()
	var mu sync.Mutex
	client, err := New(Config{APIKey: "fake-key", BaseURL: Sandbox.BaseURL, Transport: v, OnPoll: func(_ context.Context, p PollEvent) {
		mu.Lock()
		defer mu.Unlock()
		if polls != nil {
			*polls = append(*polls, p)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

var waiting = ReadOptions{WaitForValidation: true}

func TestPoll_UntilTheValidationEnds(t *testing.T) {
	t.Parallel()
	for name, statuses := range map[string][]string{
		"ACTIVE in the first read":  {"ACTIVE"},
		"FAILURE in the first read": {"FAILURE"},
		"no status":                 {""},
		"a status nobody knows":     {"SOMETHING_NEW"},
		"PENDING, then ACTIVE":      {"PENDING", "ACTIVE"},
		"through all, to FAILURE":   {"CREATED", "PENDING", "PENDING", "FAILURE"},
		"after eight reads":         {"CREATED", "CREATED", "CREATED", "PENDING", "PENDING", "PENDING", "PENDING", "ACTIVE"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				v := &validation{statuses: map[string][]string{"banh_a": statuses}}
				var polls []PollEvent
				client := waitingClient(t, v, &polls)
				account, err := client.Get(t.Context(), accountA, waiting)
				if want := ValidationStatus(statuses[len(statuses)-1]); err != nil || account.ValidationStatus != want {
					t.Errorf("got %+v, %v", account, err)
				}
				checkGaps(t, v.gaps("banh_a"), len(statuses)-1)
				for i, poll := range polls {
					if poll.Ref != accountA || poll.Reads != i+1 || string(poll.Status) != statuses[i] || poll.Next != v.gaps("banh_a")[i] {
						t.Errorf("poll %d is %+v", i, poll)
					}
				}
				if len(polls) != len(statuses)-1 {
					t.Errorf("%d polls are reported", len(polls))
				}
			})
		})
	}
}

// checkGaps checks that the waits double from 1 s up to 15 s, less up to a quarter.
func checkGaps(t *testing.T, gaps []time.Duration, want int) {
	t.Helper()
	if len(gaps) != want {
		t.Errorf("the gaps are %v, want %d", gaps, want)
	}
	for i, gap := range gaps {
		longest := []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 15 * time.Second}[min(i, 4)]
		shortest := longest * 3 / 4
		if i == 0 {
			shortest = longest
		}
		if gap < shortest || gap > longest {
			t.Errorf("gap %d is %s, want %s to %s", i, gap, shortest, longest)
		}
	}
}

func TestPoll_WithoutWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := &validation{statuses: map[string][]string{"banh_a": {"PENDING", "ACTIVE"}}}
		account, err := waitingClient(t, v, nil).Get(t.Context(), accountA, ReadOptions{})
		if err != nil || account.ValidationStatus != StatusPending || len(v.reads["banh_a"]) != 1 {
			t.Errorf("got %+v, %v after %d reads", account, err, len(v.reads["banh_a"]))
		}
		script := listScript("PENDING", "ACTIVE")
		accounts, err := scriptedClient(t, script).List(t.Context(), "cst_a", "", ReadOptions{})
		if listed := accounts["banh_b"]; err != nil || listed.Err != nil || listed.Account.ValidationStatus != StatusPending || len(script.times) != 1 {
			t.Errorf("got %+v, %v after %d requests", listed, err, len(script.times))
		}
	})
}

func TestPoll_RetryAfterUpToItsMaximum(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]time.Duration{"25": 25 * time.Second, "30": 30 * time.Second, "31": 30 * time.Second, "3600": 30 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			v := &validation{statuses: map[string][]string{"banh_a": {"PENDING", "PENDING", "ACTIVE"}}, header: http.Header{"Retry-After": {header}}}
			if _, err := waitingClient(t, v, nil).Get(t.Context(), accountA, waiting); err != nil {
				t.Fatal(err)
			}
			if got := v.gaps("banh_a"); !slices.Equal(got, []time.Duration{want, want}) {
				t.Errorf("Retry-After: %s: the gaps are %v", header, got)
			}
		})
	}
}

// A Retry-After of 0 does not make polling a tight loop.
func TestPoll_ShortRetryAfter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := &validation{statuses: map[string][]string{"banh_a": {"PENDING", "PENDING", "ACTIVE"}}, header: http.Header{"Retry-After": {"0"}}}
		if _, err := waitingClient(t, v, nil).Get(t.Context(), accountA, waiting); err != nil {
			t.Fatal(err)
		}
		checkGaps(t, v.gaps("banh_a"), 2)
	})
}

func TestPoll_SpreadsReads(t *testing.T) {
	t.Parallel()
	seen := map[time.Duration]bool{}
	for range 100 {
		seen[pollInterval(5)] = true
	}
	if least := slices.Min(slices.Collect(maps.Keys(seen))); len(seen) < 50 || least > 12*time.Second {
		t.Errorf("a hundred waits have %d lengths from %s", len(seen), least)
	}
}

// The deadline may end a wait for the limiter; the account was read all the same.
func TestPoll_EndsWhileTheLimiterHolds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := &validation{statuses: map[string][]string{"banh_a": {"PENDING"}}}
		client, err := New(Config{APIKey: "fake-key", BaseURL: Sandbox.BaseURL, Transport: v, RequestsPerSecond: 0.05, MaxRetries: 4})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 35*time.Second)
		defer cancel()
		_, err = client.Get(ctx, accountA, waiting)
		var late *WaitError
		if !errors.As(err, &late) || late.Status != StatusPending || late.Reads != 2 || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

func TestPoll_EndsAtTheDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := &validation{statuses: map[string][]string{"banh_a": {"CREATED", "PENDING"}}}
		client := waitingClient(t, v, nil)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		account, err := client.Get(ctx, accountA, waiting)
		var late *WaitError
		if !errors.As(err, &late) || !errors.Is(err, context.DeadlineExceeded) || account != (CustomerAccount{}) {
			t.Fatalf("got %+v, %v", account, err)
		}
		if late.Status != StatusPending || late.Waited != 5*time.Minute || late.Reads != len(v.reads["banh_a"]) || late.Reads < 22 || late.Reads > 30 {
			t.Errorf("got %+v after %d reads", late, len(v.reads["banh_a"]))
		}
		if want := fmt.Sprintf("juspay: the account is still PENDING after 5m0s and %d reads", late.Reads); late.Error() != want {
			t.Errorf("got %q", late)
		}
	})
}

func TestPoll_Canceled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := &validation{statuses: map[string][]string{"banh_a": {"PENDING"}}}
		client := waitingClient(t, v, nil)
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			time.Sleep(10 * time.Second)
			cancel()
		}()
		begun := time.Now()
		_, err := client.Get(ctx, accountA, waiting)
		checkReason(t, err, ReasonCanceled)
		if took := time.Since(begun); took != 10*time.Second {
			t.Errorf("it took %s", took)
		}
	})
}

func TestPoll_EndsAtAnError(t *testing.T) {
	t.Parallel()
	for _, failing := range []int{1, 3} {
		synctest.Test(t, func(t *testing.T) {
			v := &validation{statuses: map[string][]string{"banh_a": {"PENDING"}}, fail: func(read int) int {
				if read == failing {
					return http.StatusNotFound
				}
				return 0
			}}
			_, err := waitingClient(t, v, nil).Get(t.Context(), accountA, waiting)
			checkReason(t, err, ReasonNotFound)
			if len(v.reads["banh_a"]) != failing {
				t.Errorf("%d reads, want %d", len(v.reads["banh_a"]), failing)
			}
		})
	}
}

// Those that wait hold up no others: with one request in flight, all are read
// in the first second, and each goes on by itself.
func TestPoll_ManyAccounts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := &validation{statuses: map[string][]string{}}
		var refs []AccountRef
		for i := range 100 {
			id := fmt.Sprintf("banh_%d", i)
			v.statuses[id] = slices.Repeat([]string{"PENDING"}, i%4)
			v.statuses[id] = append(v.statuses[id], "ACTIVE")
			refs = append(refs, AccountRef{CustomerID: "cst_a", CustomerAccountID: id})
		}
		client := waitingClient(t, v, nil)
		client.cfg.MaxConcurrentRequests = 1
		begun := time.Now()
		for i, result := range client.GetAll(t.Context(), refs, waiting) {
			if result.Err != nil || result.Account.ValidationStatus != StatusActive {
				t.Errorf("result %d is %+v", i, result)
			}
			checkGaps(t, v.gaps(refs[i].CustomerAccountID), i%4)
		}
		if took := time.Since(begun); took > 7*time.Second {
			t.Errorf("it took %s", took)
		}
	})
}

// listScript lists three accounts of cst_a, and gives banh_b the statuses in turn.
func listScript(statuses ...string) *attemptScript {
	return &attemptScript{play: func(number int, req *http.Request) (*http.Response, error) {
		if req.URL.Path != "/customers/cst_a/customer-accounts/list" {
			return respond(req, 404, "", ""), nil
		}
		status := statuses[min(number, len(statuses))-1]
		if status == "500" {
			return respond(req, 501, "", ""), nil
		}
		return respond(req, 200, "", mustJSON(map[string]any{"list": []any{
			juspaytest.NewAccount("cst_a", "banh_a"), juspaytest.NewAccount("cst_a", "banh_b").With("validation_status", status), juspaytest.NewAccount("cst_a", "banh_c"),
		}})), nil
	}}
}

func TestPoll_List(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		script := listScript("CREATED", "PENDING", "FAILURE")
		results, err := scriptedClient(t, script).List(t.Context(), "cst_a", "", waiting)
		failed := referenceAccount
		failed.ValidationStatus = StatusFailure
		if want := (map[string]Result{"banh_a": {Account: referenceAccount}, "banh_b": {Account: failed}, "banh_c": {Account: referenceAccount}}); err != nil || !reflect.DeepEqual(results, want) {
			t.Errorf("got %+v, %v", results, err)
		}
		checkGaps(t, script.waits(), 2)
	})
}

func TestPoll_List_EndsAtTheDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		script := listScript("PENDING")
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		results, err := scriptedClient(t, script).List(ctx, "cst_a", "", waiting)
		if err != nil || len(results) != 3 || results["banh_a"] != (Result{Account: referenceAccount}) {
			t.Errorf("got %+v, %v", results, err)
		}
		var late *WaitError
		want := WaitError{Status: StatusPending, Reads: len(script.times), Waited: time.Minute, Err: context.DeadlineExceeded}
		if !errors.As(results["banh_b"].Err, &late) || *late != want {
			t.Errorf("banh_b ended with %+v, want %+v", results["banh_b"], want)
		}
	})
}

func TestPoll_List_EndsAtAnError(t *testing.T) {
	t.Parallel()
	for _, statuses := range [][]string{{"500"}, {"PENDING", "500"}} {
		synctest.Test(t, func(t *testing.T) {
			results, err := scriptedClient(t, listScript(statuses...)).List(t.Context(), "cst_a", "", waiting)
			if checkReason(t, err, ReasonServerError); results != nil {
				t.Errorf("%v: got %+v", statuses, results)
			}
		})
	}
}

func TestReadOptions_WithoutVPA(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	server.Put(juspaytest.NewAccount("cst_a", "banh_a"))
	without := referenceAccount
	without.VPA = ""
	options := ReadOptions{OmitVPA: true}
	if got, err := client.Get(t.Context(), accountA, options); err != nil || got != without {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err := client.List(t.Context(), "cst_a", "", options); err != nil || got["banh_a"].Account != without {
		t.Errorf("got %+v, %v", got, err)
	}
	if got := client.GetAll(t.Context(), []AccountRef{accountA}, options)[0]; got.Err != nil || got.Account != without {
		t.Errorf("got %+v", got)
	}
}
