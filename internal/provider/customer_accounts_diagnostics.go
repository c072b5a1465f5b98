// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/redact"
)

// accountErrors returns the errors of the accounts that were not read. A shared error is the only
// one. Otherwise, timeouts are one error, and so are unfinished validations, cancellations, and
// each group of accounts that failed alike.
func accountErrors(results []accountResult, timeout time.Duration) diag.Diagnostics {
	f := groupFailures(results)
	if len(f.shared) > 0 {
		return diag.Diagnostics{sharedError(f, results, timeout)}
	}
	read, unread := len(results)-f.failedCount, f.failedCount-len(f.waiting)
	countsSentence := fmt.Sprintf("%s, %d %s read and %d %s not.", ofAccounts(len(results)), read, were(read), unread, were(unread))
	if len(f.waiting) > 0 {
		countsSentence = fmt.Sprintf("%s, %d %s read, %d %s still in validation, and %d %s not read.", ofAccounts(len(results)), read, were(read),
			len(f.waiting), were(len(f.waiting)), unread, were(unread))
	}
	var diags diag.Diagnostics
	if len(f.timedOut) > 0 {
		diags.AddAttributeError(firstPath(f.timedOut), summaryReadsTimeout,
			fmt.Sprintf("%s %d of them exceeded the timeout of %s for all reads together; the first is %s.\n\n"+
				"Raise timeouts.read, or split the accounts among several runs. "+
				"Reads are slow if requests_per_second or max_concurrent_requests in the provider block is low, or if Juspay is slow or throttles requests. "+
				"With TF_LOG_PROVIDER=DEBUG, each request is logged.",
				countsSentence, len(f.timedOut), timeout, displayElement("accounts", f.timedOut[0].ref.CustomerAccountID)))
	}
	if len(f.waiting) > 0 {
		diags.AddAttributeError(firstPath(f.waiting), summaryWaitTimeout,
			fmt.Sprintf("%s, %d %s still in validation after %s: %s.\n\n%s",
				ofAccounts(len(results)), len(f.waiting), were(len(f.waiting)), timeout, listWaiting(f.waiting), waitRemedy(timeout)))
	}
	if len(f.canceled) > 0 {
		canceled := explanations[juspay.ReasonCanceled]
		diags.AddAttributeError(firstPath(f.canceled), canceled.summary, fmt.Sprintf("%s %s\n\n%s", countsSentence, canceled.cause, canceled.remedy))
	}
	return append(withHelp(sectionTimeouts, diags), otherErrors(f.others, timeout, countsSentence)...)
}

// failureGroups groups the results with an error by how they are reported.
type failureGroups struct {
	shared   []accountResult
	timedOut []accountResult
	waiting  []accountResult
	canceled []accountResult
	others   []accountResult

	failedCount  int // the number of results in all groups
	skippedCount int // the number of results in others with juspay.ErrSkipped
}

// groupFailures puts each failed result into one group: into shared if its error is shared, whatever else it is.
func groupFailures(results []accountResult) failureGroups {
	var f failureGroups
	for _, r := range results {
		err := r.result.Err
		if err == nil {
			continue
		}
		f.failedCount++
		if errors.Is(err, juspay.ErrSkipped) {
			f.skippedCount++
		}
		var wait *juspay.WaitError
		var apiErr *juspay.APIError
		switch {
		case errors.As(err, &apiErr) && apiErr.IsShared():
			f.shared = append(f.shared, r)
		case errors.As(err, &wait):
			f.waiting = append(f.waiting, r)
		case isReadTimeout(err):
			f.timedOut = append(f.timedOut, r)
		case errors.Is(err, context.Canceled):
			f.canceled = append(f.canceled, r)
		default:
			f.others = append(f.others, r)
		}
	}
	return f
}

// sharedError returns the shared error. It counts the accounts that failed alike:
// the others may be good.
func sharedError(f failureGroups, results []accountResult, timeout time.Duration) diag.Diagnostic {
	key, alikeCount := failureKey(f.shared[0]), 0
	for _, r := range results {
		if failureKey(r) == key {
			alikeCount++
		}
	}
	// The example is an account that was requested, if there is one: for one that was not, readError says that nothing was sent.
	failedAlikeAfterRequest := func(r accountResult) bool {
		var e *juspay.APIError
		return errors.As(r.result.Err, &e) && e.Attempts > 0 && failureKey(r) == key
	}
	exampleOf := f.shared[max(slices.IndexFunc(f.shared, failedAlikeAfterRequest), 0)]
	example := "such as " + displayElement("accounts", exampleOf.ref.CustomerAccountID)
	if others := f.failedCount - f.skippedCount - alikeCount; others > 0 {
		example += fmt.Sprintf("; %d more failed otherwise", others)
	}
	if f.skippedCount > 0 {
		example += fmt.Sprintf("; %d more %s not read", f.skippedCount, were(f.skippedCount))
	}
	return readError(fmt.Sprintf("%d of %s (%s)", alikeCount, countAccounts(len(results)), example), timeout, exampleOf.result.Err, explanations)
}

// firstPath returns the path of the argument that selects the first account: Terraform does not print it, but shows
// its line.
func firstPath(results []accountResult) path.Path {
	if results[0].isListed {
		return path.Root("customer_id")
	}
	return path.Root("customer_ids").AtMapKey(results[0].ref.CustomerAccountID)
}

// otherErrors returns an error for each group of accounts that failed alike. countsSentence is about all
// accounts.
func otherErrors(results []accountResult, timeout time.Duration, countsSentence string) diag.Diagnostics {
	groups := map[string][]accountResult{}
	var order []string
	for _, r := range results {
		key := failureKey(r)
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], r)
	}
	var diags diag.Diagnostics
	for _, key := range order {
		diags = append(diags, diag.WithPath(firstPath(groups[key]), groupError(groups[key], timeout, countsSentence)))
	}
	return capDiagnostics(diags, summaryMoreErrors, func(others diag.Diagnostics) string {
		more := map[string]int{}
		for i, e := range others {
			more[e.Summary()] += len(groups[order[maxReported+i]]) // capDiagnostics reports the first maxReported
		}
		var parts []string
		for _, summary := range slices.Sorted(maps.Keys(more)) {
			parts = append(parts, fmt.Sprintf("%d times %q", more[summary], summary))
		}
		return fmt.Sprintf("%s In addition to the errors above: %s.%s", countsSentence, strings.Join(parts, ", "), helpLine(sectionTimeouts))
	})
}

// quotedRE matches ids in the text of an error.
var quotedRE = regexp.MustCompile(`"[^"]*"`)

// failureKey returns what the errors of accounts that failed alike have in common: all but
// the ids, the numbers of attempts and the waits. An accepted field keeps its ids, since it is a part of a
// configuration, and another one accepts nothing.
func failureKey(r accountResult) string {
	var e *juspay.APIError
	if !errors.As(r.result.Err, &e) {
		return fmt.Sprint(r.result.Err)
	}
	withoutIDs := func(text string) string {
		return redact.HideIDs(text, r.ref.CustomerID, r.ref.CustomerAccountID, r.ref.RoutingID)
	}
	return fmt.Sprint(e.Reason, e.StatusCode, e.Code, withoutIDs(e.DeveloperMessage), e.RedirectHost, e.AcceptedField, e.RetryAfterTooLong,
		withoutIDs(quotedRE.ReplaceAllString(fmt.Sprint(e.Err), "")))
}

// groupError returns one error for accounts that failed alike.
func groupError(group []accountResult, timeout time.Duration, countsSentence string) diag.Diagnostic {
	first := group[0]
	if len(group) == 1 {
		return accountError(first.ref, timeout, first.result.Err)
	}
	err := first.result.Err
	var apiErr *juspay.APIError
	if errors.As(err, &apiErr) {
		common := *apiErr
		common.RequestID, common.SentRequestID, common.Attempts, common.Elapsed = "", "", 0, longestRead(group)
		err = &common
	}
	e := readError(fmt.Sprintf("%d accounts", len(group)), timeout, err, explanations)
	return diag.NewErrorDiagnostic(e.Summary(), fmt.Sprintf("%s\n\n%s The accounts of this error:\n%s", e.Detail(), countsSentence, listFailed(group)))
}

// longestRead returns the time that the longest read of a group took.
func longestRead(group []accountResult) (elapsed time.Duration) {
	for _, r := range group {
		var e *juspay.APIError
		if errors.As(r.result.Err, &e) {
			elapsed = max(elapsed, e.Elapsed)
		}
	}
	return elapsed
}

// listFailed lists accounts, the first ones with the ids of their requests.
func listFailed(group []accountResult) string {
	var lines []string
	for i, r := range group {
		if i == maxReported {
			lines = append(lines, fmt.Sprintf("  and %d more. With TF_LOG_PROVIDER=INFO, all of them are logged.", len(group)-maxReported))
			break
		}
		line := fmt.Sprintf("  %s of customer %q", displayElement("accounts", r.ref.CustomerAccountID), redact.ID(r.ref.CustomerID))
		var e *juspay.APIError
		if errors.As(r.result.Err, &e) {
			switch {
			case e.RequestID != "":
				line += ", request id " + e.RequestID
			case e.SentRequestID != "":
				line += ", request id sent " + e.SentRequestID
			}
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// listWaiting lists accounts whose validation has not finished, the first ones with
// their status.
func listWaiting(waiting []accountResult) string {
	var parts []string
	for i, r := range waiting {
		if i == maxReported {
			parts = append(parts, fmt.Sprintf("and %d more", len(waiting)-maxReported))
			break
		}
		var wait *juspay.WaitError
		if errors.As(r.result.Err, &wait) {
			parts = append(parts, fmt.Sprintf("%s (%s, reads: %d)", displayElement("accounts", r.ref.CustomerAccountID), wait.Status, wait.Reads))
		}
	}
	return strings.Join(parts, ", ")
}
