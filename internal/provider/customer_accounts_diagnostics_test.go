// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// failedReads returns a result for each error, of the accounts banh_00, banh_01 and so on.
func failedReads(errs ...error) []accountResult {
	var results []accountResult
	for i, err := range errs {
		results = append(results, accountResult{ref: accountRef("cst_a", fmt.Sprintf("banh_%02d", i), ""), result: juspay.Result{Err: err}})
	}
	return results
}

func TestAccountErrors(t *testing.T) {
	t.Parallel()
	apiError := func(reason juspay.Reason, err error) *juspay.APIError {
		return &juspay.APIError{Reason: reason, BaseURL: "SERVER", Attempts: 1, Err: err}
	}
	withID := func(err *juspay.APIError, id string, attempts int) error {
		changed := *err
		changed.RequestID, changed.Attempts = id, attempts
		return &changed
	}
	withMessage := func(err *juspay.APIError, message string) error {
		changed := *err
		changed.DeveloperMessage = message
		return &changed
	}
	var (
		read     = error(nil)
		missing  = apiError(juspay.ReasonNotFound, nil)
		invalid  = apiError(juspay.ReasonInvalidInput, nil)
		rejected = &juspay.APIError{Reason: juspay.ReasonBadOrigin, BaseURL: "SERVER", Attempts: 1, StatusCode: 403}
		ofOther  = &juspay.APIError{Reason: juspay.ReasonBadOrigin, BaseURL: "SERVER", StatusCode: 403, IsOfOtherRead: true}
		late     = apiError(juspay.ReasonCanceled, context.DeadlineExceeded)
		canceled = apiError(juspay.ReasonCanceled, context.Canceled)
		waiting  = &juspay.WaitError{Status: juspay.StatusPending, Reads: 3, Err: context.DeadlineExceeded}
		unsent   = errors.New("customer_id must not be empty")
	)
	// byItself is the error of an account that fails by itself.
	byItself := func(i int, err error) string {
		ref := failedReads(make([]error, i+1)...)[i].ref
		e := accountError(ref, time.Minute, err)
		return fmt.Sprintf("customer_ids[%q]: %s: %s", ref.CustomerAccountID, e.Summary(), e.Detail())
	}
	timedOut := func(id, counts string, n int) string {
		return fmt.Sprintf(`customer_ids[%q]: Accounts not read in time: `+
			`%s %d of them exceeded the timeout of 1m0s for all reads together; the first is accounts[%q].`,
			id, counts, n, id) +
			"\n\nRaise timeouts.read, or split the accounts among several runs. Reads are slow if requests_per_second or max_concurrent_requests in the " +
			"provider block is low, or if Juspay is slow or throttles requests. With TF_LOG_PROVIDER=DEBUG, each request is logged.\n" +
			helpPrefix + "timeouts-and-interruptions"
	}
	stillWaiting := func(id, counts string) string {
		return `customer_ids["` + id + `"]: Validation not finished in time: ` + counts +
			"\n\nRun Terraform again later, or raise timeouts.read, which is 1m0s now. Without wait_for_validation, the current status is returned.\n" +
			helpPrefix + "timeouts-and-interruptions"
	}
	stopped := func(counts string) string {
		return `customer_ids["banh_00"]: Read canceled: ` + counts + " Terraform stopped the read before it ended.\n\nThe provider changes nothing. If this was an " +
			"apply, Terraform may already have changed other resources: run terraform plan to see what is left.\n" + helpPrefix +
			"timeouts-and-interruptions"
	}
	// alike is the error of accounts that fail alike. It lists some of them.
	alike := func(err *juspay.APIError, n int, counts string, listed ...string) string {
		text := explain(err, explanations)
		return fmt.Sprintf("customer_ids[%q]: %s: %d accounts could not be read: %s\n\n%s\n\n  Help: %s\n\n%s The accounts of this error:\n%s",
			strings.Split(listed[0], `"`)[1], text.summary, n, text.cause, text.remedy, helpLink(text.section), counts, strings.Join(listed, "\n"))
	}
	// affectsAll is the error of all reads, which subject counts.
	affectsAll := func(err *juspay.APIError, subject string) string {
		text := explain(err, explanations)
		return fmt.Sprintf("-: %s: %s could not be read: %s\n\n%s%s", text.summary, subject, text.cause, text.remedy, errorFields(err))
	}
	unknownHost := &net.DNSError{Err: "no such host", Name: "proxy.example.com", IsNotFound: true}
	proxyError := func(err error) *juspay.APIError { return apiError(juspay.ReasonProxy, err) }
	wrong := func(id string) *juspay.APIError {
		return apiError(juspay.ReasonNotAccount, fmt.Errorf("the response is for the account %q; %q was requested", "banh_x", id))
	}
	line := func(i int) string { return fmt.Sprintf(`  accounts["banh_%02d"] of customer "cst_a"`, i) }
	var listed, lines []string
	var different []error
	var reported []string
	for i := range maxReported + 3 {
		err := &juspay.APIError{Reason: juspay.ReasonServerError, BaseURL: "SERVER", StatusCode: 500 + i, Attempts: 1}
		different = append(different, err)
		reported = append(reported, byItself(i, err))
	}
	for i := range maxReported {
		lines = append(lines, line(i))
		listed = append(listed, fmt.Sprintf(`accounts["banh_%02d"] (PENDING, reads: 3)`, i))
	}
	for name, test := range map[string]struct {
		errs []error
		want []string
	}{
		"no account": {slices.Repeat([]error{read}, 3), nil},
		"what concerns all is reported once": {
			[]error{read, juspay.ErrSkipped, rejected, rejected, missing, late},
			[]string{affectsAll(rejected, `2 of 6 accounts (such as accounts["banh_02"]; 2 more failed otherwise; 1 more was not read)`)}},
		"what concerns all, and nothing is skipped": {[]error{rejected, rejected}, []string{affectsAll(rejected, `2 of 2 accounts (such as accounts["banh_00"])`)}},
		"what concerns all, of a single account":    {[]error{rejected}, []string{affectsAll(rejected, `1 of 1 account (such as accounts["banh_00"])`)}},
		"what concerns all is not the error of an account that is not found": {
			slices.Concat(slices.Repeat([]error{rejected}, 10), slices.Repeat([]error{missing}, 3), slices.Repeat([]error{juspay.ErrSkipped}, 7)),
			[]string{affectsAll(rejected, `10 of 20 accounts (such as accounts["banh_00"]; 3 more failed otherwise; 7 more were not read)`)}},
		"what concerns all, and one that still waits": {[]error{waiting, rejected},
			[]string{affectsAll(rejected, `1 of 2 accounts (such as accounts["banh_01"]; 1 more failed otherwise)`)}},
		"what concerns all, and the others are skipped": {[]error{rejected, juspay.ErrSkipped},
			[]string{affectsAll(rejected, `1 of 2 accounts (such as accounts["banh_00"]; 1 more was not read)`)}},
		"what concerns all counts those that failed alike before it was known": {
			[]error{proxyError(errors.New(unknownHost.Error())), proxyError(unknownHost), missing},
			[]string{affectsAll(proxyError(unknownHost), `2 of 3 accounts (such as accounts["banh_01"]; 1 more failed otherwise)`)}},
		"the error of all of an earlier read": {[]error{ofOther, ofOther}, []string{
			`-: IP address not allowed: 2 of 2 accounts (such as accounts["banh_00"]) could not be read, and nothing was sent: ` +
				"another read of this provider block failed: " + explain(rejected, explanations).cause +
				" The error of that read says what to do.\n" + helpPrefix + "authentication"}},
		"the error of all of an earlier read, which came after a request": {[]error{ofOther, withID(ofOther, "", 2)}, []string{
			`-: IP address not allowed: 2 of 2 accounts (such as accounts["banh_01"]) could not be read, and nothing more was sent: ` +
				"another read of this provider block failed: " + explain(rejected, explanations).cause +
				" The error of that read says what to do.\n" + helpPrefix + "authentication"}},
		"each by itself":           {[]error{read, missing, invalid}, []string{byItself(1, missing), byItself(2, invalid)}},
		"an error of another kind": {[]error{unsent}, []string{byItself(0, unsent)}},
		"two alike are one error": {[]error{withID(missing, "r-1", 1), read, withID(missing, "r-2", 5)}, []string{
			alike(missing, 2, "Of 3 accounts, 1 was read and 2 were not.", line(0)+", request id r-1", line(2)+", request id r-2")}},
		"errors that differ in their ids are alike": {[]error{wrong("banh_00"), wrong("banh_01")}, []string{
			alike(wrong("banh_00"), 2, "Of 2 accounts, 0 were read and 2 were not.", line(0), line(1))}},
		"another message is another error": {[]error{missing, withMessage(missing, "No."), missing}, []string{
			alike(missing, 2, "Of 3 accounts, 0 were read and 3 were not.", line(0), line(2)), byItself(1, withMessage(missing, "No."))}},
		"as many as are listed": {slices.Repeat([]error{missing}, maxReported), []string{
			alike(missing, maxReported, "Of 20 accounts, 0 were read and 20 were not.", lines...)}},
		"more than are listed": {append(slices.Repeat([]error{missing}, maxReported+2), invalid, read, read), []string{
			alike(missing, maxReported+2, "Of 25 accounts, 2 were read and 23 were not.",
				append(lines[:maxReported:maxReported], "  and 2 more. With TF_LOG_PROVIDER=INFO, all of them are logged.")...),
			byItself(maxReported+2, invalid)}},
		"more errors than are reported in full": {different,
			append(reported[:maxReported:maxReported], `customer_ids["banh_19"]: More accounts not read: Of 23 accounts, 0 were read and 23 were not. `+
				`In addition to the errors above: 3 times "Server error at Juspay".`+"\n"+helpPrefix+"timeouts-and-interruptions")},
		"a late one":     {[]error{late}, []string{timedOut("banh_00", "Of 1 account, 0 were read and 1 was not.", 1)}},
		"late ones":      {[]error{read, late, late}, []string{timedOut("banh_01", "Of 3 accounts, 1 was read and 2 were not.", 2)}},
		"a canceled one": {[]error{canceled}, []string{stopped("Of 1 account, 0 were read and 1 was not.")}},
		"canceled ones":  {[]error{canceled, read, canceled}, []string{stopped("Of 3 accounts, 1 was read and 2 were not.")}},
		"waiting ones": {[]error{read, waiting},
			[]string{stillWaiting("banh_01", `Of 2 accounts, 1 was still in validation after 1m0s: accounts["banh_01"] (PENDING, reads: 3).`)}},
		"late, waiting and missing ones": {[]error{missing, waiting, late, late, read}, []string{
			timedOut("banh_02", "Of 5 accounts, 1 was read, 1 was still in validation, and 3 were not read.", 2),
			stillWaiting("banh_01", `Of 5 accounts, 1 was still in validation after 1m0s: accounts["banh_01"] (PENDING, reads: 3).`),
			byItself(0, missing),
		}},
		"many waiting ones are listed in part": {append(slices.Repeat([]error{error(waiting)}, maxReported+5), read),
			[]string{stillWaiting("banh_00", "Of 26 accounts, 25 were still in validation after 1m0s: "+strings.Join(listed, ", ")+", and 5 more.")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkDiagnostics(t, accountErrors(failedReads(test.errs...), time.Minute), test.want...)
		})
	}
}

func TestAccountErrors_GroupsByAllButIDs(t *testing.T) {
	t.Parallel()
	const count = 25
	letter := func(i int) string { return string(rune('a' + i)) }
	message := func(text string) *juspay.APIError { return &juspay.APIError{DeveloperMessage: text} }
	for name, row := range map[string]struct {
		err  func(i int) *juspay.APIError
		want int // the number of errors
	}{
		"Juspay's ids in the message": {func(i int) *juspay.APIError {
			return message("the account banh_" + letter(i) + " of cst_" + letter(i) + " belongs to another merchant")
		}, 1},
		"Juspay's ids in punctuation": {func(i int) *juspay.APIError { return message("another merchant's account (banh_" + letter(i) + ").") }, 1},
		"the account's own ids": {func(i int) *juspay.APIError {
			return message("vendor-" + letter(i) + " of route-" + letter(i) + " does not own payee-" + letter(i))
		}, 1},
		"ids of requests": {func(i int) *juspay.APIError {
			return message(fmt.Sprintf("see the request b2e0fd33-7655-4778-83a8-5179ed21b0%02d", i))
		}, 1},
		"an id of which some were hidden": {func(i int) *juspay.APIError {
			return message("the account " + []string{"***", "banh_a"}[i%2] + " belongs to another merchant")
		}, 1},
		"Juspay's ids in the error": {func(i int) *juspay.APIError {
			return &juspay.APIError{Err: errors.New("the field status (banh_" + letter(i) + ") is bad")}
		}, 1},
		"no ids": {func(int) *juspay.APIError { return message("the account belongs to another merchant") }, 1},
		"two messages": {func(i int) *juspay.APIError {
			return message([]string{"the account is new", "the account is old"}[i%2])
		}, 2},
		"two accepted fields": {func(i int) *juspay.APIError { return &juspay.APIError{AcceptedField: "error=banh_" + letter(i%2)} }, 2},
	} {
		for reason, isShared := range map[juspay.Reason]bool{juspay.ReasonForbidden: false, juspay.ReasonBadOrigin: true} {
			t.Run(fmt.Sprintf("%s/%s", name, reason), func(t *testing.T) {
				t.Parallel()
				var results []accountResult
				for i := range count {
					err := row.err(i)
					err.Reason, err.BaseURL, err.Attempts, err.StatusCode = reason, "SERVER", 1, http.StatusForbidden
					ref := accountRef("vendor-"+letter(i), "payee-"+letter(i), "route-"+letter(i))
					results = append(results, accountResult{ref: ref, result: juspay.Result{Err: err}})
				}
				diags := accountErrors(results, time.Minute)
				if !isShared {
					check.Equal(t, "the number of errors", len(diags), row.want)
					return
				}
				check.Equal(t, "the number of errors", len(diags), 1)
				alike := (count + row.want - 1) / row.want // the accounts that fail as the first one does
				check.Contains(t, "the error", diags[0].Detail(), fmt.Sprintf("%d of %d accounts (such as ", alike, count))
			})
		}
	}
}

// A read that another account's error cancels while it backs off was requested, and is not read.
func TestAccountErrors_SkippedAfterARequest(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Put(juspaytest.NewAccount("cst_a", "banh_0")) // read first: the server serves reads
	server.Fail(
		juspaytest.Fault{CustomerAccountID: "banh_a", Status: 500, Header: http.Header{"Retry-After": {"60"}}},
		juspaytest.Fault{CustomerAccountID: "banh_b", Status: 401, Body: juspayError("UNAUTHORIZED", "No.")})
	plugin := newConfiguredPlugin(t, server, tfObject{"max_concurrent_requests": tfNumber("1")})
	_, diags := readData(t, plugin, typeAccounts, tfObject{"customer_ids": tfStrings(map[string]any{"banh_0": "cst_a", "banh_a": "cst_a", "banh_b": "cst_a"})})
	var requested []string
	for _, request := range server.Requests() {
		requested = append(requested, request.Segments[3])
	}
	check.Equal(t, "the requested accounts", requested, []string{"banh_0", "banh_a", "banh_b"})
	check.Equal(t, "the number of diagnostics", len(diags), 1)
	subject, _, _ := strings.Cut(diags[0].Detail, " could not be read: ")
	check.Equal(t, "the accounts of the error", subject, `1 of 3 accounts (such as accounts["banh_b"]; 1 more was not read)`)
}
