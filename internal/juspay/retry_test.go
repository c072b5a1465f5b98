// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	const forever = 9223372036 * time.Second // the most that a Duration holds
	for name, test := range map[string]struct {
		header string
		want   time.Duration
		wantOK bool
	}{
		"none":                        {"", 0, false},
		"no seconds":                  {"0", 0, true},
		"seconds":                     {"7", 7 * time.Second, true},
		"seconds with spaces":         {" 7 ", 7 * time.Second, true},
		"a date":                      {"Fri, 02 Jan 2026 03:04:25 GMT", 20 * time.Second, true},
		"a date in the old form":      {"Friday, 02-Jan-26 03:04:25 GMT", 20 * time.Second, true},
		"a date that has passed":      {"Fri, 02 Jan 2026 03:04:04 GMT", 0, true},
		"more seconds than a clock":   {"9223372036854775807", forever, true},
		"more digits than a number":   {"99999999999999999999999999", forever, true},
		"seconds below zero":          {"-1", 0, false},
		"a fraction":                  {"1.5", 0, false},
		"a word":                      {"soon", 0, false},
		"a date in a form of its own": {"2026-01-02T03:04:25Z", 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := retryAfter(http.Header{"Retry-After": {test.header}}, now)
			if got != test.want || ok != test.wantOK {
				t.Errorf("got %s, %t, want %s, %t", got, ok, test.want, test.wantOK)
			}
		})
	}
}

func TestBackoffGrowsWithJitterUpToItsLimit(t *testing.T) {
	t.Parallel()
	for attempt, longest := range []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 8 * time.Second} {
		seen := map[time.Duration]bool{}
		for range 100 {
			wait := backoff(retryWaitMin, retryWaitMax, attempt, nil)
			if wait < longest/2 || wait > longest {
				t.Fatalf("attempt %d waits %s, want between %s and %s", attempt, wait, longest/2, longest)
			}
			seen[wait] = true
		}
		if len(seen) < 10 {
			t.Errorf("attempt %d: 100 waits had only %d lengths", attempt, len(seen))
		}
	}
	if wait := backoff(retryWaitMin, retryWaitMax, 1000, nil); wait < retryWaitMax/2 || wait > retryWaitMax {
		t.Errorf("attempt 1000 waits %s", wait)
	}
}

func TestBackoffObeysRetryAfter(t *testing.T) {
	t.Parallel()
	resp := &http.Response{Header: http.Header{"Retry-After": {"7"}}}
	if wait := backoff(retryWaitMin, retryWaitMax, 0, resp); wait != 7*time.Second {
		t.Errorf("waits %s", wait)
	}
	resp.Header.Set("Retry-After", "soon")
	if wait := backoff(retryWaitMin, retryWaitMax, 0, resp); wait > retryWaitMin {
		t.Errorf("waits %s for garbage", wait)
	}
}

func TestTheCapOfRetryAfterIsHalfAMinute(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]bool{"30": true, "31": false} {
		got, err := checkRetry(t.Context(), &http.Response{StatusCode: 429, Header: http.Header{"Retry-After": {header}}}, nil)
		if got != want || err != nil {
			t.Errorf("%s: %t, %v", header, got, err)
		}
	}
}

func TestNewSetsUpTheRetries(t *testing.T) {
	t.Parallel()
	client, err := New(Config{APIKey: "fake", BaseURL: Sandbox.BaseURL, MaxRetries: 7})
	if err != nil {
		t.Fatal(err)
	}
	if r := client.retryer; r.RetryMax != 7 || r.RetryWaitMin != 500*time.Millisecond || r.RetryWaitMax != 8*time.Second {
		t.Errorf("%d retries, after %s to %s", r.RetryMax, r.RetryWaitMin, r.RetryWaitMax)
	}
	waits := map[time.Duration]bool{}
	for range 20 {
		waits[client.retryer.Backoff(time.Second, time.Second, 0, nil)] = true
	}
	if len(waits) < 2 {
		t.Error("the waits have no jitter")
	}
}

// What the guide says of the defaults.
func TestTheLongestRead(t *testing.T) {
	t.Parallel()
	attempts := (DefaultMaxRetries + 1) * DefaultRequestTimeout
	if got := attempts + DefaultMaxRetries*maxRetryAfter; got != 4*time.Minute+30*time.Second {
		t.Errorf("a read takes up to %s when Juspay asks for waits", got)
	}
	waits := time.Duration(0)
	for attempt := range DefaultMaxRetries {
		waits += min(retryWaitMax, retryWaitMin<<attempt)
	}
	if got := attempts + waits; got >= 3*time.Minute {
		t.Errorf("a read takes up to %s otherwise", got)
	}
}

func TestWhichStatusesAreRetried(t *testing.T) {
	t.Parallel()
	retried := []int{429, 500, 502, 503, 504}
	for status := 400; status < 600; status++ {
		server, client := start(t)
		server.Put(juspaytest.NewAccount("cst_a", "banh_a"))
		server.Fail(juspaytest.Fault{Times: 1, Status: status})
		_, err := client.Get(t.Context(), AccountRef{CustomerID: "cst_a", CustomerAccountID: "banh_a"}, ReadOptions{})
		wantRequests := 1
		if slices.Contains(retried, status) {
			wantRequests = 2
		}
		if n := len(server.Requests()); n != wantRequests || (err == nil) != (wantRequests == 2) {
			t.Errorf("%d: %d requests, error %v", status, n, err)
		}
		server.Close()
	}
}

func TestRetriesAreCounted(t *testing.T) {
	t.Parallel()
	for _, retries := range []int{0, 1, 3} {
		server, client := start(t, func(c *Config) { c.MaxRetries = retries })
		server.Fail(juspaytest.Fault{Status: 502})
		_, err := client.Get(t.Context(), AccountRef{CustomerID: "cst_a", CustomerAccountID: "banh_a"}, ReadOptions{})
		got := checkReason(t, err, ReasonServerError)
		if n := len(server.Requests()); n != retries+1 || got.Attempts != n {
			t.Errorf("max_retries %d: %d requests, %d attempts told", retries, n, got.Attempts)
		}
	}
}

func TestRetryAfterIsWaitedForUpToItsCap(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		header       string
		wantRequests int
		wantWait     time.Duration
	}{
		"below the cap":             {"1", 2, time.Second},
		"beyond the cap":            {"31", 1, 0},
		"far beyond the cap":        {"99999999999999999999", 1, 0},
		"a date beyond the cap":     {time.Now().Add(time.Hour).UTC().Format(http.TimeFormat), 1, 0},
		"a date that passed":        {"Fri, 31 Dec 1999 23:59:59 GMT", 2, 0},
		"a date just ahead":         {"in 3 s", 2, time.Second},
		"garbage, which is ignored": {"-5", 2, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := start(t)
			server.Put(juspaytest.NewAccount("cst_a", "banh_a"))
			if test.header == "in 3 s" { // from when the test runs, not from when it was written
				test.header = time.Now().Add(3 * time.Second).UTC().Format(http.TimeFormat)
			}
			server.Fail(juspaytest.Fault{Times: 1, Status: 429, Header: http.Header{"Retry-After": {test.header}}})
			begun := time.Now()
			_, err := client.Get(t.Context(), AccountRef{CustomerID: "cst_a", CustomerAccountID: "banh_a"}, ReadOptions{})
			if n := len(server.Requests()); n != test.wantRequests || (err == nil) != (n == 2) {
				t.Errorf("%d requests, want %d; error %v", n, test.wantRequests, err)
			}
			if took := time.Since(begun); took < test.wantWait {
				t.Errorf("it waited only %s", took)
			}
			if test.wantRequests == 1 {
				if told := checkReason(t, err, ReasonThrottled); !told.AskedToWaitTooLong() {
					t.Error("the error does not tell that Juspay asked to wait too long")
				}
			}
		})
	}
}

// FuzzRetryAfter holds that no header makes a wait that is negative, or that
// counts without having been understood.
func FuzzRetryAfter(f *testing.F) {
	for _, seed := range []string{"", "0", "7", "-1", "31", "99999999999999999999", "Fri, 02 Jan 2026 03:04:25 GMT", "Friday, 02-Jan-26 03:04:25 GMT", "1e3", "+5", " 5 ", "soon"} {
		f.Add(seed)
	}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	f.Fuzz(func(t *testing.T, value string) {
		header := http.Header{"Retry-After": {value}}
		wait, ok := retryAfter(header, now)
		if wait < 0 || !ok && wait != 0 {
			t.Fatalf("%q is a wait of %s, %t", value, wait, ok)
		}
		repeated, _ := checkRetry(t.Context(), &http.Response{StatusCode: 503, Header: header}, nil)
		if wait, _ := retryAfter(header, time.Now()); repeated && wait > maxRetryAfter+time.Second {
			t.Fatalf("%q is waited for: %s", value, wait)
		}
	})
}
