// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
)

const manyOfA = `
data "juspay_customer_accounts" "vendors" {
  customer_ids = { for i in range(100) : "banh_${i}" => "cst_a" }
}
`

// A run that reads nothing needs no key.
func TestAccMissingKey_SucceedsWithoutReads(t *testing.T) {
	t.Parallel()
	for name, configuration := range map[string]string{
		"count is 0":        strings.Replace(accountA, "{\n", "{\n  count = 0\n", 1),
		"for_each is empty": strings.Replace(accountA, "{\n", "{\n  for_each = {}\n", 1),
		"no accounts":       "data \"juspay_customer_accounts\" \"vendors\" {\n  customer_ids = {}\n}\n",
		"an empty key":      "provider \"juspay\" {\n  api_key = \"\"\n}\n" + strings.Replace(accountA, "{\n", "{\n  count = 0\n", 1),
		"validated_within":  "output \"x\" {\n  value = provider::juspay::validated_within(null, \"1h\", plantimestamp())\n}\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorkspace(t, acctest.StartAPI(t), acctest.MainFile(t, requirement+configuration), "JUSPAY_API_KEY=")
			w.Run(0, "plan", "-no-color")
			w.Run(0, "apply", "-auto-approve", "-no-color")
			w.Run(0, "destroy", "-auto-approve", "-no-color")
		})
	}
}

func TestAccMissingKey_IsAnErrorOfTheRead(t *testing.T) {
	t.Parallel()
	for name, configuration := range map[string]string{"one account": accountA, "many accounts": manyOfA} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			w := acctest.NewWorkspace(t, server, acctest.MainFile(t, requirement+configuration), "JUSPAY_API_KEY=")
			printed := w.Run(1, "plan", "-no-color")
			acctest.CheckContains(t, printed, "Error: Missing api_key", `with data.juspay_customer_account`,
				"The environment variable JUSPAY_API_KEY is not set or is empty. Set it to an API key of the environment that you read from. Keys are created in the Juspay dashboard (Settings > Security).")
			if n := strings.Count(printed, "Error:"); n != 1 {
				t.Errorf("%d errors", n)
			}
			if n := len(server.Requests()); n != 0 {
				t.Errorf("%d requests were sent", n)
			}
		})
	}
}

// A job that applies a saved plan, or destroys, needs no key where the accounts were
// read during plan.
func TestAccMissingKey_AppliesASavedPlanAndDestroys(t *testing.T) {
	t.Parallel()
	for name, configuration := range map[string]string{"one account": accountA, "many accounts": strings.Replace(manyOfA, "for i in range(100)", "for i in [\"a\"]", 1)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			w := acctest.NewWorkspace(t, server, acctest.MainFile(t, requirement+configuration+"resource \"terraform_data\" \"payout\" {\n}\n"))
			withoutKey := func(args ...string) {
				t.Helper()
				args = append([]string{"JUSPAY_API_KEY=", acctest.CLI}, args...)
				if code, printed := w.TryRunProgram(t.Context(), "env", args...); code != 0 {
					t.Errorf("exited with %d:\n%s", code, printed)
				}
			}
			w.Run(0, "plan", "-no-color", "-out", "saved.plan")
			if n := len(server.Requests()); n != 1 {
				t.Errorf("%d requests were sent", n)
			}
			withoutKey("apply", "-no-color", "saved.plan")
			withoutKey("destroy", "-auto-approve", "-no-color", "-refresh=false")
			if n := len(server.Requests()); n != 1 {
				t.Errorf("%d requests were sent", n)
			}
		})
	}
}
