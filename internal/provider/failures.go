// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// maxReported is how many accounts that could not be read are reported in full.
const maxReported = 20

// accountErrors reports each account that could not be read, on its path:
// the first ones as if each had been read alone, and the others by their number.
// What concerns all accounts is reported once.
func accountErrors(results []accountResult, limit time.Duration) diag.Diagnostics {
	var late, waiting, canceled, others []accountResult
	notRead := 0
	var common error
	for _, f := range results {
		var wait *juspay.WaitError
		var apiErr *juspay.APIError
		if f.result.Err != nil {
			notRead++
		}
		switch {
		case f.result.Err == nil:
		case errors.As(f.result.Err, &apiErr) && apiErr.ConcernsAllReads():
			common = cmp.Or(common, f.result.Err)
		case errors.As(f.result.Err, &wait):
			waiting = append(waiting, f)
		case isReadTimeout(f.result.Err):
			late = append(late, f)
		case errors.Is(f.result.Err, context.Canceled):
			canceled = append(canceled, f)
		default:
			others = append(others, f)
		}
	}
	if common != nil {
		return diag.Diagnostics{readError(fmt.Sprintf("%d of %d accounts", notRead, len(results)), limit, common, false)}
	}
	of := fmt.Sprintf("Of %d accounts, %d were read and %d were not.", len(results), len(results)-notRead, notRead)
	if len(waiting) > 0 {
		of = fmt.Sprintf("Of %d accounts, %d were read, %d are still in validation, and %d were not read.", len(results), len(results)-notRead, len(waiting), notRead-len(waiting))
	}
	var diags diag.Diagnostics
	if len(late) > 0 {
		diags.AddAttributeError(elementPath(late[0].ref.CustomerAccountID), summaryReadsTimeout,
			fmt.Sprintf("%s For %d of them, of which %s is the first, there was not enough time: all reads together may take %s.\n\n"+
				"Raise timeouts.read, or split the accounts among several runs. Reads are slow if requests_per_second or max_concurrent_requests in the provider block is low, or if Juspay is slow or throttles requests. "+
				"With TF_LOG_PROVIDER=DEBUG, each request is logged.", of, len(late), displayPath("accounts", late[0].ref.CustomerAccountID), limit))
	}
	if len(waiting) > 0 {
		diags.AddAttributeError(elementPath(waiting[0].ref.CustomerAccountID), summaryWaitTimeout,
			fmt.Sprintf("Of %d accounts, %d were still in validation after %s: %s.\n\n%s", len(results), len(waiting), limit, listWaiting(waiting), waitRemedy(limit)))
	}
	if len(canceled) > 0 {
		x := explanations[juspay.ReasonCanceled]
		diags.AddAttributeError(elementPath(canceled[0].ref.CustomerAccountID), x.summary, fmt.Sprintf("%s %s\n\n%s", of, x.what, x.remedy))
	}
	for i, f := range others {
		if i == maxReported {
			diags.AddError(summaryMoreErrors, of+" Beside those reported in full: "+countBySummary(others[maxReported:], limit)+".")
			break
		}
		e := accountError(f.ref, limit, f.result.Err)
		// Terraform prints no path, but shows the line where the account is named:
		// only those of customer_ids fail by themselves.
		diags.AddAttributeError(path.Root("customer_ids").AtMapKey(f.ref.CustomerAccountID), e.Summary(), e.Detail()+fmt.Sprintf("\n  Path: %s", displayPath("accounts", f.ref.CustomerAccountID)))
	}
	return diags
}

// listWaiting lists accounts whose validation has not finished, the first ones
// in full.
func listWaiting(waiting []accountResult) string {
	var parts []string
	for i, f := range waiting {
		if i == maxReported {
			parts = append(parts, fmt.Sprintf("and %d more", len(waiting)-maxReported))
			break
		}
		var wait *juspay.WaitError
		if errors.As(f.result.Err, &wait) {
			parts = append(parts, fmt.Sprintf("%s (%s, reads: %d)", displayPath("accounts", f.ref.CustomerAccountID), wait.Status, wait.Reads))
		}
	}
	return strings.Join(parts, ", ")
}

// capDiagnostics returns the first diagnostics, and the number of the others as one
// more diagnostic.
func capDiagnostics(diags diag.Diagnostics, summary, noun string) diag.Diagnostics {
	if len(diags) <= maxReported {
		return diags
	}
	more := fmt.Sprintf("There are %d more such %s.", len(diags)-maxReported, noun)
	capped := slices.Clone(diags[:maxReported])
	if diags.HasError() {
		capped.AddError(summary, more)
	} else {
		capped.AddWarning(summary, more)
	}
	return capped
}

// countBySummary counts failures by the summaries of their errors.
func countBySummary(failed []accountResult, limit time.Duration) string {
	counts := map[string]int{}
	for _, f := range failed {
		counts[accountError(f.ref, limit, f.result.Err).Summary()]++
	}
	var parts []string
	for _, summary := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d times %q", counts[summary], summary))
	}
	return strings.Join(parts, ", ")
}
