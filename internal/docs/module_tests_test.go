// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// newModule returns a directory in which no Juspay can be reached, but for one whose
// URL a test names.
func newModule(t *testing.T, feature acctest.Feature, server *juspaytest.Server, directory string) *acctest.Workspace {
	t.Helper()
	acctest.SkipUnlessSupported(t, feature)
	return acctest.NewWorkspace(t, server, acctest.Example(t, directory), "JUSPAY_API_KEY=", "JUSPAY_BASE_URL=")
}

func runTests(w *acctest.Workspace, code int) string { return w.Run(code, "test", "-no-color") }

// TestAccModuleTests runs the tests of each module without a Juspay. They are worth
// something if they fail once the condition is gone.
func TestAccModuleTests(t *testing.T) {
	t.Parallel()
	for directory, row := range map[string]struct {
		feature          acctest.Feature
		success          string
		old, replacement string
		failure          []string
	}{
		"module-tests": {
			acctest.MockFiles, "Success! 3 passed, 0 failed.",
			`self.validation_status == "ACTIVE"`, `self.validation_status != "x"`,
			[]string{`run "an_account_in_pending_stops_the_run"... fail`, "Failure! 2 passed, 1 failed."},
		},
		"module-tests/many": {
			acctest.MockFiles, "Success! 2 passed, 0 failed.",
			"condition = self.all_active", "condition = self.all_active || true",
			[]string{`run "one_account_in_failure_stops_the_run"... fail`, "Failure! 1 passed, 1 failed."},
		},
		"module-tests-validation-age": {
			acctest.MocksAndFunctions, "Success! 2 passed, 0 failed.",
			`"720h"`, `"721h"`,
			[]string{"Failure! 1 passed, 1 failed."},
		},
	} {
		t.Run(directory, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			w := newModule(t, row.feature, server, directory)
			check.Contains(t, "the output of test", runTests(w, 0), row.success)
			w.Change("main.tf", row.old, row.replacement)
			check.Contains(t, "the output of test", runTests(w, 1), "Missing expected failure", row.failure...)
			acctest.CheckNewRequests(t, server, 0)
		})
	}
}

// Without a time from the test, the time of the plan counts.
func TestAccModuleTests_ValidationAgeTakesTheTimeOfThePlan(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.Functions)
	server := acctest.StartAPI(t)
	w := acctest.NewWorkspace(t, server, acctest.Example(t, "module-tests-validation-age"))
	args := acctest.VendorArgs("cst_acme", "banh_acme_active")
	w.Plan(0, args...)
	server.Put(acctest.AcmeWith("ACTIVE"))
	check.Contains(t, "the output of plan", w.Plan(1, args...), "Account banh_acme_active must have been validated within 30 days.")
}

const applyTimeTests = "tests/payout.tftest.hcl"

func TestAccModuleTestsApplyTime_RunAgainstTheFake(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := newModule(t, acctest.EphemeralResources, server, "module-tests-apply-time")
	w.Change(applyTimeTests, "http://127.0.0.1:8787", server.URL)
	check.Contains(t, "the output of test", runTests(w, 0), "Success! 2 passed, 0 failed.")
	if n := len(server.Requests()); n == 0 {
		t.Error("requests to the fake: got 0, want some")
	}
	w.Change("main.tf", `validation_status == "ACTIVE"`, `validation_status != "x"`)
	check.Contains(t, "the output of test", runTests(w, 1), "Missing expected failure", "Failure! 1 passed, 1 failed.")
}

// Terraform before the version of EphemeralMocks has no such block.
func TestAccModuleTestsApplyTime_Mocked(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.MockFiles)
	server := acctest.StartAPI(t)
	w := newModule(t, acctest.EphemeralResources, server, "module-tests-apply-time")
	args := []string{"test", "-no-color", "-test-directory=mocked"}
	if supported, _ := acctest.Supports(t, acctest.EphemeralMocks); !supported {
		check.Contains(t, "the output of test", w.Run(1, args...), `Blocks of type "mock_ephemeral" are not expected here.`)
		w.Write("mocked/payout.tftest.hcl", "mock_provider \"juspay\" {\n}\n"+`
run "mocked" {
  command = plan
  variables {
    customer_id         = "cst_acme"
    customer_account_id = "banh_acme"
  }
}
`)
		check.Contains(t, "the output of test", w.Run(1, args...), "No ephemeral resource types in mock providers", "Failure! 0 passed, 1 failed.")
		return
	}
	check.Contains(t, "the output of test", w.Run(0, args...), "Success! 2 passed, 0 failed.")
	w.Change("main.tf", `validation_status == "ACTIVE"`, `validation_status != "x"`)
	check.Contains(t, "the output of test", w.Run(1, args...), "Missing expected failure", "Failure! 1 passed, 1 failed.")
	acctest.CheckNewRequests(t, server, 0)
}

// A directory of test files that Terraform does not search passes without a run.
func TestAccModuleTests_FindNoFileElsewhere(t *testing.T) {
	t.Parallel()
	w := newModule(t, acctest.EphemeralResources, acctest.StartAPI(t), "module-tests-apply-time")
	check.MustNoError(t, "os.RemoveAll", os.RemoveAll(filepath.Join(w.Dir, "tests")))
	check.Contains(t, "the output of test", runTests(w, 0), "Success! 0 passed, 0 failed.")
}
