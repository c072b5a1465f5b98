// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflog"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// loggingTo returns the context of a read whose logs go to log.
func loggingTo(t *testing.T, log *bytes.Buffer) context.Context {
	t.Helper()
	client, err := juspay.New(juspay.Config{APIKey: "fake-key", BaseURL: juspay.Sandbox.BaseURL})
	if err != nil {
		t.Fatal(err)
	}
	return withClientLogger(tflogtest.RootLogger(t.Context(), log), client)
}

// Should anything ever log the key, in whatever form, it is masked.
func TestLogging_MasksKeys(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	ctx := loggingTo(t, &log)
	leak := map[string]any{"field": "fake-key Basic ZmFrZS1rZXk6"}
	tflog.Info(ctx, "fake-key Basic ZmFrZS1rZXk6", leak)
	tflog.SubsystemInfo(ctx, clientLogger, "fake-key Basic ZmFrZS1rZXk6", leak)
	if got := log.String(); strings.Count(got, "*** Basic ***") != 4 {
		t.Errorf("the log is\n%s", got)
	}
}

func TestLogging_Attempts(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	ctx := loggingTo(t, &log)
	logAttempt(ctx, juspay.Attempt{Number: 1, Method: "GET", Path: "/p", StatusCode: 200, RequestID: "r-1", SentRequestID: "s-1", Duration: 1500 * time.Microsecond})
	logAttempt(ctx, juspay.Attempt{Number: 2, Method: "GET", Path: "/p", SentRequestID: "s-2", Duration: time.Second, Err: errors.New("EOF")})
	logPoll(ctx, juspay.PollEvent{Ref: vendorRef, Status: juspay.StatusPending, Reads: 3, Next: 3500 * time.Millisecond})
	logPoll(ctx, juspay.PollEvent{Ref: juspay.AccountRef{CustomerID: "ravi@example.com", CustomerAccountID: "9876543210"}})
	lines, err := tflogtest.MultilineJSONDecode(&log)
	want := []map[string]any{
		{"@level": "debug", "@message": "Juspay request", "@module": "provider.client", "method": "GET", "path": "/p", "attempt": 1.0, "status": 200.0, "duration_ms": 1.0, "request_id": "r-1", "sent_request_id": "s-1"},
		{"@level": "debug", "@message": "Juspay request", "@module": "provider.client", "method": "GET", "path": "/p", "attempt": 2.0, "status": 0.0, "duration_ms": 1000.0, "request_id": "", "sent_request_id": "s-2", "error": "EOF"},
		{"@level": "info", "@message": "Waiting for a validation to end", "@module": "provider.client", "customer_id": "cst_a", "customer_account_id": "banh_a", "status": "PENDING", "reads": 3.0, "next_read_ms": 3500.0},
		{"@level": "info", "@message": "Waiting for a validation to end", "@module": "provider.client", "customer_id": "ra***", "customer_account_id": "98***", "status": "", "reads": 0.0, "next_read_ms": 0.0},
	}
	if err != nil || !reflect.DeepEqual(lines, want) {
		t.Errorf("got %v, %v, want %v", lines, err, want)
	}
}
