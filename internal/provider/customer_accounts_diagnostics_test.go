// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// failedReads returns a result for each error, of the accounts banh_00, banh_01 and so on.
func failedReads(errs ...error) []accountResult {
	var results []accountResult
	for i, err := range errs {
		id := fmt.Sprintf("banh_%02d", i)
		results = append(results, accountResult{accountRef("cst_a", id, ""), juspay.Result{Err: err}})
	}
	return results
}

func TestAccountErrors(t *testing.T) {
	t.Parallel()
	var (
		missing  = &juspay.APIError{Reason: juspay.ReasonNotFound, BaseURL: "SERVER", Attempts: 1, StatusCode: 404}
		invalid  = &juspay.APIError{Reason: juspay.ReasonInvalidInput, BaseURL: "SERVER", Attempts: 1, StatusCode: 400}
		rejected = &juspay.APIError{Reason: juspay.ReasonBadOrigin, BaseURL: "SERVER", Attempts: 1, StatusCode: 403}
		late     = &juspay.APIError{Reason: juspay.ReasonCanceled, BaseURL: "SERVER", Err: context.DeadlineExceeded}
		canceled = &juspay.APIError{Reason: juspay.ReasonCanceled, BaseURL: "SERVER", Err: context.Canceled}
		waiting  = &juspay.WaitError{Status: juspay.StatusPending, Reads: 3, Err: context.DeadlineExceeded}
	)
	// byItself is the error of an account that fails by itself.
	byItself := func(i int, err error) string {
		f := failedReads(make([]error, i+1)...)[i]
		e := accountError(f.ref, time.Minute, err)
		return fmt.Sprintf("customer_ids[%q]: %s: %s\n  Path: accounts[%q]", f.ref.CustomerAccountID, e.Summary(), e.Detail(), f.ref.CustomerAccountID)
	}
	notRead := func(at, of string) string {
		return `accounts["` + at + `"]: Accounts not read in time: ` + of + ".\n\n" +
			"Raise timeouts.read, or split the accounts among several runs. Reads are slow if requests_per_second or max_concurrent_requests in the provider block is low, or if Juspay is slow or throttles requests. With TF_LOG_PROVIDER=DEBUG, each request is logged."
	}
	stillWaiting := func(at, of string) string {
		return `accounts["` + at + `"]: Validation not finished in time: ` + of + "\n\nRun Terraform again later, or raise timeouts.read, which is 1m0s now. Without wait_for_validation, the current status is returned."
	}
	read := error(nil)
	repeat := func(n int, err error) (errs []error) {
		for range n {
			errs = append(errs, err)
		}
		return errs
	}
	var fullyReported, listed []string
	for i := range maxReported {
		fullyReported = append(fullyReported, byItself(i, missing))
		listed = append(listed, fmt.Sprintf("accounts[%q] (PENDING, reads: 3)", fmt.Sprintf("banh_%02d", i)))
	}
	for name, test := range map[string]struct {
		errs []error
		want []string
	}{
		"none": {repeat(3, read), nil},
		"what concerns all is reported once": {
			[]error{read, juspay.ErrSkipped, rejected, rejected, missing, late},
			[]string{"-: IP address not allowed: 5 of 6 accounts (first accounts[\"banh_02\"]) could not be read: " + explain(rejected, false).cause + "\n\n" + explain(rejected, false).remedy + errorFields(rejected)},
		},
		"each by itself":                  {[]error{read, missing, invalid}, []string{byItself(1, missing), byItself(2, invalid)}},
		"as many as are reported in full": {repeat(maxReported, missing), fullyReported},
		"more than are reported in full": {
			append(repeat(maxReported+2, missing), invalid, read, read),
			append(fullyReported[:maxReported:maxReported], `customer_ids["banh_19"]: More accounts not read: Of 25 accounts, 2 were read and 23 were not. In addition to the errors above: 2 times "Customer account not found", 1 times "Request rejected as malformed".`),
		},
		"a late one":     {[]error{late}, []string{notRead("banh_00", `Of 1 accounts, 0 were read and 1 were not. 1 of them exceeded the timeout of 1m0s for all reads together; the first is accounts["banh_00"]`)}},
		"a canceled one": {[]error{canceled}, []string{`accounts["banh_00"]: Read canceled: Of 1 accounts, 0 were read and 1 were not. Terraform stopped the read before a response came.` + "\n\nRun Terraform again. Nothing was changed."}},
		"late ones":      {[]error{read, late, late}, []string{notRead("banh_01", `Of 3 accounts, 1 were read and 2 were not. 2 of them exceeded the timeout of 1m0s for all reads together; the first is accounts["banh_01"]`)}},
		"waiting ones":   {[]error{read, waiting}, []string{stillWaiting("banh_01", `Of 2 accounts, 1 were still in validation after 1m0s: accounts["banh_01"] (PENDING, reads: 3).`)}},
		"canceled ones":  {[]error{canceled, read, canceled}, []string{`accounts["banh_00"]: Read canceled: Of 3 accounts, 1 were read and 2 were not. Terraform stopped the read before a response came.` + "\n\nRun Terraform again. Nothing was changed."}},
		"late, waiting and missing ones": {
			[]error{missing, waiting, late, late, read},
			[]string{
				notRead("banh_02", `Of 5 accounts, 1 were read, 1 are still in validation, and 3 were not read. 2 of them exceeded the timeout of 1m0s for all reads together; the first is accounts["banh_02"]`),
				stillWaiting("banh_01", `Of 5 accounts, 1 were still in validation after 1m0s: accounts["banh_01"] (PENDING, reads: 3).`),
				byItself(0, missing),
			},
		},
		"many waiting ones are listed in part": {
			append(repeat(maxReported+5, waiting), read),
			[]string{stillWaiting("banh_00", "Of 26 accounts, 25 were still in validation after 1m0s: "+strings.Join(listed, ", ")+", and 5 more.")},
		},
		"an error of another kind": {[]error{errors.New("customer_id must not be empty")}, []string{byItself(0, errors.New("customer_id must not be empty"))}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkProblems(t, accountErrors(failedReads(test.errs...), time.Minute), test.want...)
		})
	}
}
