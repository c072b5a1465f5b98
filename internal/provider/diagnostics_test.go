// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

const (
	notRead    = `Customer account "banh_a" of customer "cst_a" could not be read: `
	helpPrefix = "\n  Help: https://github.com/juspay/terraform-provider-juspay/blob/main/docs/guides/troubleshooting.md#"
	checkURL   = "Check base_url (or JUSPAY_BASE_URL), HTTPS_PROXY and NO_PROXY."
)

func TestErrorFields(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err     juspay.APIError
		want    string
		section string
	}{
		"no response": {juspay.APIError{Reason: juspay.ReasonConnectionRefused, SentRequestID: "s-1", Attempts: 2}, "  Request id sent: s-1\n  Attempts: 2",
			"network-and-tls"},
		"behind a proxy": {juspay.APIError{Reason: juspay.ReasonProxy, Proxy: "proxy.example:3128", Attempts: 2}, "  Proxy: proxy.example:3128\n  Attempts: 2",
			"network-and-tls"},
		"a code and a message": {
			juspay.APIError{Reason: juspay.ReasonNotFound, StatusCode: 404, Code: "X", DeveloperMessage: "No.", ContentType: "application/json", RequestID: "r-1",
				Attempts: 1},
			"  HTTP status: 404\n  Juspay's code: X\n  Juspay's message: \"No.\"\n  Request id: r-1\n  Attempts: 1", "not-found"},
		"throttled": {juspay.APIError{Reason: juspay.ReasonThrottled, StatusCode: 429, Attempts: 5, Elapsed: 12345 * time.Millisecond, RetryAfter: 90 * time.Second},
			"  HTTP status: 429\n  Attempts: 5\n  Waited: 12.3s\n  Retry-After: 1m30s", "throttling-and-server-errors"},
		"a server that has stopped": {juspay.APIError{Reason: juspay.ReasonServerError, StatusCode: 502, Attempts: 3, Outage: time.Minute},
			"  HTTP status: 502\n  Attempts: 3\n  Outage: no request succeeded for 1m0s, so all reads of this provider block ended", "throttling-and-server-errors"},
		"a response to an earlier attempt": {juspay.APIError{Reason: juspay.ReasonConnection, StatusCode: 503, IsEarlierResponse: true, Attempts: 2},
			"  HTTP status of the last response: 503\n  Attempts: 2", "network-and-tls"},
		"a canceled wait after a response": {juspay.APIError{Reason: juspay.ReasonCanceled, StatusCode: 503, Attempts: 2},
			"  HTTP status of the last response: 503\n  Attempts: 2", "timeouts-and-interruptions"},
		"no code": {juspay.APIError{Reason: juspay.ReasonNotJuspay, StatusCode: 404, ContentType: "text/html", Attempts: 1},
			"  HTTP status: 404\n  Content type: text/html\n  Attempts: 1", "network-and-tls"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check.Equal(t, "the fields", errorFields(&test.err), "\n\n"+test.want+helpPrefix+test.section)
		})
	}
}

func TestAccountError(t *testing.T) {
	t.Parallel()
	refused := juspay.APIError{Reason: juspay.ReasonConnectionRefused, BaseURL: "SERVER", Attempts: 1}
	missing := juspay.APIError{Reason: juspay.ReasonNotFound, BaseURL: "SERVER", Attempts: 1}
	late := juspay.APIError{Reason: juspay.ReasonCanceled, BaseURL: "SERVER", Attempts: 2, Err: context.DeadlineExceeded}
	for name, test := range map[string]struct {
		got  diag.Diagnostic
		want string
	}{
		"an explained error": {accountError(vendorRef, time.Minute, &refused),
			"-: Connection refused: " + notRead + "nothing listens at SERVER.\n\n" + checkURL + "\n\n  Attempts: 1" + helpPrefix + "network-and-tls"},
		"the error of another read": {accountError(vendorRef, time.Minute, &juspay.APIError{Reason: juspay.ReasonUnauthorized, BaseURL: "SERVER", StatusCode: 401,
			IsOfOtherRead: true}),
			"-: API key rejected: Customer account \"banh_a\" of customer \"cst_a\" could not be read, and nothing was sent: another read of this provider block " +
				"failed: SERVER did not accept the API key. The error of that read says what to do.\n" + helpPrefix + "authentication"},
		"the error of another read, after an attempt": {accountError(vendorRef, time.Minute, &juspay.APIError{Reason: juspay.ReasonUnauthorized, BaseURL: "SERVER",
			StatusCode: 401, IsOfOtherRead: true, Attempts: 2}),
			"-: API key rejected: Customer account \"banh_a\" of customer \"cst_a\" could not be read, and nothing more was sent: another read of this " +
				"provider block failed: SERVER did not accept the API key. The error of that read says what to do.\n" + helpPrefix + "authentication"},
		"a phone number as an id": {accountError(juspay.AccountRef{CustomerID: "919876543210", CustomerAccountID: "banh_a"}, time.Minute, &refused),
			"-: Connection refused: Customer account \"banh_a\" of customer \"91***\" could not be read: nothing listens at SERVER.\n\n" + checkURL +
				"\n\n  Attempts: 1" + helpPrefix + "network-and-tls"},
		"a missing account": {accountError(vendorRef, time.Minute, &missing),
			"customer_account_id: Customer account not found: " + notRead + "SERVER has no such account for this customer.\n\n" +
				explain(&missing, explanations).remedy + "\n\n  Attempts: 1" + helpPrefix + "not-found"},
		"a missing customer": {listError("cst_a", time.Minute, &missing),
			`customer_id: Customer not found: The accounts of customer "cst_a" could not be read: SERVER has no such customer.` + "\n\n" +
				explain(&missing, listExplanations).remedy + "\n\n  Attempts: 1" + helpPrefix + "not-found"},
		"an argument that the client rejects": {accountError(vendorRef, time.Minute, errors.New("customer_id must not be empty")),
			"-: Customer account not read: " + notRead + "customer_id must not be empty.\n" + helpPrefix + "configuration"},
		"a validation that does not finish": {accountError(vendorRef, 5*time.Minute, &juspay.WaitError{Status: juspay.StatusPending, Reads: 7,
			Waited: 90*time.Second + time.Millisecond}),
			"-: Validation not finished in time: Customer account \"banh_a\" of customer \"cst_a\" is still PENDING after 1m30s (reads: 7).\n\n" +
				"Run Terraform again later, or raise timeouts.read, which is 5m0s now. Without wait_for_validation, the current status is returned.\n" + helpPrefix +
				"timeouts-and-interruptions"},
		"the end of the time for a read": {accountError(vendorRef, 5*time.Minute, &late),
			"-: Account not read in time: Customer account \"banh_a\" of customer \"cst_a\" could not be read within 5m0s, the timeout of a read with all its " +
				"retries.\n\n" +
				"Raise timeouts.read if Juspay is slow or throttles requests. With TF_LOG_PROVIDER=DEBUG, each request is logged.\n\n  Attempts: 2" + helpPrefix +
				"timeouts-and-interruptions"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkDiagnostics(t, diag.Diagnostics{test.got}, test.want)
		})
	}
}

// The client's errors have what TestExplain and TestErrorFields show of them.
func TestAccountError_OfAResponse(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Fail(juspaytest.Fault{Times: 1, Status: 503, Body: juspayError("MAINTENANCE", "Try later.")}, juspaytest.Fault{Delay: time.Hour})
	client := newClient(t, juspay.Config{APIKey: juspaytest.APIKey, BaseURL: server.URL, MaxRetries: 1, RequestTimeout: 500 * time.Millisecond})
	_, err := client.Get(t.Context(), vendorRef, juspay.ReadOptions{})
	got := strings.ReplaceAll(accountError(vendorRef, defaultReadTimeout, err).Detail(), server.URL, "SERVER")
	got = regexp.MustCompile(`sent: [0-9a-f-]{36}`).ReplaceAllString(got, "sent: UUID")
	check.Equal(t, "the detail", got, notRead+"SERVER sent no complete response within 500ms, the timeout of one attempt.\n\n"+
		"If the connection is slow, raise request_timeout in the provider block. "+checkURL+"\n\n"+
		"  HTTP status of the last response: 503\n  Juspay's code: MAINTENANCE\n  Juspay's message: \"Try later.\"\n"+
		"  Request id: b2e0fd33-7655-4778-83a8-5179ed21b0b7\n  Request id sent: UUID\n  Attempts: 2"+helpPrefix+"timeouts-and-interruptions")
}

// summariesOfNoRead are the summaries of errors about settings and arguments, and of warnings.
var summariesOfNoRead = []string{
	summaryInvalid, summaryMissing, summaryUnknown, summaryUnexpectedData, summaryTooManyAccounts, summaryInvalidKey, summaryInvalidCustomerID,
	summaryMissingCustomerID, summaryUnknownCustomerID, summaryInvalidRoutingID, summaryMoreInvalidArguments,
	summaryConflict, summaryExpiredCertificate, summaryUnknownFields, summaryUnreadable, summaryUnexpectedFormat, summaryMoreWarnings,
}

// TestReadError_HasHelp walks all summaries: each error of a read links to the section
// of the guide that explains it.
func TestReadError_HasHelp(t *testing.T) {
	t.Parallel()
	late := &juspay.APIError{Reason: juspay.ReasonCanceled, Err: context.DeadlineExceeded}
	wait := &juspay.WaitError{Status: juspay.StatusPending}
	different := make([]error, 0, maxReported+1)
	for i := range maxReported + 1 {
		different = append(different, &juspay.APIError{Reason: juspay.ReasonServerError, StatusCode: 500 + i})
	}
	var reported diag.Diagnostics
	for _, reason := range juspay.Reasons() {
		for _, isOfOtherRead := range []bool{false, true} {
			e := &juspay.APIError{Reason: reason, IsOfOtherRead: isOfOtherRead}
			reported = append(reported, accountError(vendorRef, time.Minute, e), listError("cst_a", time.Minute, e))
			reported.Append(accountErrors(failedReads(e, e), time.Minute)...)
		}
	}
	reported = append(reported, accountError(vendorRef, time.Minute, errors.New("an argument")), accountError(vendorRef, time.Minute, wait),
		accountError(vendorRef, time.Minute, late), listError("cst_a", time.Minute, late))
	reported.Append(accountErrors(failedReads(late, wait, errors.New("an argument")), time.Minute)...)
	reported.Append(accountErrors(failedReads(different...), time.Minute)...)
	guide := readTemplate(t, "guides/troubleshooting.md.tmpl")
	hasHelp := map[string]bool{}
	for _, d := range reported {
		hasHelp[d.Summary()] = true
		want := strings.TrimSuffix(helpPrefix, "#") + anchorOf(guide, d.Summary())
		if n := strings.Count(d.Detail()+"\n", want+"\n"); n != 1 {
			t.Errorf("%s: got %d lines %q, want one, in:\n%s", d.Summary(), n, want, d.Detail())
		}
	}
	for _, match := range regexp.MustCompile(`\n\tsummary\w+ += "(.*)"`).FindAllStringSubmatch(acctest.ReadFile(t, "explanations.go"), -1) {
		if hasHelp[match[1]] == slices.Contains(summariesOfNoRead, match[1]) {
			t.Errorf("the summary %q: got an error with help: %t, want it there or among those of no read", match[1], hasHelp[match[1]])
		}
	}
}

// A diagnostic without a path, such as one about the server, has no line that the count could follow.
func TestCapDiagnostics(t *testing.T) {
	t.Parallel()
	numbered := func(n int, at func(diag.Diagnostic, int) diag.Diagnostic) (diags diag.Diagnostics) {
		for i := range n {
			diags = append(diags, at(diag.NewWarningDiagnostic(fmt.Sprint("warning ", i), "Detail."), i))
		}
		return diags
	}
	located := func(d diag.Diagnostic, i int) diag.Diagnostic {
		return diag.WithPath(path.Root("accounts").AtMapKey(fmt.Sprint(i)), d)
	}
	unlocated := func(d diag.Diagnostic, _ int) diag.Diagnostic { return d }
	for name, test := range map[string]struct {
		diags diag.Diagnostics
		count int
		last  string
	}{
		"as many as are reported":    {numbered(20, located), 20, `accounts["19"]: warning 19: Detail.`},
		"one more":                   {numbered(21, located), 21, `accounts["19"]: More: There is 1 more such warning.`},
		"two more":                   {numbered(22, located), 21, `accounts["19"]: More: There are 2 more such warnings.`},
		"two more, all without path": {numbered(22, unlocated), 21, "-: More: There are 2 more such warnings."},
		"none":                       {nil, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			capped := capDiagnostics(test.diags, "More", countMore("warning"))
			check.Equal(t, "the number of diagnostics", len(capped), test.count)
			if test.count > 0 {
				checkDiagnostics(t, capped[test.count-1:], test.last)
			}
			check.Equal(t, "whether any is an error", capped.HasError(), false)
		})
	}
}
