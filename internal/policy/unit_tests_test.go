// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
)

func TestPolicyUnitTests(t *testing.T) {
	t.Parallel()
	unset := evalPolicy[[]string](t, "object.keys(data.juspay_policy.setting_values) - object.keys(data.juspay_policy_test.all_on)")
	if len(unset) > 0 {
		t.Fatalf("all_on in examples/policies/juspay_test.rego: got no %q, want each setting there; without it, most tests fail", unset)
	}
	for _, opa := range []string{"opa", "opa-oldest"} {
		t.Run("pass with "+opa, func(t *testing.T) {
			t.Parallel()
			if out, err := opaTest(t, opa); err != nil {
				t.Errorf("opa test: got %v, want no error:\n%s", err, out)
			}
		})
	}
	t.Run("reach all lines", func(t *testing.T) {
		t.Parallel()
		out, err := opaTest(t, "opa", "--coverage", "--format", "json")
		if err != nil {
			t.Fatalf("opa test: got %v, want no error:\n%s", err, out)
		}
		lines := strings.Split(acctest.ReadFile(t, packFile), "\n")
		covered := partAt(t, decodePlan(t, out), "files", packFile)
		missed, _ := covered["not_covered"].([]any) // absent if there are none
		for i := range missed {
			row := int(valueAt[float64](t, covered, "not_covered", i, "start", "row"))
			t.Errorf("%s:%d: got no test that reaches it, want one: %s", packFile, row, lines[row-1])
		}
	})
}

func opaTest(t *testing.T, opa string, flags ...string) ([]byte, error) {
	t.Helper()
	args := append([]string{"test", "--timeout", "10m", packFile, unitTestsFile}, flags...)
	return exec.CommandContext(t.Context(), acctest.Program(t, opa), args...).CombinedOutput()
}
