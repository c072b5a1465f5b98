// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

func TestReasons_ListEachConstant(t *testing.T) {
	t.Parallel()
	source := string(check.Must(os.ReadFile("reasons.go")))
	constants := regexp.MustCompile(`(?m)^\t(Reason\w+) +Reason = "(.*?)"`).FindAllStringSubmatch(source, -1)
	for _, constant := range constants {
		if !slices.Contains(Reasons(), Reason(constant[2])) {
			t.Errorf("Reasons in reasons.go: got no %s, want each constant", constant[1])
		}
	}
	if got, want := len(Reasons()), len(constants); got != want {
		t.Errorf("Reasons in reasons.go: got %d reasons, want %d", got, want)
	}
}
