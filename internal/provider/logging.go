// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"math"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/redact"
)

// clientLogger is the name of the logger under which requests are logged.
const clientLogger = "client"

// withClientLogger adds the logger of logAttempt to ctx. It masks secrets, although no code
// logs them.
func withClientLogger(ctx context.Context, client *juspay.Client) context.Context {
	secrets := client.Secrets()
	ctx = tflog.NewSubsystem(ctx, clientLogger)
	ctx = tflog.SubsystemMaskLogStrings(ctx, clientLogger, secrets...)
	return tflog.MaskLogStrings(ctx, secrets...)
}

// logAttempt logs an attempt. It is the juspay.Config's OnAttempt.
func logAttempt(ctx context.Context, a juspay.Attempt) {
	fields := map[string]any{
		"method":          a.Method,
		"path":            a.Path,
		"attempt":         a.Number,
		"status":          a.StatusCode,
		"duration_ms":     a.Duration.Milliseconds(),
		"request_id":      a.RequestID,
		"sent_request_id": a.SentRequestID,
	}
	if a.Err != nil {
		fields["error"] = a.Err.Error()
	}
	tflog.SubsystemDebug(ctx, clientLogger, "Juspay request", fields)
}

// logProgress logs how far a read of many accounts is. It is the juspay.Config's OnProgress.
func logProgress(ctx context.Context, p juspay.Progress) {
	message := "Reading accounts"
	if p.Ended {
		message = "Read accounts"
	}
	tflog.SubsystemInfo(ctx, clientLogger, message, map[string]any{
		"accounts": p.Accounts, "read": p.Read, "failed": p.Failed, "skipped": p.Skipped, "throttled": p.Throttled, "elapsed_ms": p.Elapsed.Milliseconds(),
		"accounts_per_second": math.Round(float64(p.Read+p.Failed) / max(p.Elapsed.Seconds(), 0.001)),
	})
}

// logFailed logs every account that was not read: errors name only the first ones.
func logFailed(ctx context.Context, results []accountResult) {
	for _, r := range results {
		if r.result.Err == nil {
			continue
		}
		fields := map[string]any{
			"customer_id":         redact.ID(r.ref.CustomerID),
			"customer_account_id": redact.ID(r.ref.CustomerAccountID),
			"error":               r.result.Err.Error(),
		}
		var e *juspay.APIError
		if errors.As(r.result.Err, &e) {
			fields["request_id"], fields["sent_request_id"] = e.RequestID, e.SentRequestID
		}
		tflog.SubsystemInfo(ctx, clientLogger, "Account not read", fields)
	}
}

// logPoll logs a poll. It is the juspay.Config's OnPoll.
func logPoll(ctx context.Context, p juspay.PollEvent) {
	tflog.SubsystemInfo(ctx, clientLogger, "Waiting for a validation to end", map[string]any{
		"customer_id":         redact.ID(p.Ref.CustomerID),
		"customer_account_id": redact.ID(p.Ref.CustomerAccountID),
		"status":              string(p.Status),
		"reads":               p.Reads,
		"next_read_ms":        p.Next.Milliseconds(),
	})
}
