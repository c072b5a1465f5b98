// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/redact"
)

// accountError returns the diagnostic of a failed read of one account with this timeout.
func accountError(ref juspay.AccountRef, timeout time.Duration, err error) diag.Diagnostic {
	account := fmt.Sprintf("Customer account %q of customer %q", redact.ID(ref.CustomerAccountID), redact.ID(ref.CustomerID))
	var wait *juspay.WaitError
	if errors.As(err, &wait) {
		return diag.NewErrorDiagnostic(summaryWaitTimeout, fmt.Sprintf("%s is still %s after %s (reads: %d).\n\n%s%s",
			account, wait.Status, wait.Waited.Round(time.Second), wait.Reads, waitRemedy(timeout), helpLine(sectionTimeouts)))
	}
	e := readError(account, timeout, err, explanations)
	var apiErr *juspay.APIError
	if errors.As(err, &apiErr) && apiErr.Reason == juspay.ReasonNotFound {
		return diag.WithPath(path.Root("customer_account_id"), e)
	}
	return e
}

// listError returns the diagnostic of a failed read of all accounts of a customer.
func listError(customerID string, timeout time.Duration, err error) diag.Diagnostic {
	subject := fmt.Sprintf("The accounts of customer %q", redact.ID(customerID))
	return diag.WithPath(path.Root("customer_id"), readError(subject, timeout, err, listExplanations))
}

// readError returns the diagnostic of a failed read of subject, with the explanation in table.
func readError(subject string, timeout time.Duration, err error, table map[juspay.Reason]explanation) diag.Diagnostic {
	var apiErr *juspay.APIError
	switch {
	case !errors.As(err, &apiErr):
		return diag.NewErrorDiagnostic(summaryNotRead, fmt.Sprintf("%s could not be read: %v.%s", subject, err, helpLine(sectionConfiguration)))
	case isReadTimeout(err):
		return diag.NewErrorDiagnostic(summaryReadTimeout, fmt.Sprintf("%s could not be read within %s, the timeout of a read with all its retries.\n\n"+
			"Raise timeouts.read if Juspay is slow or throttles requests. With TF_LOG_PROVIDER=DEBUG, each request is logged.%s", subject, timeout, errorFields(apiErr)))
	}
	explained := explain(apiErr, table)
	if apiErr.IsOfOtherRead {
		nothing := "nothing"
		if apiErr.Attempts > 0 {
			nothing = "nothing more"
		}
		return diag.NewErrorDiagnostic(explained.summary, fmt.Sprintf("%s could not be read, and %s was sent: another read of this provider block failed: %s "+
			"The error of that read says what to do.%s", subject, nothing, explained.cause, helpLine(explained.section)))
	}
	return diag.NewErrorDiagnostic(explained.summary,
		fmt.Sprintf("%s could not be read: %s\n\n%s%s", subject, explained.cause, explained.remedy, errorFields(apiErr)))
}

// isReadTimeout reports whether the timeout of a read caused err.
func isReadTimeout(err error) bool {
	var apiErr *juspay.APIError
	return errors.As(err, &apiErr) && apiErr.Reason == juspay.ReasonCanceled && errors.Is(err, context.DeadlineExceeded)
}

// were returns the verb for n accounts: "was" or "were".
func were(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

// countAccounts returns n with its noun: "1 account" or "2 accounts".
func countAccounts(n int) string {
	if n == 1 {
		return "1 account"
	}
	return fmt.Sprintf("%d accounts", n)
}

// ofAccounts returns the beginning of a sentence about some of n accounts.
func ofAccounts(n int) string { return "Of " + countAccounts(n) }

// waitRemedy returns what to do about a validation that has not finished within timeout.
func waitRemedy(timeout time.Duration) string {
	return fmt.Sprintf("Run Terraform again later, or raise timeouts.read, which is %s now. Without wait_for_validation, the current status is returned.", timeout)
}

// errorFields lists the facts that Juspay's support or a network engineer needs, below an empty line.
func errorFields(e *juspay.APIError) string {
	var lines []string
	add := func(name, value string) {
		if value != "" {
			lines = append(lines, "  "+name+": "+value)
		}
	}
	if e.StatusCode != 0 {
		name := "HTTP status"
		if e.IsEarlierResponse || e.Reason == juspay.ReasonCanceled {
			name += " of the last response"
		}
		add(name, fmt.Sprint(e.StatusCode))
	}
	if e.Code == "" {
		add("Content type", e.ContentType)
	}
	add("Juspay's code", e.Code)
	if e.DeveloperMessage != "" {
		add("Juspay's message", fmt.Sprintf("%q", e.DeveloperMessage))
	}
	add("Proxy", e.Proxy)
	add("Request id", e.RequestID)
	add("Request id sent", e.SentRequestID)
	if e.Attempts != 0 {
		add("Attempts", fmt.Sprint(e.Attempts))
	}
	if e.Reason == juspay.ReasonThrottled {
		add("Waited", e.Elapsed.Round(100*time.Millisecond).String())
		if e.RetryAfter > 0 {
			add("Retry-After", displayWait(e.RetryAfter))
		}
	}
	if e.Outage != 0 {
		add("Outage", fmt.Sprintf("no request succeeded for %s, so all reads of this provider block ended", e.Outage))
	}
	add("Help", helpLink(explanations[e.Reason].section))
	return "\n\n" + strings.Join(lines, "\n")
}

// capDiagnostics returns the first diagnostics, and one more for the others, whose detail is the text of
// countOthers. That one has the path of the last diagnostic before it: Terraform prints diagnostics in
// the order of their lines, and those without a line first.
func capDiagnostics(diags diag.Diagnostics, summary string, countOthers func(others diag.Diagnostics) string) diag.Diagnostics {
	if len(diags) <= maxReported {
		return diags
	}
	shown, others := slices.Clone(diags[:maxReported]), diags[maxReported:]
	more := diag.Diagnostic(diag.NewWarningDiagnostic(summary, countOthers(others)))
	if diags.HasError() {
		more = diag.NewErrorDiagnostic(summary, countOthers(others))
	}
	return append(shown, onPathOf(shown[maxReported-1], more))
}

// countMore returns a function that counts others in a sentence.
func countMore(noun string) func(others diag.Diagnostics) string {
	return func(others diag.Diagnostics) string {
		if len(others) == 1 {
			return "There is 1 more such " + noun + "."
		}
		return fmt.Sprintf("There are %d more such %ss.", len(others), noun)
	}
}

// onPathOf returns d on the path of another diagnostic, if that one has a path.
func onPathOf(other, d diag.Diagnostic) diag.Diagnostic {
	if located, ok := other.(diag.DiagnosticWithPath); ok {
		return diag.WithPath(located.Path(), d)
	}
	return d
}

// maxReported is the maximum number of diagnostics of one kind, and of accounts in one
// diagnostic.
const maxReported = 20

// helpLink returns the URL of a section of the troubleshooting guide.
func helpLink(section string) string { return troubleshooting + "#" + section }

// helpLine returns the last line of an error: a link to a section of the troubleshooting guide.
func helpLine(section string) string { return "\n\n  Help: " + helpLink(section) }

// withHelp ends the detail of each diagnostic, which is an error, with a link to a section of the troubleshooting guide.
func withHelp(section string, diags diag.Diagnostics) (helped diag.Diagnostics) {
	for _, d := range diags {
		helped = append(helped, onPathOf(d, diag.NewErrorDiagnostic(d.Summary(), d.Detail()+helpLine(section))))
	}
	return helped
}

// displayElement returns the path of an element of a map, with the key as redact.ID shows it.
func displayElement(attribute, id string) string {
	return path.Root(attribute).AtMapKey(redact.ID(id)).String()
}
