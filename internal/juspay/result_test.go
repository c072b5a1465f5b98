// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"errors"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

func TestResult_MarkAlike(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		reasons []Reason // the reason of each read in turn, "" for a success
		want    bool     // whether the first error is shared
	}{
		"two that failed alike":       {[]Reason{ReasonServerError, ReasonServerError}, true},
		"a refusal and a timeout":     {[]Reason{ReasonConnectionRefused, ReasonTimeout}, true},
		"a single one":                {[]Reason{ReasonServerError}, false},
		"two that failed differently": {[]Reason{ReasonServerError, ReasonNotJuspay}, false},
		"one that succeeded":          {[]Reason{ReasonServerError, "", ReasonServerError}, false},
		"two that do not exist":       {[]Reason{ReasonNotFound, ReasonNotFound}, false},
		"two that were canceled":      {[]Reason{ReasonCanceled, ReasonCanceled}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			results := make([]Result, len(test.reasons))
			for i, reason := range test.reasons {
				if reason != "" {
					results[i].Err = &APIError{Reason: reason}
				}
			}
			markAlike(results)
			var first *APIError
			errors.As(results[0].Err, &first)
			check.Equal(t, "whether the first error is shared", first.IsShared(), test.want)
		})
	}
}

func TestResult_MarkSkipped(t *testing.T) {
	t.Parallel()
	rejected, missing := &APIError{Reason: ReasonUnauthorized}, &APIError{Reason: ReasonNotFound}
	ofOther := &APIError{Reason: ReasonUnauthorized, IsOfOtherRead: true}
	for name, test := range map[string]struct{ errs, want []error }{
		"errors of another read, beside its own":       {[]error{ofOther, rejected, missing, nil}, []error{ErrSkipped, rejected, missing, nil}},
		"all are of another read, and none is skipped": {[]error{ofOther, ofOther}, []error{ofOther, ofOther}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			results := make([]Result, len(test.errs))
			for i, err := range test.errs {
				results[i].Err = err
			}
			markSkipped(results)
			for i, want := range test.want {
				if got := results[i].Err; got != want { //nolint:errorlint // the same error, not one that wraps it
					t.Errorf("result %d: got %v, want %v", i, got, want)
				}
			}
		})
	}
}
