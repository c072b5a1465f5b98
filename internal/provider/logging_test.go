// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// loggingTo returns the context of a read whose logs go to log.
func loggingTo(t *testing.T, log *bytes.Buffer, config juspay.Config) context.Context {
	t.Helper()
	config.APIKey, config.BaseURL = "fake-key", juspay.Sandbox.BaseURL
	return withClientLogger(tflogtest.RootLogger(t.Context(), log), newClient(t, config))
}

// checkLog compares the lines of a log.
func checkLog(t *testing.T, log *bytes.Buffer, want []map[string]any) {
	t.Helper()
	lines, err := tflogtest.MultilineJSONDecode(log)
	check.MustNoError(t, "tflogtest.MultilineJSONDecode", err)
	check.Equal(t, "the log", lines, want)
}

// Nothing logs a secret; should something ever do so, in whatever form, it is masked.
func TestLogging_MasksSecrets(t *testing.T) {
	t.Parallel()
	_, key := juspaytest.NewAuthority(t).Issue(t)
	var log bytes.Buffer
	ctx := loggingTo(t, &log, juspay.Config{ExtraSecrets: secretLines(key), RequestHeaders: map[string]string{"X-Gateway-Key": "fake-gateway-secret"}})
	leak := "fake-key Basic ZmFrZS1rZXk6 fake-gateway-secret " + strings.Join(secretLines(key), " ")
	masked := "*** Basic *** ***" + strings.Repeat(" ***", len(secretLines(key)))
	tflog.Info(ctx, leak, map[string]any{"field": leak})
	tflog.SubsystemInfo(ctx, clientLogger, leak, map[string]any{"field": leak})
	if got := log.String(); strings.Count(got, masked) != 4 {
		t.Errorf("got the log\n%s\nwant %q in it four times", got, masked)
	}
}

// A process that runs with -debug serves all provider blocks of a run, and all runs.
func TestLogging_AnotherProviderBlock(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	ctx := tflogtest.RootLogger(t.Context(), &log)
	p := &juspayProvider{}
	value := types.StringValue
	for _, block := range []blockValues{
		{"environment": value("sandbox"), "unknown_fields": types.StringNull()},
		{"environment": value("sandbox"), "unknown_fields": types.StringNull()},
		{"environment": value("production"), "unknown_fields": types.StringNull()},
		{"environment": value("production"), "unknown_fields": value("error")},
	} {
		p.warnOfEarlierBlock(ctx, block)
	}
	warning := map[string]any{
		"@level": "warn", "@module": "provider",
		"@message": "This process runs with -debug and was configured before, by another provider block. All blocks now read with the settings of the last one.",
	}
	checkLog(t, &log, []map[string]any{warning, warning})
}

func TestLogging_Progress(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	ctx := loggingTo(t, &log, juspay.Config{})
	logProgress(ctx, juspay.Progress{Accounts: 505})
	logProgress(ctx, juspay.Progress{Accounts: 505, Read: 480, Failed: 20, Skipped: 5, Throttled: 7, Elapsed: 10 * time.Second, Ended: true})
	line := func(message string, read, failed, skipped, throttled, elapsed, rate float64) map[string]any {
		return map[string]any{
			"@level": "info", "@message": message, "@module": "provider.client", "accounts": float64(505), "read": read, "failed": failed,
			"skipped": skipped, "throttled": throttled, "elapsed_ms": elapsed, "accounts_per_second": rate,
		}
	}
	checkLog(t, &log, []map[string]any{
		line("Reading accounts", 0, 0, 0, 0, 0, 0), line("Read accounts", 480, 20, 5, 7, 10_000, 50),
	})
}

func TestLogging_FailedAccounts(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	ctx := loggingTo(t, &log, juspay.Config{})
	notFound := &juspay.APIError{Reason: juspay.ReasonNotFound, StatusCode: 404, RequestID: "r-1"}
	logFailed(ctx, []accountResult{
		{ref: vendorRef},
		{ref: vendorRef, result: juspay.Result{Err: notFound}},
		{ref: juspay.AccountRef{CustomerID: "ravi@example.com", CustomerAccountID: "9876543210"}, result: juspay.Result{Err: juspay.ErrSkipped}},
	})
	checkLog(t, &log, []map[string]any{
		{"@level": "info", "@message": "Account not read", "@module": "provider.client", "customer_id": "cst_a", "customer_account_id": "banh_a",
			"error": "juspay: not found (HTTP 404)", "request_id": "r-1", "sent_request_id": ""},
		{"@level": "info", "@message": "Account not read", "@module": "provider.client", "customer_id": "ra***", "customer_account_id": "98***",
			"error": juspay.ErrSkipped.Error()},
	})
}

func TestLogging_Attempts(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	ctx := loggingTo(t, &log, juspay.Config{})
	logAttempt(ctx, juspay.Attempt{Number: 1, Method: "GET", Path: "/p", StatusCode: 200, RequestID: "r-1", SentRequestID: "s-1",
		Duration: 1500 * time.Microsecond})
	logAttempt(ctx, juspay.Attempt{Number: 2, Method: "GET", Path: "/p", SentRequestID: "s-2", Duration: time.Second, Err: errors.New("EOF")})
	logPoll(ctx, juspay.PollEvent{Ref: vendorRef, Status: juspay.StatusPending, Reads: 3, Next: 3500 * time.Millisecond})
	logPoll(ctx, juspay.PollEvent{Ref: juspay.AccountRef{CustomerID: "ravi@example.com", CustomerAccountID: "9876543210"}})
	request := func(attempt, status, duration float64, requestID, sentRequestID string) map[string]any {
		return map[string]any{
			"@level": "debug", "@message": "Juspay request", "@module": "provider.client", "method": "GET", "path": "/p",
			"attempt": attempt, "status": status, "duration_ms": duration, "request_id": requestID, "sent_request_id": sentRequestID,
		}
	}
	wait := func(customerID, accountID, status string, reads, next float64) map[string]any {
		return map[string]any{
			"@level": "info", "@message": "Waiting for a validation to end", "@module": "provider.client",
			"customer_id": customerID, "customer_account_id": accountID, "status": status, "reads": reads, "next_read_ms": next,
		}
	}
	failed := request(2, 0, 1000, "", "s-2")
	failed["error"] = "EOF"
	checkLog(t, &log, []map[string]any{
		request(1, 200, 1, "r-1", "s-1"), failed, wait("cst_a", "banh_a", "PENDING", 3, 3500), wait("ra***", "98***", "", 0, 0),
	})
}
