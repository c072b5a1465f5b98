// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"fmt"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
)

// namedTB is a test with another name, which keeps how it ended.
type namedTB struct {
	testing.TB
	name, end string
}

func (n *namedTB) Name() string { return n.name }

func (n *namedTB) Fatalf(format string, args ...any) {
	if n.end == "" {
		n.end = fmt.Sprintf(format, args...)
	}
}

func (n *namedTB) Skip(...any) {
	if n.end == "" {
		n.end = "skipped"
	}
}

func TestSkipUnlessAcc_FailsATestWithAnotherName(t *testing.T) {
	t.Parallel()
	end := ""
	if !Enabled() {
		end = "skipped"
	}
	failed := func(name string) string {
		return "got the name " + name + " for a test that runs the CLI, want one that begins with TestAcc and an upper-case letter"
	}
	check.Rows(t, func(t *testing.T, name string) string {
		tb := &namedTB{TB: t, name: name}
		SkipUnlessAcc(tb)
		return tb.end
	}, map[string]check.Row[string, string]{
		"an acceptance test":                    {"TestAccGate", end},
		"a subtest of one":                      {"TestAccGate/a_row", end},
		"another test":                          {"TestGate", failed("TestGate")},
		"a subtest of another test":             {"TestGate/TestAccRow", failed("TestGate/TestAccRow")},
		"a test whose name has a word with Acc": {"TestAccountError", failed("TestAccountError")},
	})
}

// The targets of make select acceptance tests by the names that SkipUnlessAcc accepts.
func TestSkipUnlessAcc_AcceptsTheNamesThatMakeSelects(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"GNUmakefile":        "-run='" + accNameRE.String() + "'",
		"tools/clis/test.sh": `-run="${RUN:-` + accNameRE.String() + `}"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check.Contains(t, name, ReadFile(t, "../../"+name), want)
		})
	}
}
