// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"os"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
)

const moduleTestFile = "tests/payout.tftest.hcl"

func TestAccModuleTestsApplyTime_RunAgainstTheFake(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.EphemeralResources)
	server := acctest.StartAPI(t)
	w := acctest.NewWorkspace(t, server, os.DirFS("module-tests-apply-time"), "JUSPAY_API_KEY=", "JUSPAY_BASE_URL=")
	change(t, w, moduleTestFile, "http://127.0.0.1:8787", server.URL)
	acctest.CheckContains(t, w.Run(0, "test", "-no-color"), "Success! 2 passed, 0 failed.")
	if n := len(server.Requests()); n == 0 {
		t.Error("the fake received no request")
	}
	change(t, w, "main.tf", `validation_status == "ACTIVE"`, `validation_status != "x"`)
	acctest.CheckContains(t, w.Run(1, "test", "-no-color"), "Missing expected failure", "Failure! 1 passed, 1 failed.")
}

// Terraform cannot mock ephemeral resources.
func TestAccModuleTestsApplyTime_CannotBeMocked(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.EphemeralResources)
	acctest.SkipUnlessSupported(t, acctest.MockFiles)
	w := acctest.NewWorkspace(t, acctest.StartAPI(t), os.DirFS("module-tests-apply-time"), "JUSPAY_API_KEY=", "JUSPAY_BASE_URL=")
	w.Write(moduleTestFile, `
mock_provider "juspay" {
}
run "mocked" {
  command = plan
  variables {
    customer_id         = "cst_acme"
    customer_account_id = "banh_acme_active"
  }
}
`)
	acctest.CheckContains(t, w.Run(1, "test", "-no-color"), "No ephemeral resource types in mock providers", "Failure! 0 passed, 1 failed.")
}
