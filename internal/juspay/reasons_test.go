// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"os"
	"regexp"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

func TestReasons_HaveAKind(t *testing.T) {
	t.Parallel()
	source := string(check.Must(os.ReadFile("reasons.go")))
	constants := regexp.MustCompile(`(?m)^\t(Reason\w+) +Reason = "(.*?)"`).FindAllStringSubmatch(source, -1)
	for _, constant := range constants {
		if reasonKinds[Reason(constant[2])] == "" {
			t.Errorf("reasonKinds in reasons.go: got no kind of %s, want one", constant[1])
		}
	}
	check.Equal(t, "the number of reasons in reasonKinds of reasons.go", len(Reasons()), len(constants))
}
